"""Turns a decision's table into the plan of a lawful procedure. Legal: R18, R22, R23, R30, R46."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.catalog.extension import StepKind
from engine.catalog.linter.words import folded, speaks_of
from engine.catalog.table import codes, words
from engine.catalog.table.plan import Attributes, Event, LanePlan, Link, Place, Plan, Shape
from engine.catalog.table.side_paths import add_apology, add_refusal, add_withdrawal
from engine.catalog.table.silence import consent_limit
from engine.catalog.table.slugs import Names, slug
from engine.sla.limit import CountingRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable, TableRow

SUPPLEMENT_GROUND: Final = (
    "Người nộp bổ sung hồ sơ theo Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (Mẫu 02)"
)
PAYMENT_GROUND: Final = (
    "Người nộp thực hiện nghĩa vụ tài chính, không tính vào thời gian giải quyết"
)
_SHORT: Final = frozenset({CountingRule.SAME_DAY, CountingRule.WORKING_HOURS})


class Planner:
    """Puts the plan together row by row; one use."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.names = Names()
        self.plan = Plan(
            process_id=self.names.take(f"thu_tuc_{slug(table.code)}"), name=table.name or table.code
        )
        self.findings: list[Finding] = []
        self._lanes: dict[str, LanePlan] = {}
        self._last: str | None = None
        self._next_link = ""
        """The name of the flow to the shape that follows."""
        limit = table.total.limit
        self.is_short = limit is not None and (
            limit.rule in _SHORT or (limit.rule is CountingRule.WORKING_DAYS and limit.units <= 2)  # noqa: PLR2004 - R30's two days do not fit
        )
        """Whether two working days before due would fall before receipt. Legal: R30, R31"""

    def build(self) -> Plan:
        """The plan of the whole table."""
        self._add_lanes()
        deciding = self._deciding_row()
        self._follow(self._shape("bat_dau", "startEvent", "Tiếp nhận hồ sơ", self.one_stop))
        for at, row in enumerate(self.table.rows):
            if at == deciding:
                self._add_deciding(at, row)
            else:
                self._follow(*self._row(at, row))
            if self._pays_after(at):
                self._add_payment()
        self._add_end()
        add_apology(self)
        add_refusal(self)
        add_withdrawal(self)
        return self.plan

    @property
    def one_stop(self) -> str:
        """The id of the one-stop's lane."""
        return self.plan.lanes[0].id

    def lane_with(self, role: str, name: str) -> str:
        """The first lane of a role; it is added when there is none."""
        for lane in self.plan.lanes:
            if lane.role == role:
                return lane.id
        return self._new_lane(name, role).id

    def add(self, shape: Shape) -> str:
        """Put a shape into the plan; gives its id."""
        self.plan.shapes.append(shape)
        return shape.id

    def link(self, source: str, target: str, name: str = "", condition: str | None = None) -> str:
        """Join two shapes; gives the flow's id."""
        flow = self.names.take(_shortened(f"f_{source}__{target}"))
        self.plan.links.append(Link(flow, source, target, name, condition))
        return flow

    def message(self, name: str) -> str:
        """The id of the message of that name."""
        message = f"tin_{name}"
        self.plan.messages[message] = name
        return message

    def task(
        self,
        shape_id: str,
        name: str,
        lane: str,
        rule: Attributes,
        form: str,
        **more: object,
    ) -> Shape:
        """A user task with its rule and form."""
        shape = Shape(
            id=self.names.take(shape_id),
            tag="userTask",
            name=name,
            lane=lane,
            place=Place.MAIN,
            extension=(("step", rule), ("form", (("ref", form),))),
        )
        return replace(shape, **more)  # type: ignore[arg-type]

    def _shape(self, shape_id: str, tag: str, name: str, lane: str, **more: object) -> Shape:
        shape = Shape(id=self.names.take(shape_id), tag=tag, name=name, lane=lane, place=Place.MAIN)
        return replace(shape, **more)  # type: ignore[arg-type]

    def _follow(self, first: Shape, *more: Shape) -> None:
        """Put shapes into the plan; the first of them follows what came before."""
        for shape in (first, *more):
            self.add(shape)
        if self._last is not None:
            self.link(self._last, first.id, self._next_link)
            self._next_link = ""
        self._last = first.id
        if first.extension and any(tag == "silence" for tag, _ in first.extension):
            self._add_silence(first)

    def _new_lane(self, name: str, role: str) -> LanePlan:
        lane = LanePlan(self.names.take(f"lan_{slug(name)}"), name, role)
        self.plan.lanes.append(lane)
        return lane

    def _add_lanes(self) -> None:
        """The one-stop's lane first, then one for each unit in the order of the rows."""
        in_one_stop = [r for r in self.table.rows if self._role(r) == words.ONE_STOP]
        name = words.parties(in_one_stop[0].unit)[0] if in_one_stop else "Bộ phận Một cửa"
        one_stop = self._new_lane(name, words.ONE_STOP)
        for row in self.table.rows:
            if self._role(row) is None:
                self.findings.append(
                    codes.ROLE_ASSUMED.found(
                        None,
                        f"Bước {row.number}: không biết vai trò của “{row.unit}”.",
                        f"Row {row.number}: the role of '{row.unit}' is not known.",
                    )
                )
            key = self._lane_key(row)
            if key in self._lanes:
                continue
            if self._role(row) == words.ONE_STOP:
                self._lanes[key] = one_stop
            else:
                named = row.unit if self._is_parallel(row) else words.parties(row.unit)[0]
                self._lanes[key] = self._new_lane(
                    named or "Chưa rõ đơn vị", self._role(row) or words.SPECIALIST
                )

    def _lane_key(self, row: TableRow) -> str:
        if self._role(row) == words.ONE_STOP:
            return words.ONE_STOP
        return folded(row.unit if self._is_parallel(row) else words.parties(row.unit)[0])

    def _lane(self, row: TableRow) -> LanePlan:
        return self._lanes[self._lane_key(row)]

    @staticmethod
    def _role(row: TableRow) -> str | None:
        return words.role_of_unit(row.unit)

    @staticmethod
    def _is_parallel(row: TableRow) -> bool:
        return words.works_in_parallel(row.content) and len(_branches(row)) > 1

    def _kind(self, at: int, row: TableRow) -> StepKind:
        kind = words.kind_of_content(row.content)
        if kind is None:
            self.findings.append(
                codes.KIND_ASSUMED.found(
                    None,
                    f"Bước {row.number}: không biết loại bước của “{row.content}”.",
                    f"Row {row.number}: the kind of '{row.content}' is not known.",
                )
            )
            return StepKind.OTHER
        is_last = at == len(self.table.rows) - 1
        if kind is StepKind.RETURN and (not is_last or self._role(row) != words.ONE_STOP):
            return StepKind.OTHER  # only the one-stop hands over, and only at the end (R18, R46)
        return kind

    def _deciding_row(self) -> int:
        """The row after which the dossier is complete or not: the first examination."""
        rows = self.table.rows
        found = [words.kind_of_content(row.content) for row in rows]
        for wanted in (StepKind.EXAMINE, StepKind.DRAFT):
            for at, row in enumerate(rows):
                if found[at] is wanted and not self._is_parallel(row):
                    return at
        other = next(
            (
                at
                for at, row in enumerate(rows)
                if found[at] not in {StepKind.RECEIVE, StepKind.ASSIGN, StepKind.CONSULT}
                and not self._is_parallel(row)
            ),
            0,
        )
        self.findings.append(
            codes.EXAMINER_ASSUMED.found(
                None,
                f"Không có bước thẩm định; cổng bổ sung đặt sau bước {rows[other].number}.",
                f"There is no examining step; the supplement path follows row "
                f"{rows[other].number}.",
            )
        )
        return other

    def _row(self, at: int, row: TableRow, form: str | None = None) -> tuple[Shape, ...]:
        kind = self._kind(at, row)
        lane = self._lane(row)
        if self._is_parallel(row):
            return self._parallel(at, row, kind, lane)
        task = self.task(
            f"b{at + 1:02}_{slug(row.content)}",
            row.content,
            lane.id,
            self._rule(row, kind, lane.role, row.unit),
            form or words.FORM_OF_KIND[kind],
        )
        if kind is StepKind.SIGN:
            signer = (("signer", (("rule", "not-preparer"),)),)
            task = replace(task, extension=task.extension + signer)
        if kind is StepKind.CONSULT and words.silence_is_consent(row.content):
            silence = (("silence", (("limit", self._silence_limit(row)),)),)
            task = replace(task, extension=task.extension + silence)
        return (task,)

    @staticmethod
    def _rule(row: TableRow, kind: StepKind, role: str, unit: str) -> Attributes:
        given = (
            ("kind", kind.value),
            ("role", role),
            ("unit", unit),
            ("limit", str(row.limit) if row.limit is not None else ""),
            ("text", row.time),
            ("stage", row.stage),
            ("row", row.number),
            ("result", row.result),
        )
        return tuple((name, value) for name, value in given if value)

    def _parallel(
        self, at: int, row: TableRow, kind: StepKind, lane: LanePlan
    ) -> tuple[Shape, ...]:
        """An embedded subprocess with one task for each party.

        Its own subprocess, because the engine joins parallel branches wrongly inside a loop.
        """
        prefix = f"b{at + 1:02}"
        block = self._shape(f"{prefix}_{slug(row.content)}", "subProcess", row.content, lane.id)
        inside = {"parent": block.id, "place": Place.INSIDE}
        start = self._shape(f"{prefix}_vao", "startEvent", "", lane.id, **inside)
        fork = self._shape(f"{prefix}_chia", "parallelGateway", "", lane.id, **inside)
        what = row.content.split("(")[0].strip()
        tasks = [
            self.task(
                f"{prefix}_{number}_{slug(unit)}",
                f"{what}: {unit}",
                lane.id,
                self._rule(row, kind, lane.role, unit),
                words.FORM_OF_KIND[kind],
                **inside,
            )
            for number, unit in enumerate(_branches(row), start=1)
        ]
        join = self._shape(f"{prefix}_hop", "parallelGateway", "", lane.id, **inside)
        end = self._shape(f"{prefix}_ra", "endEvent", "", lane.id, **inside)
        self.link(start.id, fork.id)
        for task in tasks:
            self.link(fork.id, task.id)
        for task in tasks:
            self.link(task.id, join.id)
        self.link(join.id, end.id)
        return (block, start, fork, *tasks, join, end)

    def _silence_limit(self, row: TableRow) -> str:
        name = self.names.take("im_lang_dong_y")
        amount = consent_limit(row)
        self.plan.limits.append(
            (("name", name), ("amount", str(amount or "")), ("relation", "after-arming"))
        )
        return name

    def _add_silence(self, task: Shape) -> None:
        """Where no answer is consent, the time of the answer leads on by itself. Legal: R23"""
        limit = next(dict(given)["limit"] for tag, given in task.extension if tag == "silence")
        boundary = self._shape(
            "het_han_tra_loi",
            "boundaryEvent",
            "Không trả lời: coi như đồng ý",
            task.lane,
            place=Place.BORDER,
            host=task.id,
            event=Event("timer", limit),
            attributes=(("attachedToRef", task.id), ("cancelActivity", "true")),
        )
        merge = self._shape("sau_lay_y_kien", "exclusiveGateway", "", task.lane)
        self.add(boundary)
        self.add(merge)
        self.link(task.id, merge.id)
        self.link(boundary.id, merge.id)
        self._last = merge.id

    def _add_deciding(self, at: int, row: TableRow) -> None:
        """The examination, the question after it and the way through the one-stop. Legal: R18"""
        lane = self._lane(row).id
        merge = self._shape("truoc_tham_dinh", "exclusiveGateway", "", lane)
        self._follow(merge)
        self._follow(*self._row(at, row, words.DECIDING_FORM))
        gateway = self._shape("du_dieu_kien", "exclusiveGateway", "Hồ sơ đủ điều kiện?", lane)
        self._follow(gateway)
        self._next_link = "Đạt"
        ask = self.task(
            "gui_phieu_bo_sung",
            "Gửi phiếu yêu cầu bổ sung",
            self.one_stop,
            self.generated(StepKind.SUPPLEMENT, words.ONE_STOP, "1wh" if self.is_short else "4wh"),
            words.FORM_OF_KIND[StepKind.SUPPLEMENT],
            place=Place.ABOVE,
            over=gateway.id,
        )
        wait = self._shape(
            "cho_bo_sung",
            "intermediateCatchEvent",
            "Chờ bổ sung hồ sơ",
            self.one_stop,
            place=Place.ABOVE,
            over=merge.id,
            event=Event("message", self.message("bo_sung")),
            extension=(
                (
                    "hold",
                    (("kind", "supplement"), ("policy", "regime"), ("ground", SUPPLEMENT_GROUND)),
                ),
            ),
        )
        self.add(ask)
        self.add(wait)
        self.link(gateway.id, ask.id, "Cần bổ sung", 'ket_luan == "bo_sung"')
        self.link(ask.id, wait.id)
        self.link(wait.id, merge.id)

    def _pays_after(self, at: int) -> bool:
        """Whether the applicant pays after this row, the office's clock standing. Legal: R22

        Between two stages, when a row of the first goes to the tax office or a note says so;
        in a table without stages, right after the row that goes to the tax office.
        """
        rows = self.table.rows
        if at + 1 >= len(rows):
            return False
        row, stage = rows[at], rows[at].stage
        sends = [r for r in rows if speaks_of(r.content, words.TAX_WORDS)]
        if not any(each.stage for each in rows):
            return row in sends
        if not stage or rows[at + 1].stage == stage:
            return False
        noted = any(speaks_of(note, words.OBLIGATION_WORDS) for note in self.table.notes)
        first_change = all(each.stage == rows[0].stage for each in rows[: at + 1])
        return any(each.stage == stage for each in sends) or (noted and not sends and first_change)

    def _add_payment(self) -> None:
        hold = (("kind", "payment"), ("policy", "regime"), ("ground", PAYMENT_GROUND))
        wait = self._shape(
            "cho_nghia_vu_tai_chinh",
            "intermediateCatchEvent",
            "Chờ hoàn thành nghĩa vụ tài chính",
            self.one_stop,
            event=Event("message", self.message("nghia_vu_tai_chinh")),
            extension=(("hold", hold),),
        )
        self._follow(wait)

    def _add_end(self) -> None:
        rows = self.table.rows
        returns = rows and self._kind(len(rows) - 1, rows[-1]) is StepKind.RETURN
        if not returns:
            self._follow(
                self.task(
                    "tra_ket_qua",
                    "Trả kết quả",
                    self.one_stop,
                    self.generated(StepKind.RETURN, words.ONE_STOP, "0wh"),
                    words.FORM_OF_KIND[StepKind.RETURN],
                )
            )
        # The terminate event also ends the dormant event subprocesses.
        self._follow(
            self._shape(
                "da_tra_ket_qua",
                "endEvent",
                "Đã trả kết quả",
                self.one_stop,
                event=Event("terminate"),
            )
        )

    @staticmethod
    def generated(kind: StepKind, role: str, limit: str) -> Attributes:
        """The rule of a step that no row of the table stands for."""
        return (("kind", kind.value), ("role", role), ("limit", limit), ("generated", "true"))


def _branches(row: TableRow) -> tuple[str, ...]:
    """Who works in parallel: the units of the row."""
    return words.parties(row.unit)


def _shortened(flow_id: str, longest: int = 60) -> str:
    return flow_id if len(flow_id) <= longest else flow_id[:longest].rstrip("_")


def unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without repetitions, in order."""
    return tuple(dict.fromkeys(findings))

"""Move running cases to another version: looked at first, then each case wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from engine.cases.agenda import (
    ARMED,
    DIAGRAM,
    DROPPED,
    SUSPENDED,
    arm_diagram_timers,
    suspend,
)
from engine.cases.blueprints import blueprint_of
from engine.cases.deadlines import named_instant
from engine.cases.file import open_case
from engine.cases.status import CaseStatus
from engine.cases.steps import OPEN
from engine.cases.tables import case, case_state, step, timer
from engine.cases.training import is_training
from engine.catalog.difference import same_elements
from engine.catalog.forms import fields_of
from engine.catalog.linter.paths import Paths
from engine.catalog.versions import PublishedVersion, version_number, versions_of
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError
from engine.events.cases import CaseMigrated
from engine.workflow.migrate import Carried, Carrier
from engine.workflow.run import look, variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from engine.clock import Clock

_NO_DATE: Final = date.min
ENDED: Final = (
    CaseStatus.NOT_RECEIVED,
    CaseStatus.WITHDRAWN,
    CaseStatus.FINISHED,
    CaseStatus.RETURNED,
)
"""Where nothing is left to be decided by the diagram; a finished case waits for its hand-over."""
_CLOCK_STANDS: Final = (CaseStatus.SUPPLEMENT, CaseStatus.PAYING, CaseStatus.STOPPED)

_WORDS: Final = {
    "vanished": "“{name}” đang thực hiện nhưng không còn trong phiên bản mới",
    "kind_changed": "“{name}” đang thực hiện nhưng đổi loại trong phiên bản mới",
    "hold_changed": "“{name}” đang tạm dừng nhưng phiên bản mới tạm dừng theo cách khác",
    "repeat_changed": "“{name}” đang lặp nhưng phiên bản mới lặp theo cách khác",
    "event_changed": "“{name}” đang chờ nhưng phiên bản mới chờ sự kiện khác",
    "limit_vanished": "“{name}” đang chờ thời hạn “{detail}” không còn trong phiên bản mới",
    "flow_vanished": "“{name}” đang chờ nhánh khác nhưng luồng {detail} không còn",
    "join_complete": "“{name}” đã đủ nhánh theo phiên bản mới; cần người quyết định bước tiếp theo",
    "token_doubled": "“{name}” có hai lượt cùng lúc, không chuyển được",
    "would_be_stuck": "hồ sơ sẽ kẹt ở “{name}” trong phiên bản mới",
    "not_proven": "không chứng minh được hồ sơ đi đến kết thúc trong phiên bản mới",
    "value_missing": "“{name}” cần giá trị “{detail}” mà bước đã qua không còn ghi",
    "limit_changed": "thời hạn “{detail}” đang chạy có nghĩa khác; cần quyết định (--decision)",
    "state": "trạng thái lưu không đọc được: {detail}",
}


@dataclass(frozen=True)
class Outlook:
    """What would become of one running case; `reasons` say why it stays."""

    number: str
    status: int
    version: int
    moves: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    armed: tuple[str, ...] = ()
    recounted: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def can_move(self) -> bool:
        """Whether it moves."""
        return not self.codes

    def as_json(self) -> dict[str, Any]:
        """The outlook as JSON values."""
        return {
            "number": self.number,
            "status": self.status,
            "from": self.version,
            "can_move": self.can_move,
            "moves": [{"from": a, "to": b} for a, b in self.moves],
            "dropped": list(self.dropped),
            "armed": list(self.armed),
            "recounted": list(self.recounted),
            "codes": list(self.codes),
            "reasons": list(self.reasons),
        }

    def line(self) -> str:
        """The outlook in one line."""
        if not self.can_move:
            return f"{self.number}  ở lại (v{self.version}): {'; '.join(self.reasons)}"
        where = ", ".join(a if a == b else f"{a} → {b}" for a, b in self.moves) or "chưa bắt đầu"
        more = f"; thôi chờ {', '.join(self.dropped)}" if self.dropped else ""
        more += f"; chờ thêm {', '.join(self.armed)}" if self.armed else ""
        more += f"; tính lại {', '.join(self.recounted)}" if self.recounted else ""
        return f"{self.number}  chuyển được (v{self.version}): {where}{more}"


class MigrationRefusedError(OfficeError):
    """Cases cannot move to that version at all."""

    code = "migration_refused"


@dataclass
class Migration:
    """The way of a procedure's running cases to one of its versions."""

    code: str
    target: PublishedVersion
    names: Mapping[str, str] = field(default_factory=dict)
    decision: str | None = None
    """The decision by which limits that run may be counted anew."""
    _carriers: dict[int, Carrier] = field(default_factory=dict)
    _sources: dict[int, PublishedVersion] = field(default_factory=dict)
    _missing: dict[tuple[object, ...], tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def outlooks(self, db: Connection, *, only: int | None = None) -> Iterator[Outlook]:
        """What would become of every running case that is on another version, by number.

        `only` keeps the cases of one version.
        """
        by_id = {
            version_id: version_number(db, self.code, number, _NO_DATE)
            for number, version_id in versions_of(db, self.code)
        }
        self._sources.update(by_id)
        rows = db.execute(
            select(case.c.number, case.c.status, case.c.version_id, case_state.c.blob)
            .outerjoin(case_state, case_state.c.case_id == case.c.id)
            .where(
                case.c.procedure_code == self.code,
                case.c.version_id != self.target.id,
                case.c.version_id.in_(
                    [v for v, version in by_id.items() if only in (None, version.number)]
                ),
                case.c.status.not_in([int(status) for status in ENDED]),
            )
            .order_by(case.c.number)
            .execution_options(yield_per=500)
        )
        for row in rows:
            source = self._sources[row.version_id]
            outlook, _ = self._look(row.number, row.status, source, row.blob)
            yield outlook

    def apply(self, db: Connection, clock: Clock, *, number: str, by: str) -> Outlook:
        """Move one case, or leave it untouched; the row is locked and looked at again. (F13)"""
        file = open_case(db, clock, number)
        source = file.version
        if source.id == self.target.id or file.status in ENDED:
            return Outlook(number, int(file.status), source.number)
        self._sources[source.id] = source
        outlook, carried = self._look(number, int(file.status), source, file.state)
        if not outlook.can_move:
            return outlook
        file.version = self.target
        file.set(version_id=self.target.id)
        file.record(
            CaseMigrated(
                before=source.number,
                after=self.target.number,
                moved=tuple((a, b) for a, b in outlook.moves if a != b),
                dropped=outlook.dropped,
                armed=outlook.armed,
                decision=self.decision,
                recounted=outlook.recounted,
            )
        )
        if carried is not None and carried.state is not None:
            file.keep_state(carried.state)
            self._move_steps(file, dict(carried.live))
            self._move_timers(file, carried)
            self._recount(file, outlook.recounted)
        file.save(actor=by)
        return outlook

    def _look(
        self, number: str, status: int, source: PublishedVersion, state: bytes | None
    ) -> tuple[Outlook, Carried | None]:
        if state is None:
            return Outlook(number, status, source.number), None
        carrier = self._carrier(source)
        try:
            carried = carrier.carry(state)
            values = variables(carrier.old, state)
        except OfficeError as broken:
            text = _WORDS["state"].format(detail=broken.message)
            return (
                Outlook(number, status, source.number, reasons=(text,), codes=("state",)),
                None,
            )
        found = [(each.code, each.element, each.detail) for each in carried.obstacles]
        if not found:
            found += [
                ("value_missing", gateway, name)
                for gateway, name in self._missing_values(carried, frozenset(values))
            ]
        if carried.changed_limits and self.decision is None:
            found += [("limit_changed", "", name) for name in carried.changed_limits]
        return (
            Outlook(
                number=number,
                status=status,
                version=source.number,
                moves=carried.live,
                dropped=carried.dropped,
                armed=carried.armed,
                recounted=carried.changed_limits if self.decision is not None else (),
                reasons=tuple(self._sentence(source, *each) for each in found),
                codes=tuple(code for code, _, _ in found),
            ),
            carried,
        )

    def _carrier(self, source: PublishedVersion) -> Carrier:
        carrier = self._carriers.get(source.id)
        if carrier is None:
            carrier = Carrier(blueprint_of(source), blueprint_of(self.target), self.names)
            self._carriers[source.id] = carrier
        return carrier

    def _missing_values(
        self, carried: Carried, known: frozenset[str]
    ) -> tuple[tuple[str, str], ...]:
        """(gateway, name) where a condition asks for what no step to come writes down."""
        begin = frozenset(new for _, new in carried.live)
        wanted = self.target.routing_names - known
        key = (begin, wanted)
        if key not in self._missing:
            self._missing[key] = tuple(self._asked_in_vain(begin, wanted))
        return self._missing[key]

    def _asked_in_vain(
        self, begin: frozenset[str], wanted: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        process = self.target.process
        paths = Paths(process)
        for name in sorted(wanted):
            writers = frozenset(
                node.id
                for node in process.nodes.values()
                if node.extension.form is not None
                and any(f.name == name for f in fields_of(self.target.form_of(node.id)))
            )
            reached = paths.reach(begin, avoiding=writers)
            for flow in process.flows.values():
                asks = flow.condition is not None and name in flow.condition
                if asks and flow.source in reached and flow.source not in writers:
                    yield flow.source, name
                    break

    def _sentence(self, source: PublishedVersion, code: str, element: str, detail: str) -> str:
        node = source.process.nodes.get(element) or self.target.process.nodes.get(element)
        name = node.name if node is not None and node.name else element
        text = _WORDS[code].format(name=name, detail=detail)
        if code == "vanished":
            other = same_elements(source.process, self.target.process).get(element)
            if other is not None and other != element:
                text += f"; có thể là {other} (--map {element}={other})"
        return text

    def _move_steps(self, file: CaseFile, live: Mapping[str, str]) -> None:
        """Open steps take name, role and unit of the new version; their due instants stay."""
        rows = file.db.execute(
            select(step.c.id, step.c.element_id).where(
                step.c.case_id == file.id, step.c.state == OPEN
            )
        ).all()
        for row in rows:
            node = self.target.node(live[row.element_id])
            file.db.execute(
                update(step)
                .where(step.c.id == row.id)
                .values(
                    element_id=node.id,
                    name=node.name or node.id,
                    role=node.rule.role if node.rule else None,
                    unit=node.rule.unit if node.rule else None,
                )
            )

    def _move_timers(self, file: CaseFile, carried: Carried) -> None:
        """Timers keep their instants; new ones are armed, those not waited for are dropped."""
        of_case = (timer.c.case_id == file.id, timer.c.kind == DIAGRAM)
        for old, new in carried.live:
            if old != new:
                file.db.execute(
                    update(timer)
                    .where(timer.c.case_id == file.id, timer.c.element_id == old)
                    .values(element_id=new)
                )
        if not self.target.named_limits:
            file.db.execute(
                update(timer)
                .where(*of_case, timer.c.state.in_((ARMED, SUSPENDED)))
                .values(state=DROPPED)
            )
        elif carried.state is not None:
            arm_diagram_timers(file, look(blueprint_of(self.target), carried.state).timers)
        if file.status in _CLOCK_STANDS:
            suspend(file)

    def _recount(self, file: CaseFile, names: tuple[str, ...]) -> None:
        if not names:
            return
        rows = file.db.execute(
            select(timer.c.id, timer.c.name, timer.c.armed_at).where(
                timer.c.case_id == file.id,
                timer.c.kind == DIAGRAM,
                timer.c.state == ARMED,
                timer.c.name.in_(names),
            )
        ).all()
        for row in rows:
            file.db.execute(
                update(timer)
                .where(timer.c.id == row.id)
                .values(due_at=named_instant(file, row.name, row.armed_at))
            )


def migration(
    db: Connection,
    clock: Clock,
    *,
    code: str,
    to: int,
    names: Mapping[str, str] | None = None,
    decision: str | None = None,
) -> Migration:
    """The migration of a procedure's running cases to a version. Legal: R2

    Raises:
        ProcedureUnknownError: no such version. MigrationRefusedError: it is not in force yet, or
        a sample in a real office. BadInputError: a renamed element is not in the new version.
    """
    today: date = office_date(clock.now())
    target = version_number(db, code, to, today)
    if target.decision.effective_on > today:
        raise MigrationRefusedError(
            f"Expected a version in force, but version {to} of {code} begins on "
            f"{target.decision.effective_on.isoformat()}",
            procedure=code,
            version=to,
        )
    if target.sample and not is_training(db):
        raise MigrationRefusedError(
            f"Expected an approved version, but version {to} of {code} is a sample",
            procedure=code,
            version=to,
        )
    for old, new in (names or {}).items():
        if new not in target.process.nodes:
            raise BadInputError(
                f"Expected an element of version {to} for {old!r}, but it has no {new!r}",
                element=new,
            )
    return Migration(code, target, dict(names or {}), decision)

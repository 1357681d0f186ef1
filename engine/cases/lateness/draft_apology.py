"""The apology drafts itself (dự thảo xin lỗi): true cause and new date, from the books."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from engine.cases.deadlines import used_minutes
from engine.cases.lateness.pace import pace_of
from engine.cases.status import CaseStatus
from engine.cases.steps import CANCELLED, OPEN
from engine.cases.tables import case, consultation, step
from engine.cases.telling.duty_tables import apology_draft
from engine.catalog.extension import StepKind
from engine.catalog.regime import FormMeaning
from engine.catalog.remaining import limit_minutes, remaining_way
from engine.clock import iso_office, office_date, office_time
from engine.documents.plain_text import form_label, title_of
from engine.events.deadlines import ApologyDrafted
from engine.sla.limit import MINUTES_PER_HOUR, Limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from engine.cases.file import CaseFile
    from engine.cases.lateness.pace import Pace
    from engine.catalog.graph import Node

MOST_NAMED = 3
"""So many overrun steps are named in the letter, the worst first; the draft lists them all."""


MAY_STILL_APOLOGISE = (
    CaseStatus.RECEIVED,
    CaseStatus.PROCESSING,
    CaseStatus.SUPPLEMENT,
    CaseStatus.PAYING,
    CaseStatus.STOPPED,
)


@dataclass(frozen=True)
class Overrun:
    """A step that took longer than it was given; working minutes. Legal: R45"""

    element_id: str
    name: str
    unit: str
    kind: str | None
    allotted_minutes: int
    used_minutes: int
    still_open: bool

    @property
    def over_minutes(self) -> int:
        """How much it took beyond what it was given."""
        return self.used_minutes - self.allotted_minutes


@dataclass(frozen=True)
class Ahead:
    """A step that is still to be done, the minutes supposed for it, and where they come from."""

    element_id: str
    name: str
    minutes: int
    source: str


LIMIT, HISTORY, AGAIN = "limit", "history_p80", "limit_again"
"""Where a step's minutes come from: its own limit; what four fifths of finished ones needed; its
limit once more, as it has used it up already."""


@dataclass(frozen=True)
class ApologyDraft:
    """Mẫu 04 as the books would write it; a leader's signature issues it. Legal: R26, R72"""

    number: str
    form: str
    title: str
    drafted_at: datetime
    original_due_at: datetime
    reason: str
    cause: str
    new_date: date | None
    """None when the case was re-appointed before: there is no second new date (R27)."""
    overruns: tuple[Overrun, ...]
    late_opinions: tuple[str, ...]
    ahead: tuple[Ahead, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; what a leader still has to give is in `missing`."""
        return {
            "number": self.number,
            "form": self.form,
            "title": self.title,
            "drafted_at": iso_office(self.drafted_at),
            "original_due_at": iso_office(self.original_due_at),
            "reason": self.reason,
            "cause": self.cause,
            "new_date": self.new_date.isoformat() if self.new_date else None,
            "overruns": [
                {
                    "step": each.element_id,
                    "name": each.name,
                    "unit": each.unit,
                    "allotted_minutes": each.allotted_minutes,
                    "used_minutes": each.used_minutes,
                    "over_minutes": each.over_minutes,
                    "open": each.still_open,
                }
                for each in self.overruns
            ],
            "late_opinions": list(self.late_opinions),
            "ahead": [
                {
                    "step": each.element_id,
                    "name": each.name,
                    "minutes": each.minutes,
                    "source": each.source,
                }
                for each in self.ahead
            ],
            "missing": ["signer"],
        }


_steps = (
    select(step)
    .where(step.c.case_id == bindparam("b_case"), step.c.state != CANCELLED)
    .order_by(step.c.id)
)
_opinions = (
    select(consultation)
    .where(consultation.c.case_id == bindparam("b_case"), consultation.c.due_at.is_not(None))
    .order_by(consultation.c.id)
)


def draft_apology(file: CaseFile) -> ApologyDraft:
    """Draft the letter from the ledger of steps: never a canned reason. Legal: R8, R26, R34

    The case must have a due date.
    """
    rows = file.db.execute(_steps, {"b_case": file.id}).all()
    overruns = tuple(
        sorted(_overruns(file, rows), key=lambda each: each.over_minutes, reverse=True)
    )
    opinions = tuple(
        row.agency
        for row in file.db.execute(_opinions, {"b_case": file.id})
        if (row.answered_at or file.now) > row.due_at
    )
    ahead = _ahead(file, rows)
    received_on = office_date(file["received_at"])
    return ApologyDraft(
        number=file.number,
        form=form_label(FormMeaning.XIN_LOI, received_on),
        title=title_of(FormMeaning.XIN_LOI, received_on),
        drafted_at=file.now,
        original_due_at=file["due_original_at"],
        reason=_reason(file, overruns, opinions, ahead),
        cause=_cause(file, overruns, opinions),
        new_date=_new_date(file, ahead) if int(file["reappointments"]) == 0 else None,
        overruns=overruns,
        late_opinions=opinions,
        ahead=ahead,
    )


def keep_draft(file: CaseFile) -> None:
    """At the moment to decide, put a draft beside the case for a leader to sign. Legal: R30, R72"""
    draft = draft_apology(file)
    file.db.execute(
        insert(apology_draft).values(
            case_id=file.id,
            drafted_at=file.now,
            content=json.dumps(draft.as_json(), ensure_ascii=False),
        )
    )
    worst = draft.overruns[0].over_minutes if draft.overruns else 0
    file.record(ApologyDrafted(cause=draft.cause, new_date=draft.new_date, over_minutes=worst))


def kept_draft(db: Connection, case_id: int) -> dict[str, Any] | None:
    """What was drafted at the moment to decide, if that moment came."""
    text = db.scalar(select(apology_draft.c.content).where(apology_draft.c.case_id == case_id))
    return json.loads(text) if text is not None else None


def drafts_of(db: Connection, *, agency: str, signed: bool, most: int = 100) -> Sequence[Row[Any]]:
    """Drafted apologies of an agency: those that wait for a signature, or those that got one.

    A draft of a case that has its result is waited for by nobody.
    """
    rows = (
        select(
            case.c.number,
            case.c.owner_name,
            case.c.due_original_at,
            apology_draft.c.drafted_at,
            apology_draft.c.content,
            apology_draft.c.letter,
        )
        .join(case, case.c.id == apology_draft.c.case_id)
        .where(case.c.agency_code == agency)
        .order_by(case.c.due_original_at, case.c.id)
        .limit(most)
    )
    if signed:
        rows = rows.where(apology_draft.c.letter.is_not(None))
    else:
        rows = rows.where(
            apology_draft.c.letter.is_(None),
            case.c.finished_at.is_(None),
            case.c.status.in_([int(status) for status in MAY_STILL_APOLOGISE]),
        )
    return list(db.execute(rows))


def waiting_draft(file: CaseFile) -> dict[str, Any] | None:
    """What was drafted for the case, while it waits for a signature."""
    if file.status not in MAY_STILL_APOLOGISE:
        return None
    text = file.db.scalar(
        select(apology_draft.c.content).where(
            apology_draft.c.case_id == file.id, apology_draft.c.letter.is_(None)
        )
    )
    return json.loads(text) if text is not None else None


def _overruns(file: CaseFile, rows: Any) -> list[Overrun]:
    found = []
    for row in rows:
        allotted = Limit.parse(row.limit_text).working_minutes() if row.limit_text else None
        if not allotted or row.kind in (StepKind.APOLOGISE, StepKind.RETURN, StepKind.REFUSE):
            continue
        used = used_minutes(file, row.created_at, row.completed_at or file.now)
        if used > allotted:
            found.append(
                Overrun(
                    row.element_id,
                    row.name,
                    row.unit or row.role or "",
                    row.kind,
                    allotted,
                    used,
                    row.state == OPEN,
                )
            )
    return found


def _ahead(file: CaseFile, rows: Any) -> tuple[Ahead, ...]:
    paces = pace_of(file.db, file["procedure_code"])
    open_rows = {row.element_id: row for row in rows if row.state == OPEN}
    ahead: dict[str, Ahead] = {}

    def minutes_of(node: Node) -> int:
        found = _supposed(file, node, paces, open_rows.get(node.id))
        ahead[node.id] = found
        return found.minutes

    way = remaining_way(file.version.process, open_rows, minutes_of)
    return tuple(ahead[node.id] for node in way.steps)


def _supposed(file: CaseFile, node: Node, paces: Mapping[str, Pace], row: Row[Any] | None) -> Ahead:
    limit = limit_minutes(node)
    pace = paces.get(node.id)
    minutes, source = (pace.p80_minutes, HISTORY) if pace else (limit, LIMIT)
    if row is not None:
        minutes -= used_minutes(file, row.created_at, file.now)
        if minutes <= 0:
            minutes, source = limit, AGAIN
    return Ahead(node.id, node.name or node.id, minutes, source)


def _new_date(file: CaseFile, ahead: tuple[Ahead, ...]) -> date:
    """The working day on which the rest of the way is done, at the least the one after the due."""
    calendar = file.office.calendar
    done_at = file.office.add_working_minutes(file.now, sum(each.minutes for each in ahead))
    first = calendar.next_working_day(office_date(file["due_original_at"]))
    return max(calendar.on_or_after(office_date(done_at)), first)


def _cause(file: CaseFile, overruns: tuple[Overrun, ...], opinions: tuple[str, ...]) -> str:
    """The one cause the books can prove; else KHAC, whose text is the facts. Legal: R34

    Whether people were too few or too slow no ledger shows: a leader names that.
    """
    if opinions or (overruns and overruns[0].kind == StepKind.CONSULT):
        return "PHOI_HOP"
    return "HO_SO_PHUC_TAP" if file["multi_supplement"] else "KHAC"


def _reason(
    file: CaseFile,
    overruns: tuple[Overrun, ...],
    opinions: tuple[str, ...],
    ahead: tuple[Ahead, ...],
) -> str:
    said = [
        f"bước «{each.name}» ({each.unit}) {'đang' if each.still_open else 'đã'} dùng "
        f"{_hours(each.used_minutes)}, vượt {_hours(each.over_minutes)} so với "
        f"{_hours(each.allotted_minutes)} được giao"
        for each in overruns[:MOST_NAMED]
    ]
    said += [f"{agency} chậm trả lời ý kiến" for agency in opinions]
    if not said:
        left = "; ".join(f"«{each.name}»" for each in ahead[:MOST_NAMED]) or "trả kết quả"
        need = sum(each.minutes for each in ahead)
        due = office_time(file["due_original_at"])
        late = (
            f"các bước đã qua đúng thời gian riêng, nhưng còn {left} cần {_hours(need)}, "
            f"không kịp trước {due:%H:%M ngày %d/%m/%Y}"
        )
        said = [late]
    text = "; ".join(said)
    return text[0].upper() + text[1:] + "."


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    if not hours:
        return f"{rest} phút làm việc"
    return f"{hours} giờ {rest:02} phút làm việc" if rest else f"{hours} giờ làm việc"

"""A case opened for one command: its row is locked, its changes are written together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, select, update

from engine.cases.status import CaseStatus, ensure_allowed
from engine.cases.tables import case, case_state, hold, leg, step
from engine.cases.telling.duties_end import close_duties
from engine.cases.telling.notices import write_notices
from engine.catalog.tables import procedure_version
from engine.catalog.versions import PublishedVersion, version_by_key
from engine.errors import OfficeError
from engine.events.cases import StatusChanged
from engine.journal.append import GENESIS, Head, append
from engine.prepared import Prepared
from engine.sla.limit import CountingRule, Limit
from engine.staff.queries import has_overrides, office_time
from engine.staff.tables import agency

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.events.event import Event
    from engine.sla.office_hours import OfficeTime


STANDING = frozenset(("agency_code", "status", "due_original_at", "became_late_at"))
HOUR_RULES = (CountingRule.WORKING_HOURS, CountingRule.WORKING_MINUTES)


class CaseUnknownError(OfficeError):
    """Somebody named a case that is not in the books."""

    code = "case_unknown"


class CaseChangedError(OfficeError):
    """Somebody else changed the case since it was looked at (F5)."""

    code = "case_changed"


class StatusRefusedError(OfficeError):
    """The case is not in a status that allows the action (R40)."""

    code = "status_refused"


@dataclass
class CaseFile:
    """One case under way: what it was, what changes, what is to be journalled."""

    db: Connection
    now: datetime
    row: dict[str, Any]
    version: PublishedVersion
    office: OfficeTime
    state: bytes | None
    state_is_new: bool = False
    has_holds: bool = False
    has_legs: bool = False
    events: list[Event] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    new_state: bytes | None = None
    state_before: tuple[bytes, str] | None = None

    @property
    def id(self) -> int:
        """The row's key."""
        return int(self.row["id"])

    @property
    def number(self) -> str:
        """The dossier code (mã số hồ sơ)."""
        return str(self.row["number"])

    @property
    def status(self) -> CaseStatus:
        """The national status as it stands now."""
        return CaseStatus(self["status"])

    @property
    def is_hour_based(self) -> bool:
        """True when the limit is in hours or minutes, so that moments are compared (R47)."""
        return Limit.parse(self["limit_text"]).rule in HOUR_RULES

    def __getitem__(self, column: str) -> Any:
        return self.changes[column] if column in self.changes else self.row[column]

    def set(self, **columns: Any) -> None:
        """Change columns of the case; written by `save`."""
        self.changes.update(columns)

    @property
    def standing(self) -> dict[str, Any]:
        """How the case stands, as its open steps say it again for the lists of work."""
        return {
            "agency_code": self["agency_code"],
            "case_status": self["status"],
            "case_due_at": self["due_original_at"],
            "case_late": self["became_late_at"] is not None,
        }

    def record(self, *events: Event) -> None:
        """Journal what happened, in this order."""
        self.events.extend(events)

    def move_to(self, after: CaseStatus) -> None:
        """Change the national status if R40 allows it.

        Raises:
            StatusMoveRefusedError: R40 has no such move.
        """
        before = self.status
        if before == after:
            return
        ensure_allowed(before, after)
        self.set(status=int(after))
        self.record(StatusChanged(before=int(before), after=int(after)))

    @property
    def engine_state(self) -> bytes:
        """The engine's state as it stands now in this command.

        Raises:
            StatusRefusedError: the case's diagram has not begun.
        """
        blob = self.new_state or self.state
        if blob is None:
            raise StatusRefusedError(
                f"Expected {self.number} to be accepted, but its procedure has not begun",
                number=self.number,
            )
        return blob

    def require(self, *statuses: CaseStatus, to: str) -> None:
        """Refuse an action that the case's status does not allow.

        Raises:
            StatusRefusedError: the case stands elsewhere.
        """
        if self.status not in statuses:
            names = " or ".join(f"{int(s)} ({s.vietnamese})" for s in statuses)
            raise StatusRefusedError(
                f"Expected {self.number} in status {names} to {to}, but it is in status "
                f"{int(self.status)} ({self.status.vietnamese})",
                number=self.number,
                status=int(self.status),
            )

    def keep_state(self, blob: bytes) -> None:
        """Replace the engine's state; written by `save`."""
        self.new_state = blob
        self.state_before = None

    def remember(self, blob: bytes, task_id: str) -> None:
        """Keep the state of before a step, until the token moves again."""
        self.state_before = (blob, task_id)

    def save(self, *, actor: str) -> None:
        """Write the case, its engine state and its journal entries.

        Raises:
            CaseChangedError: the row moved on under a reader that held no lock.
        """
        head = append(
            self.db,
            stream=self.number,
            head=Head(self.row["journal_length"], self.row["journal_hash"]),
            at=self.now,
            actor=actor,
            events=self.events,
        )
        self.changes |= {
            "version": self.row["version"] + 1,
            "journal_length": head.length,
            "journal_hash": head.hash,
        }
        done = _update_case.run(
            self.db, {**self.changes, "b_id": self.id, "b_version": self.row["version"]}
        )
        if done != 1:
            raise CaseChangedError(
                f"Expected {self.number} as it was looked at, but somebody changed it meanwhile",
                number=self.number,
            )
        if self.new_state is not None:
            if self.state_is_new:
                _insert_state.run(self.db, {"case_id": self.id, "blob": self.new_state})
            else:
                before, before_task = self.state_before or (None, None)
                _update_state.run(
                    self.db,
                    {
                        "b_case": self.id,
                        "blob": self.new_state,
                        "before": before,
                        "before_task": before_task,
                    },
                )
        if not STANDING.isdisjoint(self.changes):
            _tell_steps.run(self.db, {"b_case": self.id, **self.standing})
        write_notices(self, self.events, after=self.row["journal_length"], actor=actor)
        close_duties(
            self.db, self.id, self.now, self.events, due_original_at=self["due_original_at"]
        )
        self.row |= self.changes
        self.changes = {}
        self.events = []


_select = (
    select(
        case,
        case_state.c.blob,
        procedure_version.c.sha256,
        procedure_version.c.number.label("version_number"),
        agency.c.hours.label("office_hours"),
        has_overrides().label("has_overrides"),
        # What most cases never have is asked for with the case, so that nobody looks in vain.
        exists().where(hold.c.case_id == case.c.id).label("has_holds"),
        exists().where(leg.c.case_id == case.c.id).label("has_legs"),
    )
    .select_from(case)
    .outerjoin(case_state, case_state.c.case_id == case.c.id)
    .join(procedure_version, procedure_version.c.id == case.c.version_id)
    .join(agency, agency.c.code == case.c.agency_code)
    .where(case.c.number == bindparam("b_number"))
)
_look = Prepared(_select)
_lock = Prepared(_select.with_for_update(of=case))  # SQLite locks by BEGIN IMMEDIATE instead
_update_case = Prepared(
    update(case).where(case.c.id == bindparam("b_id"), case.c.version == bindparam("b_version"))
)
_tell_steps = Prepared(
    update(step).where(step.c.case_id == bindparam("b_case"), step.c.state == "open")
)
_insert_state = Prepared(insert(case_state))
_update_state = Prepared(update(case_state).where(case_state.c.case_id == bindparam("b_case")))


def open_case(db: Connection, clock: Clock, number: str) -> CaseFile:
    """Open a case for a command and lock its row until the transaction ends.

    Raises:
        CaseUnknownError: no such case.
    """
    row = _lock.first(db, {"b_number": number})
    if row is None:
        raise CaseUnknownError(
            f"Expected the number of a case, but {number!r} is not in the books", number=number
        )
    return _file(db, clock, row)


def read_case(db: Connection, clock: Clock, number: str) -> CaseFile:
    """Look at a case without locking it; the file must not be saved.

    Raises:
        CaseUnknownError: no such case.
    """
    row = _look.first(db, {"b_number": number})
    if row is None:
        raise CaseUnknownError(
            f"Expected the number of a case, but {number!r} is not in the books", number=number
        )
    return _file(db, clock, row)


def new_case(
    db: Connection,
    clock: Clock,
    *,
    version: PublishedVersion,
    office: OfficeTime,
    **columns: Any,
) -> CaseFile:
    """Enter a new case in the books; the caller records its first events and saves it."""
    values = {
        "version": 0,
        "journal_length": 0,
        "journal_hash": GENESIS,
        "version_id": version.id,
        "procedure_code": version.procedure_code,
        "reappointments": 0,
        "supplement_requests": 0,
        "multi_supplement": False,
        "late_return": False,
        **columns,
    }
    row = db.execute(insert(case).values(**values).returning(case)).one()
    return CaseFile(
        db=db,
        now=clock.now(),
        row=dict(row._mapping),  # noqa: SLF001 (SQLAlchemy's public name for it)
        version=version,
        office=office,
        state=None,
        state_is_new=True,
    )


def _file(db: Connection, clock: Clock, row: Row[Any]) -> CaseFile:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    blob = values.pop("blob")
    office = office_time(db, values.pop("office_hours"), overridden=values.pop("has_overrides"))
    has_holds, has_legs = values.pop("has_holds"), values.pop("has_legs")
    key = (values.pop("sha256"), values["procedure_code"], values.pop("version_number"))
    return CaseFile(
        db=db,
        now=clock.now(),
        row=values,
        version=version_by_key(db, key, values["version_id"]),
        office=office,
        state=blob,
        state_is_new=blob is None,
        has_holds=has_holds,
        has_legs=has_legs,
    )

"""All procedures with all their versions: when each one is in force, by which decision."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.catalog.model import Decision
from engine.catalog.tables import procedure, procedure_abolition, procedure_version
from engine.catalog.versions import ProcedureUnknownError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection


@dataclass(frozen=True)
class VersionHead:
    """A version without its file. `until_on` is its last day in force; None: no end is known.

    A version that another one of the same first day replaces is in force on no day: `until_on`
    lies before its first day then. Legal: R2, R3
    """

    id: int
    number: int
    decision: Decision
    sample: bool
    published_at: datetime
    until_on: date | None

    def is_in_force(self, on: date) -> bool:
        """Whether a dossier received on a date is handled by it."""
        return self.decision.effective_on <= on and (self.until_on is None or on <= self.until_on)

    @property
    def is_replaced(self) -> bool:
        """Whether it never was nor will be in force."""
        return self.until_on is not None and self.until_on < self.decision.effective_on


@dataclass(frozen=True)
class Entry:
    """A procedure with its versions, oldest first, and the decisions that ended it."""

    code: str
    name: str
    field: str
    level: str
    versions: tuple[VersionHead, ...]
    abolitions: tuple[Decision, ...]

    def in_force(self, on: date) -> VersionHead | None:
        """The version in force on a date; None before the first and after an abolition."""
        return next((each for each in self.versions if each.is_in_force(on)), None)

    def abolished(self, on: date) -> Decision | None:
        """The decision by which it is not in force on a date although it was."""
        if self.in_force(on) is not None:
            return None
        gone = [each for each in self.abolitions if each.effective_on <= on]
        return gone[-1] if gone else None


def catalogue(db: Connection, code: str | None = None) -> list[Entry]:
    """Every procedure by code, or the one that is named."""
    versions: dict[str, list[tuple[int, int, Decision, bool, datetime]]] = defaultdict(list)
    query = select(
        procedure_version.c.procedure_code,
        procedure_version.c.id,
        procedure_version.c.number,
        procedure_version.c.decision,
        procedure_version.c.decided_on,
        procedure_version.c.authority,
        procedure_version.c.effective_on,
        procedure_version.c.sample,
        procedure_version.c.published_at,
    ).order_by(procedure_version.c.procedure_code, procedure_version.c.number)
    ends = select(procedure_abolition).order_by(procedure_abolition.c.effective_on)
    heads = select(procedure).order_by(procedure.c.code)
    if code is not None:
        query = query.where(procedure_version.c.procedure_code == code)
        ends = ends.where(procedure_abolition.c.procedure_code == code)
        heads = heads.where(procedure.c.code == code)
    for row in db.execute(query):
        decision = Decision(row.decision, row.decided_on, row.authority, row.effective_on)
        versions[row.procedure_code].append(
            (row.id, row.number, decision, row.sample, row.published_at)
        )
    abolitions: dict[str, list[Decision]] = defaultdict(list)
    for row in db.execute(ends):
        abolitions[row.procedure_code].append(
            Decision(row.decision, row.decided_on, row.authority, row.effective_on)
        )
    return [
        Entry(
            code=row.code,
            name=row.name,
            field=row.field,
            level=row.level,
            versions=tuple(
                VersionHead(
                    *each,
                    until_on=_until(each[1], each[2], versions[row.code], abolitions[row.code]),
                )
                for each in versions[row.code]
            ),
            abolitions=tuple(abolitions[row.code]),
        )
        for row in db.execute(heads)
    ]


def entry_of(db: Connection, code: str) -> Entry:
    """One procedure of the catalogue.

    Raises:
        ProcedureUnknownError: it was never published.
    """
    found = catalogue(db, code)
    if not found:
        raise ProcedureUnknownError(
            f"Expected a published procedure, but {code!r} has no version", procedure=code
        )
    return found[0]


def _until(
    number: int,
    decision: Decision,
    versions: Sequence[tuple[int, int, Decision, bool, datetime]],
    abolitions: Sequence[Decision],
) -> date | None:
    """The last day of a version: the day before what comes after it, as `version_in_force` says."""
    begins = (decision.effective_on, number)
    ends = [
        other.effective_on
        for _, another, other, *_ in versions
        if (other.effective_on, another) > begins
    ]
    ends += [gone.effective_on for gone in abolitions if gone.effective_on >= begins[0]]
    return min(ends) - timedelta(days=1) if ends else None

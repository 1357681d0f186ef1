"""Open an office (mở sổ): real or training, with agencies, procedures and, for training, staff."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from engine.cases.tables import office
from engine.catalog.agencies import load_agencies
from engine.catalog.loader import load_procedures
from engine.clock import FrozenClock, office_instant
from engine.errors import OfficeError
from engine.events.office import OfficeOpened
from engine.journal.append import append_office
from engine.procedures.publish_procedure import publish_procedure
from engine.staff.commands import add_agency
from engine.staff.demo import add_demo_staff
from engine.staff.queries import agency_exists

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.clock import Clock

TRAINING_AGENCY = "H35.12"
TRAINING_STARTS_AT = office_instant("2026-11-16T07:30")
ACTOR = "init"


class OfficeKindError(OfficeError):
    """A training office does not become a real one, nor the other way round."""

    code = "office_kind"


def open_office(
    db: Connection, clock: Clock, *, root: Path, training: bool, revision: str
) -> dict[str, int]:
    """Open the books, or bring the catalogue of an open office up to date.

    Gives counts of agencies and versions that are new.

    Raises:
        OfficeKindError, ProcedureFolderError, DiagramRefusedError.
    """
    row = db.execute(select(office.c.training, office.c.clock_at)).first()
    opened_now = row is None
    if row is None:
        db.execute(
            insert(office).values(
                id=1,
                training=training,
                clock_at=TRAINING_STARTS_AT if training else None,
                opened_at=clock.now(),
            )
        )
        clock = FrozenClock(TRAINING_STARTS_AT) if training else clock
        append_office(
            db,
            at=clock.now(),
            actor=ACTOR,
            events=[OfficeOpened(training=training, revision=revision)],
        )
    else:
        if row.training != training:
            kind = "a training office" if row.training else "a real office"
            raise OfficeKindError(
                f"Expected books without an office of another kind, but they hold {kind}"
            )
        clock = FrozenClock(row.clock_at) if training else clock
    agencies = _agencies(db, clock, root) if training else 0
    versions, roles = _procedures(db, clock, root, training=training)
    if training and opened_now:
        add_demo_staff(db, clock, agency=TRAINING_AGENCY, roles=roles, since=date(2026, 1, 1))
    return {"agencies": agencies, "versions": versions}


def _agencies(db: Connection, clock: Clock, root: Path) -> int:
    new = 0
    for agency in load_agencies(root / "agencies.yaml"):
        if not agency_exists(db, agency.code):
            add_agency(
                db,
                clock,
                code=agency.code,
                name=agency.name,
                parent=agency.parent,
                level=agency.level,
                accepts_all=True,
                hours=agency.hours,
                by=ACTOR,
            )
            new += 1
    return new


def _procedures(
    db: Connection, clock: Clock, root: Path, *, training: bool
) -> tuple[int, frozenset[str]]:
    new = 0
    roles: set[str] = set()
    for folder in load_procedures(root / "procedures"):
        roles |= folder.roles
        if folder.sample and not training:
            continue  # R3: a real office does not take a sample into force
        number, _findings = publish_procedure(
            db,
            clock,
            bpmn=folder.bpmn,
            meta=folder.meta,
            decision=folder.decision,
            sample=folder.sample,
            by=ACTOR,
        )
        new += number is not None
    return new, frozenset(roles)

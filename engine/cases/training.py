"""The kind of office: real, or training with a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from engine.cases.tables import office
from engine.clock import FrozenClock, SystemClock, iso_office
from engine.errors import OfficeError
from engine.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from engine.clock import Clock


class OfficeNotOpenError(OfficeError):
    """The books hold no office yet."""

    code = "office_not_open"


class TrainingOnlyError(OfficeError):
    """A real office's clock is the wall's; nobody moves it."""

    code = "training_only"


def is_training(db: Connection) -> bool:
    """True for a training office.

    Raises:
        OfficeNotOpenError: `motcua init` was not run on these books.
    """
    return bool(_office(db).training)


def clock_of(db: Connection) -> Clock:
    """The wall's clock for a real office, the training clock for a training one."""
    return kind_and_clock(db)[1]


def kind_and_clock(db: Connection) -> tuple[bool, Clock]:
    """Whether it is a training office, and its clock, by one look."""
    row = _office(db)
    if not row.training:
        return False, SystemClock()
    assert row.clock_at is not None, "a training office is opened with its clock"  # noqa: S101
    return True, FrozenClock(row.clock_at)


def set_training_clock(db: Connection, at: datetime) -> None:
    """Move the training clock forward.

    Raises:
        TrainingOnlyError: the office is a real one, or the time lies behind the clock.
    """
    if not is_training(db):
        raise TrainingOnlyError("Expected a training office, but this office is a real one")
    now = clock_of(db).now()
    if at < now:
        raise TrainingOnlyError(
            f"Expected a time after {iso_office(now)}, but got {iso_office(at)}: "
            "the training clock moves forward only"
        )
    db.execute(update(office).values(clock_at=at))


_select = Prepared(select(office.c.training, office.c.clock_at))


def _office(db: Connection) -> Row[Any]:
    row = _select.first(db, {})
    if row is None:
        raise OfficeNotOpenError(
            "Expected an office in these books, but there is none: run 'motcua init'"
        )
    return row

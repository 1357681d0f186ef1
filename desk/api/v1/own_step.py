"""The step a program names, if its token may work on it."""

from __future__ import annotations

from desk.api.access import allow_role_of
from desk.transaction import db, office_clock
from engine.cases.file import read_case
from engine.cases.steps import find_open_step


def own_step(number: str, step_id: str) -> None:
    """Refuse a step that is not open or whose role the token does not carry.

    Raises:
        StepNotOpenError, NotAllowedError.
    """
    allow_role_of(find_open_step(read_case(db(), office_clock(), number), step_id))

"""Small rehearsals asked for on the desk, run by the test itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.rehearsal.request import Request, Source
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.reports.rehearsals import State, ask_rehearsal, rehearsal_of, standing
from tests.visitors import LEADER, DeskOffice

if TYPE_CHECKING:
    from sqlalchemy import Engine

AGENCY = "H35.12"
BUDGET = 3600.0
SMALL = Request(source=Source.PROCEDURE, key="2.000908", weeks=3, replications=10)


def quiet(desk: DeskOffice) -> DeskOffice:
    """Its workers do not start by themselves."""
    desk.app.extensions["motcua_start_rehearsals"] = lambda _books, _settings: None
    return desk


def ask(books: Engine, request: Request = SMALL, *, title: str = "thử") -> int:
    with transaction(books) as db:
        return ask_rehearsal(
            db,
            agency=AGENCY,
            by=LEADER,
            at=SystemClock().now(),
            title=title,
            request=request.as_json(),
        )


def state(books: Engine, number: int) -> State:
    with reading(books) as db:
        return standing(rehearsal_of(db, AGENCY, number), SystemClock().now())


def form(**given: Any) -> dict[str, Any]:
    return {"time_cut": "0", "arrivals": "100", "weeks": "3", "replications": "10", "seed": "1"} | {
        name: str(value) for name, value in given.items()
    }

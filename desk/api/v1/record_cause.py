"""POST …/cause: why the case is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from desk.access import allow
from desk.api.access import program
from desk.api.change import as_action, change_case
from desk.api.documents import CaseSummary
from desk.api.values import Body, Cause, Line
from desk.transaction import db, office_clock
from engine.cases.lateness.record_cause import record_cause as record

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

endpoint = APIBlueprint("record_cause", __name__, tag="Hồ sơ")


class LateCause(Body):
    """`text` is needed with KHAC. Legal: R34"""

    cause: Cause
    text: Line | None = None


@endpoint.post("/cases/<number>/cause")
@endpoint.input(LateCause, arg_name="given")
@endpoint.output(CaseSummary)
@allow(as_action("cause"))
def record_cause(number: str, given: LateCause) -> ResponseReturnValue:
    """Say why the case is late."""
    return change_case(
        number,
        lambda: record(
            db(),
            office_clock(),
            number=number,
            by=program().code,
            cause=given.cause,
            text=given.text,
        ),
    )

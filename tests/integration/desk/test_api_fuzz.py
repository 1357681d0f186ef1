"""Requests made up from the API's own description: nothing breaks, nothing answers undescribed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from engine.clock import SystemClock
from engine.database import transaction
from engine.staff.commands import grant_role
from tests.programs import Program
from tests.visitors import LEADER, DeskOffice

if TYPE_CHECKING:
    from schemathesis import Case

EXAMPLES = 5
"""Of each kind of request: few, so that `make test` stays short."""

# Whether well-formed values fit a case's state, its ETag or a procedure's components stands in no
# description: 404, 409, 412 and 422 are answers to them too. An If-Match that is no ETag of the
# case fails, as RFC 9110 says, whatever its shape.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "304", "403", "404", "409", "412", "422"]
            },
            "negative_data_rejection": {
                "expected-statuses": ["400", "401", "404", "405", "412", "413", "415", "422", "428"]
            },
            "missing_required_header": {"expected-statuses": ["428", "422"]},
        },
    }
)


@pytest.fixture
def description(quick_desk: DeskOffice) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", quick_desk.app, config=CONFIG)


def may_do_everything(desk: DeskOffice) -> Program:
    """A program whose officer holds every role, so that no request stops at the door."""
    with transaction(desk.books) as db:
        for role in ("mot_cua", "chuyen_vien", "truong_phong", "quan_tri"):
            grant_role(
                db, SystemClock(), officer_code=LEADER, role=role, since=date(2026, 1, 1), by="t"
            )
    return Program(desk, LEADER)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests_find_nothing(
    quick_desk: DeskOffice, description: Any, mode: GenerationMode
) -> None:
    program = may_do_everything(quick_desk)
    tried: set[str] = set()
    for found in description.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (list(operation.body) or list(operation.query)):
            continue  # nothing in it that could be wrong

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Case) -> None:
            if mode is GenerationMode.POSITIVE:
                _aim(case, program)
            tried.add(case.operation.label)
            case.call_and_validate(headers=program.headers)

        send()
    assert len(tried) > 20


def _aim(case: Case, program: Program) -> None:
    """A case of its own and its ETag, so that the made-up body reaches the command itself."""
    if "number" in case.path_parameters:
        case.path_parameters["number"] = program.receive()
    if "step_id" in case.path_parameters:
        case.path_parameters["step_id"] = "b01_tiep_nhan"
    if case.method == "POST" and "number" in case.path_parameters:
        case.headers["If-Match"] = '"1"'


def test_the_description_is_openapi_3_1(description: Any) -> None:
    description.validate()
    assert description.raw_schema["openapi"].startswith("3.1")
    assert len(list(description.get_all_operations())) == 29

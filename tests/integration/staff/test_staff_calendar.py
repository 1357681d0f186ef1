"""Dated overrides and dated hours in the books: what they do to due dates (R41, R43)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from engine.cases.intake.receive_case import receive_case
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.request_supplement import request_supplement
from engine.clock import FrozenClock, iso_office, office_instant
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.sla.deadline import due_at
from engine.sla.limit import Limit
from engine.staff.agency_changes import set_hours, take_procedure
from engine.staff.commands import add_agency, override_day
from engine.staff.queries import AgencyUnknownError, agency_accepts, office_time_of
from tests.builders import TrainingOffice

CLOCK = FrozenClock(office_instant("2026-11-16T07:30"))
PERMIT = "1.009994"  # 7 ngày làm việc


@pytest.fixture
def office(books: Engine) -> TrainingOffice:
    return TrainingOffice(books)


def _move_day(office: TrainingOffice, on: str, kind: str, decision: str = "CĐ 01/CĐ-TTg") -> None:
    office.do(
        override_day,
        on=date.fromisoformat(on),
        kind=kind,
        name="Nghỉ bão số 15",
        decision=decision,
        by="admin",
    )


def test_r41_a_day_off_in_the_books_moves_the_due_of_new_cases_only(
    office: TrainingOffice,
) -> None:
    before = office.receive(PERMIT)
    _move_day(office, "2026-11-23", "off")
    after = office.receive(PERMIT)
    assert office.case(before)["due_at"] == "2026-11-26T17:00:00+07:00"
    assert office.case(after)["due_at"] == "2026-11-27T17:00:00+07:00"
    told = " ".join(line["why"] for line in office.case(after)["ledger"])
    assert "23/11 Nghỉ bão số 15 (CĐ 01/CĐ-TTg)" in told


def test_r41_a_saturday_worked_by_a_decision_brings_the_due_forward(
    office: TrainingOffice,
) -> None:
    _move_day(office, "2026-11-21", "worked", "TB 1/TB-BNV")
    assert office.case(office.receive(PERMIT))["due_at"] == "2026-11-25T17:00:00+07:00"


def test_r41_a_case_counted_again_after_its_pause_follows_the_decision(
    office: TrainingOffice,
) -> None:
    number = office.receive(PERMIT)
    office.until("2026-11-17T09:00")
    office.work_until(number, "examine")
    office.do(request_supplement, number=number, reason="Thiếu", components=["don"])
    _move_day(office, "2026-11-23", "off")
    office.until("2026-11-18T09:00")
    office.do(accept_supplement, number=number)
    # 7 days + the 18th, which stood still; the 23rd and the 24th are off.
    assert office.case(number)["due_at"] == "2026-11-30T17:00:00+07:00"


def test_r41_the_files_are_untouched_by_the_books(office: TrainingOffice) -> None:
    from engine.catalog.years import seed_calendar

    _move_day(office, "2026-11-23", "off")
    assert seed_calendar().is_working_day(date(2026, 11, 23))
    with reading(office.books) as db:
        assert not office_time_of(db, "H35.12").calendar.is_working_day(date(2026, 11, 23))


def test_r43_hours_set_from_a_date_on_leave_the_days_before_alone(books: Engine) -> None:
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã", level="xã", by="admin")
        set_hours(
            db,
            CLOCK,
            agency_code="H35.12",
            since=date(2026, 11, 25),
            hours=["08:00-12:00", "13:00-17:30"],
            saturday=["08:00-11:00"],
            by="admin",
        )
        time = office_time_of(db, "H35.12")
    found = [
        iso_office(due_at(Limit.parse(limit), office_instant(received), time))
        for limit, received in (
            ("1wd", "2026-11-20T08:00"),
            ("1wd", "2026-11-23T08:00"),
            ("2wh", "2026-11-23T16:00"),
        )
    ]
    assert found == [
        "2026-11-23T17:00:00+07:00",
        "2026-11-25T17:30:00+07:00",
        "2026-11-25T09:00:00+07:00",
    ]
    assert time.is_open(office_instant("2026-11-28T09:00"))
    assert not time.is_open(office_instant("2026-11-21T09:00"))


def test_r43_two_agencies_promise_their_own_closing(office: TrainingOffice) -> None:
    office.do(
        set_hours,
        agency_code="H35.12",
        since=date(2026, 11, 20),
        hours=["07:30-11:30", "13:30-17:30"],
        by="admin",
    )
    assert office.case(office.receive(PERMIT))["due_at"] == "2026-11-26T17:30:00+07:00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": date(2026, 11, 15)},
        {"since": date(2026, 12, 1)},
        {"since": date(2026, 12, 2), "hours": []},
        {"since": date(2026, 12, 2), "hours": ["11:30-07:00"]},
        {"since": date(2026, 12, 2), "hours": ["08:00"]},
        {"since": date(2026, 12, 2), "saturday": ["8-11"]},
    ],
    ids=str,
)
def test_r43_hours_in_the_past_out_of_order_or_impossible_are_refused(
    books: Engine, wrong: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"agency_code": "H35.12", "hours": ["08:00-12:00"], "by": "admin"}
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã", level="xã", by="admin")
        set_hours(db, CLOCK, since=date(2026, 12, 1), **given)
        kept = office_time_of(db, "H35.12").hours
        with pytest.raises(BadInputError, match="Expected"):
            set_hours(db, CLOCK, **(given | wrong))
        assert office_time_of(db, "H35.12").hours == kept


def test_an_agency_takes_a_procedure_once_and_only_one_that_is_published(
    office: TrainingOffice,
) -> None:
    office.do(add_agency, code="H35.13", name="Xã", level="xã", by="admin")
    given = {"agency_code": "H35.13", "by": "admin"}
    office.do(take_procedure, procedure_code=PERMIT, **given)
    with reading(office.books) as db:
        assert agency_accepts(db, "H35.13", PERMIT)
        assert not agency_accepts(db, "H35.13", "2.000908")
    for code, expected in ((PERMIT, "new to H35.13"), ("9.9", "a published procedure")):
        with pytest.raises(BadInputError, match=expected):
            office.do(take_procedure, procedure_code=code, **given)
    with pytest.raises(AgencyUnknownError):
        office.do(take_procedure, procedure_code=PERMIT, agency_code="H99", by="admin")
    with pytest.raises(Exception, match="Expected"):
        office.do(receive_case, procedure="2.000908", agency="H35.13", owner="A", channel="counter")

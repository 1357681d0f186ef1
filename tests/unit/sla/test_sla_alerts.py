"""Warnings and the latest moment for an apology, with every vector of R25, R30 and R31."""

from __future__ import annotations

import pytest
from clock_words import OFFICE, at, shown

from engine.errors import BadInputError
from engine.sla.alerts import (
    ALERT_TO,
    AlertLevel,
    AlertTo,
    apology_due_at,
    before_due,
    case_alerts,
    decide_at,
    spent_at,
)
from engine.sla.deadline import due_at
from engine.sla.limit import Limit


@pytest.mark.parametrize(
    ("due", "apology"),
    [
        ("2026-11-26", "2026-11-25"),
        ("2026-11-25", "2026-11-23"),
        ("2026-02-23", "2026-02-13"),
        ("2026-09-03", "2026-08-28"),
        ("2026-08-24", "2026-08-22"),
    ],
)
def test_r25_the_apology_is_due_one_day_before_on_a_working_day(due: str, apology: str) -> None:
    found = apology_due_at(at(f"{due} 17:00"), at("2026-01-05 08:00"), OFFICE)
    assert shown(found) == f"{apology} 17:00"


def test_r31_a_same_day_case_apologises_at_80_percent_of_its_time() -> None:
    received = at("2026-11-20 08:00")
    due = due_at(Limit.parse("same-day"), received, OFFICE)
    assert OFFICE.working_minutes_between(received, due) == 7 * 60
    assert shown(apology_due_at(due, received, OFFICE)) == "2026-11-20 15:36"


def test_r31_the_share_is_a_parameter_and_the_apology_is_never_after_due() -> None:
    from fractions import Fraction

    received, due = at("2026-11-20 08:00"), at("2026-11-20 17:00")
    half = apology_due_at(due, received, OFFICE, share=Fraction(1, 2))
    assert shown(half) == "2026-11-20 11:30"
    assert apology_due_at(due, received, OFFICE, share=Fraction(1)) == due
    # Accepted outside office hours with nothing left to count: the due itself.
    assert apology_due_at(due, at("2026-11-20 17:00"), OFFICE) == due


def test_r31_a_working_day_case_apologises_before_its_day_if_it_can() -> None:
    received = at("2026-11-20 10:00")
    due = due_at(Limit.parse("1wd"), received, OFFICE)
    assert shown(apology_due_at(due, received, OFFICE)) == "2026-11-20 17:00"
    evening = at("2026-11-20 20:00")  # that closing is over: 80 % of Monday's eight hours
    assert shown(apology_due_at(due, evening, OFFICE)) == "2026-11-23 15:24"


def test_r30_the_warnings_of_a_case_in_order() -> None:
    received, due = at("2026-11-16 08:00"), at("2026-12-01 17:00")
    found = case_alerts(due, received, OFFICE)
    assert [(str(level), shown(instant)) for level, instant in found.items()] == [
        ("DECIDE", "2026-11-27 17:00"),
        ("DUE_SOON", "2026-11-30 17:00"),
        ("APOLOGY_MISSED", "2026-11-30 17:00"),
        ("OVERDUE", "2026-12-01 17:00"),
    ]


def test_r30_no_warning_lies_before_receipt_or_after_due() -> None:
    received = at("2026-11-20 08:00")
    for limit in ("same-day", "1wd", "2wh", "1d"):
        due = due_at(Limit.parse(limit), received, OFFICE)
        for instant in case_alerts(due, received, OFFICE).values():
            assert received <= instant <= due


def test_r30_each_level_has_somebody_to_hear_it() -> None:
    assert set(ALERT_TO) == set(AlertLevel)
    assert ALERT_TO[AlertLevel.DUE_SOON] == (AlertTo.OFFICER,)
    assert ALERT_TO[AlertLevel.STEP_80] == (AlertTo.OFFICERS_LEADER,)
    assert set(ALERT_TO[AlertLevel.OVERDUE]) == {AlertTo.AGENCY_HEAD, AlertTo.ONE_STOP_HEAD}


def test_r30_the_leader_hears_of_a_step_at_80_percent_of_its_working_time() -> None:
    start = at("2026-11-20 13:30")  # ten hours: 3.5 on Friday, 6.5 on Monday
    due = due_at(Limit.parse("10wh"), start, OFFICE)
    assert shown(due) == "2026-11-23 15:30"
    assert shown(spent_at(start, due, OFFICE)) == "2026-11-23 11:30"


def test_r30_two_working_days_before_due_keep_the_hour_of_the_due() -> None:
    received = at("2026-11-16 08:00")
    assert shown(decide_at(at("2026-11-26 09:00"), received, OFFICE)) == "2026-11-23 09:00"
    assert decide_at(at("2026-11-17 09:00"), received, OFFICE) == received


@pytest.mark.parametrize(
    ("limit", "instant"),
    [
        ("2wd", "2026-11-23 10:00"),
        ("4wh", "2026-11-25 16:00"),
        ("30wm", "2026-11-26 09:30"),
        ("3d", "2026-11-23 10:00"),
    ],
)
def test_r30_a_named_limit_counts_back_from_due(limit: str, instant: str) -> None:
    found = before_due(Limit.parse(limit), at("2026-11-26 10:00"), at("2026-11-02 08:00"), OFFICE)
    assert shown(found) == instant


@pytest.mark.parametrize("limit", ["same-day", "1mo"])
def test_r30_months_and_same_day_are_not_counted_back(limit: str) -> None:
    with pytest.raises(BadInputError, match="Expected days or hours before due"):
        before_due(Limit.parse(limit), at("2026-11-26 10:00"), at("2026-11-02 08:00"), OFFICE)

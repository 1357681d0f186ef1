"""Original and appointed date, one re-appointment, verdicts (R26, R27, R28, R47)."""

from __future__ import annotations

import pytest
from clock_words import CALENDAR, OFFICE, at, day, pause, shown

from engine.sla.calendar import YearStatus
from engine.sla.deadline import AppointmentRefusedError, Deadline, ReappointLimitError
from engine.sla.limit import Limit
from engine.sla.pauses import PausePolicy
from engine.sla.reckoning import reckon
from engine.sla.verdict import Verdict, case_verdict

TEN = Limit.parse("10wd")
RECEIVED = at("2026-11-16 08:00")
FIRST = Deadline.first(reckon(TEN, RECEIVED, OFFICE))


def test_r28_at_receipt_the_two_dates_are_one() -> None:
    assert FIRST.original_at == FIRST.appointed_at
    assert shown(FIRST.original_at) == "2026-12-01 17:00"
    assert FIRST.calendar == ((2026, YearStatus.CONFIRMED),)
    assert not FIRST.has_been_reappointed


def test_r28_an_apology_moves_the_promise_and_never_the_original() -> None:
    moved = FIRST.reappointed(day("2026-12-04"), OFFICE)
    assert shown(moved.appointed_at) == "2026-12-04 17:00"
    assert moved.original_at == FIRST.original_at
    finished = at("2026-12-03 10:00")
    assert moved.verdict(finished) is Verdict.LATE
    assert moved.kept_appointment(finished)
    assert not moved.kept_appointment(at("2026-12-05 08:00"))
    assert moved.working_days_late(day("2026-12-03"), CALENDAR) == 2
    assert moved.working_days_late(day("2026-12-01"), CALENDAR) == 0
    assert moved.working_days_late(day("2026-11-30"), CALENDAR) == 0


def test_r27_a_second_new_date_is_refused() -> None:
    moved = FIRST.reappointed(day("2026-12-04"), OFFICE)
    with pytest.raises(ReappointLimitError, match="Expected at most one new date") as refused:
        moved.reappointed(day("2026-12-08"), OFFICE)
    assert refused.value.code == "REAPPOINT_LIMIT"


def test_r27_a_restart_does_not_reset_the_count_nor_pull_the_promise_back() -> None:
    moved = FIRST.reappointed(day("2026-12-31"), OFFICE)
    again = reckon(
        TEN, RECEIVED, OFFICE, [pause("2026-11-18 09:00", "2026-11-27 14:00", PausePolicy.RESTART)]
    )
    recounted = moved.recounted(again)
    assert shown(recounted.original_at) == "2026-12-11 17:00"
    assert shown(recounted.appointed_at) == "2026-12-31 17:00"
    assert recounted.reappointments == 1
    with pytest.raises(ReappointLimitError):
        recounted.reappointed(day("2027-01-08"), OFFICE)
    assert FIRST.recounted(again).appointed_at == again.due_at


@pytest.mark.parametrize(
    "new_on", ["2026-12-01", "2026-11-30", "2026-12-05", "2026-12-06", "2027-01-01"]
)
def test_r26_a_new_date_is_later_than_the_original_and_a_working_day(new_on: str) -> None:
    with pytest.raises(AppointmentRefusedError, match="Expected a"):
        FIRST.reappointed(day(new_on), OFFICE)


@pytest.mark.parametrize(
    ("finished", "by_moment", "verdict"),
    [
        ("2026-11-30 16:00", False, Verdict.EARLY),
        ("2026-12-01 08:00", False, Verdict.ON_TIME),
        ("2026-12-01 23:00", False, Verdict.ON_TIME),
        ("2026-12-01 23:00", True, Verdict.LATE),
        ("2026-12-02 00:00", False, Verdict.LATE),
    ],
)
def test_r47_dates_are_compared_and_moments_where_hours_are_counted(
    finished: str, by_moment: bool, verdict: Verdict
) -> None:
    assert FIRST.verdict(at(finished), by_moment=by_moment) is verdict


def test_r47_a_case_without_due_date_is_on_time() -> None:
    assert case_verdict(at("2026-12-01 23:00"), None) is Verdict.ON_TIME


def test_r41_a_deadline_says_how_sure_its_years_are() -> None:
    found = Deadline.first(reckon(TEN, at("2026-12-28 08:00"), OFFICE))
    assert found.calendar == ((2026, YearStatus.CONFIRMED), (2027, YearStatus.PROJECTED))

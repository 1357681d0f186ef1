"""Early, on time, late, open: the class of each case in a window (R28, R36, R37, R47)."""

from __future__ import annotations

import pytest
from made_events import Story, due, moment, row

from engine.reports.counts import Counts

NOVEMBER = ("2026-11-01", "2026-11-30")
DECEMBER = ("2026-12-01", "2026-12-31")


def _class_of(counts: Counts) -> str:
    (only,) = [
        name
        for name in ("early", "on_time", "late", "open_in_time", "open_late")
        if getattr(counts, name)
    ]
    return only


@pytest.mark.parametrize(
    ("finish", "verdict"),
    [
        ("2026-11-30T23:59", "early"),
        ("2026-12-01T09:00", "on_time"),
        ("2026-12-01T23:00", "on_time"),
        ("2026-12-02T00:00", "late"),
    ],
)
def test_r47_a_case_is_classed_by_dates(finish: str, verdict: str) -> None:
    story = Story().received("2026-11-16", due("2026-12-01")).finished(finish)
    assert _class_of(row("2026-11-01", "2026-12-31", story).counts) == verdict


@pytest.mark.parametrize(
    ("finish", "verdict"),
    [
        ("2026-12-01T23:00", "late"),
        ("2026-12-01T17:01", "late"),
        ("2026-12-01T17:00", "on_time"),
        ("2026-11-30T08:00", "early"),
    ],
)
def test_r47_moments_are_compared_where_hours_are_counted(finish: str, verdict: str) -> None:
    story = Story().received("2026-11-16", due("2026-12-01"), hour_based=True).finished(finish)
    assert _class_of(row("2026-11-01", "2026-12-31", story).counts) == verdict


def test_r47_a_case_without_due_date_is_on_time_and_told_apart() -> None:
    made = row(*NOVEMBER, Story().received("2026-11-16", None).finished("2026-11-20"))
    assert _class_of(made.counts) == "on_time"
    assert made.without_due == 1


def test_r28_statistics_use_the_original_date_and_not_the_appointed_one() -> None:
    story = (
        Story()
        .received("2026-11-16", due("2026-12-01"))
        .apologised("2026-11-30", due("2026-12-01"), due("2026-12-04"))
        .finished("2026-12-03")
    )
    made = row(*DECEMBER, story)
    assert _class_of(made.counts) == "late"
    assert made.apologies.solved_late_apologised == 1
    assert made.apologies.kept_new_date == 1


def test_r36_the_class_is_settled_by_finish_and_not_by_pick_up() -> None:
    from engine.events.cases import ResultReturned

    story = Story().received("2026-11-16", due("2026-11-30")).finished("2026-11-20")
    story.add(
        "2026-12-10",
        ResultReturned(by_owner=True, channel="counter", originals_returned=True, officer="x"),
    )
    assert _class_of(row(*NOVEMBER, story).counts) == "early"
    assert row(*DECEMBER, story).counts.received == 0


def test_r35_a_refusal_after_examination_counts_as_solved_by_its_date() -> None:
    story = Story().received("2026-11-16", due("2026-12-01")).finished("2026-12-02", "REFUSED")
    assert _class_of(row(*DECEMBER, story).counts) == "late"


@pytest.mark.parametrize(
    ("when", "verdict"),
    [("2026-11-20", "on_time"), ("2026-12-01T22:00", "on_time"), ("2026-12-02", "late")],
)
def test_r37_a_withdrawal_before_the_due_date_is_on_time_and_never_early(
    when: str, verdict: str
) -> None:
    story = Story().received("2026-11-16", due("2026-12-01")).withdrawn(when)
    assert _class_of(row("2026-11-01", "2026-12-31", story).counts) == verdict


def test_r37_a_withdrawal_while_the_clock_stands_is_on_time() -> None:
    story = (
        Story()
        .received("2026-11-16", due("2026-12-01"))
        .asked("2026-11-18")
        .withdrawn("2026-12-20")
    )
    assert _class_of(row(*DECEMBER, story).counts) == "on_time"


def test_r37_a_withdrawal_before_acceptance_is_not_counted() -> None:
    assert row(*NOVEMBER, Story().withdrawn("2026-11-16")).counts.received == 0


def test_r10_r11_what_was_never_accepted_is_in_no_figure() -> None:
    from engine.events.cases import CaseRefused, CaseRegistered

    registered = CaseRegistered(procedure="p", version=1, agency="H35.12", channel="online")
    refused = CaseRefused(at_intake=True, reason="r", letter="1", signer="s")
    waiting = Story().add("2026-11-16", registered).asked("2026-11-16", at_intake=True)
    turned_away = Story().add("2026-11-16", registered).add("2026-11-17", refused)
    made = row(*NOVEMBER, waiting, turned_away)
    assert made.counts.received == 0
    assert all(rate.denominator == 0 for rate in made.rates)


def test_an_open_case_is_in_time_on_its_due_date_and_late_the_day_after() -> None:
    story = Story().received("2026-11-16", due("2026-11-26"))
    assert _class_of(row("2026-11-01", "2026-11-26", story).counts) == "open_in_time"
    assert _class_of(row("2026-11-01", "2026-11-27", story).counts) == "open_late"


def test_an_open_case_is_not_late_because_the_window_ends_in_the_future() -> None:
    story = Story().received("2026-11-16", due("2026-11-26"))
    made = row(*NOVEMBER, story, now=moment("2026-11-20"))
    assert _class_of(made.counts) == "open_in_time"


def test_an_open_case_of_an_hour_limit_is_late_after_its_moment() -> None:
    story = Story().received("2026-11-16", "2026-11-16T15:00", hour_based=True)
    at = {
        clock: row(*NOVEMBER, story, now=moment(f"2026-11-16T{clock}"))
        for clock in ("15:00", "15:01")
    }
    assert _class_of(at["15:00"].counts) == "open_in_time"
    assert _class_of(at["15:01"].counts) == "open_late"


@pytest.mark.parametrize("pause", ["asked", "paying", "stopped"])
def test_r21_r22_r38_a_case_whose_clock_stands_is_open_in_time(pause: str) -> None:
    story = getattr(Story().received("2026-11-16", due("2026-11-20")), pause)("2026-11-18")
    assert _class_of(row(*NOVEMBER, story).counts) == "open_in_time"


def test_a_case_that_was_late_before_its_clock_stood_stays_late() -> None:
    story = Story().received("2026-11-02", due("2026-11-10")).asked("2026-11-18")
    assert _class_of(row(*NOVEMBER, story).counts) == "open_late"


def test_r21_a_supplement_moves_the_due_date_of_form_06() -> None:
    story = (
        Story()
        .received("2026-11-16", due("2026-12-01"))
        .asked("2026-11-18")
        .answered("2026-11-27", "2026-11-18", (due("2026-12-01"), due("2026-12-09")))
        .finished("2026-12-09")
    )
    assert _class_of(row(*DECEMBER, story).counts) == "on_time"


def test_r22_a_payment_moves_the_due_date() -> None:
    story = (
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .paying("2026-11-06")
        .paid("2026-11-26", "2026-11-06", (due("2026-11-12"), due("2026-12-03")))
        .finished("2026-12-03")
    )
    assert _class_of(row(*DECEMBER, story).counts) == "on_time"


def test_r40_a_stopped_case_that_goes_on_has_its_new_due_date() -> None:
    story = (
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .stopped("2026-11-06")
        .resumed("2026-11-26", (due("2026-11-12"), due("2026-12-03")))
    )
    assert _class_of(row(*DECEMBER, story, now=moment("2026-12-03")).counts) == "open_in_time"
    assert _class_of(row(*DECEMBER, story, now=moment("2026-12-04")).counts) == "open_late"

"""At the opening of the office: digests to heads of units, the pace of steps, stuck cases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from engine.cases.lateness.pace import pace_of, percentile, recount_pace
from engine.cases.telling.digest import write_digests
from engine.cases.telling.duty_tables import step_pace
from engine.cases.telling.inbox import mark_read, messages
from engine.cases.training import clock_of
from engine.cases.waiting.request_supplement import request_supplement
from engine.clock import FrozenClock, office_instant
from engine.database import reading, transaction
from engine.scheduler.openings import do_opening
from tests.builders import TrainingOffice
from tests.crash import race
from tests.crowd import set_clock


def _digests(office: TrainingOffice, *, closed: bool = False) -> dict[str, dict[str, Any]]:
    with reading(office.books) as db:
        found = [m for m in messages(db, closed=closed) if m["kind"] == "digest"]
    return {m["officer"]: m for m in found}


def test_each_head_is_told_what_is_due_today_late_or_paused_too_long(
    office: TrainingOffice,
) -> None:
    late = office.receive("TINH-07")  # due 19/11
    office.work_until(late, "examine")
    due = office.receive("1.009994")  # due 26/11
    office.work_until(due, "examine")
    waiting = office.receive("2.001610")
    office.work_until(waiting, "assign")
    office.do(request_supplement, number=waiting, reason="Thiếu điều lệ", components=["dieu_le"])
    office.until("2026-11-26T07:00")
    specialist = _digests(office)["tp.chuyenmon"]["content"]
    assert (specialist["due_today"], specialist["late"]) == ([due], [late])
    assert "one_stop" not in specialist
    office.until("2026-12-03T07:00")  # more than 10 working days after 16/11
    desk = _digests(office)["cb.tiepnhan1"]["content"]
    assert desk["paused_too_long"] == [waiting]
    assert desk["counts"]["paused_too_long"] == 1


def test_a_digest_comes_at_the_opening_and_only_on_working_days(office: TrainingOffice) -> None:
    office.receive("TINH-07")
    office.until("2026-11-20T06:59")
    assert _digests(office) == {} or all(
        m["raised_at"] < "2026-11-20" for m in _digests(office).values()
    )
    office.until("2026-11-20T07:00")
    assert {m["raised_at"] for m in _digests(office).values()} == {"2026-11-20T07:00:00+07:00"}
    office.until("2026-11-22T23:00")
    assert {m["raised_at"][:10] for m in _digests(office).values()} == {"2026-11-20"}


def test_the_next_digest_takes_the_place_of_the_last_and_reading_ends_it(
    office: TrainingOffice,
) -> None:
    office.receive("TINH-07")
    office.until("2026-11-23T08:00")
    mine = [m for m in _all(office) if m["officer"] == "cb.tiepnhan1" and not m["closed_at"]]
    assert len(mine) == 1
    office.do(mark_read, message=mine[0]["id"], by="cb.tiepnhan1")
    assert "cb.tiepnhan1" not in _digests(office)


def _all(office: TrainingOffice) -> list[dict[str, Any]]:
    with reading(office.books) as db:
        return [m for m in messages(db, closed=True) if m["kind"] == "digest"]


def test_a_head_without_news_gets_no_digest(office: TrainingOffice) -> None:
    with transaction(office.books) as db:
        assert write_digests(db, clock_of(db)) == 0


def test_f6_two_schedulers_do_an_opening_once(office: TrainingOffice) -> None:
    office.receive("TINH-07")
    at = office_instant("2026-11-20T08:00")
    set_clock(office.books, at)
    raced = race(4, lambda _n: do_opening(office.books, FrozenClock(at)))
    assert raced.losers == []
    done = [name for names in raced.winners for name in names]
    assert sorted(done) == ["digest", "feedback", "pace", "stuck"]
    assert do_opening(office.books, FrozenClock(at)) == []
    assert len(_all(office)) == len({m["officer"] for m in _all(office)})


def test_f10_after_days_away_the_digests_coalesce_to_one(office: TrainingOffice) -> None:
    office.receive("TINH-07")
    at = office_instant("2026-12-10T09:00")
    do_opening(office.books, FrozenClock(at))
    by_officer = [m["officer"] for m in _all(office)]
    assert len(by_officer) == len(set(by_officer))


def test_pace_is_counted_from_finished_steps(office: TrainingOffice) -> None:
    for _ in range(21):
        number = office.receive("2.001610")
        office.work_until(number, "assign")
    with transaction(office.books) as db:
        assert recount_pace(db, clock_of(db)) >= 1
        paces = pace_of(db, "2.001610")
    assert {pace.finished for pace in paces.values()} == {21}
    assert {pace.p95_minutes for pace in paces.values()} == {0}


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([5], 95, 5), ([1, 2, 3, 4, 5], 80, 4), (list(range(1, 101)), 95, 95), ([3, 1, 2], 50, 2)],
)
def test_a_percentile_is_a_value_that_was_there(
    values: list[int], percent: int, expected: int
) -> None:
    assert percentile(values, percent) == expected


def test_a_step_where_nobody_does_anything_for_longer_than_ever_is_told_once(
    office: TrainingOffice,
) -> None:
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    with transaction(office.books) as db:
        db.execute(
            insert(step_pace).values(
                procedure_code="1.009994",
                element_id=office.open(number)[0],
                finished=40,
                p50_minutes=60,
                p80_minutes=300,
                p95_minutes=480,
                counted_at=clock_of(db).now(),
            )
        )
    from engine.cases.lateness.stuck import report_stuck, stuck_steps

    def stuck(text: str) -> list[str]:
        with reading(office.books) as db:
            return [n for n, _ in stuck_steps(db, FrozenClock(office_instant(text)))]

    assert stuck("2026-11-17T07:30") == [], "eight working hours are the 95th percentile"
    assert stuck("2026-11-17T07:31") == [number]
    set_clock(office.books, office_instant("2026-11-17T09:00"))
    with reading(office.books) as db:
        [(found, task)] = stuck_steps(db, clock_of(db))
    assert office.do(report_stuck, number=found, task_id=task)
    assert not office.do(report_stuck, number=found, task_id=task)
    assert office.event(number, "AlertRaised")["level"] == "STUCK"
    assert office.event(number, "AlertRaised")["to"] == ["tp.chuyenmon"]
    assert stuck("2026-11-20T09:00") == []

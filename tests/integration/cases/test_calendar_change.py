"""A change of the calendar: previewed, applied in batches, promises kept or counted anew (R41)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from engine.cases.lateness.calendar_change import DayMove, HoursMove, Promises
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.lateness.recount import (
    Preview,
    change_by_id,
    change_calendar,
    changes,
    preview,
    recount_some,
    unfinished_changes,
)
from engine.cases.tables import case, incident, timer
from engine.cases.telling.duty_tables import notice
from engine.cases.training import clock_of
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.request_supplement import request_supplement
from engine.clock import iso_office, office_instant
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.sla.calendar import CalendarYearMissingError
from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from engine.cases.lateness.calendar_change import Change

PERMIT = "1.009994"  # 7 working days: received on 16/11/2026, due on 26/11
DUE = "2026-11-26T17:00:00+07:00"
NEXT = "2026-11-27T17:00:00+07:00"
STORM = DayMove(date(2026, 11, 23), "off", "Nghỉ bão số 15", "CĐ 01/CĐ-TTg")
ON_DUE_DAY = DayMove(date(2026, 11, 26), "off", "Nghỉ bão số 15", "CĐ 01/CĐ-TTg")
WORKED = DayMove(date(2026, 11, 21), "worked", "Làm bù", "TB 9/TB-BNV")
KEEP, RECOUNT = Promises.KEEP, Promises.RECOUNT


@pytest.fixture
def office(books: Engine) -> TrainingOffice:
    return TrainingOffice(books)


def look(
    office: TrainingOffice, change: Change, promises: Promises = KEEP, **given: Any
) -> Preview:
    with reading(office.books) as db:
        return preview(db, clock_of(db), change=change, promises=promises, **given)


def apply(
    office: TrainingOffice, change: Change, promises: Promises = KEEP, *, most: int = 50
) -> int:
    """Order the change, carry it into every case; gives its id."""
    number: int = office.do(change_calendar, change=change, promises=promises, by="qt.hethong")
    while not office.do(recount_some, change_id=number, most=most):
        pass
    return number


def due(office: TrainingOffice, number: str) -> str:
    return str(office.case(number)["due_at"])


def timers(office: TrainingOffice, number: str) -> dict[str, datetime]:
    with reading(office.books) as db:
        rows = db.execute(
            select(timer.c.name, timer.c.due_at)
            .join(case, case.c.id == timer.c.case_id)
            .where(case.c.number == number, timer.c.kind.in_(["alert", "late"]))
        )
        return {row.name: row.due_at for row in rows}


def told(office: TrainingOffice) -> list[str]:
    with reading(office.books) as db:
        return list(db.scalars(select(notice.c.what).order_by(notice.c.id)))


def test_r41_a_preview_says_from_when_to_when_and_writes_nothing(office: TrainingOffice) -> None:
    number = office.receive(PERMIT)
    before = office.case(number)
    (move,) = look(office, WORKED).moves
    assert move.number == number
    assert (iso_office(move.before), iso_office(move.after)) == (DUE, "2026-11-25T17:00:00+07:00")
    assert "21/11 làm việc, Làm bù (TB 9/TB-BNV)" in WORKED.why
    assert office.case(number) == before


def test_r41_a_worked_day_brings_promises_forward_with_steps_and_timers(
    office: TrainingOffice,
) -> None:
    number = office.receive(PERMIT)
    steps = [s["due_at"] for s in office.case(number)["open_steps"]]
    apply(office, WORKED)
    seen = office.case(number)
    assert seen["due_at"] == seen["due_original_at"] == "2026-11-25T17:00:00+07:00"
    assert timers(office, number)["OVERDUE"] == office_instant("2026-11-25T17:00")
    assert [s["due_at"] for s in seen["open_steps"]] <= steps
    moved = office.event(number, "DueMoved")
    assert moved["before"].startswith("2026-11-26")
    assert "TB 9/TB-BNV" in moved["why"]
    assert told(office)[-1] == "due_moved"
    assert office.case(number)["ledger"][-1]["to"] == seen["due_at"]


def test_a_promise_is_kept_when_a_day_off_would_give_the_office_more_time(
    office: TrainingOffice,
) -> None:
    number = office.receive(PERMIT)
    seen = look(office, STORM)
    assert (seen.later, seen.earlier, seen.kept) == (0, 0, 1)
    change = apply(office, STORM)
    assert due(office, number) == DUE
    assert "DueMoved" not in office.events(number)
    assert "due_moved" not in told(office)
    last = office.case(number)["ledger"][-1]
    assert (last["to"], last["counted_days"]) == (DUE, 0)
    assert "giữ hạn đã hẹn" in last["why"]
    with reading(office.books) as db:
        found = change_by_id(db, change)
    assert found is not None
    progress, left = found
    assert (progress.moved, progress.kept, left) == (0, 1, 0)
    # The apology's moment is counted by the new calendar, before the promise that stands.
    assert timers(office, number)["APOLOGY_MISSED"] < office_instant("2026-11-26T07:00")


def test_r42_a_promise_on_a_day_that_is_now_off_ends_with_the_next_working_day(
    office: TrainingOffice,
) -> None:
    number = office.receive(PERMIT)
    apply(office, ON_DUE_DAY)
    assert due(office, number) == NEXT


def test_when_told_to_recount_the_new_calendar_decides(office: TrainingOffice) -> None:
    number = office.receive(PERMIT)
    assert look(office, STORM, RECOUNT).later == 1
    apply(office, STORM, RECOUNT)
    assert due(office, number) == NEXT
    assert "giữ hạn" not in office.case(number)["ledger"][-1]["why"]
    office.until("2026-11-27T16:00")
    assert "CaseBecameLate" not in office.events(number)
    office.until("2026-11-27T18:00")
    assert "CaseBecameLate" in office.events(number)


def test_a_late_case_stays_late_and_no_case_becomes_late_by_a_change(
    office: TrainingOffice,
) -> None:
    late = office.receive(PERMIT)
    office.until("2026-11-27T09:00")
    fresh = office.receive("TINH-07")
    office.until("2026-11-28T18:00")
    before = (due(office, late), due(office, fresh))
    apply(office, DayMove(date(2026, 11, 28), "worked", "Làm bù", "TB 1"), RECOUNT)
    apply(office, DayMove(date(2026, 11, 30), "off", "Nghỉ", "QĐ 2"), RECOUNT)
    assert due(office, late) == before[0]
    assert "CaseBecameLate" in office.events(late)
    assert office.case(late)["due_original_at"] == DUE


def test_a_case_that_is_paused_is_counted_when_its_pause_ends(office: TrainingOffice) -> None:
    number = office.receive(PERMIT)
    office.until("2026-11-17T09:00")
    office.work_until(number, "examine")
    office.do(request_supplement, number=number, reason="Thiếu", components=["don"])
    seen = look(office, STORM)
    assert (seen.touched, seen.paused) == (0, 1)
    apply(office, STORM)
    office.until("2026-11-18T09:00")
    office.do(accept_supplement, number=number)
    assert due(office, number) == "2026-11-30T17:00:00+07:00"
    # And a running case with a closed pause is counted with it.
    apply(office, DayMove(date(2026, 11, 27), "off", "Nghỉ", "QĐ 3"), RECOUNT)
    assert due(office, number) == "2026-12-01T17:00:00+07:00"


def test_r28_the_date_of_a_signed_apology_stands(office: TrainingOffice) -> None:
    number = office.receive(PERMIT)
    office.until("2026-11-24T09:00")
    office.do(
        issue_apology, number=number, signer="ld.chutich", cause="QUA_TAI", reason="Dồn việc",
        new_date=date(2026, 12, 2),
    )  # fmt: skip
    apply(office, DayMove(date(2026, 11, 25), "off", "Nghỉ", "QĐ 3"), RECOUNT)
    seen = office.case(number)
    assert seen["due_original_at"] == NEXT
    assert seen["due_appointed_at"] == "2026-12-02T17:00:00+07:00"
    assert "due_moved" not in told(office), "what was promised did not move"


def test_r43_other_hours_of_an_agency_move_the_closing(office: TrainingOffice) -> None:
    number = office.receive(PERMIT)
    shorter = HoursMove("H35.12", date(2026, 11, 20), ("07:30-11:30", "13:00-16:30"))
    longer = HoursMove("H35.12", date(2026, 11, 23), ("07:30-11:30", "13:00-17:30"))
    (move,) = look(office, shorter).moves
    assert iso_office(move.after) == "2026-11-26T16:30:00+07:00"
    apply(office, shorter)
    assert due(office, number) == "2026-11-26T16:30:00+07:00"
    apply(office, longer)
    assert due(office, number) == "2026-11-26T16:30:00+07:00", "the promise stands"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (DayMove(date(2026, 11, 13), "off", "Nghỉ", "QĐ 1"), BadInputError),
        (DayMove(date(2026, 11, 23), "half", "Nghỉ", "QĐ 1"), BadInputError),
        (DayMove(date(2026, 11, 23), "off", "Nghỉ", " "), BadInputError),
        (DayMove(date(2026, 11, 23), "off", "Nghỉ", "Q" * 101), BadInputError),
        (DayMove(date(2026, 11, 23), "off", " ", "QĐ 1"), BadInputError),
        (DayMove(date(2090, 11, 23), "off", "Nghỉ", "QĐ 1"), CalendarYearMissingError),
        (HoursMove("H35.12", date(2026, 11, 15), ("07:00-11:00",)), BadInputError),
        (HoursMove("H35.12", date(2026, 11, 20), ("11:00-07:00",)), BadInputError),
        (HoursMove("H35.12", date(2026, 11, 20), ()), BadInputError),
    ],
    ids=str,
)
def test_a_change_that_cannot_be_changes_nothing(
    office: TrainingOffice, wrong: Change, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        look(office, wrong)
    with pytest.raises(refusal):
        office.do(change_calendar, change=wrong, promises=KEEP, by="qt.hethong")
    with reading(office.books) as db:
        assert changes(db) == []


def cut_off(office: TrainingOffice, number: int) -> None:
    """A batch whose process dies before its end: nothing of it is kept."""
    with transaction(office.books) as db:
        recount_some(db, clock_of(db), number, most=2)
        raise ZeroDivisionError


def test_a_change_goes_on_where_it_was_cut_off(office: TrainingOffice) -> None:
    numbers = [office.receive(PERMIT) for _ in range(5)]
    number = office.do(change_calendar, change=WORKED, promises=KEEP, by="qt.hethong")
    assert not office.do(recount_some, change_id=number, most=2)
    with pytest.raises(ZeroDivisionError):
        cut_off(office, number)
    assert [due(office, each) == DUE for each in numbers] == [False, False, True, True, True]
    with reading(office.books) as db:
        assert unfinished_changes(db) == [number]
        assert change_by_id(db, number)[1] == 3  # type: ignore[index]
    while not office.do(recount_some, change_id=number, most=2):
        pass
    assert all(office.events(each).count("DueMoved") == 1 for each in numbers)
    with reading(office.books) as db:
        assert unfinished_changes(db) == []
        (done,) = changes(db)
    assert (done.looked_at, done.moved, done.kept) == (5, 5, 0)
    assert office.do(recount_some, change_id=number), "what is finished stays finished"


def test_a_case_that_cannot_be_counted_is_an_incident_and_stops_no_other(
    office: TrainingOffice,
) -> None:
    broken, whole = office.receive(PERMIT), office.receive(PERMIT)
    with transaction(office.books) as db:
        db.execute(update(case).where(case.c.number == broken).values(limit_text="20000wd"))
    assert look(office, WORKED).unclear == (broken,)
    apply(office, WORKED)
    assert due(office, whole) == "2026-11-25T17:00:00+07:00"
    with reading(office.books) as db:
        unmoved = db.scalar(select(case.c.due_original_at).where(case.c.number == broken))
        assert unmoved == office_instant("2026-11-26T17:00")
        assert db.scalars(select(incident.c.what)).all() == ["calendar"]
        assert changes(db)[0].failed == 1


def test_a_preview_of_a_large_office_goes_page_by_page(office: TrainingOffice) -> None:
    numbers = [office.receive(PERMIT) for _ in range(5)]
    first = look(office, WORKED, most=3)
    assert (first.looked_at, first.touched, len(first.moves)) == (3, 5, 3)
    assert first.next_after is not None
    rest = look(office, WORKED, most=3, after=first.next_after)
    assert [m.number for m in (*first.moves, *rest.moves)] == numbers
    assert rest.next_after is None


def test_the_clock_process_carries_changes_into_the_cases(office: TrainingOffice) -> None:
    from engine.config import Settings
    from engine.scheduler.sweep import Worker
    from engine.scheduler.tasks import Duty, recount_deadlines

    number = office.receive(PERMIT)
    office.do(change_calendar, change=WORKED, promises=KEEP, by="qt.hethong")
    recount_deadlines(Duty(office.books, Settings(), Worker()))
    assert due(office, number) == "2026-11-25T17:00:00+07:00"

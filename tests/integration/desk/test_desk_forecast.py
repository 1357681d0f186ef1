"""The forecast where leaders and clerks see it: board, page of its truth, column of the list."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from desk.command_line.forecast_job import Forecaster, forecast_job
from engine.cases.training import clock_of
from engine.config import Settings
from engine.database import open_database, reading, transaction
from engine.reports.forecasts import (
    forecast,
    forecast_case,
    keep_forecast,
    stale_agencies,
    thin_forecasts,
)
from engine.scheduler.jobs import JOBS
from engine.scheduler.process import Scheduler
from simulations.office.forecast import refresh_forecast
from tests.builders import TrainingOffice
from tests.databases import address_of
from tests.visitors import CLERK, LEADER, SPECIALIST, DeskOffice

AGENCY = "H35.12"


def foretell(office: TrainingOffice, **given: Any) -> dict[str, Any]:
    with reading(office.books) as db:
        clock = clock_of(db)
    return refresh_forecast(
        office.books, clock, agency=AGENCY, **{"replications": 12, "officers": False, **given}
    )


def rows(page: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page)


def test_the_board_says_that_there_is_no_forecast_yet_then_shows_it(desk: DeskOffice) -> None:
    office, leader = desk.office, desk.person(LEADER)
    late = office.receive("2.000908", owner="Trễ Chắc Rồi")
    assert "Chưa có dự báo nào" in leader.get("/board").text
    office.until("2026-11-17T08:00")
    office.receive("TINH-07")
    foretell(office, officers=True)
    board = leader.get("/board").text
    assert "Chưa có dự báo nào" not in board
    assert "Trễ Chắc Rồi" in board
    page = leader.get("/board/forecast").text
    assert rows(page)[0] == late
    assert "100 %" in page
    assert desk.person(SPECIALIST).get("/board/forecast").status_code == 403


def test_the_list_has_a_column_of_risk_and_is_sorted_by_it(desk: DeskOffice) -> None:
    office, clerk = desk.office, desk.person(CLERK)
    easy, overdue = office.receive("TINH-07"), office.receive("2.000908")
    office.until("2026-11-17T08:00")
    plain = clerk.get("/desk?viec=co-quan")
    assert "Nguy cơ trễ" not in plain.text
    assert rows(clerk.get("/desk?viec=co-quan&xep=nguy-co").text) == rows(plain.text), "by due date"
    foretell(office)
    unknown = office.receive("TINH-07")
    by_risk = clerk.get("/desk?viec=co-quan&xep=nguy-co").text
    assert rows(by_risk) == [overdue, easy, unknown]
    assert 'aria-sort="descending"' in by_risk
    assert "100 %" in by_risk


def test_the_list_by_risk_is_walked_page_by_page_without_loss(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.casework.views.PAGE_ROWS", 2)
    office, clerk = quick_desk.office, quick_desk.person(CLERK)
    numbers = {
        office.receive(p) for p in ("1.009994", "1.009994", "2.001610", "TINH-07", "TINH-06")
    }
    foretell(office)
    seen: list[str] = []
    address = "/desk?viec=co-quan&xep=nguy-co"
    while True:
        page = clerk.get(address).text
        seen += rows(page)
        found = re.search(r'href="([^"]+)"[^>]*>Trang sau|rel="next" href="([^"]+)"', page)
        following = re.search(r'<a class="govuk-link" rel="next" href="([^"]+)"', page)
        if following is None:
            assert found is None
            break
        address = following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == len(numbers)
    assert set(seen) == numbers
    for broken in ("~", "x~1", "0.5~", "nan~x"):
        assert clerk.get(f"/desk?viec=co-quan&xep=nguy-co&sau={broken}").status_code == 422


def test_the_list_polled_changes_when_the_forecast_does(quick_desk: DeskOffice) -> None:
    office, clerk = quick_desk.office, quick_desk.person(CLERK)
    office.receive("2.001610")
    first = clerk.get("/desk/rows?viec=co-quan")
    etag = first.headers["ETag"]
    asked = {"If-None-Match": etag}
    assert clerk.get("/desk/rows?viec=co-quan", headers=asked).status_code == 304
    foretell(office)
    assert clerk.get("/desk/rows?viec=co-quan", headers=asked).status_code == 200


def test_the_truth_of_forecasts_is_shown_beside_the_base_rate(desk: DeskOffice) -> None:
    office, leader = desk.office, desk.person(LEADER)
    office.receive("2.001610")
    good = office.receive("2.001610")
    foretell(office)
    assert "đã đối chiếu 0 dự báo" in leader.get("/board/forecast").text
    office.work_until(good)
    office.until("2026-11-30T08:00")
    page = leader.get("/board/forecast").text
    assert "đã đối chiếu 2 dự báo" in page
    assert "0,2500" in page, "the Brier score of the base rate 50 %"
    assert 'class="dot"' in page


def test_an_agency_is_forecast_anew_only_after_hours_of_work(desk: DeskOffice) -> None:
    office = desk.office
    office.until("2026-11-20T16:00")  # a Friday
    office.receive("TINH-07")

    def stale(hours: float = 4) -> list[str]:
        with reading(office.books) as db:
            return stale_agencies(db, clock_of(db), hours=hours)

    assert stale() == [AGENCY]
    foretell(office)
    assert stale() == []
    office.until("2026-11-20T18:00")
    assert stale(1) == [AGENCY]
    foretell(office)
    office.until("2026-11-23T06:30")
    assert stale(1) == [], "nobody worked since"
    office.until("2026-11-23T08:00")
    assert stale() == [AGENCY]


def test_of_old_forecasts_the_first_of_each_day_is_left(desk: DeskOffice) -> None:
    office = desk.office
    office.receive("TINH-07")
    document = foretell(office, keep=False)
    with transaction(office.books) as db:
        now = clock_of(db).now()
        ages = [300, 2, 2, 1, 1, 1, 0]
        for place, days in enumerate(ages):
            at = now - timedelta(days=days) + timedelta(seconds=place)
            keep_forecast(db, document | {"made_at": at.isoformat()})
        assert thin_forecasts(db, AGENCY) == 4
        left = db.scalars(select(forecast.c.made_at).order_by(forecast.c.made_at)).all()
        cases = db.execute(select(forecast_case.c.forecast_id).distinct()).all()
    assert [(now - at).days + 1 for at in left] == [2, 1, 0]
    assert len(cases) == 3


def test_the_scheduler_has_the_forecast_made_by_a_child(
    desk: DeskOffice, caplog: pytest.LogCaptureFixture
) -> None:
    desk.office.receive("TINH-07")
    books = open_database(address_of(desk.books), lock_wait_seconds=30)
    scheduler = Scheduler(Settings(forecast_hours=4), more=(forecast_job(),))
    scheduler.books.dispose()
    scheduler.duty.books = books
    scheduler.schedule()
    assert {job.id for job in scheduler.ticks.get_jobs()} == {j.name for j in JOBS} | {"forecast"}
    job = scheduler.jobs[-1]
    job.does(scheduler.duty)
    assert not caplog.records
    with reading(books) as db:
        assert len(db.execute(select(forecast.c.id)).all()) == 1
    job.does(scheduler.duty)
    with reading(books) as db:
        assert len(db.execute(select(forecast.c.id)).all()) == 1, "it is fresh"
    books.dispose()


def test_a_forecast_that_fails_is_told_and_rests(
    quick_desk: DeskOffice, caplog: pytest.LogCaptureFixture
) -> None:
    quick_desk.office.receive("TINH-07")
    failing = Forecaster((sys.executable, "-c", "import sys; sys.exit('no, not today')"))
    scheduler = Scheduler(Settings(forecast_hours=4))
    scheduler.books.dispose()
    scheduler.duty.books = quick_desk.books
    failing.refresh_forecasts(scheduler.duty)
    assert "no, not today" in caplog.text
    caplog.clear()
    failing.refresh_forecasts(scheduler.duty)
    assert not caplog.records, "it is not tried again at once"


def test_a_scheduler_that_ends_takes_its_forecast_along(quick_desk: DeskOffice) -> None:
    quick_desk.office.receive("TINH-07")
    sleeping = Forecaster((sys.executable, "-c", "import time; time.sleep(1000)"))
    scheduler = Scheduler(Settings(forecast_hours=4))
    scheduler.books.dispose()
    scheduler.duty.books = quick_desk.books
    scheduler.stopping.set()
    sleeping.refresh_forecasts(scheduler.duty)  # returns: the child was ended

"""The forecast of a live office: from its tokens, kept, and scored afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.cases.training import clock_of
from engine.cases.waiting.request_supplement import request_supplement
from engine.database import reading
from engine.reports.forecast_score import score_forecasts
from engine.reports.forecasts import latest_forecast
from engine.sla.limit import Limit
from simulations.office.forecast import refresh_forecast
from simulations.office.play_on import with_new
from simulations.office.start import NothingToForecastError, start_of
from simulations.run import play
from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from simulations.office.start import Start

AGENCY = "H35.12"


def foretell(books: Engine, **given: Any) -> dict[str, Any]:
    with reading(books) as db:
        clock = clock_of(db)
    return refresh_forecast(
        books, clock, agency=AGENCY, **{"replications": 12, "officers": False, **given}
    )


def start(books: Engine, folder: Path) -> Start:
    with reading(books) as db:
        return start_of(
            db, clock_of(db), agency=AGENCY, horizon=Limit.parse("10wd"), seed=1, folder=folder
        )


def test_an_overdue_case_is_late_for_certain_and_stands_on_top(books: Engine) -> None:
    office = TrainingOffice(books)
    copy = office.receive("2.000908")
    office.until("2026-11-17T08:00")
    lease = office.receive("TINH-07")
    found = foretell(books)
    assert found["items"][0]["number"] == copy
    chance = {item["number"]: item["late_probability"] for item in found["items"]}
    assert chance[copy] == 1.0
    assert chance[lease] < 0.5
    assert found["expected_late"] >= 1.0


def test_a_case_goes_on_from_its_present_step_and_ends_before_one_that_begins(
    sqlite_books: Engine,
) -> None:
    office = TrainingOffice(sqlite_books)
    near, far = office.receive("1.009994"), office.receive("1.009994")
    office.work_until(near, "sign")
    found = {item["number"]: item for item in foretell(sqlite_books)["items"]}
    assert found[near]["expected_finish_at"] < found[far]["expected_finish_at"]


def test_both_kernels_take_the_office_up_alike(sqlite_books: Engine, tmp_path: Path) -> None:
    office = TrainingOffice(sqlite_books)
    numbers = [office.receive(p) for p in ("1.009994", "TINH-06", "2.000908", "1.009994")]
    office.work_until(numbers[0], "sign")
    office.work_until(numbers[3], "examine")
    office.do(request_supplement, number=numbers[3], reason="Thiếu bản vẽ", components=["ban_ve"])
    office.until("2026-11-18T09:00")
    office.receive("TINH-07")
    found = start(sqlite_books, tmp_path)
    for seed in range(3):
        cases, live, _ = with_new(found.model, found, seed)
        fast = play(found.model, cases, live)
        plain = play(found.model, cases, live, reference=True)
        assert np.array_equal(fast.cases, plain.cases)
        assert np.array_equal(fast.queue_waits, plain.queue_waits)


def test_r21_a_case_that_waits_for_its_applicant_keeps_its_clock_stopped(
    sqlite_books: Engine, tmp_path: Path
) -> None:
    office = TrainingOffice(sqlite_books)
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    office.do(request_supplement, number=number, reason="Thiếu bản vẽ", components=["ban_ve"])
    office.until("2026-11-30T09:00")  # its first due moment is behind
    found = start(sqlite_books, tmp_path)
    assert found.arrays.held[0] >= 0
    (item,) = foretell(sqlite_books)["items"]
    assert item["late_probability"] < 0.9


def test_a_forecast_is_kept_and_scored_when_the_cases_have_ended(books: Engine) -> None:
    office = TrainingOffice(books)
    late, good = office.receive("2.001610"), office.receive("2.001610")
    foretell(books)
    assert score_in(books)["scored"] == 0
    office.work_until(good)
    office.until("2026-12-30T08:00")
    found = score_in(books)
    assert (found["scored"], found["became_late"]) == (2, 0.5)
    assert 0.0 <= found["brier"] <= 1.0
    assert found["brier_of_base_rate"] == pytest.approx(0.25)
    with reading(books) as db:
        shown = latest_forecast(db, AGENCY)
    assert shown is not None
    assert [item["number"] for item in shown["items"]] == [late]


def score_in(books: Engine) -> dict[str, Any]:
    with reading(books) as db:
        return score_forecasts(db, agency=AGENCY)


def test_one_more_officer_is_compared_with_the_same_dossiers(sqlite_books: Engine) -> None:
    office = TrainingOffice(sqlite_books)
    for _ in range(6):
        office.receive("1.009994")
    found = foretell(sqlite_books, officers=True, replications=10)
    for more in found["one_more_officer"]:
        assert more["low"] <= more["saves_late_cases"] <= more["high"]


def test_the_same_seed_says_the_same(sqlite_books: Engine) -> None:
    office = TrainingOffice(sqlite_books)
    office.receive("1.009994")
    first, second = foretell(sqlite_books, keep=False), foretell(sqlite_books, keep=False)
    assert first == second


def test_an_office_without_open_cases_is_told_so(sqlite_books: Engine) -> None:
    TrainingOffice(sqlite_books)
    with pytest.raises(NothingToForecastError, match="Expected open cases"):
        foretell(sqlite_books)

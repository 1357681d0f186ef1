"""The leaders' board: its figures are those of the journal, read from the kept sums."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.cases.lists.leaders_lists import Question, answers
from engine.cases.training import clock_of
from engine.config import Settings
from engine.database import reading
from engine.journal.read import last_sequence
from engine.open_office import TRAINING_AGENCY
from engine.reports import window_sums
from engine.reports.figures import figures
from engine.reports.measures import Window
from engine.reports.overview import MONTH, coverage, overview, whole_row
from engine.reports.window_sums import WindowSums
from engine.scheduler.sweep import Worker
from engine.scheduler.tasks import Duty, keep_sums, seal
from tests.visitors import LEADER, DeskOffice

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 18)
_NUMBERS = re.compile(r"\d[\d.]*")


@pytest.fixture
def busy(desk: DeskOffice, tmp_path: Path) -> DeskOffice:
    """Some weeks of work, summed up, and a case behind the sums."""
    office = desk.office
    done = office.receive("2.000908", channel="online")
    office.work_until(done)
    office.receive("TINH-07")
    office.receive("1.009994")
    office.until("2026-12-18T10:00")
    duty = Duty(desk.books, Settings(anchor_file=tmp_path / "a"), Worker())
    seal(duty)
    keep_sums(duty)
    office.receive("2.000908")
    return desk


def from_journal(desk: DeskOffice, first: date, last: date, by: str | None) -> list[dict[str, Any]]:
    with reading(desk.books) as db:
        found: list[dict[str, Any]] = figures(db, clock_of(db), first=first, last=last, by=by)[
            "items"
        ]
        return found


def without_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_sums, "lines_after", no_journal)
    monkeypatch.setattr(window_sums, "case_lines", no_journal)


def no_journal(*_given: object, **_more: object) -> object:
    raise AssertionError("the whole journal was read")


def test_the_boards_figures_are_those_of_the_journal_without_reading_it(
    busy: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_journal(monkeypatch)
    with reading(busy.books) as db:
        sums = WindowSums(db, now=clock_of(db).now(), up_to=last_sequence(db))
        window = Window(FIRST, LAST)
        assert whole_row(sums, window).as_json() == from_journal(busy, FIRST, LAST, None)[0]
        for by in ("procedure", "agency", "field", "level", "channel"):
            rows = [row.as_json() for row in overview(db, sums, window, by)]
            assert rows == from_journal(busy, FIRST, LAST, by)
        months = overview(db, sums, window, MONTH)
        assert [row.key for row in months] == ["2026-10", "2026-11", "2026-12"]
        for row, (first, last) in zip(
            months,
            ((1, 31), (1, 30), (1, 18)),
            strict=True,
        ):
            month = int(row.key[-2:])
            (counted,) = from_journal(busy, date(2026, month, first), date(2026, month, last), None)
            assert {**row.as_json(), "key": 0, "name": 0} == {**counted, "key": 0, "name": 0}
        assert coverage(db, sums, window).expected == 1


def test_the_board_reads_the_sums_and_shows_what_came_behind_them(
    busy: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_journal(monkeypatch)
    leader = busy.person(LEADER)
    page = leader.get(f"/board?tu={FIRST}&den={LAST}")
    assert page.status_code == 200
    received = from_journal(busy, FIRST, LAST, None)[0]["received"]["total"]
    assert received == 4
    total = from_journal(busy, FIRST, LAST, None)[0]["rates"]["R_received"]
    assert f"R_received = {total['numerator']} / {total['denominator']}" in page.text
    assert "1 / 1" in page.text


def test_odd_days_are_counted_from_the_journal_once(
    busy: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    whole = window_sums.case_lines

    def counted(*given: Any, **more: Any) -> Any:
        read.append(given)
        return whole(*given, **more)

    monkeypatch.setattr(window_sums, "case_lines", counted)
    page = busy.person(LEADER).get("/board?tu=2026-11-03&den=2026-11-20")
    assert page.status_code == 200
    assert len(read) == 1
    first, last = date(2026, 11, 3), date(2026, 11, 20)
    rates = from_journal(busy, first, last, None)[0]["rates"]["R_766"]
    assert f"R_766 = {rates['numerator']} / {rates['denominator']}" in page.text


def test_a_journal_too_long_for_a_page_is_refused_in_words(busy: DeskOffice) -> None:
    few = busy.settings.model_copy(update={"page_journal_rows": 3})
    busy.app.extensions["motcua_settings"] = few
    leader = busy.person(LEADER)
    page = leader.get("/board?tu=2026-11-03&den=2026-11-20")
    assert page.status_code == 503
    assert "Nhật ký quá dài" in page.text


def test_a_number_opens_its_cases_page_by_page(busy: DeskOffice) -> None:
    leader = busy.person(LEADER)
    numbers = [busy.office.receive("2.000908", owner=f"Người {i}") for i in range(55)]
    path = "/board/cases?cot=received&tu=2026-12-01&den=2026-12-18"
    first = leader.get(path).text
    found = re.findall(r'data-row="([^"]+)"', first)
    assert len(found) == 50
    after = re.search(r'href="([^"]*sau=[^"]+)"', first)
    assert after
    rest = leader.get(after[1].replace("&amp;", "&")).text
    found += re.findall(r'data-row="([^"]+)"', rest)
    assert "Tìm tiếp" not in rest
    assert (
        len(found)
        == len(set(found))
        == from_journal(busy, date(2026, 12, 1), LAST, None)[0]["received"]["total"]
    )
    assert set(numbers) <= set(found)


def test_what_is_due_and_what_is_late_opens_as_many_cases_as_it_counts(desk: DeskOffice) -> None:
    office = desk.office
    office.receive("TINH-07", owner="Đã Muộn")
    office.receive("2.000908", owner="Sắp Hạn")
    office.receive("1.009994", owner="Còn Lâu")
    office.until("2026-11-23T10:00")
    leader = desk.person(LEADER)
    board = leader.get("/board").text
    links = re.findall(r'href="(/board/today\?[^"]+)">(?:<strong>)?([\d.]+)<', board)
    kinds = {re.search(r"hoi=([a-z-]+)", address)[1] for address, _ in links}  # type: ignore[index]
    assert kinds == {"han", "nguyen-nhan", "dang-giu"}
    for address, number in links:
        page = leader.get(html.unescape(address)).text
        assert len(re.findall(r'data-row="', page)) == int(number), address
    with reading(desk.books) as db:
        late = answers(db, clock_of(db), TRAINING_AGENCY, Question.HOLDER)
        due = answers(db, clock_of(db), TRAINING_AGENCY, Question.DUE)
    assert sum(late.values()) >= 1
    assert len(due) == 7
    assert sum(due.values()) >= 1


@pytest.mark.parametrize("address", ["hoi=x&muc=1", "hoi=han&muc=hom-nay", "hoi=han", ""])
def test_a_strange_question_is_one_clear_refusal(quick_desk: DeskOffice, address: str) -> None:
    answer = quick_desk.person(LEADER).get(f"/board/today?{address}")
    assert answer.status_code == 422
    assert "Traceback" not in answer.text

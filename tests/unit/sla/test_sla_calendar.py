"""The year files: one a year, how sure they are, and what another source says of the same days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from clock_words import CALENDAR, OFFICE, at, day, shown

from engine.catalog.years import YEARS_FOLDER, load_years, read_year
from engine.errors import BadInputError
from engine.sla.calendar import CalendarYear, DayChange, DayKind, WorkingCalendar, YearStatus
from engine.sla.deadline import due_at
from engine.sla.ledger import ledger
from engine.sla.limit import Limit

YEARS = range(2017, 2028)

CONFIRMED = {2025: "TB 6150/TB-BLĐTBXH 03/12/2024", 2026: "TB 9441/TB-BNV 16/10/2025"}

KNOWN_DIFFERENCES = {
    # CV 12729/VPCP-KGVX of 25/12/2025 swaps Friday 02/01 with Saturday 10/01/2026 (R41's vectors);
    # the package does not have it yet.
    date(2026, 1, 2): "only in our file: off",
    date(2026, 1, 10): "only in our file: worked",
}


def _days_of(year: int) -> Iterable[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def test_r41_one_file_a_year_from_2017_to_2027() -> None:
    assert [each.name for each in sorted(YEARS_FOLDER.iterdir())] == [f"{y}.yaml" for y in YEARS]
    assert [each.year for each in load_years()] == list(YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_r41_a_year_says_how_sure_it_is(year: int) -> None:
    found = CALENDAR.year(year)
    if year in CONFIRMED:
        assert (found.status, found.decision) == (YearStatus.CONFIRMED, CONFIRMED[year])
    else:
        expected = YearStatus.PROJECTED if year > max(CONFIRMED) else YearStatus.UNCONFIRMED
        assert (found.status, found.decision) == (expected, None)


@pytest.mark.parametrize("year", YEARS)
def test_r41_a_day_off_is_named_and_changes_something(year: int) -> None:
    for change in CALENDAR.year(year).changes:
        assert change.name.strip()
        is_weekend = change.on.weekday() >= 5
        assert is_weekend == (change.kind is DayKind.WORKED), change
        assert CALENDAR.is_working_day(change.on) is is_weekend


@pytest.mark.parametrize("year", YEARS)
def test_r41_another_source_has_the_same_days_but_for_known_differences(year: int) -> None:
    other = holidays.country_holidays("VN", years=year)
    swapped = {on for on in other.weekend_workdays if on.year == year}
    for on in _days_of(year):
        theirs = on in swapped or (on.weekday() < 5 and on not in other)
        differs = CALENDAR.is_working_day(on) != theirs
        assert differs == (on in KNOWN_DIFFERENCES), (on, other.get(on))


def test_r41_swaps_keep_the_number_of_working_days() -> None:
    for year in CALENDAR.years:
        worked = [c for c in year.changes if c.kind is DayKind.WORKED]
        swapped = [c for c in year.changes if "oán đổi" in c.name and c.kind is DayKind.OFF]
        # 31/12/2018 was swapped with 05/01/2019.
        moved = {2018: -1, 2019: 1}.get(year.year, 0)
        assert len(worked) - len(swapped) == moved, year.year


def test_r41_an_override_wins_over_the_files_and_the_later_over_the_earlier() -> None:
    off = DayChange(day("2026-11-23"), DayKind.OFF, "Nghỉ bão", "CĐ 01/CĐ-TTg")
    back = DayChange(day("2026-11-23"), DayKind.WORKED, "Bão tan", "CĐ 02/CĐ-TTg")
    lifted = WorkingCalendar(load_years(), [off])
    assert not lifted.is_working_day(off.on)
    assert lifted.ground(off.on) == "CĐ 01/CĐ-TTg"
    assert WorkingCalendar(load_years(), [off, back]).is_working_day(off.on)
    assert CALENDAR.is_working_day(off.on)  # the files' calendar is untouched
    assert len({CALENDAR.digest(), lifted.digest()}) == 2


def test_r41_an_override_needs_a_year_that_is_loaded() -> None:
    from engine.sla.calendar import CalendarYearMissingError

    with pytest.raises(CalendarYearMissingError):
        WorkingCalendar(load_years(), [DayChange(day("2030-01-02"), DayKind.OFF, "x", "y")])


def test_r41_the_ledger_names_the_overrides_decision() -> None:
    from engine.sla.office_hours import OfficeTime

    off = DayChange(day("2026-11-23"), DayKind.OFF, "Nghỉ bão", "CĐ 01/CĐ-TTg")
    office = OfficeTime(WorkingCalendar(load_years(), [off]))
    limit, received = Limit.parse("1wd"), at("2026-11-20 08:00")
    assert shown(due_at(limit, received, office)) == "2026-11-25 17:00"
    assert shown(due_at(limit, received, OFFICE)) == "2026-11-23 17:00"
    told = " ".join(line.why for line in ledger(limit, received, office))
    assert "23/11 Nghỉ bão (CĐ 01/CĐ-TTg)" in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2026.yaml", "year: 2025\nstatus: unconfirmed\ndecision: null\ndays: []\n"),
        ("2026.yaml", "year: 2026\nstatus: sure\ndecision: null\ndays: []\n"),
        ("2026.yaml", "year: 2026\nstatus: confirmed\ndecision: null\ndays: []\n"),
        ("2026.yaml", "year: 2026\nstatus: unconfirmed\n"),
        ("2026.yaml", "- 1\n"),
        ("2026.yaml", "{"),
        ("2026.yaml", "year: 2026\nstatus: projected\ndays: [{date: soon, kind: off, name: x}]\n"),
        (
            "2026.yaml",
            "year: 2026\nstatus: projected\ndays: [{date: 2026-01-01, kind: half, name: x}]\n",
        ),
        (
            "2026.yaml",
            "year: 2026\nstatus: projected\ndays: [{date: 2025-01-01, kind: 'off', name: x}]\n",
        ),
    ],
)
def test_r41_a_years_file_that_is_not_right_is_refused(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(BadInputError, match="Expected"):
        read_year(path)


def test_r41_a_day_stands_once_in_its_year_and_a_year_once_in_the_calendar() -> None:
    change = DayChange(day("2026-01-01"), DayKind.OFF, "Tết Dương lịch")
    with pytest.raises(BadInputError, match="twice"):
        CalendarYear(2026, YearStatus.PROJECTED, None, (change, change))
    year = CalendarYear(2026, YearStatus.PROJECTED, None, (change,))
    with pytest.raises(BadInputError, match="but got two"):
        WorkingCalendar([year, year])


def test_r41_a_calendar_answers_forwards_and_backwards() -> None:
    tuesday_off = day("2026-11-24")
    assert CALENDAR.on_or_after(tuesday_off) == day("2026-11-25")
    assert CALENDAR.on_or_before(tuesday_off) == day("2026-11-23")
    assert CALENDAR.next_working_day(day("2026-11-23")) == day("2026-11-25")
    assert CALENDAR.add_working_days(day("2026-11-25"), -2) == day("2026-11-20")
    assert CALENDAR.working_days_between(day("2026-11-25"), day("2026-11-20")) == 0

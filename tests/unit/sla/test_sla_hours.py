"""Working hours of an office, with every vector of R43; hours of an agency and their dates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clock_words import CALENDAR, OFFICE, at, day, shown

from engine.errors import BadInputError
from engine.sla.deadline import due_at
from engine.sla.limit import Limit
from engine.sla.office_hours import DEFAULT_HOURS, OfficeHours, OfficeTime
from engine.staff.hours import read_hours

R43 = [
    ("2026-11-20 06:15", "2wh", "2026-11-20 09:00"),
    ("2026-11-20 11:30", "1wh", "2026-11-20 14:30"),
    ("2026-11-20 12:00", "1wh", "2026-11-20 14:30"),
    ("2026-11-20 14:00", "3,5wh", "2026-11-23 07:30"),
    ("2026-11-20 14:00", "3.5wh", "2026-11-23 07:30"),
    ("2026-11-20 16:00", "8wh", "2026-11-23 16:00"),
    ("2026-11-20 17:00", "1wh", "2026-11-23 08:00"),
    ("2026-11-21 09:00", "2wh", "2026-11-23 09:00"),
    ("2026-11-23 15:30", "4wh", "2026-11-25 09:30"),
    ("2026-11-20 09:00", "24wh", "2026-11-26 09:00"),
    ("2026-02-13 16:00", "2wh", "2026-02-23 08:00"),
    ("2026-08-21 16:30", "1wh", "2026-08-22 07:30"),
    ("2026-11-20 16:00", "1wh", "2026-11-20 17:00"),
]

HOURS_OF_NEEDS = [
    ("2025-11-20 08:00", "8wh", "2025-11-21 08:00"),
    ("2025-11-21 16:45", "8wh", "2025-11-24 16:45"),
    ("2025-11-21 17:30", "8wh", "2025-11-24 17:00"),
    ("2025-11-22 09:00", "8wh", "2025-11-24 17:00"),
    ("2025-11-22 09:00", "24wh", "2025-11-26 17:00"),
    ("2025-11-20 11:30", "1wh", "2025-11-20 14:30"),
    ("2025-11-20 10:00", "4wh", "2025-11-20 16:00"),
    ("2025-08-29 10:00", "24wh", "2025-09-05 10:00"),
]
"""Three calculators, three answers (needs of users, section 2): ours is the timetable."""


@pytest.mark.parametrize(("start", "limit", "due"), R43)
def test_r43_due_in_working_hours(start: str, limit: str, due: str) -> None:
    assert shown(due_at(Limit.parse(limit), at(start), OFFICE)) == due


@pytest.mark.parametrize(("start", "limit", "due"), HOURS_OF_NEEDS)
def test_r43_where_other_calculators_disagree_worked_minutes_are_counted(
    start: str, limit: str, due: str
) -> None:
    assert shown(due_at(Limit.parse(limit), at(start), OFFICE)) == due


def test_r43_day_mode_and_hour_mode_agree_on_the_date() -> None:
    received = at("2026-11-20 09:00")
    assert shown(due_at(Limit.parse("3wd"), received, OFFICE)) == "2026-11-26 17:00"
    assert shown(due_at(Limit.parse("24wh"), received, OFFICE)) == "2026-11-26 09:00"


@pytest.mark.parametrize(
    ("start", "minutes", "back"),
    [
        ("2026-11-25 09:30", 240, "2026-11-23 15:30"),
        ("2026-11-23 07:00", 60, "2026-11-20 16:00"),
        ("2026-11-23 16:00", 480, "2026-11-20 16:00"),
        ("2026-11-22 12:00", 30, "2026-11-20 16:30"),
        ("2026-11-20 17:00", 0, "2026-11-20 17:00"),
    ],
)
def test_r43_working_minutes_are_taken_back_as_they_were_added(
    start: str, minutes: int, back: str
) -> None:
    assert shown(OFFICE.subtract_working_minutes(at(start), minutes)) == back


TWO_SCHEDULES = read_hours(
    [
        {"from": "2026-11-01", "hours": ["07:30-11:30", "13:30-17:30"]},
        {
            "from": "2026-11-25",
            "hours": ["08:00-12:00", "13:00-17:00"],
            "saturday": ["08:00-11:00"],
        },
    ]
)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-20 17:00", "1wh", "2026-11-23 08:00"),
        ("2026-11-23 16:30", "2wh", "2026-11-25 09:00"),  # new hours from the 25th on
        ("2026-11-23 08:00", "1wd", "2026-11-25 17:00"),
        ("2026-11-20 08:00", "1wd", "2026-11-23 17:30"),
        ("2026-11-27 16:30", "1wh", "2026-11-30 08:30"),  # Saturday opens for intake only
    ],
)
def test_r43_hours_are_the_agencys_and_change_on_their_date(
    start: str, limit: str, due: str
) -> None:
    office = OfficeTime(CALENDAR, TWO_SCHEDULES)
    assert shown(due_at(Limit.parse(limit), at(start), office)) == due


def test_r43_a_saturday_morning_takes_dossiers_in_and_no_limit_runs() -> None:
    office = OfficeTime(CALENDAR, TWO_SCHEDULES)
    assert office.is_open(at("2026-11-28 09:00"))
    assert not office.is_open(at("2026-11-28 11:00"))
    assert not OFFICE.is_open(at("2026-11-28 09:00"))
    worked = office.working_time_between(at("2026-11-28 00:00"), at("2026-11-29 23:00"))
    assert worked == timedelta()


def test_r43_before_the_first_schedule_there_is_no_answer() -> None:
    office = OfficeTime(CALENDAR, TWO_SCHEDULES)
    for start in ("2026-10-30 08:00", "2026-10-31 08:00"):  # a Friday, a Saturday
        with pytest.raises(BadInputError, match="Expected office hours for"):
            office.add_working_minutes(at(start), 60)


@pytest.mark.parametrize(
    "plain",
    [
        [],
        [{"hours": []}],
        [{"hours": ["11:30-07:00"]}],
        [{"hours": ["07:00-11:30", "11:00-17:00"]}],
        [{"hours": ["7-11"]}],
        [{"hours": "07:00-11:30"}],
        [{"hours": ["07:00:30-11:30"]}],
        [{"hours": ["07:00-11:30"], "funday": ["07:00-11:30"]}],
        [{"from": "soon", "hours": ["07:00-11:30"]}],
        [{"hours": ["07:00-11:30"]}, {"hours": ["08:00-11:30"]}],
        "07:00-11:30",
        ["07:00-11:30"],
        {"hours": ["07:00-11:30"]},
    ],
    ids=str,
)
def test_r43_hours_that_cannot_be_are_refused(plain: list[dict[str, object]]) -> None:
    with pytest.raises(BadInputError, match="Expected"):
        read_hours(plain)


def test_r43_there_is_always_at_least_one_schedule() -> None:
    with pytest.raises(BadInputError, match="Expected at least one schedule"):
        OfficeHours(())


def test_r43_a_day_off_has_neither_opening_nor_closing() -> None:
    for on in ("2026-11-24", "2026-11-21"):
        for edge in (OFFICE.opening, OFFICE.closing):
            with pytest.raises(BadInputError, match="Expected a working day"):
                edge(day(on))


def test_r43_hours_may_be_written_short() -> None:
    assert OfficeHours.from_plain(None) == DEFAULT_HOURS
    assert OfficeHours.from_plain(["07:00–11:30", "13:30-17:00"]) == DEFAULT_HOURS
    dated = OfficeHours.from_plain(
        [
            {"valid_from": "2026-11-01", "intervals": ["07:30-11:30", "13:30-17:30"]},
            {
                "valid_from": "2026-11-25",
                "intervals": ["08:00-12:00", "13:00-17:00"],
                "weekdays": {"sat": ["08:00-11:00"]},
            },
        ]
    )
    assert dated == TWO_SCHEDULES


@pytest.mark.parametrize("plain", [7, ["noon"], [{"from": "2026-01-01"}], [{}], []], ids=str)
def test_r43_short_hours_that_cannot_be_are_refused(plain: object) -> None:
    with pytest.raises(BadInputError, match="Expected"):
        OfficeHours.from_plain(plain)

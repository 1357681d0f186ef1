"""The text of a limit: read, refused, written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.sla.limit import CountingRule, Limit


@pytest.mark.parametrize(
    ("text", "rule", "short", "vietnamese"),
    [
        ("10wd", CountingRule.WORKING_DAYS, "10wd", "10 ngày làm việc"),
        (" 24wh ", CountingRule.WORKING_HOURS, "24wh", "24 giờ làm việc"),
        ("3,5wh", CountingRule.WORKING_HOURS, "3.5wh", "3,5 giờ làm việc"),
        ("3.50 wh", CountingRule.WORKING_HOURS, "3.5wh", "3,5 giờ làm việc"),
        ("90wm", CountingRule.WORKING_MINUTES, "90wm", "90 phút làm việc"),
        ("15d", CountingRule.CALENDAR_DAYS, "15d", "15 ngày"),
        ("1mo", CountingRule.CALENDAR_MONTHS, "1mo", "1 tháng"),
        ("same-day", CountingRule.SAME_DAY, "same-day", "trong ngày"),
        ("7.0wd", CountingRule.WORKING_DAYS, "7wd", "7 ngày làm việc"),
    ],
)
def test_r42_a_limit_names_how_it_is_counted(
    text: str, rule: CountingRule, short: str, vietnamese: str
) -> None:
    limit = Limit.parse(text)
    assert limit.rule is rule
    assert str(limit) == short
    assert limit.in_vietnamese() == vietnamese
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ten",
        "10",
        "wd",
        "-1wd",
        "+1wd",
        "0wd",
        "0d",
        "0mo",
        "0.5wd",
        "1.5d",
        "1.5mo",
        "0.001wh",
        "10001wd",
        "36501d",
        "1201mo",
        "99999999wd",
        "1e3wd",
        "10 wd wd",
        "10WD",
        "same-day 1",
        "٣wd",
        "3w\u200bd",
    ],
)
def test_r42_other_words_are_no_limit(text: str) -> None:
    with pytest.raises(BadInputError, match=r"Expected .*, but"):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1wd", 480),
        ("same-day", 480),
        ("3.5wh", 210),
        ("90wm", 90),
        ("0wh", 0),
        ("15d", None),
        ("1mo", None),
    ],
)
def test_r44_a_working_day_is_eight_hours_in_the_sum_of_steps(
    text: str, minutes: int | None
) -> None:
    assert Limit.parse(text).working_minutes() == minutes


@given(st.text(max_size=12))
def test_any_text_is_a_limit_or_a_refusal(text: str) -> None:
    try:
        limit = Limit.parse(text)
    except BadInputError:
        return
    assert Limit.parse(str(limit)) == limit

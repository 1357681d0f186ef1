"""The row of biểu 06, the three named rates and the apologies (R33, R48, R49, R51, R55)."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal

import pytest
from made_events import Story, due, moment, row

from engine.reports.counts import Counts, MeasuresInconsistentError, named_rates
from engine.reports.measures import MeasureRow

R48 = {
    "received": 450,
    "online": 120,
    "direct_post": 300,
    "carried": 30,
    "solved": 400,
    "early": 250,
    "on_time": 148,
    "late": 2,
    "still_open": 50,
    "open_in_time": 49,
    "open_late": 1,
}
NOVEMBER = ("2026-11-01", "2026-11-30")


def _month_of_r48() -> list[Story]:
    early = [
        Story().received("2026-11-02", due("2026-11-12")).finished("2026-11-10") for _ in range(250)
    ]
    on_time = [
        Story().received("2026-11-02", due("2026-11-12"), channel="online").finished("2026-11-12")
        for _ in range(120)
    ] + [
        Story().received("2026-10-28", due("2026-11-12")).finished("2026-11-12") for _ in range(28)
    ]
    late = [
        Story().received("2026-10-28", due("2026-11-05")).finished("2026-11-06") for _ in range(2)
    ]
    waiting = [
        Story().received("2026-11-20", due("2026-12-02"), channel="postal") for _ in range(49)
    ]
    return [*early, *on_time, *late, *waiting, Story().received("2026-11-02", due("2026-11-12"))]


@pytest.fixture(scope="module")
def november() -> MeasureRow:
    return row(*NOVEMBER, *_month_of_r48())


def test_r48_the_row_of_form_06(november: MeasureRow) -> None:
    assert asdict(november.counts) == R48


def test_r49_three_named_rates(november: MeasureRow) -> None:
    shown = november.as_json()["rates"]
    assert shown == {
        "R_solved": {"numerator": 398, "denominator": 400, "percent": "99.50"},
        "R_received": {"numerator": 398, "denominator": 450, "percent": "88.44"},
        "R_766": {"numerator": 447, "denominator": 450, "percent": "99.33"},
    }


def test_a_row_has_the_shape_that_is_promised(november: MeasureRow) -> None:
    assert {key: value for key, value in november.as_json().items() if key != "rates"} == {
        "key": "all",
        "name": "Tổng số",
        "received": {"total": 450, "online": 120, "direct_post": 300, "carried": 30},
        "solved": {"total": 400, "early": 250, "on_time": 148, "late": 2},
        "open": {"total": 50, "in_time": 49, "late": 1},
    }


@pytest.mark.parametrize(
    ("wrong", "columns"),
    [
        ({"online": 121}, "3 = 4 + 5 + 6"),
        ({"late": 3}, "7 = 8 + 9 + 10"),
        ({"open_late": 2}, "11 = 12 + 13"),
        ({"received": 451, "online": 121}, "3 = 7 + 11"),
    ],
)
def test_r48_columns_that_do_not_add_up_are_refused(wrong: dict[str, int], columns: str) -> None:
    with pytest.raises(MeasuresInconsistentError) as refused:
        Counts(**(R48 | wrong))
    assert refused.value.details == {"columns": columns}


def test_r49_an_empty_month_has_no_rate() -> None:
    rates = row(*NOVEMBER).rates
    assert [rate.percent for rate in rates] == [None, None, None]


def test_r49_no_rate_is_without_a_name() -> None:
    names = [rate.name for rate in named_rates(Counts(**R48), 447)]
    assert names == ["R_solved", "R_received", "R_766"]


def test_r49_one_late_in_a_hundred_thousand_is_not_100_percent() -> None:
    counts = Counts(
        **(
            dict.fromkeys(R48, 0)
            | {
                "received": 100_000,
                "direct_post": 100_000,
                "solved": 100_000,
                "early": 99_999,
                "late": 1,
            }
        )
    )
    assert [rate.percent for rate in named_rates(counts, 99_999)] == [Decimal("99.99")] * 3


def _in_time_766(story: Story, first: str = "2026-11-01", last: str = "2026-12-31") -> bool:
    return row(first, last, story).rates[2].numerator == 1


def test_r51_a_second_request_makes_a_case_late_in_qd_766_only() -> None:
    story = (
        Story()
        .received("2026-11-02", due("2026-12-01"))
        .asked("2026-11-04")
        .answered("2026-11-05", "2026-11-04", (due("2026-12-01"), due("2026-12-02")))
        .asked("2026-11-09")
        .answered("2026-11-10", "2026-11-09", (due("2026-12-02"), due("2026-12-03")))
        .finished("2026-11-20")
    )
    made = row(*NOVEMBER, story)
    assert made.counts.early == 1
    assert made.rates[2].numerator == 0


def test_r51_a_request_never_answered_ends_the_time_when_it_was_asked() -> None:
    story = Story().received("2026-11-16", due("2026-12-01")).asked("2026-11-18")
    assert _in_time_766(story)


def test_r51_a_request_asked_too_late_and_never_answered_is_late() -> None:
    story = Story().received("2026-11-16", due("2026-12-01")).asked("2026-12-02")
    assert not _in_time_766(story)


@pytest.mark.parametrize(("finish", "in_time"), [("2026-12-10", True), ("2026-12-11", False)])
def test_r51_the_time_of_an_answered_request_is_taken_off(finish: str, in_time: bool) -> None:
    # 9 days of waiting: 10/12 − 9 = 1/12, the date promised at receipt.
    story = (
        Story()
        .received("2026-11-16", due("2026-12-01"))
        .asked("2026-11-18")
        .answered("2026-11-27", "2026-11-18", (due("2026-12-01"), due("2026-12-11")))
        .finished(finish)
    )
    assert _in_time_766(story) is in_time
    assert row("2026-12-01", "2026-12-31", story).counts.late == 0


def test_r51_a_request_at_intake_is_no_supplement_of_a_received_case() -> None:
    story = (
        Story()
        .asked("2026-11-16", at_intake=True)
        .answered("2026-11-18", "2026-11-16")
        .received("2026-11-18", due("2026-12-01"))
        .asked("2026-11-20")
        .answered("2026-11-23", "2026-11-20", (due("2026-12-01"), due("2026-12-02")))
        .finished("2026-11-27")
    )
    assert _in_time_766(story)


def test_r51_a_payment_is_not_the_offices_time() -> None:
    story = (
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .paying("2026-11-06")
        .paid("2026-11-26", "2026-11-06", (due("2026-11-12"), due("2026-12-03")))
        .finished("2026-12-03")
    )
    assert _in_time_766(story)


def test_r33_an_apology_does_not_make_a_late_case_on_time() -> None:
    late = [
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .apologised("2026-11-11", due("2026-11-12"), due("2026-11-20"))
        .finished("2026-11-19")
        for _ in range(2)
    ]
    made = row(*NOVEMBER, *late)
    assert made.counts.late == 2
    assert made.apologies.rate.percent == Decimal(100)


def test_r33_without_a_late_case_there_is_no_rate_of_apologies() -> None:
    in_time = (
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .apologised("2026-11-11", due("2026-11-12"), due("2026-11-20"))
        .finished("2026-11-12")
    )
    made = row(*NOVEMBER, in_time)
    assert (made.counts.on_time, made.apologies.rate.percent) == (1, None)


def test_r32_r55_late_cases_are_split_by_whether_somebody_apologised() -> None:
    original = due("2026-11-12")
    silent = Story().received("2026-11-02", original).finished("2026-11-19")
    afterwards = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-12T16:00", original, due("2026-11-16"), late=True)
        .finished("2026-11-19")
    )
    waiting = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-11", original, due("2026-11-30"))
    )
    forgotten = Story().received("2026-11-02", original)
    figures = row(*NOVEMBER, silent, afterwards, waiting, forgotten).apologies
    assert (figures.solved_late, figures.solved_late_apologised) == (2, 1)
    assert (figures.open_late, figures.open_late_apologised) == (2, 1)
    assert (figures.letters_late, figures.kept_new_date) == (1, 0)
    assert (figures.rate.numerator, figures.rate.denominator) == (2, 4)


def test_r27_a_second_letter_does_not_change_when_the_first_was_sent() -> None:
    original = due("2026-11-12")
    story = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-11", original, due("2026-11-16"))
        .apologised("2026-11-16", original, late=True)
        .finished("2026-11-16")
    )
    figures = row(*NOVEMBER, story, now=moment("2026-12-01")).apologies
    assert (figures.letters_late, figures.kept_new_date) == (0, 1)

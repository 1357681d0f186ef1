"""Windows, groups and what a closing moment knows (R54); properties of every fold."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_events import LATER, Made, Story, due, entries, moment, row, window

from engine.errors import BadInputError
from engine.reports.counts import Counts
from engine.reports.measures import GROUPS, MeasureRow, Window, as_rows, figures_of_cases, measure


def test_r54_a_case_is_carried_over_from_the_quarter_of_its_receipt() -> None:
    story = Story().received("2026-03-10", due("2026-03-24")).finished("2026-03-20")
    first = row("2025-12-15", "2026-03-14", story).counts
    second = row("2026-03-15", "2026-06-14", story).counts
    assert (first.received, first.carried, first.still_open, first.solved) == (1, 0, 1, 0)
    assert (second.received, second.carried, second.still_open, second.early) == (1, 1, 0, 1)


def test_r54_a_case_that_stays_open_is_carried_from_quarter_to_quarter() -> None:
    story = Story().received("2026-03-10", due("2026-03-24"))
    assert row("2026-06-15", "2026-09-14", story).counts.carried == 1


def test_r54_a_case_that_ended_before_the_window_is_not_in_it() -> None:
    story = Story().received("2026-03-10", due("2026-03-24")).finished("2026-03-14T16:00")
    assert row("2026-03-15", "2026-06-14", story).counts.received == 0


def test_both_dates_of_a_window_are_inside_it() -> None:
    story = Story().received("2026-11-16T00:00", due("2026-11-26")).finished("2026-11-20T23:59")
    assert row("2026-11-16", "2026-11-20", story).counts.early == 1
    assert row("2026-11-17", "2026-11-20", story).counts.carried == 1
    assert row("2026-11-16", "2026-11-19", story).counts.still_open == 1
    assert row("2026-11-15", "2026-11-15", story).counts.received == 0


def test_r13_the_legal_moment_of_receipt_counts_and_not_that_of_typing_in() -> None:
    story = Story().received(
        "2026-10-30T16:00", due("2026-11-10"), accepted="2026-11-02T08:00", channel="postal"
    )
    assert row("2026-10-01", "2026-10-31", story).counts.direct_post == 1
    assert row("2026-11-01", "2026-11-30", story).counts.carried == 1


@pytest.mark.parametrize(
    ("channel", "column"),
    [("online", "online"), ("counter", "direct_post"), ("postal", "direct_post")],
)
def test_r48_channels_have_their_columns(channel: str, column: str) -> None:
    story = Story().received("2026-11-16", due("2026-11-26"), channel=channel)
    assert getattr(row("2026-11-01", "2026-11-30", story).counts, column) == 1


def test_a_past_month_does_not_change_when_more_happens() -> None:
    story = Story().received("2026-10-20", due("2026-10-30"))
    before = row("2026-10-01", "2026-10-31", story)
    story.asked("2026-11-02").answered(
        "2026-11-10", "2026-11-02", (due("2026-10-30"), due("2026-11-20"))
    ).finished("2026-11-12")
    assert row("2026-10-01", "2026-10-31", story) == before


def test_what_happened_after_the_closing_moment_is_not_known_to_it() -> None:
    story = Story().received("2026-11-16", due("2026-11-26")).finished("2026-11-20")
    closed = row("2026-11-01", "2026-11-30", story, now=moment("2026-11-19"))
    assert closed.counts.still_open == 1


def test_an_office_event_is_no_case() -> None:
    made = [Made("office", "ClockMoved", moment("2026-11-16"), {"to": "2026-11-17"})]
    (only,) = measure(made, window("2026-11-01", "2026-11-30"), now=LATER)
    assert only.counts.received == 0


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInputError, match="ends on or after"):
        Window(date(2026, 11, 2), date(2026, 11, 1))


def test_an_unknown_grouping_is_refused() -> None:
    with pytest.raises(
        BadInputError, match="agency, field, level, procedure, officer, channel, month"
    ):
        measure([], window("2026-11-01", "2026-11-30"), now=LATER, by="weekday")


def test_rows_are_named_by_key_by_given_names_and_by_month() -> None:
    story = Story().received("2026-11-16", due("2026-11-26"))
    span = window("2026-11-01", "2026-11-30")
    made = entries(story)
    by_agency = measure(made, span, now=LATER, by="agency", names={"H35.12": "Trung tâm"})
    by_month = measure(made, span, now=LATER, by="month")
    by_field = measure(made, span, now=LATER, by="field")
    assert [(r.key, r.name) for r in by_agency] == [("H35.12", "Trung tâm")]
    assert [(r.key, r.name) for r in by_month] == [("2026-11", "Tiếp nhận tháng 11/2026")]
    assert [(r.key, r.name) for r in by_field] == [("Xây dựng", "Xây dựng")]


def test_without_cases_there_is_one_row_of_zeros_and_no_row_by_group() -> None:
    span = window("2026-11-01", "2026-11-30")
    assert as_rows(measure([], span, now=LATER))[0]["received"]["total"] == 0
    assert measure([], span, now=LATER, by="field") == ()


def test_each_cell_opens_its_cases() -> None:
    late = Story().received("2026-11-02", due("2026-11-05")).finished("2026-11-06")
    early = Story().received("2026-11-02", due("2026-11-05")).finished("2026-11-03")
    figures = figures_of_cases(entries(late, early), window("2026-11-01", "2026-11-30"), now=LATER)
    assert [f.number for _key, f in figures if f.standing == "late"] == [late.number]


CHANNELS = st.sampled_from(["counter", "online", "postal"])
DAYS = st.integers(0, 80)


@st.composite
def _stories(draw: st.DrawFn) -> Story:
    """Any life of a case between October and December 2026."""
    begins = draw(DAYS)

    def on(offset: int) -> str:
        return date.fromordinal(date(2026, 10, 1).toordinal() + offset).isoformat()

    limit = draw(st.integers(1, 20))
    story = Story().received(
        on(begins),
        draw(st.sampled_from([None, due(on(begins + limit))])),
        channel=draw(CHANNELS),
        hour_based=draw(st.booleans()),
        agency=draw(st.sampled_from(["H35.12", "H35.13"])),
        field=draw(st.sampled_from(["Xây dựng", "Hộ tịch", "Đất đai"])),
        level=draw(st.sampled_from(["xã", "tỉnh"])),
        procedure=draw(st.sampled_from(["A", "B"])),
    )
    at = begins
    for _ in range(draw(st.integers(0, 2))):
        asked = at + draw(st.integers(0, 5))
        at = asked + draw(st.integers(0, 9))
        story.asked(on(asked))
        if draw(st.booleans()):
            story.answered(on(at), on(asked), (due(on(begins + limit)), due(on(at + limit))))
    if draw(st.booleans()):
        story.apologised(on(at), due(on(begins + limit)), due(on(at + limit + 5)))
    ending = draw(st.sampled_from(["finished", "withdrawn", "open"]))
    if ending != "open":
        getattr(story, ending)(on(at + draw(st.integers(0, 20))))
    return story


SPAN = window("2026-11-01", "2026-11-30")


def _sum(rows: tuple[MeasureRow, ...]) -> dict[str, int]:
    names = Counts.__dataclass_fields__
    return {name: sum(getattr(r.counts, name) for r in rows) for name in names}


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=25), st.sampled_from(sorted(GROUPS)))
def test_r48_the_parts_add_up_to_the_whole_whatever_they_are(stories: list[Story], by: str) -> None:
    made = entries(*stories)
    whole = measure(made, SPAN, now=LATER)
    parts = measure(made, SPAN, now=LATER, by=by)
    assert _sum(parts) == _sum(whole)
    for index, rate in enumerate(whole[0].rates):
        assert sum(part.rates[index].numerator for part in parts) == rate.numerator
        assert sum(part.rates[index].denominator for part in parts) == rate.denominator


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_other_cases_does_not_matter(
    stories: list[Story], dice: random.Random
) -> None:
    in_time = entries(*stories)
    waiting = [list(story.entries) for story in stories]
    shuffled = []
    while any(waiting):
        left = dice.choice([queue for queue in waiting if queue])
        shuffled.append(left.pop(0))
    assert measure(shuffled, SPAN, now=LATER, by="field") == measure(
        in_time, SPAN, now=LATER, by="field"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=15))
def test_counting_again_gives_the_same_digits(stories: list[Story]) -> None:
    made = entries(*stories)
    assert as_rows(measure(made, SPAN, now=LATER)) == as_rows(measure(made, SPAN, now=LATER))


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=15))
def test_r54_what_is_open_at_the_end_of_a_month_is_carried_into_the_next(
    stories: list[Story],
) -> None:
    made = entries(*stories)
    (october,) = measure(made, window("2026-10-01", "2026-10-31"), now=LATER)
    (november,) = measure(made, SPAN, now=LATER)
    assert november.counts.carried == october.counts.still_open

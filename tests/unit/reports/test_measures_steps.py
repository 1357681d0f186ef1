"""Steps by their own minutes, apart from the case (R17, R45); quantiles; quarters; officers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_events import LATER, Made, Story, due, entries, moment, window

from engine.catalog.years import seed_calendar
from engine.errors import BadInputError
from engine.events.steps import StepCompleted, StepOpened
from engine.events.waiting import OpinionRecorded, OpinionRequested
from engine.reports.holders import Holder, added, held_by
from engine.reports.measures import measure, measure_periods
from engine.reports.quantiles import quantile, quantile_of_counts
from engine.reports.steps import STEP_GROUPS, measure_steps
from engine.sla.office_hours import OfficeTime

NOVEMBER = window("2026-11-01", "2026-11-30")
OFFICE = OfficeTime(seed_calendar())


def opened(story: Story, at: str, task: str, role: str) -> Story:
    return story.add(at, StepOpened(step=f"b_{task}", task=task, role=role, unit=role))


def completed(
    story: Story,
    at: str,
    task: str,
    *,
    used: int = 60,
    allotted: int | None = 60,
    officer: str = "cb.a",
    kind: str = "examine",
    role: str = "chuyen_vien",
) -> Story:
    return story.add(
        at,
        StepCompleted(
            step=f"b_{task}",
            task=task,
            officer=officer,
            role=role,
            unit=role,
            kind=kind,
            created_at=moment(at),
            used_minutes=used,
            allotted_minutes=allotted,
        ),
    )


@pytest.mark.parametrize(
    ("used", "early", "on_time", "late"), [(479, 1, 0, 0), (480, 0, 1, 0), (481, 0, 0, 1)]
)
def test_r17_r45_a_step_is_classed_by_its_minutes(
    used: int, early: int, on_time: int, late: int
) -> None:
    story = Story().received("2026-11-02", due("2026-11-12"))
    completed(story, "2026-11-03", "1", used=used, allotted=480)
    (row,) = measure_steps(entries(story), NOVEMBER, now=LATER)
    assert (row.early, row.on_time, row.late, row.without_limit) == (early, on_time, late, 0)


def test_r45_a_case_may_be_late_without_a_late_step_and_on_time_with_one() -> None:
    slow_step = Story().received("2026-11-02", due("2026-11-12"))
    completed(slow_step, "2026-11-03", "1", used=90).finished("2026-11-05")
    slow_case = Story().received("2026-11-02", due("2026-11-04"))
    completed(slow_case, "2026-11-03", "1").finished("2026-11-05")
    made = entries(slow_step, slow_case)
    (cases,) = measure(made, NOVEMBER, now=LATER)
    (steps,) = measure_steps(made, NOVEMBER, now=LATER)
    assert (cases.counts.early, cases.counts.late) == (1, 1)
    assert (steps.late, steps.on_time) == (1, 1)


def test_a_step_without_a_limit_is_told_apart_and_is_in_no_rate() -> None:
    story = Story().received("2026-11-02", due("2026-11-12"))
    completed(story, "2026-11-03", "1", allotted=None)
    (row,) = measure_steps(entries(story), NOVEMBER, now=LATER)
    assert (row.without_limit, row.rate.percent) == (1, None)


def test_steps_count_in_the_window_they_were_finished_in() -> None:
    story = Story().received("2026-10-20", due("2026-11-12"))
    completed(story, "2026-10-31T16:59", "1")
    completed(story, "2026-11-01T00:00", "2")
    completed(story, "2026-12-01T00:00", "3")
    (row,) = measure_steps(entries(story), NOVEMBER, now=LATER)
    assert row.done == 1


def test_an_unknown_grouping_of_steps_is_refused() -> None:
    with pytest.raises(BadInputError, match="Expected steps by step, unit, role, officer"):
        measure_steps([], NOVEMBER, now=LATER, by="weekday")


def test_quantiles_are_values_that_were_seen() -> None:
    assert quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 50) == 5
    assert quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90) == 9
    assert quantile([7], 90) == 7
    assert quantile_of_counts({}, 50) is None


@given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from([1, 50, 90, 100]))
def test_quantiles_of_values_and_of_counts_agree(values: list[int], percentage: int) -> None:
    counts = {value: values.count(value) for value in values}
    assert quantile_of_counts(counts, percentage) == quantile(sorted(values), percentage)


ROLES = st.sampled_from(["mot_cua", "chuyen_vien", "lanh_dao"])


@st.composite
def _walks(draw: st.DrawFn) -> Story:
    """A case that walks through steps, opinions and pauses in November 2026."""
    story = Story().received("2026-11-02", due("2026-11-12"))
    at = moment("2026-11-02T08:00")
    for number in range(draw(st.integers(0, 8))):
        at += timedelta(minutes=draw(st.integers(0, 3000)))
        text = at.isoformat()
        match draw(st.integers(0, 6)):
            case 0:
                opened(story, text, str(number), draw(ROLES))
            case 1:
                completed(
                    story,
                    text,
                    str(draw(st.integers(0, 8))),
                    used=draw(st.integers(0, 200)),
                    officer=draw(st.sampled_from(["cb.a", "cb.b"])),
                    role=draw(ROLES),
                )
            case 2:
                story.asked(text)
            case 3:
                story.answered(text, "2026-11-02")
            case 4:
                story.add(
                    text,
                    OpinionRequested(
                        consultation=1, agency="Sở", content="x", due_at=moment("2026-11-12")
                    ),
                )
            case 5:
                story.add(text, OpinionRecorded(consultation=1, agency="Sở", opinion="x"))
            case _:
                story.finished(text)
    return story


@settings(max_examples=100, deadline=None)
@given(_walks(), st.integers(0, 60))
def test_the_holders_parts_add_up_to_the_whole_time(story: Story, days: int) -> None:
    as_of = moment("2026-11-02T09:00") + timedelta(days=days)
    split = held_by(story.entries, as_of=as_of, office=OFFICE)
    ended = [made.at for made in story.entries if made.type == "CaseFinished" and made.at <= as_of]
    end = max(min([*ended, as_of]), moment("2026-11-02T09:00"))
    assert sum(split.values(), timedelta()) == end - moment("2026-11-02T09:00")


@settings(max_examples=60, deadline=None)
@given(st.lists(_walks(), max_size=8), st.sampled_from(sorted(STEP_GROUPS)))
def test_parts_of_steps_add_up_to_the_whole(stories: list[Story], by: str) -> None:
    made = entries(*stories)
    (whole,) = measure_steps(made, NOVEMBER, now=LATER)
    parts = measure_steps(made, NOVEMBER, now=LATER, by=by)
    for name in ("done", "early", "on_time", "late", "without_limit"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)


def _split(*changes: tuple[str, str, str]) -> dict[Holder, timedelta]:
    story = Story().received("2026-11-16T08:00", due("2026-11-19"))
    for at, what, task in changes:
        if what == "xong":
            completed(story, at, task)
        elif what == "hỏi":
            asked = OpinionRequested(
                consultation=1, agency="Sở", content="x", due_at=moment("2026-11-19")
            )
            story.add(at, asked)
        elif what == "bổ sung":
            story.asked(at)
        else:
            opened(story, at, task, what)
    return held_by(story.entries, as_of=moment("2026-11-17T17:00"), office=OFFICE)


def test_time_goes_to_the_unit_of_the_open_step_and_nights_to_nobody() -> None:
    split = _split(
        ("2026-11-16T08:00", "mot_cua", "1"),
        ("2026-11-16T09:00", "xong", "1"),
        ("2026-11-16T09:00", "chuyen_vien", "2"),
    )
    assert split[Holder.OUR_DESK] == timedelta(hours=1)
    assert split[Holder.OTHER_UNIT] == timedelta(hours=6 + 8)
    assert split[Holder.CLOSED_HOURS] == timedelta(hours=2 + 14 + 2)


def test_a_consulted_agency_has_the_time_until_it_answers() -> None:
    split = _split(("2026-11-16T08:00", "chuyen_vien", "1"), ("2026-11-17T08:00", "hỏi", ""))
    assert split[Holder.OTHER_AGENCY] == timedelta(hours=7)


def test_the_applicants_time_is_his_at_night_too() -> None:
    split = _split(("2026-11-16T17:00", "bổ sung", ""))
    assert split[Holder.CITIZEN] == timedelta(hours=24)


def test_nothing_added_up_is_zero_of_everybody() -> None:
    assert added([]) == dict.fromkeys(Holder, timedelta())


def test_the_officer_of_a_case_is_who_examined_it_last() -> None:
    examined = Story().received("2026-11-02", due("2026-11-12"))
    completed(examined, "2026-11-03", "1", officer="cb.a")
    completed(examined, "2026-11-04", "2", officer="cb.ky", kind="sign")
    untouched = Story().received("2026-11-02", due("2026-11-12"))
    rows = measure(entries(examined, untouched), NOVEMBER, now=LATER, by="officer")
    assert [row.key for row in rows] == ["cb.a", "cb.tiepnhan1"]


def test_r53_r54_rows_by_period_carry_over_what_the_quarter_before_left_open() -> None:
    story = Story().received("2026-03-10", due("2026-03-24")).finished("2026-03-20")
    rows = measure_periods(entries(story), window("2026-01-01", "2026-06-30"), now=LATER)
    assert [row.key for row in rows] == ["2026Q1", "2026Q2", "2026Q3"]
    assert rows[0].counts.open_in_time == rows[1].counts.carried == rows[1].counts.early == 1
    assert rows[2].counts.received == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(_walks(), max_size=8))
def test_r48_new_and_solved_cases_of_periods_add_up(stories: list[Story]) -> None:
    made: list[Made] = entries(*stories)
    span = window("2026-06-01", "2027-06-01")
    (whole,) = measure(made, span, now=LATER)
    parts = measure_periods(made, span, now=LATER)
    assert sum(part.counts.solved for part in parts) == whole.counts.solved
    new = sum(part.counts.online + part.counts.direct_post for part in parts)
    assert new == whole.counts.received

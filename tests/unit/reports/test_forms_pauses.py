"""Audit of pauses with planted abuse: what was planted is found, honest work is not (needs 5.3)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from made_events import Story, due, moment
from test_forms_counts import cases, context
from test_measures_steps import OFFICE, completed

from engine.clock import iso_office
from engine.events.waiting import SupplementRequested
from engine.reports.forms.pauses import Mark, pauses, suspicious_pauses, unusual_rates


def asked(
    story: Story,
    at: str,
    *,
    officer: str = "cb.a",
    hold: int = 1,
    components: tuple[str, ...] = ("A",),
) -> Story:
    return story.add(
        at,
        SupplementRequested(
            hold=hold,
            at_intake=False,
            components=components,
            reason="mờ",
            officer="cb.mc",
            requested_by=officer,
            letter=f"{hold}/BS",
        ),
    )


def _found(*stories: Story) -> list[tuple[str, tuple[Mark, ...]]]:
    of = context()
    marked = suspicious_pauses(cases(of, *stories), of, lambda _agency: OFFICE)
    return [(each.case, each.marks) for each in marked]


def _case() -> Story:
    return Story().received("2026-11-02T08:00", due("2026-11-13"))  # 9 days + 8 hours of work


def test_a_pause_in_the_last_tenth_of_the_term_is_marked() -> None:
    assert _found(asked(_case(), "2026-11-13T10:00"))[0][1] == (Mark.LAST_TENTH,)
    assert _found(asked(_case(), "2026-11-12T10:00")) == []


def test_a_pause_when_the_case_is_late_already_is_marked() -> None:
    assert _found(asked(_case(), "2026-11-16T10:00"))[0][1] == (Mark.AFTER_DUE,)


def test_a_second_request_for_the_same_component_is_marked_another_one_is_not() -> None:
    again = asked(asked(_case(), "2026-11-03T10:00"), "2026-11-05T10:00", hold=2)
    other = asked(asked(_case(), "2026-11-03T10:00"), "2026-11-05T10:00", hold=2, components=("B",))
    assert _found(again, other) == [(again.number, (Mark.SAME_COMPONENT,))]


def test_a_pause_outside_office_hours_is_marked() -> None:
    for at in ("2026-11-03T06:59", "2026-11-03T12:00", "2026-11-03T17:00", "2026-11-07T09:00"):
        assert _found(asked(_case(), at))[0][1] == (Mark.OUT_OF_HOURS,)
    assert _found(asked(_case(), "2026-11-03T16:59")) == []


def test_a_pause_of_another_period_is_not_listed() -> None:
    story = Story().received("2026-10-02T08:00", due("2026-11-30"))
    assert _found(asked(story, "2026-10-03T12:00")) == []


def test_an_officer_who_pauses_far_more_than_the_others_is_marked_with_the_figures() -> None:
    rates = unusual_rates({"a": (12, 20), "b": (2, 20), "c": (1, 20)})
    assert rates == {"a": "12/20 hồ sơ, các cán bộ khác 3/40"}


def test_few_pauses_or_a_rate_like_the_others_is_not_unusual() -> None:
    assert unusual_rates({"a": (4, 4), "b": (0, 100)}) == {}
    assert unusual_rates({"a": (10, 20), "b": (9, 20), "c": (11, 20)}) == {}
    assert unusual_rates({"a": (20, 20)}) == {}


def test_planted_abuse_is_found_in_a_month_of_honest_work() -> None:
    dice = random.Random(7)
    stories, planted = [], {}
    for number in range(300):
        officer = f"cb.{number % 6}"
        at = moment("2026-11-02T08:00") + timedelta(minutes=dice.randint(0, 180))
        story = Story().received(iso_office(at), due("2026-11-27"))
        completed(story, "2026-11-04T09:00", "1", officer=officer)
        if dice.random() < 0.1:
            asked(
                story,
                f"2026-11-{dice.randint(9, 12):02}T10:{dice.randint(10, 59)}",
                officer=officer,
            )
        elif number % 50 == 0:
            asked(story, "2026-11-27T14:00", officer=officer)
            planted[story.number] = Mark.LAST_TENTH
        elif number % 50 == 1:
            asked(story, "2026-11-09T20:00", officer=officer)
            planted[story.number] = Mark.OUT_OF_HOURS
        elif number % 6 == 5:
            asked(story, "2026-11-10T09:00", officer=officer)
            planted[story.number] = Mark.UNUSUAL_RATE
        stories.append(story)
    found = dict(_found(*stories))
    for case, mark in planted.items():
        assert mark in found[case]
    honest = [case for case in found if case not in planted]
    by_honest = Counter(mark for case in honest for mark in found[case])
    assert set(by_honest) <= {Mark.UNUSUAL_RATE}, "only the marked officer's other pauses"


def test_the_list_says_why_in_words() -> None:
    of = context()
    story = asked(_case(), "2026-11-13T10:00")
    marked = suspicious_pauses(cases(of, story), of, lambda _agency: OFFICE)
    sheet = pauses(of, marked, seen=["H35.12"])
    (row,) = sheet.rows
    assert row.cells[1] == story.number
    assert row.cells[8] == "mở trong 10 % cuối của thời hạn"
    assert row.cells[9] == "còn 300 phút làm việc trên 4740, hạn 13/11/2026 17:00"
    assert "không phải kết luận vi phạm" in sheet.notes[0]

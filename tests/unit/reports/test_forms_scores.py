"""Scores and lists: QĐ 766, evaluation, feedback, apology letters (R33, R50–R52, R57–R60)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from made_events import Story, due, entries
from test_forms_counts import cases, context
from test_measures_steps import completed

from engine.cases.lateness.causes import CAUSES
from engine.catalog.years import seed_calendar
from engine.errors import BadInputError
from engine.reports.forms.apologies import apologies
from engine.reports.forms.evaluation import (
    agency_class,
    attitude_points,
    contact_points,
    evaluation,
    index_score,
    officer_class,
    online_points,
    part_points,
    time_points,
    total_score,
)
from engine.reports.forms.feedback import (
    Feedback,
    feedback_figures,
    pakn,
    satisfaction,
    satisfaction_points,
)
from engine.reports.forms.qd_766 import qd_766
from engine.reports.measures import measure
from engine.reports.print.sheet import Coverage
from engine.sla.feedback import Answer, answer_due_on
from engine.sla.verdict import Verdict

CALENDAR = seed_calendar()


def test_r57_ten_dossiers_of_index_1_give_1_5() -> None:
    points = [time_points(v) for v in [Verdict.EARLY] * 6 + [Verdict.ON_TIME] * 3 + [Verdict.LATE]]
    assert index_score(points) == Decimal("1.5")


def test_r57_an_index_without_data_has_no_score() -> None:
    assert index_score([]) is None


@pytest.mark.parametrize(
    ("results", "points"),
    [
        ([Verdict.EARLY, Verdict.EARLY], 2),
        ([Verdict.EARLY, Verdict.ON_TIME], 1),
        ([Verdict.EARLY, Verdict.LATE], 0),
        ([None], None),
        ([None, Verdict.EARLY], 2),
    ],
)
def test_r57_index_2_is_as_good_as_the_worst_part(
    results: list[Verdict | None], points: int | None
) -> None:
    assert part_points(results) == points


@pytest.mark.parametrize(("contacts", "points"), [(0, 2), (1, 1), (2, 0), (5, 0)])
def test_r57_index_3_counts_contacts(contacts: int, points: int) -> None:
    assert contact_points(contacts) == points


def test_r57_index_7_a_complaint_costs_everything() -> None:
    assert attitude_points(Verdict.EARLY, complained=False) == 2
    assert attitude_points(Verdict.ON_TIME, complained=False) == 1
    assert attitude_points(Verdict.EARLY, complained=True) == 0


@pytest.mark.parametrize(
    ("procedures", "dossiers", "late", "points"),
    [
        (Fraction(20, 100), Fraction(30, 100), False, 2),
        (Fraction(19, 100), Fraction(30, 100), False, 1),
        (Fraction(1), Fraction(29, 100), False, 1),
        (Fraction(1), Fraction(14, 100), False, 0),
        (Fraction(1), Fraction(1), True, 0),
        (None, Fraction(40, 100), False, None),
        (None, None, False, None),
    ],
)
def test_r57_index_9_counts_online_shares(
    procedures: Fraction | None, dossiers: Fraction | None, late: bool, points: int | None
) -> None:
    assert online_points(procedures=procedures, dossiers=dossiers, any_late=late) == points


def test_r58_an_officer_of_5_4_fulfilled_everything() -> None:
    total = total_score([Decimal(text) for text in ("1.5", "1.2", "1.0", "0.9", "0.8")])
    assert total == Decimal("5.4")
    assert officer_class(total) == "hoàn thành 100 % nhiệm vụ"


@pytest.mark.parametrize(
    ("total", "word"),
    [
        ("5.0", "hoàn thành 100 % nhiệm vụ"),
        ("4.9", "hoàn thành từ 70 % đến dưới 100 % nhiệm vụ"),
        ("3.5", "hoàn thành từ 70 % đến dưới 100 % nhiệm vụ"),
        ("3.4", "hoàn thành dưới 70 % nhiệm vụ"),
    ],
)
def test_r58_classes_of_officers(total: str, word: str) -> None:
    assert officer_class(Decimal(total)) == word


@pytest.mark.parametrize(
    ("total", "word"),
    [
        ("15.0", "xuất sắc"),
        ("14.9", "tốt"),
        ("12.0", "tốt"),
        ("9.0", "khá"),
        ("6.0", "trung bình"),
        ("5.9", "yếu"),
    ],
)
def test_r58_classes_of_agencies(total: str, word: str) -> None:
    assert agency_class(Decimal(total)) == word


def test_r58_a_missing_index_is_left_out_and_nothing_is_rescaled() -> None:
    assert total_score([Decimal("1.5"), None, Decimal("1.0")]) == Decimal("2.5")


def _cells(sheet: Any, row: str) -> dict[str, Any]:
    return dict(zip([c.key for c in sheet.columns], sheet.row(row).cells, strict=True))


def test_r57_r58_officers_answer_for_the_dossiers_they_worked_on() -> None:
    early = Story().received("2026-11-02", due("2026-11-12"))
    completed(early, "2026-11-03", "1", used=10, officer="cb.a").finished("2026-11-05")
    late = Story().received("2026-11-02", due("2026-11-04"))
    completed(late, "2026-11-03", "1", used=90, officer="cb.a")
    completed(late, "2026-11-04", "2", used=10, officer="cb.b").finished("2026-11-05")
    still_open = Story().received("2026-11-02", due("2026-12-12"))
    completed(still_open, "2026-11-03", "1", officer="cb.a")
    of = context()
    sheet, kept = evaluation(of, cases(of, early, late, still_open), of_officers=True)
    first, second = _cells(sheet, "1"), _cells(sheet, "2")
    assert (first["3"], first["cs1"], first["cs2"], first["cs3"]) == (
        2,
        Decimal("1.0"),
        Decimal("1.0"),
        Decimal("2.0"),
    )
    assert (second["3"], second["cs1"], second["cs2"]) == (1, Decimal("0.0"), Decimal("2.0"))
    assert first["cs7"] == "chưa có dữ liệu"
    assert len(kept.cases("1", "3")) == 2
    assert kept.cases("2", "3") == [late.number]
    for row, column in (("3", "3"), ("1", "cs1")):
        with pytest.raises(BadInputError):
            kept.cases(row, column)
    assert first["tong"] == Decimal("4.0")
    assert "thiếu chỉ số 4, 7" in first["xep-loai"]


def test_r58_an_agencys_unknown_indices_are_named() -> None:
    of = context()
    sheet, _ = evaluation(
        of,
        cases(of, Story().received("2026-11-02", due("2026-11-12")).finished("2026-11-05")),
        of_officers=False,
    )
    cells = _cells(sheet, "1")
    assert (cells["cs1"], cells["cs5"], cells["cs9"]) == (
        Decimal("2.0"),
        "ngoài hệ thống",
        Decimal("0.0"),
    )
    assert "(thiếu chỉ số 2, 4, 5, 6, 7, 8)" in cells["xep-loai"]


def _766(*stories: Story) -> Any:
    of = context()
    (whole,) = measure(entries(*stories), of.window, now=of.now)
    return qd_766(of, whole, coverage=Coverage(("H35.12",), ()))


def test_r50_progress_of_qd_766_has_points_and_what_is_outside_has_none() -> None:
    stories = [
        Story().received("2026-11-02", due("2026-11-12")).finished("2026-11-05") for _ in range(18)
    ] + [Story().received("2026-11-02", due("2026-11-04")).finished("2026-11-05") for _ in range(2)]
    sheet = _766(*stories)
    progress = _cells(sheet, "2")
    assert (progress["4"], progress["5"], progress["7"]) == (18, 20, Decimal("18.00"))
    for row in ("1", "3", "4", "5"):
        assert (_cells(sheet, row)["7"], _cells(sheet, row)["8"]) == (None, "ngoài hệ thống")


def test_r49_without_cases_there_is_no_point_neither_zero_nor_twenty() -> None:
    assert _cells(_766(), "2")["7"] == "–"


@pytest.mark.parametrize(
    ("answer", "due_on"),
    [
        (Answer.REFUSED, date(2026, 11, 20)),
        (Answer.ASKED, date(2026, 11, 26)),
        (Answer.HANDLED, date(2026, 12, 10)),
        (Answer.PUBLISHED, date(2026, 11, 20)),
        (Answer.PASSED_ON, date(2026, 11, 26)),
    ],
)
def test_r59_timers_of_feedback_count_working_days(answer: Answer, due_on: date) -> None:
    assert answer_due_on(answer, date(2026, 11, 18), CALENDAR) == due_on


def test_r59_a_complaint_found_false_does_not_count_against_the_officer() -> None:
    pieces = [
        Feedback(date(2026, 11, 18), Answer.HANDLED, date(2026, 12, 10), found_false=True),
        Feedback(date(2026, 11, 18), Answer.HANDLED, date(2026, 12, 11)),
        Feedback(date(2026, 11, 18)),
    ]
    figures = feedback_figures(pieces, CALENDAR, date(2026, 12, 1))
    assert (figures.received, figures.on_time, figures.late, figures.against_officer) == (
        3,
        2,
        1,
        2,
    )


@pytest.mark.parametrize(
    ("late", "complained", "share", "points"),
    [
        (Fraction(1, 100), Fraction(5, 1000), Fraction(985, 1000), "6.00"),
        (Fraction(15, 100), Fraction(5, 100), Fraction(80, 100), "5.33"),
        (Fraction(10, 100), Fraction(0), Fraction(90, 100), "6.00"),
        (Fraction(1), Fraction(1), Fraction(0), "0.00"),
    ],
)
def test_r60_satisfaction(
    late: Fraction, complained: Fraction, share: Fraction, points: str
) -> None:
    assert satisfaction(late, complained) == share
    assert satisfaction_points(share) == Decimal(points)


def test_r60_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(BadInputError, match="shares from 0 to 1"):
        satisfaction(Fraction(2), Fraction(0))


def test_r59_a_report_on_feedback_says_that_there_is_no_data_not_zero() -> None:
    sheet = pakn(context())
    assert all(cell == "chưa có dữ liệu" for row in sheet.rows for cell in row.cells[2:])


def test_r32_r33_the_register_lists_letters_and_late_cases_without_one() -> None:
    original = due("2026-11-12")
    kept = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-11", original, due("2026-11-20"))
        .finished("2026-11-19")
    )
    broken = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-12T16:00", original, due("2026-11-16"), late=True)
        .finished("2026-11-19")
    )
    silent = Story().received("2026-11-02", original)
    in_time = Story().received("2026-11-02", original).finished("2026-11-05")
    of = context()
    sheet = apologies(of, cases(of, kept, broken, silent, in_time), causes_of=CAUSES)
    first, second, third = (_cells(sheet, key) for key in ("1", "2", "3"))
    assert first["12"] == "xong ngày 19/11/2026, đúng hẹn mới"
    assert (second["11"], second["12"]) == (
        "sau thời điểm luật định",
        "xong ngày 19/11/2026, trễ hẹn mới",
    )
    assert (third["2"], third["4"]) == ("chưa có thư xin lỗi", silent.number)
    assert sheet.notes[0].startswith("R_xin_loi (")
    assert "= 2/3 = 66,66 %" in sheet.notes[0]
    assert len(sheet.rows) == 3


def test_a_letter_of_another_period_is_not_in_the_register() -> None:
    original = due("2026-10-12")
    story = (
        Story()
        .received("2026-10-02", original)
        .apologised("2026-10-11", original, due("2026-10-20"))
        .finished("2026-11-19")
    )
    of = context()
    assert apologies(of, cases(of, story), causes_of=CAUSES).rows == ()

"""Forms that count cases: biểu 06, 07a/BTP, causes; their sums and the cases behind a cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_events import LATER, Made, Story, due, entries, moment
from test_measures_windows import _stories

from engine.cases.lateness.causes import CAUSES
from engine.errors import BadInputError
from engine.events.cases import CaseRefused, CaseRegistered, CauseRecorded
from engine.reports.case_detail import details
from engine.reports.counts import Counts, MeasuresInconsistentError
from engine.reports.forms.bieu_06 import SUMS, bieu_06, columns_of, counted_of
from engine.reports.forms.btp_07a import FULL, PARTIAL, btp_07a, intakes
from engine.reports.forms.causes import causes
from engine.reports.forms.context import ReportContext, period_text
from engine.reports.forms.tabulation import FormInconsistentError, PrintedRows, Tabulation
from engine.reports.measures import Window, measure
from engine.reports.print.sheet import Coverage, Sheet
from engine.sla.periods import parse_period


def context(period: str = "2026-11", **given: Any) -> ReportContext:
    read = parse_period(period)
    return ReportContext(
        period=read,
        window=Window(read.first_on, read.last_on),
        now=given.pop("now", LATER),
        issuer="Xã Bản Mẫu",
        agencies={"H35.12": "Xã Bản Mẫu", "H35.13": "Xã Im Lặng"},
        procedures={"1.009994": ("Cấp phép", "Xây dựng", "xã")},
        **given,
    )


def cases(of: ReportContext, *stories: Story) -> Any:
    return details(entries(*stories), of.window, now=of.now)


def form_06(of: ReportContext, *stories: Story, keep: bool = False) -> tuple[Sheet, PrintedRows]:
    table, in_time_766 = Tabulation(keep=keep), 0
    for detail, figure in cases(of, *stories):
        table.add((detail.fold.level, detail.fold.field), columns_of(figure), detail.number)
        in_time_766 += figure.in_time_766
    coverage = of.coverage({"H35.12"})
    return bieu_06(of, table, in_time_766=in_time_766, coverage=coverage)


def test_r48_the_printed_row_is_that_of_the_law() -> None:
    counts = Counts(
        received=450,
        online=120,
        direct_post=300,
        carried=30,
        solved=400,
        early=250,
        on_time=148,
        late=2,
        still_open=50,
        open_in_time=49,
        open_late=1,
    )
    table = Tabulation()
    table.take(("xã", "Đất đai"), counted_of(counts))
    sheet, _ = bieu_06(context(), table, in_time_766=447, coverage=Coverage(("a",), ("b",)))
    row = sheet.row("1").cells
    assert row == ("1", "Đất đai", 450, 120, 300, 30, 400, 250, 148, 2, 50, 49, 1)
    assert sheet.row("T").cells[2:] == sheet.row("I").cells[2:] == row[2:]
    assert sheet.notes[:3] == (
        (
            "R_solved (trước và đúng hạn trên đã giải quyết) = 398/400 = 99,50 %;"
            " 1/2 đơn vị có số liệu"
        ),
        "R_received (trên tiếp nhận) = 398/450 = 88,44 %; 1/2 đơn vị có số liệu",
        "R_766 (theo QĐ 766/QĐ-TTg) = 447/450 = 99,33 %; 1/2 đơn vị có số liệu",
    )


@pytest.mark.parametrize("column", ["3", "4", "7", "10", "11", "13"])
def test_r48_a_form_that_does_not_add_up_is_refused(column: str) -> None:
    table = Tabulation()
    table.take(("xã", "Đất đai"), {"3": 2, "5": 2, "7": 1, "9": 1, "11": 1, "12": 1})
    table.counts["xã", "Đất đai"][column] += 1
    with pytest.raises((FormInconsistentError, MeasuresInconsistentError)):
        bieu_06(context(), table, in_time_766=0, coverage=Coverage((), ()))


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=20))
def test_r48_the_form_counts_as_the_measures_do_and_opens_every_cell(stories: list[Story]) -> None:
    of = context()
    sheet, printed = form_06(of, *stories, keep=True)
    (whole,) = measure(entries(*stories), of.window, now=of.now)
    expected = counted_of(whole.counts)
    total = dict(zip([c.key for c in sheet.columns], sheet.row("T").cells, strict=True))
    assert {key: total[key] for key in expected} == expected
    for row in sheet.rows:
        for column in sheet.columns[2:]:
            behind = printed.cases(row.key, column.key)
            assert len(behind) == sheet.cell(row.key, column.key)
            assert len(set(behind)) == len(behind)


@settings(max_examples=40, deadline=None)
@given(st.lists(_stories(), max_size=12))
def test_details_give_the_figures_of_the_measures(stories: list[Story]) -> None:
    of = context()
    for by in ("agency", "officer"):
        found: dict[str, list[str]] = {}
        for detail, figure in cases(of, *stories):
            found.setdefault(getattr(detail.fold, by), []).append(figure.standing)
        rows = measure(entries(*stories), of.window, now=of.now, by=by)
        assert {row.key: row.counts.received for row in rows} == {
            key: len(each) for key, each in found.items()
        }


def test_a_cell_that_is_not_there_is_refused() -> None:
    _, printed = form_06(context(), Story().received("2026-11-02", due("2026-11-12")), keep=True)
    with pytest.raises(BadInputError, match="Expected a row of T, I, 1"):
        printed.cases("7", "10")
    with pytest.raises(BadInputError, match="Expected a counted column"):
        printed.cases("1", "2")


def test_silent_units_are_named_beside_the_rates() -> None:
    sheet, _ = form_06(context(), Story().received("2026-11-02", due("2026-11-12")))
    assert sheet.coverage == Coverage(("H35.12",), ("H35.13",))
    assert "Đơn vị có số liệu trong kỳ: 1/2 (chưa có: H35.13)" in sheet.lines_below()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026Q3", "Quý III năm 2026 (từ 15/06/2026 đến hết 14/09/2026)"),
        ("2026H1", "6 tháng đầu năm 2026 (từ 15/12/2025 đến hết 14/06/2026)"),
        ("2026M9", "9 tháng năm 2026 (từ 15/12/2025 đến hết 14/09/2026)"),
        ("2026", "Năm 2026 (từ 15/12/2025 đến hết 14/12/2026)"),
        ("2026-10", "Tháng 10 năm 2026 (từ 01/10/2026 đến hết 31/10/2026)"),
    ],
)
def test_r53_periods_are_printed_with_their_dates(text: str, words: str) -> None:
    assert period_text(parse_period(text)) == words


def _btp(*stories: Story, online: dict[str, str] | None = None, waiting: Any = ()) -> Sheet:
    of = context()
    sheet, _ = btp_07a(of, cases(of, *stories), waiting, online=online or {})
    return sheet


def _total(sheet: Sheet) -> dict[str, Any]:
    return dict(zip([c.key for c in sheet.columns], sheet.row("T").cells, strict=True))


def test_r55_late_cases_are_split_by_letter_and_cases_by_channel() -> None:
    original = due("2026-11-12")
    with_letter = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-11", original, due("2026-11-20"))
        .finished("2026-11-19")
    )
    without = Story().received("2026-11-02", original, channel="postal").finished("2026-11-19")
    full = Story().received("2026-11-02", original, channel="online", procedure="A")
    partial = Story().received("2026-11-02", original, channel="online", procedure="B")
    unknown = Story().received("2026-11-02", original, channel="online", procedure="C")
    before = Story().received("2026-10-02", due("2026-12-12"), channel="online")
    total = _total(
        _btp(
            with_letter,
            without,
            full,
            partial,
            unknown,
            before,
            online={"A": FULL, "B": PARTIAL},
        )
    )
    assert [total[str(key)] for key in range(3, 11)] == [6, 1, 1, 1, 1, 1, 0, 1]
    assert [total[str(key)] for key in range(11, 17)] == [2, 0, 0, 2, 1, 1]


def test_r55_stopped_and_withdrawn_cases_stand_in_columns_of_their_own() -> None:
    stopped = Story().received("2026-11-02", due("2026-11-12")).stopped("2026-11-05")
    resumed = (
        Story()
        .received("2026-11-02", due("2026-11-12"))
        .stopped("2026-11-05")
        .resumed("2026-11-06", (due("2026-11-12"), due("2026-11-13")))
    )
    withdrawn = Story().received("2026-11-02", due("2026-11-12")).withdrawn("2026-11-05")
    total = _total(_btp(stopped, resumed, withdrawn))
    assert (total["23"], total["24"], total["17"], total["13"]) == (1, 1, 2, 1)
    assert total["26"] == "ngoài hệ thống"


def _registered(at: str) -> Story:
    return Story().add(
        at, CaseRegistered(procedure="1.009994", version=1, agency="H35.12", channel="online")
    )


def _answer_due(_agency: str, at: datetime) -> datetime:
    return at + timedelta(days=1)


def test_r10_r11_r14_r55_intake_waits_in_time_or_late_or_is_refused() -> None:
    refused = _registered("2026-11-20").add(
        "2026-11-20T10:00", CaseRefused(at_intake=True, reason="x", letter="1", signer="cb")
    )
    refused_before = _registered("2026-10-20").add(
        "2026-10-20T10:00", CaseRefused(at_intake=True, reason="x", letter="1", signer="cb")
    )
    made = entries(
        _registered("2026-11-29T09:00"),
        _registered("2026-11-30T09:00"),
        _registered("2026-11-20").asked("2026-11-21", at_intake=True),
        refused,
        refused_before,
        _registered("2026-11-20").received("2026-11-20T10:00", due("2026-12-01")),
        _registered("2026-12-01"),
    )
    of = context()
    waiting = list(intakes(made, of.window, now=of.now, answer_due=_answer_due))
    total = _total(_btp(waiting=waiting))
    assert (total["20"], total["21"], total["22"], total["3"]) == (2, 1, 1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(_stories(), max_size=20))
def test_r55_the_views_sums_hold_whatever_the_cases_are(stories: list[Story]) -> None:
    of = context()
    sheet = _btp(*stories)
    (whole,) = measure(entries(*stories), of.window, now=of.now)
    total = _total(sheet)
    assert (total["3"], total["11"], total["14"], total["17"]) == (
        whole.counts.received,
        whole.counts.solved,
        whole.counts.late,
        whole.counts.still_open,
    )
    assert total["15"] == whole.apologies.solved_late_apologised


def test_r34_late_cases_stand_under_their_cause_or_under_none() -> None:
    original = due("2026-11-12")
    by_letter = (
        Story()
        .received("2026-11-02", original)
        .apologised("2026-11-11", original, due("2026-11-20"))
        .finished("2026-11-19")
    )
    recorded = Story().received("2026-11-02", original).finished("2026-11-19")
    recorded.add("2026-11-19T10:00", CauseRecorded(cause="HA_TANG"))
    silent = Story().received("2026-11-02", original)
    in_time = Story().received("2026-11-02", original).finished("2026-11-05")
    of = context()
    stories = (by_letter, recorded, silent, in_time)
    sheet, printed = causes(of, cases(of, *stories), causes_of=CAUSES, keep=True)
    total = _total(sheet)
    assert (total["3"], total["4"], total["5"]) == (3, 2, 1)
    assert (total["6"], total["9"], total["13"]) == (1, 1, 1)
    assert printed.cases("T", "13") == [silent.number]
    assert sheet.draft
    assert "DỰ THẢO" in sheet.form


def test_the_sums_of_the_forms_are_the_four_of_the_law() -> None:
    assert len(SUMS) == 4
    assert (
        replace(context().sheet(code="x", form="", title="", unit="", columns=(), rows=())).rows
        == ()
    )


def test_events_of_the_office_are_no_case_of_a_form() -> None:
    made = [Made("office", "ClockMoved", moment("2026-11-16"), {"to": "2026-11-17"})]
    of = context()
    assert list(details(made, of.window, now=of.now)) == []

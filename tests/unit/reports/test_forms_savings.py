"""What changed procedures save, and the self-score with its bundle (R61–R63, needs 5.13)."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from made_events import Made, Story, due, moment
from test_forms_counts import cases, context

from engine.catalog.years import seed_calendar
from engine.errors import BadInputError
from engine.reports.forms.par_index import Published, par_index, published
from engine.reports.forms.simplification import (
    Change,
    CostStep,
    Performance,
    aggregate,
    cut,
    mean,
    meets,
    read_parameters,
    simplification,
)
from engine.reports.print.bundle import write_bundle
from engine.reports.print.sheet import Sheet

CALENDAR = seed_calendar()


def _cells(sheet: Sheet, row: str) -> dict[str, Any]:
    return dict(zip([c.key for c in sheet.columns], sheet.row(row).cells, strict=True))


def _change(code: str, **given: Any) -> Change:
    numbers = {key: Fraction(value) for key, value in given.items() if key != "per_year"}
    return Change(
        code=code,
        name="",
        hours_before=numbers.get("hours_before"),
        hours_after=numbers.get("hours_after"),
        cost_before=numbers.get("cost_before"),
        cost_after=numbers.get("cost_after"),
        per_year=given.get("per_year"),
    )


def test_r61_24_hours_to_16_is_33_3_percent_meets_30_and_misses_37_7() -> None:
    share = cut(Fraction(24), Fraction(16))
    sheet = simplification([_change("A", hours_before=24, hours_after=16)], issuer="", said=())
    assert _cells(sheet, "1")["5"] == Decimal("33.3")
    assert meets(share, Fraction(30))
    assert not meets(share, Fraction("37.7"))


def test_r62_the_published_example_saves_77_44_percent_and_2559804000_a_year() -> None:
    change = _change("A", cost_before=1_024_000, cost_after=231_000, per_year=3228)
    cells = _cells(simplification([change], issuer="", said=()), "1")
    assert cells["8"] == Decimal("77.44")
    assert cells["10"] == Decimal(2_559_804_000)


def test_r63_mean_and_aggregate_are_both_printed_under_their_names() -> None:
    changes = [
        _change("A", cost_before=100, cost_after=50),
        _change("B", cost_before=900, cost_after=810),
    ]
    pairs = [(each.cost_before, each.cost_after) for each in changes]
    assert mean(each.cost_cut for each in changes) == Fraction(30, 100)
    assert aggregate(pairs) == Fraction(14, 100)
    sheet = simplification(changes, issuer="", said=())
    assert _cells(sheet, "TB")["8"] == Decimal("30.00")
    assert _cells(sheet, "TONG")["8"] == Decimal("14.00")
    assert _cells(sheet, "TB")["2"] == "Trung bình cộng các tỷ lệ"
    assert _cells(sheet, "TONG")["2"] == "Tỷ lệ trên tổng"


def test_r63_the_figures_of_2021_are_explained_as_what_they_are() -> None:
    said = " ".join(simplification([], issuer="", said=()).notes)
    for figure in ("37,7 %", "43,8 %", "7.124.335.344 đ", "16.265.605.808 đ", "9.141.270.464 đ"):
        assert figure in said
    assert "Chỉ là suy ra" in said


def test_a_procedure_that_got_slower_is_shown_with_a_minus() -> None:
    sheet = simplification([_change("A", hours_before=10, hours_after=12)], issuer="", said=())
    assert _cells(sheet, "1")["5"] == Decimal("-20.0")


def test_what_is_not_known_is_in_neither_mean_nor_aggregate() -> None:
    changes = [_change("A", hours_before=10, hours_after=5), _change("B", hours_after=7)]
    sheet = simplification(changes, issuer="", said=())
    assert _cells(sheet, "2")["5"] == "–"
    assert _cells(sheet, "TB")["5"] == _cells(sheet, "TONG")["5"] == Decimal("50.0")


def test_r62_cost_is_hours_at_income_and_hired_service_travel_and_fees() -> None:
    performance = Performance(
        (CostStep("đi", Fraction(8), 100_000), CostStep("chờ", Fraction(1, 2))), 424_000, 100_000, 1
    )
    assert performance.cost_dong(Fraction(50_000)) == 8 * 50_000 + 100_000 + 25_000 + 524_001


PARAMETERS = {
    "income": {
        "gdp_per_head_dong": 105_600_000,
        "months": 12,
        "days_per_month": 22,
        "hours_per_day": 8,
    },
    "procedures": {
        "A": {
            "performances_per_year": 10,
            "before": {"steps": [{"name": "đi", "hours": "1.5"}], "fee_dong": 5},
            "after": {"steps": []},
        }
    },
}


def test_parameters_are_read_and_every_one_is_printed() -> None:
    read = read_parameters(PARAMETERS)
    assert read.income_per_hour == 50_000
    assert read.before["A"].cost_dong(read.income_per_hour) == 75_005
    said = " ".join(read.said)
    for words in (
        "105.600.000 đ",
        "12 tháng × 22 ngày × 8 giờ",
        "đi 1,5 giờ",
        "phí 5 đ",
        "trí nhớ",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (None, "parameters"),
        ({"procedures": {}}, "income"),
        ({"income": {"gdp_per_head_dong": "x"}}, "income.gdp_per_head_dong"),
        ({"income": {"per_hour_dong": -1}}, "income.per_hour_dong"),
        ({"income": {"per_hour_dong": True}}, "income.per_hour_dong"),
        ({"income": PARAMETERS["income"] | {"months": 0}}, "income.months"),
        ({"income": {"per_hour_dong": 1}}, "procedures"),
        ({"income": {"per_hour_dong": 1}, "procedures": {"A": {}}}, "procedures.A.before"),
        (
            {
                "income": {"per_hour_dong": 1},
                "procedures": {"A": {"before": {"steps": [{"hours": None}]}}},
            },
            r"procedures.A.before.steps\[1\].hours",
        ),
    ],
)
def test_wrong_parameters_are_refused_by_their_place(wrong: Any, where: str) -> None:
    with pytest.raises(BadInputError, match=where):
        read_parameters(wrong)


def _entered(decided: str, entered: str, effective: str) -> Published:
    return Published(
        "A", 1, "1/QĐ", "", *(date.fromisoformat(each) for each in (decided, entered, effective))
    )


@pytest.mark.parametrize(
    ("decided", "entered", "effective", "in_time", "ahead"),
    [
        ("2026-11-16", "2026-11-23", "2026-12-01", True, True),
        ("2026-11-16", "2026-11-25", "2026-12-02", False, True),
        ("2026-11-16", "2026-11-23", "2026-11-30", True, False),
    ],
)
def test_publication_deadlines_count_five_working_days(
    decided: str, entered: str, effective: str, in_time: bool, ahead: bool
) -> None:
    each = _entered(decided, entered, effective)
    assert (each.was_entered_in_time(CALENDAR), each.was_ahead(CALENDAR)) == (in_time, ahead)


def test_samples_and_other_periods_are_no_decisions_of_the_period() -> None:
    def entry(at: str, **more: Any) -> Made:
        data = {
            "procedure": "A",
            "version": 1,
            "decision": "1/QĐ",
            "decided_on": "2026-11-02",
            "effective_on": "2026-11-20",
        }
        return Made("office", "ProcedurePublished", moment(at), data | more)

    found = published(
        [
            entry("2026-11-05"),
            entry("2026-11-05", sample=True),
            entry("2026-11-05", decided_on=None),
            entry("2026-10-05"),
        ],
        context(),
    )
    assert len(found) == 1


def _scored(*stories: Story, decisions: tuple[Published, ...] = ()) -> Any:
    of = context()
    return par_index(of, cases(of, *stories), decisions, CALENDAR)


def _late(letter: bool) -> Story:
    story = Story().received("2026-11-02", due("2026-11-12"))
    if letter:
        story.apologised("2026-11-11", due("2026-11-12"), due("2026-11-20"))
    return story.finished("2026-11-19")


def test_r33_every_late_case_must_have_its_letter_for_the_point() -> None:
    sheet, _ = _scored(_late(letter=True), _late(letter=False))
    assert (_cells(sheet, "2")["5"], _cells(sheet, "2")["6"]) == (Decimal("50.00"), Decimal("0.00"))
    sheet, _ = _scored(_late(letter=True))
    assert _cells(sheet, "2")["6"] == Decimal("1.00")
    sheet, _ = _scored()
    assert (_cells(sheet, "2")["4"], _cells(sheet, "2")["5"]) == (0, "100,00")


def test_on_time_below_95_percent_scores_nothing_above_it_in_proportion() -> None:
    early = [
        Story().received("2026-11-02", due("2026-11-12")).finished("2026-11-05") for _ in range(96)
    ]
    sheet, _ = _scored(*early, *(_late(letter=True) for _ in range(4)))
    assert _cells(sheet, "1")["6"] == Decimal("0.96")
    sheet, _ = _scored(*early[:50], *(_late(letter=True) for _ in range(4)))
    assert _cells(sheet, "1")["6"] == Decimal("0.00")


def test_the_bundle_holds_every_list_with_its_hash_and_is_the_same_each_time(
    tmp_path: Path,
) -> None:
    decision = _entered("2026-11-16", "2026-11-23", "2026-12-01")
    story = _late(letter=True)
    sheet, evidence = _scored(story, decisions=(decision,))
    write_bundle(sheet, evidence.lists, tmp_path / "a.zip")
    write_bundle(sheet, evidence.lists, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        assert set(manifest["files"]) == set(bundle.namelist()) - {"manifest.json"}
        for name, said in manifest["files"].items():
            assert sha256(bundle.read(name)).hexdigest() == said["sha256"]
        assert story.number in bundle.read("2-qua-han.csv").decode()
        assert "1/2026/XL-H35.12" in bundle.read("2-qua-han.csv").decode()
        assert "1/QĐ" in bundle.read("5-quyet-dinh.csv").decode()


def test_a_bundle_is_a_zip(tmp_path: Path) -> None:
    sheet, evidence = _scored()
    with pytest.raises(BadInputError, match=r"named \.zip"):
        write_bundle(sheet, evidence.lists, tmp_path / "a.rar")

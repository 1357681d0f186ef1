"""The journal as an event log: read by PM4Py where it is installed, checked by structure else.

PM4Py is AGPL and lives in an environment of its own (`make test-mining`). Without it the same
figures are taken from the file by a plain reader, so that this test never passes for nothing.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine

from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import return_result
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.read import last_sequence, lines_by_stream
from engine.reports.build import build
from engine.reports.conformance import Map, deviations, map_of, variants
from engine.reports.event_log import CSV_COLUMNS, EVENT_LOG_TYPES, event_log_rows, traces
from engine.reports.observed.office import observe, observed_figures
from engine.reports.period_data import period_data
from engine.sla.periods import parse_period
from tests.builders import TrainingOffice

XES = "{http://www.xes-standard.org/}"
HAS_PM4PY = importlib.util.find_spec("pm4py") is not None


@pytest.fixture
def office(books: Engine) -> TrainingOffice:
    made = TrainingOffice(books)
    quick = [made.receive("2.000908") for _ in range(3)]
    late = made.receive("TINH-07", owner="=cmd|' /C calc'!A0")
    for number in quick:
        made.work_until(number)
        made.do(return_result, number=number)
    made.work_until(late, "examine")
    made.until("2026-11-20T09:00")
    made.do(
        issue_apology,
        number=late,
        reason="Quá tải",
        cause="QUA_TAI",
        new_date=date(2026, 11, 26),
    )
    made.until("2026-11-23T10:00")
    made.work_until(late)
    made.do(return_result, number=late)
    made.receive("1.009994", channel="online")
    return made


def _written(office: TrainingOffice, form: str, path: Path) -> Path:
    with reading(office.books) as db:
        lines = lines_by_stream(db, up_to=last_sequence(db), types=EVENT_LOG_TYPES)
        path.write_text("".join(event_log_rows(lines, form)), encoding="utf-8")
    return path


def _expected(office: TrainingOffice) -> tuple[dict[str, int], Counter[str]]:
    with reading(office.books) as db:
        lines = lines_by_stream(db, up_to=last_sequence(db), types=EVENT_LOG_TYPES)
        found = list(traces(lines, in_order=True))
    sizes = {trace.number: len(trace.events) for trace in found}
    return sizes, Counter(event.activity for trace in found for event in trace.events)


def _by_pm4py(path: Path) -> tuple[dict[str, int], Counter[str]]:
    pm4py: Any = importlib.import_module("pm4py")
    if path.suffix == ".csv":
        pandas: Any = importlib.import_module("pandas")
        frame = pm4py.format_dataframe(
            pandas.read_csv(path),
            case_id="case:concept:name",
            activity_key="concept:name",
            timestamp_key="time:timestamp",
        )
    else:
        frame = pm4py.read_xes(str(path))
    sizes = frame.groupby("case:concept:name").size()
    assert pm4py.get_variants(frame)
    net, first, last = pm4py.discover_petri_net_inductive(frame)
    fitness = pm4py.fitness_token_based_replay(frame, net, first, last)
    assert fitness["log_fitness"] > 0.9
    return (
        {str(key): int(value) for key, value in sizes.items()},
        Counter({str(k): int(v) for k, v in frame["concept:name"].value_counts().items()}),
    )


def _by_structure(path: Path) -> tuple[dict[str, int], Counter[str]]:
    sizes: dict[str, int] = {}
    activities: Counter[str] = Counter()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == CSV_COLUMNS
        for row in rows:
            assert datetime.fromisoformat(row["time:timestamp"]).tzinfo is not None
            sizes[row["case:concept:name"]] = sizes.get(row["case:concept:name"], 0) + 1
            activities[row["concept:name"]] += 1
        return sizes, activities
    log = etree.parse(str(path)).getroot()
    assert log.tag == f"{XES}log"
    assert {each.get("prefix") for each in log.findall(f"{XES}extension")} == {
        "concept",
        "time",
        "lifecycle",
        "org",
    }
    for trace in log.findall(f"{XES}trace"):
        (name,) = (e.get("value") for e in trace.findall(f"{XES}string[@key='concept:name']"))
        stamps = []
        for event in trace.findall(f"{XES}event"):
            keys = [child.get("key") for child in event]
            assert len(keys) == len(set(keys))
            assert {"concept:name", "time:timestamp", "lifecycle:transition"} <= set(keys)
            for child in event:
                assert child.tag in {f"{XES}string", f"{XES}date"}
                if child.tag == f"{XES}date":
                    assert datetime.fromisoformat(str(child.get("value"))).tzinfo is not None
            values = {child.get("key"): str(child.get("value")) for child in event}
            stamps.append(datetime.fromisoformat(values["time:timestamp"]))
            activities[values["concept:name"]] += 1
        assert stamps == sorted(stamps)
        sizes[str(name)] = len(stamps)
    return sizes, activities


@pytest.mark.parametrize(("form", "name"), [("xes", "log.xes"), ("log-csv", "log.csv")])
def test_an_exported_log_holds_every_case_and_event(
    office: TrainingOffice, tmp_path: Path, form: str, name: str
) -> None:
    path = _written(office, form, tmp_path / name)
    expected = _expected(office)
    assert len(expected[0]) == 5
    assert _by_structure(path) == expected
    if HAS_PM4PY:
        assert _by_pm4py(path) == expected


@pytest.mark.parametrize(("form", "name"), [("xes", "log.xes"), ("log-csv", "log.csv")])
def test_an_exported_log_measures_as_the_office_does(
    office: TrainingOffice, tmp_path: Path, form: str, name: str
) -> None:
    log = observe(_written(office, form, tmp_path / name))
    (row,) = observed_figures(log)["items"]
    with reading(office.books) as db:
        data = period_data(
            db, parse_period("2026-11"), now=datetime.fromisoformat("2026-11-23T10:00+07:00")
        )
        total = build(data, "bieu-06").sheet.row("T").cells[2:]
    assert row["received"]["total"] == total[0]
    assert [row["solved"][key] for key in ("total", "early", "on_time", "late")] == list(total[4:8])


def test_a_log_has_no_name_of_any_person(office: TrainingOffice, tmp_path: Path) -> None:
    for form in ("xes", "log-csv"):
        text = _written(office, form, tmp_path / form).read_text(encoding="utf-8")
        assert "cmd|" not in text
        assert "Nguyễn Văn A" not in text


def test_another_format_is_refused() -> None:
    with pytest.raises(BadInputError, match="xes or log-csv"):
        event_log_rows([], "parquet")


def test_cases_of_the_office_went_as_their_pinned_diagram_allows(office: TrainingOffice) -> None:
    with reading(office.books) as db:
        data = period_data(
            db, parse_period("2026-11"), now=datetime.fromisoformat("2026-11-30T10:00+07:00")
        )
        rows = build(data, "quy-trinh").sheet.rows
    by_name = {str(row.cells[1]).split(" ")[0]: row.cells for row in rows}
    assert by_name["2.000908"][2:5] == (3, 1, 3)
    assert [cells[8] == cells[2] for cells in by_name.values()] == [True, True]


PLAN = Map(
    first=frozenset({"a"}),
    follows={
        "a": frozenset({"b", "c"}),
        "b": frozenset({"d"}),
        "c": frozenset({"d"}),
        "d": frozenset(),
        "x": frozenset({"d"}),
    },
    always=frozenset({"x"}),
)


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ("abd", []),
        ("acbd", []),
        ("ad", ["d"]),
        ("ba", ["b"]),
        ("aab", ["a"]),
        ("axd", []),
        ("abdz", ["z"]),
        ("", []),
    ],
)
def test_a_step_out_of_place_is_found(steps: str, wrong: list[str]) -> None:
    assert [each.step for each in deviations(tuple(steps), PLAN)] == wrong


def test_variants_are_counted_most_frequent_first() -> None:
    assert variants([("a", "b"), ("a",), ("a", "b")]) == [(2, ("a", "b")), (1, ("a",))]


def test_every_diagram_of_the_catalogue_has_a_map(office: TrainingOffice) -> None:
    from engine.catalog.versions import procedures_in_force

    with reading(office.books) as db:
        for version in procedures_in_force(db, date(2026, 11, 16)):
            plan = map_of(version.process)
            assert plan.first
            assert plan.first <= set(plan.follows)

"""Logs of other systems measured by the same ruler (R47, R49), and what is refused."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main
from engine.errors import BadInputError
from engine.reports.observed.log import LogRefusedError
from engine.reports.observed.office import Compare, ObservedLog, observe, observed_figures
from engine.sla.limit import Limit

LOGS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "logs"


def _shared(name: str) -> Path:
    file = LOGS / name
    assert file.exists(), f"{file} is not there: put shared/data beside the project"
    return file


@pytest.fixture(scope="module")
def receipt() -> ObservedLog:
    return observe(_shared("receipt.xes.gz"), deadline_attribute="deadline")


def test_r47_the_receipt_log_is_late_377_times_by_moments_and_309_times_by_dates(
    receipt: ObservedLog,
) -> None:
    late = observed_figures(receipt)["late"]
    assert late["moments"] == {"closed": 1329, "late": 377, "on_time": 952, "percent": "71.63"}
    assert late["dates"] == {"closed": 1329, "late": 309, "on_time": 1020, "percent": "76.74"}


@pytest.mark.parametrize(("compare", "late"), [(Compare.MOMENTS, 377), (Compare.DATES, 309)])
def test_r47_r49_the_one_ruler_counts_the_receipt_log_alike(
    receipt: ObservedLog, compare: Compare, late: int
) -> None:
    (row,) = observed_figures(receipt, compare=compare)["items"]
    assert row["received"] == {"total": 1434, "online": 1271, "direct_post": 163, "carried": 0}
    assert (row["solved"]["total"], row["solved"]["late"]) == (1329, late)
    assert row["rates"]["R_solved"]["numerator"] == 1329 - late


def test_rows_by_agency_of_a_log_add_up(receipt: ObservedLog) -> None:
    rows = observed_figures(receipt, by="agency")["items"]
    assert len(rows) > 1
    assert sum(row["received"]["total"] for row in rows) == 1434


def test_a_csv_log_is_measured_against_a_limit() -> None:
    log = observe(_shared("LoanApp_simplified_train.csv.gz"), limit=Limit.parse("2d"))
    figures = observed_figures(log)
    assert (figures["cases"], figures["events"]) == (1000, 7544)
    assert figures["late"]["moments"]["late"] == 72
    assert figures["variants"]["count"] == 47


def test_the_command_prints_both_figures_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    main(["measure", "--log", str(_shared("receipt.xes.gz")), "--deadline-attribute", "deadline"])
    said = capsys.readouterr().out
    assert "(moments): 377 quá hạn trên 1329 đã xong; R_solved = 952/1329 = 71,63 %" in said
    assert "(dates): 309 quá hạn trên 1329 đã xong; R_solved = 1020/1329 = 76,74 %" in said


def _xes(*traces: str, head: str = "") -> bytes:
    return f"{head}<log xmlns='http://www.xes-standard.org/'>{''.join(traces)}</log>".encode()


def _trace(name: str, *stamps: str, **attributes: str) -> str:
    said = "".join(f"<date key='{key}' value='{value}'/>" for key, value in attributes.items())
    events = "".join(
        f"<event><string key='concept:name' value='a'/><date key='time:timestamp' value='{at}'/>"
        "</event>"
        for at in stamps
    )
    return f"<trace><string key='concept:name' value='{name}'/>{said}{events}</trace>"


def _file(folder: Path, content: bytes, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _late(path: Path, **how: Any) -> tuple[int, int]:
    late = observed_figures(observe(path, **how))["late"]
    return late["moments"]["late"], late["dates"]["late"]


def test_a_log_without_an_end_attribute_ends_with_its_last_event(tmp_path: Path) -> None:
    trace = _trace("1", "2020-01-05T10:00:00+07:00", "2020-01-01T10:00:00+07:00")
    path = _file(tmp_path, _xes(trace))
    assert _late(path, limit=Limit.parse("4d")) == (0, 0)
    assert _late(path, limit=Limit.parse("3d")) == (1, 1)


def test_a_change_to_summer_time_makes_nobody_late(tmp_path: Path) -> None:
    # 12:30 summer time is 11:30 winter time: earlier than a due at 12:00 winter time
    path = _file(
        tmp_path,
        _xes(
            _trace(
                "1",
                startdate="2011-10-01T09:00:00+02:00",
                deadline="2011-10-30T12:00:00+01:00",
                enddate="2011-10-30T12:30:00+02:00",
            )
        ),
    )
    log = observe(path)
    assert observed_figures(log)["late"]["moments"]["late"] == 0
    (row,) = observed_figures(log, compare=Compare.MOMENTS)["items"]
    assert row["solved"]["late"] == 0


def test_two_traces_of_one_name_are_two_cases(tmp_path: Path) -> None:
    trace = _trace("1", "2020-01-01T10:00:00+07:00")
    (row,) = observed_figures(observe(_file(tmp_path, _xes(trace, trace))))["items"]
    assert row["received"]["total"] == 2


def test_cases_without_a_due_are_told_apart(tmp_path: Path) -> None:
    path = _file(tmp_path, _xes(_trace("1", "2020-01-01T10:00:00+07:00")))
    assert observed_figures(observe(path))["without_due"] == 1


def test_a_window_of_a_log_counts_only_its_days(tmp_path: Path) -> None:
    traces = [_trace(str(day), f"2020-01-0{day}T10:00:00+07:00") for day in range(1, 6)]
    log = observe(_file(tmp_path, _xes(*traces)))
    (row,) = observed_figures(log, first=date(2020, 1, 2), last=date(2020, 1, 3))["items"]
    assert row["received"]["total"] == 2


BILLION_LAUGHS = "<!DOCTYPE log [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "log.xes", "not well-formed"),
        (b"<log", "log.xes", "not well-formed"),
        (b"<bpmn/>", "log.xes", "holds no log"),
        (_xes(), "log.xes", "has none"),
        (_xes("<trace/>"), "log.xes", "has none"),
        (_xes("<trace><event/></trace>"), "log.xes", "time:timestamp"),
        (_xes(_trace("1", "hôm qua")), "log.xes", "Expected a time such as"),
        (_xes(_trace("1", "0001-01-01T00:00:00+07:00")), "log.xes", "Expected a time such as"),
        (_xes(head=BILLION_LAUGHS), "log.xes", "without a DOCTYPE"),
        (b"\x1f\x8bbroken", "log.xes.gz", "gzip"),
        (b"case_id,activity\n1,a\n", "log.csv", "a column for the time"),
        (b"case_id,activity,timestamp\n1,a\n", "log.csv", "row 2, but it has 2"),
        (b"case_id,activity,timestamp\n1,\xff,2020-01-01\n", "log.csv", "UTF-8"),
        (b'case_id,activity,timestamp\n1,"a,2020-01-01\n', "log.csv", "broken"),
        (b"x", "log.parquet", "named .xes"),
    ],
)
def test_what_is_no_log_is_refused_by_name(
    tmp_path: Path, content: bytes, name: str, why: str
) -> None:
    with pytest.raises(LogRefusedError, match=why):
        observe(_file(tmp_path, content, name))


@pytest.mark.parametrize("name", ["bomb.xes.gz", "bomb.csv.gz"])
def test_a_bomb_is_not_unpacked_to_the_end(tmp_path: Path, name: str) -> None:
    head = b"<log><trace>" if "xes" in name else b"case_id,activity,timestamp\n"
    filling = b"<x/>\n" * 200 if "xes" in name else b"1," + b"a" * 1000 + b",2020-01-01\n"
    content = gzip.compress(head + filling * 20_000)
    assert len(content) * 300 < 20_000 * len(filling)
    with pytest.raises(LogRefusedError, match="unpacks to more"):
        observe(_file(tmp_path, content, name))


def test_a_missing_file_and_a_missing_attribute_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LogRefusedError, match="cannot be opened"):
        observe(tmp_path / "gone.xes")
    path = _file(tmp_path, _xes(_trace("1", "2020-01-01T10:00:00+07:00")))
    with pytest.raises(BadInputError, match=r"no case of log\.xes has 'han'"):
        observe(path, deadline_attribute="han")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--limit", "3d"], 2, "--limit goes with --log"),
        (["--log", "x.xes", "--limit", "3wd"], 1, "calendar days"),
        (["--log", "x.xes", "--limit", "3d", "--deadline-attribute", "d"], 1, "got both"),
        ([], 2, "--from and --to"),
    ],
)
def test_wrong_words_are_one_clear_line(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, why: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["measure", *words, "--json"])
    said = capsys.readouterr()
    assert left.value.code == code
    assert why in said.err
    assert why in json.loads(said.out)["error"]["message"]

"""`motcua report`, `rollup` and `journal export` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main
from engine.database import open_database
from tests.builders import TrainingOffice, read_cli
from tests.databases import copy_of


@pytest.fixture
def office(books_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingOffice:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", books_url)
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "anchor"))
    made = TrainingOffice(open_database(books_url))
    done = made.receive("2.000908")
    made.work_until(done)
    made.receive("TINH-07")
    made.until("2026-12-18T10:00")
    made.books.dispose()
    return made


@pytest.fixture(scope="module")
def unchanged_office(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Books of an office that no test of this module changes."""
    url = copy_of(_sqlite_template, tmp_path_factory.mktemp("reports") / "motcua.db")
    made = TrainingOffice(open_database(url))
    made.until("2026-12-18T10:00")
    made.books.dispose()
    return url


def _refused(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return int(str(left.value.code)), said.err


def _total(document: dict[str, Any]) -> list[Any]:
    cells: list[Any] = document["items"][-1]["cells"]
    return cells[2:]


def test_a_report_is_shown_written_listed_closed_and_summed(
    office: TrainingOffice, tmp_path: Path
) -> None:
    words = ["report", "bieu-06", "--period", "2026Q4"]
    shown = read_cli(words)
    assert _total(shown) == [2, 0, 2, 0, 1, 0, 1, 0, 1, 0, 1]
    for suffix in ("xlsx", "pdf", "csv"):
        out = tmp_path / f"x.{suffix}"
        assert read_cli([*words, "--out", str(out)])["out"] == str(out)
        assert out.stat().st_size > 500
    assert len(read_cli([*words, "--list", "T.13"])["cases"]) == 1
    assert read_cli(["rollup"])["usable"]
    assert _total(read_cli(words)) == _total(shown)
    closed = read_cli([*words, "--close"])
    assert closed["facts"]["Khóa sổ"].endswith("bởi office")
    assert read_cli(words)["items"] == closed["items"] == shown["items"]
    assert read_cli(["journal", "verify"])["ok"]


def test_measures_name_steps_holders_and_coverage(office: TrainingOffice) -> None:
    words = ["measure", "--from", "2026-11-01", "--to", "2026-12-14"]
    document = read_cli([*words, "--steps", "unit", "--holders", "--by", "period"])
    assert [row["key"] for row in document["items"]] == ["2026Q4"]
    assert document["holders"]["late_cases"] == 1
    assert sum(row["done"] for row in document["steps"]) > 3
    assert document["coverage"] == {"reporting": 1, "expected": 1, "silent": []}


def test_evidence_and_event_logs_are_files(office: TrainingOffice, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    assert read_cli(["report", "par-index", "--period", "2026Q4", "--out", str(out)])["files"]
    for form in ("xes", "log-csv", "jsonl", "csv"):
        target = tmp_path / f"log.{form}"
        assert read_cli(["journal", "export", "--format", form, "--out", str(target)])["lines"]
    sheet = read_cli(["report", "simplification", "--all"])
    assert len(sheet["items"]) > 10


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["bieu-06"], 2, "period"),
        (["bieu-06", "--period", "2026Q5"], 1, "2026Q3, 2026H1"),
        (["bieu-06", "--period", "2030"], 1, "that has begun"),
        (["bieu-06", "--period", "2027Q1", "--close"], 1, "that is over"),
        (["bieu-06", "--period", "2026Q4", "--list", "x"], 1, "ROW.COLUMN"),
        (["bieu-06", "--period", "2026Q4", "--list", "1.3", "--close"], 2, "do not go together"),
        (["bieu-06", "--period", "2026Q4", "--list", "99.3"], 1, "Expected a row"),
        (["bieu-06", "--period", "2026Q4", "--list", "T.99"], 1, "Expected a counted column"),
        (["thu-xin-loi", "--period", "2026Q4", "--list", "1.3"], 1, "counts cases"),
        (["bieu-06", "--period", "2026Q4", "--out", "x.odt"], 1, ".xlsx, .pdf or .csv"),
        (["bieu-06", "--period", "2026Q4", "--out", "/nowhere/x.csv"], 1, "Expected to write"),
        (["bieu-06", "--period", "2026Q4", "--close", "--as", "ai"], 1, "officer"),
        (["bieu-06", "--period", "2026Q4", "--by", "weekday"], 2, "weekday"),
        (["simplification"], 2, "--procedure or --all"),
        (["simplification", "--procedure", "X"], 1, "not in the books"),
        (["simplification", "--all", "--parameters", "/nowhere.yaml"], 1, "cannot be read"),
        (["par-index", "--period", "2026Q4", "--out", "x.rar"], 1, ".xlsx, .pdf or .csv"),
    ],
)
def test_a_wrong_report_is_one_clear_line(
    unchanged_office: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    why: str,
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", unchanged_office)
    monkeypatch.chdir(tmp_path)
    assert (left := _refused(capsys, ["report", *words]))[0] == code
    assert why in left[1]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("x.")] == []


def test_a_refusal_in_json_has_its_code(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", sqlite_url)
    with pytest.raises(SystemExit):
        main(["report", "bieu-06", "--period", "x", "--json"])
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bad_input"

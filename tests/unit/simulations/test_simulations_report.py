"""The report: whole or not at all, true to its figures, readable by people and programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from simulation_builders import random_drawing, scenario_of

from desk.command_line.main import main
from simulations.errors import ScenarioError
from simulations.experiment import Experiment, compare, experiment
from simulations.findings.report import files_of, write_report
from simulations.run import merge, run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    folder = tmp_path_factory.mktemp("drawing")
    return experiment(scenario_of(random_drawing(5), folder, seed=5), replications=10, workers=2)


def test_a_report_broken_off_leaves_nothing_behind(
    found: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def broken(self: Path, text: str, encoding: str) -> int:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(self)
        return original(self, text, encoding=encoding)

    original = Path.write_text
    monkeypatch.setattr(Path, "write_text", broken)
    with pytest.raises(KeyboardInterrupt):
        write_report(tmp_path / "bao-cao", found)
    assert list(tmp_path.iterdir()) == []


def test_a_report_replaces_an_earlier_one_and_nothing_else(
    found: Experiment, tmp_path: Path
) -> None:
    write_report(tmp_path / "r", found)
    write_report(tmp_path / "r", found)
    assert [each.name for each in tmp_path.iterdir()] == ["r"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("x")
    with pytest.raises(ScenarioError, match="neither"):
        write_report(tmp_path / "other", found)


def test_the_report_has_page_tables_and_pictures_that_can_be_read(found: Experiment) -> None:
    files = files_of(found, compare(found, found))
    told = json.loads(files["report.json"])
    assert told["replications"] == 10
    assert {each["value"] for each in told["differences"].values()} == {0.0}
    for name, text in files.items():
        if name.endswith(".svg"):
            etree.fromstring(text.encode())
    assert "R_solved" in files["report.html"]
    assert files["estimates.csv"].startswith("figure,value,low,high,refused")


def test_replications_are_pure_and_merge_in_any_order(found: Experiment) -> None:
    scenario = found.scenario
    parts = [run(scenario, seed) for seed in (3, 1, 2)]
    merged = merge(parts)
    assert [each.seed for each in merged.runs] == [1, 2, 3]
    for one in merged.runs:
        same = next(each for each in found.runs if each.seed == one.seed)
        assert (one.cases, one.lead_mean, one.busy) == (same.cases, same.lead_mean, same.busy)


def test_the_command_tells_one_json_document_and_refuses_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(__file__).parents[3] / "simulations" / "scenarios"
    main([
        "simulate", str(folder / "lai_chau_2021_cut_10.yaml"), "--replications", "2",
        "--out", str(tmp_path / "ra"), "--json",
    ])  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["compared_with"] == "Lai Châu 2021, từ tháng 8"
    assert told["rates"]["R_solved"]["denominator"] == 2 * 9799
    assert (tmp_path / "ra" / "report.html").exists()
    with pytest.raises(SystemExit) as left:
        main(["simulate", str(tmp_path / "keine.yaml")])
    assert left.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1

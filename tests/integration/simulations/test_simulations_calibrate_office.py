"""`motcua calibrate --office`: a scenario of an office's own journal, and a rehearsal of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.command_line.main import main
from engine.cases.claim_step import start_step
from engine.cases.complete_step import complete_step
from engine.clock import office_instant
from engine.database import open_database
from simulations.experiment import experiment
from simulations.inputs.scenario_file import load_scenario
from tests.builders import TrainingOffice, read_cli
from tests.crowd import set_clock
from tests.databases import copy_of

PROCEDURE = "2.000908"
CASES = 34
WORK_MINUTES = 12
AGENCY = "H35.12"


@pytest.fixture(scope="module")
def worked_office(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An office in which every step was begun, and took twelve minutes."""
    url = copy_of(_sqlite_template, tmp_path_factory.mktemp("calibrate") / "motcua.db")
    books = open_database(url)
    office = TrainingOffice(books)
    day = office_instant("2026-11-30T08:00")
    for number in range(CASES):
        at = day + timedelta(days=7 * (number // 10) + number % 10 // 2, hours=2 * (number % 2))
        set_clock(books, at)
        case = office.receive(PROCEDURE)
        while steps := [s for s in office.case(case)["open_steps"] if s["kind"] != "apologise"]:
            task, officer = steps[0]["task_id"], who(office, steps[0])
            office.do(start_step, number=case, step_id=task, by=officer)
            at += timedelta(minutes=WORK_MINUTES)
            set_clock(books, at)
            if steps[0]["kind"] == "return":
                break
            office.do(complete_step, number=case, step_id=task, by=officer)
    books.dispose()
    return url


def who(office: TrainingOffice, step: dict[str, Any]) -> str:
    from engine.database import reading
    from engine.staff.queries import staff_of

    with reading(office.books) as db:
        people = staff_of(db, AGENCY, office_instant("2026-11-16T08:00").date())
    return next(str(p["code"]) for p in people if step["role"] in p["roles"])


def calibrated(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any], Path]:
    monkeypatch.setenv(
        "MOTCUA_DATABASE_URL", copy_of(Path(url.removeprefix("sqlite:///")), folder / "b.db")
    )
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(folder / "anchor"))
    out = folder / "out" / "office.yaml"
    out.parent.mkdir()
    return read_cli(["calibrate", "--office", "--out", str(out)]), out


def test_work_that_was_seen_is_fitted_and_the_rest_is_an_assumption(
    worked_office: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, out = calibrated(worked_office, tmp_path, monkeypatch)
    assert (told["agency"], told["cases"]) == (AGENCY, CASES)
    assert told["has_starts"]
    assert told["steps_with_start"] >= CASES
    scenario = load_scenario(out)
    (procedure,) = scenario.procedures
    works = [step.duration for step in procedure.steps.values() if step.duration is not None]
    means = [round(each.mean_seconds / 60, 1) for each in works]
    assert WORK_MINUTES in means, means
    assert procedure.arrivals.per_working_day == pytest.approx(CASES / 17, rel=0.2)
    assert any("giả định" in each for each in told["assumptions"])
    assert not told["validated"]
    assert any("Chưa kiểm chứng" in each for each in told["assumptions"])


def test_the_written_scenario_is_rehearsed_as_it_stands(
    worked_office: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out = calibrated(worked_office, tmp_path, monkeypatch)
    found = experiment(load_scenario(out), replications=10, workers=1)
    solved = sum(run.solved for run in found.runs) / 10
    assert solved == pytest.approx(CASES, rel=0.5)
    assert yaml.safe_load(out.read_text(encoding="utf-8"))["agency"] == AGENCY


def test_a_file_that_is_there_is_not_written_over(
    worked_office: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out = calibrated(worked_office, tmp_path, monkeypatch)
    before = {path: path.read_bytes() for path in out.parent.iterdir()}
    with pytest.raises(SystemExit) as left:
        main(["calibrate", "--office", "--out", str(out)])
    assert left.value.code == 1
    assert "Expected a new file" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


def test_an_office_without_cases_is_refused_in_one_line(
    books_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    books = open_database(books_url)
    TrainingOffice(books)
    books.dispose()
    monkeypatch.setenv("MOTCUA_DATABASE_URL", books_url)
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "anchor"))
    with pytest.raises(SystemExit) as left:
        main(["calibrate", "--office", "--out", str(tmp_path / "x.yaml")])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: scenario_refused: Expected cases received at H35.12")
    assert said.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir() if each.suffix in {".yaml", ".bpmn"}] == []

"""`motcua simulate`: pictures as PNG, the schema of its files, other machines, Ctrl-C."""

from __future__ import annotations

import copy
import json
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from desk.command_line.main import main
from simulations.cluster import HAS_DASK
from simulations.errors import ScenarioError
from simulations.inputs.scenario_file import load_scenario
from simulations.inputs.scenario_schema import FILE, schema, schema_text

SCENARIOS = FILE.parent
PROJECT = SCENARIOS.parents[1]
OVERLAY = SCENARIOS / "lai_chau_2021_cut_10.yaml"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))


def plain(value: Any) -> Any:
    """As JSON has it: dates are text, keys too."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def fits(document: Any) -> bool:
    return jsonschema_rs.is_valid(schema(), plain(document))


def is_read(document: Any, path: Path) -> bool:
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    try:
        load_scenario(path)
    except ScenarioError:
        return False
    return True


def test_each_picture_is_a_png_too_when_asked(tmp_path: Path) -> None:
    out = tmp_path / "ra"
    main(["simulate", str(OVERLAY), "--replications", "2", "--out", str(out), "--png", "--json"])
    drawn = {path.stem for path in out.glob("*.svg")}
    assert len(drawn) >= 4
    assert {path.stem for path in out.glob("*.png")} == drawn
    for path in out.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


def test_the_schema_kept_beside_the_scenarios_is_the_readers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text(), (
        "motcua simulate --schema > simulations/scenarios/scenario.schema.json"
    )
    main(["simulate", "--schema"])
    assert json.loads(capsys.readouterr().out) == schema()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_fits_the_schema_and_names_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert fits(yaml.safe_load(text))


def test_what_does_not_fit_the_schema_is_never_read(tmp_path: Path) -> None:
    dice = random.Random(7)
    whole = yaml.safe_load((SCENARIOS / "lai_chau_2021.yaml").read_text(encoding="utf-8"))
    whole["procedures"] = whole["procedures"][:1]
    for each in whole["procedures"]:
        each["diagram"] = str(PROJECT / "bpmn/procedures/2.001610/2.001610.bpmn")
    assert fits(whole)
    assert is_read(whole, tmp_path / "a.yaml")
    outcomes = set()
    for _ in range(150):
        broken = copy.deepcopy(whole)
        damage(broken, dice)
        outcome = fits(broken), is_read(broken, tmp_path / "a.yaml")
        assert outcome[0] or not outcome[1], f"read, although it does not fit: {broken}"
        outcomes.add(outcome)
    assert (False, False) in outcomes
    assert (True, True) in outcomes, "some damage is none"


def damage(document: Any, dice: random.Random) -> None:
    """Change one thing somewhere."""
    places = list(walk(document))
    holder, key = dice.choice(places)
    strange: list[Any] = ["x", -1, 1e12, None, [], {}, True, "2021-02-30", "25:00", 0.5]
    what = dice.choice(["replace", "remove", "add"])
    if what == "remove":
        del holder[key]
    elif what == "add" and isinstance(holder, dict):
        holder["khóa lạ"] = dice.choice(strange)
    else:
        holder[key] = dice.choice(strange)


def walk(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in list(pairs):
        yield value, key
        if isinstance(each, dict | list):
            yield from walk(each)


def test_ctrl_c_leaves_no_half_written_report(tmp_path: Path) -> None:
    # The child says when its first replication is done, then runs on for ever.
    program = (
        "import sys, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import desk.command_line.simulate as s;"
        "s._progress = lambda *_: (lambda done, most: print(done, flush=True));"
        "from desk.command_line.main import main; main(sys.argv[1:])"
    )
    words = ["simulate", str(OVERLAY), "--replications", "100000", "--out", str(tmp_path / "ra")]
    child = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "1"
    child.send_signal(signal.SIGINT)
    said = child.communicate()[1]
    assert child.returncode not in (0, None)
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


if HAS_DASK:

    def test_the_command_runs_on_a_cluster_and_says_the_same(
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        from distributed import LocalCluster

        words = ["simulate", str(OVERLAY), "--replications", "3", "--json"]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            main([*words, "--dask", cluster.scheduler_address])
        there = json.loads(capsys.readouterr().out)
        main(words)
        assert there == json.loads(capsys.readouterr().out)

else:

    def test_without_the_extra_a_cluster_is_refused_in_one_line(
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        with pytest.raises(SystemExit) as left:
            main(["simulate", str(OVERLAY), "--dask", "tcp://127.0.0.1:8786"])
        assert left.value.code == 1
        said = capsys.readouterr().err
        assert said.startswith("error: cluster_unreachable: Expected the extra motcua[cluster]")
        assert said.count("\n") == 1

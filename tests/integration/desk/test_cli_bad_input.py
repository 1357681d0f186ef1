"""Bad input of every command: one line of what was expected, exit 1 or 2, books unchanged."""

from __future__ import annotations

import importlib
import json
import shlex
import sqlite3
from pathlib import Path

import click
import pytest

from desk.command_line.main import COMMANDS, main
from tests.builders import PROJECT

BPMN = str(PROJECT / "bpmn/procedures/2.000908/2.000908.bpmn")

WRONG: list[list[str]] = [
    ["nonsense"],
    ["case"],
    ["case", "nonsense"],
    ["case", "receive"],
    ["case", "receive", "--procedure", "x", "--agency", "H35.12", "--owner", "A"],
    [
        "case",
        "receive",
        "--procedure",
        "9.9",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "counter",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "h35",
        "--owner",
        "A",
        "--channel",
        "counter",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H99",
        "--owner",
        "A",
        "--channel",
        "counter",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "",
        "--channel",
        "counter",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "fax",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "counter",
        "--data",
        "{",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "counter",
        "--data",
        "[1]",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "counter",
        "--data",
        '{"typename": "x"}',
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "postal",
        "--handed-over-at",
        "2030-01-01",
    ],
    [
        "case",
        "receive",
        "--procedure",
        "1.009994",
        "--agency",
        "H35.12",
        "--owner",
        "A",
        "--channel",
        "counter",
        "--as",
        "nobody",
    ],
    ["case", "show", "nope"],
    ["case", "show", "H35.12-261116-9999"],
    ["case", "complete", "H35.12-261116-9999", "x"],
    ["case", "complete", "CASE", "no_such_step"],
    ["case", "complete", "CASE", "STEP", "--data", "nope"],
    ["case", "complete", "CASE", "STEP", "--data", '{"approved": true}'],
    ["case", "complete", "CASE", "STEP", "--as", "nobody"],
    ["case", "complete", "CASE", "STEP", "--key", ""],
    ["case", "accept", "CASE"],
    ["case", "claim", "CASE", "no_such_step"],
    ["case", "start", "CASE", "no_such_step"],
    ["case", "release", "CASE", "STEP"],
    ["case", "request-supplement", "CASE", "--reason", "", "--components", "x"],
    ["case", "request-supplement", "CASE", "--reason", "x", "--components", ""],
    ["case", "request-supplement", "CASE", "--reason", "x"],
    ["case", "accept-supplement", "CASE"],
    ["case", "consult", "CASE", "--agency", "A", "--content", "", "--deadline", "2wd"],
    ["case", "consult", "CASE", "--agency", "A", "--content", "x", "--deadline", "tomorrow"],
    ["case", "record-opinion", "CASE", "--opinion", "x"],
    ["case", "request-payment", "CASE", "--amount", "-1"],
    ["case", "request-payment", "CASE", "--amount", "ten"],
    ["case", "confirm-payment", "CASE"],
    ["case", "apologise", "CASE", "--reason", "x", "--cause", "NONE"],
    ["case", "apologise", "CASE", "--reason", "x", "--cause", "QUA_TAI"],
    ["case", "apologise", "CASE", "--reason", "x", "--cause", "QUA_TAI", "--new-date", "soon"],
    [
        "case",
        "apologise",
        "CASE",
        "--reason",
        "x",
        "--cause",
        "QUA_TAI",
        "--new-date",
        "2026-11-16",
    ],
    ["case", "refuse", "CASE", "--reason", "x"],
    ["case", "withdraw", "CASE", "--reason", " "],
    ["case", "stop", "CASE", "--reason", "x", "--decision", "y"],
    ["case", "resume", "CASE"],
    ["case", "return", "CASE"],
    ["case", "notify", "CASE"],
    ["case", "cause", "CASE", "--cause", "KHAC"],
    ["worklist", "--due-within", "soon"],
    ["worklist", "--officer", "nobody"],
    ["worklist", "--limit", "0"],
    ["training", "advance-to", "yesterday"],
    ["training", "advance-to", "2026-11-01T00:00"],
    ["measure"],
    ["measure", "--from", "2026-12-01", "--to", "2026-11-01"],
    ["measure", "--from", "x", "--to", "2026-11-01"],
    ["measure", "--from", "2026-11-01", "--to", "2026-11-30", "--by", "colour"],
    ["journal", "export", "--format", "pdf"],
    ["procedure", "show", "nope"],
    ["procedure", "show", "1.009994", "--version", "99"],
    ["procedure", "check", "missing.bpmn"],
    ["procedure", "trial", "missing.bpmn"],
    ["procedure", "trial", BPMN, "--play", "missing.json"],
    ["procedure", "trial", BPMN, "--process", "nope"],
    ["procedure", "import", "missing.csv", "--code", "X", "--out", "x.bpmn"],
    ["procedure", "export", "nope", "--format", "table.csv", "--out", "x.csv"],
    ["procedure", "publish", BPMN],
    [
        "procedure",
        "publish",
        "missing.bpmn",
        "--decision",
        "1",
        "--decided-on",
        "2026-11-01",
        "--authority",
        "A",
        "--effective-on",
        "2026-12-01",
    ],
    [
        "procedure",
        "publish",
        BPMN,
        "--decision",
        "",
        "--decided-on",
        "2026-11-01",
        "--authority",
        "A",
        "--effective-on",
        "2026-12-01",
    ],
    ["due"],
    ["due", "--limit", "ten", "--received", "2026-11-16T08:00"],
    ["due", "--limit", "10wd"],
    ["due", "--limit", "10wd", "--received", "2035-01-01T08:00"],
    ["due", "--limit", "10wd", "--received", "2026-11-16T08:00", "--pause", "x"],
    ["init"],
    ["restore", "missing.db"],
    ["backup", "motcua.db/x.db"],
    ["backup", "motcua.db"],
    ["restore", "motcua.db"],
    *(
        shlex.split(line)
        for line in """
        staff list nonsense
        staff list officers --on tomorrow
        staff add-agency h35 --name A --level xã
        staff add-agency H35.12 --name A --level xã
        staff add-agency H35.99 --name "" --level xã
        staff add-agency H35.99 --name A --level làng
        staff add-agency H35.99 --name A --level xã --parent h99
        staff add-agency H35.99 --name A --level xã --hours {
        staff add-agency H35.99 --name A --level xã --hours '[{"from": "x", "hours": []}]'
        staff add-unit U --name A --agency H99
        staff add-unit U --name A --agency H35.12 --parent nope
        staff add-officer cb.x --name A --unit nope
        staff add-officer cb.tiepnhan1 --name A --unit nope
        staff grant-role nobody mot_cua
        staff grant-role cb.tiepnhan1 mot_cua --from 2026-12-31 --to 2026-01-01
        staff end-role cb.tiepnhan1 no_such_role --last-on 2026-12-31
        staff name-deputy cb.tiepnhan1 cb.tiepnhan1
        staff name-deputy cb.tiepnhan1 nobody
        staff record-absence cb.tiepnhan1 --from 2026-12-31 --to 2026-12-01 --reason x
        staff record-absence nobody --from 2026-12-01 --to 2026-12-02 --reason x
        staff override-day 2026-13-01 off --name x --decision y
        staff override-day 2026-12-01 holiday --name x --decision y
        due --limit 0wd --received 2026-11-16T08:00
        due --limit 99999999wd --received 2026-11-16T08:00
        due --limit 1.5wd --received 2026-11-16T08:00
        due --limit 10wd --received yesterday
        due --limit 10wd --received 1999-01-04T08:00
        """.strip().splitlines()
    ),
]


def _leaves(command: click.Command, path: list[str]) -> list[list[str]]:
    if isinstance(command, click.Group):
        return [
            leaf for name, each in command.commands.items() for leaf in _leaves(each, [*path, name])
        ]
    return [path]


def _every_command() -> list[list[str]]:
    leaves = []
    for name, place in COMMANDS.items():
        module, attribute = place.split(":")
        leaves += _leaves(getattr(importlib.import_module(module), attribute), [name])
    return leaves


WRONG += [[*path, "--no-such-option"] for path in _every_command()]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Books with one case; its number and its open step."""
    folder = tmp_path_factory.mktemp("office")
    patch = pytest.MonkeyPatch()
    patch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{folder}/motcua.db")
    patch.setenv("MOTCUA_ANCHOR_FILE", str(folder / "journal.anchor"))
    main(["init", "--training", "--json"])
    from tests.builders import read_cli

    case = read_cli(
        [
            "case",
            "receive",
            "--procedure",
            "1.009994",
            "--agency",
            "H35.12",
            "--owner",
            "A",
            "--channel",
            "counter",
        ]
    )
    patch.undo()
    return folder, case["number"], case["open_steps"][0]["step_id"]


def _dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "motcua.db") as db:
        return list(db.iterdump())


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda words: " ".join(words)[:80])
def test_a_refusal_is_one_line_and_changes_nothing(
    wrong: list[str],
    as_json: bool,
    office: tuple[Path, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, number, step = office
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{folder}/motcua.db")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(folder / "journal.anchor"))
    monkeypatch.chdir(folder)
    before, files = _dump(folder), {p.name for p in folder.iterdir()}
    words = [{"CASE": number, "STEP": step}.get(word, word) for word in wrong]
    with pytest.raises(SystemExit) as leave:
        main([*words, "--json"] if as_json else words)
    said = capsys.readouterr()
    assert leave.value.code in (1, 2)
    errors = said.err.strip().splitlines()
    assert errors
    assert errors[-1].startswith("error: ")
    assert "Expected" in errors[-1]
    assert "internal" not in errors[-1]
    assert "Traceback" not in said.err + said.out
    if as_json:
        json.loads(said.out)
    assert _dump(folder) == before
    assert {p.name for p in folder.iterdir()} == files


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("MOTCUA_DATABASE_URL", "nonsense"),
        ("MOTCUA_DATABASE_URL", "mysql://somewhere/else"),
        ("MOTCUA_DATABASE_URL", "sqlite:///empty.db"),
        ("MOTCUA_LOCK_WAIT_SECONDS", "soon"),
        ("MOTCUA_LOCK_WAIT_SECONDS", "-1"),
    ],
)
@pytest.mark.parametrize("words", [["worklist"], ["case", "show", "x"], ["journal", "verify"]])
def test_a_wrong_setting_is_one_line(
    setting: str,
    value: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "sqlite:///empty.db")
    monkeypatch.setenv(setting, value)
    with pytest.raises(SystemExit) as leave:
        main(words)
    said = capsys.readouterr().err.strip().splitlines()
    assert leave.value.code == 1
    assert len(said) == 1
    assert said[0].startswith("error: ")
    assert "Expected" in said[0]
    assert "internal" not in said[0]

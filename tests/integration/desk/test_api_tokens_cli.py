"""Tokens on the command line: made, listed, revoked; bad input is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk.command_line.main import main
from engine.database import open_database
from tests.builders import TrainingOffice, read_cli
from tests.visitors import CLERK

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingOffice:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    return TrainingOffice(open_database(sqlite_url))


def test_a_token_is_shown_once_listed_and_revoked(office: TrainingOffice) -> None:
    made = read_cli(["user", "token", "add", CLERK, "--name", "Cổng DVC", "--role", "mot_cua"])
    assert made["token"].startswith("mc_")
    listed = read_cli(["user", "token", "list"])["items"]
    assert [(t["id"], t["officer"], t["roles"], t["state"]) for t in listed] == [
        (made["id"], CLERK, ["mot_cua"], "in_force")
    ]
    assert made["token"] not in str(listed)
    assert read_cli(["user", "token", "revoke", str(made["id"])])["state"] == "revoked"
    assert read_cli(["user", "token", "list", "--officer", CLERK])["items"][0]["state"] == "revoked"
    office.books.dispose()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["add", "nobody", "--name", "x"], 1, "officer_unknown"),
        (["add", CLERK, "--name", " "], 1, "bad_input"),
        (["add", CLERK, "--name", "x", "--role", "lanh_dao"], 1, "bad_input"),
        (["add", CLERK, "--name", "x", "--until", "2020-01-01T00:00"], 1, "bad_input"),
        (["add", CLERK, "--name", "x", "--until", "mai"], 2, "usage"),
        (["add", CLERK], 2, "usage"),
        (["revoke", "1"], 1, "token_unknown"),
        (["revoke", "x"], 2, "usage"),
        (["revoke", "99999999999999999999"], 2, "usage"),
        (["list", "--officer", "nobody"], 1, "officer_unknown"),
    ],
)
def test_bad_input_is_one_line_and_makes_no_token(
    office: TrainingOffice,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    told: str,
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["user", "token", *words])
    said = capsys.readouterr().err
    assert (left.value.code, said.count("\n")) == (code, 1)
    assert said.startswith(f"error: {told}: Expected")
    assert read_cli(["user", "token", "list"])["items"] == []
    office.books.dispose()

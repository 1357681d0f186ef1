"""`motcua case correct`, `take-back`, `hand-over`, `collect-fee`: mistakes put right by hand."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main
from tests.builders import read_cli

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    monkeypatch.chdir(tmp_path)
    read_cli(["init", "--training"])
    return tmp_path


def say(line: str) -> dict[str, Any]:
    return read_cli(shlex.split(line))


def refused(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(line))
    assert ended.value.code == 1
    return capsys.readouterr().err


def receive() -> str:
    line = (
        "case receive --procedure 1.009994 --agency H35.12 --owner 'Lò Thị Mai' --channel counter"
    )
    return str(say(f"{line} --channel counter")["number"])


def test_a_receipt_is_corrected_and_a_fee_written(capsys: pytest.CaptureFixture[str]) -> None:
    number = receive()
    data = json.dumps({"owner": {"phone": "0912"}})
    say(f"case correct {number} --reason 'gõ nhầm' --owner 'Lò Thị May' --data '{data}'")
    say(f"case collect-fee {number} --amount-dong 75000 --receipt BL-1")
    shown = say(f"case show {number}")
    assert shown["owner"] == "Lò Thị May"
    assert len(shown["documents"]) == 2
    assert shown["fees"][0]["amount_dong"] == 75000
    same = f"case correct {number} --reason 'gõ nhầm' --owner 'Lò Thị May'"
    assert "bad_input" in refused(same, capsys)
    assert "bad_input" in refused(f"{same} --data '{{\"shoe\": 1}}'", capsys)
    assert "bad_input" in refused(f"case collect-fee {number} --amount-dong 0", capsys)


def test_a_step_is_handed_over_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    number = receive()
    step = say(f"case show {number}")["open_steps"][0]["step_id"]
    say(f"case claim {number} {step} --as cb.tiepnhan1")
    given = say(f"case hand-over {number} {step} --to cb.tiepnhan2")
    assert given["open_steps"][0]["officer"] == "cb.tiepnhan2"
    say(f"case complete {number} {step} --as cb.tiepnhan2")
    back = say(f"case take-back {number} {step} --reason 'bấm nhầm'")
    assert back["open_steps"][0]["step_id"] == step
    again = f"case take-back {number} {step} --reason 'bấm nhầm'"
    assert "take_back_refused" in refused(again, capsys)

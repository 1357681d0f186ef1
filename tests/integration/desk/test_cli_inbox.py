"""`motcua inbox`, `notices`, `escalation`, `scheduler`, drafts: as an officer uses them."""

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


def _say(line: str) -> dict[str, Any]:
    return read_cli(shlex.split(line))


def _receive() -> str:
    data = json.dumps({"owner": {"email": "mai@example.vn"}})
    received = _say(
        f"case receive --procedure TINH-07 --agency H35.12 --owner 'Lò Thị Mai' "
        f"--channel counter --data '{data}'"
    )
    return str(received["number"])


def test_a_late_case_lies_in_the_inbox_of_those_who_answer_for_it() -> None:
    number = _receive()
    _say("training advance-to 2026-11-20T08:00")
    mine = _say("inbox --officer ld.chutich")["items"]
    overdue = next(each for each in mine if each["level"] == "OVERDUE")
    assert (overdue["number"], overdue["closed_at"]) == (number, None)
    _say(f"inbox read {overdue['id']} --officer ld.chutich")
    taken = _say(f"inbox act {overdue['id']} --officer ld.chutich")
    assert taken["acted_by"] == "ld.chutich"
    doctor = _say("doctor")
    assert (doctor["oldest_due_delay_seconds"], doctor["incidents"]) == (0, [])
    assert doctor["notices"]["waiting"] >= 1


def test_a_draft_is_looked_at_then_signed() -> None:
    number = _receive()
    _say("training advance-to 2026-11-18T08:00")
    draft = _say(f"case apologise {number} --draft")
    assert draft["missing"] == ["signer"]
    assert _say(f"case show {number}")["reappointments"] == 0
    signed = _say(f"case apologise {number} --signer ld.chutich")
    assert signed["appointed_at"] == f"{draft['new_date']}T17:00:00+07:00"
    told = _say(f"notices --case {number}")["items"]
    assert "apology" in {each["what"] for each in told}


def test_a_second_date_is_refused_and_lies_before_the_head_of_the_agency(
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = _receive()
    _say("training advance-to 2026-11-18T08:00")
    _say(f"case apologise {number} --signer ld.chutich")
    again = f"case apologise {number} --signer ld.chutich --new-date 2026-12-11"
    for _ in range(2):
        with pytest.raises(SystemExit) as left:
            main(shlex.split(again))
        assert left.value.code == 1
    assert "REAPPOINT_LIMIT" in capsys.readouterr().err
    levels = [each["level"] for each in _say("inbox --officer ld.chutich")["items"]]
    assert levels.count("REAPPOINT_LIMIT") == 1


def test_another_policy_is_shown_and_set(office: Path) -> None:
    text = _say("escalation show")["policy"]
    changed = text.replace("after: 8wh", "after: 4wh")
    (office / "policy.yaml").write_text(changed, encoding="utf-8")
    _say("escalation set policy.yaml --by ld.chutich")
    assert _say("escalation show")["policy"] == changed


def test_the_scheduler_does_its_jobs_once_and_its_pulse_is_seen() -> None:
    assert _say("scheduler --once") == {"fired": 0, "failed": 0}
    assert _say("doctor")["schedulers"] == []
    address = _say("inbox address chutich@xa.example.vn --officer ld.chutich --by qt")
    assert address["officer"] == "ld.chutich"


BAD = """
inbox --officer nobody
inbox read 99 --officer ld.chutich
inbox act 99 --officer ld.chutich
inbox act one --officer ld.chutich
inbox address not-an-address --officer ld.chutich --by qt
inbox --limit 0
notices --state lost
notices resend 99
escalation set missing.yaml --by qt
escalation set motcua.db --by qt
case apologise H35.12-261116-9999 --draft
case retry H35.12-261116-9999 --as ld.chutich
scheduler --twice
"""


@pytest.mark.parametrize("line", BAD.strip().splitlines())
def test_a_refusal_is_one_line_with_an_exit_code(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(shlex.split(line))
    said = capsys.readouterr().err
    assert left.value.code in (1, 2)
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "Expected" in said

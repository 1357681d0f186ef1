"""`motcua staff`: what is entered is listed and journalled; what cannot be is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main
from tests.builders import read_cli


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    read_cli(["init", "--training"])
    return tmp_path


def _staff(*words: str) -> dict[str, Any]:
    return read_cli(["staff", *words])


def _listed(what: str, *words: str) -> dict[str, dict[str, Any]]:
    key = "on" if what == "days" else "code"
    return {each[key]: each for each in _staff("list", what, *words)["items"]}


@pytest.mark.usefixtures("office")
def test_a_real_staff_is_entered_and_listed() -> None:
    _staff("add-agency", "H35.13", "--name", "Xã Mới", "--level", "xã", "--parent", "H35")
    _staff("add-unit", "pcm13", "--name", "Phòng chuyên môn", "--agency", "H35.13")
    for code, heads in (("tp.moi", ["--heads-unit"]), ("cv.moi", [])):
        words = ("--name", "Lê Thị Mới", "--unit", "pcm13", "--since", "2026-11-01")
        _staff("add-officer", code, *words, *heads)
    _staff("grant-role", "cv.moi", "chuyen_vien", "--since", "2026-11-01")
    _staff("name-deputy", "cv.moi", "tp.moi", "--since", "2026-11-01")
    _staff(
        *("record-absence", "cv.moi", "--from", "2026-11-18", "--to", "2026-11-19"),
        *("--reason", "phép"),
    )
    _staff("take-procedure", "H35.13", "1.009994")
    _staff(
        *("set-hours", "H35.13", "--since", "2026-12-01", "--hours", "07:30-11:30"),
        *("--hours", "13:30-17:30"),
    )
    assert _listed("units")["pcm13"]["head"] == "tp.moi"
    assert _listed("agencies")["H35.13"]["hours"][-1] == {
        "from": "2026-12-01",
        "hours": ["07:30-11:30", "13:30-17:30"],
    }
    today = _listed("officers")["cv.moi"]
    assert (today["roles"], today["absent"]) == (["chuyen_vien"], False)
    away = _listed("officers", "--on", "2026-11-18")
    assert away["cv.moi"]["absent"]
    assert away["cv.moi"]["deputies"] == ["tp.moi"]
    assert away["tp.moi"]["roles"] == ["chuyen_vien"]
    _staff("end-role", "cv.moi", "chuyen_vien", "--last-on", "2026-11-30")
    held = [
        each
        for each in _staff("list", "roles", "--on", "2026-11-20")["items"]
        if each["officer"] == "cv.moi"
    ]
    assert held == [
        {
            "role": "chuyen_vien",
            "officer": "cv.moi",
            "since": "2026-11-01",
            "until": "2026-11-30",
        }
    ]
    assert "cv.moi" not in {
        each["officer"] for each in _staff("list", "roles", "--on", "2026-12-01")["items"]
    }
    assert "cv.moi" not in _listed("officers", "--on", "2026-10-31")
    main(["journal", "verify", "--json"])


@pytest.mark.usefixtures("office")
def test_r41_a_moved_day_is_listed_and_counts_in_the_next_case() -> None:
    words = ("--name", "Nghỉ bão", "--decision", "CĐ 01/CĐ-TTg")
    _staff("override-day", "2026-11-23", "off", *words)
    assert _listed("days")["2026-11-23"]["decision"] == "CĐ 01/CĐ-TTg"
    case = read_cli(
        [
            *("case", "receive", "--procedure", "1.009994", "--agency", "H35.12"),
            *("--owner", "A", "--channel", "counter"),
        ]
    )
    assert case["due_at"] == "2026-11-27T17:00:00+07:00"
    # `due` counts by the files alone.
    found = read_cli(["due", "--procedure", "1.009994", "--received", "2026-11-16T07:30"])
    assert found["due_at"] == "2026-11-26T17:00:00+07:00"


@pytest.mark.usefixtures("office")
def test_people_read_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    main(["staff", "list", "days"])
    assert capsys.readouterr().out == "Chưa có gì.\n"
    main(["staff", "add-unit", "pm", "--name", "Phòng Mới", "--agency", "H35.12"])
    assert capsys.readouterr().out == "Đã ghi: pm  Phòng Mới  H35.12  admin\n"
    main(["staff", "list"])
    assert "tp.chuyenmon  Hoàng Văn Sơn  chuyen_mon  truong_phong" in capsys.readouterr().out


NAMED = ("--name", "A")
WRONG = [
    (["list", "everybody"], 2),
    (["list", "--on", "soon"], 2),
    (["add-agency", "h35", *NAMED, "--level", "xã"], 1),
    (["add-agency", "H35.12", *NAMED, "--level", "xã"], 1),
    (["add-agency", "H35.14", *NAMED, "--level", "xã", "--hours", "{"], 1),
    (["add-agency", "H35.14", *NAMED, "--level", "xã", "--hours", "{}"], 1),
    (["add-agency", "H35.14", *NAMED, "--level", "xã", "--hours", '["07:00-11:30"]'], 1),
    (["add-agency", "H35.14", *NAMED, "--level", "xã", "--hours", '[{"hours": "7"}]'], 1),
    (["add-agency", "H35.14", *NAMED], 2),
    (["set-hours", "H99", "--since", "2026-12-01", "--hours", "07:30-11:30"], 1),
    (["set-hours", "H35.12", "--since", "2026-01-01", "--hours", "07:30-11:30"], 1),
    (["set-hours", "H35.12", "--since", "2026-12-01", "--hours", "noon"], 1),
    (["set-hours", "H35.12", "--since", "2026-12-01"], 2),
    (["take-procedure", "H35.12", "1.009994"], 1),
    (["take-procedure", "H99", "1.009994"], 1),
    (["add-unit", "UNIT", *NAMED, "--agency", "H35.12"], 1),
    (["add-unit", "u", *NAMED, "--agency", "H99"], 1),
    (["add-officer", "a", *NAMED, "--unit", "nowhere"], 1),
    (["add-officer", "a", "--name", " ", "--unit", "chuyen_mon"], 1),
    (["add-officer", "a", *NAMED, "--unit", "chuyen_mon", "--since", "x"], 2),
    (["grant-role", "nobody", "chuyen_vien"], 1),
    (["grant-role", "cv.thamdinh1", "chuyen_vien"], 1),
    (["grant-role", "tp.chuyenmon", "van_thu", "--until", "2026-01-01"], 1),
    (["end-role", "cv.thamdinh1", "van_thu", "--last-on", "2026-12-01"], 1),
    (["name-deputy", "cv.thamdinh1", "cv.thamdinh1"], 1),
    (["name-deputy", "cv.thamdinh1", "nobody"], 1),
    (
        ["record-absence", "nobody", "--from", "2026-12-01", "--to", "2026-12-01", "--reason", "x"],
        1,
    ),
    (
        [
            *("record-absence", "cv.thamdinh1", "--from", "2026-12-02", "--to", "2026-12-01"),
            *("--reason", "x"),
        ],
        1,
    ),
    (["override-day", "2026-11-23", "half", *NAMED, "--decision", "x"], 2),
    (["override-day", "2026-11-23", "off", *NAMED, "--decision", " "], 1),
    (["override-day", "2026-11-23", "off", "--name", "", "--decision", "x"], 1),
    (["override-day", "2031-11-24", "off", *NAMED, "--decision", "x"], 1),
]


def test_what_cannot_be_is_one_line_and_changes_nothing(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    def dump() -> list[str]:
        with sqlite3.connect(office / "motcua.db") as db:
            return list(db.iterdump())

    before = dump()
    for words, code in WRONG:
        with pytest.raises(SystemExit) as left:
            main(["staff", *words])
        said = capsys.readouterr()
        assert left.value.code == code, words
        (line,) = said.err.strip().splitlines()
        assert line.startswith("error: "), line
        assert "Expected" in line, line
        assert "internal" not in line, line
        assert dump() == before, words


@pytest.mark.usefixtures("office")
def test_r41_open_deadlines_follow_a_moved_day_when_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = read_cli(
        [
            *("case", "receive", "--procedure", "1.009994", "--agency", "H35.12"),
            *("--owner", "A", "--channel", "counter"),
        ]
    )
    day = ("override-day", "2026-11-23", "off", "--name", "Nghỉ bão", "--decision", "CĐ 01")
    kept = _staff(*day, "--recount")
    assert (kept["looked_at"], kept["moved"], kept["kept"], kept["failed"]) == (1, 0, 1, 0)
    monkeypatch.setenv("MOTCUA_CALENDAR_PROMISES", "recount")
    assert _staff(*day, "--recount")["moved"] == 1
    shown = read_cli(["case", "show", case["number"]])
    assert shown["due_at"] == "2026-11-27T17:00:00+07:00"
    hours = ("set-hours", "H35.12", "--since", "2026-11-25", "--hours", "07:00-16:00")
    assert _staff(*hours, "--recount")["moved"] == 1
    shown = read_cli(["case", "show", case["number"]])
    assert shown["due_at"] == "2026-11-27T16:00:00+07:00"
    main(["journal", "verify", "--json"])

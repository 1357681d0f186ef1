"""`motcua due`: what it answers, what it refuses, and that it needs neither books nor settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main

TEN_DAYS = ["due", "--limit", "10wd", "--received", "2026-11-16T08:00"]


def _due(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main(["due", *words, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def _said(capsys: pytest.CaptureFixture[str], words: list[str]) -> str:
    main(words)
    return capsys.readouterr().out


def test_the_short_answer_is_a_date_and_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    due, why, transfer, apology = _said(capsys, TEN_DAYS).splitlines()
    assert due == "Hạn trả kết quả: 17:00 thứ ba 01/12/2026"
    assert why.startswith("  10 ngày làm việc; tính từ 08:00 thứ hai 16/11/2026; không tính 24/11")
    assert why.endswith("(NQ 28/2026/QH16): hạn trả 17:00 thứ ba 01/12/2026.")
    assert transfer == "Chuyển hồ sơ chậm nhất: 17:00 thứ hai 16/11/2026"
    assert apology == "Nếu trễ, gửi thư xin lỗi chậm nhất: 17:00 thứ hai 30/11/2026"


def test_explained_it_is_told_day_by_day_with_the_years_decision(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _said(capsys, [*TEN_DAYS, "--explain"]).splitlines()
    assert said[1] == ("Thời hạn 10 ngày làm việc, nhận lúc 08:00 thứ hai 16/11/2026. Cách tính:")
    assert said[2] == "  1. Ngày nhận thứ hai 16/11/2026 không tính (BLDS Đ.147)."
    assert "  8. Không tính: 24/11 Ngày Văn hóa Việt Nam (NQ 28/2026/QH16)." in said
    assert "  Vậy hạn trả là 17:00 thứ ba 01/12/2026." in said
    assert said[-1] == "Lịch nghỉ năm 2026: đã xác nhận (TB 9441/TB-BNV 16/10/2025)"


def test_a_projected_year_says_so_even_in_the_short_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["due", "--limit", "5wd", "--received", "2026-12-28T08:00"]
    assert "Lịch nghỉ năm 2027: dự kiến, chưa có quyết định" in _said(capsys, words)


def test_the_document_has_the_instants_the_ledger_and_how_sure_the_years_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = _due(capsys, "--limit", "10wd", "--received", "2026-12-21T15:01")
    assert found["due_at"] == "2027-01-05T17:00:00+07:00"
    assert found["apology_due_at"] == "2027-01-04T17:00:00+07:00"
    assert found["transfer_due_at"] == "2026-12-22T07:00:00+07:00"
    assert found["calendar"] == [
        {"year": 2026, "status": "confirmed", "decision": "TB 9441/TB-BNV 16/10/2025"},
        {"year": 2027, "status": "projected", "decision": None},
    ]
    assert sum(line["counted_days"] for line in found["ledger"]) == 10
    assert set(found["ledger"][0]) == {"from", "to", "counted_days", "why"}
    past = _due(capsys, "--limit", "1wh", "--received", "2021-11-16T08:00")
    assert past["calendar"] == [{"year": 2021, "status": "unconfirmed", "decision": None}]
    assert past["ledger"][0]["counted_minutes"] == 60


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ([], "2026-12-09"),  # ND118_309: PAUSE_WD
        (["--pause-policy", "wd"], "2026-12-09"),
        (["--pause-policy", "calendar"], "2026-12-10"),
        (["--pause-policy", "restart"], "2026-12-11"),
    ],
)
def test_r21_pauses_count_by_the_policy_asked_for(
    policy: list[str], due: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pause = ["--pause", "2026-11-18T09:00/2026-11-27T14:00/Phiếu 12/PYC"]
    found = _due(capsys, "--limit", "10wd", "--received", "2026-11-16T08:00", *pause, *policy)
    assert found["due_at"] == f"{due}T17:00:00+07:00"
    assert any("theo Phiếu 12/PYC" in line["why"] for line in found["ledger"])


def test_r21_the_default_policy_is_that_of_the_decree_at_receipt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = _due(
        capsys,
        *("--limit", "10wd", "--received", "2021-11-16T08:00"),
        *("--pause", "2021-11-18T09:00/2021-11-26T09:00"),
    )
    assert (found["regime"], found["pause_policy"]) == ("ND61", "RESTART")
    assert found["due_at"] == "2021-12-10T17:00:00+07:00"


def test_r21_pauses_may_be_repeated_in_any_order_and_a_restart_counts_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    base = ("--limit", "10wd", "--received", "2026-11-16T08:00")
    one, other = "2026-11-18T09:00/2026-11-19T09:00", "2026-11-25T09:00/2026-11-27T09:00"
    found = _due(capsys, *base, "--pause", other, "--pause", one)
    assert found["due_at"] == "2026-12-04T17:00:00+07:00"
    again = _due(capsys, *base, "--restart-at", "2026-11-19T10:00")
    assert again["due_at"] == "2026-12-04T17:00:00+07:00"
    assert "Tính lại từ đầu từ 10:00 thứ năm 19/11/2026" in again["ledger"][0]["why"]


def test_a_procedure_of_the_catalogue_gives_its_promised_limit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--procedure", "1.009994", "--received", "2026-11-16T08:00", "--agency", "H35.12")
    found = _due(capsys, *words)
    assert (found["procedure"], found["limit"]) == ("1.009994", "7wd")
    assert found["due_at"] == "2026-11-26T17:00:00+07:00"


AGENCIES = """agencies:
  - code: H35.99
    name: "Xã giờ riêng"
    level: xã
    hours:
      - from: 2026-01-01
        hours: ["07:30-11:30", "13:30-17:30"]
      - from: 2026-12-01
        hours: ["08:00-12:00", "13:00-17:00"]
"""


@pytest.mark.parametrize(
    ("limit", "received", "due"),
    [
        ("1wd", "2026-11-20T08:00", "2026-11-23T17:30"),
        ("1wd", "2026-11-30T08:00", "2026-12-01T17:00"),
        ("2wh", "2026-11-30T16:30", "2026-12-01T09:00"),
    ],
)
def test_r43_an_agencys_hours_come_from_its_file(
    limit: str, received: str, due: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "agencies.yaml").write_text(AGENCIES, "utf-8")
    words = ("--agency", "H35.99", "--procedures-root", str(tmp_path))
    found = _due(capsys, "--limit", limit, "--received", received, *words)
    assert found["due_at"] == f"{due}:00+07:00"


REFUSED = [
    ([], 2, "one of --procedure and --limit"),
    (["--limit", "10wd", "--procedure", "1.009994"], 2, "one of --procedure and --limit"),
    (["--limit", "ten"], 2, "Expected a limit such as 10wd"),
    (["--limit", "0.5wd"], 2, "Expected whole days"),
    (["--procedure", "../../etc"], 1, "Expected a procedure of the catalogue"),
    (["--limit", "10wd", "--agency", "H99"], 1, "Expected an agency of agencies.yaml"),
    (["--limit", "10wd", "--pause", "2026-11-18T09:00"], 2, "Expected two times such as"),
    (["--limit", "10wd", "--pause", "x/y"], 2, "Expected a time such as"),
    (["--limit", "10wd", "--pause", "2026-11-18T09:00/2026-11-17T09:00"], 1, "to end after"),
    (["--limit", "10wd", "--pause", "2026-11-10T09:00/2026-11-17T09:00"], 1, "starts after"),
    (["--limit", "10wd", "--restart-at", "2026-11-10T09:00"], 1, "starts after"),
    (["--limit", "10wd", "--pause-policy", "stop"], 2, "is not one of"),
    (["--limit", "300wd"], 1, "Expected a working calendar for 2028"),
    (["--limit", "1wd", "--received", "2016-05-05T08:00"], 1, "Expected a working calendar"),
    (["--limit", "1d", "--received", "9999-12-31T23:00"], 2, "Expected a time from 1900"),
    (["--limit", "1d", "--received", "0001-01-01T00:00"], 2, "Expected a time from 1900"),
    (["--limit", "1mo", "--received", "2999-12-31T23:00"], 1, "Expected a working calendar"),
    (["--limit", "1wd", "--received", "soon"], 2, "Expected a time such as"),
]


@pytest.mark.parametrize(("words", "code", "expected"), REFUSED, ids=lambda each: str(each)[:60])
def test_bad_input_is_one_line_that_says_what_was_expected(
    words: list[str], code: int, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    received = [] if "--received" in words else ["--received", "2026-11-16T08:00"]
    with pytest.raises(SystemExit) as left:
        main(["due", *received, *words])
    said = capsys.readouterr()
    assert left.value.code == code
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert expected in line


IMPORTS = """
import sys
from desk.command_line.main import main
main(["due", "--procedure", "1.009994", "--agency", "H35.12", "--received", "2026-11-16T08:00",
      "--pause", "2026-11-18T09:00/2026-11-27T14:00", "--explain"])
heavy = ("sqlalchemy", "pydantic", "pydantic_settings", "alembic", "SpiffWorkflow", "lxml")
print("HEAVY", sorted(name for name in heavy if name in sys.modules))
"""


def test_it_starts_without_the_database_and_the_settings_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=tmp_path,  # nothing is read from or written to where it stands
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    assert list(tmp_path.iterdir()) == []

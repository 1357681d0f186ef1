"""The cards on the administrator's first page: each part of the office says how it is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from desk.command_line.main import main
from engine.cases.tables import office
from engine.cases.telling.duty_tables import notice
from engine.cases.training import clock_of
from engine.cases.watch.backup_notes import last_backup, note_backup
from engine.cases.watch.heartbeat import beat, first_beat
from engine.cases.watch.incidents import open_incident
from engine.clock import SystemClock
from engine.database import reading, transaction
from tests.builders import read_cli
from tests.visitors import ADMIN, CLERK, DeskOffice
from webhooks.endpoints import add_endpoint
from webhooks.inbound.senders import add_sender
from webhooks.tables import endpoint, inbox

if TYPE_CHECKING:
    from pathlib import Path

WALL = SystemClock()
_CARD = re.compile(
    r'desk-card-state--(\w+)">.*?<strong>(?:<a[^>]*>)?([^<]+)<.*?__word">([^<]+)<', re.DOTALL
)


def cards(desk: DeskOffice) -> dict[str, tuple[str, str]]:
    """Level and word by title, as the page shows them."""
    page = desk.person(ADMIN).get("/admin").text
    return {title: (level, word) for level, title, word in _CARD.findall(page)}


def test_a_fresh_training_office_says_what_is_not_there_yet(quick_desk: DeskOffice) -> None:
    assert cards(quick_desk) == {
        "Tiến trình đồng hồ": ("idle", "không chạy"),
        "Gửi tin cho đối tác": ("idle", "chưa có đối tác"),
        "Tin đến": ("good", "không có tin chờ"),
        "Sự cố": ("good", "không có"),
        "Thông báo cho người dân": ("good", "bình thường"),
        "Nhật ký": ("good", "đang niêm phong"),
        "Sao lưu": ("bad", "chưa có bản nào"),
    }


def test_the_clock_process_is_seen_by_its_beat(desk: DeskOffice) -> None:
    now = WALL.now()
    with transaction(desk.books) as db:
        first_beat(db, "a", now)
    assert cards(desk)["Tiến trình đồng hồ"] == ("good", "đang chạy")
    with transaction(desk.books) as db:
        beat(db, "a", now - timedelta(minutes=5), fired=0, failed=0)
    assert cards(desk)["Tiến trình đồng hồ"] == ("bad", "im lặng")


def test_a_real_office_without_its_clock_process_is_not_well(quick_desk: DeskOffice) -> None:
    with transaction(quick_desk.books) as db:
        db.execute(update(office).values(training=False))
    assert cards(quick_desk)["Tiến trình đồng hồ"] == ("bad", "không chạy")


def test_what_is_due_and_late_is_said(quick_desk: DeskOffice) -> None:
    from tests.crowd import set_clock

    quick_desk.office.receive()
    with transaction(quick_desk.books) as db:
        first_beat(db, "a", WALL.now())
        ahead = clock_of(db).now() + timedelta(days=30)
    set_clock(quick_desk.books, ahead)
    assert cards(quick_desk)["Tiến trình đồng hồ"] == ("look", "đang chậm")


def test_a_courier_is_seen_by_the_lease_it_holds(desk: DeskOffice) -> None:
    title = "Gửi tin cho đối tác"
    now = WALL.now()
    with transaction(desk.books) as db:
        add_endpoint(db, WALL, code="so", url="https://so.example.vn/x")
    assert cards(desk)[title] == ("bad", "không chạy")
    with transaction(desk.books) as db:
        db.execute(update(endpoint).values(lease_until=now + timedelta(minutes=10)))
    assert cards(desk)[title] == ("good", "đang chạy")
    with transaction(desk.books) as db:
        db.execute(update(endpoint).values(failing_since=now))
    assert cards(desk)[title] == ("look", "cần xem")
    with transaction(desk.books) as db:
        db.execute(update(endpoint).values(state="disabled"))
    assert cards(desk)[title] == ("idle", "chưa có đối tác")


def test_what_came_in_and_waits_is_said_and_what_nobody_took_is_a_dead_courier(
    desk: DeskOffice,
) -> None:
    row = {
        "sender_code": "cong", "type": "payment.confirmed", "body": b"{}", "attempts": 1,
        "received_at": WALL.now() - timedelta(minutes=5),
    }  # fmt: skip
    with transaction(desk.books) as db:
        add_sender(
            db, WALL, code="cong", name="Cổng", messages=["payment.confirmed"], officer=CLERK
        )
        db.execute(insert(inbox).values(message_id="1", state="waiting", **row))
    assert cards(desk)["Tin đến"] == ("look", "cần xem")
    with transaction(desk.books) as db:
        add_endpoint(db, WALL, code="so", url="https://so.example.vn/x")
        db.execute(update(endpoint).values(lease_until=WALL.now() + timedelta(minutes=10)))
    assert cards(desk)["Gửi tin cho đối tác"][0] == "good"
    with transaction(desk.books) as db:
        db.execute(insert(inbox).values(message_id="2", state="stored", **row))
    assert cards(desk)["Gửi tin cho đối tác"] == ("bad", "không chạy")


def test_incidents_and_letters_that_were_given_up_are_said(quick_desk: DeskOffice) -> None:
    quick_desk.office.receive(data={"owner": {"email": "a@example.vn"}})
    with transaction(quick_desk.books) as db:
        open_incident(db, clock_of(db), case_id=1, what="x", error=ValueError("x"))
        db.execute(update(notice).values(state="dead"))
    found = cards(quick_desk)
    assert found["Sự cố"] == ("bad", "cần xem")
    assert found["Thông báo cho người dân"] == ("look", "cần xem")


def test_the_newest_backup_is_fresh_for_a_day(desk: DeskOffice, tmp_path: Path) -> None:
    for hours in (30, 2):
        with transaction(desk.books) as db:
            note_backup(
                db, clock_of(db), file=tmp_path / f"sao-luu-{hours}",
                taken_at=WALL.now() - timedelta(hours=hours), journal_rows=12,
            )  # fmt: skip
        expected = ("look", "đã cũ") if hours == 30 else ("good", "còn mới")
        assert cards(desk)["Sao lưu"] == expected
    assert "sao-luu-2, 12 dòng" in desk.person(ADMIN).get("/admin").text


def test_the_command_notes_its_backup_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.database import open_database

    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    read_cli(["init", "--training"])
    made = read_cli(["backup", str(tmp_path / "b1.db")])
    with pytest.raises(SystemExit):
        main(["backup", str(tmp_path / "b1.db"), "--json"])  # refused: nothing is noted
    books = open_database(f"sqlite:///{tmp_path}/motcua.db")
    with reading(books) as db:
        noted = last_backup(db)
    books.dispose()
    assert noted is not None
    assert (noted.file, noted.journal_rows) == ("b1.db", made["journal_rows"])
    assert read_cli(["journal", "verify"])["ok"]

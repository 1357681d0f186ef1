"""`motcua hooks …`: what people do with partners, and how it is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from desk.command_line.main import main
from engine.database import transaction
from tests.builders import TrainingOffice, read_cli
from tests.databases import address_of
from webhooks.deliveries import DEAD
from webhooks.tables import TABLES, delivery

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def desk(office: TrainingOffice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TrainingOffice:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", address_of(office.books))
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "anchor"))
    return office


def _rows(office: TrainingOffice) -> list[Any]:
    with office.books.connect() as db:
        return [db.execute(table.select()).all() for table in TABLES]


def test_an_endpoint_is_entered_rotated_disabled_and_taken_up_again(desk: TrainingOffice) -> None:
    made = read_cli(["hooks", "add", "lgsp", "https://lgsp.vn/hook", "--event", "case.received"])
    assert made["secret"].startswith("whsec_")
    assert read_cli(["hooks", "rotate", "lgsp"])["secret"] != made["secret"]
    (item,) = read_cli(["hooks", "list"])["items"]
    assert (item["state"], item["events"]) == ("active", ["case.received"])
    assert made["secret"] not in json.dumps(read_cli(["hooks", "list"]))
    read_cli(["hooks", "disable", "lgsp", "--reason", "bảo trì"])
    (item,) = read_cli(["hooks", "list"])["items"]
    assert (item["state"], item["why"]) == ("disabled", "bảo trì")
    read_cli(["hooks", "enable", "lgsp"])
    assert read_cli(["hooks", "list"])["items"][0]["state"] == "active"


def test_dead_letters_are_listed_and_sent_again(
    desk: TrainingOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    read_cli(["hooks", "add", "p", "https://p.vn/", "--from-sequence", "0"])
    number = desk.receive()
    sequence = desk.case(number)["journal"][0]["sequence"]
    with transaction(desk.books) as db:
        db.execute(
            insert(delivery).values(
                endpoint_code="p",
                sequence=sequence,
                stream=number,
                state=DEAD,
                attempts=10,
                error="HTTP 500",
            )
        )
    (letter,) = read_cli(["hooks", "dead-letters", "p"])["items"]
    assert (letter["type"], letter["subject"]) == ("case.received", number)
    main(["hooks", "dead-letters"])
    assert "HTTP 500" in capsys.readouterr().out
    assert read_cli(["hooks", "resend", "p", str(letter["id"])]) == {"resent": 1}
    assert read_cli(["hooks", "dead-letters", "p"])["items"] == []
    (waiting,) = read_cli(["hooks", "dead-letters", "p", "--waiting"])["items"]
    assert waiting["message_id"] == letter["message_id"]
    assert waiting["attempts"] == 0


def test_a_sender_is_entered_and_shown(
    desk: TrainingOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["hooks", "sender", "add", "kho-bac", "--name", "Kho bạc"]
    assert read_cli([*words, "--message", "payment.confirmed"])["secret"].startswith("whsec_")
    assert read_cli(["hooks", "sender", "rotate", "kho-bac"])["code"] == "kho-bac"
    read_cli(["hooks", "sender", "disable", "kho-bac"])
    main(["hooks", "list"])
    assert "đã tắt  Kho bạc: payment.confirmed" in capsys.readouterr().out
    assert read_cli(["hooks", "retry"]) == {"applied": 0, "tried": 0}


def test_f16_restored_books_send_nothing_until_people_say_so(
    sqlite_books: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = TrainingOffice(sqlite_books)
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "anchor"))
    monkeypatch.setenv("MOTCUA_DATABASE_URL", address_of(office.books))
    for code in ("a", "b", "off"):
        read_cli(["hooks", "add", code, "https://a.vn/"])
    read_cli(["hooks", "disable", "off", "--reason", "bảo trì"])
    read_cli(["backup", str(tmp_path / "copy.db")])
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/restored.db")
    assert read_cli(["restore", str(tmp_path / "copy.db")])["held_endpoints"] == ["a", "b"]
    states = {e["code"]: (e["state"], e["why"]) for e in read_cli(["hooks", "list"])["items"]}
    assert states["off"] == ("disabled", "bảo trì")
    assert {states["a"], states["b"]} == {("disabled", "sổ được khôi phục từ bản sao lưu")}
    read_cli(["hooks", "enable", "a"])
    assert read_cli(["hooks", "list"])["items"][0]["state"] == "active"


WRONG = (
    (1, "add x ftp://a"),
    (1, "add x https://u:p@a/"),
    (1, "add X https://a/"),
    (1, "add ../x https://a/"),
    (1, "add x https://a/ --event case.nothing"),
    (1, "add x https://a/ --format portal"),
    (1, "add x https://a/ --personal-data "),
    (1, "add x https://a/ --from-sequence 999999"),
    (1, "add known https://a/"),
    (1, "rotate nobody"),
    (1, "disable nobody"),
    (1, "enable nobody"),
    (1, "dead-letters nobody"),
    (1, "resend nobody --all"),
    (1, "resend known 77"),
    (1, "retry 77"),
    (1, "close 77 --reason x"),
    (1, "sender rotate nobody"),
    (1, "sender disable nobody"),
    (1, "sender add a --name A --message opinion.given"),
    (1, "sender add a --name A --message payment.confirmed --as nobody"),
    (2, "add"),
    (2, "add x"),
    (2, "add x https://a/ --format fax"),
    (2, "rotate known --overlap 9999"),
    (2, "resend known"),
    (2, "resend known 1 --all"),
    (2, "sender add a --name A"),
    (2, "sender add a --name A --message case.deleted"),
)


def test_what_cannot_be_is_refused_in_one_line_and_changes_nothing(
    desk: TrainingOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    read_cli(["hooks", "add", "known", "https://known.vn/"])
    before = _rows(desk)
    for code, words in WRONG:
        with pytest.raises(SystemExit) as left:
            main(["hooks", *words.split(" ")])
        said = capsys.readouterr()
        assert left.value.code == code, words
        assert said.err.startswith("error: "), words
        assert "Expected" in said.err, words
        assert said.err.count("\n") == 1, words
        assert said.out == ""
    assert _rows(desk) == before


def test_a_courier_does_not_start_on_a_setting_that_cannot_be(
    desk: TrainingOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_COURIER_INTRANET", "tinh.local")
    with pytest.raises(SystemExit) as left:
        main(["courier"])
    assert left.value.code == 1
    assert "MOTCUA_COURIER_INTRANET" in capsys.readouterr().err

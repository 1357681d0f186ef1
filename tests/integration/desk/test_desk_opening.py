"""How a desk is opened: training office with work in it, sign-ins, keys, refusals in one line."""

from __future__ import annotations

import json
import re
import socket
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from desk.app import create_app, secret_of
from desk.command_line.main import main
from desk.command_line.practice import open_practice_office
from engine.cases.tables import case
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import open_database, transaction
from engine.migrations.upgrade import SchemaUnknownError
from engine.open_office import open_office
from engine.staff.tables import sign_in
from tests.builders import PROJECT
from tests.visitors import DeskOffice, Visitor


def settings_in(folder: Path) -> Settings:
    return Settings(secret_file=folder / "desk.key", anchor_file=folder / "journal.anchor")


def test_a_new_training_office_has_work_at_every_point(
    sqlite_books: Engine, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    people = open_practice_office(settings, sqlite_books, password="huan-luyen")
    assert len(people) >= 9
    app = create_app(settings, SystemClock(), books=sqlite_books)
    for code, place in (("cb.tiepnhan1", "/desk?viec=co-quan"), ("ld.chutich", "/board")):
        visitor = Visitor(app.test_client())
        answer = visitor.post("/", {"officer": code, "password": "huan-luyen"})
        assert answer.status_code == 302
        assert visitor.get(place).status_code == 200
    clerk = Visitor(app.test_client())
    clerk.post("/", {"officer": "cb.tiepnhan1", "password": "huan-luyen"})
    page = clerk.get("/desk?viec=co-quan").text
    counted = dict(re.findall(r'desk-tabs__([\w-]+)">.*?desk-count[^>]*>(\d+)<', page, re.DOTALL))
    assert {view for view, number in counted.items() if number != "0"} >= {
        "dang-lam",
        "moi",
        "sap-den-han",
        "qua-han",
        "cho-tra",
    }
    with sqlite_books.connect() as db:
        before = len(db.execute(select(case.c.id)).all())
    again = open_practice_office(settings, sqlite_books, password="huan-luyen")
    with sqlite_books.connect() as db:
        assert len(db.execute(select(case.c.id)).all()) == before
    assert [p["code"] for p in again] == [p["code"] for p in people]


def test_a_real_office_gets_no_made_up_password_and_no_made_up_case(
    sqlite_books: Engine, tmp_path: Path
) -> None:
    with transaction(sqlite_books) as db:
        open_office(db, SystemClock(), root=PROJECT / "bpmn", training=False, revision="test")
    assert open_practice_office(settings_in(tmp_path), sqlite_books, password="huan-luyen") == []
    with sqlite_books.connect() as db:
        assert db.execute(select(sign_in)).all() == []
        assert db.execute(select(case.c.id)).all() == []


def test_empty_books_open_no_desk(bare_books: Engine, tmp_path: Path) -> None:
    with pytest.raises(SchemaUnknownError, match="motcua init"):
        create_app(settings_in(tmp_path), SystemClock(), books=bare_books)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "desk.key"
    first = secret_of(path)
    assert len(first) == 64
    assert secret_of(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["desk.key"]


def test_a_password_is_given_on_the_command_line(
    quick_desk: DeskOffice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'office.db'}")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    main(["user", "add", "vt.dongdau", "--json"])
    made = json.loads(capsys.readouterr().out)["password"]
    answer = quick_desk.stranger().post("/", {"officer": "vt.dongdau", "password": made})
    assert answer.status_code == 302
    for words in (["khong.co"], ["vt.dongdau", "--password", "ngắn"]):
        with pytest.raises(SystemExit) as left:
            main(["user", "add", *words])
        assert left.value.code == 1
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert said.count("\n") == 1


def test_serving_empty_books_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_database(f"sqlite:///{tmp_path / 'empty.db'}").connect().close()
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SystemExit) as left:
        main(["serve"])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("error: schema_unknown: ")


def test_an_address_that_is_taken_or_none_is_refused_in_one_line(
    quick_desk: DeskOffice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'office.db'}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for bind in (
            f"127.0.0.1:{taken.getsockname()[1]}",
            "nonsense",
            "host:port",
            "127.0.0.1:99999",
        ):
            for command in ("serve", "run"):
                with pytest.raises(SystemExit) as left:
                    main([command, "--bind", bind])
                assert left.value.code == 1
                said = capsys.readouterr().err
                assert said.startswith("error: bind_refused: "), said
                assert said.count("\n") == 1

"""The receiver that partners copy: takes what the courier sends once, and nothing else."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from couriers import add, courier_at_work, eventually, write_events

from engine.clock import SystemClock
from webhooks.address import Reach, read_target
from webhooks.post import Postman
from webhooks.signing import signed_headers

if TYPE_CHECKING:
    from sqlalchemy import Engine

EXAMPLE = Path(__file__).resolve().parents[3] / "webhooks" / "receiver_example.py"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_the_example_takes_every_event_once_and_refuses_strangers(
    sqlite_books: Engine, tmp_path: Path
) -> None:
    port, book = _free_port(), tmp_path / "receiver.db"
    url = f"http://127.0.0.1:{port}/"
    secret = add(sqlite_books, "p", url)
    write_events(sqlite_books, cases=4, each=5)
    receiver = subprocess.Popen(
        [sys.executable, str(EXAMPLE), str(port)],
        env=os.environ | {"RECEIVER_SECRET": secret, "RECEIVER_DATABASE": str(book)},
        stderr=subprocess.DEVNULL,
    )

    def kept() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(book)) as db:
            return db.execute("SELECT id, case_number FROM event").fetchall()

    try:
        postman = Postman(read_target(url), Reach.parse("127.0.0.1"))
        eventually(lambda: postman.post(b"{}", {}).status == 401)
        with courier_at_work(sqlite_books):
            eventually(lambda: len(kept()) == 20)
        body = b'{"subject": "x"}'
        headers = signed_headers([secret], message_id="m", at=SystemClock().now(), body=body)
        assert postman.post(body, headers).status == 204
        assert postman.post(body, headers).status == 204
        assert postman.post(body + b" ", headers).status == 401
        postman.close()
        assert len(kept()) == 21
    finally:
        receiver.kill()
        receiver.wait()


def test_the_example_is_short_enough_to_be_read() -> None:
    code = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert len([line for line in code if line.strip()]) <= 40

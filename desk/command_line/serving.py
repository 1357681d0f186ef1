"""`motcua serve` and `motcua run`: the desk in the browser; `run` opens what is missing first."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.books import opened
from desk.command_line.practice import open_practice_office
from engine.clock import SystemClock
from engine.config import Settings
from engine.errors import OfficeError
from engine.migrations.upgrade import check_revision, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask

LARGEST_PORT = 65_535
ENDING_SECONDS = 20
"""How long scheduler and courier may take to end what they are at."""
DEMO_PASSWORD = "huan-luyen"  # noqa: S105 (printed on purpose; a training office only)
"""Of every made-up officer of a training office; a real office has no password by default."""


class BindRefusedError(OfficeError):
    """The desk cannot listen at that address."""

    code = "bind_refused"


@click.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; MOTCUA_BIND by default.")
def serve(*, bind: str | None) -> None:
    """Serve the desk of an office that is open."""
    with opened() as (settings, books):
        check_revision(books)
    _serve(settings, _free(bind or settings.bind))


@click.command()
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; MOTCUA_BIND by default.")
def run(*, bind: str | None) -> None:
    """Open a training office if there is none, print its sign-ins, serve the desk.

    Scheduler and courier run beside it, each a process of its own, and end with it.
    """
    address = _free(bind or Settings.from_env().bind)
    with opened() as (settings, books):
        if revision_of(books) is None:
            click.echo("Đang mở văn phòng huấn luyện với vài ngày hồ sơ, xin chờ …")
        people = open_practice_office(settings, books, password=DEMO_PASSWORD)
    for line in _welcome(address, people):
        click.echo(line)
    with _beside():
        _serve(settings, address)


def _free(bind: str) -> str:
    """The address itself when the desk can listen there.

    Raises:
        BindRefusedError: it is no HOST:PORT, or something else listens there.
    """
    host, colon, port = bind.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= LARGEST_PORT):
        raise BindRefusedError(f"Expected an address such as 127.0.0.1:8000, but got {bind!r}")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), int(port)))
    except OSError as cause:
        raise BindRefusedError(
            f"Expected {bind} to be free, but {cause.strerror or cause}: choose another --bind"
        ) from cause
    return bind


def _welcome(address: str, people: list[dict[str, Any]]) -> Iterable[str]:
    yield f"\nMột Cửa đang mở tại http://{address}"
    if people:
        yield f"Đăng nhập huấn luyện, mật khẩu chung: {DEMO_PASSWORD}"
        for person in people:
            yield f"  {person['code']:<16} {person['name']:<18} {person['unit']}"
    yield "Dừng: Ctrl+C\n"


@contextmanager
def _beside() -> Iterator[None]:
    """The office's other two processes, for as long as the desk is open."""
    started = [
        subprocess.Popen(  # noqa: S603 (this program, by its own name)
            [sys.executable, "-m", "desk.command_line.main", name], stdout=subprocess.DEVNULL
        )
        for name in ("scheduler", "courier")
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _serve(settings: Settings, bind: str) -> None:
    # The web is loaded only by the commands that serve it.
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 (see above)

    from desk.app import create_app  # noqa: PLC0415 (see above)

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """Gunicorn with the desk's settings instead of a file of its own."""

        def load_config(self) -> None:
            """What gunicorn is told."""
            for name, value in {
                "bind": bind,
                "workers": settings.desk_workers,
                "threads": settings.desk_threads,
                "worker_class": "gthread",
                "worker_tmp_dir": None,
                "control_socket_disable": True,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "timeout": 60,
                # A browser or a proxy must be the one to hang up: what it sends as we do is lost.
                "keepalive": 75,
                "loglevel": "warning",
            }.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            """The desk, made anew in each worker: nobody shares a connection."""
            return create_app(settings, SystemClock())

    Server().run()

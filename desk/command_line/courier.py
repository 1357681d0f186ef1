"""`motcua courier`: the process that carries messages to partners and acts on theirs."""

from __future__ import annotations

import logging
import signal
import threading

import click

from desk.command_line.books import opened
from engine.clock import SystemClock
from engine.migrations.upgrade import check_revision
from webhooks.address import Reach
from webhooks.courier import Courier
from webhooks.post import trusted


@click.command()
def courier() -> None:
    """Carry messages to partners and act on theirs, until stopped (Ctrl-C, SIGTERM)."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("motcua").setLevel(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened() as (settings, books):
        check_revision(books)
        certificates = settings.courier_certificates
        working = Courier(
            books,
            SystemClock(),
            Reach.parse(settings.courier_intranet),
            certificates=trusted(str(certificates) if certificates else None),
            anchor=settings.anchor_file,
        )
        click.echo("Người đưa tin đang chạy; dừng bằng Ctrl-C.", err=True)
        working.run(stop)

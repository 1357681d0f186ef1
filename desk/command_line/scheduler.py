"""`motcua scheduler`: the clock process, which fires what is due, delivers notices, forecasts."""

from __future__ import annotations

import logging

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.forecast_job import forecast_job
from desk.command_line.rehearsal_job import REHEARSALS
from engine.config import Settings
from engine.scheduler.process import run_scheduler


@click.command()
@click.option("--once", is_flag=True, help="Do every job but the forecast one time and end.")
@json_option
def scheduler(*, once: bool, as_json: bool) -> None:
    """Fire due timers, write digests, deliver notices, forecast, until a signal ends it.

    Several may run on the same books. In a training office the clock is moved by commands, and
    what is due is due by that clock.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    if not once and not as_json:
        click.echo("Đồng hồ của văn phòng đang chạy; Ctrl+C để dừng.")
    duty = run_scheduler(Settings.from_env(), once=once, more=(forecast_job(), REHEARSALS))
    document = {"fired": duty.done.fired, "failed": duty.done.failed}
    answer(
        document,
        as_json=as_json,
        lines=lambda: [f"Đã dừng: {document['fired']} hẹn giờ, {document['failed']} sự cố"],
    )

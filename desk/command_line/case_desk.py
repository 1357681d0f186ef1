"""`motcua case correct`, `take-back`, `hand-over`, `collect-fee`: beside the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import json_option
from desk.command_line.case_change import change, number_argument, officer_option, reason_option
from desk.command_line.values import INSTANT, json_object
from engine.cases.claim_step import hand_over_step
from engine.cases.intake.collect_fee import Fee, collect_fee
from engine.cases.intake.correct_case import Correction, correct_case
from engine.cases.take_back_step import take_back_step
from engine.errors import BadInputError
from engine.sla.start import Channel

if TYPE_CHECKING:
    from datetime import datetime

step_argument = click.argument("step")


@click.command()
@number_argument
@reason_option
@click.option("--owner", metavar="NAME", help="The owner's right name.")
@click.option("--channel", type=click.Choice([str(c) for c in Channel]))
@click.option("--received-at", type=INSTANT, help="When the clock should have started.")
@click.option("--procedure", metavar="CODE", help="The right procedure, while no step is done.")
@click.option(
    "--data",
    metavar="JSON",
    callback=json_object,
    help='{"components": {CODE: original|certified|copy}, "owner": {"phone": …}}',
)
@officer_option
@json_option
def correct(
    *,
    number: str,
    reason: str,
    owner: str | None,
    channel: str | None,
    received_at: datetime | None,
    procedure: str | None,
    data: dict[str, Any] | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Put right what was taken in wrongly; the receipt is issued anew."""
    given = data or {}
    if not given.keys() <= {"components", "owner"}:
        raise BadInputError(
            f"Expected only 'components' and 'owner' in --data, but got {', '.join(given)}"
        )
    change(
        lambda db, clock: correct_case(
            db,
            clock,
            number=number,
            reason=reason,
            correction=Correction(
                owner=owner,
                owner_data=given.get("owner"),
                components=given.get("components"),
                channel=channel,
                received_at=received_at,
                procedure=procedure,
            ),
            by=officer,
        ),
        as_json=as_json,
    )


@click.command("take-back")
@number_argument
@step_argument
@reason_option
@officer_option
@json_option
def take_back(*, number: str, step: str, reason: str, officer: str | None, as_json: bool) -> None:
    """Open a step again that one finished, while nobody has gone on from it."""
    change(
        lambda db, clock: take_back_step(
            db, clock, number=number, step_id=step, reason=reason, by=officer
        ),
        as_json=as_json,
    )


@click.command("hand-over")
@number_argument
@step_argument
@click.option("--to", required=True, metavar="OFFICER", help="Who takes the step.")
@officer_option
@json_option
def hand_over(*, number: str, step: str, to: str, officer: str | None, as_json: bool) -> None:
    """Give a step one has to somebody else who may do it."""
    change(
        lambda db, clock: hand_over_step(db, clock, number=number, step_id=step, to=to, by=officer),
        as_json=as_json,
    )


@click.command("collect-fee")
@number_argument
@click.option("--amount-dong", type=int, required=True, help="How much was paid, in đồng.")
@click.option("--receipt", metavar="NUMBER", help="Number of the receipt given for it.")
@officer_option
@json_option
def collect_fee_(
    *, number: str, amount_dong: int, receipt: str | None, officer: str | None, as_json: bool
) -> None:
    """Write down a fee that was paid at the desk."""
    change(
        lambda db, clock: collect_fee(
            db, clock, number=number, paid=Fee(amount_dong, receipt), by=officer
        ),
        as_json=as_json,
    )

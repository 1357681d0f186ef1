"""`motcua case request-supplement … resume`: why a case waits, and how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.command_line.answer import json_option
from desk.command_line.case_change import (
    change,
    number_argument,
    officer_option,
    reason_option,
    signer_option,
)
from desk.command_line.values import DATE
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.consult import Mode, consult
from engine.cases.waiting.record_opinion import record_opinion
from engine.cases.waiting.request_payment import request_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import resume_case, stop_case

if TYPE_CHECKING:
    from datetime import date


@click.command("request-supplement")
@number_argument
@reason_option
@click.option("--components", required=True, help="What to complete, separated by commas.")
@officer_option
@click.option("--override-ground", help="Sector law that allows a further request.")
@signer_option
@click.option("--expected-on", type=DATE, help="When the applicant is expected back.")
@json_option
def request_supplement_(
    *,
    number: str,
    reason: str,
    components: str,
    officer: str | None,
    override_ground: str | None,
    signer: str | None,
    expected_on: date | None,
    as_json: bool,
) -> None:
    """Ask for a supplement (Mẫu 02); the one-stop sends it and the clock stands."""
    change(
        lambda db, clock: request_supplement(
            db,
            clock,
            number=number,
            reason=reason,
            components=components.split(","),
            by=officer,
            override_ground=override_ground,
            signer=signer,
            expected_on=expected_on,
        ),
        as_json=as_json,
    )


@click.command("accept-supplement")
@number_argument
@officer_option
@click.option("--still-missing", help="The answer is faulty: the same request stays open.")
@json_option
def accept_supplement_(
    *, number: str, officer: str | None, still_missing: str | None, as_json: bool
) -> None:
    """Take in the supplement: the clock restarts or resumes by policy."""
    change(
        lambda db, clock: accept_supplement(
            db, clock, number=number, by=officer, still_missing=still_missing
        ),
        as_json=as_json,
    )


@click.command("consult")
@number_argument
@click.option("--agency", "agencies", multiple=True, required=True, help="May be repeated.")
@click.option("--content", required=True, help="What is asked.")
@click.option("--deadline", required=True, help="A limit such as 2wd or 16wh.")
@click.option("--mode", type=click.Choice([str(m) for m in Mode]), default=str(Mode.ELECTRONIC))
@officer_option
@json_option
def consult_(
    *,
    number: str,
    agencies: tuple[str, ...],
    content: str,
    deadline: str,
    mode: str,
    officer: str | None,
    as_json: bool,
) -> None:
    """Ask other agencies for their opinion; the case's clock goes on."""
    change(
        lambda db, clock: consult(
            db,
            clock,
            number=number,
            agencies=agencies,
            content=content,
            deadline=deadline,
            mode=mode,
            by=officer,
        ),
        as_json=as_json,
    )


@click.command("record-opinion")
@number_argument
@click.option("--opinion", required=True)
@click.option("--agency", help="Whose opinion, when several were asked.")
@officer_option
@json_option
def record_opinion_(
    *, number: str, opinion: str, agency: str | None, officer: str | None, as_json: bool
) -> None:
    """Write down the opinion of a consulted agency."""
    change(
        lambda db, clock: record_opinion(
            db, clock, number=number, opinion=opinion, agency=agency, by=officer
        ),
        as_json=as_json,
    )


@click.command("request-payment")
@number_argument
@click.option("--amount", "amount_dong", type=int, help="In đồng.")
@click.option("--notice", help="Number of the tax office's notice.")
@click.option("--reason", help="What is owed.")
@officer_option
@json_option
def request_payment_(
    *,
    number: str,
    amount_dong: int | None,
    notice: str | None,
    reason: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Ask for a financial obligation: the clock stands until it is met."""
    change(
        lambda db, clock: request_payment(
            db,
            clock,
            number=number,
            amount_dong=amount_dong,
            notice=notice,
            reason=reason,
            by=officer,
        ),
        as_json=as_json,
    )


@click.command("confirm-payment")
@number_argument
@click.option("--receipt", help="Number of the payment's receipt.")
@officer_option
@json_option
def confirm_payment_(
    *, number: str, receipt: str | None, officer: str | None, as_json: bool
) -> None:
    """The obligation is met: the clock goes on."""
    change(
        lambda db, clock: confirm_payment(db, clock, number=number, receipt=receipt, by=officer),
        as_json=as_json,
    )


@click.command()
@number_argument
@reason_option
@click.option("--decision", required=True, help="Number of the decision to stop.")
@signer_option
@officer_option
@json_option
def stop(
    *,
    number: str,
    reason: str,
    decision: str,
    signer: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Stop processing by a decision."""
    change(
        lambda db, clock: stop_case(
            db,
            clock,
            number=number,
            request=reason,
            decision=decision,
            signer=signer,
            by=officer,
        ),
        as_json=as_json,
    )


@click.command()
@number_argument
@signer_option
@json_option
def resume(*, number: str, signer: str | None, as_json: bool) -> None:
    """Let a stopped case go on."""
    change(lambda db, clock: resume_case(db, clock, number=number, signer=signer), as_json=as_json)

"""`motcua case …`: every command on a case, from receipt to return."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, writing
from desk.command_line.case_change import (
    change,
    number_argument,
    officer_option,
    reason_option,
    signer_option,
)
from desk.command_line.case_desk import collect_fee_, correct, hand_over, take_back
from desk.command_line.case_lines import draft_lines, show_lines, summary_lines
from desk.command_line.case_waiting import (
    accept_supplement_,
    confirm_payment_,
    consult_,
    record_opinion_,
    request_payment_,
    request_supplement_,
    resume,
    stop,
)
from desk.command_line.values import DATE, INSTANT, json_object
from engine.cases import views
from engine.cases.claim_step import claim_step, release_step, start_step
from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.idempotency import once
from engine.cases.intake.accept_case import accept_case
from engine.cases.intake.receive_case import receive_case
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.intake.withdraw_case import withdraw_case
from engine.cases.lateness.causes import CAUSES
from engine.cases.lateness.raise_alert import REAPPOINT_LIMIT, escalate
from engine.cases.lateness.record_cause import record_cause
from engine.cases.lateness.sign_apology import draft_for, sign_apology
from engine.cases.return_result import HAND_OVER_CHANNELS, notify_result_ready, return_result
from engine.cases.watch.incidents import retry_case
from engine.sla.deadline import ReappointLimitError
from engine.sla.start import Channel

if TYPE_CHECKING:
    from datetime import date, datetime


@click.group()
def case() -> None:
    """A case (hồ sơ): receive it, advance it, return its result."""


@case.command()
@click.option("--procedure", required=True, metavar="CODE", help="Code of the procedure (TTHC).")
@click.option("--agency", required=True, metavar="CODE", help="The competent agency.")
@click.option("--owner", required=True, metavar="NAME", help="Owner of the dossier (chủ hồ sơ).")
@click.option("--channel", type=click.Choice([str(c) for c in Channel]), required=True)
@officer_option
@click.option(
    "--data",
    metavar="JSON",
    callback=json_object,
    help='{"components": {CODE: original|certified|copy|missing}, "owner": {"phone": …}}',
)
@click.option("--submitted-only", is_flag=True, help="Only submitted: the clock does not start.")
@click.option("--handed-over-at", type=INSTANT, help="By post: when the handover was signed.")
@click.option(
    "--competent-received-at",
    type=INSTANT,
    help="Taken outside its territory: when the competent agency received it.",
)
@click.option("--receiving-agency", metavar="CODE", help="The agency that took it in, if another.")
@json_option
def receive(
    *,
    procedure: str,
    agency: str,
    owner: str,
    channel: str,
    officer: str | None,
    data: dict[str, Any] | None,
    submitted_only: bool,
    handed_over_at: datetime | None,
    competent_received_at: datetime | None,
    receiving_agency: str | None,
    as_json: bool,
) -> None:
    """Receive a dossier: number, due date, first step, receipt."""
    change(
        lambda db, clock: receive_case(
            db,
            clock,
            procedure=procedure,
            agency=agency,
            owner=owner,
            channel=channel,
            by=officer,
            data=data,
            submitted_only=submitted_only,
            handed_over_at=handed_over_at,
            competent_received_at=competent_received_at,
            receiving_agency=receiving_agency,
        ),
        as_json=as_json,
    )


@case.command()
@number_argument
@officer_option
@click.option("--handed-over-at", type=INSTANT)
@click.option("--competent-received-at", type=INSTANT)
@json_option
def accept(
    *,
    number: str,
    officer: str | None,
    handed_over_at: datetime | None,
    competent_received_at: datetime | None,
    as_json: bool,
) -> None:
    """Accept a submitted dossier as complete: the clock starts."""
    change(
        lambda db, clock: accept_case(
            db,
            clock,
            number=number,
            by=officer,
            handed_over_at=handed_over_at,
            competent_received_at=competent_received_at,
        ),
        as_json=as_json,
    )


@case.command()
@number_argument
@json_option
def show(*, number: str, as_json: bool) -> None:
    """Everything the books say of a case: steps, clock, letters, journal."""
    with looking() as (db, clock):
        document = views.whole(read_case(db, clock, number))
    answer(document, as_json=as_json, lines=lambda: show_lines(document))


@case.command()
@number_argument
@click.argument("step")
@click.option("--data", metavar="JSON", callback=json_object, help="The step's form.")
@officer_option
@click.option("--key", metavar="IDEMPOTENCY_KEY", help="The same key twice has one effect.")
@json_option
def complete(
    *,
    number: str,
    step: str,
    data: dict[str, Any] | None,
    officer: str | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Complete an open step; without data the form's defaults lead on."""
    with writing() as (db, clock):

        def act() -> dict[str, Any]:
            done = complete_step(db, clock, number=number, step_id=step, by=officer, data=data)
            return views.summary(done)

        request = {"complete": [number, step, officer, json.dumps(data, sort_keys=True)]}
        document = once(db, clock, key=key, request=request, act=act)
    answer(document, as_json=as_json, lines=lambda: summary_lines(document))


@case.command()
@number_argument
@click.argument("step")
@officer_option
@json_option
def claim(*, number: str, step: str, officer: str | None, as_json: bool) -> None:
    """Take an open step."""
    change(
        lambda db, clock: claim_step(db, clock, number=number, step_id=step, by=officer),
        as_json=as_json,
    )


@case.command()
@number_argument
@click.argument("step")
@officer_option
@json_option
def start(*, number: str, step: str, officer: str | None, as_json: bool) -> None:
    """Begin work on a step."""
    change(
        lambda db, clock: start_step(db, clock, number=number, step_id=step, by=officer),
        as_json=as_json,
    )


@case.command()
@number_argument
@click.argument("step")
@officer_option
@json_option
def release(*, number: str, step: str, officer: str | None, as_json: bool) -> None:
    """Give a claimed step back."""
    change(
        lambda db, clock: release_step(db, clock, number=number, step_id=step, by=officer),
        as_json=as_json,
    )


@case.command()
@number_argument
@click.option("--draft", "only_draft", is_flag=True, help="Show what would be written; no effect.")
@click.option("--reason", help="Your own letter; without it the draft is signed.")
@click.option("--cause", type=click.Choice(list(CAUSES)), help="Why it is late.")
@click.option("--new-date", type=DATE, help="Another date than drafted; at most one per case.")
@signer_option
@officer_option
@json_option
def apologise(
    *,
    number: str,
    only_draft: bool,
    reason: str | None,
    cause: str | None,
    new_date: date | None,
    signer: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Apologise and give a new date (Mẫu 04), signed by a leader."""
    if only_draft:
        with looking() as (db, clock):
            document = draft_for(db, clock, number=number).as_json()
        answer(document, as_json=as_json, lines=lambda: draft_lines(document))
        return
    try:
        change(
            lambda db, clock: sign_apology(
                db,
                clock,
                number=number,
                reason=reason,
                cause=cause,
                new_date=new_date,
                signer=signer,
                by=officer,
            ),
            as_json=as_json,
        )
    except ReappointLimitError:
        # R27: the refusal goes to the head of the agency; it stands in the books by itself.
        with writing() as (db, clock):
            escalate(db, clock, number=number, level=REAPPOINT_LIMIT)
        raise


@case.command()
@number_argument
@click.option("--as", "officer", metavar="OFFICER", required=True, help="Who looked at it.")
@json_option
def retry(*, number: str, officer: str, as_json: bool) -> None:
    """Let a case with incidents go on: what was parked is tried again."""
    with writing() as (db, clock):
        closed = retry_case(db, clock, number=number, by=officer)
    answer(
        {"number": number, "closed": closed},
        as_json=as_json,
        lines=lambda: [f"{number}: {closed} sự cố đã đóng, sẽ thử lại."],
    )


@case.command()
@number_argument
@reason_option
@signer_option
@officer_option
@json_option
def refuse(
    *, number: str, reason: str, signer: str | None, officer: str | None, as_json: bool
) -> None:
    """Refuse the dossier (Mẫu 03), at intake or after examination."""
    change(
        lambda db, clock: refuse_case(
            db, clock, number=number, reason=reason, signer=signer, by=officer
        ),
        as_json=as_json,
    )


@case.command()
@number_argument
@reason_option
@officer_option
@json_option
def withdraw(*, number: str, reason: str, officer: str | None, as_json: bool) -> None:
    """Give the dossier back on the applicant's request."""
    change(
        lambda db, clock: withdraw_case(db, clock, number=number, reason=reason, by=officer),
        as_json=as_json,
    )


@case.command()
@number_argument
@officer_option
@json_option
def notify(*, number: str, officer: str | None, as_json: bool) -> None:
    """Tell the applicant again that the result is ready."""
    change(
        lambda db, clock: notify_result_ready(db, clock, number=number, by=officer),
        as_json=as_json,
    )


@case.command("cause")
@number_argument
@click.option("--cause", type=click.Choice(list(CAUSES)), required=True)
@click.option("--text", help="Needed with KHAC.")
@officer_option
@json_option
def cause_(
    *, number: str, cause: str, text: str | None, officer: str | None, as_json: bool
) -> None:
    """Say why the case is late."""
    change(
        lambda db, clock: record_cause(
            db, clock, number=number, cause=cause, text=text, by=officer
        ),
        as_json=as_json,
    )


@case.command("return")
@number_argument
@click.option("--receiver", help="Who took the result; the owner unless said otherwise.")
@click.option("--channel", type=click.Choice(HAND_OVER_CHANNELS), default="counter")
@click.option("--originals-returned", is_flag=True, help="The listed originals were given back.")
@click.option("--cause", type=click.Choice(list(CAUSES)), help="Why a late case is late.")
@click.option("--cause-text")
@officer_option
@json_option
def return_(
    *,
    number: str,
    receiver: str | None,
    channel: str,
    originals_returned: bool,
    cause: str | None,
    cause_text: str | None,
    officer: str | None,
    as_json: bool,
) -> None:
    """Hand the result over and close the case."""
    change(
        lambda db, clock: return_result(
            db,
            clock,
            number=number,
            receiver=receiver,
            channel=channel,
            originals_returned=originals_returned,
            cause=cause,
            cause_text=cause_text,
            by=officer,
        ),
        as_json=as_json,
    )


for each in (
    correct,
    take_back,
    hand_over,
    collect_fee_,
    request_supplement_,
    accept_supplement_,
    consult_,
    record_opinion_,
    request_payment_,
    confirm_payment_,
    stop,
    resume,
):
    case.add_command(each)

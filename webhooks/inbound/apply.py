"""Acting on stored messages: each becomes one command of the office, in one transaction with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from engine.cases.complete_step import complete_step
from engine.cases.file import open_case
from engine.cases.intake.receive_case import receive_case
from engine.cases.steps import find_open_step
from engine.cases.training import clock_of
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.record_opinion import record_opinion
from engine.catalog.extension import StepKind
from engine.clock import SystemClock
from engine.database import DatabaseBusyError, reading, transaction
from engine.errors import BadInputError, OfficeError
from webhooks.faults import fault
from webhooks.inbound import messages
from webhooks.inbound.inbox import InboxState, InboxUnknownError
from webhooks.inbound.messages import MessageRefusedError, Said, understand
from webhooks.inbound.senders import Sender, SenderUnknownError, known_sender
from webhooks.portal.answers import take_portal_answer
from webhooks.tables import inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection, Engine

    from engine.clock import Clock

log = logging.getLogger("motcua.courier")

PAGE = 200


def apply_stored(books: Engine) -> int:
    """Act on everything that came and was not acted on; gives how many were applied.

    One that is refused waits in the list with the reason and holds up nothing.
    """
    with reading(books) as db:
        found = db.scalars(
            select(inbox.c.id)
            .where(inbox.c.state == str(InboxState.STORED))
            .order_by(inbox.c.id)
            .limit(PAGE)
        ).all()
    return sum(apply_one(books, each, when=InboxState.STORED) for each in found)


def retry(books: Engine, ids: Collection[int] | None = None) -> tuple[int, int]:
    """Try waiting messages again, all or the named ones; gives how many were applied and tried.

    Raises:
        InboxUnknownError: one of the named is not waiting.
    """
    with reading(books) as db:
        waiting = db.scalars(
            select(inbox.c.id).where(inbox.c.state == str(InboxState.WAITING)).order_by(inbox.c.id)
        ).all()
    wanted = list(waiting) if ids is None else sorted(set(ids))
    missing = [each for each in wanted if each not in waiting]
    if missing:
        raise InboxUnknownError(
            f"Expected waiting messages, but {', '.join(map(str, missing))} is none", ids=missing
        )
    done = sum(apply_one(books, each, when=InboxState.WAITING) for each in wanted)
    return done, len(wanted)


def apply_one(books: Engine, row_id: int, *, when: InboxState) -> bool:
    """Act on one message if it still is in that state; True when it was applied.

    The effect and the word "applied" are one transaction: a kill between them is not possible.
    """
    try:
        with transaction(books) as db:
            done = db.execute(
                update(inbox)
                .where(inbox.c.id == row_id, inbox.c.state == str(when))
                .values(
                    state=str(InboxState.APPLIED),
                    settled_at=SystemClock().now(),
                    attempts=inbox.c.attempts + 1,
                    reason=None,
                    reason_code=None,
                )
            )
            if done.rowcount != 1:
                return False
            row = db.execute(select(inbox).where(inbox.c.id == row_id)).one()
            number = _act(db, row.sender_code, understand(bytes(row.body)))
            db.execute(update(inbox).where(inbox.c.id == row_id).values(case_number=number))
    except DatabaseBusyError:
        return False  # it stays as it was, and is tried again
    except OfficeError as refusal:
        _wait(books, row_id, when, refusal.code, refusal.message)
        return False
    except Exception as error:  # noqa: BLE001 (one bad message never blocks the others)
        log.error("inbox message %s: %s", row_id, fault(error))  # noqa: TRY400 (values stay out)
        _wait(books, row_id, when, "internal", f"Expected to act on it, but {fault(error)}")
        return False
    return True


def _wait(books: Engine, row_id: int, when: InboxState, code: str, reason: str) -> None:
    with transaction(books) as db:
        db.execute(
            update(inbox)
            .where(inbox.c.id == row_id, inbox.c.state == str(when))
            .values(
                state=str(InboxState.WAITING),
                attempts=inbox.c.attempts + 1,
                reason_code=code,
                reason=reason,
            )
        )


def _act(db: Connection, sender_code: str, said: Said) -> str | None:
    sender = known_sender(db, sender_code)
    if sender is None:
        raise SenderUnknownError(
            f"Expected a sender that may speak, but {sender_code!r} was disabled"
        )
    if said.type not in sender.messages:
        raise MessageRefusedError(f"Expected what {sender_code} may say, but it said {said.type}")
    return _ACTIONS[said.type](db, clock_of(db), sender, said.data)


def _submit(db: Connection, clock: Clock, sender: Sender, data: Any) -> str | None:
    owner = dict(data["owner"])
    name = owner.pop("name", None)
    if not isinstance(name, str):
        raise BadInputError("Expected the owner's name, but the message holds none")
    return receive_case(
        db,
        clock,
        procedure=data["procedure"],
        agency=data["agency"],
        owner=name,
        channel="online",
        by=sender.officer,
        data={"owner": owner, "components": data.get("components")},
        submitted_only=True,
    ).number


def _supplement(db: Connection, clock: Clock, sender: Sender, data: Any) -> str | None:
    return accept_supplement(
        db,
        clock,
        number=data["case"],
        by=sender.officer,
        still_missing=data.get("still_missing"),
    ).number


def _payment(db: Connection, clock: Clock, sender: Sender, data: Any) -> str | None:
    return confirm_payment(
        db, clock, number=data["case"], receipt=data["receipt"], by=sender.officer
    ).number


def _opinion(db: Connection, clock: Clock, sender: Sender, data: Any) -> str | None:
    return record_opinion(
        db,
        clock,
        number=data["case"],
        opinion=data["opinion"],
        agency=sender.agency,
        by=sender.officer,
    ).number


def _signed(db: Connection, clock: Clock, sender: Sender, data: Any) -> str | None:
    """A signing system signs, it does not examine or return. Legal: R72"""
    step = find_open_step(open_case(db, clock, data["case"]), data["step"])
    if step.kind != StepKind.SIGN:
        raise MessageRefusedError(
            f"Expected a step of signing from {sender.code}, but '{data['step']}' is {step.kind}"
        )
    return complete_step(
        db,
        clock,
        number=data["case"],
        step_id=data["step"],
        by=data["signer"],
        data=data.get("form"),
    ).number


def _portal(db: Connection, _clock: Clock, sender: Sender, data: Any) -> str | None:
    return take_portal_answer(
        db,
        SystemClock().now(),
        endpoint=sender.code,
        message_id=data["message_id"],
        error_code=data["error_code"],
        message=data.get("message", ""),
    )


_ACTIONS: dict[str, Callable[[Connection, Clock, Sender, Any], str | None]] = {
    messages.DOSSIER_SUBMITTED: _submit,
    messages.SUPPLEMENT_DELIVERED: _supplement,
    messages.PAYMENT_CONFIRMED: _payment,
    messages.OPINION_GIVEN: _opinion,
    messages.RESULT_SIGNED: _signed,
    messages.PORTAL_ANSWERED: _portal,
}

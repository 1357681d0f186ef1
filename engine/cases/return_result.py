"""Hand over the result (trả kết quả): receiver, channel, originals; a late case says why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.complete_step import finish_step
from engine.cases.file import CaseFile, open_case
from engine.cases.intake.checklist import originals_to_give_back
from engine.cases.lateness.causes import check_cause
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.catalog.extension import StepKind
from engine.errors import BadInputError, OfficeError
from engine.events.cases import CauseRecorded, ResultReturned
from engine.events.citizens import ApplicantNotified
from engine.sla.verdict import Verdict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock

LONGEST_PROOF = 200
HAND_OVER_CHANNELS = ("counter", "postal", "online")


class HandOverRefusedError(OfficeError):
    """The hand-over lacks something the law wants."""

    code = "hand_over_refused"


def notify_result_ready(
    db: Connection, clock: Clock, *, number: str, by: str | None = None
) -> CaseFile:
    """Tell the applicant again that the result is ready, by telephone for example. Legal: R36

    The first notice goes out by itself when the result is ready.

    Raises:
        StatusRefusedError: there is no result yet. NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.FINISHED, to="tell the applicant that the result is ready")
    officer = acting_officer(file, ONE_STOP, by)
    file.set(early_notice_at=file.now)
    file.record(ApplicantNotified(what="result_ready", channel=file["channel"]))
    file.save(actor=officer)
    return file


def return_result(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    receiver: str | None = None,
    channel: str = "counter",
    proof: str | None = None,
    originals_returned: bool = False,
    cause: str | None = None,
    cause_text: str | None = None,
    by: str | None = None,
) -> CaseFile:
    """Hand the result over and close the case. Legal: R34, R39

    The receiver is the owner unless somebody else is named. `proof` is what the channel leaves
    behind: the number of a parcel, of an electronic delivery, of a power of attorney.

    Raises:
        HandOverRefusedError: originals not ticked, or a late case without its cause.
        StatusRefusedError, BadInputError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.FINISHED, to="hand over its result")
    officer = acting_officer(file, ONE_STOP, by)
    taken_by = file["owner_name"] if receiver is None else receiver.strip()
    if not taken_by:
        raise BadInputError("Expected who received the result (--receiver), but it is empty")
    if channel not in HAND_OVER_CHANNELS:
        raise BadInputError(
            f"Expected a channel of {', '.join(HAND_OVER_CHANNELS)}, but got {channel!r}"
        )
    shown = (proof or "").strip() or None
    if shown is not None and len(shown) > LONGEST_PROOF:
        raise BadInputError(f"Expected a proof of at most {LONGEST_PROOF} letters")
    originals = originals_to_give_back(file.version, json.loads(file["components"]))
    if originals and not originals_returned:
        raise HandOverRefusedError(
            f"Expected the originals to be ticked as returned (--originals-returned), but "
            f"{', '.join(originals)} is listed and not ticked",
            originals=originals,
        )
    if file["verdict"] == Verdict.LATE and file["late_cause"] is None:
        if cause is None:
            raise HandOverRefusedError(
                f"Expected the cause of lateness (--cause) before {number} is closed, but none "
                "was recorded",
                number=number,
            )
        check_cause(cause, cause_text)
        file.set(late_cause=cause, late_cause_text=cause_text)
        file.record(CauseRecorded(cause=cause, text=cause_text))
    for row in open_steps(db, file.id):
        if row.kind in (StepKind.RETURN, StepKind.REFUSE):
            finish_step(file, row, by=officer, data=None)
    file.set(returned_at=file.now, returned_to=taken_by, returned_proof=shown)
    file.record(
        ResultReturned(
            by_owner=taken_by == file["owner_name"],
            channel=channel,
            has_proof=shown is not None or None,
            originals_returned=bool(originals),
            officer=officer,
        )
    )
    file.move_to(CaseStatus.RETURNED)
    file.save(actor=officer)
    return file

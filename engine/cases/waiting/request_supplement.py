"""Ask the applicant to complete the dossier (yêu cầu bổ sung): once, in full, by the one-stop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.cases.acting import LEADER, ONE_STOP, acting_officer
from engine.cases.complete_step import finish_step
from engine.cases.file import CaseFile, open_case
from engine.cases.fire_timer import fire_overdue_diagram_timers
from engine.cases.intake.checklist import check_codes
from engine.cases.letters import issue_supplement_request
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.waiting.holds import SUPPLEMENT, open_hold
from engine.catalog.extension import StepKind
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError
from engine.events.waiting import SupplementRequested
from engine.sla.supplement import is_late_return
from engine.staff.queries import holds_role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

    from sqlalchemy import Connection, Row

    from engine.clock import Clock

SUPPLEMENT_LIMIT = 1
"""Requests after acceptance that need no further ground. Legal: R19"""

SUPPLEMENT_DATA = {"ket_luan": "bo_sung"}
"""What an examining step answers to take the diagram's supplement path."""


class SupplementLimitError(OfficeError):
    """A second request needs a ground in sector law, recorded by a leader (R19)."""

    code = "supplement_limit"


def request_supplement(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    reason: str,
    components: Sequence[str],
    by: str | None = None,
    override_ground: str | None = None,
    signer: str | None = None,
    expected_on: date | None = None,
) -> CaseFile:
    """Ask for a supplement; the letter goes out through the one-stop.

    At intake the clock has not started. After acceptance an examiner's request opens the
    one-stop's step, and the one-stop's sending of it stops the clock. Legal: R10, R18, R19, R20

    Raises:
        BadInputError: no reason or no component. SupplementLimitError: a second request without
        a recorded ground. StatusRefusedError, NotAllowedError.
    """
    file = open_case(db, clock, number)
    if not reason.strip():
        raise BadInputError("Expected the reason of the request (--reason), but it is empty")
    named = check_codes(file.version, tuple(components))
    if file.status is CaseStatus.NEW:
        return _at_intake(file, reason=reason, components=named, by=by)
    file.require(CaseStatus.PROCESSING, to="ask for a supplement")
    fire_overdue_diagram_timers(file)
    override = _check_limit(file, override_ground, signer)
    examiner = _take_supplement_path(file, by)
    sending = next(
        (row for row in open_steps(db, file.id) if row.kind == StepKind.SUPPLEMENT), None
    )
    if sending is not None and by is not None and not _is_one_stop(file, by):
        # R18: a specialist asks, the one-stop sends; nobody else writes to the applicant.
        file.save(actor=examiner or by)
        return file
    officer = acting_officer(file, ONE_STOP, by)
    letter = issue_supplement_request(
        file, reason=reason, components=named, officer=officer, requested_by=examiner
    )
    late = _is_late_return(file)
    requests = int(file["supplement_requests"]) + 1
    file.set(
        supplement_requests=requests,
        multi_supplement=requests > SUPPLEMENT_LIMIT,
        late_return=bool(file["late_return"]) or late,
    )
    if sending is not None:
        finish_step(file, sending, by=officer, data=None)
    hold_id = open_hold(
        file,
        kind=SUPPLEMENT,
        ground=override or reason,
        by=officer,
        document=letter,
        components=named,
        expected_on=expected_on,
        policy=file["pause_policy"],
    )
    file.record(
        SupplementRequested(
            hold=hold_id,
            at_intake=False,
            components=named,
            reason=reason,
            letter=letter,
            officer=officer,
            requested_by=examiner,
            late_return=late,
            override_ground=override,
        )
    )
    file.move_to(CaseStatus.SUPPLEMENT)
    file.save(actor=officer)
    return file


def _at_intake(
    file: CaseFile, *, reason: str, components: tuple[str, ...], by: str | None
) -> CaseFile:
    # R10: nothing was received yet; an online dossier waits as 5, one at the counter stays 1.
    officer = acting_officer(file, ONE_STOP, by)
    letter = issue_supplement_request(
        file, reason=reason, components=components, officer=officer, requested_by=None
    )
    hold_id = open_hold(
        file,
        kind=SUPPLEMENT,
        ground=reason,
        by=officer,
        document=letter,
        components=components,
        at_intake=True,
    )
    states = json.loads(file["components"])
    file.set(
        components=json.dumps(
            states | {code: "missing" for code in components if code in states},
            ensure_ascii=False,
        )
    )
    file.record(
        SupplementRequested(
            hold=hold_id,
            at_intake=True,
            components=components,
            reason=reason,
            letter=letter,
            officer=officer,
        )
    )
    if file["channel"] == "online":
        file.move_to(CaseStatus.SUPPLEMENT)
    file.save(actor=officer)
    return file


def _check_limit(file: CaseFile, ground: str | None, signer: str | None) -> str | None:
    if int(file["supplement_requests"]) < SUPPLEMENT_LIMIT:
        return None
    if not (ground or "").strip():
        raise SupplementLimitError(
            f"Expected at most {SUPPLEMENT_LIMIT} supplement request for {file.number}, but one "
            "was made already: a further one needs --override-ground (sector law) and a leader",
            number=file.number,
            requests=int(file["supplement_requests"]),
        )
    acting_officer(file, LEADER, signer)
    return ground


def _take_supplement_path(file: CaseFile, by: str | None) -> str | None:
    """Let the examining step end with "bổ sung"; gives who ended it, if there is such a path."""
    for row in open_steps(file.db, file.id):
        if _offers_supplement(file, row):
            examiner = by if by is not None and not _is_one_stop(file, by) else None
            if examiner is None and row.officer_code:
                examiner = row.officer_code
            return finish_step(file, row, by=examiner, data=SUPPLEMENT_DATA, result="bo_sung")
    return None


def _offers_supplement(file: CaseFile, row: Row[Any]) -> bool:
    form = file.version.form_of(row.element_id)
    return any(
        field["name"] == "ket_luan" and "bo_sung" in _values(field) for field in form["fields"]
    )


def _values(field: Any) -> list[str]:
    return [
        option["value"] if isinstance(option, dict) else option
        for option in field.get("options", [])
    ]


def _is_one_stop(file: CaseFile, officer: str) -> bool:
    return holds_role(file.db, officer, ONE_STOP, str(file["agency_code"]), office_date(file.now))


def _is_late_return(file: CaseFile) -> bool:
    return is_late_return(
        file["received_at"], file.now, file.office.calendar, regime=file["regime"]
    )

"""What the page of one case shows, as plain values for its template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from desk.access import LEADER, ONE_STOP
from desk.casework.actions import ACTIONS, Action
from desk.casework.diagram import case_diagram
from desk.casework.timeline import timeline
from desk.forms import ActForm, errors_of, step_form, text
from desk.paper.docx_letter import EDITABLE
from desk.returns.hand_over import CHANNELS, SATISFIED
from desk.wording import PAUSED, Slack, slack, status_tag, verdict_slack
from engine.cases.complete_step import COMMAND_FOR
from engine.cases.intake.attach_file import HAND_OVER, RESULT, files_of
from engine.cases.intake.show_identity import may_see_identity
from engine.cases.lateness.causes import CAUSES
from engine.cases.lateness.draft_apology import waiting_draft
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.tables import hold
from engine.cases.take_back_step import step_to_take_back
from engine.cases.views import whole
from engine.catalog.extension import StepKind
from engine.citizens.satisfaction import answer_of
from engine.staff.queries import officer_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from desk.access import Person
    from engine.cases.file import CaseFile
    from engine.sla.office_hours import OfficeTime

ACTION_FOR = {
    StepKind.SUPPLEMENT: "supplement",
    StepKind.REFUSE: "return",
    StepKind.RETURN: "return",
    StepKind.APOLOGISE: "apologise",
}
PLACES = {RESULT: _l("Kết quả giải quyết"), HAND_OVER: _l("Bằng chứng trả kết quả")}
"""Where a file may belong besides the checklist."""
ENDED = (CaseStatus.NOT_RECEIVED, CaseStatus.WITHDRAWN, CaseStatus.RETURNED)


class TakeBackForm(ActForm):
    """Why a finished step is opened again; nobody has gone on from it."""

    take_back_reason = text(_l("Lý do thu hồi"), needed=True)


@dataclass(frozen=True)
class StepCard:
    """An open step: who holds it, since when, what is left, and its form for those who may."""

    row: Row[Any]
    holder: str | None
    slack: Slack | None
    may: bool
    mine: bool
    form: ActForm | None
    errors: list[tuple[str, str]]
    action: str | None


class ListStep(NamedTuple):
    """An open step in a line of the work list."""

    id: str
    name: str
    holder: str | None
    free: bool
    mine: bool
    since: datetime
    slack: Slack | None


class ListRow(NamedTuple):
    """A line of the work list."""

    number: str
    version: int
    status: int
    tag: Mapping[str, str]
    owner: str
    procedure: str
    channel: str
    due_at: datetime | None
    reappointed: bool
    received_at: datetime | None
    slack: Slack | None
    risk: float | None
    steps: list[ListStep]


def list_row(
    row: Row[Any],
    steps: Sequence[Row[Any]],
    now: datetime,
    office: OfficeTime,
    names: Mapping[str, str],
    person: Person,
    *,
    since: bool = True,
    risk: float | None = None,
) -> ListRow:
    """One line of the work list; `since` when it shows how long each step is held and may be."""
    due, paused = row.due_original_at, row.status in PAUSED
    if row.verdict:
        left: Slack | None = verdict_slack(row.verdict)
    else:
        allotted = (
            office.working_minutes_between(row.received_at, due)
            if due is not None and row.received_at is not None
            else None
        )
        left = slack(due, now, office, paused=paused, whole_minutes=allotted)
    return ListRow(
        number=row.number,
        version=row.version,
        status=row.status,
        tag=status_tag(row.status),
        owner=row.owner_name,
        procedure=row.procedure_name,
        channel=row.channel,
        due_at=row.due_appointed_at,
        reappointed=row.reappointments > 0,
        received_at=row.received_at,
        slack=left,
        risk=risk if row.verdict is None else None,
        steps=[
            ListStep(
                id=step.task_id,
                name=step.name,
                holder=names.get(step.officer_code or "", step.officer_code),
                free=step.officer_code is None and step.role in person.roles and not paused,
                mine=step.officer_code == person.code,
                since=step.claimed_at or step.created_at,
                slack=slack(step.due_at, now, office, paused=paused) if since else None,
            )
            for step in steps
        ],
    )


def case_page(
    file: CaseFile,
    person: Person,
    *,
    step_forms: Mapping[str, ActForm] | None = None,
    refused: str | None = None,
    back: TakeBackForm | None = None,
) -> dict[str, Any]:
    """Everything the template of one case needs."""
    names = officer_names(file.db, file["agency_code"])
    paused = file.status in PAUSED
    cards = [
        _card(file, row, person, names, paused=paused, filled=(step_forms or {}).get(row.task_id))
        for row in open_steps(file.db, file.id)
    ]
    found = whole(file)
    due = file["due_original_at"]
    if file["verdict"]:
        left: Slack | None = verdict_slack(file["verdict"])
    elif file.status in ENDED:
        left = None
    else:
        left = slack(due, file.now, file.office, paused=paused)
    components = {str(c["code"]): str(c["name"]) for c in file.version.meta.get("components", [])}
    return {
        "file": file,
        "case": found,
        "owner_data": json.loads(file["owner_data"]),
        "draft": waiting_draft(file),
        "causes": CAUSES,
        "may_sign": person.holds(LEADER),
        "may_see_identity": may_see_identity(file, person.code),
        "slack": left,
        "cards": cards,
        "refused": refused,
        "errors": [error for card in cards for error in card.errors]
        + (errors_of(back) if back is not None else []),
        **_to_take_back(file, person, back),
        "actions": offered(file, person),
        "names": names,
        "editable": EDITABLE,
        "handed_over": _handed_over(file, found["journal"]),
        "papers": papers_of(file),
        "places": [*components.items(), *PLACES.items(), ("", gettext("Giấy tờ khác"))],
        "may_attach": person.handles_cases,
        "timeline": timeline(found["journal"], names, file.version),
        "diagram": case_diagram(file),
        "legs": found["legs"],
        "ended": file.status in ENDED,
    }


def _to_take_back(file: CaseFile, person: Person, filled: TakeBackForm | None) -> dict[str, Any]:
    row = step_to_take_back(file, person.code)
    if row is None:
        return {"to_take_back": None}
    form = filled
    if form is None:
        form = TakeBackForm(formdata=None)
        form.stamp(file["version"])
    return {"to_take_back": row, "take_back_form": form}


def offered(file: CaseFile, person: Person) -> list[Action]:
    """Actions of this person on this case as it stands; the commands decide once more."""
    holds = {hold["kind"] for hold in open_holds(file)}
    found = []
    for action in ACTIONS:
        if file.status not in action.statuses:
            continue
        if action.roles and not person.holds(*action.roles):
            continue
        if action.slug == "refuse" and not person.holds(
            ONE_STOP if file.status is CaseStatus.NEW else LEADER
        ):
            continue
        if action.slug == "supplement-came" and "supplement" not in holds:
            continue
        if action.slug == "accept" and "supplement" in holds:
            continue
        if action.slug == "satisfaction" and answer_of(file.db, file.id) is not None:
            continue
        if action.slug == "cause" and not _is_late(file):
            continue
        found.append(action)
    return found


def _handed_over(file: CaseFile, journal: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """To whom, by which channel, with which proof, and how satisfied he was; None before it."""
    given = [entry["data"] for entry in journal if entry["type"] == "ResultReturned"]
    if not given:
        return None
    said = answer_of(file.db, file.id)
    return {
        "at": file["returned_at"],
        "to": file["returned_to"],
        "channel": dict(CHANNELS)[given[-1]["channel"]],
        "proof": file["returned_proof"],
        "satisfied": dict(SATISFIED)[said.answer] if said is not None else None,
    }


def papers_of(file: CaseFile) -> list[dict[str, Any]]:
    """The checklist with the files of each paper; then other places that have files."""
    names = {str(c["code"]): str(c["name"]) for c in file.version.meta.get("components", [])}
    states: dict[str, str] = json.loads(file["components"])
    files: dict[str, list[Row[Any]]] = {}
    for row in files_of(file.db, file.id):
        files.setdefault(row.component or "", []).append(row)
    others = {**PLACES, "": gettext("Giấy tờ khác")}
    listed = [*states, *(code for code in names if code in files and code not in states)]
    listed += [code for code in others if code in files]
    return [
        {
            "name": names.get(code, others.get(code, code)),
            "state": states.get(code),
            "files": files.get(code, []),
        }
        for code in listed
    ]


def open_holds(file: CaseFile) -> list[dict[str, Any]]:
    """The pauses that are open now."""
    rows = file.db.execute(
        select(hold).where(hold.c.case_id == file.id, hold.c.closed_at.is_(None))
    )
    return [{"kind": row.kind, "ground": row.ground} for row in rows]


def _is_late(file: CaseFile) -> bool:
    if file["became_late_at"] is not None or file["verdict"] == "late":
        return True
    due = file["due_original_at"]
    return due is not None and file["finished_at"] is None and due < file.now


def _card(
    file: CaseFile,
    row: Row[Any],
    person: Person,
    names: Mapping[str, str],
    *,
    paused: bool,
    filled: ActForm | None,
) -> StepCard:
    mine = row.officer_code == person.code
    may = mine or (row.officer_code is None and row.role in person.roles)
    action = ACTION_FOR.get(row.kind) if row.kind in COMMAND_FOR else None
    if action is not None:
        may = may and action in {each.slug for each in offered(file, person)}
    form = filled
    if form is None and may and not paused and action is None:
        form = step_form(file.version.form_of(row.element_id))(formdata=None)
        form.stamp(file["version"])
    return StepCard(
        row=row,
        holder=names.get(row.officer_code or "", row.officer_code),
        slack=slack(row.due_at, file.now, file.office, paused=paused),
        may=may,
        mine=mine,
        form=form if action is None else None,
        errors=errors_of(filled) if filled is not None else [],
        action=action,
    )

"""From a draft to a version in force at once, in a training office: findings, then the decision.

In a real office one draws, another checks and the head approves (`desk.procedures.approval`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from desk.access import allow, me, staff
from desk.designer.forms import PublishForm
from desk.designer.room import PUBLISHERS, designer, findings
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import errors_of
from desk.transaction import books, db, frame, office_clock
from engine.cases.acting import NotAllowedError
from engine.cases.training import TrainingOnlyError, clock_of
from engine.catalog.drafts import draft_of
from engine.catalog.model import Decision
from engine.clock import office_date
from engine.database import reading
from engine.errors import OfficeError
from engine.procedures.publish_draft import publish_draft

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from engine.catalog.drafts import Draft


@designer.get("/designer/<code>/publish")
@allow(staff(*PUBLISHERS))
def publication(code: str) -> ResponseReturnValue:
    """Findings of the draft and the form of its decision; a real office hands it in."""
    if not frame().training:
        return redirect(url_for("procedures.approval", code=code))
    draft, today = _draft(code)
    if not frame().training:
        return redirect(url_for("procedures.approval", code=code))
    form = PublishForm()
    form.revision.data = str(draft.revision)
    form.effective_on.data = today
    return _page(draft, form, findings(draft.bpmn))


@designer.post("/designer/<code>/publish")
@allow(staff(*PUBLISHERS))
def publish(code: str) -> ResponseReturnValue:
    """Bring the draft into force as it was seen. Legal: R2, R3, R44, R46

    Only in a training office: elsewhere another checks it and a leader approves it.
    """
    if not frame().training:
        raise NotAllowedError(f"Expected the draft of {code} to be handed in for approval")
    draft, _ = _draft(code)
    if not frame().training:
        raise TrainingOnlyError(
            "Expected a training office, but in this one a proposal is checked and approved"
        )
    form = PublishForm()
    # In the child first: what would hold the office up for minutes never gets into its own process.
    found = findings(draft.bpmn)
    refused = None
    status = UNPROCESSABLE
    if form.validate() and not _stopping(found):
        try:
            publish_draft(
                db(),
                office_clock(),
                code=code,
                revision=int(form.revision.data) if form.revision.data.isdigit() else 0,
                decision=_decision(form),
                sample=form.sample.data,
                by=me().code,
            )
        except OfficeError as refusal:
            status, refused = refusal_said(refusal)
        else:
            return redirect(url_for("procedures.versions", code=code))
    return _page(draft, form, found, refused), status


def _draft(code: str) -> tuple[Draft, date]:
    """Read apart from the request's transaction, which is not begun before the check is over."""
    with reading(books()) as connection:
        return draft_of(connection, code), office_date(clock_of(connection).now())


def _decision(form: Any) -> Decision:
    return Decision(
        form.decision.data or None,
        form.decided_on.data,
        form.authority.data or None,
        form.effective_on.data,
    )


def _stopping(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in found if each["severity"] == "error"]


def _page(
    draft: Draft, form: PublishForm, found: list[dict[str, Any]], refused: str | None = None
) -> str:
    return render_template(
        "designer_publish.html",
        draft=draft,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        refused=refused,
        findings=found,
        stopping=_stopping(found),
    )

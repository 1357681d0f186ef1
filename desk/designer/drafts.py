"""Drafts of procedures: the list, how one begins, a file in place of the drawing, how one ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from desk.access import allow, me
from desk.designer.forms import FileForm, NewForm
from desk.designer.room import RULE, designer
from desk.errors import UNPROCESSABLE, refusal_said, refusal_words
from desk.forms import errors_of
from desk.transaction import db, office_clock
from engine.catalog.draft_copies import copy_file, discard_copy, replace_draft
from engine.catalog.drafts import (
    discard_draft,
    draft_from_nothing,
    draft_from_version,
    draft_of,
    drafts,
    start_draft,
)
from engine.catalog.table.durations import read_total
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import names_of_officers

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.sla.limit import Limit


@designer.get("/designer/drafts")
@allow(RULE)
def overview() -> ResponseReturnValue:
    """Every draft, and the form for a procedure nobody has published yet."""
    return _overview(NewForm())


def _overview(form: NewForm, refused: str | None = None) -> str:
    found = drafts(db())
    return render_template(
        "designer_drafts.html",
        drafts=found,
        names=names_of_officers(db(), {each.saved_by for each in found}),
        form=form,
        errors=errors_of(form),
        refused=refused,
    )


@designer.post("/designer/drafts")
@allow(RULE)
def create() -> ResponseReturnValue:
    """Begin the draft of a new procedure, with the paths the law wants and no times."""
    form = NewForm()
    refused = None
    status = UNPROCESSABLE
    if form.validate():
        try:
            draft = draft_from_nothing(
                db(),
                office_clock(),
                code=form.code.data,
                name=form.name.data,
                field=form.field.data,
                level=form.level.data,
                limit=_limit(form.limit.data),
                by=me().code,
            )
        except OfficeError as refusal:
            status, refused = refusal_said(refusal)
        else:
            return redirect(url_for("designer.editor", code=draft.code))
    return _overview(form, refused), status


def _limit(text: str) -> Limit:
    limit = read_total(text).limit
    if limit is None:
        raise BadInputError(f"Expected a limit such as 08 ngày làm việc, but got {text!r}")
    return limit


@designer.post("/designer/<code>/start")
@allow(RULE)
def start(code: str) -> ResponseReturnValue:
    """Begin a draft with a published version, the one in force when none is named."""
    number = request.form.get("version", type=int)
    draft_from_version(db(), office_clock(), code=code, by=me().code, number=number)
    return redirect(url_for("designer.editor", code=code))


@designer.post("/designer/<code>/upload")
@allow(RULE)
def upload(code: str) -> ResponseReturnValue:
    """A file in place of the drawing; what stood there is kept aside. Without a draft it begins."""
    form = FileForm()
    if not form.validate():
        return _upload_refused(code, [str(message) for _, message in errors_of(form)])
    bpmn = form.file.data.read()
    try:
        if form.revision.data:
            replace_draft(
                db(),
                office_clock(),
                code=code,
                revision=_revision(form.revision.data),
                bpmn=bpmn,
                by=me().code,
            )
        else:
            start_draft(db(), office_clock(), code=code, bpmn=bpmn, by=me().code)
    except OfficeError as refusal:
        status, words = refusal_words(refusal)
        found: Any = refusal.details.get("findings") or []
        return _upload_refused(code, [words, *(each["message"] for each in found)], status)
    return redirect(url_for("designer.editor", code=code))


def _upload_refused(
    code: str, messages: list[str], status: int = UNPROCESSABLE
) -> ResponseReturnValue:
    title = gettext("Không nhận được tệp")
    return render_template(
        "designer_refused.html", code=code, title=title, messages=messages
    ), status


@designer.post("/designer/<code>/discard")
@allow(RULE)
def discard(code: str) -> ResponseReturnValue:
    """Throw the draft away as it was seen."""
    discard_draft(db(), code=code, revision=_revision(request.form.get("revision", "")))
    return redirect(url_for("designer.overview"))


@designer.post("/designer/<code>/copies/<int:copy>/restore")
@allow(RULE)
def restore(code: str, copy: int) -> ResponseReturnValue:
    """Go on with a copy; what the draft was becomes a copy itself."""
    draft = draft_of(db(), code)
    bpmn = copy_file(db(), code=code, copy=copy)
    discard_copy(db(), code=code, copy=copy)
    replace_draft(db(), office_clock(), code=code, revision=draft.revision, bpmn=bpmn, by=me().code)
    return redirect(url_for("designer.editor", code=code))


@designer.post("/designer/<code>/copies/<int:copy>/discard")
@allow(RULE)
def forget(code: str, copy: int) -> ResponseReturnValue:
    """Throw a copy away."""
    discard_copy(db(), code=code, copy=copy)
    return redirect(url_for("designer.editor", code=code))


def _revision(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 9):  # noqa: PLR2004 - an int32
        raise BadInputError("Expected the draft's revision, but there is none")
    return int(given)

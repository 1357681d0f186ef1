"""The editor's page and what it asks while somebody draws: the file, a save, the findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import jsonify, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from desk.access import allow, me
from desk.designer.choices import choices
from desk.designer.room import PUBLISHERS, RULE, designer, findings, held_roles
from desk.designer.table import table_of
from desk.errors import CONFLICT, refusal_words
from desk.transaction import apart, db, frame, office_clock
from engine.cases.training import clock_of
from engine.catalog.draft_copies import copies_of, keep_copy, replace_draft
from engine.catalog.drafts import DraftChangedError, DraftUnknownError, draft_of, save_draft
from engine.catalog.versions import version_number, versions_of
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import names_of_officers

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection

    from engine.catalog.draft_copies import DraftCopy
    from engine.catalog.drafts import DraftHead

_TAG = re.compile(r'"(\d{1,9})"')


@designer.get("/designer/<code>")
@allow(RULE)
def editor(code: str) -> ResponseReturnValue:
    """The draft of a procedure in the editor; without one, where a draft can begin."""
    try:
        draft = draft_of(db(), code)
    except DraftUnknownError:
        return _beginning(code)
    copies = copies_of(db(), code)
    table = table_of(draft.bpmn)
    setup = {
        "code": code,
        "revision": draft.revision,
        "token": generate_csrf(),
        "source": url_for("designer.file", code=code, form="bpmn"),
        "save": url_for("designer.save", code=code),
        "check": url_for("designer.check", code=code),
        "table": url_for("designer.table", code=code),
        **choices(held=held_roles(), forms=draft.meta.get("forms", {})),
    }
    return render_template(
        "designer.html",
        draft=draft,
        setup=setup,
        copies=copies,
        names=names_of_officers(db(), _drawn_by(draft, copies)),
        table=table,
        may_publish=frame().training and me().holds(*PUBLISHERS),
        name=(table.name if table else "") or draft.meta.get("name") or code,
    )


def _drawn_by(draft: DraftHead, copies: list[DraftCopy]) -> set[str]:
    return {draft.started_by, draft.saved_by, *(each.kept_by for each in copies)}


def _beginning(code: str) -> ResponseReturnValue:
    today = office_date(office_clock().now())
    numbers = [number for number, _ in versions_of(db(), code)]
    latest = version_number(db(), code, numbers[-1] if numbers else None, today)
    return render_template(
        "designer_begin.html",
        code=code,
        latest=latest,
        numbers=numbers,
        table=table_of(latest.bpmn),
    )


@designer.post("/designer/<code>/draft")
@allow(RULE)
def save(code: str) -> ResponseReturnValue:
    """Save what was drawn on a revision (`If-Match`); a save that comes too late is kept aside."""
    bpmn = request.get_data()
    try:
        with apart() as connection:
            saved = _save(connection, code, bpmn)
    except DraftChangedError as changed:
        return _late(code, bpmn, changed)
    except OfficeError as refusal:
        return _refused(refusal)
    return jsonify({"revision": saved.revision, "saved_at": saved.saved_at.isoformat()})


def _save(connection: Connection, code: str, bpmn: bytes) -> DraftHead:
    act = replace_draft if request.headers.get("X-Keep") else save_draft
    return act(
        connection, clock_of(connection), code=code, revision=_revision(), bpmn=bpmn, by=me().code
    )


def _late(code: str, bpmn: bytes, changed: DraftChangedError) -> ResponseReturnValue:
    """Another saved meanwhile: his stays the draft, this one is kept beside it."""
    try:
        with apart() as connection:
            who_saved = names_of_officers(connection, {str(changed.details["saved_by"])})
            copy = keep_copy(
                connection,
                clock_of(connection),
                code=code,
                revision=_revision(),
                bpmn=bpmn,
                by=me().code,
            )
    except OfficeError as refusal:
        return _refused(refusal)
    who = str(changed.details["saved_by"])
    words = gettext(
        "%(who)s vừa lưu bản %(revision)s. Bản của ông/bà không mất: đã giữ lại cạnh bản thảo.",
        who=who_saved.get(who, who),
        revision=changed.details["revision"],
    )
    answer = {
        "code": changed.code,
        "message": words,
        "revision": changed.details["revision"],
        "copy": url_for("designer.copy", code=code, copy=copy.id),
    }
    return jsonify(answer), CONFLICT


def _revision() -> int:
    given = _TAG.fullmatch(request.headers.get("If-Match", ""))
    if given is None:
        raise BadInputError("Expected the draft's revision in If-Match, but there is none")
    return int(given[1])


@designer.post("/designer/<code>/check")
@allow(RULE)
def check(code: str) -> ResponseReturnValue:  # noqa: ARG001 - the address of the draft's page
    """What the linter says of what is being drawn; nothing is saved."""
    try:
        return jsonify({"findings": findings(request.get_data())})
    except OfficeError as refusal:
        return _refused(refusal)


def _refused(refusal: OfficeError) -> ResponseReturnValue:
    status, words = refusal_words(refusal)
    details = refusal.details.get("findings", [])
    return jsonify({"code": refusal.code, "message": words, "findings": details}), status

"""A decision's table comes in: understood row by row, confirmed or corrected, saved as a draft."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from desk.access import allow, me, staff
from desk.attachments.uploads import takes_files
from desk.errors import UNPROCESSABLE, refusal_said, refusal_words
from desk.procedures.room import AUTHORS, procedures
from desk.procedures.table_form import shown_rows, table_of, whole_findings
from desk.transaction import db, office_clock
from engine.catalog.drafts import DraftExistsError, draft_of, save_draft, start_draft
from engine.catalog.publication import last_values
from engine.catalog.table.builder import DEFAULT_REGIME, build
from engine.catalog.table.decision_table import TableKind
from engine.catalog.table.office_file import OfficeReader, TableRefusedError
from engine.catalog.table.table_file import read_table_file
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from engine.catalog.table.decision_table import DecisionTable

RULE = staff(*AUTHORS)


@procedures.get("/designer/import")
@allow(RULE)
def import_page() -> ResponseReturnValue:
    """Where a table is chosen or pasted."""
    return render_template("procedure_import.html", refused=None, findings=())


@procedures.post("/designer/import")
@takes_files
@allow(RULE)
def import_read() -> ResponseReturnValue:
    """Read a table in a child with limits of its own; show what was understood, row by row."""
    try:
        table = _given()
    except TableRefusedError as refusal:
        return _refused(refusal, refusal.findings)
    except OfficeError as refusal:
        return _refused(refusal, ())
    return _confirm(table)


@procedures.post("/designer/import/table")
@allow(RULE)
def import_confirm() -> ResponseReturnValue:
    """Read the corrected table again; when it was confirmed, it becomes a draft."""
    try:
        table = table_of(request.form)
        if "save" not in request.form:
            return _confirm(table)
        if not request.form.get("confirmed"):
            return _confirm(table, gettext("Hãy xác nhận đã đối chiếu từng dòng.")), UNPROCESSABLE
        code = _save(table)
    except DraftExistsError as refusal:
        _, words = refusal_words(refusal)
        return _confirm(table, words, is_drafted=True), UNPROCESSABLE
    except OfficeError as refusal:
        status, said = refusal_said(refusal)
        return _confirm(table, said), status
    return redirect(url_for("procedures.approval", code=code, xong=1))


def _given() -> DecisionTable:
    pasted = request.form.get("pasted", "").strip()
    file = request.files.get("file")
    if file is not None and file.filename:
        ending = PurePosixPath(file.filename).suffix.lower()
        data = file.stream.read()
    elif pasted:
        ending, data = ".txt", pasted.encode()
    else:
        raise BadInputError("Expected a file or a pasted table, but there is neither")
    with OfficeReader() as reader:
        return read_table_file(data, ending, reader)


def _save(table: DecisionTable) -> str:
    code = table.code
    if not code:
        raise BadInputError("Expected the code of the procedure, but it is empty")
    known = last_values(db(), code)
    built = build(
        table,
        regime=str(known.get("regime") or DEFAULT_REGIME),
        basis=_basis(known.get("legal_basis")),
    )
    if request.form.get("replace"):
        before = draft_of(db(), code)
        save_draft(
            db(),
            office_clock(),
            code=code,
            revision=before.revision,
            bpmn=built.bpmn,
            by=me().code,
        )
    else:
        start_draft(db(), office_clock(), code=code, bpmn=built.bpmn, by=me().code)
    return code


def _basis(known: object) -> str:
    typed = " ".join(request.form.get("basis", "").split())[:1_000]
    if typed:
        return typed
    return "; ".join(map(str, known)) if isinstance(known, list) else ""


def _confirm(table: DecisionTable, refused: str | None = None, *, is_drafted: bool = False) -> str:
    return render_template(
        "procedure_import_table.html",
        table=table,
        rows=shown_rows(table),
        findings=whole_findings(table),
        refused=refused,
        is_drafted=is_drafted,
        kinds=[
            (TableKind.DECISION, gettext("Có trong quyết định đã ban hành")),
            (TableKind.RECONSTRUCTION, gettext("Dựng lại để tập, không phải quyết định (mẫu)")),
        ],
        basis=request.form.get("basis", ""),
    )


def _refused(refusal: OfficeError, findings: tuple[object, ...]) -> ResponseReturnValue:
    status, words = refusal_words(refusal)
    page = render_template(
        "procedure_import.html",
        refused=words if findings else f"{words} ({refusal.message})",
        findings=findings,
        pasted=request.form.get("pasted", ""),
    )
    return page, status

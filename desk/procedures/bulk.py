"""Many tables at once: a ZIP is taken in, its tables are read some at a time, a report says all."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response, redirect, render_template, request, url_for

from desk.access import allow, me, staff
from desk.attachments.uploads import takes_files
from desk.errors import refusal_words
from desk.procedures.room import AUTHORS, procedures
from desk.transaction import books, db, office_clock
from engine.catalog.finding import Severity
from engine.catalog.imports import (
    Batch,
    batch_by_id,
    batches,
    drawn,
    keep_drawn,
    start_batch,
    unread,
)
from engine.catalog.table.cells import guarded
from engine.catalog.table.office_file import TableRefusedError
from engine.database import reading
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import names_of_officers

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RULE = staff(*AUTHORS)
TABLES_A_REQUEST = 20
"""So many are read before the page answers; the browser then asks for the next ones."""


@procedures.get("/designer/import/all")
@allow(RULE)
def bulk() -> ResponseReturnValue:
    """Where a ZIP is chosen, and the last batches."""
    return _start_page()


@procedures.post("/designer/import/all")
@takes_files
@allow(RULE)
def bulk_start() -> ResponseReturnValue:
    """Take in a ZIP; its directory is looked at before anything in it is unpacked."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise BadInputError("Expected a ZIP, but there is no file")
        number = start_batch(
            db(), office_clock(), name=file.filename, archive=file.stream.read(), by=me().code
        )
    except OfficeError as refusal:
        status, words = refusal_words(refusal)
        findings = refusal.findings if isinstance(refusal, TableRefusedError) else ()
        said = words if findings else f"{words} ({refusal.message})"
        return _start_page(said, findings), status
    return redirect(url_for("procedures.bulk_batch", batch=number))


@procedures.get("/designer/import/all/<int:batch>")
@allow(RULE)
def bulk_batch(batch: int) -> ResponseReturnValue:
    """How far a batch is, and what became of each table."""
    return render_template("procedure_bulk_batch.html", **_progress(batch_by_id(db(), batch)))


@procedures.post("/designer/import/all/<int:batch>")
@allow(RULE)
def bulk_go_on(batch: int) -> ResponseReturnValue:
    """Read the next tables: in a child, before the books are opened for writing."""
    with reading(books()) as connection:
        batch_by_id(connection, batch)
        waiting = unread(connection, batch, most=TABLES_A_REQUEST)
    tables = list(drawn(waiting))
    for table in tables:
        keep_drawn(db(), office_clock(), batch=batch, table=table, by=me().code)
    if request.headers.get("HX-Request"):
        found = _progress(batch_by_id(db(), batch))
        return render_template("procedure_bulk_progress.html", **found)
    return redirect(url_for("procedures.bulk_batch", batch=batch))


@procedures.get("/designer/import/all/<int:batch>/report")
@allow(RULE)
def bulk_report(batch: int) -> ResponseReturnValue:
    """The batch as a table for a spreadsheet: a line a finding, one at least for each file."""
    found = batch_by_id(db(), batch)
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(["file", "code", "rows", "outcome", "message", "severity", "rule", "finding"])
    for item in found.items:
        head = [item.file, item.code or "", str(item.rows), item.outcome or "", item.message or ""]
        for finding in item.findings or ({},):
            told = [finding.get(name) or "" for name in ("severity", "rule", "message")]
            writer.writerow([guarded(str(cell)) for cell in (*head, *told)])
    answer = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"nhap-hang-loat-{batch}.csv")
    return answer


def _start_page(refused: str | None = None, findings: object = ()) -> str:
    found = batches(db())
    return render_template(
        "procedure_bulk.html",
        batches=found,
        names=names_of_officers(db(), {each[2] for each in found}),
        refused=refused,
        findings=findings,
    )


def _progress(batch: Batch) -> dict[str, object]:
    return {
        "batch": batch,
        "total": len(batch.items),
        "counts": {
            name: sum(item.outcome == name for item in batch.items)
            for name in ("draft", "kept", "refused")
        },
        "faulty": sum(item.count(Severity.ERROR) > 0 for item in batch.items),
        "ERROR": Severity.ERROR,
        "WARNING": Severity.WARNING,
    }

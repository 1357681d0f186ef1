"""Reports as files for a browser: made in a folder that is gone when the answer is."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flask import Response, abort

from engine.reports.print.bundle import write_bundle
from engine.reports.print.out import print_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.reports.forms.par_index import Evidence
    from engine.reports.print.sheet import Sheet

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "xes": "application/xml; charset=utf-8",
}
PRINTED = ("xlsx", "pdf", "csv")


def sheet_file(sheet: Sheet, kind: str, period: str) -> Response:
    """A report as .xlsx, .pdf or .csv; another kind is no page of ours."""
    if kind not in PRINTED:
        abort(404)
    return _file(f"{sheet.code}-{period}.{kind}", kind, lambda out: print_sheet(sheet, out))


def bundle_file(sheet: Sheet, evidence: Evidence, period: str) -> Response:
    """The self-score with the lists behind each criterion."""
    name = f"{sheet.code}-{period}.zip"
    return _file(name, "zip", lambda out: write_bundle(sheet, evidence.lists, out))


def as_attachment(response: Response, name: str) -> Response:
    """Let the browser keep it under a name of plain letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join(letter if letter.isalnum() or letter in ".-_" else "-" for letter in plain)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def _file(name: str, kind: str, write: Callable[[Path], None]) -> Response:
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"report.{kind}"
        write(out)
        content = out.read_bytes()
    return as_attachment(Response(content, content_type=TYPES[kind]), name)

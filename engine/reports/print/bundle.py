"""A bundle of evidence: the sheet, the lists behind it, and a manifest with their hashes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.journal.export import harmless
from engine.reports.print.files import whole_file
from engine.reports.print.sheet import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.reports.print.sheet import Cell, Column, Sheet

_AT = (1980, 1, 1, 0, 0, 0)
"""Files bear no time of their own, so that the same figures give the same bytes."""


def write_bundle(
    sheet: Sheet,
    lists: Mapping[str, tuple[tuple[Column, ...], list[tuple[Cell, ...]]]],
    out: Path,
) -> None:
    """Write the bundle as .zip.

    Raises:
        BadInputError: the file has another name. ReportUnwritableError.
    """
    if out.suffix.lower() != ".zip":
        raise BadInputError(f"Expected a bundle named .zip, but got {out.name}")
    files = {f"{sheet.code}.csv": _csv(sheet.columns, (row.cells for row in sheet.rows))}
    files |= {name: _csv(columns, rows) for name, (columns, rows) in lists.items()}
    manifest = {
        "report": sheet.as_json(),
        "files": {
            name: {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        },
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    with whole_file(out) as partial, zipfile.ZipFile(partial, "w") as bundle:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(entry, content)


def _csv(columns: Iterable[Column], rows: Iterable[tuple[Cell, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(column.title) for column in columns])
    for row in rows:
        writer.writerow([harmless(shown(cell)) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()

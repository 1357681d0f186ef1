"""Many tables at once: out of a ZIP, one read in the reader's child while another is drawn."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from engine.catalog.linter.words import folded
from engine.catalog.table.archive import archive_faults
from engine.catalog.table.office_file import MAX_BYTES, TableRefusedError
from engine.catalog.table.table_file import ENDINGS, read_table_file
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.table.decision_table import DecisionTable
    from engine.catalog.table.office_file import OfficeReader

MAX_ARCHIVE: Final = 100 * 1024 * 1024
"""Bytes of a ZIP; what it unpacks to has a limit of its own."""
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

File = tuple[str, bytes | str]
"""A file's name and its bytes; a text in their place says why it is not read."""


def archived(data: bytes) -> Iterator[File]:
    """The tables of a ZIP by name, one unpacked at a time.

    Raises:
        TableRefusedError: the ZIP is damaged, a bomb, or has paths that lead outside.
        BadInputError: it is too large.
    """
    if len(data) > MAX_ARCHIVE:
        raise BadInputError(f"Expected a ZIP of at most {MAX_ARCHIVE} bytes, but it is larger")
    faults = archive_faults(data, wanted=(".docx", ".xlsx"))
    if faults:
        raise TableRefusedError(faults)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in sorted(archive.infolist(), key=lambda each: each.filename):
            name = PurePosixPath(entry.filename)
            if entry.is_dir() or name.suffix.lower() not in ENDINGS or name.name.startswith("~$"):
                continue
            if entry.file_size > MAX_BYTES:
                yield entry.filename, f"Expected at most {MAX_BYTES} bytes, but it is larger"
                continue
            try:
                yield entry.filename, archive.read(entry)
            except (zipfile.BadZipFile, ValueError, NotImplementedError) as cause:
                yield entry.filename, f"Expected a sound entry, but {cause}"


def read_ahead(
    files: Iterable[File], reader: OfficeReader
) -> Iterator[tuple[str, DecisionTable | OfficeError]]:
    """Every file's table or its refusal, in order; the next file is read meanwhile."""
    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting: tuple[str, Future[DecisionTable | OfficeError]] | None = None
        for name, data in files:
            coming = (name, ahead.submit(_read, name, data, reader))
            if waiting is not None:
                yield waiting[0], waiting[1].result()
            waiting = coming
        if waiting is not None:
            yield waiting[0], waiting[1].result()


def _read(name: str, data: bytes | str, reader: OfficeReader) -> DecisionTable | OfficeError:
    if isinstance(data, str):
        return BadInputError(data)
    try:
        return read_table_file(data, PurePosixPath(name).suffix.lower(), reader)
    except OfficeError as refused:
        return refused


def code_of(table: DecisionTable, name: str) -> str:
    """The procedure's code: the table's, else the file's name.

    Raises:
        BadInputError: it is none.
    """
    code = table.code or folded(PurePosixPath(name).stem).replace(" ", "-")
    if not _CODE.fullmatch(code):
        raise BadInputError(f"Expected a code for a folder's name, but got {code!r}")
    return code

"""Reads a decision's table from a file of any kind: DOCX, XLSX, CSV or pasted text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.table import codes
from engine.catalog.table.blocks import read_blocks, text_blocks
from engine.catalog.table.csv_file import read_table_csv
from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.catalog.table.decision_table import DecisionTable
    from engine.catalog.table.office_file import OfficeReader

ENDINGS: Final = (".docx", ".xlsx", ".csv", ".txt")


def read_table_file(data: bytes, ending: str, reader: OfficeReader) -> DecisionTable:
    """The table of a file; `ending` is one of ENDINGS in lower case.

    Raises:
        TableRefusedError: it cannot be read, with the findings. BadInputError: of text files.
    """
    if ending == ".csv":
        return read_table_csv(data)
    if ending == ".txt":
        return read_blocks(text_blocks(data), is_guarded=True)
    if ending in {".docx", ".xlsx"}:
        return read_blocks(reader.read(data, ending), is_guarded=ending == ".xlsx")
    raise BadInputError(
        f"Expected a table in {', '.join(ENDINGS)}, but got {ending or 'no ending'!r}",
        code=codes.FILE_UNREADABLE.code,
    )

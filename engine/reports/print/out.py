"""The door to all printed forms: the file's name says which one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.reports.print.csv_file import write_csv, write_table
from engine.reports.print.sheet import Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.reports.print.sheet import Sheet

_LIST = (Column("1", "Mã số hồ sơ", width=28, text=True),)


def print_sheet(sheet: Sheet, out: Path) -> None:
    """Write a report as .xlsx, .pdf or .csv.

    Raises:
        BadInputError: the file has another name. ReportUnwritableError, PdfUnavailableError,
        PdfFontMissingError, ReportTooLongError.
    """
    match out.suffix.lower():
        case ".xlsx":
            from engine.reports.print.xlsx import write_xlsx  # noqa: PLC0415 (slow to load)

            write_xlsx(sheet, out)
        case ".pdf":
            from engine.reports.print.pdf import write_pdf  # noqa: PLC0415 (slow to load)

            write_pdf(sheet, out)
        case ".csv":
            write_csv(sheet, out)
        case _:
            raise BadInputError(f"Expected a file named .xlsx, .pdf or .csv, but got {out.name}")


def print_list(out: Path, title: str, cases: Sequence[str]) -> None:
    """Write a list of case numbers as .xlsx or .csv.

    Raises:
        BadInputError: the file has another name. ReportUnwritableError.
    """
    rows = ((number,) for number in cases)
    match out.suffix.lower():
        case ".xlsx":
            from engine.reports.print.xlsx import write_rows  # noqa: PLC0415 (slow to load)

            write_rows(out, title=title, columns=_LIST, rows=rows)
        case ".csv":
            write_table(out, _LIST, rows)
        case _:
            raise BadInputError(f"Expected a list named .xlsx or .csv, but got {out.name}")

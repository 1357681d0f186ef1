"""A report as PDF: one HTML page, A4 landscape, with the national heading; fetches nothing."""

from __future__ import annotations

import unicodedata
import warnings
from html import escape
from typing import TYPE_CHECKING, Any

from engine.errors import OfficeError
from engine.reports.print.files import MOTTO, NATION, whole_file
from engine.reports.print.sheet import header_rows, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.reports.print.sheet import Column, Row, Sheet

MOST_ROWS = 5_000
"""A PDF is laid out in memory; longer lists go to XLSX or CSV."""

WIDE = 16
"""A table of more columns is printed in smaller letters."""

FONTS = '"Times New Roman", "Liberation Serif", "Tinos", "DejaVu Serif", "Noto Serif", serif'
"""Each of them has every Vietnamese letter; the first that is installed is taken."""

_STYLE = """
@page {{ size: A4 landscape; margin: 15mm 12mm 16mm 15mm;
  @top-center {{ content: "{draft}"; color: #c00000; font: bold 9pt {fonts}; }}
  @bottom-left {{ content: "{form}"; font: 8pt {fonts}; }}
  @bottom-right {{ content: "Trang " counter(page) "/" counter(pages); font: 8pt {fonts}; }} }}
body {{ font: 10.5pt {fonts}; color: #000; }}
.top {{ display: flex; justify-content: space-between; }}
.top div {{ width: 48%; text-align: center; }}
.motto {{ font-weight: bold; border-bottom: .6pt solid #000; padding-bottom: 1pt; }}
h1 {{ font-size: 13.5pt; text-align: center; margin: 14pt 0 2pt; text-transform: uppercase; }}
.period {{ text-align: center; font-style: italic; margin: 0 0 8pt; }}
.draft {{ text-align: center; color: #c00000; font-weight: bold; font-size: 12pt;
  letter-spacing: 2pt; margin: 2pt 0; }}
table {{ border-collapse: collapse; width: 100%; font-size: {size}pt; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
th, td {{ border: .6pt solid #444; padding: 2pt 1.5pt; vertical-align: middle;
  overflow-wrap: break-word; }}
th {{ background: #e8edf3; text-align: center; }}
th.key {{ font-weight: normal; font-style: italic; font-size: 8pt; background: none; }}
td.n {{ text-align: right; }}
tr.group td {{ background: #f3f3f3; font-weight: bold; }}
tr.total td {{ font-weight: bold; }}
.below {{ font-size: 9pt; margin: 8pt 0 0; padding: 0; list-style: none; }}
.below .correction {{ font-weight: bold; }}
.hands {{ display: flex; justify-content: space-around; margin-top: 14pt; text-align: center;
  break-inside: avoid; }}
.hands p {{ margin: 0; }}
.hands .where {{ font-style: italic; font-size: 9pt; }}
"""


class PdfUnavailableError(OfficeError):
    """This machine lacks what lays out a PDF; all other formats work without it."""

    code = "pdf_unavailable"


class PdfFontMissingError(OfficeError):
    """No installed font has all the Vietnamese letters of the report."""

    code = "pdf_font_missing"


class ReportTooLongError(OfficeError):
    """A list is too long to be laid out as PDF."""

    code = "report_too_long"


def write_pdf(sheet: Sheet, out: Path) -> None:
    """Print a report.

    Raises:
        PdfUnavailableError: pango is missing. PdfFontMissingError: letters would be boxes.
        ReportTooLongError: more rows than a PDF is laid out for.
        ReportUnwritableError: the file cannot be written.
    """
    if len(sheet.rows) > MOST_ROWS:
        raise ReportTooLongError(
            f"Expected at most {MOST_ROWS} rows in a PDF, but the report has {len(sheet.rows)}:"
            " write it as .xlsx or .csv",
            rows=len(sheet.rows),
        )
    document = _laid_out(html_of(sheet))
    with whole_file(out) as partial:
        document.write_pdf(str(partial))
        _check_letters(document)


def html_of(sheet: Sheet) -> str:
    """The report as one HTML page; whatever people typed stays text."""
    style = _STYLE.format(
        form=_css_text(sheet.form),
        draft="DỰ THẢO" if sheet.draft else "",
        size=9.5 if len(sheet.columns) <= WIDE else 7.2,
        fonts=FONTS,
    )
    draft = '<p class="draft">DỰ THẢO</p>' if sheet.draft else ""
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.title)}</title><style>{style}</style></head><body>"
        f'<div class="top"><div>{escape(sheet.form)}<br>'
        f"Đơn vị báo cáo: {escape(sheet.issuer)}</div>"
        f'<div><b>{NATION}</b><br><span class="motto">{MOTTO}</span></div></div>'
        f"<h1>{escape(sheet.title)}</h1>{draft}"
        f'<p class="period">{escape(sheet.period)} · {escape(sheet.unit)}</p>'
        f"<table>{_widths(sheet.columns)}<thead>{_head(sheet.columns)}</thead><tbody>{_body(sheet)}</tbody></table>"
        f'<ul class="below">{_below(sheet)}</ul>{_HANDS}</body></html>'
    )


_HANDS = (
    '<div class="hands"><div><p><b>NGƯỜI LẬP BIỂU</b></p><p class="where">(ký, họ tên)</p></div>'
    '<div><p class="where">…, ngày … tháng … năm …</p><p><b>THỦ TRƯỞNG ĐƠN VỊ</b></p>'
    '<p class="where">(ký tên, đóng dấu)</p></div></div>'
)


def _widths(columns: tuple[Column, ...]) -> str:
    whole = sum(column.width for column in columns)
    cells = "".join(f'<col style="width:{100 * each.width / whole:.3f}%">' for each in columns)
    return f"<colgroup>{cells}</colgroup>"


def _head(columns: tuple[Column, ...]) -> str:
    upper, lower = header_rows(columns)
    cells, position = [], 0
    for title, span in upper:
        if title:
            cells.append(f'<th colspan="{span}">{escape(title)}</th>')
        else:
            rows = 2 if lower else 1
            cells.append(f'<th rowspan="{rows}">{escape(columns[position].title)}</th>')
        position += span
    second = "".join(f"<th>{escape(column.title)}</th>" for _, column in lower)
    keys = "".join(f'<th class="key">({escape(column.key)})</th>' for column in columns)
    middle = f"<tr>{second}</tr>" if lower else ""
    return f"<tr>{''.join(cells)}</tr>{middle}<tr>{keys}</tr>"


def _body(sheet: Sheet) -> str:
    return "".join(_row(row, sheet.columns) for row in sheet.rows)


def _row(row: Row, columns: tuple[Column, ...]) -> str:
    cells = "".join(
        f"<td{'' if column.text else ' class=n'}>{escape(shown(cell))}</td>"
        for cell, column in zip(row.cells, columns, strict=True)
    )
    return f'<tr class="{row.kind}">{cells}</tr>'


def _below(sheet: Sheet) -> str:
    return "".join(
        f'<li class="{"correction" if line in sheet.corrections else "note"}">{escape(line)}</li>'
        for line in sheet.lines_below()
    )


def _laid_out(html: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it works without HarfBuzz-Subset, only larger
            from weasyprint import HTML  # noqa: PLC0415 (needs pango, and takes half a second)
    except OSError as cause:
        raise PdfUnavailableError(
            "Expected pango to lay out a PDF, but it is missing: apt-get install libpango-1.0-0"
            " libpangoft2-1.0-0 fonts-dejavu-core; .xlsx and .csv need nothing"
        ) from cause
    return HTML(string=html, url_fetcher=_nothing).render()


def _nothing(url: str) -> Any:
    raise ValueError(f"a report fetches nothing, not even {url}")


def _check_letters(document: Any) -> None:
    missing = {
        letter
        for font in document.fonts.values()
        for letter in _letters(font.missing)
        if unicodedata.name(letter, "").startswith("LATIN")
    }
    if missing:
        raise PdfFontMissingError(
            f"Expected a font with all Vietnamese letters, but {''.join(sorted(missing))[:20]} is"
            " in none that is installed: apt-get install fonts-dejavu-core"
        )


def _letters(missing: Iterable[Any]) -> Iterable[str]:
    for each in missing:
        yield chr(each) if isinstance(each, int) else str(each)[:1]


def _css_text(text: str) -> str:
    """Text inside a CSS string: nothing in it can end the string."""
    return "".join(f"\\{ord(letter):06x}" for letter in text)

"""A sheet of HTML as PDF: whole fonts, nothing fetched but our own style and fonts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.errors import OfficeError

STATIC = Path(__file__).resolve().parent.parent / "static"


class PdfToolMissingError(OfficeError):
    """The machine lacks the library that lays out text; pages and print still work."""

    code = "tool_missing"


class ForeignAddressError(OfficeError):
    """A letter asked for something outside our own files."""

    code = "foreign_address"


def pdf_of(sheet: str) -> bytes:
    """Lay out a sheet.

    Raises:
        PdfToolMissingError: pango is not installed.
    """
    try:
        # Loads pango when it is imported: half a second, and only where PDF is asked for.
        from weasyprint import HTML  # noqa: PLC0415 (see above)
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 (see above)
    except OSError as cause:
        raise PdfToolMissingError(
            "Expected pango to make a PDF, but it is missing: apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from cause

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Fetches our own style and fonts and nothing else, from nowhere else."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            """Open one of our files."""
            if not is_own_file(url):
                raise ForeignAddressError(f"Expected one of our own files, but got {url[:100]!r}")
            return super().fetch(url, headers)

    fetcher = OwnFiles(allowed_protocols=("file",), allow_redirects=False)
    base = STATIC.as_uri() + "/"
    made: bytes = HTML(string=sheet, base_url=base, url_fetcher=fetcher).write_pdf()
    return made


def is_own_file(url: str) -> bool:
    """True for a file of the desk's static folder."""
    return url.startswith(STATIC.as_uri() + "/") and ".." not in url and "%" not in url

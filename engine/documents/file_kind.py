"""What an uploaded file is, by its content: a short list is taken, everything else is refused."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from engine.catalog.table.archive import archive_faults
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_BYTES = 64
LONGEST_NAME = 150
NAMELESS = "tep"
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""Names that Windows does not take for a file."""

_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_MACROS = "vbaproject.bin"


class FileKindRefusedError(OfficeError):
    """A file is of a kind the office does not take, whatever its name says."""

    code = "file_kind_refused"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its media type and the endings a name of it may have, the usual one first."""

    name: str
    media_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileKind("pdf", "application/pdf", (".pdf",))
JPEG = FileKind("jpeg", "image/jpeg", (".jpg", ".jpeg"))
PNG = FileKind("png", "image/png", (".png",))
TIFF = FileKind("tiff", "image/tiff", (".tif", ".tiff"))
HEIC = FileKind("heic", "image/heic", (".heic", ".heif"))
DOCX = FileKind("docx", _OFFICE + "wordprocessingml.document", (".docx",))
XLSX = FileKind("xlsx", _OFFICE + "spreadsheetml.sheet", (".xlsx",))
KINDS = {kind.name: kind for kind in (PDF, JPEG, PNG, TIFF, HEIC, DOCX, XLSX)}

_HEADS: tuple[tuple[FileKind, Callable[[bytes], bool]], ...] = (
    (PDF, lambda head: head.startswith(b"%PDF-")),
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR"),
    (TIFF, lambda head: head.startswith((b"II*\0", b"MM\0*"))),
    (HEIC, lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIF),
)


def kind_of(content: IO[bytes]) -> FileKind:
    """The kind of a whole file. Of an archive only its directory is read, nothing is unpacked.

    Raises:
        FileKindRefusedError: none of the kinds that are taken, or an archive that is a trap.
    """
    content.seek(0)
    head = content.read(HEAD_BYTES)
    for kind, fits in _HEADS:
        if fits(head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        content.seek(0)
        return _office_kind(content.read())
    raise FileKindRefusedError(
        f"Expected a file of {', '.join(KINDS)}, but its content is something else"
    )


def name_for(given: str, kind: FileKind) -> str:
    """A file's name as plain text: no path, nothing invisible, the ending its content deserves."""
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    name = " ".join(seen.replace('"', "'").split()).rstrip(". ")
    ending = next((e for e in kind.endings if name.lower().endswith(e)), "")
    stem = (name[: -len(ending)] if ending else name).strip(". ")
    if not stem or stem.partition(".")[0].lower() in DEVICES:
        stem = f"{NAMELESS}-{stem}".rstrip("-")
    return stem[:LONGEST_NAME].rstrip(". ") + (ending or kind.endings[0])


def _office_kind(data: bytes) -> FileKind:
    faults = archive_faults(data)
    if faults:
        raise FileKindRefusedError(
            f"Expected a document that can be opened safely, but {faults[0].message}"
        )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.lower() for name in archive.namelist()}
    if any(name.rpartition("/")[2] == _MACROS for name in names):
        raise FileKindRefusedError("Expected a document without macros, but it has some")
    if "[content_types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    raise FileKindRefusedError("Expected a Word or Excel document, but it is another archive")

"""Looks at a ZIP's directory before anything in it is unpacked (DOCX, XLSX, a ZIP of tables)."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING, Final

from engine.catalog.table.codes import ARCHIVE_HOSTILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.catalog.finding import Finding

MAX_UNPACKED: Final = 50 * 1024 * 1024
MAX_RATIO: Final = 100
MAX_ENTRIES: Final = 2_000
_SMALL: Final = 4 * 1024
"""Below this an entry's ratio says nothing: a page of blanks packs well."""

_NESTED: Final = (".zip", ".docx", ".xlsx", ".docm", ".xlsm", ".jar", ".7z", ".rar", ".gz")


def archive_faults(data: bytes, *, wanted: Collection[str] = ()) -> tuple[Finding, ...]:
    """Why an archive must not be opened; empty when nothing speaks against it.

    `wanted` are endings an entry may have although they are archives themselves.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as cause:
        return (
            ARCHIVE_HOSTILE.found(
                None, f"Tệp nén hỏng: {cause}.", f"the archive is damaged: {cause}"
            ),
        )
    return tuple(
        ARCHIVE_HOSTILE.found(None, f"{vietnamese}.", english)
        for vietnamese, english in _faults(entries, len(data), wanted)
    )


def _faults(
    entries: list[zipfile.ZipInfo], size: int, wanted: Collection[str]
) -> Iterator[tuple[str, str]]:
    if len(entries) > MAX_ENTRIES:
        yield (
            f"Tệp nén có {len(entries)} mục, vượt {MAX_ENTRIES}",
            f"it has {len(entries)} entries, above {MAX_ENTRIES}",
        )
        return
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        yield (
            f"Tệp nén bung ra {unpacked} byte, vượt {MAX_UNPACKED}",
            f"it unpacks to {unpacked} bytes, above {MAX_UNPACKED}",
        )
    if sum(entry.compress_size for entry in entries) > size:
        yield "Các mục của tệp nén chồng lên nhau", "its entries overlap"
    if len({entry.filename for entry in entries}) < len(entries):
        yield "Tệp nén có hai mục cùng tên", "two of its entries share a name"
    for entry in entries:
        name = entry.orig_filename
        shown = repr(name[:80])
        if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            yield (
                f"Mục {shown} nén quá {MAX_RATIO} lần",
                f"the entry {shown} is packed more than {MAX_RATIO} times",
            )
        parts = name.replace("\\", "/").split("/")
        if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or ":" in name:
            yield (
                f"Mục {shown} có đường dẫn ra ngoài",
                f"the entry {shown} has a path that leads outside",
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield f"Mục {shown} là liên kết", f"the entry {shown} is a link"
        if entry.flag_bits & 1:
            yield f"Mục {shown} có mật khẩu", f"the entry {shown} is encrypted"
        ending = name[name.rfind(".") :].lower()
        if ending in _NESTED and ending not in wanted:
            yield f"Mục {shown} lại là tệp nén", f"the entry {shown} is an archive itself"

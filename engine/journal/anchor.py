"""The anchor: a file outside the database, one line a batch, that its owner cannot rewrite.

Without it a chain is a checksum: whoever owns the database can cut its tail or chain it anew.
After books were restored from a backup the old file names batches that are gone: that is true,
and people put it aside by hand; the next sealing writes a new one.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

HEADER = (
    "# Journal of the office, batch by batch: number, instant, last row, rows, hash."
    " Keep it where the database's owner cannot write.\n"
)
TAIL_BYTES = 4096


class AnchorUnwritableError(OfficeError):
    """The file that keeps the journal's batches outside the database cannot be written."""

    code = "anchor_unwritable"


def begin_anchor(anchor: Path) -> None:
    """See that the file is there before the first batch is: one that is missing was taken away.

    Raises:
        AnchorUnwritableError: the file cannot be made.
    """
    if anchor.exists():
        return
    try:
        anchor.parent.mkdir(parents=True, exist_ok=True)
        with anchor.open("ab") as file:
            _locked(file)
            if not os.fstat(file.fileno()).st_size:
                _write(file, HEADER)
    except OSError as cause:
        raise _unwritable(anchor, cause) from cause


def extend_anchor(anchor: Path, lines_after: Callable[[int], Iterable[tuple[int, str]]]) -> None:
    """Add the line of every batch that has none, and see them on the disk.

    `lines_after` gives number and line of the batches behind a number, oldest first. A line is
    never taken back: where the books contradict the file, both stand and `verify` shows it.

    Raises:
        AnchorUnwritableError: the file cannot be written.
    """
    try:
        with anchor.open("a+b") as file:
            _locked(file)
            tail = _tail(file)
            number, line = _last_line(tail)
            found = list(lines_after(number - 1 if number else 0))
            if number and found[:1] == [(number, line)]:
                missing = [text for _, text in found[1:]]
            else:
                file.seek(0)
                kept = set(file.read().decode("utf-8", "replace").splitlines())
                missing = [text for _, text in lines_after(0) if text not in kept]
            if missing:
                torn = tail and not tail.endswith(b"\n")
                _write(file, ("\n" if torn else "") + "\n".join(missing) + "\n")
    except OSError as cause:
        raise _unwritable(anchor, cause) from cause


def anchored_lines(anchor: Path) -> list[str] | None:
    """Every line but comments, in the order they were written; None: there is no file."""
    try:
        text = anchor.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def number_of(line: str) -> int | None:
    """The batch a line is about; None when it cannot be read."""
    word = line.split(" ", 1)[0]
    return int(word) if word.isascii() and word.isdigit() else None


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    return file.read()


def _last_line(tail: bytes) -> tuple[int, str]:
    """Number and text of a whole last line; (0, "") when there is none or it was torn."""
    if not tail.endswith(b"\n"):
        return 0, ""
    line = tail.decode("utf-8", "replace").splitlines()[-1]
    return number_of(line) or 0, line


def _locked(file: BinaryIO) -> None:
    fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed


def _write(file: BinaryIO, text: str) -> None:
    file.write(text.encode())
    file.flush()
    os.fsync(file.fileno())


def _unwritable(anchor: Path, cause: OSError) -> AnchorUnwritableError:
    return AnchorUnwritableError(
        f"Expected to write the journal's anchor {anchor}, but {cause.strerror}; the books"
        " themselves are saved",
        anchor=str(anchor),
    )

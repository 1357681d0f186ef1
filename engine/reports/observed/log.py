"""What is read of a log from elsewhere: cases with their attributes and events, and refusals."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from engine.clock import office_instant
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4 * 1024**3
"""Unpacked size that is still read."""
MOST_BLOW_UP = 300
"""An honest log packs to a twentieth; what unpacks to more than this many times is a bomb."""
FREE_BYTES = 16 * 1024**2
"""Unpacked size below which nobody asks how well the file was packed."""
MOST_CASES = 5_000_000
MOST_EVENTS_PER_CASE = 100_000
MOST_ATTRIBUTES = 500
LONGEST_TEXT = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2200


class LogRefusedError(OfficeError):
    """A log from elsewhere is no log, is broken, or is larger than what is read."""

    code = "log_refused"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of a log; instants are aware, `started_at` only where the log knows it."""

    activity: str
    at: datetime
    resource: str | None = None
    started_at: datetime | None = None


@dataclass(slots=True)
class LogCase:
    """One case of a log: what it says of itself, and its events in the order of the file."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    events: list[LogEvent] = field(default_factory=list)


class MeasuredFile:
    """A log's bytes, unpacked as they are read, and counted.

    Raises:
        LogRefusedError: the file cannot be opened, or unpacks to too much.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._packed = path.stat().st_size
            raw: IO[bytes] = path.open("rb")
        except OSError as cause:
            raise LogRefusedError(
                f"Expected a log to read, but {path} cannot be opened: {cause.strerror}",
                file=str(path),
            ) from cause
        self._raw = raw
        self._file: IO[bytes] = raw
        if raw.peek(2)[:2] == b"\x1f\x8b":  # type: ignore[attr-defined]  # a buffered file has it
            self._file = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]  # reads like a file
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        try:
            block = self._file.read(min(size, 1 << 20) if size >= 0 else 1 << 20)
        except (OSError, EOFError) as cause:
            raise LogRefusedError(
                f"Expected a whole gzip file, but {self._path} is broken: {cause}",
                file=str(self._path),
            ) from cause
        self._read += len(block)
        if self._read > MOST_BYTES or (
            self._read > FREE_BYTES and self._read > MOST_BLOW_UP * self._packed
        ):
            raise LogRefusedError(
                f"Expected a log of at most {MOST_BYTES // 1024**2} MB that is not packed more"
                f" than {MOST_BLOW_UP} times, but {self._path} unpacks to more",
                file=str(self._path),
            )
        return block

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
        self._raw.close()


def log_instant(text: str, where: str) -> datetime:
    """An instant as logs write it, its own zone kept; without a zone it is office time.

    Raises:
        LogRefusedError: it is no ISO 8601 date-time.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = office_instant(text)
    except (ValueError, BadInputError) as cause:
        raise _no_instant(text, where) from cause
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise _no_instant(text, where)
    return at


def _no_instant(text: str, where: str) -> LogRefusedError:
    return LogRefusedError(
        f"Expected a time such as 2011-10-11T13:42:22+02:00 in {where}, but got {text[:60]!r}"
    )

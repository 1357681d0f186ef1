"""Files of cases by the hash of their content: a folder outside the database, each content once.

A file is whole and on the disk before a row speaks of it, and never changes after that. A crash in
between leaves a file nobody asks for, never a row without its file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from engine.documents.file_kind import FileKind, kind_of
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

INCOMING = "incoming"
CHUNK_BYTES = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class FileTooLargeError(OfficeError):
    """A file has more bytes than the office takes, or none at all."""

    code = "file_too_large"


class FileLostError(OfficeError):
    """A file that the books name is not in its folder, or is no longer what was put there."""

    code = "file_lost"


class StoreUnwritableError(OfficeError):
    """The folder for files cannot be written, or is full."""

    code = "store_unwritable"


@dataclass(frozen=True)
class StoredFile:
    """A content that is in the store."""

    sha256: str
    bytes: int
    kind: FileKind


def put_file(folder: Path, source: IO[bytes], *, most_bytes: int) -> StoredFile:
    """Keep a content; the same content a second time takes no more room.

    Raises:
        FileTooLargeError: above `most_bytes`, or empty. FileKindRefusedError: not a kind we take.
        StoreUnwritableError: the disk refuses; nothing is left behind.
    """
    partial = folder / INCOMING / secrets.token_hex(16)
    try:
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            with os.fdopen(handle, "w+b") as copy:
                sha256, size = _copied(source, copy, most_bytes)
                kind = kind_of(copy)
            _put_in_place(partial, path_of(folder, sha256))
        finally:
            partial.unlink(missing_ok=True)
    except OSError as cause:
        raise StoreUnwritableError(
            f"Expected room for a file, but {cause.strerror or cause}", folder=str(folder)
        ) from cause
    return StoredFile(sha256, size, kind)


def open_file(folder: Path, sha256: str) -> IO[bytes]:
    """A content, read from its beginning after its hash was looked at again.

    Raises:
        FileLostError: it is not there, or has changed.
    """
    try:
        found = path_of(folder, sha256).open("rb")
    except OSError as cause:
        raise FileLostError(
            f"Expected the file {sha256[:12]}… in the store, but {cause.strerror}", sha256=sha256
        ) from cause
    if _hash_of(found) != sha256:
        found.close()
        raise FileLostError(
            f"Expected the file {sha256[:12]}… as it was put in, but it has changed", sha256=sha256
        )
    found.seek(0)
    return found


def copy_files(wanted: Iterable[str], source: Path, target: Path) -> list[str]:
    """Bring contents from one store to another; gives those that could not be had whole.

    What the target has already is looked at and kept, so that a second backup copies only what is
    new.

    Raises:
        StoreUnwritableError: the target cannot be written.
    """
    return [sha256 for sha256 in wanted if not _copy_one(sha256, source, target)]


def path_of(folder: Path, sha256: str) -> Path:
    """Where a content lies; only a hash leads anywhere.

    Raises:
        FileLostError: it is not a hash.
    """
    if not _HASH.match(sha256):
        raise FileLostError(f"Expected a hash of 64 hex digits, but got {sha256[:80]!r}")
    return folder / sha256[:2] / sha256[2:]


def _copy_one(sha256: str, source: Path, target: Path) -> bool:
    try:
        open_file(target, sha256).close()
    except FileLostError:
        pass
    else:
        return True
    try:
        found = open_file(source, sha256)
    except FileLostError:
        return False
    with found:
        put_file(target, found, most_bytes=os.fstat(found.fileno()).st_size)
    return True


def _copied(source: IO[bytes], copy: IO[bytes], most_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        size += len(chunk)
        if size > most_bytes:
            raise FileTooLargeError(
                f"Expected a file of at most {most_bytes} bytes, but it has more", most=most_bytes
            )
        digest.update(chunk)
        copy.write(chunk)
    if size == 0:
        raise FileTooLargeError("Expected a file with something in it, but it is empty")
    copy.flush()
    os.fsync(copy.fileno())
    return digest.hexdigest(), size


def _hash_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _put_in_place(partial: Path, place: Path) -> None:
    place.parent.mkdir(exist_ok=True, mode=0o700)
    partial.replace(place)
    for folder in (place.parent, place.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

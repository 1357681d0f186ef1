"""The store of files: each content once, whole or not at all, never another than was put in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from engine.documents.file_kind import FileKindRefusedError
from engine.documents.file_store import (
    FileLostError,
    FileTooLargeError,
    StoreUnwritableError,
    copy_files,
    open_file,
    path_of,
    put_file,
)
from tests import papers


def put(folder: Path, content: bytes = papers.PDF, most: int = 100_000) -> str:
    return put_file(folder, io.BytesIO(content), most_bytes=most).sha256


def lying_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_content_twice_is_stored_once(tmp_path: Path) -> None:
    assert put(tmp_path) == put(tmp_path)
    assert lying_in(tmp_path) == [path_of(tmp_path, put(tmp_path))]
    put(tmp_path, papers.PNG)
    assert len(lying_in(tmp_path)) == 2


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (papers.PDF + bytes(100_000), FileTooLargeError),
        (b"", FileTooLargeError),
        (papers.HTML, FileKindRefusedError),
        (papers.BOMB, FileKindRefusedError),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    tmp_path: Path, content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        put(tmp_path, content)
    assert lying_in(tmp_path) == []


def test_an_endless_file_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"%PDF-" + bytes(size - 5)

    endless = Endless()
    with pytest.raises(FileTooLargeError):
        put_file(tmp_path, endless, most_bytes=3_000_000)  # type: ignore[arg-type]
    assert endless.given < 6_000_000


def test_a_file_is_for_the_office_alone(tmp_path: Path) -> None:
    path = path_of(tmp_path, put(tmp_path))
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_hash_leads_to_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileLostError, match="hash"):
        open_file(tmp_path, name)


def test_a_content_that_changed_is_never_given_out(tmp_path: Path) -> None:
    sha256 = put(tmp_path)
    assert open_file(tmp_path, sha256).read() == papers.PDF
    path_of(tmp_path, sha256).write_bytes(papers.PDF + b" ")
    with pytest.raises(FileLostError, match="changed"):
        open_file(tmp_path, sha256)
    put(tmp_path)  # who uploads it again heals it
    assert open_file(tmp_path, sha256).read() == papers.PDF
    path_of(tmp_path, sha256).unlink()
    with pytest.raises(FileLostError):
        open_file(tmp_path, sha256)


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(StoreUnwritableError):
        put(tmp_path / "store")


def test_a_crash_before_the_file_is_in_place_leaves_no_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.documents.file_store._put_in_place", killed)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path)
    assert lying_in(tmp_path) == []


def test_copying_brings_only_what_is_whole_and_new(tmp_path: Path) -> None:
    store, backup = tmp_path / "store", tmp_path / "backup"
    good, bad, lost = put(store), put(store, papers.PNG), put(store, papers.JPEG)
    path_of(store, bad).write_bytes(b"rot")
    path_of(store, lost).unlink()
    assert copy_files([good, bad, lost], store, backup) == [bad, lost]
    assert lying_in(backup) == [path_of(backup, good)]
    first = path_of(backup, good).stat().st_ino
    assert copy_files([good], store, backup) == []
    assert path_of(backup, good).stat().st_ino == first, "what is there is not copied again"
    path_of(backup, good).write_bytes(b"rot")
    assert copy_files([good], store, backup) == []
    assert open_file(backup, good).read() == papers.PDF

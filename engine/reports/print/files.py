"""Files that people are given: whole or not at all, and the heading every official one bears."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


class ReportUnwritableError(OfficeError):
    """The file a report should go to cannot be written."""

    code = "report_unwritable"


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A place to write to that becomes the file only when all went well.

    Raises:
        ReportUnwritableError: the folder is not there or not writable.
    """
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        partial.touch()  # a folder that cannot be written to is found out before the work
        yield partial
        partial.replace(out)
    except OSError as cause:
        raise ReportUnwritableError(
            f"Expected to write {out}, but {cause.strerror or cause}", file=str(out)
        ) from cause
    finally:
        if partial.parent.is_dir():
            partial.unlink(missing_ok=True)

"""Opens DOCX and XLSX in a child with limits of its own: a hostile file ends in a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from engine.catalog.child import Child
from engine.catalog.table.archive import archive_faults
from engine.catalog.table.codes import FILE_UNREADABLE, READER_STOPPED
from engine.errors import OfficeError

if TYPE_CHECKING:
    from types import TracebackType

    from engine.catalog.finding import Finding

MAX_BYTES: Final = 10 * 1024 * 1024
_KINDS: Final = {".docx": b"d", ".xlsx": b"x"}

Blocks = list[list[Any]]


class TableRefusedError(OfficeError):
    """A file cannot be read as a decision's table; `findings` say why."""

    code = "table_refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(
            f"Expected a readable table, but {findings[0].message_en.rstrip('.')}{more}",
            findings=[finding.as_json() for finding in findings],
        )


class OfficeReader:
    """A child that reads one file after another; it is started anew when a file ended it."""

    def __init__(self) -> None:
        self._child = Child("engine.catalog.table.office_worker")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._child.stop()

    def read(self, data: bytes, ending: str) -> Blocks:
        """The blocks of a file (see `office_worker`); `ending` is .docx or .xlsx.

        Raises:
            TableRefusedError: with the finding.
        """
        if len(data) > MAX_BYTES:
            raise _refused(
                f"Tệp có {len(data)} byte, vượt {MAX_BYTES}", f"it has {len(data)} bytes"
            )
        faults = archive_faults(data)
        if faults:
            raise TableRefusedError(faults)
        answer = self._child.ask(_KINDS[ending] + data)
        if answer is None or "stopped" in answer:
            raise TableRefusedError(
                (
                    READER_STOPPED.found(
                        None,
                        "Đọc tệp vượt giới hạn thời gian hoặc bộ nhớ nên đã dừng.",
                        "reading it went beyond the limit of time or memory",
                    ),
                )
            )
        if "error" in answer:
            raise _refused(f"Tệp không mở được: {answer['error']}", f"it says {answer['error']}")
        blocks: Blocks = answer["blocks"]
        return blocks


def _refused(vietnamese: str, english: str) -> TableRefusedError:
    return TableRefusedError((FILE_UNREADABLE.found(None, f"{vietnamese}.", english),))

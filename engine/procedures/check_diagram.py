"""Checks a diagram that is not trusted: in a child, so that no file stops the desk."""

from __future__ import annotations

import json
import queue
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.child import Child
from engine.catalog.finding import Blocks, Code, DiagramRefusedError, Severity
from engine.catalog.xml import MAX_BYTES
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_AT_ONCE: Final = 2
"""Children a process of the desk has at most; others wait for one."""
WAIT_SECONDS: Final = 20

STOPPED: Final = Code(
    "check-stopped",
    Severity.ERROR,
    "Kiểm tra sơ đồ vượt giới hạn thời gian hoặc bộ nhớ nên đã dừng.",
    "Checking the diagram went beyond its limit of time or memory and was stopped.",
    blocks=Blocks.RUN,
    hint="Giảm số phần tử hoặc số nhánh song song của sơ đồ.",
)


class CheckerBusyError(OfficeError):
    """Every checker was at work for longer than a person should wait."""

    code = "checker_busy"


_idle: queue.LifoQueue[Child] = queue.LifoQueue()
for _ in range(_AT_ONCE):
    _idle.put(Child("engine.procedures.check_worker"))


def check_diagram(
    bpmn: bytes, *, people: Mapping[str, Collection[str]] | None = None
) -> list[dict[str, Any]]:
    """All findings of a diagram as JSON values, the gravest first; see `Finding.as_json`.

    With `people`, the roles that somebody holds by agency, roles without people are told too.

    Raises:
        CheckerBusyError: no checker came free within WAIT_SECONDS.
    """
    held = json.dumps({agency: sorted(roles) for agency, roles in (people or {}).items()})
    try:
        child = _idle.get(timeout=WAIT_SECONDS)
    except queue.Empty as cause:
        raise CheckerBusyError(
            f"Expected a free checker within {WAIT_SECONDS} seconds, but all were at work"
        ) from cause
    try:
        # One byte more than is read tells the reader that it is too large.
        answer = child.ask(held.encode() + b"\n" + bpmn[: MAX_BYTES + 1])
    finally:
        _idle.put(child)
    if answer is None or "stopped" in answer:
        return [STOPPED.found(None, STOPPED.meaning, STOPPED.meaning_en).as_json()]
    found: list[dict[str, Any]] = answer["findings"]
    return found


def refuse_endless(bpmn: bytes) -> None:
    """Refuse a diagram that cannot be checked within the child's limits.

    What passed may be read in this process too: it was read once where nothing could be lost.

    Raises:
        DiagramRefusedError: the check was stopped. CheckerBusyError.
    """
    if any(found["code"] == STOPPED.code for found in check_diagram(bpmn)):
        raise DiagramRefusedError(
            (STOPPED.found(None, STOPPED.meaning, STOPPED.meaning_en),),
            "a diagram that can be checked",
        )

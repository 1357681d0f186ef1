"""R24: what goes to another agency comes back to the one-stop that took the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Code, Severity
from engine.catalog.linter.rule import Rule, procedures
from engine.catalog.linter.standing import is_applicant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram, Process
    from engine.catalog.finding import Finding

_NO_REPLY = Code(
    "interagency-without-reply",
    Severity.WARNING,
    "Hồ sơ liên thông gửi cơ quan khác mà không có thông điệp trở về.",
    "A case goes to another agency and no message comes back.",
    rule="R24",
    hint="Vẽ luồng thông điệp xác nhận hoặc trả kết quả từ cơ quan đó về.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which messages to another agency's pool have no answer."""
    for process in procedures(diagram):
        own = _ends(diagram, process)
        for pool in diagram.participants:
            if pool.process_id == process.id or is_applicant(pool):
                continue
            there = {pool.id, pool.process_id}
            other = diagram.process(pool.process_id or "")
            if other is not None:
                there.update(other.nodes)
            sent = [
                flow
                for flow in diagram.message_flows
                if flow.source in own and flow.target in there
            ]
            answered = any(
                flow.source in there and flow.target in own for flow in diagram.message_flows
            )
            for flow in () if answered else sent:
                yield _NO_REPLY.found(
                    flow.id,
                    f"“{flow.name or flow.id}” gửi “{pool.name}” nhưng không có thông điệp về.",
                    f"'{flow.name or flow.id}' goes to '{pool.name}', and nothing comes back.",
                )


def _ends(diagram: Diagram, process: Process) -> set[str]:
    pools = {pool.id for pool in diagram.participants if pool.process_id == process.id}
    return {process.id, *process.nodes} | pools


RULE = Rule("interagency", check, (_NO_REPLY,))

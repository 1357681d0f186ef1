"""R46: while a specialist works on a step, a late case can be noticed and apologised for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import user_tasks
from engine.catalog.extension import StepKind
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import (
    REFUSAL_MESSAGE,
    SUPPLEMENT_MESSAGE,
    WITHDRAWAL_MESSAGE,
    Standing,
    kind_of,
    message_names,
    steps_of_kind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.diagram import Diagram, Node, Process
    from engine.catalog.finding import Finding

_MISSING = Code(
    "late-path-missing",
    Severity.ERROR,
    "Bước chuyên môn không có đường trễ hạn dẫn tới thư xin lỗi.",
    "A specialist's step has no late path with an apology.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint=(
        "Thêm quy trình con sự kiện không ngắt (hẹn giờ) có bước mc:step kind=apologise,"
        " hoặc sự kiện biên hẹn giờ trên bước."
    ),
)
_INTERRUPTS = Code(
    "late-path-interrupts",
    Severity.WARNING,
    "Đường xin lỗi làm dừng cả hồ sơ.",
    "The late path stops the whole case.",
    rule="R33",
    hint="Đặt isInterrupting=false: xin lỗi không kết thúc việc giải quyết.",
)
_MOST_PAIRS: Final = 400
"""Timers times forks that are looked at; no procedure comes near, and a hostile file stops here."""
_OTHER_MATTERS: Final = frozenset({REFUSAL_MESSAGE, WITHDRAWAL_MESSAGE, SUPPLEMENT_MESSAGE})


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether every specialist step of each procedure is guarded by a late path."""
    for process in procedures(diagram):
        yield from _check(process, Standing(diagram, process), Paths(process))


def _check(process: Process, standing: Standing, paths: Paths) -> Iterator[Finding]:
    apologies = steps_of_kind(process, StepKind.APOLOGISE)
    leads = paths.reach_back(node.id for node in apologies)
    guarded_scopes = {
        scope
        for scope in {node.parent for node in process.nodes.values()}
        if any(_is_late_path(each, paths, leads) for each in paths.event_subprocesses(scope))
    }
    guarded_hosts = {
        node.attached_to
        for node in process.nodes.values()
        if node.attached_to and node.id in leads and _on_lateness(node)
    }
    beside = _beside_timers(process, paths, leads)
    for step in user_tasks(process):
        if not standing.with_specialist(step) or kind_of(step) is StepKind.APOLOGISE:
            continue
        around = paths.scopes_of(step)
        if _inside_late_path(around, process, paths, leads):
            continue
        if guarded_scopes.intersection(around) or guarded_hosts.intersection((step.id, *around)):
            continue
        if step.id not in beside:
            yield _MISSING.found(
                step.id,
                f"Bước “{called(step)}” không có đường trễ hạn dẫn tới bước xin lỗi.",
                f"The step '{called(step)}' has no late path that leads to an apology.",
            )
    for node in process.nodes.values():
        if _is_late_path(node, paths, leads) and paths.interrupts(node):
            yield _INTERRUPTS.found(
                node.id,
                f"“{called(node)}” làm dừng cả hồ sơ khi xin lỗi.",
                f"'{called(node)}' stops the whole case to apologise.",
            )


def _on_lateness(event: Node) -> bool:
    """Whether an event may be the clock's: not an error, and not another matter's message."""
    if message_names(event) & _OTHER_MATTERS:
        return False
    return any(
        each.kind in {"timer", "signal", "escalation", "message", "conditional"}
        for each in event.events
    )


def _is_late_path(node: Node, paths: Paths, leads: frozenset[str]) -> bool:
    if not node.is_event_subprocess:
        return False
    return any(_on_lateness(start) and start.id in leads for start in paths.starts(node.id))


def _inside_late_path(
    around: tuple[str, ...], process: Process, paths: Paths, leads: frozenset[str]
) -> bool:
    return any(
        scope in process.nodes and _is_late_path(process.nodes[scope], paths, leads)
        for scope in around
    )


def _beside_timers(process: Process, paths: Paths, leads: frozenset[str]) -> frozenset[str]:
    """The nodes that run beside a waiting timer which leads to an apology."""
    timers = [
        node
        for node in process.nodes.values()
        if node.kind == "intermediateCatchEvent"
        and node.id in leads
        and any(each.kind == "timer" for each in node.events)
    ]
    forks = [
        node
        for node in process.nodes.values()
        if node.kind in {"parallelGateway", "inclusiveGateway"} and len(node.outgoing) > 1
    ]
    if len(timers) * len(forks) > _MOST_PAIRS:
        return frozenset()
    found: set[str] = set()
    for timer in timers:
        after = paths.reach([timer.id])
        for fork in forks:
            branches = [
                paths.reach([process.flows[flow].target], avoiding=frozenset({fork.id}))
                for flow in fork.outgoing
            ]
            if any(timer.id in branch for branch in branches):
                found.update(*(each - after for each in branches if timer.id not in each))
    return frozenset(found)


RULE = Rule("late-path", check, (_MISSING, _INTERRUPTS))

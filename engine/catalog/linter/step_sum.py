"""R44: the longest way through the steps may not take longer than the announced total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.catalog.diagram import SUBPROCESSES
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.limits import (
    comparable_minutes,
    counts_calendar_days,
    printed,
    read_limit,
)
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.rule import Rule, drawn, listed, procedures
from engine.sla.limit import CountingRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.catalog.diagram import Diagram, Node, Process
    from engine.catalog.finding import Finding

_EXCEEDS = Code(
    "steps-exceed-limit",
    Severity.ERROR,
    "Đường dài nhất qua các bước vượt tổng thời gian công bố.",
    "The longest way through the steps takes longer than the announced total.",
    blocks=Blocks.PUBLISH,
    rule="R44",
    hint="Giảm thời gian của các bước trên đường được liệt kê, hoặc công bố lại tổng thời gian.",
)
_BELOW = Code(
    "steps-below-limit",
    Severity.NOTE,
    "Đường dài nhất qua các bước ngắn hơn tổng thời gian công bố.",
    "The longest way through the steps takes less than the announced total.",
    rule="R44",
    hint="Không bắt buộc sửa; có thể rút ngắn tổng thời gian công bố.",
)
_CALENDAR = Code(
    "total-in-calendar-days",
    Severity.NOTE,
    "Tổng thời gian tính theo ngày lịch, còn bước tính theo ngày làm việc.",
    "The announced total counts calendar days, the steps count working days.",
    rule="R44",
    hint="Kiểm tra các bước có kịp khi kỳ hạn gặp ngày nghỉ.",
)


@dataclass(frozen=True)
class Way:
    """A way through steps: their minutes of work, the counted steps and all nodes, in order."""

    minutes: int
    steps: tuple[Node, ...]
    nodes: tuple[str, ...] = ()


def longest_way(process: Process) -> Way:
    """The way with the largest sum of step limits.

    Of parallel branches the longest counts; a loop counts once, as the edge that leads back is
    left out; pauses count 0, and so does what no row of the decision's table stands for. What
    runs beside the work (non-interrupting events, event subprocesses) does not hold it up.

    Legal: R44
    """
    return _longest(process.id, Paths(process))


def _longest(scope: str, paths: Paths) -> Way:
    ways = {node.id: _own_way(node, paths) for node in paths.inside(scope)}
    edges = {node_id: tuple(_next(paths.process.nodes[node_id], paths)) for node_id in ways}
    begin = [start.id for start in paths.starts(scope)]
    best: dict[str, tuple[int, str | None]] = {}
    order, forward = _without_back_edges(begin, edges)
    for at in reversed(order):
        onward = [(best[target][0], target) for target in forward[at]]
        # The first of equals wins, so that the path shown is the one drawn first.
        minutes, target = max(onward, key=lambda each: each[0], default=(0, None))
        best[at] = (ways[at].minutes + minutes, target)
    first = max(begin, key=lambda each: best[each][0], default=None)
    if first is None:
        return Way(0, ())
    steps: list[Node] = []
    nodes: list[str] = []
    at_last: str | None = first
    while at_last is not None:
        steps.extend(ways[at_last].steps)
        nodes.extend((at_last, *ways[at_last].nodes))
        at_last = best[at_last][1]
    return Way(best[first][0], tuple(steps), tuple(nodes))


def _own_way(node: Node, paths: Paths) -> Way:
    if node.kind in SUBPROCESSES:
        inner = _longest(node.id, paths)
        return Way(inner.minutes * _laps(node), inner.steps, inner.nodes)
    limit = read_limit(node.rule.limit) if node.rule and not node.rule.generated else None
    if limit is None:
        return Way(0, ())
    return Way(comparable_minutes(limit) * _laps(node), (node,))


def _laps(node: Node) -> int:
    """How often a step stands in a row: a written number of turns one after the other."""
    if node.loop is None or node.loop.kind != "sequential":
        return 1
    written = node.loop.cardinality or ""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 4 else 1  # noqa: PLR2004 - more turns than any office takes


def _next(node: Node, paths: Paths) -> Iterator[str]:
    for flow_id in node.outgoing:
        flow = paths.process.flows[flow_id]
        if paths.process.nodes[flow.target].parent == node.parent:
            yield flow.target
    for boundary in paths.attached(node.id):
        if boundary.interrupting:
            yield boundary.id
    if node.kind == "intermediateThrowEvent":
        for target in paths.main.get(node.id, ()):
            if target in paths.process.nodes and paths.process.nodes[target].parent == node.parent:
                yield target


def _without_back_edges(
    begin: Iterable[str], edges: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], dict[str, list[str]]]:
    """The nodes in an order in which edges lead forward, and these edges; the others fall out."""
    finished: list[str] = []
    done: set[str] = set()
    forward: dict[str, list[str]] = {}
    for root in begin:
        if root in done or root in forward:
            continue
        forward[root] = []
        work = [(root, iter(edges.get(root, ())))]
        while work:
            at, targets = work[-1]
            for target in targets:
                if target in done:
                    forward[at].append(target)
                elif target not in forward:
                    forward[at].append(target)
                    forward[target] = []
                    work.append((target, iter(edges.get(target, ()))))
                    break
            else:
                work.pop()
                done.add(at)
                finished.append(at)
    return finished[::-1], forward


def check(diagram: Diagram) -> Iterable[Finding]:
    """Compare the longest way of each procedure with its announced total."""
    for process in procedures(diagram):
        head = process.extension
        total = read_limit(head.total) if head is not None else None
        if total is None:
            continue
        way = longest_way(process)
        allowed = comparable_minutes(total)
        in_days = total.rule is not CountingRule.SAME_DAY and not total.counts_minutes
        path = listed(way.steps)
        details: dict[str, Any] = {
            "path": [node.id for node in way.steps],
            "elements": drawn(process, way.nodes),
            "minutes": way.minutes,
            "allowed_minutes": allowed,
        }
        unit, unit_en = ("ngày", "days") if in_days else ("giờ", "hours")
        taken, given = printed(way.minutes, in_days=in_days), printed(allowed, in_days=in_days)
        taken_en = printed(way.minutes, in_days=in_days, comma=".")
        given_en = printed(allowed, in_days=in_days, comma=".")
        if way.minutes > allowed:
            yield _EXCEEDS.found(
                process.id,
                f"Các bước cộng {taken} {unit}, vượt tổng công bố {given} {unit}: {path}.",
                f"The steps add up to {taken_en} {unit_en}, above the announced {given_en}: "
                f"{path}.",
                **details,
            )
            continue
        if counts_calendar_days(total):
            yield _CALENDAR.found(
                process.id,
                f"Tổng công bố là {given} ngày lịch; các bước cộng {taken} ngày làm việc.",
                f"The announced total is {given_en} calendar days; the steps add up to "
                f"{taken_en} working days.",
                **details,
            )
        if way.minutes < allowed:
            yield _BELOW.found(
                process.id,
                f"Các bước cộng {taken} {unit}, ít hơn tổng công bố {given} {unit}.",
                f"The steps add up to {taken_en} {unit_en}, below the announced {given_en}.",
                **details,
            )


RULE = Rule("step-sum", check, (_EXCEEDS, _BELOW, _CALENDAR))

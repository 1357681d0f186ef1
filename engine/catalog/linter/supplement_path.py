"""R46, R18: missing papers are asked for by the one-stop, and the case waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.extension import StepKind
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.paths import Paths
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import (
    Standing,
    is_step,
    steps_of_kind,
    waits_for_supplement,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.diagram import Diagram, Process
    from engine.catalog.finding import Finding

_MISSING = Code(
    "supplement-path-missing",
    Severity.ERROR,
    "Không có đường yêu cầu bổ sung hồ sơ qua Một cửa.",
    "There is no way to ask for a supplement through the one-stop.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Thêm bước mc:step kind=supplement của Một cửa và sự kiện chờ thông điệp bo_sung.",
)
_DIRECT = Code(
    "supplement-not-through-one-stop",
    Severity.ERROR,
    "Bước yêu cầu bổ sung không do Một cửa gửi.",
    "A supplement is asked for, but not by the one-stop.",
    blocks=Blocks.PUBLISH,
    rule="R18",
    hint="Giao bước yêu cầu bổ sung cho vai trò mot_cua.",
)
_NO_WAIT = Code(
    "supplement-without-wait",
    Severity.ERROR,
    "Sau yêu cầu bổ sung, hồ sơ không chờ người nộp.",
    "After a supplement is asked for, the case does not wait for it.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Thêm sự kiện chờ thông điệp bo_sung có mc:hold sau bước yêu cầu bổ sung.",
)
_NO_RETURN = Code(
    "supplement-without-return",
    Severity.ERROR,
    "Sau khi bổ sung, hồ sơ không trở lại bước nào.",
    "After the supplement no step goes on with the case.",
    blocks=Blocks.PUBLISH,
    rule="R46",
    hint="Nối sự kiện chờ bổ sung về bước thẩm định.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Whether each procedure can ask for a supplement through the one-stop, wait and go on."""
    for process in procedures(diagram):
        yield from _check(process, Standing(diagram, process), Paths(process))


def _check(process: Process, standing: Standing, paths: Paths) -> Iterator[Finding]:
    live = paths.reach([process.id])
    asking = [node for node in steps_of_kind(process, StepKind.SUPPLEMENT) if node.id in live]
    one_stop = frozenset(node.id for node in process.nodes.values() if standing.in_one_stop(node))
    waiting = frozenset(node.id for node in process.nodes.values() if waits_for_supplement(node))
    ends = {node.id for node in process.nodes.values() if node.kind == "endEvent"}
    direct = paths.reach_back(waiting | ends, avoiding=one_stop)
    for step in asking:
        if standing.with_specialist(step) and step.id in direct:
            yield _DIRECT.found(
                step.id,
                f"Bước yêu cầu bổ sung “{called(step)}” không đi qua Một cửa.",
                f"The supplement step '{called(step)}' does not go through the one-stop.",
            )
    if not asking:
        shown = process.name or process.id
        yield _MISSING.found(
            process.id,
            f"Quy trình “{shown}” không có đường yêu cầu bổ sung qua Một cửa.",
            f"The process '{shown}' has no way to ask for a supplement through the one-stop.",
        )
        return
    before_waiting = paths.reach_back(waiting)
    for step in asking:
        if step.id not in before_waiting:
            yield _NO_WAIT.found(
                step.id,
                f"Sau “{called(step)}” hồ sơ không chờ thông điệp bo_sung.",
                f"After '{called(step)}' the case does not wait for the message bo_sung.",
            )
    before_steps = paths.reach_back(node.id for node in process.nodes.values() if is_step(node))
    waited = waiting & live
    for wait in process.nodes.values():
        if wait.id in waited and before_steps.isdisjoint(paths.after(wait.id)):
            yield _NO_RETURN.found(
                wait.id,
                f"Sau “{called(wait)}” không có bước nào tiếp tục giải quyết hồ sơ.",
                f"After '{called(wait)}' no step goes on with the case.",
            )


RULE = Rule("supplement-path", check, (_MISSING, _DIRECT, _NO_WAIT, _NO_RETURN))

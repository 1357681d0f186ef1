"""Every user task says who does it, and agrees with the lane it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.diagram import user_tasks
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_MISSING = Code(
    "step-without-role",
    Severity.ERROR,
    "Bước không ghi vai trò thực hiện.",
    "A step names no role.",
    blocks=Blocks.PUBLISH,
    hint="Điền role của mc:step, ví dụ chuyen_vien, lanh_dao, mot_cua.",
)
_DISAGREES = Code(
    "role-lane-disagree",
    Severity.WARNING,
    "Vai trò của bước khác vai trò của làn.",
    "A step's role differs from the role of its lane.",
    hint="Chuyển bước sang làn đúng hoặc sửa vai trò.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which user tasks name nobody, or somebody other than their lane."""
    for process in procedures(diagram):
        standing = Standing(diagram, process)
        for step in user_tasks(process):
            own = step.rule.role if step.rule is not None else None
            if own is None:
                yield _MISSING.found(
                    step.id,
                    f"Bước “{called(step)}” không ghi vai trò thực hiện.",
                    f"The step '{called(step)}' names no role.",
                )
                continue
            lane = next((each for each in standing.lanes_of(step) if each.declared_role), None)
            if lane is not None and lane.declared_role != own:
                yield _DISAGREES.found(
                    step.id,
                    f"Bước “{called(step)}” giao cho {own}, nhưng làn “{lane.name}” là của "
                    f"{lane.declared_role}.",
                    f"The step '{called(step)}' is for {own}, but its lane '{lane.name}' is for "
                    f"{lane.declared_role}.",
                )


RULE = Rule("step-role", check, (_MISSING, _DISAGREES))

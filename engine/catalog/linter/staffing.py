"""Every role of a procedure has people in the agency that takes it; the people come in as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.diagram import user_tasks
from engine.catalog.finding import Code, Severity
from engine.catalog.linter.rule import called, procedures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_NOBODY = Code(
    "role-without-people",
    Severity.WARNING,
    "Vai trò của bước không có ai trong cơ quan.",
    "Nobody in the agency holds the role of a step.",
    hint="Giao vai trò cho công chức (motcua staff), hoặc sửa vai trò của bước.",
)
CODES: Final = (_NOBODY,)


def check_staffing(diagram: Diagram, people: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Which steps nobody can do; `people` are the roles that somebody holds, by agency."""
    for process in procedures(diagram):
        for agency, roles in people.items():
            told: set[str] = set()
            for step in user_tasks(process):
                role = step.rule.role if step.rule is not None else None
                if role is None or role in roles or role in told:
                    continue
                told.add(role)
                yield _NOBODY.found(
                    step.id,
                    f"{agency} không có ai giữ vai trò {role} của bước “{called(step)}”.",
                    f"Nobody in {agency} holds the role {role} of the step '{called(step)}'.",
                    agency=agency,
                    role=role,
                )

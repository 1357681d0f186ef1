"""The linter: everything wrong with a diagram, found before it meets a case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.catalog import diagram_codes, extension_reader, xml
from engine.catalog.diagram import Diagram, read_diagram
from engine.catalog.finding import Code, DiagramRefusedError, Finding, Severity
from engine.catalog.linter import (
    branch_result,
    direct_contact,
    form_numbers,
    gateway_default,
    handover_end,
    head,
    human_signer,
    idle_timer,
    interagency,
    late_path,
    legal_ground,
    loop_exit,
    naming,
    one_stop_start,
    pause_ground,
    refusal_end,
    runnable,
    soundness,
    step_limit,
    step_role,
    step_sum,
    supplement_path,
    timer_names,
    unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.linter.rule import Check, Rule

RULES: Final[tuple[Rule, ...]] = (
    head.RULE,
    legal_ground.RULE,
    step_sum.RULE,
    one_stop_start.RULE,
    handover_end.RULE,
    refusal_end.RULE,
    supplement_path.RULE,
    late_path.RULE,
    step_limit.RULE,
    step_role.RULE,
    direct_contact.RULE,
    interagency.RULE,
    human_signer.RULE,
    timer_names.RULE,
    idle_timer.RULE,
    pause_ground.RULE,
    branch_result.RULE,
    loop_exit.RULE,
    soundness.RULE,
    gateway_default.RULE,
    unreachable.RULE,
    naming.RULE,
    form_numbers.RULE,
)

READER_CODES: Final[tuple[Code, ...]] = (
    *xml.CODES,
    *diagram_codes.CODES,
    *extension_reader.CODES,
)

_GRAVITY: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def lint(diagram: Diagram, *, checks: Iterable[Check] | None = None) -> tuple[Finding, ...]:
    """All findings of a diagram: errors first, then warnings and notes, each in file order.

    With `checks`, only these rules are asked; without, every rule, what the engine cannot run
    and what the reader found broken.

    Legal: R18, R24, R44, R46
    """
    found = list(diagram.findings) if checks is None else []
    if checks is None:
        checks = (runnable.check, *(rule.check for rule in RULES))
    for check in checks:
        found.extend(check(diagram))
    return _in_order(found, diagram)


def lint_bytes(data: bytes) -> tuple[Finding, ...]:
    """All findings of a file; one that cannot be read at all gives the reader's findings."""
    try:
        diagram = read_diagram(data)
    except DiagramRefusedError as refusal:
        return refusal.findings
    return lint(diagram)


def _in_order(found: Iterable[Finding], diagram: Diagram) -> tuple[Finding, ...]:
    lines = _lines(diagram)
    places = {element_id: place for place, element_id in enumerate(lines)}
    lined = [
        finding
        if finding.line is not None
        else replace(finding, line=lines.get(finding.element_id or ""))
        for finding in found
    ]
    return tuple(
        sorted(
            lined,
            key=lambda finding: (
                _GRAVITY[finding.severity],
                finding.line or 0,
                places.get(finding.element_id or "", 0),
                finding.code,
            ),
        )
    )


def _lines(diagram: Diagram) -> dict[str, int | None]:
    """The line of every element that a finding may name."""
    lines: dict[str, int | None] = {}
    for pool in diagram.participants:
        lines[pool.id] = pool.line
    for message_flow in diagram.message_flows:
        lines[message_flow.id] = message_flow.line
    for process in diagram.processes:
        lines[process.id] = process.line
        lines.update((lane.id, lane.line) for lane in process.lanes)
        lines.update((node.id, node.line) for node in process.nodes.values())
        lines.update((flow.id, flow.line) for flow in process.flows.values())
    return lines

"""A published procedure as plain values: what the command line and the API say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.catalog.versions import PublishedVersion


def head(version: PublishedVersion) -> dict[str, Any]:
    """What a list says of a version: name, limit, decision."""
    decision = version.decision
    return {
        "code": version.procedure_code,
        "name": version.name,
        "field": version.field,
        "level": version.level,
        "limit": str(version.limit),
        "version": version.number,
        "decision": decision.number,
        "decided_on": decision.decided_on.isoformat() if decision.decided_on else None,
        "authority": decision.authority,
        "effective_on": decision.effective_on.isoformat(),
        "sample": version.sample,
    }


def steps(version: PublishedVersion) -> Iterator[dict[str, Any]]:
    """The steps of a version's diagram, with role and limit."""
    for node in version.process.nodes.values():
        if node.rule is not None:
            yield {
                "step_id": node.id,
                "name": node.name,
                "kind": str(node.rule.kind),
                "role": node.rule.role,
                "unit": node.rule.unit,
                "limit": node.rule.limit,
                "form": node.extension.form,
            }


def whole(version: PublishedVersion, numbers: Sequence[int]) -> dict[str, Any]:
    """Everything: components, fees, steps, and the numbers of all its versions."""
    return head(version) | {
        "versions": list(numbers),
        "components": version.meta.get("components", []),
        "fees": version.meta.get("fees", []),
        "legal_basis": version.meta.get("legal_basis"),
        "sha256": version.sha256,
        "steps": list(steps(version)),
    }

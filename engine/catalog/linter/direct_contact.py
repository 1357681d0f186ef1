"""R18: a specialist does not write to the applicant; the one-stop does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called
from engine.catalog.linter.standing import Standing, is_applicant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding

_DIRECT = Code(
    "direct-contact",
    Severity.ERROR,
    "Bộ phận chuyên môn gửi thông điệp thẳng tới người nộp hồ sơ.",
    "A specialist's lane sends a message straight to the applicant.",
    blocks=Blocks.PUBLISH,
    rule="R18",
    hint="Để bước của Một cửa gửi; bộ phận chuyên môn chỉ chuyển cho Một cửa.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """Which message flows lead from a specialist to an applicant's pool.

    A diagram in which the one-stop does not appear, and that is no procedure, is left alone.
    """
    pools = {pool.id: pool for pool in diagram.participants}
    applicants = {pool.id for pool in diagram.participants if is_applicant(pool)}
    applicants |= {
        pool.process_id
        for pool in diagram.participants
        if pool.id in applicants and pool.process_id is not None
    }
    for process in diagram.processes:
        if process.id in applicants:
            applicants.update(process.nodes)
    standings = {process.id: Standing(diagram, process) for process in diagram.processes}
    office = any(process.extension is not None for process in diagram.processes) or any(
        standing.knows_one_stop for standing in standings.values()
    )
    if not office:
        return
    for flow in diagram.message_flows:
        if flow.target not in applicants or flow.source in applicants:
            continue
        sender = _specialist(diagram, flow.source, standings)
        if sender is None and flow.source in pools:
            own = standings.get(pools[flow.source].process_id or "")
            alone = own is not None and bool(own.process.nodes) and not own.knows_one_stop
            sender = pools[flow.source].name if alone else None
        if sender is not None:
            yield _DIRECT.found(
                flow.id,
                f"“{sender}” gửi “{flow.name or flow.id}” thẳng tới người nộp, không qua Một cửa.",
                f"'{sender}' sends '{flow.name or flow.id}' straight to the applicant, "
                "not through the one-stop.",
                source=flow.source,
                target=flow.target,
            )


def _specialist(diagram: Diagram, source: str, standings: dict[str, Standing]) -> str | None:
    """What the sending node is called, when it is not the one-stop's."""
    node = diagram.node(source)
    if node is None:
        return None
    process = next(each for each in diagram.processes if source in each.nodes)
    standing = standings[process.id]
    if standing.in_one_stop(node):
        return None
    known = standing.with_specialist(node) or not standing.knows_one_stop
    return called(node) if known else None


RULE = Rule("direct-contact", check, (_DIRECT,))

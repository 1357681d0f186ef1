"""Every token comes to an end: no deadlock, none doubled, none cut off (token game)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.rule import Rule, called, drawn, listed
from engine.catalog.linter.token_game import Game, scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.catalog.diagram import Diagram, Process
    from engine.catalog.finding import Finding
    from engine.catalog.linter.token_game import Stuck

_DEADLOCK = Code(
    "token-deadlock",
    Severity.ERROR,
    "Hồ sơ có thể kẹt: một cổng chờ nhánh không bao giờ tới.",
    "A case can be stuck: a gateway waits for a branch that never comes.",
    blocks=Blocks.PUBLISH,
    hint="Ghép nhánh bằng cổng cùng loại với cổng đã tách; xem đường đi kèm theo.",
)
_DOUBLED = Code(
    "token-doubled",
    Severity.WARNING,
    "Nhánh song song ghép không đồng bộ: một bước có thể làm hai lần.",
    "Parallel branches join without waiting: a step can be done twice.",
    hint="Ghép các nhánh song song bằng cổng song song.",
)
_CUT_OFF = Code(
    "token-lost",
    Severity.WARNING,
    "Kết thúc toàn bộ trong khi nhánh khác còn việc: việc đó mất.",
    "Everything is ended while another branch still has work: that work is lost.",
    hint="Ghép các nhánh trước khi kết thúc, hoặc dùng kết thúc thường.",
)
_TOO_MANY = Code(
    "soundness-not-proven",
    Severity.NOTE,
    "Sơ đồ có quá nhiều cách đi để kiểm tra hết.",
    "The diagram has too many ways to search them all.",
    hint="Tách phần song song thành quy trình con.",
)


def check(diagram: Diagram) -> Iterable[Finding]:
    """What can go wrong with the tokens of each process and subprocess, with the way there."""
    for process in diagram.processes:
        for scope in scopes_of(process):
            game = Game(process, scope)
            found = game.search(game.starts())
            if found.deadlock is not None:
                names = _names(process, found.deadlock)
                yield _DEADLOCK.found(
                    found.deadlock.places[0],
                    f"Hồ sơ có thể kẹt ở {names}; đường đi: {_way(process, found.deadlock)}.",
                    f"A case can be stuck at {names}; the way: {_way(process, found.deadlock)}.",
                    **_details(process, found.deadlock),
                )
            if found.doubled is not None:
                names = _names(process, found.doubled)
                yield _DOUBLED.found(
                    found.doubled.places[0],
                    f"Hai nhánh cùng tới {names}; đường đi: {_way(process, found.doubled)}.",
                    f"Two branches come to {names}; the way: {_way(process, found.doubled)}.",
                    **_details(process, found.doubled),
                )
            if found.cut_off is not None:
                names = _names(process, found.cut_off)
                yield _CUT_OFF.found(
                    found.cut_off.places[0],
                    f"Kết thúc toàn bộ khi còn việc ở {names}.",
                    f"Everything is ended while there is work at {names}.",
                    **_details(process, found.cut_off),
                )
            if not found.complete:
                yield _TOO_MANY.found(
                    scope,
                    f"Đã xét {found.states} trạng thái, chưa hết.",
                    f"{found.states} markings were looked at, and there are more.",
                    states=found.states,
                )


def _details(process: Process, stuck: Stuck) -> dict[str, Any]:
    path = [*stuck.path, *stuck.places]
    return {"path": path, "waiting": list(stuck.places), "elements": drawn(process, path)}


def _names(process: Process, stuck: Stuck) -> str:
    return ", ".join(f"“{called(process.nodes[each])}”" for each in stuck.places)


def _way(process: Process, stuck: Stuck) -> str:
    return listed([process.nodes[each] for each in stuck.path]) or "từ đầu"


RULE = Rule("soundness", check, (_DEADLOCK, _DOUBLED, _CUT_OFF, _TOO_MANY))

"""A procedure's timers call declared limits by name; the office's calendar does the counting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from engine.catalog.extension import Relation
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter.limits import read_limit
from engine.catalog.linter.rule import Rule, called, procedures
from engine.catalog.linter.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.catalog.diagram import Diagram, Process
    from engine.catalog.finding import Finding

_UNDECLARED = Code(
    "timer-name-undeclared",
    Severity.ERROR,
    "Hẹn giờ gọi một thời hạn chưa được khai báo.",
    "A timer names a limit that is not declared.",
    blocks=Blocks.RUN,
    hint="Khai báo mc:namedLimit cùng tên, hoặc sửa tên trong hẹn giờ.",
)
_CALENDAR = Code(
    "timer-not-named",
    Severity.ERROR,
    "Hẹn giờ ghi thời lượng ISO 8601, không tính theo giờ làm việc.",
    "A timer is written as ISO 8601, which does not count working time.",
    blocks=Blocks.PUBLISH,
    hint="Thay bằng tên của một mc:namedLimit.",
)
_EMPTY = Code(
    "timer-empty",
    Severity.ERROR,
    "Hẹn giờ không ghi thời hạn.",
    "A timer names no limit.",
    blocks=Blocks.RUN,
    hint="Ghi tên của một mc:namedLimit vào timeDuration.",
)
_AMBIGUOUS = Code(
    "limit-name-ambiguous",
    Severity.WARNING,
    "Hai thời hạn có tên chỉ khác nhau ở hoa thường, dấu hoặc dấu cách.",
    "Two named limits differ only in case, marks or blanks.",
    hint="Đặt tên khác hẳn nhau.",
)
_UNREADABLE = Code(
    "named-limit-unreadable",
    Severity.ERROR,
    "Thời hạn có tên thiếu lượng thời gian hoặc ghi không đọc được.",
    "A named limit lacks its amount, or it cannot be read.",
    blocks=Blocks.RUN,
    hint="Ghi amount như 2wd, 16wh; apology-due và due không cần amount.",
)
_UNUSED = Code(
    "named-limit-unused",
    Severity.NOTE,
    "Thời hạn có tên không được dùng.",
    "A named limit is not used.",
    hint="Xóa thời hạn thừa hoặc gọi nó trong hẹn giờ.",
)
_ISO: Final = re.compile(r"R\d*/.+|[RP][-\d.,YMWDTHSP/]+|\d{4}-\d{2}-\d{2}.*", re.ASCII)
_COUNTED: Final = frozenset({Relation.AFTER_ARMING, Relation.BEFORE_DUE})


def check(diagram: Diagram) -> Iterable[Finding]:
    """What is wrong with the timers and named limits of each procedure."""
    for process in procedures(diagram):
        yield from _timers(process)
        yield from _limits(process)


def _timers(process: Process) -> Iterator[Finding]:
    for node in process.nodes.values():
        wanted = [event.text for event in node.events if event.kind == "timer"]
        if node.extension.silence is not None:
            wanted.append(node.extension.silence)
        for text in wanted:
            name = (text or "").strip("\"' ")
            if name in process.limits:
                continue
            if not name:
                yield _EMPTY.found(
                    node.id,
                    f"Hẹn giờ “{called(node)}” không ghi thời hạn.",
                    f"The timer '{called(node)}' names no limit.",
                )
            elif _ISO.fullmatch(name):
                yield _CALENDAR.found(
                    node.id,
                    f"Hẹn giờ “{called(node)}” ghi “{name}”, không phải tên thời hạn.",
                    f"The timer '{called(node)}' says '{name}', which is not a limit's name.",
                )
            else:
                yield _UNDECLARED.found(
                    node.id,
                    f"Hẹn giờ “{called(node)}” gọi thời hạn “{name}” chưa khai báo.",
                    f"The timer '{called(node)}' names the limit '{name}', which is not declared.",
                )


def _limits(process: Process) -> Iterator[Finding]:
    used = {
        (event.text or "").strip("\"' ")
        for node in process.nodes.values()
        for event in node.events
        if event.kind == "timer"
    } | {node.extension.silence for node in process.nodes.values()}
    alike: dict[str, str] = {}
    for limit in process.limits.values():
        other = alike.setdefault(folded(limit.name).replace(" ", ""), limit.name)
        if other != limit.name:
            yield _AMBIGUOUS.found(
                process.id,
                f"Thời hạn “{limit.name}” dễ nhầm với “{other}”.",
                f"The limit '{limit.name}' is easily taken for '{other}'.",
                line=limit.line,
            )
        if limit.relation in _COUNTED and read_limit(limit.amount) is None:
            yield _UNREADABLE.found(
                process.id,
                f"Thời hạn “{limit.name}” có lượng “{limit.amount or ''}” không đọc được.",
                f"The limit '{limit.name}' has the amount '{limit.amount or ''}', "
                "which cannot be read.",
                line=limit.line,
            )
        if limit.name not in used:
            yield _UNUSED.found(
                process.id,
                f"Thời hạn “{limit.name}” không được hẹn giờ nào gọi.",
                f"The limit '{limit.name}' is not named by any timer.",
                line=limit.line,
            )


RULE = Rule(
    "timer-names", check, (_UNDECLARED, _CALENDAR, _EMPTY, _AMBIGUOUS, _UNREADABLE, _UNUSED)
)

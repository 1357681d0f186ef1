"""A trial (chạy thử): a diagram played without an office, on a clock of its own.

The processes that take part share messages and signals. A message one of them throws waits for
its receiver; a message or signal that nothing in progress waits for begins a new case of a process
that starts by it. Time only moves when the play says so, or when nothing else can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.finding import Blocks, Code, DiagramRefusedError, Severity
from engine.catalog.linter import lint_bytes
from engine.errors import BadInputError, OfficeError
from engine.workflow.blueprint import blueprint
from engine.workflow.errors import EngineError, NotWaitingError, StepBudgetError
from engine.workflow.play import Advance, Complete, Message, Signal
from engine.workflow.running import Opening
from engine.workflow.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.catalog.finding import Finding
    from engine.workflow.blueprint import Blueprint
    from engine.workflow.play import Move, Play
    from engine.workflow.running import Waits
    from engine.workflow.stage import Instants

MOST_STEPS: Final = 10_000
"""Steps that a trial without a play completes, or jumps its clock takes."""

IMPOSSIBLE: Final = Code(
    "trial-move-impossible",
    Severity.ERROR,
    "Một bước của kịch bản chạy thử không thực hiện được.",
    "A move of the trial's play is not possible.",
    blocks=Blocks.RUN,
    hint="Sửa kịch bản theo những bước đang mở, hoặc sửa sơ đồ.",
)
SPENT: Final = Code(
    "trial-budget-spent",
    Severity.ERROR,
    "Chạy thử không có điểm dừng: quá nhiều bước.",
    "The trial does not come to rest: too many steps.",
    blocks=Blocks.RUN,
    hint="Thêm lối ra cho vòng lặp, hoặc cho dữ liệu để rẽ ra.",
)
STOPPED: Final = Code(
    "trial-stopped",
    Severity.ERROR,
    "Quy trình đứng lại: không đi tiếp được từ chỗ này.",
    "The process stands still: it cannot go on from here.",
    blocks=Blocks.RUN,
    hint="Cho dữ liệu mà điều kiện cần, hoặc thêm luồng mặc định.",
)
CODES: Final = (IMPOSSIBLE, SPENT, STOPPED)


@dataclass(frozen=True)
class Outcome:
    """What a trial came to.

    `trace` are the ids of completed tasks and calls in order, `open` those of ready steps and
    waiting catch events, oldest first; `waiting` is all that waits for an event, boundary events
    included.
    """

    trace: tuple[str, ...]
    ended: bool
    open: tuple[str, ...]
    waiting: tuple[Waits, ...]
    now: datetime
    findings: tuple[Finding, ...] = field(default=())


def run_trial(
    bpmn: bytes,
    process_ids: tuple[str, ...],
    play: Play | None,
    *,
    now: datetime,
    instants: Instants,
    defaults: Mapping[str, Mapping[str, Any]] | None = None,
) -> Outcome:
    """Play a diagram; without a play, steps complete in the order of the file.

    Without `process_ids` the file's main process takes part. `defaults` are what a step's form
    gives where a move gives nothing, by element. What cannot be done ends the trial with a
    finding; what was done before is in the outcome.

    Raises:
        DiagramRefusedError: the engine would run the diagram wrongly.
        BadInputError: there is no process of such an id, or an id is given twice.
    """
    if len(set(process_ids)) < len(process_ids):
        raise BadInputError(f"Expected each process once, but got {', '.join(process_ids)}")
    _refuse_what_blocks_a_run(bpmn)
    cast = tuple(blueprint(bpmn, each) for each in process_ids or (None,))
    stage = Stage(cast, now=now, instants=instants, defaults=defaults)
    place = 0
    try:
        stage.begin(play.data if play else {})
        if play is None:
            _by_itself(stage)
        else:
            for place, move in enumerate(play.moves, start=1):  # noqa: B007 - told when it fails
                _make(stage, move)
    except OfficeError as failure:
        finding = _finding(cast[0], failure, place, play)
        return _outcome(stage, (finding,))
    return _outcome(stage)


def _refuse_what_blocks_a_run(bpmn: bytes) -> None:
    """Ask the whole linter: a procedure's timers may name limits that nobody declared."""
    blocking = [each for each in lint_bytes(bpmn) if each.blocks is Blocks.RUN]
    if blocking:
        raise DiagramRefusedError(blocking, expected="a diagram that can run")


def _by_itself(stage: Stage) -> None:
    """Complete what is open in the order of the file; with nothing open, let the next timer fire.

    Raises:
        StepBudgetError: there is no end to it.
    """
    for _ in range(MOST_STEPS):
        step = stage.first_drawn()
        if step is not None:
            stage.complete(step, {})
        elif stage.ended or not stage.jump():
            return
    if not stage.ended and (stage.first_drawn() is not None or stage.next_due() is not None):
        raise StepBudgetError(f"Expected an end within {MOST_STEPS} steps, but there is none")


def _make(stage: Stage, move: Move) -> None:
    match move:
        case Complete(element_id, data):
            step = stage.oldest(element_id)
            if step is None:
                raise NotWaitingError(
                    f"Expected one of the open steps {_listed(stage.open_steps())}, "
                    f"but the move completes {element_id!r}"
                )
            stage.complete(step, data)
        case Advance(by):
            stage.advance(by.after(stage.now))
        case Message(name, data):
            if not stage.message(name, data):
                raise NotWaitingError(
                    f"Expected one of the awaited messages {_listed(stage.awaited('message'))}, "
                    f"but the move sends {name!r}"
                )
        case Signal(name, data):
            stage.signal(name, data)


def _listed(steps: tuple[Opening, ...] | tuple[str, ...]) -> str:
    ids = [each.element_id if isinstance(each, Opening) else each for each in steps]
    return ", ".join(dict.fromkeys(ids)) or "(none)"


def _finding(bp: Blueprint, failure: OfficeError, place: int, play: Play | None) -> Finding:
    """What stopped a trial; `place` counts the moves from 1, 0 is the start."""
    code = STOPPED
    if isinstance(failure, StepBudgetError):
        code = SPENT
    elif place and not isinstance(failure, EngineError):
        code = IMPOSSIBLE
    element = failure.element_id if isinstance(failure, EngineError) else None
    details: dict[str, Any] = {"reason": failure.message}
    where, where_vi = "at the start", "Lúc bắt đầu"
    if play is None:
        where, where_vi = "without a play", "Khi tự chạy"
    elif place:
        move = play.moves[place - 1]
        details["move"] = place - 1
        if isinstance(move, Complete):
            element = element or move.element_id
        where, where_vi = f"at moves[{place - 1}]", f"Ở moves[{place - 1}]"
    node = bp.diagram.node(element) if element else None
    return code.found(
        element,
        f"{where_vi}: {code.meaning} ({failure.message})",
        f"{failure.message} ({where})",
        line=node.line if node else None,
        **details,
    )


def _outcome(stage: Stage, findings: tuple[Finding, ...] = ()) -> Outcome:
    return Outcome(
        trace=tuple(stage.trace),
        ended=stage.ended,
        open=tuple(each.element_id for each in stage.open()),
        waiting=stage.waiting(),
        now=stage.now,
        findings=findings,
    )

"""The stage of a trial: running cases side by side, their post, and a clock that is turned."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

from engine.catalog.diagram import SUBPROCESSES
from engine.catalog.timer_text import unquoted
from engine.errors import OfficeError
from engine.workflow import run
from engine.workflow.errors import EngineError, NotWaitingError, StepBudgetError
from engine.workflow.iso_time import is_iso_timer, iso_due
from engine.workflow.progress import ArmedTimer
from engine.workflow.running import Letter, Opening, Running, Waits, open_ids, starts_by
from engine.workflow.runtime import STEP_BUDGET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from engine.workflow.blueprint import Blueprint
    from engine.workflow.progress import Progress, Thrown

MOST_TURNS: Final = 10_000
"""Timers, messages and signals that one trial may cause."""
MOST_LOOKS: Final = 1_000_000
"""Open steps and timers looked at, all turns together: what grows with every turn ends soon."""
MOST_CASES: Final = 1_000
"""Cases that may be in progress at once."""
MOST_NODES: Final = 200_000
"""Nodes that all cases of one trial may pass."""


class Instants(Protocol):
    """Knows when a timer is due that names a limit."""

    def __call__(
        self, name: str, *, element_id: str, process_id: str, began_at: datetime, armed_at: datetime
    ) -> datetime:
        """The instant; `began_at` is when the case of the process began."""
        ...


class Stage:
    """Plays the processes of `cast`, each of one file; nothing is read from outside."""

    def __init__(
        self,
        cast: tuple[Blueprint, ...],
        *,
        now: datetime,
        instants: Instants,
        defaults: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.cast = cast
        self.now = now
        self.trace: list[str] = []
        self._instants = instants
        self._defaults = defaults or {}
        self._data: Mapping[str, Any] = {}
        self._running: list[Running] = []
        self._post: deque[Letter] = deque()
        self._alarms: list[tuple[datetime, int, Blueprint, str]] = []
        self._age = 0
        self._turns = 0
        self._nodes = 0
        self._looks = 0
        self._some_ended = False
        nodes = [node for process in cast[0].diagram.processes for node in process.nodes]
        self._places = {node: place for place, node in enumerate(nodes)}
        # A subprocess is done when what is in it is; only the tasks in it count.
        self._frames = {
            node.id
            for process in cast[0].diagram.processes
            for node in process.nodes.values()
            if node.kind in SUBPROCESSES
        }
        pools = cast[0].diagram.participants
        self._processes = {pool.id: pool.process_id for pool in pools}

    # --- what can be done ------------------------------------------------------------------------

    def begin(self, data: Mapping[str, Any]) -> None:
        """Start every process with the same values."""
        self._data = data
        for bp in self.cast:
            self._start(bp, data)
            if bp.starts:
                # A timer start beside the plain one begins a case of its own.
                for node, event in starts_by(bp, "timer"):
                    timer = ArmedTimer("", node.id, unquoted(event.text or ""))
                    self._age += 1
                    due = self._due(bp, self.now, timer)
                    self._alarms.append((due, self._age, bp, node.id))
        self._settle()

    def complete(self, step: Opening, data: Mapping[str, Any]) -> None:
        """A person completes an open step; what is not given has its form's default."""
        given = {**self._defaults.get(step.element_id, {}), **data}
        case = next(each for each in self._running if step.task_id in each.ages)
        self._act(
            case,
            lambda state, budget: run.complete(case.bp, state, step.task_id, given, budget=budget),
        )
        self._settle()

    def message(self, name: str, data: Mapping[str, Any]) -> bool:
        """Give a message from outside to one that waits for it; False when there is none."""
        given = self._hand_over(name, data) or self._started_by("message", name, data)
        self._settle()
        return bool(given)

    def signal(self, name: str, data: Mapping[str, Any]) -> None:
        """Give a signal from outside to all that wait for it, be it nobody."""
        self._broadcast(name, data, None)
        self._settle()

    def advance(self, until: datetime) -> None:
        """Turn the clock to an instant; what is due on the way happens at its own instant."""
        while self._fire_next(until):
            self._settle()
        self.now = until

    def jump(self) -> bool:
        """Turn the clock to the next timer and let it fire; False when none is armed."""
        due = self.next_due()
        if due is None:
            return False
        self._fire_next(due)
        self._settle()
        return True

    # --- how things stand ------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether every case that began is over, and none will begin by its own timer."""
        return self._some_ended and not any(
            case.begun or case.progress.timers for case in self._running
        )

    def open_steps(self) -> tuple[Opening, ...]:
        """The steps that wait for a person, oldest first."""
        return self._in_age(
            lambda case: [(s.task_id, s.element_id) for s in case.progress.open_steps]
        )

    def open(self) -> tuple[Opening, ...]:
        """The steps that wait for a person and the intermediate events waited for, oldest first."""
        return self._in_age(open_ids)

    def oldest(self, element_id: str) -> Opening | None:
        """The oldest open step of an element."""
        return next((each for each in self.open_steps() if each.element_id == element_id), None)

    def first_drawn(self) -> Opening | None:
        """The open step that stands first in the file."""
        return min(
            self.open_steps(),
            key=lambda each: (self._places[each.element_id], each.age),
            default=None,
        )

    def next_due(self) -> datetime | None:
        """When the next timer is due."""
        dues = [due for case in self._running for due in case.dues.values()]
        return min([*dues, *(alarm[0] for alarm in self._alarms)], default=None)

    def awaited(self, kind: str) -> tuple[str, ...]:
        """The names of all messages (or signals) that something waits for or starts by."""
        waiting = [name or at for case in self._running for at, name in case.listens(kind)]
        starts = [event.name or node.id for bp in self.cast for node, event in starts_by(bp, kind)]
        return tuple(dict.fromkeys([*waiting, *starts]))

    def waiting(self) -> tuple[Waits, ...]:
        """All that waits for an event."""
        found: list[Waits] = []
        for case in self._running:
            at = case.progress
            found += [
                Waits(t.element_id, "timer", t.limit, case.dues.get(t.task_id)) for t in at.timers
            ]
            found += [Waits(w.element_id, "message", w.message) for w in at.waiting]
            found += [Waits(e.element_id, e.kind, e.name) for e in at.listening]
        return tuple(found)

    # --- how it goes on --------------------------------------------------------------------------

    def _in_age(self, ids: Callable[[Running], list[tuple[str, str]]]) -> tuple[Opening, ...]:
        found = [
            Opening(case.ages[task_id], task_id, element_id)
            for case in self._running
            for task_id, element_id in ids(case)
        ]
        return tuple(sorted(found, key=lambda each: each.age))

    def _start(self, bp: Blueprint, data: Mapping[str, Any], at: str | None = None) -> None:
        progress = run.start(bp, data, at=at, budget=self._budget())
        case = Running(bp, self.now, progress, begun=bool(progress.trail))
        self._running.append(case)
        if len(self._running) > MOST_CASES:
            raise StepBudgetError(
                f"Expected at most {MOST_CASES} cases at once, but there are more"
            )
        self._take(case, progress)

    def _act(self, case: Running, act: Callable[[bytes, int], Progress]) -> None:
        self._take(case, act(case.progress.state, self._budget()))

    def _take(self, case: Running, progress: Progress) -> None:
        """Note what happened to a case, and what is new in it."""
        case.progress = progress
        case.begun = case.begun or bool(progress.trail)
        self.trace += [each for each in progress.completed if each not in self._frames]
        self._nodes += len(progress.trail)
        ids = [task_id for task_id, _ in open_ids(case)]
        ids += [timer.task_id for timer in progress.timers]
        self._looks += len(ids)
        ages: dict[str, int] = {}
        for task_id in dict.fromkeys(ids):
            self._age += 1
            ages[task_id] = case.ages.get(task_id, self._age)
        case.ages = ages
        case.dues = {
            timer.task_id: case.dues.get(timer.task_id) or self._due(case.bp, case.began_at, timer)
            for timer in progress.timers
        }
        for thrown in progress.thrown:
            self._send(case, thrown)
        if progress.ended:
            self._some_ended = True
            self._running.remove(case)

    def _due(self, bp: Blueprint, began_at: datetime, timer: ArmedTimer) -> datetime:
        try:
            if is_iso_timer(timer.limit):
                return iso_due(timer.limit, self.now, timer.lap)
            return self._instants(
                timer.limit,
                element_id=timer.element_id,
                process_id=bp.process_id,
                began_at=began_at,
                armed_at=self.now,
            )
        except OfficeError as failure:
            raise EngineError(failure.message, element_id=timer.element_id) from failure

    def _send(self, case: Running, thrown: Thrown) -> None:
        if thrown.kind == "signal":
            self._post.append(Letter("signal", thrown.name, None, case))
        elif thrown.kind == "message":
            for target in thrown.targets or (None,):
                if target is None or self._processes.get(target, target) is not None:
                    self._post.append(Letter("message", thrown.name, target, case))
                # Else it goes to a pool without a process, and so out of the trial.

    def _settle(self) -> None:
        """Deliver the post and fire what is due by now, until neither changes anything."""
        while self._deliver_one() or self._fire_next(self.now):
            pass

    def _turn(self) -> None:
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise StepBudgetError(
                f"Expected at most {MOST_TURNS} timers and messages, but there are more"
            )

    def _budget(self) -> int:
        if self._looks > MOST_LOOKS:
            raise StepBudgetError("Expected what is open to stay few, but it grows and grows")
        left = MOST_NODES - self._nodes
        if left <= 0:
            raise StepBudgetError(f"Expected at most {MOST_NODES} nodes passed, but there are more")
        return min(STEP_BUDGET, left)

    def _fire_next(self, until: datetime) -> bool:
        """Fire the first timer that is due by an instant; the clock stands at its due then."""
        armed = [
            (case.dues[timer.task_id], case.ages[timer.task_id], case, timer)
            for case in self._running
            for timer in case.progress.timers
        ]
        alarm = min(self._alarms, key=lambda each: each[:2], default=None)
        first = min(armed, key=lambda each: each[:2], default=None)
        if alarm is not None and alarm[0] <= until and (first is None or alarm[:2] < first[:2]):
            self._alarms.remove(alarm)
            self.now = max(self.now, alarm[0])
            self._start(alarm[2], self._data, at=alarm[3])
            return True
        if first is None or first[0] > until:
            return False
        self._turn()
        due, _, case, timer = first
        self.now = max(self.now, due)
        self._act(
            case,
            lambda state, budget: run.fire_timer(case.bp, state, timer.task_id, budget=budget),
        )
        return True

    def _deliver_one(self) -> bool:
        """Deliver the first letter that has a receiver; the others wait for theirs."""
        for letter in self._post:
            if letter.kind == "signal":
                self._post.remove(letter)
                self._turn()
                self._broadcast(letter.name, {}, letter.sender)
                return True
            if self._arrives(letter):
                self._post.remove(letter)
                self._turn()
                return True
        return False

    def _arrives(self, letter: Letter) -> bool:
        target, sender = letter.target, letter.sender
        if target in self._places:
            # The message flow leads to one node, whatever its message is called there.
            return self._hand_over(target, {}, sender) or self._started_by("message", target, {})
        process_id = self._processes.get(target, target) if target else None
        name = letter.name
        if not name:
            # A flow to a pool says for whom it is, if not what: the first that waits there.
            awaited = [
                element_id
                for case in self._running
                if case is not sender and case.bp.process_id == process_id
                for element_id, _ in case.listens("message")
            ]
            return bool(awaited) and self._hand_over(awaited[0], {}, sender, process_id)
        return self._hand_over(name, {}, sender, process_id) or self._started_by(
            "message", name, {}, process_id=process_id, never={sender.bp}
        )

    def _hand_over(
        self,
        name: str,
        data: Mapping[str, Any],
        sender: Running | None = None,
        process_id: str | None = None,
    ) -> bool:
        """Give a message to the first case in which something waits for it."""
        for case in list(self._running):
            if case is sender or process_id not in {None, case.bp.process_id}:
                continue
            if case.progress.waiting and self._told(case, run.deliver_message, name, data):
                return True
        return False

    def _broadcast(self, name: str, data: Mapping[str, Any], sender: Running | None) -> None:
        to_begin = {case.bp for case in self._running if not case.begun}
        for case in list(self._running):
            if case is not sender and case.listens("signal"):
                self._told(case, run.deliver_signal, name, data)
        self._started_by("signal", name, data, never=to_begin)

    def _started_by(
        self,
        kind: str,
        name: str,
        data: Mapping[str, Any],
        *,
        process_id: str | None = None,
        never: AbstractSet[Blueprint] = frozenset(),
    ) -> bool:
        """Begin new cases at the start events that wait for it; a message begins only one."""
        begun = False
        for bp in self.cast:
            if bp in never or process_id not in {None, bp.process_id}:
                continue
            for node, event in starts_by(bp, kind):
                if name in {event.name, event.ref, node.id}:
                    self._start(bp, {**self._data, **data}, at=node.id)
                    begun = True
                    if kind == "message":
                        return True
        return begun

    def _told(
        self,
        case: Running,
        tell: Callable[..., Progress],
        name: str,
        data: Mapping[str, Any],
    ) -> bool:
        try:
            self._act(case, lambda state, budget: tell(case.bp, state, name, data, budget=budget))
        except NotWaitingError:
            return False
        return True

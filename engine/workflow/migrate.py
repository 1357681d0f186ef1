"""Carries the state of a running case to another version of its diagram, or says why it cannot.

Live tokens are mapped by element id; SpiffWorkflow's own migration restarts clocks and is not used.
Nothing happens while a state is carried: no step is done, no timer fires, no value changes.
"""

# ruff: noqa: SLF001 - SpiffWorkflow's states are underscored

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.linter.token_game import Game
from engine.workflow.events import Border
from engine.workflow.gateways import Join, Race
from engine.workflow.repeats import ForEach, Loop
from engine.workflow.runtime import OfficeCase, OfficeScope, OfficeTask
from engine.workflow.snapshot import load, save
from engine.workflow.steps import Activity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.extension import NamedLimit
    from engine.catalog.graph import Node
    from engine.workflow.blueprint import Blueprint

_LOOP_TRAITS: Final = ("condition", "maximum", "test_before")
_EACH_TRAITS: Final = (
    "sequential", "cardinality", "list_names", "item", "results", "result", "condition",
)  # fmt: skip


@dataclass(frozen=True)
class Obstacle:
    """Why a state cannot be carried: a stable code, the live element, what it has to do with."""

    code: str
    element: str
    detail: str = ""


@dataclass(frozen=True)
class Carried:
    """What became of a state; `state` is None when there are obstacles.

    `live` maps each live element to its id in the new version. `dropped` are waiting events that
    are no longer there, `armed` those that are new. `changed_limits` are named limits of live
    timers that mean another instant there.
    """

    state: bytes | None
    obstacles: tuple[Obstacle, ...]
    live: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    armed: tuple[str, ...] = ()
    changed_limits: tuple[str, ...] = ()


@dataclass
class Carrier:
    """Carries states from one version to another; what it proves of a marking is kept."""

    old: Blueprint
    new: Blueprint
    names: Mapping[str, str] = field(default_factory=dict)
    """Elements that have another id in the new version, as somebody decided."""
    _proofs: dict[tuple[str, Any], Obstacle | None] = field(default_factory=dict)
    _games: dict[str, Game | None] = field(default_factory=dict)

    def carry(self, state: bytes) -> Carried:
        """The state in the new version, or what stands against it.

        Raises:
            SnapshotCorruptError: the state is damaged or of another version.
        """
        return _Move(self, load(self.old, state)).made()

    def renamed(self, element: str) -> str:
        """An element's id in the new version."""
        return self.names.get(element, element)

    def stuck(self, scope: str, marking: frozenset[tuple[str, str | None]]) -> Obstacle | None:
        """What a marking of a scope cannot end by in the new version; None is proven to end."""
        key = (scope, marking)
        if key not in self._proofs:
            self._proofs[key] = self._proof(scope, marking)
        return self._proofs[key]

    def _proof(self, scope: str, marking: frozenset[tuple[str, str | None]]) -> Obstacle | None:
        if scope not in self._games:
            self._games[scope] = self._game(scope)
        game = self._games[scope]
        if game is None:
            return Obstacle("vanished", scope)
        found = game.search([marking])
        if found.always_ends:
            return None
        wrong = found.deadlock or found.endless
        if wrong is None:
            return Obstacle("not_proven", scope)
        return Obstacle("would_be_stuck", wrong.places[0], " → ".join(wrong.path))

    def _game(self, scope: str) -> Game | None:
        for process in self.new.diagram.processes:
            if scope == process.id or scope in process.nodes:
                return Game(process, scope)
        return None


class _Move:
    """One state under way."""

    def __init__(self, carrier: Carrier, case: OfficeCase) -> None:
        self.carrier, self.old, self.new = carrier, carrier.old, carrier.new
        self.case = case
        self.obstacles: list[Obstacle] = []
        self.live: dict[str, str] = {}
        self.dropped: list[str] = []
        self.armed: list[str] = []
        self.limits: list[str] = []
        self.made_case = OfficeCase(
            self.new.spec,
            self.new.scopes,
            conditional=self.new.conditional,
            gathering=self.new.gathering,
        )
        self.made_case.data = case.data

    def made(self) -> Carried:
        for scope in self.case.scopes:
            target = self._scope(scope)
            if target is None:
                continue
            target.plant()
            target.completed = scope.completed
            for task in scope.tasks.values():
                if task is not scope.task_tree:
                    self._task(task, target)
        if not self.obstacles:
            self._arm_new()
        if not self.obstacles:
            self._prove()
        limits = tuple(dict.fromkeys(self.limits))
        return Carried(
            state=None if self.obstacles else save(self.new, self.made_case),
            obstacles=tuple(dict.fromkeys(self.obstacles)),
            live=tuple(self.live.items()),
            dropped=tuple(self.dropped),
            armed=tuple(self.armed),
            changed_limits=limits,
        )

    def _scope(self, scope: Any) -> OfficeCase | OfficeScope | None:
        """The scope in the new case that a scope's tokens go to."""
        if scope is self.case:
            return self.made_case
        host = self.made_case.register.get(scope.host.id)
        name = self.carrier.renamed(scope.spec.name)
        if host is None:
            return None  # the activity around it could not be carried, and was told
        if name not in self.new.scopes:
            self._refuse("vanished", scope.spec.name)
            return None
        made = OfficeScope(self.new.scopes[name], host)
        self.made_case.adopt(made)
        return made

    def _refuse(self, code: str, element: str, detail: str = "") -> None:
        self.obstacles.append(Obstacle(code, element, detail))

    def _task(self, task: OfficeTask, target: OfficeCase | OfficeScope) -> None:
        was = task.task_spec
        base, mark, kind = was.name.partition("#")
        now = target.spec.task_specs.get(f"{self.carrier.renamed(base)}{mark}{kind}")
        element = was.bpmn_id or base
        only_waits = was.passive or isinstance(was, Border)
        if now is None:
            if only_waits:
                self.dropped.append(element)
            else:
                self._refuse("vanished", element)
            return
        if not self._fits(element, task, was, now):
            return
        made = OfficeTask(target, now, target.task_tree, task._state, task.id)
        made.internal_data = dict(task.internal_data)
        made.data = task.data
        self._renamed_flows(element, made, now)
        if not only_waits:
            self.live[element] = now.bpmn_id or base

    def _fits(self, element: str, task: OfficeTask, was: Any, now: Any) -> bool:
        """Whether the node that a token stands on is the same sort of node in the new version."""
        before = len(self.obstacles)
        old_node, new_node = (
            self.old.diagram.node(element),
            self.new.diagram.node(now.bpmn_id or ""),
        )
        if type(was) is not type(now) or _step_kind(old_node) != _step_kind(new_node):
            self._refuse("kind_changed", element)
        elif _hold_kind(old_node) != _hold_kind(new_node):
            self._refuse("hold_changed", element)
        elif _traits(was) != _traits(now):
            self._refuse("repeat_changed", element)
        elif (was.catching and _waits(was) != _waits(now)) or self._races_differ(was, now):
            self._refuse("event_changed", element)
        elif was.catching:
            self._check_limit(task)
        return len(self.obstacles) == before

    def _races_differ(self, was: Any, now: Any) -> bool:
        if not isinstance(was, Race):
            return False
        return [self.carrier.renamed(each) for each in _targets(was)] != _targets(now)

    def _check_limit(self, task: OfficeTask) -> None:
        name = task.internal_data.get("limit")
        if name is None:
            return
        was, now = self.old.process.limits.get(name), self.new.process.limits.get(name)
        if was is not None and now is None:
            self._refuse("limit_vanished", task.task_spec.bpmn_id or name, name)
        elif was is not None and now is not None and _means(was) != _means(now):
            self.limits.append(name)

    def _renamed_flows(self, element: str, made: OfficeTask, now: Any) -> None:
        """A waiting token remembers by which flow it came; flows may have other ids."""
        for key in ("flow", "by"):
            flow_id = made.internal_data.get(key)
            if flow_id is None:
                continue
            found = self._flow(flow_id)
            if found is None or (key == "flow" and now.gathers and found not in now.entries):
                self._refuse("flow_vanished", element, flow_id)
            else:
                made.internal_data[key] = found

    def _flow(self, flow_id: str) -> str | None:
        for process in self.old.diagram.processes:
            flow = process.flows.get(flow_id)
            if flow is not None:
                break
        else:
            return None
        ends = (self.carrier.renamed(flow.source), self.carrier.renamed(flow.target))
        alike = [
            other.id
            for process in self.new.diagram.processes
            for other in process.flows.values()
            if (other.source, other.target) == ends
        ]
        if flow_id in alike:
            return flow_id
        return alike[0] if len(alike) == 1 else None

    def _arm_new(self) -> None:
        """Begin to wait for what the new version waits for and the old one did not."""
        for old_scope, scope in zip(self.case.scopes, self.made_case.scopes, strict=True):
            known = {self._renamed_spec(name) for name in old_scope.spec.armed}
            for name in scope.spec.armed:
                if name not in known:
                    self._wait(scope.enter(name))
            for task in list(scope.tasks.values()):
                spec = task.task_spec
                if not isinstance(spec, Activity) or not spec.boundaries:
                    continue
                was = self.case.register[task.id].task_spec
                guarded = {self._renamed_spec(name) for name in was.boundaries}
                for name in spec.boundaries:
                    if name not in guarded:
                        border = scope.enter(name)
                        border.internal_data["host"] = task.id
                        self._wait(border)

    def _renamed_spec(self, name: str) -> str:
        base, mark, kind = name.partition("#")
        return f"{self.carrier.renamed(base)}{mark}{kind}"

    def _wait(self, task: OfficeTask) -> None:
        task.task_spec._update(task)
        self.armed.append(task.task_spec.bpmn_id or task.task_spec.name)

    def _prove(self) -> None:
        """Refuse a state whose tokens might never come to an end in the new version."""
        for scope in self.made_case.scopes:
            marking: set[tuple[str, str | None]] = set()
            for task in scope.tasks.values():
                spec = task.task_spec
                hidden = "#" in spec.name or "race" in task.internal_data
                if task is scope.task_tree or spec.passive or isinstance(spec, Border) or hidden:
                    continue
                gathers = isinstance(spec, Join) and len(spec.entries) > 1
                place = (spec.name, task.internal_data.get("flow") if gathers else None)
                if place in marking:
                    self._refuse("token_doubled", spec.name)
                marking.add(place)
            for name in {node for node, flow in marking if flow is not None}:
                entries = scope.spec.task_specs[name].entries
                if {flow for node, flow in marking if node == name} >= set(entries):
                    self._refuse("join_complete", name)
            if marking and not self.obstacles:
                obstacle = self.carrier.stuck(scope.spec.name, frozenset(marking))
                if obstacle is not None:
                    self.obstacles.append(obstacle)


def _means(limit: NamedLimit) -> tuple[object, ...]:
    return (limit.amount, limit.relation)


def _step_kind(node: Node | None) -> object:
    return node.rule.kind if node is not None and node.rule is not None else None


def _hold_kind(node: Node | None) -> object:
    return node.hold.kind if node is not None and node.hold is not None else None


def _traits(spec: Any) -> tuple[object, ...]:
    names = _LOOP_TRAITS if isinstance(spec, Loop) else _EACH_TRAITS
    return tuple(getattr(spec, n) for n in names) if isinstance(spec, (Loop, ForEach)) else ()


def _waits(spec: Any) -> list[tuple[object, ...]]:
    """What a catching node waits for, so that two can be compared."""
    return [
        (event.kind, event.name, event.expression, getattr(event, "text", None))
        for event in spec.events
    ]


def _targets(spec: Any) -> list[str]:
    return [way.target for way in spec.exits]

"""Procedures compiled: each node of a diagram with its role, work, limits and shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.catalog.diagram import read_diagram
from engine.catalog.extension import HoldKind, Relation, StepKind
from engine.sla.limit import Limit
from engine.sla.pauses import PausePolicy
from simulations.compiling.flattening import tables_of
from simulations.compiling.rows import Rows
from simulations.compiling.shares import chances_of, check_names
from simulations.compiling.tables import DiagramTable, FlatNode, Kind, TimerRule
from simulations.draws import DrawsBuilder
from simulations.errors import ScenarioError
from simulations.inputs.scenario import Duration
from simulations.layout import (
    GRANTED,
    PAYMENT,
    REFUSED,
    SUPPLEMENT,
    T_AFTER,
    T_APOLOGY,
    T_BEFORE_DUE,
    T_DUE,
    T_REAL,
    WITHDRAWN,
)
from simulations.office_arrays import POLICY_NUMBER

if TYPE_CHECKING:
    from simulations.compiling.arrays import Flow
    from simulations.inputs.scenario import Procedure, Scenario, Step

MOST_ROLES = 60
RELATION_NUMBER = {
    Relation.AFTER_ARMING: T_AFTER,
    Relation.DUE: T_DUE,
    Relation.APOLOGY_DUE: T_APOLOGY,
    Relation.BEFORE_DUE: T_BEFORE_DUE,
}
OUTCOME_NUMBER = {"refused": REFUSED, "withdrawn": WITHDRAWN, "other": 0}


def read_tables(procedure: Procedure, folder: Path | None) -> DiagramTable:
    """The flat diagram of a procedure of a scenario.

    Raises:
        ScenarioError: the file is not there.
        NotSimulatedError, DiagramRefusedError: the diagram cannot be simulated.
    """
    path = (folder or Path()) / procedure.diagram
    try:
        data = path.read_bytes()
    except OSError as cause:
        raise ScenarioError(
            f"Expected the diagram of '{procedure.key}', but {procedure.diagram} cannot be read",
            key=f"procedures.{procedure.key}.diagram",
        ) from cause
    return tables_of(read_diagram(data), procedure.process_id)


class ProcedureCompiler:
    """Compiles the procedures of a scenario; gathers roles, limits and distributions by number."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.tables = tuple(read_tables(each, scenario.folder) for each in scenario.procedures)
        self.draws = DrawsBuilder()
        self.limits: list[Limit] = []
        self.roles: list[str] = []
        self.classes = max(len(each.classes) for each in scenario.procedures)
        self.signing_of = {signing.role: number for number, signing in enumerate(scenario.signing)}

    def limit(self, text: str) -> int:
        """The number of a limit."""
        limit = Limit.parse(text)
        if limit not in self.limits:
            self.limits.append(limit)
        return self.limits.index(limit)

    def role(self, name: str) -> int:
        """The number of a role."""
        if name not in self.roles:
            self.roles.append(name)
            if len(self.roles) > MOST_ROLES:
                raise ScenarioError(f"Expected at most {MOST_ROLES} roles, but '{name}' is more")
        return self.roles.index(name)

    def flow(self) -> tuple[Flow, list[tuple[int, FlatNode]]]:
        """The tables of all procedures, and procedure and node of each row."""
        for procedure, table in zip(self.scenario.procedures, self.tables, strict=True):
            check_names(procedure, table)
        rows = Rows(self.classes)
        nodes: list[tuple[int, FlatNode]] = []
        for number, (procedure, table) in enumerate(
            zip(self.scenario.procedures, self.tables, strict=True)
        ):
            self.add_procedure(rows, procedure, table)
            nodes.extend((number, node) for node in table.nodes)
        return rows.flow(self.tables), nodes

    def add_procedure(self, rows: Rows, procedure: Procedure, table: DiagramTable) -> None:
        """The rows of one procedure."""
        total = procedure.limit or table.total
        if total is None:
            raise ScenarioError(
                f"Expected the limit of '{procedure.key}', but neither scenario nor diagram"
                " gives one",
                key=f"procedures.{procedure.key}.limit",
            )
        rows.begin_procedure(
            limit=self.limit(total),
            policy=-1
            if procedure.pause_policy is None
            else POLICY_NUMBER[PausePolicy(procedure.pause_policy)],
            ranks=[each.priority for each in procedure.classes],
        )
        entry = 0
        for node in table.nodes:
            self.add_node(rows, procedure, node, entry)
            entry += node.entries
        for scope in table.scopes:
            rows.scopes.append(scope)
        for arm in table.arms:
            self.add_arm(rows, procedure, arm)

    def add_node(
        self,
        rows: Rows,
        procedure: Procedure,
        node: FlatNode,
        entry: int,
    ) -> None:
        """The row of one node."""
        row: dict[str, Any] = {"first_entry": entry}
        if node.kind is Kind.TASK:
            row |= self.step(procedure, node)
        elif node.kind is Kind.WAIT:
            row["work"] = self.wait(procedure, node)
            if node.hold is not None:
                row["hold"] = SUPPLEMENT if node.hold.kind is HoldKind.SUPPLEMENT else PAYMENT
        elif node.kind is Kind.TIMER and node.timer is not None:
            row["timer"], row["timer_limit"] = self.timer(procedure, node.element, node.timer)
        chances = chances_of(procedure, node, self.classes) if node.conditional else None
        rows.add_node(procedure.key, node, row, chances)

    def step(self, procedure: Procedure, node: FlatNode) -> dict[str, Any]:
        """What a step takes, who does it, and by when."""
        spec = procedure.steps.get(node.element)
        kind = node.rule.kind if node.rule else None
        role = (spec.role if spec else None) or node.role
        key = f"procedures.{procedure.key}.steps.{node.element}"
        on_the_spot = self.scenario.on_the_spot
        moved = procedure.on_the_spot and on_the_spot is not None and on_the_spot.enabled
        gone = False
        if role is None:
            raise ScenarioError(
                f"Expected a role for step '{node.element}' of '{procedure.key}', but the diagram"
                " has none",
                key=f"{key}.role",
            )
        role = procedure.roles.get(role, role)
        if moved and on_the_spot is not None and kind is not None:
            if kind in on_the_spot.kinds:
                role = on_the_spot.role
            gone = kind in on_the_spot.removed
        limit = (spec.limit if spec else None) or (node.rule.limit if node.rule else None)
        minutes = Limit.parse(limit).working_minutes() if limit else None
        works = [
            self.work(procedure, spec, node, each.name, minutes, key) for each in procedure.classes
        ]
        if gone:
            works = [Duration(value_minutes=0)] * len(works)
        delay = spec.delay if spec is not None and not gone else None
        return {
            "role": self.role(role),
            "work": [each.add_to(self.draws) for each in works],
            "delay": [-1 if delay is None else delay.add_to(self.draws)] * len(works),
            "step_limit": self.limit(limit) if limit is not None and minutes != 0 else -1,
            "finishes": {StepKind.RETURN: GRANTED, StepKind.REFUSE: REFUSED}.get(kind, 0)
            if kind is not None
            else 0,
            "apologises": kind is StepKind.APOLOGISE,
            "signing": self.signing_of.get(role, -1),
        }

    def work(
        self,
        procedure: Procedure,
        spec: Step | None,
        node: FlatNode,
        of_class: str,
        minutes: int | None,
        key: str,
    ) -> Duration:
        """How long a step takes for a class of cases."""
        if spec is not None:
            found = spec.duration_by_class.get(of_class) or spec.duration
            if found is not None:
                return found
        if procedure.default_duration is not None:
            return procedure.default_duration
        if procedure.work_share_of_limit is not None and minutes is not None:
            mean = minutes * procedure.work_share_of_limit
            if mean == 0:
                return Duration(value_minutes=0)
            return Duration(distribution="lognormal", mean_minutes=mean, cv=procedure.work_cv)
        raise ScenarioError(
            f"Expected a duration for step '{node.element}' of '{procedure.key}', but there is"
            " none, nor a default_duration",
            key=f"{key}.duration",
        )

    def wait(self, procedure: Procedure, node: FlatNode) -> list[int]:
        """How long somebody outside is waited for, by class."""
        spec = procedure.waits.get(node.element)
        if spec is None:
            raise ScenarioError(
                f"Expected how long '{node.element}' of '{procedure.key}' is waited for"
                f" ({node.name}), but waits does not name it",
                key=f"procedures.{procedure.key}.waits.{node.element}",
            )
        return [spec.add_to(self.draws)] * len(procedure.classes)

    def timer(self, procedure: Procedure, element: str, rule: TimerRule) -> tuple[int, int]:
        """From where a timer counts, and its limit."""
        if rule.real_seconds is not None:
            return T_REAL, rule.real_seconds
        amount = procedure.limits.get(rule.name) or rule.amount
        if rule.relation in {Relation.DUE, Relation.APOLOGY_DUE}:
            return RELATION_NUMBER[rule.relation], 0
        if amount is None:
            raise ScenarioError(
                f"Expected an amount for the limit '{rule.name}' of timer '{element}' in"
                f" '{procedure.key}', but limits does not name it",
                key=f"procedures.{procedure.key}.limits.{rule.name}",
            )
        return RELATION_NUMBER[rule.relation], self.limit(amount)

    def add_arm(self, rows: Rows, procedure: Procedure, arm: Any) -> None:
        """The row of one event that waits."""
        if arm.timer is not None:
            timer, limit = self.timer(procedure, arm.element, arm.timer)
            rows.add_arm(procedure.key, arm, timer=timer, limit=limit, share=1.0, after=-1, out=0)
            return
        found = procedure.interruptions.get(arm.element)
        if found is None or found.share == 0:
            # What the scenario does not name never happens.
            rows.add_arm(procedure.key, arm, timer=-1, limit=0, share=0.0, after=-1, out=0)
            return
        rows.add_arm(
            procedure.key,
            arm,
            timer=-1,
            limit=0,
            share=found.share,
            after=found.after.add_to(self.draws),
            out=OUTCOME_NUMBER[found.outcome],
        )

    def check_roles(self) -> None:
        """Every role has somebody, and people who sign have a role."""
        have = {role for group in self.scenario.staff if group.count for role in group.roles}
        for role in self.roles:
            if role not in have:
                raise ScenarioError(
                    f"Expected somebody for the role '{role}', but no group of staff has it",
                    key="staff",
                    role=role,
                )
        for group in self.scenario.staff:
            for role in group.roles:
                self.role(role)
        for signing in self.scenario.signing:
            if signing.role not in self.roles:
                raise ScenarioError(
                    f"Expected a role that signs, but nobody is '{signing.role}'", key="signing"
                )

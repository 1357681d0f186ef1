"""Rows of the tables of all procedures while they are gathered, one procedure after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.compiling.arrays import Flow
from simulations.draws import salt_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulations.compiling.tables import DiagramTable, FlatNode


class Rows:
    """Columns of `Flow` while they are gathered."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.nodes: list[dict[str, Any]] = []
        self.ways: list[dict[str, Any]] = []
        self.first_way: list[int] = [0]
        self.scopes: list[Any] = []
        self.arms: list[dict[str, Any]] = []
        self.procedures: list[dict[str, Any]] = []

    def begin_procedure(self, *, limit: int, policy: int, ranks: list[int]) -> None:
        """What is added from now on belongs to the next procedure."""
        self.procedures.append(
            {
                "limit": limit,
                "policy": policy,
                "ranks": ranks,
                "node": len(self.nodes),
                "scope": len(self.scopes),
                "arm": len(self.arms),
            }
        )

    def add_node(
        self, key: str, node: FlatNode, row: Mapping[str, Any], chances: list[list[float]] | None
    ) -> None:
        """A node with its ways out; `row` has what the scenario says of it."""
        base = self.procedures[-1]
        self.nodes.append({"node": node, "salt": salt_of(key, node.path), **row})
        for place, way in enumerate(node.ways):
            self.ways.append(
                {
                    "target": way.target + base["node"],
                    "entry": way.entry,
                    "to": way.target,
                    "salt": salt_of(key, node.path, way.flow_id),
                    "chance": chances[place] if chances else [1.0] * self.classes,
                }
            )
        self.first_way.append(len(self.ways))

    def add_arm(
        self, key: str, arm: Any, *, timer: int, limit: int, share: float, after: int, out: int
    ) -> None:
        """An event that waits on a border or in a scope."""
        base = self.procedures[-1]
        self.arms.append(
            {
                "salt": salt_of(key, arm.path),
                "timer": timer,
                "limit": limit,
                "share": share,
                "after": after,
                "outcome": out,
                "interrupts": arm.interrupting,
                "begins": arm.begins_scope,
                "target": arm.target + (base["scope"] if arm.begins_scope else base["node"]),
                "place": -1 if arm.begins_scope else arm.target + base["node"],
                "scope": arm.scope + base["scope"],
            }
        )

    def flow(self, tables: Sequence[DiagramTable]) -> Flow:
        """The tables as arrays; numbers count over all procedures."""
        nodes, ways, arms = self.nodes, self.ways, self.arms
        procedure_of = [number for number, table in enumerate(tables) for _ in table.nodes]
        bases = [self.procedures[number] for number in procedure_of]
        flat: list[FlatNode] = [row["node"] for row in nodes]
        for row in ways:
            row["entry_at"] = -1
        for number in range(len(nodes)):
            for at in range(self.first_way[number], self.first_way[number + 1]):
                way = ways[at]
                if way["entry"] >= 0:
                    way["entry_at"] = nodes[way["target"]]["first_entry"] + way["entry"]
        most = max(len(table.nodes) for table in tables)
        upstream: list[Any] = []
        upstream_row = []
        for node in flat:
            upstream_row.append(len(upstream))
            for reached in node.upstream:
                line = np.zeros(most, np.uint8)
                line[list(reached)] = 1
                upstream.append(line)
        scopes = [
            (self.procedures[number], scope)
            for number, table in enumerate(tables)
            for scope in table.scopes
        ]

        lists: list[int] = []

        def listed(numbers: Sequence[int], base: int) -> tuple[int, int]:
            start = len(lists)
            lists.extend(number + base for number in numbers)
            return start, len(lists)

        table = []
        for number, (row, node, base) in enumerate(zip(nodes, flat, bases, strict=True)):
            default = next(
                (
                    self.first_way[number] + place
                    for place, way in enumerate(node.ways)
                    if way.is_default
                ),
                -1,
            )
            columns: list[int] = [
                int(node.kind),
                node.scope + base["scope"],
                _signed(row["salt"]),
                self.first_way[number],
                self.first_way[number + 1],
                *listed(node.arms, base["arm"]),
                default,
                node.entries,
                row["first_entry"],
                upstream_row[number],
                row.get("role", -1),
                row.get("step_limit", -1),
                row.get("finishes", 0),
                int(row.get("apologises", 0)),
                row.get("hold", 0),
                row.get("timer", 0),
                row.get("timer_limit", 0),
                row.get("signing", -1),
                node.inner + base["scope"] if node.inner >= 0 else -1,
            ]
            works, delays = row.get("work", [-1]), row.get("delay", [-1])
            for of_class in range(self.classes):
                columns.append(works[min(of_class, len(works) - 1)])
                columns.append(delays[min(of_class, len(delays) - 1)])
            table.append(columns)
        scope_table = [
            [
                scope.parent + base["scope"] if scope.parent >= 0 else -1,
                scope.host + base["node"] if scope.host >= 0 else -1,
                around,
                *listed(scope.arms, base["arm"]),
                *listed(scope.starts, base["node"]),
            ]
            for (base, scope), around in zip(
                scopes,
                [_around(t, at) for t in tables for at in range(len(t.scopes))],
                strict=True,
            )
        ]
        ends = [*self.procedures[1:], {"node": len(nodes), "scope": len(scopes)}]
        return Flow(
            nodes=np.array(table, np.int64),
            ways=np.array(
                [[way["target"], way["entry_at"], _signed(way["salt"])] for way in ways]
                or [[0, -1, 0]],
                np.int64,
            ),
            chance=np.array([way["chance"] for way in ways] or [[1.0] * self.classes], np.float64),
            arms=np.array(
                [
                    [
                        arm["scope"],
                        arm["timer"],
                        arm["limit"],
                        _signed(arm["salt"]),
                        arm["after"],
                        int(arm["interrupts"]),
                        arm["target"],
                        int(arm["begins"]),
                        arm["outcome"],
                        arm["place"],
                    ]
                    for arm in arms
                ]
                or [[0] * 10],
                np.int64,
            ),
            arm_share=np.array([arm["share"] for arm in arms] or [0.0], np.float64),
            scopes=np.array(scope_table, np.int64),
            lists=np.array(lists or [0], np.int64),
            procedures=np.array(
                [
                    [
                        each["node"],
                        end["node"],
                        each["scope"],
                        end["scope"],
                        each["limit"],
                        each["policy"],
                        *each["ranks"],
                        *[0] * (self.classes - len(each["ranks"])),
                    ]
                    for each, end in zip(self.procedures, ends, strict=True)
                ],
                np.int64,
            ),
            upstream=np.array(upstream or [np.zeros(most, np.uint8)], np.uint8),
        )


def _signed(word: int) -> int:
    return word - (1 << 64) if word >= 1 << 63 else word


def _around(table: DiagramTable, scope: int) -> int:
    bits = 0
    while scope >= 0:
        bits |= 1 << scope
        scope = table.scopes[scope].parent
    return bits

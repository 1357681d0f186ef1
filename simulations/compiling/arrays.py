"""The arrays of a compiled scenario by name; their columns stand in `layout`."""

from __future__ import annotations

from typing import Any, NamedTuple


class Flow(NamedTuple):
    """Diagrams of all procedures, one after another; columns are named in `layout`."""

    nodes: Any
    ways: Any
    chance: Any
    """[way, class] → cumulated share of an exclusive choice, own share of an inclusive one."""
    arms: Any
    arm_share: Any
    scopes: Any
    lists: Any
    """Armed events of nodes and scopes, starts of scopes; rows of the tables point into it."""
    procedures: Any
    upstream: Any
    """[entry of an inclusive join, node of its procedure] → whether it is reached from there."""


class People(NamedTuple):
    """Staff by group; people of a group are alike."""

    group_of: Any
    """Person → group."""
    groups: Any
    speed: Any
    """By group; divides work."""
    roles: Any
    """[role, 2] → its groups in `lists`, specialists first."""
    lists: Any
    shift_first: Any
    """[calendar, day] → first stretch that ends after that day begins."""
    shifts: Any
    """[stretch, 2] → from, to."""
    begins: Any
    """[beginning of a shift, 2] → second, calendar, in order of time."""


class Times(NamedTuple):
    """When what is looked at."""

    stop_at: Any
    """End of the window; nothing happens from then on, unless the run runs out."""
    measured_from: Any
    run_out: Any
    rule: Any
    """Which waiting file goes first."""
    ticks: Any
    """Instants at which queues are counted."""
    signing_start: Any
    signing_at: Any
    """Instants of signing, list after list."""

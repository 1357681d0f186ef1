"""Staff compiled: groups of people who are alike, their roles, and when they work."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.compiling.arrays import People
from simulations.errors import ScenarioError
from simulations.inputs.scenario import STRETCH, WEEKDAYS
from simulations.office_arrays import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulations.inputs.scenario import Group
    from simulations.office_arrays import OfficeClock


def people_of(
    groups: Sequence[Group], roles: Sequence[str], clock: OfficeClock
) -> tuple[People, int]:
    """Arrays of all groups, and how many calendars they follow."""
    place = {role: number for number, role in enumerate(roles)}
    calendars: dict[tuple[Any, ...], int] = {}
    stretches: list[list[tuple[int, int]]] = []
    numbers: list[int] = []
    for group in groups:
        key = (group.hours, group.weekdays, group.leave)
        if key not in calendars:
            calendars[key] = len(stretches)
            stretches.append(_stretches(group, clock))
        numbers.append(calendars[key])
    sizes = [group.count for group in groups]
    by_role: list[list[int]] = [[] for _ in roles]
    for number, group in enumerate(groups):
        if group.count:
            for role in group.roles:
                by_role[place[role]].append(number)
    for found in by_role:
        found.sort(key=lambda each: (len(groups[each].roles), each))
    first, opens, closes = _calendar_arrays(stretches, clock.days)
    begins = sorted(
        (start, number)
        for number, found in enumerate(stretches)
        for place, (start, _) in enumerate(found)
        if place == 0 or found[place - 1][1] != start
    )
    lists: list[int] = []
    table = []
    for group, number, person in zip(groups, numbers, starts_of(sizes), strict=False):
        own = sorted({place[each] for each in group.roles})
        start = len(lists)
        lists.extend(own)
        table.append([group.count, int(person), number, start, len(lists)])
    of_roles = []
    for found in by_role:
        start = len(lists)
        lists.extend(found)
        of_roles.append([start, len(lists)])
    return People(
        group_of=np.repeat(np.arange(len(groups)), sizes).astype(np.int64),
        groups=np.array(table, np.int64),
        speed=np.array([g.speed * g.available_share for g in groups], np.float64),
        roles=np.array(of_roles, np.int64),
        lists=np.array(lists, np.int64),
        shift_first=first,
        shifts=np.array([opens, closes], np.int64).T.copy(),
        begins=np.array(begins, np.int64).reshape(len(begins), 2),
    ), len(stretches)


def starts_of(sizes: Sequence[int]) -> Any:
    """Where parts of so many entries begin when they stand one after another, and the end."""
    return np.concatenate(([0], np.cumsum(np.array(sizes, np.int64)))).astype(np.int64)


def split_groups(staff: Sequence[Group]) -> tuple[Group, ...]:
    """Groups whose people have the same leave: leave takes the first people of its group."""
    found: list[Group] = []
    for group in staff:
        if not group.leave:
            found.append(group)
            continue
        leaves: dict[tuple[Any, ...], int] = {}
        for person in range(group.count):
            own = tuple(each for each in group.leave if person < each.people)
            leaves[own] = leaves.get(own, 0) + 1
        found.extend(
            group.model_copy(update={"leave": own, "count": count}) for own, count in leaves.items()
        )
    return tuple(found)


def _stretches(group: Group, clock: OfficeClock) -> list[tuple[int, int]]:
    """When people of a group work: seconds from and to, in order, none without length."""
    arrays = clock.parts
    found: list[tuple[int, int]] = []
    own: list[tuple[int, int]] | None = None
    if isinstance(group.hours, tuple):
        own = [_stretch(text, group) for text in group.hours]
        if any(b[0] < a[1] for a, b in pairwise(own)) or not own:
            raise ScenarioError(
                f"Expected the hours of '{group.key}' in order, but got {', '.join(group.hours)}",
                key=f"staff.{group.key}.hours",
            )
    for day in range(clock.days):
        on = clock.first_on + timedelta(days=day)
        if any(each.first_on <= on <= each.last_on for each in group.leave):
            continue
        if group.weekdays is not None and WEEKDAYS[on.weekday()] not in group.weekdays:
            continue
        if group.hours == "always":
            found.append((day * DAY, (day + 1) * DAY))
            continue
        if arrays.rank[day + 1] == arrays.rank[day]:
            continue
        if own is not None:
            found.extend((day * DAY + start, day * DAY + end) for start, end in own)
        else:
            found.extend(
                (int(arrays.opens[k]), int(arrays.closes[k]))
                for k in range(arrays.first[day], arrays.first[day + 1])
            )
    if not found:
        raise ScenarioError(
            f"Expected working time for '{group.key}', but its hours and leave leave none",
            key=f"staff.{group.key}.hours",
        )
    return found


def _stretch(text: str, group: Group) -> tuple[int, int]:
    matched = STRETCH.match(text)
    if matched is not None:
        a, b, c, d = (int(each) for each in matched.groups())
        start, end = a * 3600 + b * 60, c * 3600 + d * 60
        if start < end <= DAY:
            return start, end
    raise ScenarioError(
        f"Expected hours such as 07:00-11:30 for '{group.key}', but got {text!r}",
        key=f"staff.{group.key}.hours",
    )


def _calendar_arrays(stretches: Sequence[list[tuple[int, int]]], days: int) -> tuple[Any, Any, Any]:
    first = np.zeros((len(stretches), days + 1), np.int64)
    opens: list[int] = []
    closes: list[int] = []
    for number, found in enumerate(stretches):
        start = len(opens)
        opens.extend(each[0] for each in found)
        closes.extend(each[1] for each in found)
        # A last stretch far away: nobody looks for working time beyond it.
        opens.append(1 << 60)
        closes.append((1 << 60) + 1)
        ends = np.array([each[1] for each in found] + [(1 << 60) + 1])
        first[number] = start + np.searchsorted(ends, np.arange(days + 1) * DAY, side="right")
    return first, np.array(opens, np.int64), np.array(closes, np.int64)

"""A rehearsal's result as plain values for pages, sheets, downloads: figures, pictures, a day."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations.compiling.tables import Kind
from simulations.findings.report import document
from simulations.findings.seen_day import seen_day
from simulations.layout import N_ROLE

if TYPE_CHECKING:
    from simulations.compiling.model import Model
    from simulations.experiment import Comparison, Experiment

MOST_DIAGRAMS = 12
MOST_LINES = 6
"""Roles in a picture of queues: those whose queues are longest."""
OFFICE_HOURS = tuple(range(6, 19))


def result_of(
    made: Experiment, comparison: Comparison | None = None, *, focus: str | None = None
) -> dict[str, Any]:
    """Everything there is to show. `focus`: the procedure the question is about."""
    base = comparison.base if comparison is not None else None
    procedures = _procedures_shown(made, focus)
    diagrams: dict[str, str] = {}
    shown = []
    for number in procedures:
        procedure = made.scenario.procedures[number]
        bpmn = _diagram(made, number)
        name = hashlib.sha256(bpmn).hexdigest()[:16]
        diagrams[name] = bpmn.decode("utf-8", errors="replace")
        shown.append(
            {
                "key": procedure.key,
                "name": procedure.name or procedure.key,
                "diagram": name,
                "steps": _steps(made, number),
            }
        )
    first = procedures[0]
    return {
        "document": document(made, comparison),
        "base": None if base is None else document(base),
        "queues": _queues(made),
        "base_queues": None if base is None else _queues(base, roles=_busiest(made)),
        "busy": _busy(made),
        "names": _names(made),
        "procedures": shown,
        "diagrams": diagrams,
        "day": seen_day(made.model, made.runs[0].seed, procedure=first, bpmn=_diagram(made, first)),
    }


def _diagram(made: Experiment, number: int) -> bytes:
    scenario = made.scenario
    return ((scenario.folder or Path()) / scenario.procedures[number].diagram).read_bytes()


def _names(made: Experiment) -> dict[str, str]:
    """Keys of groups, and roles that one group alone holds, as the scenario names them."""
    staff = made.scenario.staff
    found = {group.key: group.name for group in staff if group.name}
    for group in staff:
        for role in group.roles:
            if group.name and sum(role in each.roles for each in staff) == 1:
                found.setdefault(role, group.name)
    return found


def _procedures_shown(made: Experiment, focus: str | None) -> list[int]:
    """The procedure in question, then those with the most dossiers."""
    solved = np.sum([run.solved_by_procedure for run in made.runs], axis=0)
    keys = [each.key for each in made.scenario.procedures]
    order = sorted(range(len(keys)), key=lambda n: (keys[n] != focus, -int(solved[n]), n))
    return order[:MOST_DIAGRAMS]


def _steps(made: Experiment, number: int) -> list[dict[str, Any]]:
    """Each step with how busy its people are, how long files wait and how often it is late."""
    model, runs = made.model, made.runs
    busy = role_use(made)
    found = []
    for place, (owner, node) in enumerate(model.nodes):
        if owner != number or node.kind is not Kind.TASK or node.role is None:
            continue
        done = sum(run.step_done[place] for run in runs)
        started = sum(run.step_started[place] for run in runs)
        role = _role_of(model, place)
        found.append(
            {
                "element": node.element,
                "name": node.name,
                "role": role,
                "use": busy.get(role),
                "done_per_run": done / len(runs),
                "waited_hours": sum(run.step_waited_working[place] for run in runs) / started / 3600
                if started
                else None,
                "worked_minutes": sum(run.step_worked[place] for run in runs) / done / 60
                if done
                else None,
                "late_share": sum(run.step_late[place] for run in runs) / done if done else None,
            }
        )
    return found


def _role_of(model: Model, place: int) -> str:
    return model.roles[int(model.flow.nodes[place, N_ROLE])]


def role_use(made: Experiment) -> dict[str, float]:
    """By role: the share of working time its people are at work on anything, over all runs."""
    model = made.model
    busy = np.mean([run.busy for run in made.runs], axis=0)
    found = {}
    for role in model.roles:
        people = [p for p, g in enumerate(model.people.group_of) if role in model.groups[g].roles]
        time = sum(made.available[p] for p in people)
        if time:
            found[role] = float(sum(busy[p] for p in people) / time)
    return found


def _busiest(made: Experiment) -> list[int]:
    week = np.mean([run.queue_by_week for run in made.runs], axis=0)
    order = np.argsort(-week.sum(axis=0), kind="stable")
    return [int(k) for k in order[:MOST_LINES]]


def _queues(made: Experiment, roles: list[int] | None = None) -> dict[str, Any]:
    """Files that wait, by role: mean by hour of the week, most by day of the time measured."""
    week = np.mean([run.queue_by_week for run in made.runs], axis=0)
    days = np.mean([run.queue_by_day for run in made.runs], axis=0)
    chosen = [k for k in (roles or _busiest(made)) if k < week.shape[1]]
    names = made.model.roles
    return {
        "week": {names[k]: [round(float(v), 2) for v in week[:, k]] for k in chosen},
        "days": {names[k]: [round(float(v), 2) for v in days[:, k]] for k in chosen},
    }


def _busy(made: Experiment) -> dict[str, Any]:
    """By role and hour of the day: the share of its people at work on a step of that role."""
    hours = np.mean([run.busy_hours for run in made.runs], axis=0)
    roles = made.model.roles
    people = [sum(g.count for g in made.scenario.staff if role in g.roles) for role in roles]
    return {
        "hours": list(OFFICE_HOURS),
        "roles": {
            role: [round(float(hours[hour, k]) / max(people[k], 1), 3) for hour in OFFICE_HOURS]
            for k, role in enumerate(roles)
            if people[k]
        },
    }

"""Trials play the small processes of the conformance list as BPMN 2.0 says."""

from __future__ import annotations

import re

import pytest
from engine_diagrams import bpmn, values
from test_engine_conformance import CASES

from engine.catalog.diagram import read_diagram
from engine.catalog.named_instants import NamedInstants
from engine.catalog.years import seed_calendar
from engine.clock import office_instant
from engine.sla.office_hours import OfficeTime
from engine.workflow.iso_time import Duration
from engine.workflow.play import Advance, Complete, Message, Move, Play, Signal
from engine.workflow.trial import Outcome, run_trial

NOW = office_instant("2026-11-16T07:30")
# A trial has no move that lets a step fail or changes values by itself, and its clock comes to the
# first timer first.
UNPLAYABLE = r"error:|escalation:|data:|#"
SECOND_TIMER = "event gateway: the second timer wins"
PLAYABLE = [
    name
    for name, (_, _, moves, _, _) in CASES.items()
    if name != SECOND_TIMER and not re.search(UNPLAYABLE, moves)
]


def played(source: bytes, data: str, moves: list[Move]) -> Outcome:
    instants = NamedInstants(read_diagram(source), OfficeTime(seed_calendar()))
    play = Play(values(data), tuple(moves))
    return run_trial(source, (), play, now=NOW, instants=instants)


def move_of(text: str, so_far: Outcome) -> Move:
    """The move of a trial; for a timer, the time to its instant."""
    head, _, tail = text.partition("|")
    kind, _, name = head.partition(":")
    data = values(tail.replace("|", " "))
    if kind == "timer":
        timers = [each for each in so_far.waiting if each.due_at is not None]
        first = min(timers, key=lambda each: each.due_at)  # type: ignore[arg-type,return-value]
        assert first.due_at is not None
        by = first.due_at - so_far.now
        assert first.element_id == name
        return Advance(Duration(0, by), str(by))
    if kind == "message":
        return Message(name, data)
    return Signal(name, data) if kind == "signal" else Complete(head, data)


@pytest.mark.parametrize("name", PLAYABLE)
def test_a_trial_plays_what_bpmn_says(name: str) -> None:
    diagram, data, texts, trace, stands = CASES[name]
    source = bpmn(diagram)
    moves: list[Move] = []
    for text in texts.split():
        moves.append(move_of(text, played(source, data, moves)))
    outcome = played(source, data, moves)
    assert outcome.findings == ()
    nodes = {n.id: n for p in read_diagram(source).processes for n in p.nodes.values()}
    frames = {"subProcess", "transaction"}
    assert list(outcome.trace) == [t for t in trace.split() if nodes[t].kind not in frames]
    steps = sorted(each for each in outcome.open if nodes[each].kind in {"userTask", "manualTask"})
    assert outcome.ended == (stands == "ended")
    assert steps == ([] if stands in {"ended", "nothing open"} else stands.split())

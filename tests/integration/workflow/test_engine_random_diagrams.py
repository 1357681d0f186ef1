"""Random block-structured diagrams in random orders: the engine against a token game of its own.

After every step the state is stored and loaded; what is open, armed, awaited and done must agree.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from engine_diagrams import bpmn
from random_diagrams import Drawer, Maker
from token_game import Game, Waiting

from engine.workflow import gateways, run, snapshot
from engine.workflow.blueprint import blueprint

if TYPE_CHECKING:
    from engine.workflow.blueprint import Blueprint

MOST_STEPS = 60
LAST_ROUNDS = 25
"""After so many steps no loop goes on."""
PROCESSES = 2_400
PARTS = 8


def deviation(seed: int) -> str | None:
    """What the engine does otherwise than the token game for a seed; None when it agrees."""
    chance = random.Random(seed)
    maker = Maker(chance)
    process = maker.process(chance.choice([1, 2, 3, 3]))
    text = Drawer(chance).process(process)
    told = [f"seed {seed}", text]
    try:
        _played(chance, maker, Game(process, maker.values(rounds=True)), text, told)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the seed must be told
        return "\n".join([*told, f"{type(failure).__name__}: {failure}"])
    return None


def _played(chance: random.Random, maker: Maker, game: Game, text: str, told: list[str]) -> None:
    bp = blueprint(bpmn(text), "P")
    told.append(f"start {game.values}")
    progress = run.start(bp, game.values)
    ages: dict[str, int] = {}
    for step in range(MOST_STEPS):
        _compare(bp, game, progress)
        if not game.waiting or game.ended:
            return
        what = chance.choice(game.waiting)
        values = maker.values(rounds=step < LAST_ROUNDS) if what.kind == "user" else {}
        told.append(f"{what.kind} {what.id} {values or ''}")
        for each in (*progress.open_steps, *progress.timers):
            ages.setdefault(each.task_id, len(ages))
        alike = [each for each in game.waiting if (each.kind, each.id) == (what.kind, what.id)]
        progress = _done(bp, progress, what, alike.index(what), ages, values)
        game.do(what, values)


def _done(
    bp: Blueprint,
    progress: run.Progress,
    what: Waiting,
    place: int,
    ages: dict[str, int],
    values: dict[str, object],
) -> run.Progress:
    """The same thing in the engine: of several of one element, the one as old."""
    if what.kind == "message":
        return run.deliver_message(bp, progress.state, what.id)
    waiting = progress.open_steps if what.kind == "user" else progress.timers
    ids = [each.task_id for each in waiting if each.element_id == what.id]
    chosen = sorted(ids, key=ages.__getitem__)[place]
    if what.kind == "user":
        return run.complete(bp, progress.state, chosen, values)
    return run.fire_timer(bp, progress.state, chosen)


def _compare(bp: Blueprint, game: Game, progress: run.Progress) -> None:
    case = snapshot.load(bp, progress.state)
    assert snapshot.save(bp, case) == progress.state
    assert progress.ended == game.ended, f"ended: {progress.ended}, expected {game.ended}"
    found = {
        "user": progress.open_steps,
        "timer": progress.timers,
        "message": progress.waiting,
    }
    for kind, waiting in found.items():
        ids = Counter(each.element_id for each in waiting)  # type: ignore[attr-defined]
        assert ids == game.ids(kind), f"{kind}: {ids}, expected {game.ids(kind)}"
    done = Counter(progress.completed) - Counter(_hidden(bp))
    expected = Counter(game.trace)
    assert done == expected, f"completed: {done}, expected {expected}"


def _hidden(bp: Blueprint) -> dict[str, int]:
    """Subprocesses complete as well; the token game does not note them."""
    return {
        node.id: 10_000
        for process in bp.diagram.processes
        for node in process.nodes.values()
        if node.kind == "subProcess"
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_random_processes_run_as_the_token_game_says(part: int) -> None:
    seeds = range(part, PROCESSES, PARTS)
    found = [each for each in map(deviation, seeds) if each is not None]
    assert not found, f"{len(found)} deviations; the first:\n{found[0]}"


def test_a_join_that_does_not_wait_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways.Fork, "_update_hook", lambda *_: True)
    assert any(deviation(seed) for seed in range(60))

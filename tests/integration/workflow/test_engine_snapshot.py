"""The stored state: the same after every restart, and never read when damaged."""

from __future__ import annotations

import json
import random

import pytest
from engine_diagrams import Player, bpmn

from engine.workflow import run, snapshot
from engine.workflow.blueprint import blueprint
from engine.workflow.data import plain
from engine.workflow.errors import DataRefusedError, SnapshotCorruptError

RICH = """
start s
and f
sub S {
start i
user A each=3
boundary b on=A timer=PT1H noninterrupting
user N
end j
i > A > j
b > N
esp H {
start h message=M noninterrupting
user B
h > B
}
}
race g
catch m message=R
catch t timer=P1D
or o
user C
and j2
end e
s > f > S > j2
f > g
g > m > o
g > t > o
o > C > j2 > e
"""


def blobs() -> list[tuple[Player, bytes]]:
    found = []
    for moves in (
        (),
        ("A",),
        ("A", "A"),
        ("message:M",),
        ("timer:b", "A"),
        ("message:R",),
        ("timer:t", "C"),
        ("A", "A", "A"),
        ("message:M", "message:M", "B", "A so=5 ten=An"),
        ("timer:b", "N", "message:R", "C", "A", "A", "A"),
    ):
        player = Player(RICH).play(*moves)
        found.append((player, player.last.state))
    return found


def test_a_flipped_byte_is_always_found() -> None:
    for player, state in blobs():
        for place in range(len(state)):
            for bit in (1, 128):
                damaged = bytearray(state)
                damaged[place] ^= bit
                with pytest.raises(SnapshotCorruptError):
                    run.look(player.bp, bytes(damaged))


def test_a_cut_state_is_always_found() -> None:
    for player, state in blobs():
        for length in range(len(state)):
            with pytest.raises(SnapshotCorruptError):
                run.look(player.bp, state[:length])
        with pytest.raises(SnapshotCorruptError):
            run.look(player.bp, state + b"\x00")


def test_a_state_of_another_diagram_is_refused() -> None:
    player = Player("start s\nuser A\ns > A")
    other = Player("start s\nuser A\nend e\ns > A > e")
    with pytest.raises(SnapshotCorruptError, match="belongs to"):
        run.look(other.bp, player.last.state)


def test_a_state_of_another_format_is_refused() -> None:
    player = Player("start s\nuser A\ns > A")
    with pytest.raises(SnapshotCorruptError, match="MC01"):
        run.look(player.bp, b"MC02" + player.last.state[4:])


def test_a_loaded_state_saves_to_the_same_bytes() -> None:
    for player, state in blobs():
        assert snapshot.save(player.bp, snapshot.load(player.bp, state)) == state


@pytest.mark.parametrize("seed", range(40))
def test_a_case_that_restarts_at_every_step_goes_as_one_that_does_not(seed: int) -> None:
    # The player looks at the stored state after every move; here the order is drawn by lot.
    chance = random.Random(seed)
    player = Player(RICH)
    for _ in range(30):
        moves = [step.element_id for step in player.last.open_steps]
        moves += [f"timer:{timer.element_id}" for timer in player.last.timers]
        moves += [f"message:{waiting.message}" for waiting in player.last.waiting]
        if not moves or len(player.trace) > 20:
            break
        player.play(chance.choice(moves))
        again = snapshot.save(player.bp, snapshot.load(player.bp, player.last.state))
        assert again == player.last.state


def sealed(parts: object) -> bytes:
    body = snapshot._packed(json.dumps(parts).encode())
    return snapshot.FORMAT + snapshot._digest(body) + body


def test_a_sealed_state_with_wrong_content_is_refused() -> None:
    bp = blueprint(bpmn("start s\nuser A\nsub S {\nuser B\n}\ns > A > S"))
    row = ["0" * 32, "A", 16, {}, {}]
    good = [bp.key, {}, [[None, "P", False, [row]]]]
    assert run.look(bp, sealed(good)).open_steps[0].element_id == "A"
    for bad in (
        {},
        [],
        [bp.key, {}, []],
        [bp.key, [], good[2]],
        [1, {}, good[2]],
        [bp.key, {}, [[None, "Q", False, []]]],
        [bp.key, {}, [["0" * 32, "P", False, []]]],
        [bp.key, {}, [[None, "P", False]]],
        [bp.key, {}, [[None, "P", 1, []]]],
        [bp.key, {}, [[None, "P", False, [["0" * 32, "X", 16, {}, {}]]]]],
        [bp.key, {}, [[None, "P", False, [["0" * 32, "A", 64, {}, {}]]]]],
        [bp.key, {}, [[None, "P", False, [["0" * 31, "A", 16, {}, {}]]]]],
        [bp.key, {}, [[None, "P", False, [["0" * 32, "A", 16, [], {}]]]]],
        [bp.key, {}, [[None, "P", False, [["0" * 32, "A", 16, {}]]]]],
        [bp.key, {}, [[None, "P", False, [row]], ["1" * 32, "S", False, []]]],
        [bp.key, {}, [[None, "P", False, [row]], ["0" * 32, "Z", False, []]]],
    ):
        with pytest.raises(SnapshotCorruptError):
            run.look(bp, sealed(bad))


def test_a_bomb_is_not_unpacked() -> None:
    bp = blueprint(bpmn("start s\nuser A\ns > A"))
    body = snapshot._packed(b"[" * 50_000_000)
    with pytest.raises(SnapshotCorruptError):
        run.look(bp, snapshot.FORMAT + snapshot._digest(body) + body)


def test_data_with_an_object_tag_never_reach_the_state() -> None:
    player = Player("start s\nuser A\ns > A")
    with pytest.raises(DataRefusedError):
        run.complete(player.bp, player.last.state, player.step("A"), {"x": {"typename": "UUID"}})
    with pytest.raises(DataRefusedError):
        run.start(player.bp, {"__class__": "x"})
    assert plain({"x": 1}) == {"x": 1}


def test_the_whole_case_is_a_few_hundred_bytes() -> None:
    player = Player(
        "start s\n"
        + "\n".join(f"user A{n}" for n in range(6))
        + "\ns > "
        + " > ".join(f"A{n}" for n in range(6))
    )
    assert len(player.last.state) < 200

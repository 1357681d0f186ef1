"""Loops, joins, sizes and runaways: what raw SpiffWorkflow gets wrong or drowns in."""

from __future__ import annotations

import random

import pytest
from engine_diagrams import Player, bpmn

from engine.workflow import run
from engine.workflow.blueprint import blueprint
from engine.workflow.errors import (
    EngineError,
    NotWaitingError,
    StepBudgetError,
    StepNotOpenError,
)


def joined_block(gateway: str, branches: int, *, in_subprocess: bool = False) -> str:
    """A block of parallel steps that can be sent back: W follows the join, `again` repeats."""
    ways = "\n".join(
        f"user b{n}\nf > b{n}{' if 1 > 0' if gateway == 'or' else ''}\nb{n} > j"
        for n in range(branches)
    )
    block = f"{gateway} f\n{gateway} j\n{ways}"
    around = (
        f"sub S {{\nstart i\nend k\ni > f\nj > k\n{block}\n}}\nm > S > W"
        if in_subprocess
        else f"{block}\nm > f\nj > W"
    )
    return (
        f"start s\nxor m\nuser W\nxor x\nuser L\nend e\ns > m\n{around}\n"
        "W > x > L default\nL > e\nx > m if again"
    )


@pytest.mark.parametrize("gateway", ["and", "or"])
@pytest.mark.parametrize("branches", [2, 3])
@pytest.mark.parametrize("laps", [1, 2, 5])
def test_a_join_in_a_loop_waits_for_all_branches_in_every_round(
    gateway: str, branches: int, laps: int
) -> None:
    diagram = bpmn(joined_block(gateway, branches))
    for seed in range(100):
        chance = random.Random(seed)
        player = Player(diagram)
        for lap in range(laps + 1):
            left = [f"b{n}" for n in range(branches)]
            while left:
                assert player.open == sorted(left)
                chosen = chance.choice(left)
                left.remove(chosen)
                player.play(chosen)
            assert player.open == ["W"]
            player.play(f"W again={str(lap < laps).lower()}")
        assert player.open == ["L"]
        player.play("L")
        assert player.ended


def test_a_joined_block_in_a_subprocess_loops_as_well() -> None:
    player = Player(joined_block("and", 3, in_subprocess=True))
    for _ in range(5):
        player.play("b1", "b0", "b2", "W again=true")
    assert player.open == ["b0", "b1", "b2"]


def test_a_loop_of_two_thousand_laps_neither_grows_nor_ends_by_itself() -> None:
    diagram = bpmn(
        "start s\nxor m\nuser A\nxor x\nend e\ns > m > A > x > e default\nx > m if again"
    )
    bp = blueprint(diagram)
    progress = run.start(bp)
    size = len(progress.state)
    for _ in range(2_000):
        progress = run.complete(bp, progress.state, progress.open_steps[0].task_id, {"again": True})
        assert not progress.ended
        assert len(progress.open_steps) == 1
    assert len(progress.state) < 2 * size


@pytest.mark.parametrize("gateway", ["and", "or"])
def test_fifty_blocks_in_a_row_cost_no_more_than_one(gateway: str) -> None:
    lines = ["start s"]
    before = "s"
    for n in range(50):
        asked = " if 1 > 0" if gateway == "or" else ""
        lines += [
            f"{gateway} f{n}\n{gateway} j{n}\nuser a{n}\nuser b{n}",
            f"{before} > f{n}\nf{n} > a{n}{asked}\nf{n} > b{n}{asked}\na{n} > j{n}\nb{n} > j{n}",
        ]
        before = f"j{n}"
    player = Player("\n".join(lines))
    sizes = []
    for n in range(50):
        assert player.open == [f"a{n}", f"b{n}"]
        sizes.append(len(player.last.state))
        player.play(f"b{n}", f"a{n}")
    assert player.ended
    assert max(sizes) < 1.2 * min(sizes)


def test_a_chain_of_two_thousand_automatic_steps_runs_through() -> None:
    names = [f"t{n}" for n in range(1_990)]
    nodes = "\n".join(f"task {name}" for name in names)
    player = Player(f"start s\n{nodes}\ns > {' > '.join(names)}")
    assert player.ended
    assert len(player.trace) == 1_990


def test_a_loop_without_a_person_is_stopped() -> None:
    diagram = bpmn("start s\nxor m\nxor x\nend e\ns > m > x > e default\nx > m if 1 > 0")
    with pytest.raises(StepBudgetError, match="within 10000"):
        run.start(blueprint(diagram))


def test_tasks_in_a_circle_are_stopped() -> None:
    diagram = bpmn("start s\ntask A\ntask B\ns > A > B > A")
    with pytest.raises(StepBudgetError):
        run.start(blueprint(diagram))


def test_tokens_that_multiply_are_stopped() -> None:
    diagram = bpmn("start s\nxor m\nand f\nuser A\ns > m > f > m\nf > A")
    with pytest.raises(EngineError):
        run.start(blueprint(diagram))


def test_a_million_rounds_are_refused() -> None:
    diagram = bpmn("start s\nuser A each=1000000\ns > A")
    with pytest.raises(EngineError, match="at most 1000 rounds"):
        run.start(blueprint(diagram))


def test_a_process_that_calls_itself_for_ever_is_stopped() -> None:
    diagram = bpmn("process P {\nstart s\ncall K process=P\ns > K\n}")
    with pytest.raises(EngineError, match="in each other"):
        run.start(blueprint(diagram))


def test_subprocesses_thirty_deep_run_and_can_be_interrupted() -> None:
    deep = 30
    inside = "\n".join(f"sub S{n} {{\nstart s{n}\ns{n} > S{n + 1}" for n in range(1, deep))
    closing = "}\n" * (deep - 1)
    text = (
        f"start s\n{inside}\nsub S{deep} {{\nuser A\n}}\n{closing}"
        "boundary b on=S1 timer=PT1H\nuser B\ns > S1\nb > B"
    )
    assert Player(text).play("A").ended
    assert Player(text).play("timer:b").open == ["B"]


def test_three_hundred_rounds_at_once_each_find_their_end() -> None:
    player = Player(
        "start s\nuser A in=xs item=x out=ys result=y\nuser B\ns > A > B",
        "xs=" + str(list(range(300))).replace(" ", ""),
    )
    assert len(player.open) == 300
    for _ in range(300):
        step = player.last.open_steps[-1].task_id
        player._take(run.complete(player.bp, player.last.state, step, {"y": len(player.trace)}))
    assert player.open == ["B"]
    assert player.data["ys"] == list(reversed(range(300)))


def test_results_are_kept_in_the_order_of_the_rounds() -> None:
    player = Player("start s\nuser A in=xs item=x out=ys result=y\nuser B\ns > A > B", "xs=[1,2]")
    player.play("A#1 y=20", "A y=10")
    assert player.data == {"xs": [1, 2], "ys": [10, 20]}


def test_a_round_keeps_its_values_to_itself() -> None:
    player = Player(
        "start s\nsub S in=xs item=x {\nstart i\nxor g\nuser A\nuser B\ni > g > A if x > 1\n"
        "g > B default\n}\nuser C\ns > S > C",
        "xs=[1,2]",
    )
    assert player.open == ["A", "B"]
    player.play("A x=7", "B")
    assert player.data == {"xs": [1, 2]}


def test_a_step_that_is_not_open_is_refused() -> None:
    player = Player("start s\nuser A\nuser B\ns > A > B")
    old = player.step("A")
    state = player.play("A").last.state
    for task_id in (old, "0" * 32, "no id at all", player.last.open_steps[0].task_id + "0"):
        with pytest.raises(StepNotOpenError):
            run.complete(player.bp, state, task_id)


def test_a_timer_that_is_not_armed_is_refused() -> None:
    player = Player("start s\nuser A\nboundary b on=A timer=PT1H\nuser B\ns > A\nb > B")
    timer = player.last.timers[0].task_id
    player.play("timer:b")
    with pytest.raises(NotWaitingError):
        run.fire_timer(player.bp, player.last.state, timer)
    with pytest.raises(NotWaitingError):
        run.fire_timer(player.bp, player.last.state, player.step("B"))


def test_a_message_nobody_waits_for_is_refused() -> None:
    player = Player("start s\nuser A\ns > A")
    with pytest.raises(NotWaitingError):
        player.play("message:M")


def test_several_plain_starts_want_a_choice() -> None:
    bp = blueprint(bpmn("start s\nstart t\nuser A\nuser B\ns > A\nt > B"))
    with pytest.raises(NotWaitingError, match="s, t"):
        run.start(bp)
    chosen = run.start(bp, at="t")
    assert [step.element_id for step in chosen.open_steps] == ["B"]


def test_an_error_leaves_the_state_as_it_was() -> None:
    player = Player(
        "start s\nuser A\nxor x\nuser B\nuser C\ns > A > x > B if n > 1\nx > C if n < 0"
    )
    before = player.last.state
    with pytest.raises(EngineError) as stopped:
        player.play("A n=0")
    assert stopped.value.element_id == "x"
    with pytest.raises(EngineError, match="named 'n'"):
        player.play("A")
    assert run.look(player.bp, before).open_steps == player.last.open_steps
    assert player.play("A n=2").open == ["B"]


def test_steps_that_come_and_go_are_told() -> None:
    player = Player("start s\nuser A\nboundary b on=A timer=PT1H\nuser B\ns > A\nb > B")
    assert [step.element_id for step in player.last.opened] == ["A"]
    gone = player.step("A")
    player.play("timer:b")
    assert player.last.cancelled == (gone,)
    assert [step.element_id for step in player.last.opened] == ["B"]
    player.play("B")
    assert player.last.cancelled == ()


def test_a_timer_names_its_limit_as_data() -> None:
    player = Player("start s\nuser A\nboundary b on=A timer=han_xin_loi noninterrupting\ns > A")
    (timer,) = player.last.timers
    assert (timer.element_id, timer.limit, timer.kind, timer.lap) == (
        "b",
        "han_xin_loi",
        "timeDuration",
        0,
    )


def test_a_timer_may_take_its_limit_from_the_case() -> None:
    player = Player("start s\ncatch t timer=cho\ns > t", "cho=PT3H")
    assert player.last.timers[0].limit == "PT3H"


def test_a_repeated_timer_counts_its_laps() -> None:
    player = Player("start s\nuser A\nboundary b on=A cycle=R/PT1H noninterrupting\ns > A")
    first = player.last.timers[0]
    player.play("timer:b", "timer:b")
    (timer,) = player.last.timers
    assert (timer.limit, timer.kind, timer.lap) == ("R/PT1H", "timeCycle", 2)
    assert timer.task_id != first.task_id


def test_gateways_tell_the_way_they_took() -> None:
    player = Player(
        "start s\nor f\nuser A\nuser B\nuser C\ns > f > A if a\nf > B if b\nf > C default",
        "a=true b=true",
    )
    assert player.taken == ["f_A", "f_B"]


def test_messages_to_other_pools_leave_the_case() -> None:
    player = Player(
        "process P {\nstart s\nsend A message=M\ncatch m message=M\ns > A > m\n}\n"
        "process Q {\nstart q message=M\n}\nA ~> q",
        process="P",
    )
    (thrown,) = player.last.thrown
    assert (thrown.kind, thrown.name, thrown.element_id, thrown.targets) == (
        "message",
        "M",
        "A",
        ("q",),
    )
    assert not player.ended


def test_two_parallel_events_are_told_apart_while_one_is_missing() -> None:
    player = Player("start s\ncatch c message=M signal=S parallelMultiple=true\ns > c")
    player.play("signal:S")
    assert [each.message for each in player.last.waiting] == ["M"]
    assert player.last.listening == ()

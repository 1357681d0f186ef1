"""The head of a procedure: one, complete, lawful; and R44's sum of its steps."""

from __future__ import annotations

import pytest
from bpmn_texts import (
    bare,
    chain,
    definitions,
    end,
    extension,
    flow,
    gateway,
    head,
    lawful,
    node,
    process,
    start,
    step,
    task,
    timer,
)
from linter_findings import codes, found, places

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import Blocks, Severity
from engine.catalog.linter import lint_bytes
from engine.catalog.linter.step_sum import longest_way


def test_r46_a_lawful_procedure_has_no_findings() -> None:
    assert lint_bytes(lawful()) == ()


def test_a_lone_diagram_can_be_checked_but_not_published() -> None:
    alone = bare(start(), task("xem"), end(), chain("bat_dau", "xem", "ket_thuc"))
    (finding,) = lint_bytes(alone)
    assert finding.code == "no-procedure-head"
    assert finding.severity is Severity.WARNING
    assert finding.blocks is Blocks.PUBLISH


def test_the_second_procedure_of_a_file_is_named() -> None:
    second = process(extension(head()), process_id="thu_hai")
    assert places(lawful(beside=second), "procedure-head-many") == ["quy_trinh"]


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"code": ""}, "procedure-code-missing"),
        ({"name": ""}, "procedure-name-missing"),
        ({"regime": ""}, "regime-unknown"),
        ({"regime": "ND999"}, "regime-unknown"),
        ({"total": ""}, "total-missing"),
        ({"total": "tám ngày"}, "total-missing"),
        ({"basis": ""}, "basis-missing"),
        ({"decision": ""}, "decision-missing"),
    ],
)
def test_r46_what_the_head_lacks_is_named(lacking: dict[str, str], code: str) -> None:
    spoiled = lawful(head=head(**lacking))
    assert [each for each in codes(spoiled) if "limit" not in each] == [code]
    assert all(finding.blocks is Blocks.PUBLISH for finding in found(spoiled, code))


def test_r3_a_missing_decision_is_a_warning_until_publication() -> None:
    (finding,) = found(lawful(head=head(decision="")), "decision-missing")
    assert (finding.severity, finding.rule) == (Severity.WARNING, "R3")


def test_r44_steps_above_the_announced_total_are_an_error_with_their_path() -> None:
    (finding,) = found(lawful(head=head(total="7wd")), "steps-exceed-limit")
    assert finding.severity is Severity.ERROR
    assert dict(finding.details)["path"] == ["tiep_nhan", "tham_dinh", "ky", "tra_ket_qua"]
    assert "8 ngày, vượt tổng công bố 7 ngày" in finding.message
    assert "Tiếp nhận hồ sơ → Thẩm định hồ sơ → Ký kết quả → Trả kết quả" in finding.message


def test_r44_steps_below_the_announced_total_are_a_note() -> None:
    (finding,) = found(lawful(head=head(total="17wd")), "steps-below-limit")
    assert finding.severity is Severity.NOTE
    assert "8 ngày, ít hơn tổng công bố 17 ngày" in finding.message


def test_r44_a_same_day_total_is_eight_hours() -> None:
    (finding,) = found(lawful(head=head(total="same-day")), "steps-exceed-limit")
    assert dict(finding.details)["allowed_minutes"] == 480
    assert "64 giờ, vượt tổng công bố 8 giờ" in finding.message


def test_r44_a_total_in_calendar_days_gets_a_note() -> None:
    assert codes(lawful(head=head(total="8d"))) == {"total-in-calendar-days"}


def test_r44_printed_days_compare_as_days_of_eight_hours() -> None:
    assert codes(lawful(head=head(total="64wh"))) == set()


def way_of(*parts: str) -> tuple[int, list[str]]:
    diagram = read_diagram(definitions(process(extension(head()), *parts)))
    way = longest_way(diagram.processes[0])
    return way.minutes // 60, [each.id for each in way.steps]


def hours(node_id: str, amount: int) -> str:
    return step(node_id, node_id, "examine", "chuyen_vien", f"{amount}wh")


def test_r44_of_parallel_branches_the_longest_counts() -> None:
    fork = gateway("tach", "parallelGateway") + gateway("gop", "parallelGateway")
    assert way_of(
        start(),
        hours("a", 3),
        hours("b", 5),
        hours("c", 1),
        end(),
        fork,
        chain("bat_dau", "tach", "a", "gop", "c", "ket_thuc"),
        chain("tach", "b", "gop"),
    ) == (6, ["b", "c"])


def test_r44_a_loop_counts_once() -> None:
    assert way_of(
        start(),
        hours("a", 3),
        gateway("lai"),
        hours("b", 2),
        end(),
        chain("bat_dau", "a", "lai", "b", "ket_thuc"),
        flow("lai", "a", "con_thieu"),
    ) == (5, ["a", "b"])


def test_r44_what_the_table_does_not_print_counts_nothing() -> None:
    made = step("b", "Yêu cầu bổ sung", "supplement", "mot_cua", "9wh", generated="true")
    assert way_of(start(), hours("a", 3), made, end(), chain("bat_dau", "a", "b", "ket_thuc")) == (
        3,
        ["a"],
    )


def test_r44_steps_inside_a_subprocess_count() -> None:
    inner = node(
        "subProcess",
        "con",
        start("s"),
        hours("a", 3),
        hours("b", 4),
        end("e"),
        chain("s", "a", "b", "e"),
    )
    assert way_of(
        start(), inner, hours("c", 1), end(), chain("bat_dau", "con", "c", "ket_thuc")
    ) == (8, ["a", "b", "c"])


def test_r44_an_apology_beside_the_work_counts_nothing() -> None:
    late = node("boundaryEvent", "tre", timer("x"), attachedToRef="a", cancelActivity="false")
    assert way_of(
        start(),
        hours("a", 3),
        late,
        hours("xin_loi", 9),
        end(),
        end("e"),
        chain("bat_dau", "a", "ket_thuc"),
        chain("tre", "xin_loi", "e"),
    ) == (3, ["a"])


def test_r44_the_way_on_after_an_interrupting_event_counts() -> None:
    silent = node("boundaryEvent", "im", timer("x"), attachedToRef="a")
    assert way_of(
        start(),
        hours("a", 3),
        silent,
        hours("b", 9),
        end(),
        end("e"),
        chain("bat_dau", "a", "ket_thuc"),
        chain("im", "b", "e"),
    ) == (12, ["a", "b"])


def test_r44_several_turns_one_after_the_other_count_each() -> None:
    several = node(
        "userTask",
        "a",
        extension('<mc:step kind="examine" role="chuyen_vien" limit="3wh"/>'),
        '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>4'
        "</loopCardinality></multiInstanceLoopCharacteristics>",
    )
    assert way_of(start(), several, end(), chain("bat_dau", "a", "ket_thuc")) == (12, ["a"])


def test_r44_a_chain_of_two_thousand_steps_is_summed() -> None:
    ids = [f"b{at}" for at in range(2000)]
    steps = "".join(hours(each, 1) for each in ids)
    assert way_of(start(), steps, end(), chain("bat_dau", *ids, "ket_thuc"))[0] == 2000

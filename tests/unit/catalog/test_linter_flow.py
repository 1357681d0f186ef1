"""Rules about the drawing itself: they hold for every diagram, a procedure or not."""

from __future__ import annotations

from bpmn_texts import bare, chain, end, flow, gateway, node, start, task, timer
from linter_findings import codes, found, places

from engine.catalog.finding import Severity
from engine.catalog.linter import lint_bytes

STRAIGHT = start() + task("xem") + end() + chain("bat_dau", "xem", "ket_thuc")


def test_a_straight_diagram_has_only_its_missing_head() -> None:
    assert codes(bare(STRAIGHT)) == {"no-procedure-head"}


def test_an_element_no_way_leads_to_is_named() -> None:
    lost = task("la", "Xem lại") + end("e2") + chain("la", "e2")
    assert places(bare(STRAIGHT, lost), "element-unreachable") == ["la", "e2"]


def test_boundary_events_event_subprocesses_and_links_are_reached() -> None:
    link = '<linkEventDefinition name="A"/>'
    diagram = bare(
        start(), task("xem"), end(), chain("bat_dau", "xem", "di"),
        node("intermediateThrowEvent", "di", link),
        node("intermediateCatchEvent", "den", link), chain("den", "ket_thuc"),
        node("boundaryEvent", "tre", timer("P1D"), attachedToRef="xem"), end("e2"),
        chain("tre", "e2"),
        node(
            "subProcess", "nghe", start("s2", timer("P1D")), end("e3"), chain("s2", "e3"),
            triggeredByEvent="true", name="Nghe",
        ),
    )  # fmt: skip
    assert codes(diagram) == {"no-procedure-head"}


def test_nodes_after_a_subprocess_are_reached() -> None:
    inner = node("subProcess", "con", STRAIGHT.replace('"bat_dau"', '"s"'), name="Con")
    assert "element-unreachable" not in codes(
        bare(start("s0"), inner, task("sau"), end("e"), chain("s0", "con", "sau", "e"))
    )


def test_activities_nothing_leads_to_begin_a_process_without_a_start() -> None:
    assert "element-unreachable" not in codes(bare(task("mot"), end(), chain("mot", "ket_thuc")))


def test_a_loop_without_exit_is_named() -> None:
    round_and_round = bare(
        start(), task("a"), task("b"), chain("bat_dau", "a", "b", "a"),
    )  # fmt: skip
    (finding,) = found(round_and_round, "loop-without-exit")
    assert (finding.element_id, finding.severity) == ("a", Severity.ERROR)
    assert dict(finding.details)["loop"] == ["a", "b"]


def test_a_loop_that_a_gateway_leaves_is_allowed() -> None:
    left = bare(
        start(), task("a"), gateway("ra", default="f_ra_a"), end(),
        chain("bat_dau", "a", "ra", "a"), flow("ra", "ket_thuc", "xong"),
    )  # fmt: skip
    assert codes(left) == {"no-procedure-head"}


def test_a_loop_that_an_interrupting_event_leaves_is_allowed() -> None:
    left = bare(
        start(), task("a"), task("b"), chain("bat_dau", "a", "b", "a"),
        node("boundaryEvent", "het", timer("P1D"), attachedToRef="b"), end(),
        chain("het", "ket_thuc"),
    )  # fmt: skip
    assert "loop-without-exit" not in codes(left)


def test_a_loop_that_only_a_reminder_leaves_is_named() -> None:
    left = bare(
        start(), task("a"), task("b"), chain("bat_dau", "a", "b", "a"),
        node("boundaryEvent", "nhac", timer("P1D"), attachedToRef="b", cancelActivity="false"),
        end(), chain("nhac", "ket_thuc"),
    )  # fmt: skip
    assert places(left, "loop-without-exit") == ["a"]


def test_a_loop_inside_a_subprocess_that_a_timer_ends_is_allowed() -> None:
    inner = node("subProcess", "con", task("a"), task("b"), chain("s", "a", "b", "a"), start("s"))
    left = bare(
        start(), inner, end(), chain("bat_dau", "con", "ket_thuc"),
        node("boundaryEvent", "het", timer("P1D"), attachedToRef="con"), chain("het", "ket_thuc"),
    )  # fmt: skip
    assert "loop-without-exit" not in codes(left)


def split(*flows: str, default: str = "") -> bytes:
    own = {"default": default} if default else {}
    return bare(
        start(), gateway("chon", **own), task("a"), task("b"), end(),
        chain("bat_dau", "chon"), *flows, chain("a", "ket_thuc"), chain("b", "ket_thuc"),
    )  # fmt: skip


def test_a_way_without_condition_is_named() -> None:
    (finding,) = found(split(flow("chon", "a", "x"), flow("chon", "b")), "choice-without-condition")
    assert finding.element_id == "chon"
    assert "f_chon_b" in finding.message


def test_a_gateway_without_default_is_a_warning() -> None:
    (finding,) = found(
        split(flow("chon", "a", "x"), flow("chon", "b", "y")), "gateway-without-default"
    )
    assert (finding.element_id, finding.severity) == ("chon", Severity.WARNING)


def test_a_gateway_with_conditions_and_a_default_is_allowed() -> None:
    assert codes(split(flow("chon", "a", "x"), flow("chon", "b"), default="f_chon_b")) == {
        "no-procedure-head"
    }


def test_a_parallel_gateway_needs_no_condition() -> None:
    fork = bare(
        start(), gateway("tach", "parallelGateway"), task("a"), task("b"), end(),
        chain("bat_dau", "tach", "a", "ket_thuc"), chain("tach", "b", "ket_thuc"),
    )  # fmt: skip
    assert codes(fork) == {"no-procedure-head"}


def test_an_activity_without_a_name_is_a_note() -> None:
    unnamed = bare(start(), task("xem", ""), end(), chain("bat_dau", "xem", "ket_thuc"))
    assert places(unnamed, "name-missing") == ["xem"]


def test_errors_come_before_warnings_and_each_in_file_order() -> None:
    diagram = bare(
        start(), task("z", ""), gateway("chon"), task("a", ""), end(), task("lac"),
        chain("bat_dau", "z", "chon"), flow("chon", "a"), flow("chon", "ket_thuc", "y"),
        chain("a", "ket_thuc"),
    )  # fmt: skip
    assert [(each.code, each.element_id) for each in lint_bytes(diagram)] == [
        ("choice-without-condition", "chon"),
        ("no-procedure-head", "quy_trinh"),
        ("element-unreachable", "lac"),
        ("name-missing", "z"),
        ("name-missing", "a"),
    ]

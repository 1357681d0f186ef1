"""Any BPMN 2.0 file is read into plain values, in the order of the file."""

from __future__ import annotations

import hashlib

import pytest
from bpmn_texts import (
    bare,
    chain,
    definitions,
    end,
    extension,
    flow,
    gateway,
    lane,
    message,
    node,
    process,
    start,
    task,
    timer,
)

from engine.catalog.diagram import (
    Diagram,
    Node,
    Process,
    read_diagram,
    user_tasks,
)
from engine.catalog.finding import Blocks, DiagramRefusedError


def only_process(data: bytes) -> Process:
    diagram = read_diagram(data)
    assert diagram.findings == ()
    (process_read,) = diagram.processes
    return process_read


def one_node(text: str, *beside: str) -> Node:
    diagram = read_diagram(definitions(*beside, process(text)))
    assert diagram.findings == ()
    return next(iter(diagram.processes[0].nodes.values()))


def faults(data: bytes) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.element_id) for finding in read_diagram(data).findings]


def test_nodes_and_flows_keep_the_order_of_the_file() -> None:
    read = only_process(bare(end(), task("b"), start(), task("a"), chain("bat_dau", "a", "b")))
    assert list(read.nodes) == ["ket_thuc", "b", "bat_dau", "a"]
    assert list(read.flows) == ["f_bat_dau_a", "f_a_b"]


def test_nodes_know_their_flows_in_file_order() -> None:
    read = only_process(
        bare(gateway("g"), task("a"), task("b"), flow("g", "b"), flow("g", "a"), flow("a", "g"))
    )
    assert read.nodes["g"].outgoing == ("f_g_b", "f_g_a")
    assert read.nodes["g"].incoming == ("f_a_g",)


def test_user_tasks_come_in_file_order_with_those_of_subprocesses() -> None:
    inner = node("subProcess", "con", task("b"), node("subProcess", "chau", task("c")))
    read = only_process(bare(task("a"), inner, node("serviceTask", "may"), task("d")))
    assert [each.id for each in user_tasks(read)] == ["a", "b", "c", "d"]
    assert [read.nodes[each].parent for each in ("a", "b", "c")] == ["quy_trinh", "con", "chau"]


def test_a_prefixed_file_reads_like_an_unprefixed_one() -> None:
    plain = bare(start(), task("a"), end(), chain("bat_dau", "a", "ket_thuc"))
    text = plain.decode()
    for tag in ("definitions", "process", "startEvent", "userTask", "endEvent", "sequenceFlow"):
        text = text.replace(f"<{tag}", f"<bpmn2:{tag}").replace(f"</{tag}", f"</bpmn2:{tag}")
    prefixed = text.replace("xmlns=", "xmlns:bpmn2=").encode()
    assert read_diagram(prefixed).processes == read_diagram(plain).processes


def test_the_digest_is_of_the_file() -> None:
    data = bare(task("a"))
    assert read_diagram(data).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("inner", "kind", "ref", "name", "text", "text_kind"),
    [
        (timer("P5D"), "timer", None, None, "P5D", "timeDuration"),
        ("<timerEventDefinition><timeDate> d </timeDate></timerEventDefinition>",
         "timer", None, None, "d", "timeDate"),
        ("<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>",
         "timer", None, None, "R/P1D", "timeCycle"),
        ("<timerEventDefinition/>", "timer", None, None, None, None),
        (message("m"), "message", "m", "bo_sung", None, None),
        ("<messageEventDefinition/>", "message", None, None, None, None),
        ('<messageEventDefinition messageRef="tns:m"/>', "message", "m", "bo_sung", None, None),
        ('<signalEventDefinition signalRef="s"/>', "signal", "s", "hieu_lenh", None, None),
        ('<errorEventDefinition errorRef="e"/>', "error", "e", "loi", None, None),
        ('<escalationEventDefinition escalationRef="l"/>',
         "escalation", "l", "leo_thang", None, None),
        ("<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>",
         "conditional", None, None, "x", "condition"),
        ('<linkEventDefinition name="A"/>', "link", None, "A", None, None),
        ('<compensateEventDefinition activityRef="a"/>', "compensate", "a", None, None, None),
        ("<terminateEventDefinition/>", "terminate", None, None, None, None),
        ("<cancelEventDefinition/>", "cancel", None, None, None, None),
        ("<eventDefinitionRef>chung</eventDefinitionRef>", "timer", None, None, "P1D",
         "timeDuration"),
    ],
)  # fmt: skip
def test_every_event_definition_is_read(
    inner: str, kind: str, ref: str, name: str, text: str, text_kind: str
) -> None:
    shared = (
        '<message id="m" name="bo_sung"/><signal id="s" name="hieu_lenh"/>'
        '<error id="e" name="loi" errorCode="E1"/>'
        '<escalation id="l" name="leo_thang" escalationCode="L1"/>'
        '<timerEventDefinition id="chung"><timeDuration>P1D</timeDuration></timerEventDefinition>'
    )
    (event,) = one_node(node("intermediateCatchEvent", "x", inner), shared).events
    assert (event.kind, event.ref, event.name) == (kind, ref, name)
    assert (event.text, event.text_kind) == (text, text_kind)


def test_an_event_with_several_definitions_has_them_in_order() -> None:
    both = node("intermediateCatchEvent", "x", timer("a"), "<signalEventDefinition/>")
    assert [each.kind for each in one_node(both).events] == ["timer", "signal"]


def test_names_and_codes_of_a_file_are_kept() -> None:
    read = read_diagram(
        definitions(
            '<message id="m"/><error id="e" name="loi" errorCode="E1"/>'
            '<escalation id="l" escalationCode="L1"/><signal id="s" name="S"/>',
            process(),
        )
    )
    assert read.messages == {"m": "m"}
    assert read.errors == {"e": "loi"}
    assert read.codes == {"e": "E1", "l": "L1"}
    assert read.signals == {"s": "S"}


@pytest.mark.parametrize(
    ("tag", "attribute"), [("boundaryEvent", "cancelActivity"), ("startEvent", "isInterrupting")]
)
@pytest.mark.parametrize(("written", "meant"), [("false", False), ("0", False), ("true", True)])
def test_events_say_whether_they_interrupt(
    tag: str, attribute: str, written: str, meant: bool
) -> None:
    more = {"attachedToRef": "a"} if tag == "boundaryEvent" else {}
    read = only_process(bare(node(tag, "x", **more, **{attribute: written}), task("a")))
    assert read.nodes["x"].interrupting is meant
    assert read.nodes["a"].interrupting is True


def test_a_boundary_event_knows_its_activity() -> None:
    read = only_process(bare(task("a"), node("boundaryEvent", "x", timer("t"), attachedToRef="a")))
    assert read.nodes["x"].attached_to == "a"
    assert [each.id for each in read.boundaries("a")] == ["x"]


def test_loops_are_read() -> None:
    standard = one_node(
        node(
            "task", "a",
            '<standardLoopCharacteristics testBefore="true" loopMaximum="3">'
            "<loopCondition>x</loopCondition></standardLoopCharacteristics>",
        )
    ).loop  # fmt: skip
    assert standard is not None
    assert (standard.kind, standard.condition, standard.maximum) == ("standard", "x", "3")
    assert standard.test_before


@pytest.mark.parametrize(("written", "kind"), [("true", "sequential"), ("false", "parallel")])
def test_multi_instance_is_read(written: str, kind: str) -> None:
    several = one_node(
        node(
            "task", "a",
            f'<multiInstanceLoopCharacteristics isSequential="{written}" behavior="One">'
            "<loopCardinality>3</loopCardinality><loopDataInputRef>i</loopDataInputRef>"
            '<inputDataItem id="m" name="moi"/><completionCondition>c</completionCondition>'
            "</multiInstanceLoopCharacteristics>",
        )
    ).loop  # fmt: skip
    assert several is not None
    assert (several.kind, several.cardinality, several.condition) == (kind, "3", "c")
    assert (several.behavior, several.data_input, several.input_item) == ("One", "i", "moi")


def test_call_activities_scripts_and_messages_of_tasks_are_read() -> None:
    called = one_node(node("callActivity", "a", calledElement="tns:con"))
    assert called.called_element == "con"
    assert one_node(node("scriptTask", "a", "<script>x = 1</script>")).script == "x = 1"
    receiving = one_node(
        node("receiveTask", "a", messageRef="m"), '<message id="m" name="bo_sung"/>'
    )
    assert receiving.message == "bo_sung"


def test_event_subprocesses_are_known() -> None:
    assert one_node(node("subProcess", "a", triggeredByEvent="true")).is_event_subprocess
    assert not one_node(node("subProcess", "a")).is_event_subprocess


def test_conditions_and_defaults_are_read() -> None:
    read = only_process(
        bare(gateway("g", default="m"), task("a"), flow("g", "a", "x > 1"), flow("g", "a", "", "m"))
    )
    assert read.flows["f_g_a"].condition == "x > 1"
    assert (read.flows["m"].condition, read.nodes["g"].default_flow) == (None, "m")


def test_a_comment_inside_a_condition_does_not_hide_its_rest() -> None:
    read = only_process(bare(gateway("g"), task("a"), flow("g", "a", "x <!-- --> and y")))
    assert read.flows["f_g_a"].condition == "x  and y"


def test_the_innermost_lane_counts_and_subprocesses_hand_theirs_on() -> None:
    inner = lane("trong", "Chuyên viên", "a")
    outer = lane("ngoai", "Sở", "a", "con").replace(
        "</lane>", f"<childLaneSet id='c'>{inner}</childLaneSet></lane>"
    )
    read = only_process(
        bare(f"<laneSet id='ls'>{outer}</laneSet>", task("a"), node("subProcess", "con", task("b")))
    )
    assert {each.id: each.lane for each in read.nodes.values()} == {
        "a": "trong",
        "con": "ngoai",
        "b": "ngoai",
    }
    assert [(each.id, each.parent) for each in read.lanes] == [("ngoai", None), ("trong", "ngoai")]


def test_a_lane_s_role_is_its_own_or_the_one_its_steps_share() -> None:
    def worker(node_id: str, role: str) -> str:
        return node("userTask", node_id, extension(f'<mc:step kind="other" role="{role}"/>'))

    read = only_process(
        bare(
            "<laneSet id='ls'>",
            lane("l1", "A", "a", "b", role="mot_cua"), lane("l2", "B", "c"),
            lane("l3", "C", "e", "d"), "</laneSet>",
            worker("a", "x"), worker("b", "y"), worker("c", "z"), worker("d", "y"),
            worker("e", "x"),
        )
    )  # fmt: skip
    assert [each.role for each in read.lanes] == ["mot_cua", "z", None]


def test_pools_and_message_flows_are_read() -> None:
    read = read_diagram(
        definitions(
            '<collaboration id="c"><participant id="p1" name="Sở" processRef="t:hai"/>'
            '<participant id="p2" name="Dân"/>'
            '<messageFlow id="m" name="Thư" sourceRef="a" targetRef="p2"/></collaboration>',
            process(task("b"), process_id="mot"),
            process(task("a"), process_id="hai"),
        )
    )
    assert read.findings == ()
    assert [(each.id, each.process_id) for each in read.participants] == [
        ("p1", "hai"),
        ("p2", None),
    ]
    assert [(each.source, each.target) for each in read.message_flows] == [("a", "p2")]
    assert [each.id for each in read.processes] == ["mot", "hai"]
    found = read.node("a")
    assert found is not None
    assert found.parent == "hai"


def test_data_and_drawn_remarks_are_no_nodes() -> None:
    read = read_diagram(
        definitions(
            '<itemDefinition id="i"/><dataStore id="kho" name="Sổ"/>',
            process(
                '<dataObject id="d" name="Đơn"/><dataObjectReference id="r" dataObjectRef="d"/>',
                '<textAnnotation id="t"><text>Ghi chú</text></textAnnotation>',
                '<association id="as" sourceRef="a" targetRef="t"/>',
                node("userTask", "a", '<ioSpecification id="io"/><property id="pr"/>'),
                "<documentation>x</documentation>",
            ),
        )
    )
    (only,) = read.processes
    assert list(only.nodes) == ["a"]
    assert [(each.kind, each.name) for each in only.data] == [
        ("dataObject", "Đơn"),
        ("dataObjectReference", ""),
    ]
    assert [(each.source, each.target) for each in only.associations] == [("a", "t")]
    assert {(each.kind, each.name) for each in read.other} == {
        ("itemDefinition", ""),
        ("dataStore", "Sổ"),
        ("textAnnotation", "Ghi chú"),
    }


def test_an_unknown_element_that_flows_join_is_a_node_of_that_kind() -> None:
    read = only_process(
        bare(start(), node("choreographyTask", "la"), end(), chain("bat_dau", "la", "ket_thuc"))
    )
    assert [each.kind for each in read.nodes.values()] == [
        "startEvent",
        "choreographyTask",
        "endEvent",
    ]


def test_an_unknown_element_that_stands_alone_is_kept_aside() -> None:
    read = read_diagram(bare(task("a"), '<vatLa id="x" name="?"/>'))
    assert list(read.processes[0].nodes) == ["a"]
    assert [(each.id, each.kind) for each in read.other] == [("x", "vatLa")]


def test_lines_are_those_of_the_file() -> None:
    read = only_process(bare(task("a"), task("b")))
    assert [each.line for each in read.nodes.values()] == [4, 5]


def test_other_makers_attributes_are_kept() -> None:
    made = one_node('<userTask id="a" xmlns:z="urn:z" z:assignee="x" completionQuantity="2"/>')
    assert made.attributes["{urn:z}assignee"] == "x"
    assert made.attributes["completionQuantity"] == "2"


@pytest.mark.parametrize(
    ("broken", "code", "element_id"),
    [
        (task("a") + flow("a", "mat"), "flow-reference-missing", "f_a_mat"),
        (task("a") + '<sequenceFlow id="f" sourceRef="a"/>', "flow-reference-missing", "f"),
        (task("a") + task("a"), "id-duplicate", "a"),
        (gateway("g", default="mat"), "default-reference-missing", "g"),
        (node("boundaryEvent", "x", attachedToRef="mat"), "boundary-host-missing", "x"),
        (node("boundaryEvent", "x"), "boundary-host-missing", "x"),
        (gateway("g") + node("boundaryEvent", "x", attachedToRef="g"),
         "boundary-host-missing", "x"),
        (node("endEvent", "x", message("mat")), "event-reference-missing", "x"),
        (node("endEvent", "x", "<eventDefinitionRef>mat</eventDefinitionRef>"),
         "event-reference-missing", "x"),
        (node("receiveTask", "x", messageRef="mat"), "event-reference-missing", "x"),
        ("<userTask/>", "id-missing", "userTask_khong_ma_1"),
        (node("subProcess", "s", task("a")) + task("b") + flow("b", "a"),
         "flow-crosses-border", "f_b_a"),
    ],
)  # fmt: skip
def test_what_is_broken_is_a_finding_that_blocks_the_run(
    broken: str, code: str, element_id: str
) -> None:
    (finding,) = read_diagram(bare(broken)).findings
    assert (finding.code, finding.element_id, finding.blocks) == (code, element_id, Blocks.RUN)


def test_a_broken_flow_is_left_out_so_that_every_flow_has_two_ends() -> None:
    read = read_diagram(bare(task("a"), flow("a", "mat"))).processes[0]
    assert read.flows == {}
    assert read.nodes["a"].outgoing == ()


def test_of_two_elements_with_one_id_the_first_is_read() -> None:
    read = read_diagram(bare(node("userTask", "a", name="Một"), node("endEvent", "a")))
    assert [(each.kind, each.name) for each in read.processes[0].nodes.values()] == [
        ("userTask", "Một")
    ]


def test_everything_broken_is_listed_at_once() -> None:
    broken = bare(task("a"), task("a"), flow("a", "x"), gateway("g", default="y"))
    assert [code for code, _ in faults(broken)] == [
        "id-duplicate",
        "flow-reference-missing",
        "default-reference-missing",
    ]


def test_lanes_and_pools_that_name_nothing_are_warnings() -> None:
    broken = definitions(
        '<collaboration id="c"><participant id="p" name="Sở" processRef="mat"/>'
        '<messageFlow id="m" sourceRef="p" targetRef="mat"/></collaboration>',
        process(
            f"<laneSet id='ls'>{lane('l1', 'A', 'mat', 'a')}{lane('l2', 'B', 'a')}</laneSet>",
            task("a"),
        ),
    )
    read = read_diagram(broken)
    assert {(each.code, each.element_id) for each in read.findings} == {
        ("lane-reference-missing", "l1"),
        ("lane-ambiguous", "a"),
        ("participant-reference-missing", "p"),
        ("message-flow-reference-missing", "m"),
    }
    assert all(each.blocks is None for each in read.findings)
    assert read.message_flows == ()


def test_a_file_without_a_process_says_so() -> None:
    assert faults(definitions('<collaboration id="c"/>')) == [("process-missing", None)]


@pytest.mark.parametrize(
    "data",
    [
        b"<html/>",
        b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
        b"<definitions/>",
        b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    ],
)
def test_what_is_not_bpmn_2_is_refused(data: bytes) -> None:
    with pytest.raises(DiagramRefusedError) as refusal:
        read_diagram(data)
    assert [each.code for each in refusal.value.findings] == ["not-bpmn"]


def test_a_diagram_of_nine_thousand_nodes_is_read() -> None:
    ids = [f"t{at}" for at in range(9_000)]
    read: Diagram = read_diagram(bare(*(task(each, "") for each in ids), chain(*ids)))
    assert len(read.processes[0].flows) == 8_999

"""However a file is spoiled, the reader refuses it by name and the linter does not fall over."""

from __future__ import annotations

import contextlib
import random

from bpmn_texts import BPMN, bare, chain, end, gateway, lawful, node, start, task, timer
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import DiagramRefusedError
from engine.catalog.linter import lint, lint_bytes

COMPLEX = bare(
    start(), task("a"), gateway("g", default="f_g_a"), chain("bat_dau", "a", "g", "a"),
    node("subProcess", "con", start("s"), task("b"), end("e"), chain("s", "b", "e")),
    node("boundaryEvent", "x", timer("P1D"), attachedToRef="con"), chain("g", "con", "x", "a"),
    node("callActivity", "goi", calledElement="quy_trinh"),
)  # fmt: skip
SEEDS = (lawful(), COMPLEX)
TOKENS = (
    b"<", b">", b"/", b'"', b"&", b"&lt;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\x00", b"\xff",
    b"id=", b"<userTask", b"</process>", b"<subProcess id='q'>", b"<!DOCTYPE a>", b"quy_trinh",
    b"tham_dinh", b"bat_dau", b"xmlns=''", b"<laneSet>", b"attachedToRef='a'", "ệ".encode(),
)  # fmt: skip


def spoiled(data: bytes, dice: random.Random) -> bytes:
    spoil = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(spoil))
        match dice.randrange(5):
            case 0:
                spoil[at] = dice.randrange(256)
            case 1:
                del spoil[at : at + dice.randint(1, 60)]
            case 2:
                spoil[at:at] = dice.choice(TOKENS)
            case 3:
                spoil[at:at] = spoil[at : at + dice.randint(1, 200)]
            case _:
                other = dice.randrange(len(spoil))
                spoil[at], spoil[other] = spoil[other], spoil[at]
        if not spoil:
            return b""
    return bytes(spoil)


def test_spoiled_bytes_are_refused_by_name_or_read() -> None:
    dice = random.Random(20261120)
    for _ in range(1_500):
        lint_bytes(spoiled(dice.choice(SEEDS), dice))


def test_spoiled_attributes_are_read_and_checked() -> None:
    """Values change places, so most files stay XML and reach the linter."""
    dice = random.Random(7)
    read = 0
    for _ in range(400):
        parts = dice.choice(SEEDS).decode().split('"')
        for _ in range(dice.randint(1, 4)):
            one = dice.randrange(7, len(parts) - 1) | 1
            other = dice.randrange(7, len(parts) - 1) | 1
            parts[one] = parts[other]
        with contextlib.suppress(DiagramRefusedError):
            lint(read_diagram('"'.join(parts).encode()))
            read += 1
    assert read > 200


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_at_all_are_refused_by_name(data: bytes) -> None:
    lint_bytes(data)


names = st.sampled_from(["a", "b", "c", "quy_trinh", "mat", ""])
tags = st.sampled_from(
    [
        "startEvent", "endEvent", "userTask", "subProcess", "exclusiveGateway", "boundaryEvent",
        "intermediateCatchEvent", "laneSet", "lane", "flowNodeRef", "sequenceFlow", "association",
        "extensionElements", "eventDefinitionRef", "timerEventDefinition", "conditionExpression",
        "participant", "messageFlow", "collaboration", "process", "message", "dataObject", "vatLa",
    ]
)  # fmt: skip
attributes = st.dictionaries(
    st.sampled_from(
        ["id", "name", "sourceRef", "targetRef", "attachedToRef", "default", "processRef",
         "triggeredByEvent", "messageRef", "calledElement"]
    ),
    names,
    max_size=4,
)  # fmt: skip
elements = st.recursive(
    st.tuples(tags, attributes, st.just(())),
    lambda inner: st.tuples(tags, attributes, st.lists(inner, max_size=4).map(tuple)),
    max_leaves=25,
)


def written(element: tuple[str, dict[str, str], tuple[object, ...]]) -> str:
    tag, values, inner = element
    given_values = "".join(f' {key}="{value}"' for key, value in values.items())
    return f"<{tag}{given_values}>{''.join(map(written, inner))}</{tag}>"  # type: ignore[arg-type]


@given(st.lists(elements, max_size=6))
@settings(max_examples=300, deadline=None)
def test_any_tree_of_bpmn_elements_is_read_or_refused(roots: list[object]) -> None:
    text = "".join(map(written, roots))  # type: ignore[arg-type]
    lint_bytes(f'<definitions xmlns="{BPMN}">{text}</definitions>'.encode())

"""Data objects and associations as modelers draw them: followed, or refused by name."""

from __future__ import annotations

import pytest
from engine_diagrams import HEAD, Player

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import DiagramRefusedError
from engine.workflow.blueprint import blueprint

FLOWS = (
    '<sequenceFlow id="f" sourceRef="s" targetRef="A"/>'
    '<sequenceFlow id="g" sourceRef="A" targetRef="B"/>'
)


def diagram(task: str, extra: str = "") -> bytes:
    return (
        f'{HEAD}<process id="P" isExecutable="true">{extra}<startEvent id="s"/>'
        f'<userTask id="A">{task}</userTask><userTask id="B"/>{FLOWS}</process></definitions>'
    ).encode()


def test_a_round_for_each_entry_of_the_data_object_behind_the_input() -> None:
    task = (
        '<ioSpecification><dataInput id="di"/><dataOutput id="do"/><inputSet/><outputSet/>'
        "</ioSpecification>"
        '<dataInputAssociation id="x"><sourceRef>ref_in</sourceRef><targetRef>di</targetRef>'
        "</dataInputAssociation>"
        '<dataOutputAssociation id="y"><sourceRef>do</sourceRef><targetRef>ref_out</targetRef>'
        "</dataOutputAssociation>"
        "<multiInstanceLoopCharacteristics><loopDataInputRef>di</loopDataInputRef>"
        "<loopDataOutputRef>do</loopDataOutputRef>"
        '<inputDataItem id="i" name="muc"/><outputDataItem id="o" name="y_kien"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    objects = (
        '<dataObject id="o1"/><dataObjectReference id="ref_in" name="don_vi" dataObjectRef="o1"/>'
        '<dataObject id="o2"/><dataObjectReference id="ref_out" name="cac_y_kien" '
        'dataObjectRef="o2"/>'
    )
    player = Player(diagram(task, objects), "don_vi=[1,2]")
    assert player.open == ["A", "A"]
    player.play("A y_kien=7", "A y_kien=8")
    assert (player.open, player.data["cac_y_kien"]) == (["B"], [7, 8])


def test_a_drawn_association_changes_nothing() -> None:
    task = (
        '<dataOutputAssociation id="y"><targetRef>r</targetRef></dataOutputAssociation>'
        '<dataInputAssociation id="x"><sourceRef>r</sourceRef></dataInputAssociation>'
    )
    objects = '<dataObject id="o"/><dataObjectReference id="r" name="Giấy phép" dataObjectRef="o"/>'
    assert Player(diagram(task, objects)).play("A").open == ["B"]


@pytest.mark.parametrize("inner", ["assignment", "transformation"])
@pytest.mark.parametrize("side", ["Input", "Output"])
def test_an_assignment_is_refused_by_name(side: str, inner: str) -> None:
    task = f"<data{side}Association><{inner}/></data{side}Association>"
    with pytest.raises(DiagramRefusedError) as refusal:
        blueprint(diagram(task))
    assert [(each.code, each.element_id) for each in refusal.value.findings] == [
        ("data-mapping", "A")
    ]


def test_the_empty_pool_of_a_partner_does_no_harm() -> None:
    text = diagram("").replace(b"</definitions>", b'<process id="Q"/></definitions>')
    assert len(read_diagram(text).processes) == 2
    assert Player(text, process="P").open == ["A"]

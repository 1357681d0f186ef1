"""What the engine would run wrongly is refused by name, with the element, before it runs."""

from __future__ import annotations

import pytest
from engine_diagrams import HEAD, bpmn

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import Blocks, DiagramRefusedError
from engine.catalog.linter import runnable
from engine.errors import BadInputError
from engine.workflow.blueprint import blueprint

REFUSED: dict[str, tuple[str, str, str]] = {
    "complex gateway": ("start s\ncomplex g\ns > g", "element-unknown", "g"),
    "ad hoc subprocess": ("start s\nadhoc g {\nuser A\n}\ns > g", "element-unknown", "g"),
    "parallel event gateway": (
        "start s\nrace g eventGatewayType=Parallel\ncatch m message=M\ns > g > m",
        "element-unknown",
        "g",
    ),
    "compensation throw": ("start s\nthrow c compensate\ns > c", "compensation", "c"),
    "compensation end": ("start s\nend c compensate\ns > c", "compensation", "c"),
    "compensation boundary": (
        "start s\nuser A\nboundary c on=A compensate\ns > A",
        "compensation",
        "c",
    ),
    "compensation handler": ("start s\nuser A isForCompensation=true", "compensation", "A"),
    "start quantity": ("start s\nuser A startQuantity=2\ns > A", "quantity", "A"),
    "completion quantity": ("start s\nuser A completionQuantity=2\ns > A", "quantity", "A"),
    "instantiating receive task": (
        "receive R message=M instantiate=true",
        "instantiating-inside",
        "R",
    ),
    "instantiating event gateway": (
        "race g instantiate=true\ncatch m message=M\ng > m",
        "instantiating-inside",
        "g",
    ),
    "multi-instance of unknown number": (
        "start s\nuser A until=done\ns > A",
        "repeat-unclear",
        "A",
    ),
    "multi-instance with number and list": (
        "start s\nuser A each=2 in=xs\ns > A",
        "repeat-unclear",
        "A",
    ),
    "multi-instance behavior one": (
        "start s\nuser A each=2 behavior=One\ns > A",
        "repeat-behavior",
        "A",
    ),
    "multi-instance behavior none": (
        "start s\nuser A each=2 behavior=None\ns > A",
        "repeat-behavior",
        "A",
    ),
    "endless loop": ("start s\nuser A max=\ns > A", "repeat-unclear", "A"),
    "loop of no times": ("start s\nuser A max=0\ns > A", "repeat-unclear", "A"),
    "unknown called process": ("start s\ncall K process=Q\ns > K", "called-process-missing", "K"),
    "called process that waits for a message": (
        "process P {\nstart s\ncall K process=Q\ns > K\n}\nprocess Q {\nstart q message=M\n}",
        "called-process-missing",
        "K",
    ),
    "conditional start beside a plain one": (
        "start s\nstart c 'condition=n > 1'\nuser A\nuser B\ns > A\nc > B",
        "start-unclear",
        "c",
    ),
    "subprocess with a message start": (
        "start s\nsub S {\nstart i message=M\n}\ns > S",
        "start-unclear",
        "S",
    ),
    "subprocess with two starts": (
        "start s\nsub S {\nstart i\nstart j\n}\ns > S",
        "start-unclear",
        "S",
    ),
    "event subprocess with a plain start": (
        "start s\nuser A\ns > A\nesp H {\nstart h\n}",
        "start-unclear",
        "H",
    ),
    "process that begins nowhere": ("user A\nuser B\nA > B > A", "start-unclear", "P"),
    "flow into a start": ("start s\nuser A\ns > A > s", "flow-into-start", "s"),
    "flow out of an end": ("start s\nend e\nuser A\ns > e > A", "flow-out-of-end", "e"),
    "choice without a condition": (
        "start s\nxor x\nuser A\nuser B\ns > x > A\nx > B if n > 1",
        "choice-without-condition",
        "x",
    ),
    "condition behind a parallel gateway": (
        "start s\nand x\nuser A\nuser B\ns > x > A\nx > B if n > 1",
        "condition-not-asked",
        "x",
    ),
    "event gateway before a step": (
        "start s\nrace g\nuser A\ncatch m message=M\ns > g > A\ng > m",
        "event-gateway-target",
        "g",
    ),
    "link to nowhere": ("start s\nthrow l link=L\ns > l", "link-broken", "l"),
    "link to two places": (
        "start s\nthrow l link=L\ncatch k link=L\ncatch m link=L\ns > l",
        "link-broken",
        "l",
    ),
    "catch without an event": ("start s\ncatch c\ns > c", "event-misplaced", "c"),
    "boundary without an event": (
        "start s\nuser A\nboundary b on=A\ns > A",
        "event-misplaced",
        "b",
    ),
    "thrown error in the middle": ("start s\nthrow t error=E\ns > t", "event-misplaced", "t"),
    "terminate in the middle": ("start s\nthrow t terminate\ns > t", "event-misplaced", "t"),
    "error start of a process": ("start s error=E\nuser A\ns > A", "event-misplaced", "s"),
    "gentle error boundary": (
        "start s\nuser A\nboundary b on=A error=E noninterrupting\ns > A",
        "event-misplaced",
        "b",
    ),
    "nameless signal": ("start s\ncatch c signal\ns > c", "signal-nameless", "c"),
    "error nobody catches": (
        "start s\nsub S {\nstart i\nend j error=E\ni > j\n}\nboundary b on=S error=F\ns > S",
        "error-unhandled",
        "j",
    ),
    "cancel outside a transaction": (
        "start s\nend c cancel\ns > c",
        "cancel-outside-transaction",
        "c",
    ),
    "cancel boundary on a plain subprocess": (
        "start s\nsub S {\nstart i\n}\nboundary b on=S cancel\ns > S",
        "cancel-outside-transaction",
        "b",
    ),
    "two timers in one event": (
        "start s\ncatch c timer=PT1H timer=PT2H\ns > c",
        "timers-several",
        "c",
    ),
    "cycle in the middle": ("start s\ncatch c cycle=R3/PT1H\ns > c", "timer-cycle-misplaced", "c"),
    "cycle start of a process": (
        "start s cycle=R3/PT1H\nuser A\ns > A",
        "timer-cycle-misplaced",
        "s",
    ),
    "timer without a text": ("start s\ncatch c timer=\ns > c", "timer-unreadable", "c"),
    "timer with a wrong duration": ("start s\ncatch c timer=P5\ns > c", "timer-unreadable", "c"),
    "timer of a thousand million months": (
        "start s\ncatch c timer=P9999999999M\ns > c",
        "timer-unreadable",
        "c",
    ),
    "timer in words": ("start s\ncatch c 'timer=five days'\ns > c", "timer-unreadable", "c"),
    "cron timer": (
        "start s\nuser A\nboundary c on=A 'cycle=0 0 9 * * ?'\ns > A",
        "timer-unreadable",
        "c",
    ),
    "condition of another engine": (
        "start s\nxor x\nuser A\nuser B\ns > x\nx > A if ${ok}\nx > B default",
        "expression-refused",
        "x_A",
    ),
    "condition that is no expression": (
        "start s\nxor x\nuser A\nuser B\ns > x\nx > A if this is not python ((\nx > B default",
        "expression-refused",
        "x_A",
    ),
    "script in another language": (
        "start s\nscript A scriptFormat=javascript 'code=x = 1'\ns > A",
        "script-refused",
        "A",
    ),
    "script that calls": ("start s\nscript A 'code=print(1)'\ns > A", "script-refused", "A"),
    "conditional event without a condition": (
        "start s\ncatch c condition=\ns > c",
        "condition-missing",
        "c",
    ),
    "decision table of another engine": (
        "start s\nrule A camunda:decisionRef=D\ns > A",
        "implementation-foreign",
        "A",
    ),
    "service of another engine": (
        "start s\nservice A camunda:class=org.example.Evil\ns > A",
        "implementation-foreign",
        "A",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused_by_name(name: str) -> None:
    text, code, element = REFUSED[name]
    with pytest.raises(DiagramRefusedError) as refusal:
        blueprint(bpmn(text))
    found = {(finding.code, finding.element_id) for finding in refusal.value.findings}
    assert (code, element) in found


def test_all_findings_are_told_at_once() -> None:
    text = "start s\ncomplex g\nthrow t terminate\nuser A startQuantity=2\ns > g > t > A"
    with pytest.raises(DiagramRefusedError) as refusal:
        blueprint(bpmn(text))
    codes = {finding.code for finding in refusal.value.findings}
    assert codes == {"element-unknown", "event-misplaced", "quantity"}


def test_a_script_task_may_be_tried_but_not_published() -> None:
    diagram = read_diagram(bpmn("start s\nscript A 'code=x = 1'\ns > A"))
    findings = list(runnable.check(diagram))
    assert [(each.code, each.blocks) for each in findings] == [("script-task", Blocks.PUBLISH)]
    blueprint(bpmn("start s\nscript A 'code=x = 1'\ns > A"))


def test_an_unknown_process_is_refused() -> None:
    with pytest.raises(BadInputError, match="Expected one of the processes P"):
        blueprint(bpmn("start s\nuser A\ns > A"), "Q")


def test_a_file_that_is_no_bpmn_is_refused() -> None:
    with pytest.raises(DiagramRefusedError):
        blueprint(b"<definitions/>")


def test_a_task_with_a_foreign_script_before_it_is_refused() -> None:
    text = (
        f'{HEAD}<process id="P"><startEvent id="s"/><userTask id="A"><extensionElements>'
        "<spiff:preScript>import os</spiff:preScript></extensionElements></userTask>"
        '<sequenceFlow id="f" sourceRef="s" targetRef="A"/></process></definitions>'
    )
    with pytest.raises(DiagramRefusedError) as refusal:
        blueprint(text.encode())
    assert [each.code for each in refusal.value.findings] == ["implementation-foreign"]


def test_the_same_file_gives_the_same_blueprint() -> None:
    text = bpmn("start s\nuser A\ns > A")
    assert blueprint(text) is blueprint(bytes(text))

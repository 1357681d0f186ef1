"""Python code in an uploaded diagram does nothing, wherever it stands, and is a finding there.

Legal: none; the promise is that a designer need not be trusted with the server.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from engine_diagrams import HEAD

from engine.catalog.finding import DiagramRefusedError
from engine.workflow.blueprint import blueprint

CANARY = "/tmp/motcua_canary_escape"

ESCAPES = {
    "import": "__import__('pathlib').Path('{canary}').write_text('x')",
    "open": "open('{canary}', 'w').write('x')",
    "class walk": "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "
    "'_wrap_close'][0].__init__.__globals__['system']('touch {canary}')",
    "first class": "().__class__.__base__.__subclasses__()[0]",
    "eval": "eval(\"open('{canary}','w')\")",
    "exec": "exec(\"open('{canary}','w')\")",
    "format string": "'{0.__class__.__init__.__globals__}'.format(task)",
    "f-string": "f\"{open('{canary}', 'w')}\"",
    "lambda": "(lambda: open('{canary}', 'w'))()",
    "walrus": "(f := open) and f('{canary}', 'w')",
    "generator frame": "(x.gi_frame.f_back.f_back.f_globals for x in [1])",
    "unicode name": "__imp\uff4frt__('os').system('touch {canary}')",
    "getattr": "getattr(task, 'workflow')",
    "globals": "globals()['__builtins__']",
    "power": "9**9**9**9",
    "long text": "'x' * 6000000000",
    "print to file": "print('x', file=open('{canary}', 'w'))",
    "attribute of data": "task.workflow.script_engine.environment",
    "breakpoint": "breakpoint()",
    "compile": "compile(\"open('{canary}','w')\", '', 'exec')",
}


def _bare(inner: str, extra: str = "") -> str:
    return f'{HEAD}{extra}<process id="P"><startEvent id="s"/>{inner}</process></definitions>'


def _flow(source: str, target: str, inner: str = "") -> str:
    return (
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</sequenceFlow>"
    )


def _timer(kind: str) -> str:
    return _bare(
        f'<intermediateCatchEvent id="c"><timerEventDefinition><{kind}>@</{kind}>'
        f"</timerEventDefinition></intermediateCatchEvent>{_flow('s', 'c')}"
    )


def _user(inner: str) -> str:
    return _bare(f'<userTask id="A">{inner}</userTask>{_flow("s", "A")}')


def _decision(part: str) -> str:
    texts = {"input": "x", "cell": "1", "output": "1"} | {part: "@"}
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="n"><decision id="D"><decisionTable id="T"><input id="i"><inputExpression '
        f'id="ie"><text>{texts["input"]}</text></inputExpression></input><output id="o"/><rule '
        f'id="r"><inputEntry id="x"><text>{texts["cell"]}</text></inputEntry><outputEntry id="y">'
        f"<text>{texts['output']}</text></outputEntry></rule></decisionTable></decision>"
        "</definitions>"
    )


PLACES = {
    "script task": _bare(f'<scriptTask id="A"><script>@</script></scriptTask>{_flow("s", "A")}'),
    "gateway condition": _bare(
        '<exclusiveGateway id="x" default="x_B"/><userTask id="A"/><userTask id="B"/>'
        f"{_flow('s', 'x')}{_flow('x', 'A', '<conditionExpression>@</conditionExpression>')}"
        f"{_flow('x', 'B')}"
    ),
    "time date": _timer("timeDate"),
    "time duration": _timer("timeDuration"),
    "time cycle": _bare(
        '<userTask id="A"/><boundaryEvent id="c" attachedToRef="A" cancelActivity="false">'
        "<timerEventDefinition><timeCycle>@</timeCycle></timerEventDefinition></boundaryEvent>"
        f"{_flow('s', 'A')}"
    ),
    "conditional event": _bare(
        '<intermediateCatchEvent id="c"><conditionalEventDefinition><condition>@</condition>'
        f"</conditionalEventDefinition></intermediateCatchEvent>{_flow('s', 'c')}"
    ),
    "number of rounds": _user(
        "<multiInstanceLoopCharacteristics><loopCardinality>@</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    ),
    "completion condition": _user(
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "<completionCondition>@</completionCondition></multiInstanceLoopCharacteristics>"
    ),
    "loop condition": _user(
        "<standardLoopCharacteristics><loopCondition>@</loopCondition>"
        "</standardLoopCharacteristics>"
    ),
    "script before a task": _user(
        "<extensionElements><spiff:preScript>@</spiff:preScript></extensionElements>"
    ),
    "script after a task": _user(
        "<extensionElements><spiff:postScript>@</spiff:postScript></extensionElements>"
    ),
    "decision input": _decision("input"),
    "decision cell": _decision("cell"),
    "decision output": _decision("output"),
}


def payload(place: str, escape: str) -> bytes:
    code = ESCAPES[escape].replace("{canary}", CANARY)
    safe = code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return PLACES[place].replace("@", safe).encode()


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("escape", list(ESCAPES))
def test_code_in_a_diagram_is_a_finding(place: str, escape: str) -> None:
    with pytest.raises(DiagramRefusedError) as refusal:
        blueprint(payload(place, escape))
    assert refusal.value.findings


AUDITED = """
import sys, pathlib
sys.path.insert(0, {here!r})
sys.path.insert(0, {root!r})
import test_engine_escapes as escapes
from engine.catalog.finding import DiagramRefusedError
from engine.workflow import run
from engine.workflow.blueprint import blueprint
from engine.workflow.errors import EngineError
from engine.workflow.script_engine import ENGINE, OfficeEnvironment
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
import ast, json, warnings, linecache, traceback
bp = blueprint(escapes._bare('<userTask id="A"/>' + escapes._flow('s', 'A')).encode())
run.start(bp)
watched = ('open', 'os.', 'subprocess.', 'socket.', 'exec', 'import', 'ctypes.', 'shutil.')
seen = []
def watch(event, arguments):
    if event.startswith(watched):
        seen.append((event, str(arguments)[:200]))
sys.addaudithook(watch)
refused = 0
for place in escapes.PLACES:
    for escape in escapes.ESCAPES:
        try:
            blueprint(escapes.payload(place, escape))
        except DiagramRefusedError:
            refused += 1
for escape, code in escapes.ESCAPES.items():
    code = code.replace('{{canary}}', escapes.CANARY)
    for engine in (OfficeEnvironment(), PythonScriptEngine().environment, TaskDataEnvironment()):
        for act in (engine.evaluate, engine.execute):
            try:
                act(code, {{}})
            except Exception as failure:
                assert type(failure).__name__ == 'ExpressionRefusedError', failure
            else:
                raise SystemExit('not refused: ' + code)
assert refused == len(escapes.PLACES) * len(escapes.ESCAPES), refused
assert not pathlib.os.path.exists(escapes.CANARY)
print(seen)
"""


def test_no_escape_touches_files_processes_or_the_network() -> None:
    here = Path(__file__).parent
    code = AUDITED.format(here=str(here), root=str(here.parents[2]))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert not Path(CANARY).exists()


def test_only_one_module_loads_states_and_none_asks_spiffworkflow_to() -> None:
    engine = Path(__file__).parents[3] / "engine"
    texts = {path: path.read_text("utf-8") for path in engine.rglob("*.py")}
    assert [p.name for p, t in texts.items() if "deserialize_" in t or "BpmnParser" in t] == []
    spiff = {p.parent.name for p, t in texts.items() if "from SpiffWorkflow" in t}
    assert spiff == {"workflow"}

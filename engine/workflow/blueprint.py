"""The executable form of a diagram, made once and shared by all cases that follow it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import Blocks, DiagramRefusedError
from engine.catalog.linter import runnable
from engine.errors import BadInputError
from engine.workflow.builder import build_specs
from engine.workflow.gateways import Inclusion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.diagram import Diagram, Process
    from engine.workflow.token import OfficeSpec

_KEPT: Final = 256
_LOCK: Final = Lock()
_CACHE: Final[OrderedDict[tuple[str, str | None], Blueprint]] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Blueprint:
    """A diagram ready to run. `sha256` is of the file, in hex; `starts` are plain start events."""

    sha256: str
    process_id: str
    diagram: Diagram = field(repr=False)
    process: Process = field(repr=False)
    spec: OfficeSpec = field(repr=False)
    scopes: Mapping[str, OfficeSpec] = field(repr=False)
    conditional: bool
    gathering: bool

    @property
    def starts(self) -> tuple[str, ...]:
        """The nodes that get the first token: the plain start events, or what stands in front."""
        return self.spec.origins

    @property
    def key(self) -> str:
        """What a stored state is tied to: the file and the process in it."""
        return f"{self.sha256[:24]}:{self.process_id}"


def blueprint(bpmn: bytes, process_id: str | None = None) -> Blueprint:
    """The executable form of a file, from the cache when it was made before.

    Without `process_id` it is the process with a procedure's head, else the first executable one,
    else the first that no other process calls.

    Raises:
        DiagramRefusedError: all findings that would make it run wrongly.
        BadInputError: there is no process of that id.
    """
    key = (hashlib.sha256(bpmn).hexdigest(), process_id)
    with _LOCK:
        made = _CACHE.get(key)
        if made is not None:
            _CACHE.move_to_end(key)
            return made
    made = _make(bpmn, process_id)
    with _LOCK:
        _CACHE[key] = made
        while len(_CACHE) > _KEPT:
            _CACHE.popitem(last=False)
    return made


def _make(bpmn: bytes, process_id: str | None) -> Blueprint:
    diagram = read_diagram(bpmn)
    found = [*diagram.findings, *runnable.check(diagram)]
    blocking = [finding for finding in found if finding.blocks is Blocks.RUN]
    if blocking:
        raise DiagramRefusedError(blocking, expected="a diagram that can run")
    process = _chosen(diagram, process_id)
    scopes = build_specs(diagram)
    every: list[Any] = [each for spec in scopes.values() for each in spec.task_specs.values()]
    return Blueprint(
        sha256=diagram.sha256,
        process_id=process.id,
        diagram=diagram,
        process=process,
        spec=scopes[process.id],
        scopes=scopes,
        conditional=any(each.conditional for each in every),
        gathering=any(isinstance(each, Inclusion) and len(each.entries) > 1 for each in every),
    )


def _chosen(diagram: Diagram, process_id: str | None) -> Process:
    process = diagram.main if process_id is None else diagram.process(process_id)
    if process is None:
        known = ", ".join(each.id for each in diagram.processes)
        raise BadInputError(f"Expected one of the processes {known}, but got {process_id!r}")
    return process

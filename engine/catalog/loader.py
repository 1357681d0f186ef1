"""Reads bpmn/procedures: each folder whole or not at all, every problem with its file and line."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from engine.catalog.diagram import read_diagram, user_tasks
from engine.catalog.expression import (
    CONSTANTS,
    FUNCTIONS,
    ExpressionRefusedError,
    parse_expression,
)
from engine.catalog.finding import DiagramRefusedError, Severity
from engine.catalog.forms import fields_of, read_form
from engine.catalog.linter import lint
from engine.catalog.linter.rule import procedures
from engine.catalog.model import ProcedureVersion, Step
from engine.catalog.procedure_yaml import Problem, ProcedureYamlError, read_procedure_yaml
from engine.errors import BadInputError, OfficeError
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from engine.catalog.diagram import Process
    from engine.catalog.extension import ProcedureHead
    from engine.catalog.finding import Finding
    from engine.catalog.model import Decision
    from engine.catalog.procedure_yaml import ProcedureData

YAML_NAME: Final = "procedure.yaml"
FORMS_FOLDER: Final = "forms"


class ProcedureFolderError(OfficeError):
    """Folders of the catalogue cannot be used; `problems` lists all that is wrong in them."""

    code: ClassVar[str] = "procedure_folder"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(str(problem) for problem in self.problems)
        super().__init__(
            f"Expected sound procedure folders, but {listed}",
            problems=[str(problem) for problem in self.problems],
        )


@dataclass(frozen=True)
class ProcedureFile:
    """One checked folder: what publication needs of it.

    `meta` are the JSON values of procedure.yaml, with the forms by name under `forms`.
    `findings` are those of the linter that do not forbid anything.
    """

    code: str
    folder: Path
    bpmn: bytes
    meta: Mapping[str, Any]
    decision: Decision
    sample: bool
    roles: frozenset[str]
    version: ProcedureVersion
    findings: tuple[Finding, ...]


def load_procedures(root: Path) -> tuple[ProcedureFile, ...]:
    """Every procedure folder under a root, by name.

    Raises:
        ProcedureFolderError: with all problems of all folders. Legal: R3, R44, R46
    """
    if not root.is_dir():
        raise ProcedureFolderError([Problem(str(root), "Expected a folder, but it is none")])
    loaded: list[ProcedureFile] = []
    problems: list[Problem] = []
    for folder in sorted(each for each in root.iterdir() if each.is_dir()):
        try:
            loaded.append(load_procedure(folder))
        except ProcedureFolderError as refused:
            problems.extend(refused.problems)
    if problems:
        raise ProcedureFolderError(problems)
    return tuple(loaded)


def load_procedure(folder: Path) -> ProcedureFile:
    """One procedure folder, read and checked.

    Raises:
        ProcedureFolderError: with all its problems.
    """
    return _Folder(folder).load()


def read_forms(folder: Path) -> tuple[dict[str, dict[str, Any]], tuple[Problem, ...]]:
    """The sound forms of a procedure's folder by name, and what is wrong in the others."""
    forms: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FORMS_FOLDER).glob("*.json")):
        try:
            forms[path.stem] = read_form(path.read_bytes())
        except (BadInputError, OSError) as wrong:
            problems.append(Problem(f"{folder.name}/{FORMS_FOLDER}/{path.name}", str(wrong)))
    return forms, tuple(problems)


class _Folder:
    """The reading of one folder; collects problems until the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def load(self) -> ProcedureFile:
        data = self._yaml()
        forms = self._forms()
        bpmn = self._bytes(f"{self.folder.name}.bpmn")
        process, findings = self._diagram(bpmn)
        if process is not None:
            self._check_forms(process, forms)
            if data is not None:
                self._check_agreement(process, data)
        if data is not None and data.procedure.code != self.folder.name:
            self._problem(
                YAML_NAME,
                f"Expected the folder's name {self.folder.name!r}, "
                f"but the code is {data.procedure.code!r}",
                key="code",
            )
        if self.problems or data is None or process is None or bpmn is None:
            raise ProcedureFolderError(self.problems)
        steps = _steps(process)
        return ProcedureFile(
            code=data.procedure.code,
            folder=self.folder,
            bpmn=bpmn,
            meta={**data.plain, "forms": forms},
            decision=data.decision,
            sample=data.sample,
            roles=frozenset(step.role for step in steps if step.role is not None),
            version=_version(data, steps),
            findings=findings,
        )

    def _problem(
        self, file: str, message: str, *, line: int | None = None, key: str | None = None
    ) -> None:
        self.problems.append(Problem(f"{self.folder.name}/{file}", message, line, key))

    def _bytes(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except OSError as cause:
            self._problem(name, f"Expected a file, but {cause.strerror}")
            return None

    def _yaml(self) -> ProcedureData | None:
        data = self._bytes(YAML_NAME)
        if data is None:
            return None
        try:
            return read_procedure_yaml(data, file=f"{self.folder.name}/{YAML_NAME}")
        except ProcedureYamlError as wrong:
            self.problems.extend(wrong.problems)
            return None

    def _forms(self) -> dict[str, dict[str, Any]]:
        forms, problems = read_forms(self.folder)
        self.problems.extend(problems)
        return forms

    def _diagram(self, bpmn: bytes | None) -> tuple[Process | None, tuple[Finding, ...]]:
        if bpmn is None:
            return None, ()
        name = f"{self.folder.name}.bpmn"
        try:
            diagram = read_diagram(bpmn)
            findings = lint(diagram)
        except DiagramRefusedError as refused:
            diagram, findings = None, refused.findings
        for finding in findings:
            if finding.severity is Severity.ERROR:
                self._problem(name, finding.message_en, line=finding.line, key=finding.code)
        headed = procedures(diagram) if diagram is not None else ()
        if diagram is not None and not headed:
            self._problem(name, "Expected mc:procedure on the process, but there is none")
        return (headed[0] if headed else None), findings

    def _check_forms(self, process: Process, forms: Mapping[str, dict[str, Any]]) -> None:
        wanted = {
            node.extension.form: node
            for node in process.nodes.values()
            if node.extension.form is not None
        }
        for form, node in wanted.items():
            if form not in forms and not (self.folder / FORMS_FOLDER / f"{form}.json").exists():
                self._problem(
                    f"{self.folder.name}.bpmn",
                    f"Expected {FORMS_FOLDER}/{form}.json for '{node.id}', but there is none",
                    line=node.line,
                )
        for form in forms.keys() - wanted.keys():
            self._problem(
                f"{FORMS_FOLDER}/{form}.json", "Expected a step that uses it, but there is none"
            )
        given = {field.name for form in forms.values() for field in fields_of(form)}
        for flow in process.flows.values():
            for name in sorted(_names_in(flow.condition or "") - given):
                self._problem(
                    f"{self.folder.name}.bpmn",
                    f"Expected a form with the field '{name}' for the condition of '{flow.id}', "
                    "but there is none",
                    line=flow.line,
                )

    def _check_agreement(self, process: Process, data: ProcedureData) -> None:
        head = process.extension
        if head is None:
            return
        for key, drawn, written in _pairs(head, data):
            if " ".join(drawn.split()) != " ".join(written.split()):
                self._problem(
                    YAML_NAME,
                    f"Expected {drawn!r} as in the diagram's mc:procedure, but got {written!r}",
                    key=key,
                )


def _pairs(head: ProcedureHead, data: ProcedureData) -> Iterator[tuple[str, str, str]]:
    """What the diagram's head and procedure.yaml both say: key, drawn, written."""
    yield "code", head.code, data.procedure.code
    yield "name", head.name, data.procedure.name
    yield "field", head.field, data.procedure.field
    yield "level", head.level, data.procedure.level
    yield "agency", head.agency or "", data.procedure.agency or ""
    yield "limit", head.total, str(data.limit)
    yield "regime", head.regime, data.regime
    yield "legal_basis", head.basis, data.basis
    yield "decision.number", head.decision or "", data.decision.number or ""
    yield "sample", str(head.sample), str(data.sample)


def _steps(process: Process) -> tuple[Step, ...]:
    return tuple(
        Step(
            element_id=node.id,
            name=node.name,
            kind=node.rule.kind,
            role=node.rule.role,
            unit=node.rule.unit,
            limit=Limit.parse(node.rule.limit) if node.rule.limit else None,
            form=node.extension.form,
            row=node.rule.row,
            generated=node.rule.generated,
        )
        for node in user_tasks(process)
        if node.rule is not None
    )


def _version(data: ProcedureData, steps: tuple[Step, ...]) -> ProcedureVersion:
    return ProcedureVersion(
        procedure=data.procedure,
        limit=data.limit,
        committed_limit=data.committed_limit,
        hard_area_limit=data.hard_area_limit,
        verification=data.verification,
        regime=data.regime,
        immediate_result=data.immediate_result,
        pause_policy=data.pause_policy,
        components=data.components,
        fees=data.fees,
        legal_basis=data.legal_basis,
        decision=data.decision,
        sample=data.sample,
        steps=steps,
    )


def _names_in(condition: str) -> set[str]:
    """The values a condition asks for."""
    try:
        tree = parse_expression(condition)
    except ExpressionRefusedError:
        return set()  # empty, or the linter has said so
    known = FUNCTIONS | CONSTANTS.keys()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - known

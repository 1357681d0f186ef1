"""Files of procedures: a decision's table into a diagram, a folder for publication, and back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from engine.catalog.export import exported
from engine.catalog.finding import Severity
from engine.catalog.linter import lint_bytes
from engine.catalog.loader import FORMS_FOLDER, YAML_NAME, ProcedureFolderError, read_forms
from engine.catalog.procedure_yaml import SAMPLE_WORD, read_procedure_yaml
from engine.catalog.publication import head_and_forms, last_values, publication_values
from engine.catalog.table import codes
from engine.catalog.table.builder import DEFAULT_REGIME, build
from engine.catalog.table.csv_file import MAX_BYTES
from engine.catalog.table.form_drafts import DRAFTS
from engine.catalog.table.grid_reader import with_code
from engine.catalog.table.office_file import MAX_BYTES as MAX_OFFICE_BYTES
from engine.catalog.table.office_file import OfficeReader
from engine.catalog.table.table_file import read_table_file
from engine.catalog.table.understanding import understood
from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable
    from engine.catalog.table.understanding import UnderstoodRow
    from engine.catalog.versions import PublishedVersion

_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Imported:
    """What an import made of a table: its rows as understood, and all findings."""

    rows: tuple[UnderstoodRow, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def import_table(path: Path, *, code: str, out: Path) -> Imported:
    """Write the diagram of a decision's table; gives its rows and all findings.

    The diagram is written even when there are errors, so that they can be mended in it. When
    `out` lies in the procedure's own folder (named like its code), missing forms and a draft of
    procedure.yaml are written beside it, never over existing ones; an existing procedure.yaml
    gives basis, decision, regime, agency and the mark of a sample.

    Raises:
        BadInputError, TableRefusedError: the table cannot be read at all, or `out` cannot be
            written.
        ProcedureYamlError: the folder's procedure.yaml is wrong.
    """
    if not code.strip():
        raise BadInputError("Expected the code of the procedure (--code), but it is empty")
    data = _read(path, most=MAX_OFFICE_BYTES)
    with OfficeReader() as reader:
        table = read_table_file(data, path.suffix.lower(), reader)
    return write_diagram(table, code=code, out=out)


def write_diagram(table: DecisionTable, *, code: str, out: Path) -> Imported:
    """Write the diagram of a table; see `import_table`.

    Raises:
        BadInputError: the table has no rows, or `out` cannot be written.
        ProcedureYamlError: the folder's procedure.yaml is wrong.
    """
    own_code = table.code
    table = with_code(table, code)
    findings = list(table.findings)
    if own_code and own_code != code:
        findings.append(
            codes.CODE_DIFFERS.found(
                None,
                f"Bảng ghi mã {own_code}, sơ đồ được lập với mã {code}.",
                f"The table has the code {own_code}, the diagram is made with {code}.",
            )
        )
    yaml_file = out.parent / YAML_NAME
    is_own_folder = out.parent.name == code
    if is_own_folder and not yaml_file.exists() and table.total.limit is not None:
        _write(yaml_file, _draft_yaml(table).encode())
    built = build(table, **_head_of(yaml_file, table))
    _write(out, built.bpmn)
    if is_own_folder:
        _complete_forms(out.parent, built.bpmn)
    return Imported(understood(table), (*findings, *built.findings, *lint_bytes(built.bpmn)))


def export_version(version: PublishedVersion, *, form: str, out: Path) -> None:
    """Write a published diagram in one of FORMS.

    Raises:
        BadInputError: another form is asked for, or `out` cannot be written.
    """
    _write(out, exported(version.bpmn, form=form))


def procedure_folder(file: Path, bpmn: bytes, *, db: Connection) -> dict[str, Any]:
    """The values a diagram is published with: procedure.yaml and forms beside it.

    Without a procedure.yaml beside it they are those of the procedure's last version, and what
    the diagram's head says goes before; a procedure never published has the standard forms.

    Raises:
        BadInputError: the diagram has no procedure's head, or says other than procedure.yaml.
        ProcedureFolderError: a form is wrong or missing.
    """
    head, _ = head_and_forms(bpmn)
    yaml_file = file.parent / YAML_NAME
    if not yaml_file.exists():
        return publication_values(bpmn, last_values(db, head.code))
    data = read_procedure_yaml(_read(yaml_file))
    if data.procedure.code != head.code:
        raise BadInputError(
            f"Expected {YAML_NAME} of {head.code!r}, but it is of {data.procedure.code!r}"
        )
    forms, problems = read_forms(file.parent)
    if problems:
        raise ProcedureFolderError(problems)
    return publication_values(bpmn, {**data.plain, "forms": forms}, own_folder=True)


def _head_of(yaml_file: Path, table: DecisionTable) -> dict[str, Any]:
    """What the diagram's head takes from procedure.yaml."""
    if not yaml_file.exists():
        return {"regime": DEFAULT_REGIME}
    data = read_procedure_yaml(_read(yaml_file))
    if data.procedure.code != table.code:
        return {"regime": DEFAULT_REGIME}
    return {
        "regime": data.regime,
        "basis": data.basis,
        "decision": data.decision.number,
        "agency": data.procedure.agency,
        "sample": data.sample,
    }


def _draft_yaml(table: DecisionTable) -> str:
    """A procedure.yaml to fill in; what no source gives is marked, and the version a sample."""
    total = table.total
    decided = _DATE.search(table.source) if table.decision else None
    draft: dict[str, Any] = {
        "code": table.code,
        "name": table.name or f"{SAMPLE_WORD}: tên thủ tục",
        "field": table.field or f"{SAMPLE_WORD}: lĩnh vực",
        "level": table.level or f"{SAMPLE_WORD}: cấp",
        "limit": str(total.limit),
    }
    if total.hard_area is not None:
        draft["hard_area_limit"] = str(total.hard_area)
    if total.verification is not None:
        draft["verification"] = {"limit": str(total.verification)}
    elif total.verification_extra is not None:
        draft["verification"] = {"extra": str(total.verification_extra)}
    draft |= {
        "regime": DEFAULT_REGIME,
        "components": [
            {
                "code": "don_de_nghi",
                "name": f"{SAMPLE_WORD}: đơn đề nghị",
                "original": 1,
                "sample": True,
            }
        ],
        "fees": [],
        "legal_basis": [f"{SAMPLE_WORD}: điền căn cứ pháp lý"],
        "decision": {
            "number": table.decision or f"{SAMPLE_WORD}: chưa có quyết định",
            "decided_on": f"{decided[3]}-{int(decided[2]):02}-{int(decided[1]):02}"
            if decided
            else None,
            "authority": f"{SAMPLE_WORD}: điền cơ quan phê duyệt",
            "effective_on": "2026-11-01",
        },
        "sample": True,
    }
    text: str = yaml.safe_dump(draft, allow_unicode=True, sort_keys=False, width=100)
    # Dates stand without quotes in YAML.
    return re.sub(r"'(\d{4}-\d{2}-\d{2})'", r"\1", text)


def _complete_forms(folder: Path, bpmn: bytes) -> None:
    _, wanted = head_and_forms(bpmn)
    for name in sorted(wanted & DRAFTS.keys()):
        file = folder / FORMS_FOLDER / f"{name}.json"
        if not file.exists():
            text = json.dumps(DRAFTS[name], ensure_ascii=False, indent=2)
            _write(file, f"{text}\n".encode())


def _read(path: Path, *, most: int = MAX_BYTES) -> bytes:
    try:
        if path.stat().st_size > most:
            raise BadInputError(f"Expected a file of at most {most} bytes, but {path} is larger")
        return path.read_bytes()
    except OSError as cause:
        raise BadInputError(f"Expected a readable file, but {path}: {cause.strerror}") from cause


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as cause:
        raise BadInputError(f"Expected a writable file, but {path}: {cause.strerror}") from cause

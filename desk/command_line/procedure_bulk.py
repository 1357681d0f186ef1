"""`motcua procedure import-all`: a folder or ZIP of tables becomes diagrams, with a report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.procedure_files import write_diagram
from engine.catalog.finding import Severity
from engine.catalog.table.archive import MAX_ENTRIES
from engine.catalog.table.many import MAX_ARCHIVE, archived, code_of, read_ahead
from engine.catalog.table.office_file import MAX_BYTES, OfficeReader, TableRefusedError
from engine.catalog.table.table_file import ENDINGS
from engine.errors import BadInputError, OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.catalog.finding import Finding
    from engine.catalog.table.decision_table import DecisionTable
    from engine.catalog.table.many import File

REPORT: Final = "bao_cao.json"


@dataclass(frozen=True)
class Taken:
    """What became of one table of many."""

    file: str
    code: str | None
    out: str | None
    rows: int
    findings: tuple[Finding, ...]
    refused: str | None = None

    @property
    def ok(self) -> bool:
        """Whether a diagram was written and no finding is an error."""
        return self.refused is None and not any(
            finding.severity is Severity.ERROR for finding in self.findings
        )

    def as_json(self) -> dict[str, Any]:
        """The report's entry."""
        return {
            "file": self.file,
            "code": self.code,
            "out": self.out,
            "rows": self.rows,
            "ok": self.ok,
            "refused": self.refused,
            "findings": [finding.as_json() for finding in self.findings],
        }


@click.command("import-all")
@click.argument("source", type=click.Path(path_type=Path), metavar="DIR|ZIP")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for diagrams.")
@json_option
def import_all(*, source: Path, out: Path, as_json: bool) -> None:
    """Many tables at once: OUT/<code>/<code>.bpmn each, and a report of all findings.

    At most 2,000 files. A table that cannot be read is in the report; the others are written.
    Codes are those in the tables, else the file's name. Exit 1 when a table has an error.
    """
    taken = list(_taken(source, out))
    good = sum(each.ok for each in taken)
    document = {
        "out": str(out),
        "files": len(taken),
        "ok": good,
        "with_errors": len(taken) - good,
        "tables": [each.as_json() for each in taken],
    }
    report = out / REPORT
    try:
        out.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as cause:
        raise BadInputError(f"Expected a writable folder, but {out}: {cause.strerror}") from cause
    answer(document, as_json=as_json, lines=lambda: _lines(taken, report))
    if good < len(taken):
        click.get_current_context().exit(1)


def _lines(taken: list[Taken], report: Path) -> Iterator[str]:
    for each in taken:
        if each.refused is not None:
            yield f"{each.file}: không nhận: {each.refused}"
            continue
        counts = [
            f"{sum(f.severity is severity for f in each.findings)} {severity}"
            for severity in (Severity.ERROR, Severity.WARNING)
        ]
        yield f"{each.file}: {each.code}, {each.rows} bước, {', '.join(counts)}"
    good = sum(each.ok for each in taken)
    yield f"{good} bảng không lỗi, {len(taken) - good} bảng có lỗi; báo cáo: {report}"


def _taken(source: Path, out: Path) -> Iterator[Taken]:
    written: dict[str, str] = {}
    with OfficeReader() as reader:
        for name, table in read_ahead(_files(source), reader):
            yield _one(name, table, out, written)


def _one(
    name: str, table: DecisionTable | OfficeError, out: Path, written: dict[str, str]
) -> Taken:
    """One table; `written` are the codes that have a diagram, with their files."""
    if isinstance(table, TableRefusedError):
        return Taken(name, None, None, 0, table.findings, table.message)
    if isinstance(table, OfficeError):
        return Taken(name, None, None, 0, (), table.message)
    code: str | None = None
    try:
        code = code_of(table, name)
        if code in written:
            raise BadInputError(f"Expected one table of {code}, but {written[code]} has it already")
        target = out / code / f"{code}.bpmn"
        made = write_diagram(table, code=code, out=target)
    except OfficeError as refused:
        return Taken(name, code, None, 0, (), refused.message)
    written[code] = name
    return Taken(name, code, str(target), len(table.rows), made.findings)


def _files(source: Path) -> Iterator[File]:
    """The tables of a folder or ZIP by name, one at a time; a text says why one is not read."""
    try:
        if source.is_dir():
            yield from _of_folder(source)
        elif source.stat().st_size > MAX_ARCHIVE:
            raise BadInputError(f"Expected a ZIP of at most {MAX_ARCHIVE} bytes, but it is larger")
        else:
            yield from archived(source.read_bytes())
    except OSError as cause:
        raise BadInputError(f"Expected a readable folder or ZIP, but {source}: {cause}") from cause


def _of_folder(source: Path) -> Iterator[File]:
    files = sorted(
        path
        for path in source.rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file() and not path.name.startswith("~$")
    )
    if len(files) > MAX_ENTRIES:
        raise BadInputError(f"Expected at most {MAX_ENTRIES} tables, but there are {len(files)}")
    for path in files:
        name = path.relative_to(source).as_posix()
        if path.is_symlink():
            yield name, "Expected a file, but it is a link"
        elif path.stat().st_size > MAX_BYTES:
            yield name, f"Expected at most {MAX_BYTES} bytes, but it is larger"
        else:
            yield name, path.read_bytes()

"""`motcua procedure …`: procedures in force, and the way of a diagram from table to publication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, finding_lines, json_option
from desk.command_line.books import looking, writing
from desk.command_line.procedure_bulk import import_all
from desk.command_line.procedure_files import (
    export_version,
    import_table,
    procedure_folder,
)
from desk.command_line.procedure_migrate import migrate
from desk.command_line.procedure_versions import abolish, diff
from desk.command_line.trial import trial
from desk.command_line.values import DATE, read_file
from engine.catalog.diagram import read_diagram
from engine.catalog.export import FORMS
from engine.catalog.finding import Severity
from engine.catalog.linter.staffing import check_staffing
from engine.catalog.model import Decision
from engine.catalog.versions import procedures_in_force, version_number, versions_of
from engine.catalog.views import head, whole
from engine.clock import office_date
from engine.procedures.publish_procedure import findings_of, publish_procedure
from engine.staff.queries import agency_by_code, roles_held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date


file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def procedure() -> None:
    """Procedures (thủ tục hành chính): list, check, try, publish."""


procedure.add_command(trial)
procedure.add_command(import_all)
procedure.add_command(diff)
procedure.add_command(migrate)
procedure.add_command(abolish)


@procedure.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Procedures in force today."""
    with looking() as (db, clock):
        items = [head(v) for v in procedures_in_force(db, office_date(clock.now()))]
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: [
            f"{i['code']:<12} {i['limit']:<9} {i['level']:<5} {i['name']}"
            f"{'  [MẪU]' if i['sample'] else ''}"
            for i in items
        ],
    )


@procedure.command()
@click.argument("code")
@click.option("--version", "number", type=int, help="Another version than the one in force.")
@json_option
def show(*, code: str, number: int | None, as_json: bool) -> None:
    """One procedure: limit, decision, components, steps."""
    with looking() as (db, clock):
        version = version_number(db, code, number, office_date(clock.now()))
        document = whole(version, [n for n, _ in versions_of(db, code)])
    answer(document, as_json=as_json, lines=lambda: _show_lines(document))


@procedure.command()
@file_argument
@click.option("--agency", metavar="CODE", help="Also ask whether its people hold every role.")
@json_option
def check(*, file: Path, agency: str | None, as_json: bool) -> None:
    """The linter: all findings; exit 1 when one is an error."""
    bpmn = read_file(file)
    findings = findings_of(bpmn)
    if agency is not None:
        with looking() as (db, clock):
            agency_by_code(db, agency)
            people = {agency: roles_held(db, agency, office_date(clock.now()))}
        findings += tuple(check_staffing(read_diagram(bpmn), people))
    ok = not any(f.severity is Severity.ERROR for f in findings)
    document = {"findings": [f.as_json() for f in findings], "ok": ok}
    answer(document, as_json=as_json, lines=lambda: finding_lines(findings))
    if not ok:
        click.get_current_context().exit(1)


@procedure.command("import")
@file_argument
@click.option("--code", required=True, help="Code of the procedure.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The diagram's file.")
@json_option
def import_(*, file: Path, code: str, out: Path, as_json: bool) -> None:
    """A decision's table (.docx, .xlsx, .csv, pasted .txt) becomes a diagram.

    What was understood is shown row by row; a `!` names what was assumed or is unclear.
    """
    made = import_table(file, code=code, out=out)
    document = {
        "out": str(out),
        "rows": [row.as_json() for row in made.rows],
        "findings": [f.as_json() for f in made.findings],
        "ok": made.ok,
    }
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            *(row.line() for row in made.rows),
            f"Đã ghi {out}",
            *finding_lines(made.findings),
        ],
    )


@procedure.command("export")
@click.argument("code")
@click.option("--version", "number", type=int)
@click.option("--format", "form", type=click.Choice(FORMS), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@json_option
def export_(*, code: str, number: int | None, form: str, out: Path, as_json: bool) -> None:
    """A published diagram as the annex of a decision, a table, a picture, or as it stands."""
    with looking() as (db, clock):
        version = version_number(db, code, number, office_date(clock.now()))
    export_version(version, form=form, out=out)
    answer({"out": str(out)}, as_json=as_json, lines=lambda: [f"Đã ghi {out}"])


@procedure.command()
@file_argument
@click.option("--decision", required=True, metavar="NO", help="Number of the decision.")
@click.option("--decided-on", type=DATE, required=True)
@click.option("--authority", required=True, metavar="NAME", help="Who decided.")
@click.option("--effective-on", type=DATE, required=True)
@json_option
def publish(
    *,
    file: Path,
    decision: str,
    decided_on: date,
    authority: str,
    effective_on: date,
    as_json: bool,
) -> None:
    """Bring a diagram into force; running cases keep their version."""
    bpmn = read_file(file)
    with writing() as (db, clock):
        meta = procedure_folder(file, bpmn, db=db)
        number, findings = publish_procedure(
            db,
            clock,
            bpmn=bpmn,
            meta=meta,
            decision=Decision(decision.strip(), decided_on, authority.strip(), effective_on),
            sample=False,
            by="designer",
        )
    document = {
        "code": meta["code"],
        "version": number,
        "effective_on": effective_on.isoformat(),
        "findings": [f.as_json() for f in findings],
    }
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            f"{meta['code']}: phiên bản {number}, hiệu lực từ {effective_on:%d/%m/%Y}",
            *finding_lines(findings),
        ],
    )


def _show_lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"{document['code']}  {document['name']}{'  [MẪU]' if document['sample'] else ''}"
    yield f"  Lĩnh vực: {document['field']}; cấp {document['level']}; thời hạn {document['limit']}"
    yield (
        f"  Phiên bản {document['version']}, hiệu lực từ {document['effective_on']}, "
        f"quyết định: {document['decision'] or 'chưa có'}"
    )
    for step in document["steps"]:
        yield f"  {step['step_id']}: {step['name']} ({step['unit']}, {step['limit'] or '0'})"

"""`motcua procedure trial`: plays a diagram without an office, on a virtual clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, finding_lines, json_option
from desk.command_line.values import read_file
from engine.catalog.diagram import read_diagram
from engine.catalog.finding import DiagramRefusedError
from engine.catalog.forms import defaults
from engine.catalog.loader import read_forms
from engine.catalog.named_instants import NamedInstants
from engine.catalog.years import seed_calendar
from engine.clock import iso_office, office_instant, office_time
from engine.errors import BadInputError
from engine.sla.office_hours import OfficeTime
from engine.workflow.play import read_play
from engine.workflow.trial import run_trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.catalog.diagram import Diagram
    from engine.catalog.finding import Finding
    from engine.workflow.trial import Outcome

STARTS_AT = office_instant("2026-11-16T07:30")
"""Where the virtual clock of a trial begins: the first morning of a training office."""

_KINDS = {
    "timer": "hẹn giờ",
    "message": "thông điệp",
    "signal": "tín hiệu",
    "conditional": "điều kiện",
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--process",
    "process_ids",
    multiple=True,
    metavar="ID",
    help="A process of the file; repeat it to play several together.",
)
@click.option(
    "--play",
    "play_file",
    type=click.Path(path_type=Path),
    metavar="PLAY.json",
    help='{"data": {…}, "moves": [{"complete": "A", "data": {…}}, {"advance": "PT5H"}, '
    '{"message": "M"}, {"signal": "S"}]}; without it, open steps complete by themselves.',
)
@json_option
def trial(
    *, file: Path, process_ids: tuple[str, ...], play_file: Path | None, as_json: bool
) -> None:
    """Play a diagram without an office, on a virtual clock."""
    bpmn = read_file(file)
    play = read_play(read_file(play_file)) if play_file is not None else None
    try:
        diagram = read_diagram(bpmn)
        outcome = run_trial(
            bpmn,
            process_ids,
            play,
            now=STARTS_AT,
            instants=NamedInstants(diagram, OfficeTime(seed_calendar())),
            defaults=_form_defaults(file.parent, diagram),
        )
    except DiagramRefusedError as refusal:
        found = refusal.findings
        document = _document(None, found)
        _tell(document, refusal.code, refusal.message)
        answer(document, as_json=as_json, lines=lambda: finding_lines(found))
        click.get_current_context().exit(1)
    document = _document(outcome, outcome.findings)
    if outcome.findings:
        _tell(document, outcome.findings[0].code, outcome.findings[0].message_en)
    names = {id_: node.name for each in diagram.processes for id_, node in each.nodes.items()}
    answer(document, as_json=as_json, lines=lambda: _lines(outcome, names))
    if outcome.findings:
        click.get_current_context().exit(1)


def _form_defaults(folder: Path, diagram: Diagram) -> dict[str, dict[str, Any]]:
    """What each step's form gives when nobody fills it in, where the folder has the form."""
    forms, _ = read_forms(folder)
    found: dict[str, dict[str, Any]] = {}
    for process in diagram.processes:
        for node in process.nodes.values():
            form = forms.get(node.extension.form or "")
            if form is not None:
                try:
                    found[node.id] = defaults(form)
                except BadInputError:  # A form that wants an answer of a person has no defaults.
                    continue
    return found


def _tell(document: dict[str, Any], code: str, message: str) -> None:
    """The refusal as one line, and as a part of the document."""
    line = " ".join(message.split())
    click.echo(f"error: {code}: {line}", err=True)
    document["error"] = {"code": code, "message": line, "details": {}}


def _document(outcome: Outcome | None, findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "trace": list(outcome.trace) if outcome else [],
        "ended": bool(outcome and outcome.ended),
        "open": list(outcome.open) if outcome else [],
        "findings": [each.as_json() for each in findings],
        "now": iso_office(outcome.now if outcome else STARTS_AT),
        "waiting": [
            {
                "element_id": each.element_id,
                "kind": each.kind,
                "text": each.text,
                "due_at": iso_office(each.due_at) if each.due_at else None,
            }
            for each in (outcome.waiting if outcome else ())
        ],
    }


def _lines(outcome: Outcome, names: Mapping[str, str]) -> Iterator[str]:
    def called(element_id: str) -> str:
        return f"{element_id}  {names[element_id]}" if names.get(element_id) else element_id

    yield f"Đã làm xong {len(outcome.trace)} hoạt động:"
    for place, element_id in enumerate(outcome.trace, start=1):
        yield f"  {place:>3}. {called(element_id)}"
    if outcome.open:
        yield "Đang mở:"
        yield from (f"  - {called(element_id)}" for element_id in outcome.open)
    if outcome.waiting:
        yield "Đang chờ:"
        for each in outcome.waiting:
            due = f", đến {office_time(each.due_at):%H:%M %d/%m/%Y}" if each.due_at else ""
            yield f"  - {called(each.element_id)} ({_KINDS[each.kind]} {each.text}{due})"
    if outcome.findings:
        yield from finding_lines(outcome.findings)
    state = "Quy trình đã kết thúc." if outcome.ended else "Quy trình chưa kết thúc."
    yield f"{state} Đồng hồ chạy thử: {office_time(outcome.now):%H:%M %d/%m/%Y}."

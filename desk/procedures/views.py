"""The designer's catalogue: all procedures, the versions of each, what changed between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from desk.access import allow, me, staff
from desk.diagram import diagram_answer, shown
from desk.procedures.catalogue import LONGEST_SEARCH, listing, this_year
from desk.procedures.marks import LIMITS, limit_notes, marks_of
from desk.procedures.room import AUTHORS, READERS, procedures
from desk.transaction import db, office_clock
from desk.wording import rate_names
from engine.catalog.catalogue import entry_of
from engine.catalog.difference import differences
from engine.catalog.export import FORMS, exported
from engine.catalog.proposals import approvers_of, open_proposals
from engine.catalog.versions import version_number
from engine.clock import office_date
from engine.errors import BadInputError
from engine.procedures.running import running_by_version
from engine.reports.procedure_figures import procedure_figures
from engine.staff.queries import names_of_officers

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from engine.catalog.catalogue import Entry

RULE = staff(*READERS)

TYPES = {
    "table.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "table.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "table.csv": "text/csv; charset=utf-8",
    "bpmn": "application/xml; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


@procedures.get("/designer")
@allow(RULE)
def overview() -> ResponseReturnValue:
    """All procedures; what is chosen stands in the address."""
    chosen = {
        "tim": request.args.get("tim", "")[:LONGEST_SEARCH],
        "linh-vuc": request.args.get("linh-vuc", ""),
        "cap": request.args.get("cap", ""),
    }
    found = listing(
        db(),
        office_clock(),
        search=chosen["tim"],
        field=chosen["linh-vuc"],
        level=chosen["cap"],
        page=request.args.get("trang", "1"),
    )
    return render_template(
        "procedures.html",
        found=found,
        chosen=chosen,
        proposals=open_proposals(db()),
        may_draft=me().holds(*AUTHORS),
    )


@procedures.get("/designer/<code>/versions")
@allow(RULE)
def versions(code: str) -> ResponseReturnValue:
    """One procedure: its versions with their decisions, cases, figures and files."""
    entry = entry_of(db(), code)
    today = office_date(office_clock().now())
    window = this_year(office_clock())
    current = entry.in_force(today)
    latest = current or entry.versions[-1]
    whole = version_number(db(), code, latest.number, today)
    drawn = shown(
        whole.bpmn,
        whole.process,
        source=url_for("procedures.file", code=code, version=latest.number),
        name="version",
        marks={},
    )
    return render_template(
        "procedure.html",
        entry=entry,
        current=current,
        abolished=entry.abolished(today),
        latest=latest,
        limit=whole.limit,
        diagram=drawn,
        today=today,
        running=running_by_version(db(), code),
        window=window,
        figures=procedure_figures(db(), office_clock(), window).get(code),
        forms=FORMS,
        rate_names=rate_names(),
        approvers=approvers_of(db(), code),
        names=names_of_officers(db(), set(approvers_of(db(), code).values())),
    )


@procedures.get("/designer/<code>/versions/<int:version>/diagram")
@allow(RULE)
def file(code: str, version: int) -> ResponseReturnValue:
    """A version's diagram for the viewer."""
    found = version_number(db(), code, version, _today())
    return diagram_answer(found.bpmn, f"{code}-v{version}.bpmn")


@procedures.get("/designer/<code>/versions/<int:version>/<form>")
@allow(RULE)
def export(code: str, version: int, form: str) -> ResponseReturnValue:
    """A version as a file: the annex's table, the diagram, its picture."""
    found = version_number(db(), code, version, _today())
    answer = Response(exported(found.bpmn, form=form), content_type=TYPES[form])
    name = f"{code}-v{version}.{form.rpartition('.')[2]}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@procedures.get("/designer/<code>/difference")
@allow(RULE)
def difference(code: str) -> ResponseReturnValue:
    """What changed in meaning between two versions: as text, and drawn on both diagrams."""
    entry = entry_of(db(), code)
    before, after = _pair(entry)
    old = version_number(db(), code, before, _today())
    new = version_number(db(), code, after, _today())
    changes = differences(old.process, new.process)
    old_marks, new_marks = marks_of(changes)
    pictures = [
        (
            gettext("Phiên bản %(number)d (trước)", number=before),
            shown(
                old.bpmn,
                old.process,
                source=url_for("procedures.file", code=code, version=before),
                name="before",
                marks=old_marks,
            ),
        ),
        (
            gettext("Phiên bản %(number)d (sau)", number=after),
            shown(
                new.bpmn,
                new.process,
                source=url_for("procedures.file", code=code, version=after),
                name="after",
                marks=new_marks,
                notes=limit_notes(changes),
            ),
        ),
    ]
    return render_template(
        "procedure_difference.html",
        entry=entry,
        before=before,
        after=after,
        changes=changes,
        limits=sum(change.field in LIMITS for change in changes),
        pictures=pictures,
    )


def _pair(entry: Entry) -> tuple[int, int]:
    """The two versions of the address; without them the last one and the one before."""
    numbers = [each.number for each in entry.versions]
    after = _number("to", numbers[-1])
    earlier = [number for number in numbers if number < after]
    return _number("from", earlier[-1] if earlier else after), after


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - digits of a version
        raise BadInputError(f"Expected the number of a version, but got {text[:20]!r}")
    return int(text)


def _today() -> date:
    return office_date(office_clock().now())

"""Letters and slips of a case: on the screen, ready to print, and as PDF from one template."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import segno
from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup
from sqlalchemy import select

from desk.access import allow, me, staff
from desk.paper.docx_letter import EDITABLE, docx_of
from desk.paper.pdf import pdf_of
from desk.tracking.token import tracking_address
from desk.transaction import db, office_clock, settings
from engine.cases.file import CaseFile, read_case
from engine.cases.letters import replaced_by
from engine.cases.tables import letter as letters
from engine.cases.views import whole
from engine.catalog.regime import FormMeaning, form
from engine.clock import office_date, office_time
from engine.documents.file_kind import DOCX
from engine.documents.plain_text import HEADING, title_of
from engine.staff.queries import agency_by_code, officer_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

paper = Blueprint("paper", __name__)


@paper.get("/desk/cases/<number>/letters/<int:letter_id>")
@allow(staff(of_case=True))
def letter(number: str, letter_id: int) -> ResponseReturnValue:
    """A letter as issued, ready to print."""
    return render_template("paper/page.html", **_letter(number, letter_id))


@paper.get("/desk/cases/<number>/letters/<int:letter_id>.pdf")
@allow(staff(of_case=True))
def letter_pdf(number: str, letter_id: int) -> ResponseReturnValue:
    """The same letter as PDF."""
    found = _letter(number, letter_id)
    return _as_pdf(render_template("paper/sheet.html", **found), f"{number}-{letter_id}")


@paper.get("/desk/cases/<number>/letters/<int:letter_id>.docx")
@allow(staff(of_case=True))
def letter_docx(number: str, letter_id: int) -> ResponseReturnValue:
    """The same letter for Word, where it is one that clerks edit."""
    found = _letter(number, letter_id)
    if found["meaning"] not in EDITABLE:
        abort(404)
    answer = Response(docx_of(found, settings().letter_templates), content_type=DOCX.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}-{letter_id}.docx"'
    return answer


@paper.get("/desk/cases/<number>/control-slip")
@allow(staff(of_case=True))
def control_slip(number: str) -> ResponseReturnValue:
    """The chain of handovers (phiếu kiểm soát), as far as it has come."""
    return render_template("paper/page.html", **_slip(number))


@paper.get("/desk/cases/<number>/control-slip.pdf")
@allow(staff(of_case=True))
def control_slip_pdf(number: str) -> ResponseReturnValue:
    """The control slip as PDF."""
    return _as_pdf(render_template("paper/sheet.html", **_slip(number)), f"{number}-kiem-soat")


def _letter(number: str, letter_id: int) -> dict[str, Any]:
    file = read_case(db(), office_clock(), number)
    row = (
        db()
        .execute(select(letters).where(letters.c.id == letter_id, letters.c.case_id == file.id))
        .one_or_none()
    )
    if row is None:
        abort(404)
    meaning = FormMeaning(row.meaning)
    return _sheet(file) | {
        "meaning": row.meaning,
        "title": title_of(meaning, _received_on(file)),
        "form_label": row.form,
        "letter_number": row.number,
        "issued_at": office_time(row.issued_at),
        "content": json.loads(row.content),
        "pdf": ("paper.letter_pdf", {"number": number, "letter_id": letter_id}),
        "docx": ("paper.letter_docx", {"number": number, "letter_id": letter_id})
        if row.meaning in EDITABLE
        else None,
        "replaced_by": replaced_by(file, row.number),
        "qr": _qr(tracking_address(number)) if meaning is FormMeaning.TIEP_NHAN else None,
        "component_names": {
            str(c["code"]): str(c["name"]) for c in file.version.meta.get("components", [])
        },
    }


def _slip(number: str) -> dict[str, Any]:
    file = read_case(db(), office_clock(), number)
    official = form(FormMeaning.KIEM_SOAT, _received_on(file))
    return _sheet(file) | {
        "meaning": str(FormMeaning.KIEM_SOAT),
        "title": title_of(FormMeaning.KIEM_SOAT, _received_on(file)),
        "form_label": official.label if official else "",
        "letter_number": None,
        "issued_at": office_time(file.now),
        "legs": whole(file)["legs"],
        "pdf": ("paper.control_slip_pdf", {"number": number}),
        "docx": None,
        "qr": None,
    }


def _sheet(file: CaseFile) -> dict[str, Any]:
    return {
        "file": file,
        "case_number": file.number,
        "owner": json.loads(file["owner_data"]),
        "agency": agency_by_code(db(), file["agency_code"]).name,
        "names": officer_names(db(), me().agency),
        "heading": HEADING,
    }


def _received_on(file: CaseFile) -> Any:
    return office_date(file["received_at"] or file["registered_at"])


def _qr(address: str) -> Markup:
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=3, border=2, title="QR"
    )
    # Made by us from our own address: numbers and a token, nothing a person typed.
    return Markup(out.getvalue().decode())  # noqa: S704 (see above)


def _as_pdf(sheet: str, name: str) -> Response:
    answer = Response(pdf_of(sheet), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer

"""Reception on one page: find the procedure, tick the papers, see the due date, print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from desk.access import ONE_STOP, allow, me, staff
from desk.attachments.uploads import (
    Upload,
    attach_all,
    refused_name,
    takes_files,
    uploaded_or_refused,
)
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import errors_of
from desk.reception.forms import ReceptionForm, components_of, reception_form
from desk.transaction import db, office_clock
from engine.cases.idempotency import once
from engine.cases.intake.checklist import missing_components
from engine.cases.intake.preview_due import preview_due
from engine.cases.intake.receive_case import receive_case
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.lists.case_list import similar_open_cases
from engine.cases.search_text import folded
from engine.cases.training import is_training
from engine.cases.views import first_letter_id
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.versions import PublishedVersion, procedures_in_force, version_in_force
from engine.clock import office_date
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import agency_accepts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

MOST_PROCEDURES = 12
FILE_FIELD = "file_"
"""A field for files; the component's code follows, nothing for other papers."""
ACCEPT, SUPPLEMENT, REFUSE = "accept", "supplement", "refuse"

reception = Blueprint("reception", __name__)


@dataclass(frozen=True)
class Choice:
    """A procedure that may be received here."""

    code: str
    name: str
    field: str
    limit: str
    sample: bool


@reception.get("/desk/receive")
@allow(staff(ONE_STOP))
def receive() -> ResponseReturnValue:
    """Choose a procedure, then fill in the rest."""
    code = request.args.get("thu-tuc")
    if code is None:
        return render_template("receive_choose.html", **_choices())
    version = version_in_force(db(), code, office_date(office_clock().now()))
    form = reception_form(version)
    form.stamp(0)
    return _page(version, form)


@reception.get("/desk/receive/procedures")
@allow(staff(ONE_STOP))
def procedures() -> ResponseReturnValue:
    """The procedures that a few typed letters mean, accents or not."""
    return render_template("receive_procedures.html", **_choices())


@reception.get("/desk/receive/due")
@allow(staff(ONE_STOP))
def due() -> ResponseReturnValue:
    """The due date as it would be now, with its reasons."""
    version = version_in_force(
        db(), request.args.get("thu-tuc", ""), office_date(office_clock().now())
    )
    form = reception_form(version)
    form.process(request.args)
    return render_template("receive_due.html", preview=_preview(version, form), version=version)


@reception.post("/desk/receive")
@allow(staff(ONE_STOP))
@takes_files
def enter() -> ResponseReturnValue:
    """Accept, ask for a supplement, or refuse."""
    uploads, bad_file = uploaded_or_refused(FILE_FIELD)
    version = version_in_force(
        db(), request.form.get("thu-tuc", ""), office_date(office_clock().now())
    )
    form = reception_form(version)
    if not form.validate() or not _sensible(version, form):
        return _page(version, form, uploads=uploads), UNPROCESSABLE
    if bad_file is not None:
        status, said = refusal_said(bad_file)
        if status != UNPROCESSABLE:
            raise bad_file
        said = refused_name(bad_file) + said
        return _page(version, form, uploads=uploads, refused=said), status
    similar = _similar(version, form)
    if similar and not form.duplicate_ok.data:
        return _page(version, form, uploads=uploads, similar=similar), UNPROCESSABLE
    try:
        told = once(
            db(),
            office_clock(),
            key=f"desk:{me().code}:{form.key.data}" if form.key.data else None,
            request={"receive": version.procedure_code, "owner": form.owner.data},
            act=lambda: _act(version, form, uploads),
        )
    except OfficeError as refusal:
        status, refused = refusal_said(refusal)
        if status != UNPROCESSABLE:
            raise
        return _page(version, form, uploads=uploads, refused=refused), status
    return redirect(url_for("paper.letter", number=told["number"], letter_id=told["letter"], moi=1))


def _act(
    version: PublishedVersion, form: ReceptionForm, uploads: Sequence[Upload]
) -> dict[str, Any]:
    person = me()
    what = form.do.data or ACCEPT
    file = receive_case(
        db(),
        office_clock(),
        procedure=version.procedure_code,
        agency=person.agency,
        owner=form.owner.data,
        channel=form.channel.data,
        by=person.code,
        data={"components": components_of(form, version), "owner": form.owner_data()},
        submitted_only=what != ACCEPT,
        handed_over_at=form.instant("handed_over_at") if _is_postal(form) else None,
        competent_received_at=form.instant("competent_received_at"),
        receiving_agency=form.receiving_agency.data or None,
        paid=form.paid(),
    )
    if what == SUPPLEMENT:
        missing = missing_components(version, components_of(form, version))
        request_supplement(
            db(),
            office_clock(),
            number=file.number,
            reason=form.reason.data,
            components=missing,
            by=person.code,
        )
    elif what == REFUSE:
        refuse_case(
            db(),
            office_clock(),
            number=file.number,
            reason=form.reason.data,
            signer=person.code,
            by=person.code,
        )
    attach_all(file.number, uploads)
    return {"number": file.number, "letter": first_letter_id(db(), file.number)}


def _sensible(version: PublishedVersion, form: ReceptionForm) -> bool:
    what = form.do.data or ACCEPT
    missing = missing_components(version, components_of(form, version))
    names = {str(c["code"]): str(c["name"]) for c in version.meta.get("components", [])}
    shown = ", ".join(names[code] for code in missing)
    if what == ACCEPT and missing:
        form[f"c_{missing[0]}"].errors = [
            gettext("Còn thiếu %(papers)s: hãy chọn «Yêu cầu bổ sung».", papers=shown)
        ]
        return False
    if what == SUPPLEMENT and not missing:
        form.reason.errors = [gettext("Chưa đánh dấu giấy tờ nào còn thiếu.")]
        return False
    if what in (SUPPLEMENT, REFUSE) and not form.reason.data:
        form.reason.errors = [gettext("Hãy ghi lý do và hướng dẫn cho người dân.")]
        return False
    if what not in (ACCEPT, SUPPLEMENT, REFUSE):
        raise BadInputError(f"Expected what to do with the dossier, but got {what[:40]!r}")
    return True


def _similar(version: PublishedVersion, form: ReceptionForm) -> Any:
    return similar_open_cases(
        db(), agency=me().agency, procedure_code=version.procedure_code, owner=form.owner.data
    )


def _is_postal(form: ReceptionForm) -> bool:
    return bool(form.channel.data == "postal")


def _preview(version: PublishedVersion, form: ReceptionForm) -> Any:
    channel = form.channel.data if form.channel.data in ("counter", "online", "postal") else ""
    return preview_due(
        db(),
        office_clock(),
        procedure=version.procedure_code,
        agency=me().agency,
        channel=channel or "counter",
        handed_over_at=form.instant("handed_over_at") if channel == "postal" else None,
        competent_received_at=form.instant("competent_received_at"),
    )


def _page(
    version: PublishedVersion,
    form: ReceptionForm,
    *,
    uploads: Sequence[Upload] = (),
    similar: Any = (),
    refused: str | None = None,
) -> str:
    return render_template(
        "receive.html",
        version=version,
        form=form,
        components=[form[f"c_{c['code']}"] for c in _components(version)],
        fees=version.meta.get("fees", []),
        preview=_preview(version, form),
        errors=errors_of(form),
        similar=similar,
        uploads=uploads,
        file_fields=[
            *((FILE_FIELD + str(c["code"]), str(c["name"])) for c in _components(version)),
            (FILE_FIELD, gettext("Giấy tờ khác")),
        ],
        refused=refused,
    )


def _components(version: PublishedVersion) -> list[dict[str, Any]]:
    return list(version.meta.get("components", []))


def _choices() -> dict[str, Any]:
    words = folded(request.args.get("tim", ""))[:100].split()
    training = is_training(db())
    found = [
        Choice(v.procedure_code, v.name, v.field, v.limit.in_vietnamese(), v.sample)
        for v in procedures_in_force(db(), office_date(office_clock().now()))
        if (training or not v.sample) and agency_accepts(db(), me().agency, v.procedure_code)
    ]
    matching = [c for c in found if _matches(words, c)]
    return {
        "choices": matching[:MOST_PROCEDURES] if words else matching,
        "more": max(0, len(matching) - MOST_PROCEDURES) if words else 0,
        "search": request.args.get("tim", ""),
    }


def _matches(words: list[str], choice: Choice) -> bool:
    text = f"{choice.code.casefold()} {folded(choice.name)} {folded(choice.field)}"
    initials = "".join(word[0] for word in folded(choice.name).split())
    return all(word in text or word in initials for word in words)

"""Files of one case: added, fetched, and removed when they were a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext

from desk.access import allow, me, staff
from desk.attachments.uploads import attach_all, refused_name, takes_files, uploaded
from desk.casework.case_page import case_page
from desk.errors import UNPROCESSABLE, refusal_said
from desk.transaction import db, office_clock, settings
from engine.cases.file import read_case
from engine.cases.intake.attach_file import file_of, media_type_of, remove_file
from engine.documents.file_store import open_file
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

NOTHING_RUNS = "sandbox; default-src 'none'"
"""Content policy of a served file: should a browser show it after all, nothing in it runs."""

attachments = Blueprint("attachments", __name__)


@attachments.post("/desk/cases/<number>/files")
@allow(staff(of_case=True, handlers=True))
@takes_files
def add(number: str) -> ResponseReturnValue:
    """Attach one or several files to a paper of the checklist, all or none."""

    def act() -> None:
        found = uploaded("files", request.form.get("component") or None)
        attach_all(number, found)

    if not any(each.filename for each in request.files.getlist("files")):
        return _refused(number, gettext("Chưa chọn tệp nào.")), UNPROCESSABLE
    return _done(number, act)


@attachments.get("/desk/cases/<number>/files/<int:file_id>")
@allow(staff(of_case=True, handlers=True))
def fetch(number: str, file_id: int) -> ResponseReturnValue:
    """A file as a download under its own name; never shown inside a page."""
    row = file_of(db(), number, file_id)
    response = send_file(
        open_file(settings().attachments_folder, row.sha256),
        mimetype=media_type_of(row),
        as_attachment=True,
        download_name=row.name,
        conditional=False,
        etag=False,
    )
    response.content_length = row.bytes
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    return response


@attachments.post("/desk/cases/<number>/files/<int:file_id>/remove")
@allow(staff(of_case=True, handlers=True))
def remove(number: str, file_id: int) -> ResponseReturnValue:
    """Take a file off the case with a reason."""

    def act() -> None:
        remove_file(
            db(),
            office_clock(),
            number=number,
            key=file_id,
            reason=request.form.get("reason", ""),
            by=me().code,
        )

    return _done(number, act)


def _done(number: str, act: Callable[[], Any]) -> ResponseReturnValue:
    try:
        act()
    except OfficeError as refusal:
        status, said = refusal_said(refusal)
        if status != UNPROCESSABLE:
            raise
        return _refused(number, refused_name(refusal) + said), status
    return redirect(url_for("casework.show", number=number, xong=1, _anchor="attached"))


def _refused(number: str, words: str) -> str:
    file = read_case(db(), office_clock(), number)
    return render_template("case.html", **case_page(file, me(), refused=words))

"""Abolish a procedure (bãi bỏ) by a decision; running cases go on to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from desk.access import allow, me, staff
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import errors_of
from desk.procedures.forms import DecisionForm, decision_of
from desk.procedures.room import APPROVERS, procedures
from desk.transaction import db, office_clock
from engine.catalog.catalogue import entry_of
from engine.clock import office_date
from engine.errors import OfficeError
from engine.procedures.abolish_procedure import abolish_procedure
from engine.procedures.running import running_by_version

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@procedures.route("/designer/<code>/abolish", methods=["GET", "POST"])
@allow(staff(*APPROVERS))
def abolish(code: str) -> ResponseReturnValue:
    """The decision that ends a procedure. Legal: R2, R3"""
    entry = entry_of(db(), code)
    form = DecisionForm()
    refused = None
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.validate():
            try:
                abolish_procedure(
                    db(), office_clock(), code=code, decision=decision_of(form), by=me().code
                )
            except OfficeError as refusal:
                status, refused = refusal_said(refusal)
            else:
                return redirect(url_for("procedures.versions", code=code))
    page = render_template(
        "procedure_abolish.html",
        entry=entry,
        form=form,
        errors=errors_of(form) if request.method == "POST" else [],
        refused=refused,
        running=sum(running_by_version(db(), code).values()),
        today=office_date(office_clock().now()),
    )
    return page, status

"""Staff, procedures in force, how the office is, and the proof that the journal is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from wtforms import SelectField

from desk.access import ADMIN, LEADER, ROLE_NAMES, Rule, allow, me, staff
from desk.administration.forms import CHANGES, Change
from desk.administration.health_cards import cards
from desk.errors import UNPROCESSABLE, refusal_said
from desk.forms import errors_of, options
from desk.transaction import books, db, office_clock, settings, wall
from engine.cases.watch.backup_notes import last_backup
from engine.cases.watch.health import health
from engine.cases.watch.incidents import open_incidents
from engine.catalog.versions import procedures_in_force
from engine.clock import office_date
from engine.database import reading
from engine.errors import OfficeError
from engine.journal.verify import verify
from engine.staff.queries import (
    absences_from,
    deputies_from,
    staff_of,
    units_of,
)
from webhooks.standing import standing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

RULE = staff(ADMIN)
GRANTABLE = (*ROLE_NAMES,)

administration = Blueprint("administration", __name__)


@administration.get("/admin")
@allow(RULE)
def overview() -> ResponseReturnValue:
    """Who works here in which role, who is away, who stands in."""
    today = office_date(office_clock().now())
    return render_template(
        "admin.html",
        people=staff_of(db(), me().agency, today),
        units=units_of(db(), me().agency),
        deputies=deputies_from(db(), today),
        absences=absences_from(db(), today),
        changes=CHANGES,
        cards=cards(
            # Of incidents those of one's own agency: the page behind the card shows no others.
            health(db(), office_clock(), wall())
            | {"incidents": open_incidents(db(), agency=me().agency)},
            standing(db(), wall().now()),
            last_backup(db()),
            wall=wall().now(),
            backup_hours=settings().backup_hours,
        ),
    )


@administration.get("/admin/procedures")
@allow(RULE)
def procedures() -> ResponseReturnValue:
    """The versions in force today and their decisions."""
    today = office_date(office_clock().now())
    return render_template("admin_procedures.html", versions=procedures_in_force(db(), today))


@administration.get("/admin/journal")
@allow(staff(ADMIN, LEADER))
def journal() -> ResponseReturnValue:
    """Check every row, chain, batch and anchor line of the journal."""
    checked = None
    if request.args.get("kiem-tra"):
        with reading(books()) as apart:  # of one moment also on PostgreSQL
            checked = verify(apart, settings().anchor_file)
    return render_template("admin_journal.html", checked=checked)


def _fill(form: Any) -> None:
    """Give the lists of a form their choices: only of the administrator's own agency."""
    today = office_date(office_clock().now())
    people = [(p["code"], f"{p['name']} ({p['code']})") for p in staff_of(db(), me().agency, today)]
    roles = [(role, ROLE_NAMES.get(role, role)) for role in _roles()]
    choices = {
        "officer": people,
        "deputy": people,
        "role": roles,
        "unit": [(u.code, u.name) for u in units_of(db(), me().agency)],
    }
    for name, found in choices.items():
        if name in form and isinstance(form[name], SelectField):
            form[name].choices = options(found)
    for name in ("since", "first_on"):
        if name in form and form[name].data is None and request.method == "GET":
            form[name].data = today


def _roles() -> list[str]:
    today = office_date(office_clock().now())
    used = {
        rule.role
        for version in procedures_in_force(db(), today)
        for node in version.process.nodes.values()
        if (rule := node.rule) is not None and rule.role
    }
    return [*GRANTABLE, *sorted(used - set(GRANTABLE))]


def _add_change(change: Change) -> None:
    rule: Rule = RULE

    @allow(rule)
    def view() -> ResponseReturnValue:
        form = change.form()
        _fill(form)
        refused = None
        status = 200
        if request.method == "POST":
            status = UNPROCESSABLE
            if form.validate():
                try:
                    change.act(db(), office_clock(), form)
                except OfficeError as refusal:
                    status, refused = refusal_said(refusal)
                else:
                    return redirect(url_for("administration.overview"))
        page = render_template(
            "admin_change.html", change=change, form=form, errors=errors_of(form), refused=refused
        )
        return page, status

    administration.add_url_rule(
        f"/admin/{change.slug}",
        endpoint=change.slug.replace("-", "_"),
        view_func=view,
        methods=["GET", "POST"],
    )


for each in CHANGES:
    _add_change(each)

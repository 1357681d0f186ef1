"""Results that wait for their owners: who to call, who came, and the register of cases."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from desk.access import HEAD, LEADER, ONE_STOP, allow, me, staff
from desk.spans import span_of
from desk.transaction import db, office_clock
from engine.cases.lists.case_list import page_of
from engine.cases.lists.fee_register import fees_between
from engine.cases.lists.filters import Instants, Order, Query, View
from engine.cases.lists.reach import found_by_search
from engine.cases.lists.register import register_of
from engine.cases.telling.result_notices import told_of_results
from engine.clock import office_date
from engine.staff.queries import office_time_of, officer_names

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

returns = Blueprint("returns", __name__)


@returns.get("/returns")
@allow(staff(ONE_STOP))
def waiting() -> ResponseReturnValue:
    """Results ready to be handed over; found by number or name."""
    person = me()
    query = Query(
        agency=person.agency,
        officer=person.code,
        roles=person.roles,
        view=View.TO_RETURN,
        order=Order.DUE,
        search=request.args.get("tim", "")[:100],
    )
    page = page_of(
        db(),
        query,
        Instants.at(office_clock().now(), office_time_of(db(), person.agency)),
        found_by_search(db(), query),
        after=request.args.get("sau"),
    )
    told = told_of_results(db(), [row.id for row in page.rows])
    phones = {row.id: json.loads(row.owner_data).get("phone", "") for row in page.rows}
    return render_template("returns.html", page=page, search=query.search, told=told, phones=phones)


@returns.get("/returns/register")
@allow(staff(ONE_STOP))
def register() -> ResponseReturnValue:
    """The register of cases (sổ theo dõi hồ sơ) of a span of days."""
    today = office_date(office_clock().now())
    first, last = span_of(today - timedelta(days=6), today)
    rows: list[dict[str, Any]] = register_of(db(), agency=me().agency, first=first, last=last)
    return render_template("register.html", rows=rows, first=first, last=last, today=today)


@returns.get("/returns/fees")
@allow(staff(ONE_STOP, HEAD, LEADER))
def fees() -> ResponseReturnValue:
    """What was paid at the desk in a span of days, today unless said otherwise."""
    today = office_date(office_clock().now())
    first, last = span_of(today, today)
    return render_template(
        "fee_register.html",
        paid=fees_between(db(), agency=me().agency, first=first, last=last),
        first=first,
        last=last,
        names=officer_names(db(), me().agency),
    )

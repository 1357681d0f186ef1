"""The work list, one case, its steps and its actions."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext

from desk.access import STAFF, Rule, allow, me, staff
from desk.casework.action_forms import ApologyForm, EmptyForm, SupplementForm
from desk.casework.actions import ACTIONS, Action
from desk.casework.case_page import TakeBackForm, case_page, list_row
from desk.casework.columns import NAMES
from desk.casework.correction_form import CorrectionForm, correction_form
from desk.casework.diagram import case_diagram
from desk.diagram import diagram_answer
from desk.forms import ActForm, errors_of, options, step_form, step_values
from desk.returns.hand_over import HandOverForm, fit_hand_over
from desk.submission import submitted
from desk.transaction import db, office_clock
from engine.cases.claim_step import claim_step, release_step
from engine.cases.complete_step import complete_step
from engine.cases.file import CaseChangedError, CaseFile, read_case
from engine.cases.lateness.draft_apology import draft_apology
from engine.cases.lists.case_list import page_of
from engine.cases.lists.counts import counts
from engine.cases.lists.filters import Instants, Order, Query, View, Whose
from engine.cases.lists.list_columns import USUAL, columns_of, known_columns
from engine.cases.lists.reach import found_by_search
from engine.cases.steps import find_open_step, step_of
from engine.cases.take_back_step import take_back_step
from engine.errors import BadInputError
from engine.reports.forecasts import newest_forecast_id, risks_in, risks_of
from engine.staff.queries import office_time_of, officer_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

PAGE_ROWS = 30
LONGEST_SEARCH = 100
casework = Blueprint("casework", __name__)


@casework.get("/desk")
@allow(STAFF)
def worklist() -> ResponseReturnValue:
    """The work list; everything that is chosen stands in the address."""
    return render_template("worklist.html", **_list())


@casework.get("/desk/rows")
@allow(STAFF)
def worklist_rows() -> ResponseReturnValue:
    """The list alone, for polling: 304 while nothing in it has changed."""
    found = _list()
    told = [
        [row.number, row.status, row.version, row.slack, row.risk] for row in found["rows"]
    ] + list(found["counts"].values())
    etag = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(render_template("worklist_rows.html", **found))
    response.set_etag(etag)
    return response


def _list() -> dict[str, Any]:
    person = me()
    query = Query(
        agency=person.agency,
        officer=person.code,
        roles=person.roles,
        view=_one_of(View, "loc", View.OPEN),
        whose=_one_of(Whose, "viec", Whose.AGENCY if "loc" in request.args else Whose.UNIT),
        order=_one_of(Order, "xep", Order.DUE),
        search=request.args.get("tim", "")[:LONGEST_SEARCH],
    )
    now, office = office_clock().now(), office_time_of(db(), person.agency)
    at = Instants.at(now, office)
    forecast = newest_forecast_id(db(), person.agency)
    found = found_by_search(db(), query)
    page = page_of(
        db(),
        query,
        at,
        found,
        after=request.args.get("sau"),
        most=PAGE_ROWS,
        risks=risks_of(forecast) if forecast is not None else None,
    )
    risks = risks_in(db(), forecast, [row.id for row in page.rows]) if forecast is not None else {}
    names = officer_names(db(), person.agency)
    columns = _columns(person.code)
    chosen = {
        "loc": str(query.view),
        "viec": str(query.whose),
        "xep": str(query.order),
        "tim": query.search,
    }
    if columns != USUAL:
        chosen["cot"] = ",".join(columns)
    return {
        "query": query,
        "chosen": chosen,
        "counts": counts(db(), query, at, found),
        "rows": [
            list_row(
                row,
                page.steps[row.id],
                now,
                office,
                names,
                person,
                since="giu-tu" in columns,
                risk=risks.get(row.id),
            )
            for row in page.rows
        ],
        "columns": [c for c in columns if forecast is not None or c != "nguy-co"],
        "column_names": NAMES,
        "sorts": {"han": (Order.DUE, "↑"), "nguy-co": (Order.RISK, "↓")},
        "after": page.after,
        "first_page": "sau" not in request.args,
        "views": {
            View.OPEN: gettext("Đang giải quyết"),
            View.NEW: gettext("Mới"),
            View.DUE_SOON: gettext("Sắp đến hạn"),
            View.OVERDUE: gettext("Quá hạn"),
            View.SUPPLEMENT: gettext("Chờ bổ sung"),
            View.TO_RETURN: gettext("Chờ trả kết quả"),
        },
        "whose": {
            Whose.MINE: gettext("Của tôi"),
            Whose.UNIT: gettext("Của phòng"),
            Whose.AGENCY: gettext("Cả cơ quan"),
        },
    }


def _columns(officer: str) -> tuple[str, ...]:
    """The columns of the address, else those the officer keeps."""
    given = request.args.get("cot")
    return known_columns(given.split(",")) if given else columns_of(db(), officer)


@casework.get("/desk/cases/<number>")
@allow(staff(of_case=True))
def show(number: str) -> ResponseReturnValue:
    """One case: what to do now, its clock, its papers, its history."""
    file = read_case(db(), office_clock(), number)
    return render_template("case.html", **case_page(file, me()))


@casework.get("/desk/cases/<number>/diagram.svg")
@allow(staff(of_case=True))
def diagram(number: str) -> ResponseReturnValue:
    """The diagram alone, for a page of its own or for printing."""
    file = read_case(db(), office_clock(), number)
    drawn = case_diagram(file)
    return Response(drawn.svg if drawn else "", content_type="image/svg+xml")


@casework.get("/desk/cases/<number>/diagram.bpmn")
@allow(staff(of_case=True))
def diagram_file(number: str) -> ResponseReturnValue:
    """The file of the case's pinned version, for the viewer."""
    version = read_case(db(), office_clock(), number).version
    return diagram_answer(version.bpmn, f"{version.procedure_code}-v{version.number}.bpmn")


@casework.post("/desk/cases/<number>/steps/<step_id>/claim")
@allow(staff(of_case=True))
def claim(number: str, step_id: str) -> ResponseReturnValue:
    """Take a step."""
    claim_step(db(), office_clock(), number=number, step_id=step_id, by=me().code)
    return _back(number)


@casework.post("/desk/cases/<number>/steps/<step_id>/release")
@allow(staff(of_case=True))
def release(number: str, step_id: str) -> ResponseReturnValue:
    """Give a step back to those who may take it."""
    release_step(db(), office_clock(), number=number, step_id=step_id, by=me().code)
    return _back(number)


@casework.post("/desk/cases/<number>/steps/<step_id>/take-back")
@allow(staff(of_case=True))
def take_back(number: str, step_id: str) -> ResponseReturnValue:
    """Open a step again that one finished oneself, while nobody has gone on from it."""
    form = TakeBackForm()

    def act() -> None:
        take_back_step(
            db(),
            office_clock(),
            number=number,
            step_id=step_id,
            reason=form.take_back_reason.data,
            by=me().code,
        )

    def page(refused: str | None) -> str:
        file = read_case(db(), office_clock(), number)
        return render_template("case.html", **case_page(file, me(), refused=refused, back=form))

    return _submitted(form, number, act, page)


@casework.route("/desk/cases/<number>/steps/<step_id>", methods=["GET", "POST"])
@allow(staff(of_case=True))
def complete(number: str, step_id: str) -> ResponseReturnValue:
    """Complete a step with what its form asks."""
    file = read_case(db(), office_clock(), number)
    row = step_of(file, step_id)
    spec = file.version.form_of(row.element_id)
    form = step_form(spec)()

    def act() -> None:
        _same_version(form, number)
        complete_step(
            db(),
            office_clock(),
            number=number,
            step_id=row.task_id,
            by=me().code,
            data=step_values(form, spec),
        )

    def page(refused: str | None) -> str:
        return render_template(
            "case.html", **case_page(file, me(), step_forms={row.task_id: form}, refused=refused)
        )

    if request.method == "GET":
        find_open_step(file, step_id)
        form.stamp(file["version"])
        return page(None)
    return _submitted(form, number, act, page)


def _submitted(
    form: ActForm, number: str, act: Callable[[], None], page: Callable[[str | None], str]
) -> ResponseReturnValue:
    """A filled-in form: done and back to the case, or shown again with what is wrong."""

    def effect() -> dict[str, Any]:
        act()
        return {"number": number}

    return submitted(form, effect, page=page, done=lambda _: _back(number, done=True))


def _same_version(form: ActForm, number: str) -> None:
    if not form.case_version.data:
        return
    now = read_case(db(), office_clock(), number)["version"]
    if form.case_version.data != str(now):
        raise CaseChangedError(
            f"Expected {number} at version {form.case_version.data}, but it is at {now}",
            number=number,
        )


def _back(number: str, *, done: bool = False) -> ResponseReturnValue:
    aim = request.form.get("back", "")
    if aim.startswith("/desk?") or aim == "/desk":
        return redirect(aim)
    return redirect(url_for("casework.show", number=number, xong=1 if done else None))


def _one_of(kind: Any, name: str, default: Any) -> Any:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        return kind(text)
    except ValueError as cause:
        raise BadInputError(
            f"Expected {name} to be one of {', '.join(kind)}, but got {text[:40]!r}"
        ) from cause


def _form_for(action: Action, file: CaseFile) -> ActForm:
    """An action's form with only the fields that this case needs."""
    if action.form is CorrectionForm:
        return correction_form(file)
    form = action.form()
    if isinstance(form, SupplementForm):
        asked = [(str(c["code"]), str(c["name"])) for c in file.version.meta.get("components", [])]
        form.components.choices = options(asked or [("khac", gettext("Giấy tờ khác"))])
        if not file["supplement_requests"]:
            del form.override_ground
    if isinstance(form, HandOverForm):
        fit_hand_over(form, file, fresh=request.method == "GET")
    if isinstance(form, ApologyForm):
        _draft_into(form, file)
    return form


def _draft_into(form: ApologyForm, file: CaseFile) -> None:
    """What the books would write, to be changed and signed by a leader. Legal: R26, R27, R72"""
    if request.method == "GET" and file["due_original_at"] is not None:
        draft = draft_apology(file)
        form.cause.data, form.reason.data = draft.cause, draft.reason
        form.new_date.data = draft.new_date
        form.reason.description = gettext(
            "Máy soạn từ thời gian thật của từng bước; người ký sửa và chịu trách nhiệm."
        )
    if file["reappointments"]:
        del form.new_date


def _add_action(action: Action) -> None:
    rule: Rule = staff(*action.roles, of_case=True)

    @allow(rule)
    def view(number: str) -> ResponseReturnValue:
        file = read_case(db(), office_clock(), number)
        if request.method == "GET":
            file.require(*action.statuses, to=f"use '{action.slug}'")
        form = _form_for(action, file)

        def act() -> None:
            _same_version(form, number)
            action.act(db(), office_clock(), number, form)

        def page(refused: str | None) -> str:
            return render_template(
                "action.html",
                action=action,
                form=form,
                file=file,
                errors=errors_of(form),
                refused=refused,
                is_empty=isinstance(form, EmptyForm),
            )

        if request.method == "GET":
            form.stamp(file["version"])
            return page(None)
        return _submitted(form, number, act, page)

    casework.add_url_rule(
        f"/desk/cases/<number>/{action.slug}",
        endpoint=action.slug.replace("-", "_"),
        view_func=view,
        methods=["GET", "POST"],
    )


for each in ACTIONS:
    _add_action(each)

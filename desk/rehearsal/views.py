"""Pages of the rehearsal hall: choose, change, watch it run, read, print, download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    abort,
    after_this_request,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext

from desk.access import ADMIN, DESIGNER, HEAD, LEADER, allow, me, staff
from desk.errors import UNPROCESSABLE
from desk.forms import errors_of
from desk.paper.pdf import pdf_of
from desk.rehearsal.downloads import download
from desk.rehearsal.figures import changes_of, figures_of, holders_of, people_of
from desk.rehearsal.forms import PEOPLE_PREFIX, form_for, request_of
from desk.rehearsal.pictures import diagram, pictures_of
from desk.rehearsal.request import Request, Source
from desk.rehearsal.runs import progress_of, run_line
from desk.rehearsal.sources import (
    Choice,
    People,
    chosen,
    drafted,
    overlays_of,
    procedures,
    shipped_scenarios,
)
from desk.rehearsal.sources import people_of as people_at
from desk.rehearsal.watched import events_of
from desk.transaction import books, db, office_clock, settings, wall
from engine.cases.search_text import folded
from engine.clock import office_date, office_time
from engine.documents.plain_text import HEADING
from engine.errors import BadInputError
from engine.reports.rehearsals import (
    UNDER_WAY,
    State,
    ask_rehearsal,
    cancel_rehearsal,
    rehearsal_of,
    rehearsals_of,
    repeat_rehearsal,
    standing,
)
from engine.staff.queries import officer_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

rehearsal = Blueprint("rehearsal", __name__)

RULE = staff(DESIGNER, LEADER, HEAD, ADMIN)
LONGEST_TITLE = 200
EVENTS_SHOWN = 400


@rehearsal.get("/rehearsal")
@allow(RULE)
def overview() -> ResponseReturnValue:
    """What can be rehearsed, and what was."""
    today = office_date(office_clock().now())
    wanted = request.args.get("tim", "")[:100]
    words = folded(wanted).split()
    known = [*drafted(db()), *procedures(db(), today)]
    found = [each for each in known if all(w in folded(f"{each.key} {each.name}") for w in words)]
    names = officer_names(db(), me().agency)
    return render_template(
        "rehearsal.html",
        scenarios=shipped_scenarios(),
        found=found,
        wanted=wanted,
        runs=[run_line(row, names) for row in rehearsals_of(db(), me().agency)],
    )


@rehearsal.route("/rehearsal/new", methods=["GET", "POST"])
@allow(RULE)
def new() -> ResponseReturnValue:
    """Say what is changed, and have it run."""
    person = me()
    today = office_date(office_clock().now())
    choice = chosen(db(), _source(), request.args.get("ma", "")[:80], today)
    people = people_at(db(), choice, person.agency, today)
    overlays = overlays_of(choice.key) if choice.source is Source.SCENARIO else []
    form = form_for(choice, people, overlays)()
    if form.validate_on_submit():
        asked = request_of(form, choice, people)
        number = ask_rehearsal(
            db(),
            agency=person.agency,
            by=person.code,
            at=office_clock().now(),
            title=_title(choice, asked, people),
            request=asked.as_json(),
        )
        _begin_after_commit()
        return redirect(url_for("rehearsal.run", run_id=number))
    page = render_template(
        "rehearsal_new.html",
        choice=choice,
        form=form,
        people=[(form[f"{PEOPLE_PREFIX}{number}"], each) for number, each in enumerate(people)],
        errors=errors_of(form),
    )
    return page, UNPROCESSABLE if request.method == "POST" else 200


@rehearsal.get("/rehearsal/runs/<int:run_id>")
@allow(RULE)
def run(run_id: int) -> ResponseReturnValue:
    """One rehearsal: how far it is, or what it found."""
    row = rehearsal_of(db(), me().agency, run_id, with_result=True)
    line = run_line(row, officer_names(db(), me().agency))
    if line["state"] is not State.DONE:
        return render_template("rehearsal_run.html", run=line, **progress_of(row))
    result = json.loads(row.result)
    shown, heat = diagram(result, request.args.get("so-do"))
    return render_template(
        "rehearsal_result.html",
        run=line,
        result=result,
        document=result["document"],
        figures=figures_of(result),
        changes=changes_of(result),
        pictures=pictures_of(result),
        heat=heat,
        heat_key=shown["key"],
        people=people_of(result),
        holders=holders_of(result),
    )


@rehearsal.get("/rehearsal/runs/<int:run_id>/progress")
@allow(RULE)
def progress(run_id: int) -> ResponseReturnValue:
    """How far it is, alone; the whole page is asked for again when it has ended."""
    row = rehearsal_of(db(), me().agency, run_id)
    line = run_line(row, {})
    page = Response(render_template("rehearsal_progress.html", run=line, **progress_of(row)))
    if line["state"] not in UNDER_WAY:
        page.headers["HX-Refresh"] = "true"
    return page


@rehearsal.post("/rehearsal/runs/<int:run_id>/cancel")
@allow(RULE)
def cancel(run_id: int) -> ResponseReturnValue:
    """Stop it, wherever it is."""
    cancel_rehearsal(db(), agency=me().agency, number=run_id, now=wall().now())
    return redirect(url_for("rehearsal.run", run_id=run_id))


@rehearsal.post("/rehearsal/runs/<int:run_id>/again")
@allow(RULE)
def again(run_id: int) -> ResponseReturnValue:
    """Run the same once more; a waiting one is only given a worker."""
    person = me()
    row = rehearsal_of(db(), person.agency, run_id)
    number = run_id
    if standing(row, wall().now()) not in UNDER_WAY:
        number = repeat_rehearsal(
            db(), agency=person.agency, number=run_id, by=person.code, at=office_clock().now()
        )
    _begin_after_commit()
    return redirect(url_for("rehearsal.run", run_id=number))


@rehearsal.get("/rehearsal/runs/<int:run_id>/day")
@allow(RULE)
def day(run_id: int) -> ResponseReturnValue:
    """One simulated day: dossiers move over the diagram; a table tells the same."""
    result = _result(run_id)
    if result["day"] is None:
        abort(404)
    _, heat = diagram(result, result["day"]["procedure"])
    events = events_of(result["day"])
    return render_template(
        "rehearsal_day.html",
        run_id=run_id,
        day=result["day"],
        heat=heat,
        events=events[:EVENTS_SHOWN],
        total=len(events),
    )


@rehearsal.get("/rehearsal/runs/<int:run_id>/day.json")
@allow(RULE)
def day_data(run_id: int) -> ResponseReturnValue:
    """The same day for the script that draws it."""
    result = _result(run_id)
    if result["day"] is None:
        abort(404)
    return Response(json.dumps(result["day"], ensure_ascii=False), content_type="application/json")


@rehearsal.get("/rehearsal/runs/<int:run_id>/sheet")
@allow(RULE)
def sheet(run_id: int) -> ResponseReturnValue:
    """The sheet to attach to a draft decision, ready to print."""
    return render_template("paper/rehearsal_page.html", **_sheet(run_id))


@rehearsal.get("/rehearsal/runs/<int:run_id>/sheet.pdf")
@allow(RULE)
def sheet_pdf(run_id: int) -> ResponseReturnValue:
    """The same sheet as PDF."""
    made = pdf_of(render_template("paper/rehearsal_sheet.html", **_sheet(run_id)))
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="dien-tap-{run_id}.pdf"'
    return answer


@rehearsal.get("/rehearsal/runs/<int:run_id>/files/<file_name>")
@allow(RULE)
def file(run_id: int, file_name: str) -> ResponseReturnValue:
    """A table, the whole document or a picture, to keep."""
    found = download(_result(run_id), file_name)
    if found is None:
        abort(404)
    data, kind = found
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{run_id}-{file_name}"'
    return answer


def _result(run_id: int) -> dict[str, Any]:
    row = rehearsal_of(db(), me().agency, run_id, with_result=True)
    if row.result is None:
        abort(404)
    found: dict[str, Any] = json.loads(row.result)
    return found


def _sheet(run_id: int) -> dict[str, Any]:
    row = rehearsal_of(db(), me().agency, run_id, with_result=True)
    if row.result is None:
        abort(404)
    result = json.loads(row.result)
    _, heat = diagram(result, None)
    return {
        "run": run_line(row, officer_names(db(), me().agency)),
        "title": gettext("Phiếu diễn tập quy trình"),
        "agency": me().agency_name,
        "heading": HEADING,
        "issued_at": office_time(row.asked_at),
        "document": result["document"],
        "figures": figures_of(result),
        "changes": changes_of(result),
        "pictures": pictures_of(result),
        "heat": heat,
        "holders": holders_of(result),
        "signer": me().name,
    }


def _source() -> Source:
    try:
        return Source(request.args.get("nguon", ""))
    except ValueError as cause:
        raise BadInputError(
            f"Expected one of {', '.join(Source)}, but got {request.args.get('nguon', '')[:40]!r}"
        ) from cause


def _title(choice: Choice, asked: Request, people: Sequence[People]) -> str:
    changed = []
    if asked.overlay:
        changed.append(next(o.name for o in overlays_of(choice.key) if o.key == asked.overlay))
    if asked.time_cut_percent:
        changed.append(f"cắt {asked.time_cut_percent:g} %")
    if asked.arrivals_percent != 100.0:  # noqa: PLR2004 (as many as before)
        changed.append(f"hồ sơ {asked.arrivals_percent:g} %")
    names = {each.key: each.name for each in people}
    changed += [f"{names[key]} {count:+d} người" for key, count in asked.staff.items()]
    name = f"Bản thảo {choice.name}" if choice.source is Source.DRAFT else choice.name
    return "; ".join([name, *changed])[:LONGEST_TITLE]


def _begin_after_commit() -> None:
    """Start a worker when the request's transaction is kept: before that it would see nothing."""
    start = current_app.extensions["motcua_start_rehearsals"]

    @after_this_request
    def begin(response: Response) -> Response:
        start(books(), settings())
        return response

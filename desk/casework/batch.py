"""Several steps at once from the work list: each in a transaction of its own, a result a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from desk.access import STAFF, allow, me
from desk.errors import UNPROCESSABLE, refusal_words
from desk.forms import CHOSEN, ActForm, SelectField, errors_of, options, step_form, step_values
from desk.transaction import apart, books, db, seal
from engine.cases.claim_step import claim_step, hand_over_step, release_step
from engine.cases.complete_step import COMMAND_FOR, complete_step
from engine.cases.file import CaseFile, CaseUnknownError, read_case
from engine.cases.idempotency import once
from engine.cases.steps import OPEN, step_of
from engine.cases.training import clock_of
from engine.clock import office_date
from engine.database import reading
from engine.errors import BadInputError, OfficeError
from engine.staff.queries import officer_names, officers_with_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection, Row

batch = Blueprint("batch", __name__)

MOST_CHOSEN = 100
_MARK = "~"


class What(StrEnum):
    """What is done with all of them."""

    COMPLETE = "hoan-thanh"
    CLAIM = "nhan"
    RELEASE = "tra-lai"
    HAND_OVER = "giao"


TITLES = {
    What.COMPLETE: _l("Hoàn thành cùng một bước"),
    What.CLAIM: _l("Nhận các việc đã chọn"),
    What.RELEASE: _l("Trả lại các việc đã chọn"),
    What.HAND_OVER: _l("Giao các việc đã chọn cho đồng nghiệp"),
}
BUTTONS = {
    What.COMPLETE: _l("Hoàn thành tất cả"),
    What.CLAIM: _l("Nhận tất cả"),
    What.RELEASE: _l("Trả lại tất cả"),
    What.HAND_OVER: _l("Giao tất cả"),
}


class NothingChosenError(OfficeError):
    """Somebody pressed the button without a tick."""

    code = "nothing_chosen"


class NotOneStepError(OfficeError):
    """The ticked rows are not at one step that a form completes."""

    code = "not_one_step"


class HandOverForm(ActForm):
    """Who takes the steps."""

    to = SelectField(_l("Giao cho"), [CHOSEN])


@dataclass(frozen=True)
class Chosen:
    """A row of the list that somebody ticked: a case and the task of its step."""

    number: str
    task: str


@dataclass(frozen=True)
class Line:
    """A chosen step as the books have it now."""

    chosen: Chosen
    file: CaseFile
    row: Row[Any]


@dataclass(frozen=True)
class Result:
    """What became of one row; `why` says why it was refused."""

    number: str
    owner: str
    step: str
    done: bool
    why: str = ""


@batch.get("/desk/batch")
@allow(STAFF)
def choose() -> ResponseReturnValue:
    """What is to be done with the ticked rows, before anything is."""
    what, chosen = _what(request.args), _chosen(request.args.getlist("chon"))
    lines = _lines(db(), chosen)
    form = _form(db(), what, lines)
    form.stamp(0)
    return _page(what, lines, form)


@batch.post("/desk/batch")
@allow(STAFF)
def act() -> ResponseReturnValue:
    """Do it row by row; what one row refuses keeps no other back."""
    what, chosen = _what(request.form), _chosen(request.form.getlist("chon"))
    with reading(books()) as looked:
        lines = _lines(looked, chosen)
        form = _form(looked, what, lines)
    if not form.validate():
        return _page(what, lines, form), UNPROCESSABLE
    results = [_one(what, line, form) for line in lines]
    if any(result.done for result in results):
        seal()
    return render_template(
        "batch_done.html",
        title=TITLES[what],
        results=results,
        done=sum(result.done for result in results),
        back=_back(),
    )


def _one(what: What, line: Line, form: ActForm) -> Result:
    number, task, officer = line.chosen.number, line.chosen.task, me().code
    values = _values(what, line, form)

    def effect(to_books: Connection) -> dict[str, Any]:
        given: dict[str, Any] = {"number": number, "step_id": task, "by": officer}
        clock = clock_of(to_books)
        match what:
            case What.COMPLETE:
                complete_step(to_books, clock, **given, data=values)
            case What.CLAIM:
                claim_step(to_books, clock, **given)
            case What.RELEASE:
                release_step(to_books, clock, **given)
            case What.HAND_OVER:
                hand_over_step(to_books, clock, **given, to=str(values["to"]))
        return {"number": number}

    told = (number, line.file["owner_name"], line.row.name)
    try:
        with apart() as to_books:
            once(
                to_books,
                clock_of(to_books),
                key=f"desk:{officer}:{form.key.data}:{task}" if form.key.data else None,
                request={"batch": str(what), "values": values},
                act=lambda: effect(to_books),
            )
    except OfficeError as refusal:
        _, words = refusal_words(refusal)
        return Result(*told, done=False, why=words)
    return Result(*told, done=True)


def _values(what: What, line: Line, form: ActForm) -> dict[str, Any]:
    if what is What.COMPLETE:
        return step_values(form, line.file.version.form_of(line.row.element_id))
    return {"to": form.to.data} if isinstance(form, HandOverForm) else {}


def _lines(looked: Connection, chosen: Sequence[Chosen]) -> list[Line]:
    """The chosen steps; a case of another agency is one that does not exist.

    Raises:
        CaseUnknownError, StepNotOpenError: never there.
    """
    found = []
    for each in chosen:
        file = read_case(looked, clock_of(looked), each.number)
        if file["agency_code"] != me().agency:
            raise CaseUnknownError(
                f"Expected the number of a case, but {each.number!r} is not in the books",
                number=each.number,
            )
        found.append(Line(each, file, step_of(file, each.task)))
    return found


def _form(looked: Connection, what: What, lines: Sequence[Line]) -> ActForm:
    if what is What.COMPLETE:
        first = lines[0]
        same = {(line.file.version.id, line.row.element_id) for line in lines}
        if len(same) > 1:
            raise NotOneStepError(
                "Expected cases at the same step of the same version, but there are "
                f"{len(same)} different ones: choose those of one step"
            )
        if first.row.kind in COMMAND_FOR:
            raise NotOneStepError(
                f"Expected a step that a form completes, but '{first.row.element_id}' asks for "
                "more: do it case by case"
            )
        return step_form(first.file.version.form_of(first.row.element_id))()
    if what is What.HAND_OVER:
        form = HandOverForm()
        form.to.choices = options(_takers(looked, lines))
        return form
    return ActForm()


def _takers(looked: Connection, lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Those who are there today and may do every one of the steps."""
    person = me()
    today = office_date(clock_of(looked).now())
    roles = {line.row.role for line in lines}
    able = [set(officers_with_role(looked, role, person.agency, today)) for role in roles if role]
    names = officer_names(looked, person.agency)
    codes = set.intersection(*able) if able else set(names)
    return [(code, names.get(code, code)) for code in sorted(codes - {person.code})]


def _page(what: What, lines: Sequence[Line], form: ActForm) -> str:
    return render_template(
        "batch.html",
        what=str(what),
        title=TITLES[what],
        button=BUTTONS[what],
        lines=lines,
        form=form,
        errors=errors_of(form),
        open_state=OPEN,
        back=_back(),
    )


def _what(given: Mapping[str, str]) -> What:
    try:
        return What(given.get("lam", ""))
    except ValueError as cause:
        raise BadInputError(
            f"Expected what to do (lam) of {', '.join(What)}, but got {given.get('lam', '')[:40]!r}"
        ) from cause


def _chosen(marks: Sequence[str]) -> list[Chosen]:
    """Case and task of each tick, once each, in the order of the list."""
    found = []
    for mark in dict.fromkeys(marks):
        number, _, task = mark.partition(_MARK)
        found.append(Chosen(number, task))
    if not found:
        raise NothingChosenError("Expected some rows of the list, but none was chosen")
    if len(found) > MOST_CHOSEN:
        raise BadInputError(f"Expected at most {MOST_CHOSEN} cases, but got {len(found)}")
    return found


def _back() -> str:
    aim = str(request.values.get("back", ""))
    return aim if aim.startswith("/desk?") else "/desk"

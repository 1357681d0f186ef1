"""Feedback at the desk: what waits for whom and until when, received, assigned, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, or_, select

from desk.access import HEAD, LEADER, ONE_STOP, allow, me, staff
from desk.feedback.forms import (
    ANSWERS,
    CHANNELS,
    STATES,
    TOPICS,
    TRACK,
    AnswerForm,
    AssignForm,
    NewFeedbackForm,
    SuppliedForm,
    staff_choices,
)
from desk.forms import errors_of
from desk.submission import submitted
from desk.transaction import db, office_clock
from engine.cases.tables import case
from engine.citizens.feedback import (
    ANSWERED,
    ASKED,
    CLOSED,
    WAITING,
    FeedbackUnknownError,
    answer_feedback,
    ask_for_more,
    assign_feedback,
    publish_feedback,
    receive_feedback,
    supply_facts,
)
from engine.citizens.tables import feedback as pieces
from engine.clock import office_date
from engine.errors import BadInputError
from engine.sla.feedback import Answer, answer_due_on
from engine.staff.queries import office_time_of, officer_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy import ColumnElement, Row

    from desk.forms import ActForm

feedback = Blueprint("feedback", __name__)

MOST_ROWS = 50
SEES_ALL = (ONE_STOP, HEAD, LEADER)
OPEN, LATE, DONE = "dang-mo", "qua-han", "da-xong"


@feedback.get("/feedback")
@allow(staff(handlers=True))
def listed() -> ResponseReturnValue:
    """What waits, soonest due first; what is late; what is over."""
    today = office_date(office_clock().now())
    views = {
        OPEN: (gettext("Đang mở"), pieces.c.state != CLOSED),
        LATE: (gettext("Quá hạn"), (pieces.c.state != CLOSED) & (pieces.c.due_on < today)),
        DONE: (gettext("Đã xong"), pieces.c.state == CLOSED),
    }
    chosen = request.args.get("loc", OPEN)
    if chosen not in views:
        raise BadInputError(f"Expected loc of {', '.join(views)}, but got {chosen[:40]!r}")
    order = (
        (pieces.c.id.desc(),)
        if chosen == DONE
        else (pieces.c.due_on.is_(None), pieces.c.due_on, pieces.c.id)
    )
    rows = db().execute(
        select(pieces, case.c.number.label("case_number"))
        .outerjoin(case, case.c.id == pieces.c.case_id)
        .where(_seen(), views[chosen][1])
        .order_by(*order)
        .limit(MOST_ROWS)
    )
    counts = {
        name: db().scalar(select(func.count()).select_from(pieces).where(_seen(), condition))
        for name, (_, condition) in views.items()
        if name != DONE
    }
    return render_template(
        "feedback_list.html",
        rows=rows.all(),
        views={name: words for name, (words, _) in views.items()},
        chosen=chosen,
        counts=counts,
        today=today,
        names=officer_names(db(), me().agency),
        **_words(),
    )


@feedback.route("/feedback/new", methods=["GET", "POST"])
@allow(staff(ONE_STOP))
def new() -> ResponseReturnValue:
    """Enter what came by word, telephone, letter or from the portal."""
    form = NewFeedbackForm()
    form.about_officer.choices = staff_choices(officer_names(db(), me().agency), empty=True)
    if request.method == "GET":
        form.stamp(0)
        form.case_number.data = request.args.get("ho-so", "")[:64]

    def act() -> dict[str, Any]:
        row = receive_feedback(
            db(),
            office_clock(),
            agency=me().agency,
            channel=form.channel.data,
            topic=form.topic.data,
            content=form.content.data,
            sender_name=form.sender_name.data or "",
            sender_contact=form.sender_contact.data or "",
            case_number=(form.case_number.data or "").upper() or None,
            about_officer=form.about_officer.data or None,
            by=me().code,
        )
        return {"id": row.id}

    def page(refused: str | None) -> str:
        return render_template(
            "feedback_new.html", form=form, errors=errors_of(form), refused=refused
        )

    if request.method == "GET":
        return page(None)
    return submitted(form, act, page=page, done=_done)


@feedback.get("/feedback/<int:feedback_id>")
@allow(staff(handlers=True))
def show(feedback_id: int) -> ResponseReturnValue:
    """One piece: what was said, until when, and what this officer may do."""
    return _page(feedback_id)


@feedback.post("/feedback/<int:feedback_id>/assign")
@allow(staff(*SEES_ALL))
def assign(feedback_id: int) -> ResponseReturnValue:
    """Say who answers."""
    row = _row(feedback_id)
    form = AssignForm()
    form.to.choices = staff_choices(officer_names(db(), me().agency), without=row.about_officer)

    def act() -> dict[str, Any]:
        assign_feedback(db(), office_clock(), key=row.id, to=form.to.data, by=me().code)
        return {"id": row.id}

    return submitted(
        form, act, page=lambda refused: _page(row.id, assign=form, refused=refused), done=_done
    )


@feedback.post("/feedback/<int:feedback_id>/answer")
@allow(staff(handlers=True))
def answer(feedback_id: int) -> ResponseReturnValue:
    """Answer, or ask the citizen for more."""
    row = _row(feedback_id)
    form = AnswerForm()

    def act() -> dict[str, Any]:
        if form.answer.data == ASKED:
            ask_for_more(db(), office_clock(), key=row.id, text=form.said.data, by=me().code)
        else:
            answer_feedback(
                db(),
                office_clock(),
                key=row.id,
                answer=form.answer.data,
                text=form.said.data,
                passed_to=form.passed_to.data or "",
                found_false=bool(form.found_false.data) and row.about_officer is not None,
                by=me().code,
            )
        return {"id": row.id}

    return submitted(
        form, act, page=lambda refused: _page(row.id, answer=form, refused=refused), done=_done
    )


@feedback.post("/feedback/<int:feedback_id>/supplied")
@allow(staff(*SEES_ALL))
def supplied(feedback_id: int) -> ResponseReturnValue:
    """The citizen gave the facts at the counter or by telephone."""
    row = _row(feedback_id)
    form = SuppliedForm()

    def act() -> dict[str, Any]:
        supply_facts(db(), office_clock(), key=row.id, text=form.facts.data, by=me().code)
        return {"id": row.id}

    return submitted(
        form, act, page=lambda refused: _page(row.id, supplied=form, refused=refused), done=_done
    )


@feedback.post("/feedback/<int:feedback_id>/publish")
@allow(staff(*SEES_ALL))
def publish(feedback_id: int) -> ResponseReturnValue:
    """The answer was published."""
    row = _row(feedback_id)
    publish_feedback(db(), office_clock(), key=row.id, by=me().code)
    return redirect(url_for("feedback.show", feedback_id=row.id, xong=1))


def _done(found: Mapping[str, Any]) -> ResponseReturnValue:
    return redirect(url_for("feedback.show", feedback_id=found["id"], xong=1))


def _page(
    feedback_id: int,
    *,
    assign: AssignForm | None = None,
    answer: AnswerForm | None = None,
    supplied: SuppliedForm | None = None,
    refused: str | None = None,
) -> str:
    row, person, names = _row(feedback_id), me(), officer_names(db(), me().agency)
    may_manage = person.holds(*SEES_ALL)
    may_answer = row.state in (WAITING, ASKED) and (
        person.code == row.assigned_to or person.holds(LEADER)
    )
    forms: dict[str, ActForm] = {}
    if may_manage and row.state in (WAITING, ASKED):
        forms["assign"] = assign if assign is not None else AssignForm(formdata=None)
        to = forms["assign"]["to"]
        to.choices = staff_choices(names, without=row.about_officer)
        if assign is None:
            to.data = row.assigned_to
    if may_answer:
        forms["answer"] = answer if answer is not None else AnswerForm(formdata=None)
        if row.about_officer is None:
            del forms["answer"]["found_false"]
    if may_manage and row.state == ASKED:
        forms["supplied"] = supplied if supplied is not None else SuppliedForm(formdata=None)
    for name, form in forms.items():
        if {"assign": assign, "answer": answer, "supplied": supplied}[name] is None:
            form.stamp(0)
    return render_template(
        "feedback.html",
        row=row,
        names=names,
        forms=forms,
        may_publish=may_manage and row.state == ANSWERED,
        limits=_limits(row),
        errors=[error for form in forms.values() for error in errors_of(form)],
        refused=refused,
        today=office_date(office_clock().now()),
        **_words(),
    )


def _limits(row: Row[Any]) -> list[tuple[str, Any]]:
    """The last day of each way to answer, while there is no answer. Legal: R59"""
    if row.state != WAITING:
        return []
    calendar = office_time_of(db(), row.agency_code).calendar
    received_on = office_date(row.received_at)
    started_on = office_date(row.supplied_at or row.received_at)
    return [
        (gettext("Từ chối"), answer_due_on(Answer.REFUSED, received_on, calendar)),
        (gettext("Yêu cầu bổ sung thông tin"), answer_due_on(Answer.ASKED, started_on, calendar)),
        (gettext("Chuyển cơ quan khác"), answer_due_on(Answer.PASSED_ON, received_on, calendar)),
        (gettext("Xử lý xong"), answer_due_on(Answer.HANDLED, started_on, calendar)),
    ]


def _row(feedback_id: int) -> Row[Any]:
    row = (
        db()
        .execute(
            select(pieces, case.c.number.label("case_number"))
            .outerjoin(case, case.c.id == pieces.c.case_id)
            .where(pieces.c.id == feedback_id, _seen())
        )
        .one_or_none()
    )
    if row is None:
        raise FeedbackUnknownError(
            f"Expected a piece of feedback of this agency, but {feedback_id} is none"
        )
    return row


def _seen() -> ColumnElement[bool]:
    """Of one's own agency, not about oneself; who manages none sees what he was assigned."""
    person = me()
    seen = (pieces.c.agency_code == person.agency) & or_(
        pieces.c.about_officer.is_(None), pieces.c.about_officer != person.code
    )
    return seen if person.holds(*SEES_ALL) else seen & (pieces.c.assigned_to == person.code)


def _words() -> dict[str, Any]:
    return {
        "channels": dict([*CHANNELS, TRACK]),
        "topics": dict(TOPICS),
        "states": STATES,
        "answers": ANSWERS,
    }

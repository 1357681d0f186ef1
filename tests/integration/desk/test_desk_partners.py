"""Partner systems on the administrator's pages: endpoints, secrets, dead letters, what came in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.journal.tables import journal
from tests.visitors import ADMIN, CLERK, LEADER, DeskOffice, Visitor
from webhooks.endpoints import add_endpoint, listed
from webhooks.inbound.inbox import InboxState, inbox_rows
from webhooks.inbound.senders import add_sender, known_sender
from webhooks.signing import Direction, valid_secrets
from webhooks.tables import delivery, inbox

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

NEW = {"code": "so.tnmt", "url": "https://so.example.vn/nhan", "form": "events", "events": ""}


def secrets_of(desk: DeskOffice, code: str) -> tuple[str, ...]:
    with reading(desk.books) as db:
        return valid_secrets(db, SystemClock().now(), direction=Direction.OUT, code=code)


def endpoint(desk: DeskOffice) -> dict[str, Any]:
    with reading(desk.books) as db:
        (only,) = listed(db)
    return only


def changes(desk: DeskOffice) -> list[tuple[str, dict[str, str]]]:
    """(actor, data) of what was journalled of partners."""
    with reading(desk.books) as db:
        rows = db.execute(
            select(journal.c.actor, journal.c.data)
            .where(journal.c.type == "PartnerChanged")
            .order_by(journal.c.sequence)
        )
        return [(row.actor, json.loads(row.data)) for row in rows]


def shown_secret(answer: TestResponse) -> str:
    found = re.search(r'id="secret">([^<]+)<', answer.text)
    assert found, answer.text[:500]
    return found[1]


def with_dead_letters(desk: DeskOffice, count: int) -> list[int]:
    """An endpoint with so many messages given up; gives their ids."""
    desk.office.receive()
    with transaction(desk.books) as db:
        add_endpoint(db, SystemClock(), code="so", url="https://so.example.vn/x", from_sequence=0)
        rows = db.execute(select(journal.c.sequence, journal.c.stream).limit(count)).all()
        for row in rows:
            db.execute(
                insert(delivery).values(
                    endpoint_code="so",
                    sequence=row.sequence,
                    stream=row.stream,
                    state="dead",
                    attempts=10,
                    error="HTTP 500",
                )
            )
        return list(db.scalars(select(delivery.c.id).order_by(delivery.c.id)))


def states(desk: DeskOffice) -> dict[int, str]:
    with reading(desk.books) as db:
        rows = db.execute(select(delivery.c.id, delivery.c.state)).all()
        return {row.id: row.state for row in rows}


def with_a_waiting_message(desk: DeskOffice) -> int:
    """A payment for a case that is not there, which so could not be applied; gives its id."""
    body = {"type": "payment.confirmed", "data": {"case": "H35.12-261116-0999", "receipt": "77"}}
    with transaction(desk.books) as db:
        add_sender(
            db, SystemClock(), code="kho-bac", name="Kho bạc", messages=["payment.confirmed"],
            officer=CLERK,
        )  # fmt: skip
        return int(
            db.execute(
                insert(inbox)
                .values(
                    sender_code="kho-bac", message_id="m1", type="payment.confirmed",
                    body=json.dumps(body).encode(), received_at=SystemClock().now(),
                    state="waiting", attempts=1, reason_code="case_unknown",
                    reason="Expected <a case>", case_number="H35.12-261116-0999",
                )
                .returning(inbox.c.id)
            ).scalar_one()
        )  # fmt: skip


def message_state(desk: DeskOffice, state: InboxState) -> list[dict[str, Any]]:
    with reading(desk.books) as db:
        return inbox_rows(db, state)


def test_an_endpoint_is_added_and_its_secret_is_shown_once(desk: DeskOffice) -> None:
    admin = desk.person(ADMIN)
    answer = admin.submit("/admin/webhooks/add", {**NEW, "own_only": "y"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    secret = shown_secret(answer)
    assert secrets_of(desk, "so.tnmt") == (secret,)
    assert endpoint(desk)["agencies"] == ["H35.12"]
    for path in ("/admin/webhooks", "/admin/webhooks/so.tnmt"):
        page = admin.get(path)
        assert "chưa gửi lần nào" in page.text
        assert secret not in page.text
    assert changes(desk) == [(ADMIN, {"partner": "so.tnmt", "change": "added"})]


def test_a_bad_endpoint_is_refused_in_the_form_and_nothing_is_lost(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    for wrong, kept in (
        ({"code": "Có Dấu"}, "so.example.vn/nhan"),
        ({"url": "ftp://so.example.vn/nhan"}, "ftp://so.example.vn/nhan"),
        ({"events": "case.nothing"}, "case.nothing"),
        ({"form": "portal"}, "so.tnmt"),
        ({"form": "pigeon"}, "so.tnmt"),
        ({"code": ""}, "so.example.vn/nhan"),
    ):
        answer = admin.submit("/admin/webhooks/add", NEW | wrong)
        assert answer.status_code == 422, wrong
        assert "Chưa thực hiện được" in answer.text
        assert kept in answer.text
    with reading(quick_desk.books) as db:
        assert listed(db) == []
    admin.submit("/admin/webhooks/add", NEW)
    again = admin.submit("/admin/webhooks/add", NEW | {"url": "https://b.example.vn"})
    assert again.status_code == 409
    assert endpoint(quick_desk)["url"] == NEW["url"]


def test_a_rotated_secret_counts_beside_the_old_one(desk: DeskOffice) -> None:
    admin = desk.person(ADMIN)
    first = shown_secret(admin.submit("/admin/webhooks/add", NEW))
    second = shown_secret(admin.post("/admin/webhooks/so.tnmt/rotate"))
    assert secrets_of(desk, "so.tnmt") == (second, first)


def test_an_endpoint_is_turned_off_and_on_again_by_name(desk: DeskOffice) -> None:
    admin = desk.person(ADMIN)
    admin.submit("/admin/webhooks/add", NEW)
    assert admin.post("/admin/webhooks/so.tnmt/disable").status_code == 302
    assert endpoint(desk)["state"] == "disabled"
    page = admin.get("/admin/webhooks/so.tnmt").text
    assert "đã tắt" in page
    assert "tắt trên trang quản trị" in page
    assert admin.post("/admin/webhooks/so.tnmt/enable").status_code == 302
    assert endpoint(desk)["state"] == "active"
    assert [data["change"] for _, data in changes(desk)] == ["added", "disabled", "enabled"]


def test_an_endpoint_that_is_not_there_is_not_found(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    assert admin.get("/admin/webhooks/nope").status_code == 404
    for act in ("rotate", "disable", "enable", "resend"):
        assert admin.post(f"/admin/webhooks/nope/{act}", {"all": "1"}).status_code == 404
    assert changes(quick_desk) == []


def test_one_dead_letter_is_sent_again_and_then_all(desk: DeskOffice) -> None:
    ids = with_dead_letters(desk, 3)
    admin = desk.person(ADMIN)
    page = admin.get("/admin/webhooks/so").text
    assert page.count('name="letter"') == 3
    assert "HTTP 500" in page
    assert admin.post("/admin/webhooks/so/resend").status_code == 302
    assert set(states(desk).values()) == {"dead"}, "nothing was chosen"
    admin.post("/admin/webhooks/so/resend", {"letter": str(ids[1])})
    assert states(desk) == {ids[0]: "dead", ids[1]: "waiting", ids[2]: "dead"}
    refused = admin.post("/admin/webhooks/so/resend", {"letter": [str(ids[0]), str(ids[1])]})
    assert refused.status_code == 409
    assert states(desk)[ids[0]] == "dead", "all of what was chosen or nothing"
    admin.post("/admin/webhooks/so/resend", {"all": "1"})
    assert set(states(desk).values()) == {"waiting"}


def test_a_waiting_message_tells_why_and_is_tried_again(desk: DeskOffice) -> None:
    message = with_a_waiting_message(desk)
    admin = desk.person(ADMIN)
    page = admin.get("/admin/incoming").text
    assert "Xác nhận thanh toán" in page
    assert "Không có hồ sơ này trong sổ." in page
    assert "Expected &lt;a case&gt;" in page
    answer = admin.post("/admin/incoming/retry", {"message": str(message)})
    assert answer.status_code == 302
    assert "Đã xử lý 0 trên 1 tin." in admin.get("/admin/incoming").text
    (still,) = message_state(desk, InboxState.WAITING)
    assert still["attempts"] == 2
    assert "H35.12-261116-0999" in still["reason"]
    assert changes(desk) == [(ADMIN, {"partner": "kho-bac", "change": "retried"})]
    assert admin.post("/admin/incoming/retry", {"message": "4711"}).status_code == 409


def test_a_waiting_message_is_applied_once_its_cause_is_mended(desk: DeskOffice) -> None:
    with_a_waiting_message(desk)
    number = desk.office.receive("TINH-01")
    desk.office.work_until(number)
    data = {"type": "dossier.submitted", "data": {
        "procedure": "1.009994", "agency": "H35.12", "owner": {"name": "Lê Thị Hoa"}}}  # fmt: skip
    with transaction(desk.books) as db:
        add_sender(
            db, SystemClock(), code="cong", name="Cổng", messages=["dossier.submitted"],
            officer=CLERK,
        )  # fmt: skip
        db.execute(
            insert(inbox).values(
                sender_code="cong", message_id="m2", type="dossier.submitted",
                body=json.dumps(data).encode(), received_at=SystemClock().now(), state="waiting",
                attempts=1, reason_code="agency_unknown", reason="Expected an agency",
            )
        )  # fmt: skip
    admin = desk.person(ADMIN)
    admin.post("/admin/incoming/retry")
    assert "Đã xử lý 1 trên 2 tin." in admin.get("/admin/incoming").text
    (done,) = message_state(desk, InboxState.APPLIED)
    assert desk.office.case(done["case"])["status"] == 1


def test_a_message_is_closed_with_a_reason_only(desk: DeskOffice) -> None:
    message = with_a_waiting_message(desk)
    admin = desk.person(ADMIN)
    for reason in ("", "  ", "x" * 501):
        answer = admin.post(f"/admin/incoming/{message}/close", {"reason": reason})
        assert answer.status_code == 422
        assert f'href="#reason-{message}"' in answer.text
    assert len(message_state(desk, InboxState.WAITING)) == 1
    assert admin.post(
        f"/admin/incoming/{message}/close", {"reason": "Đã thu tại quầy"}
    ).status_code == 302  # fmt: skip
    (closed,) = message_state(desk, InboxState.CLOSED)
    assert closed["reason"] == f"Đã thu tại quầy ({ADMIN})"
    assert "Đã thu tại quầy" in admin.get("/admin/incoming").text
    assert admin.post(
        f"/admin/incoming/{message}/close", {"reason": "lần nữa"}
    ).status_code == 409  # fmt: skip


def test_a_sender_is_added_by_what_it_may_say_and_its_secret_is_shown_once(
    desk: DeskOffice,
) -> None:
    admin = desk.person(ADMIN)
    given = {"code": "kho-bac", "name": "Kho bạc", "messages": ["payment.confirmed"],
             "officer": CLERK, "agency": ""}  # fmt: skip
    for wrong in (
        {"messages": []},
        {"messages": ["pigeon.sent"]},
        {"code": "Có Dấu"},
        {"officer": "nguoi.la"},
        {"messages": ["opinion.given"]},
    ):
        answer = admin.submit("/admin/incoming/senders/add", given | wrong)
        assert answer.status_code == 422, wrong
    secret = shown_secret(admin.submit("/admin/incoming/senders/add", given))
    assert admin.submit("/admin/incoming/senders/add", given).status_code == 409
    page = admin.get("/admin/incoming").text
    assert "Kho bạc" in page
    assert secret not in page
    second = shown_secret(admin.post("/admin/incoming/senders/kho-bac/rotate"))
    with reading(desk.books) as db:
        keys = valid_secrets(db, SystemClock().now(), direction=Direction.IN, code="kho-bac")
    assert keys == (second, secret)
    assert admin.post("/admin/incoming/senders/kho-bac/disable").status_code == 302
    with reading(desk.books) as db:
        assert known_sender(db, "kho-bac") is None
    for act in ("rotate", "disable"):
        assert admin.post(f"/admin/incoming/senders/nope/{act}").status_code == 404
    told = [data["change"] for _, data in changes(desk)]
    assert told == ["sender_added", "sender_rotated", "sender_disabled"]


def test_only_an_administrator_touches_partners(quick_desk: DeskOffice) -> None:
    ids = with_dead_letters(quick_desk, 1)
    message = with_a_waiting_message(quick_desk)
    visitors: list[Visitor] = [quick_desk.person(CLERK), quick_desk.person(LEADER)]
    for visitor in visitors:
        for path, data in (
            ("/admin/webhooks/add", NEW),
            ("/admin/webhooks/so/rotate", {}),
            ("/admin/webhooks/so/disable", {}),
            ("/admin/webhooks/so/resend", {"letter": str(ids[0])}),
            ("/admin/incoming/retry", {}),
            ("/admin/incoming/senders/add", {}),
            ("/admin/incoming/senders/kho-bac/disable", {}),
            (f"/admin/incoming/{message}/close", {"reason": "x"}),
        ):
            assert visitor.post(path, data).status_code == 403, path
    assert endpoint(quick_desk)["state"] == "active"
    assert states(quick_desk) == {ids[0]: "dead"}
    assert len(message_state(quick_desk, InboxState.WAITING)) == 1

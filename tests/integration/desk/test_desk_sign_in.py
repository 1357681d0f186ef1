"""Signing in and out: sessions are the office's, guesses are slowed, nobody is told too much."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update

from desk.access import person_of
from engine.clock import FrozenClock, SystemClock, office_instant
from engine.database import transaction
from engine.staff.commands import end_role
from engine.staff.sign_in import (
    FREE_FAILURES,
    LONGEST_WAIT,
    open_session,
    password_fits,
    set_password,
)
from engine.staff.tables import officer
from tests.visitors import CLERK, LEADER, PASSWORD, DeskOffice, Visitor

WALL = office_instant("2026-11-16T08:00")


def sign_in(visitor: Visitor, code: str = CLERK, password: str = PASSWORD, **given: str) -> int:
    return visitor.post("/", {"officer": code, "password": password, **given}).status_code


def test_who_signs_in_is_led_to_his_own_work(quick_desk: DeskOffice) -> None:
    for code, place in ((CLERK, "/desk"), (LEADER, "/board"), ("qt.hethong", "/admin")):
        visitor = quick_desk.stranger()
        answer = visitor.post("/", {"officer": code, "password": PASSWORD})
        assert answer.headers["Location"] == place
        assert visitor.get(place).status_code == 200


def test_a_wrong_password_and_an_unknown_officer_are_told_the_same(quick_desk: DeskOffice) -> None:
    wrong = quick_desk.stranger().post("/", {"officer": CLERK, "password": "sai"})
    unknown = quick_desk.stranger().post("/", {"officer": "khong.co", "password": "sai"})
    assert wrong.status_code == unknown.status_code == 401
    message = "Tên đăng nhập hoặc mật khẩu không đúng"
    assert message in wrong.text
    assert message in unknown.text


def test_the_page_that_was_asked_for_opens_after_signing_in(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.stranger()
    asked = visitor.get("/desk?loc=qua-han")
    assert asked.headers["Location"].startswith("/?next=/desk")
    answer = visitor.post(
        "/", {"officer": CLERK, "password": PASSWORD, "next": "/desk?loc=qua-han"}
    )
    assert answer.headers["Location"] == "/desk?loc=qua-han"


def test_signing_in_never_leads_to_another_site(quick_desk: DeskOffice) -> None:
    for evil in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"):
        answer = quick_desk.stranger().post(
            "/", {"officer": CLERK, "password": PASSWORD, "next": evil}
        )
        assert answer.headers["Location"] == "/"


def test_a_cookie_fixed_before_signing_in_is_worth_nothing(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.stranger()
    visitor.get("/")
    before = visitor.client.get_cookie("motcua")
    assert before is not None
    sign_in(visitor)
    thief = quick_desk.stranger()
    thief.client.set_cookie("motcua", before.value)
    assert thief.get("/desk").status_code == 302


def test_after_signing_out_a_copied_cookie_is_dead(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.stranger()
    sign_in(visitor)
    copied = visitor.client.get_cookie("motcua")
    assert copied is not None
    visitor.post("/sign-out")
    thief = quick_desk.stranger()
    thief.client.set_cookie("motcua", copied.value)
    assert thief.get("/desk").status_code == 302


def test_a_session_ends_when_its_hours_are_over(quick_desk: DeskOffice) -> None:
    with transaction(quick_desk.books) as db:
        token = open_session(
            db, FrozenClock(WALL - timedelta(days=400)), officer_code=CLERK, hours=1
        )
    with quick_desk.app.test_request_context():
        assert person_of(token) is None


def test_an_officer_who_left_is_out_with_his_next_click(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.person(CLERK)
    assert visitor.get("/desk").status_code == 200
    with transaction(quick_desk.books) as db:
        db.execute(
            update(officer).where(officer.c.code == CLERK).values(active_to=date(2026, 11, 15))
        )
    assert visitor.get("/desk").status_code == 302


def test_a_role_that_ended_is_gone_with_the_next_click(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.person(CLERK)
    assert visitor.get("/desk/receive").status_code == 200
    quick_desk.office.do(
        end_role, officer_code=CLERK, role="mot_cua", last_on=date(2026, 11, 15), by="t"
    )
    assert visitor.get("/desk/receive").status_code == 403


def test_a_new_password_ends_the_sessions_of_the_old_one(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.person(CLERK)
    quick_desk.office.do(set_password, officer_code=CLERK, password="mới hoàn toàn", by="t")
    assert visitor.get("/desk").status_code == 302
    assert sign_in(quick_desk.stranger()) == 401
    assert sign_in(quick_desk.stranger(), password="mới hoàn toàn") == 302


def test_guesses_make_the_account_wait_and_the_wait_ends(desk: DeskOffice) -> None:
    clock = FrozenClock(WALL)
    with transaction(desk.books) as db:

        def fits(password: str) -> bool:
            return password_fits(db, clock, officer_code=CLERK, password=password)

        assert fits(PASSWORD)
        assert not any(fits("sai") for _ in range(FREE_FAILURES))
        assert not fits(PASSWORD), "even the right one waits"
        clock.advance(timedelta(minutes=2))
        assert fits(PASSWORD)
        assert not any(fits("sai") for _ in range(40))
        clock.advance(LONGEST_WAIT + timedelta(seconds=1))
        assert fits(PASSWORD), "nobody is locked out for ever"


def test_guesses_from_one_address_are_limited(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.stranger()
    token = visitor.token()
    data = {"csrf_token": token, "officer": "khong.co", "password": "x"}
    answers = [visitor.client.post("/", data=data).status_code for _ in range(25)]
    assert answers[:5] == [401] * 5
    assert answers[-1] == 429


def test_the_cookie_is_hidden_from_scripts_and_other_sites(quick_desk: DeskOffice) -> None:
    answer = quick_desk.stranger().get("/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_journal_says_who_got_a_password_but_not_which(quick_desk: DeskOffice) -> None:
    quick_desk.office.do(set_password, officer_code=CLERK, password="rất bí mật", by="qt")
    with quick_desk.books.connect() as db:
        rows = db.exec_driver_sql("SELECT data FROM journal WHERE type = 'PasswordSet'").scalars()
        found = list(rows)
    assert any(CLERK in row for row in found)
    assert not any("bí mật" in row for row in found)


def test_the_wall_keeps_sessions_not_the_training_clock(quick_desk: DeskOffice) -> None:
    visitor = quick_desk.person(CLERK)
    quick_desk.office.until("2026-11-20T08:00")
    assert visitor.get("/desk").status_code == 200
    assert SystemClock().now() is not None

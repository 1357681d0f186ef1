"""Programs with tokens: who gets in, in which roles, for how long; the same rules as the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from desk.api.access import rule_of
from desk.app import create_app
from engine.cases.training import clock_of
from engine.clock import FrozenClock, SystemClock
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.staff.tables import api_token
from engine.staff.tokens import issue_token, revoke_token, tokens
from tests.programs import API, Program, code_of
from tests.visitors import ADMIN, CLERK, HEAD, LEADER, SPECIALIST, DeskOffice

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule as Route

PEOPLE = (CLERK, SPECIALIST, HEAD, LEADER, ADMIN)
PUBLIC = {"openapi.spec", "static"}


def api_of(desk: DeskOffice) -> Flask:
    api: Flask = desk.app.extensions["motcua_api"]
    return api


def routes(api: Flask) -> list[Route]:
    return [route for route in api.url_map.iter_rules() if route.endpoint not in PUBLIC]


def address(route: Route, number: str) -> str:
    given = {"number": number, "step_id": "b01_tiep_nhan", "code": "1.009994"}
    path = route.rule
    for name in route.arguments:
        path = path.replace(f"<{name}>", given[name])
    return path.removeprefix(API)


def calls(api: Flask, number: str) -> list[tuple[str, str, str]]:
    """(method, path, endpoint) of every operation."""
    return [
        (method, address(route, number), route.endpoint)
        for route in routes(api)
        for method in sorted((route.methods or set()) & {"GET", "POST"})
    ]


def test_every_endpoint_has_an_access_rule_and_none_is_public(quick_desk: DeskOffice) -> None:
    api = api_of(quick_desk)
    rules = {route.endpoint: rule_of(api, route.endpoint) for route in routes(api)}
    assert [name for name, rule in rules.items() if rule is None or rule.public] == []


def test_without_a_token_nothing_is_said_and_nothing_changes(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    stranger = Program(quick_desk, None)
    before = dump(quick_desk)
    for method, path, _ in calls(api_of(quick_desk), number):
        answer = stranger.get(path) if method == "GET" else stranger.post(path, {})
        assert (path, answer.status_code) == (path, 401)
        assert code_of(answer) == "unauthorized"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert number not in answer.text.replace(path, "")
    assert dump(quick_desk) == before


def test_the_sign_in_of_a_browser_is_worth_nothing_here(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    assert clerk.get("/desk").status_code == 200
    assert clerk.client.get(f"{API}/cases").status_code == 401
    body = {"procedure": "1.009994", "owner": {"name": "A"}, "channel": "counter"}
    assert clerk.client.post(f"{API}/cases", json=body).status_code == 401


def test_every_endpoint_answers_each_role_as_its_rule_says(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    api = api_of(quick_desk)
    wrong = []
    for officer in PEOPLE:
        program = Program(quick_desk, officer)
        with quick_desk.books.connect() as db:
            held = frozenset(
                db.execute(
                    text("SELECT role FROM officer_role WHERE officer_code = :c"), {"c": officer}
                ).scalars()
            )
        for method, path, endpoint in calls(api, number):
            rule = rule_of(api, endpoint)
            assert rule is not None
            allowed = not rule.roles or not rule.roles.isdisjoint(held)
            answer = program.get(path) if method == "GET" else program.post(path, {})
            if (answer.status_code == 403) == allowed:
                wrong.append((officer, method, path, answer.status_code))
    assert wrong == []


def test_a_case_of_another_agency_looks_like_no_case_at_all(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    with transaction(quick_desk.books) as db:
        db.execute(
            text(
                "INSERT INTO agency (code, name, level, accepts_all) "
                "VALUES ('H35.99', 'Xã khác', 'xã', 1)"
            )
        )
        db.execute(text("UPDATE case_file SET agency_code = 'H35.99'"))
        db.execute(text("UPDATE step SET agency_code = 'H35.99'"))
    program = Program(quick_desk, CLERK)
    for method, path, endpoint in calls(api_of(quick_desk), number):
        rule = rule_of(api_of(quick_desk), endpoint)
        if rule is None or not rule.of_case:
            continue
        answer = program.get(path) if method == "GET" else program.post(path, {}, if_match='"1"')
        unknown = program.get(path.replace(number, "H35.12-261116-9999"))
        assert (path, answer.status_code) == (path, 404)
        if method == "GET":
            assert code_of(answer) == code_of(unknown) == "case_unknown"
    for path in ("/cases", "/worklist", "/journal"):
        listed = program.get(path)
        assert listed.json == {
            "items": [],
            **({"after": 0} if path == "/journal" else {"next": None}),
        }


def test_a_token_works_in_its_period_only_and_the_wall_decides(
    quick_desk: DeskOffice,
) -> None:
    now = SystemClock().now()
    begins, ends = now + timedelta(days=1), now + timedelta(days=2)
    program = Program(quick_desk, CLERK, valid_from=begins, valid_to=ends)
    wall = FrozenClock(now)
    app = create_app(quick_desk.settings, wall, books=quick_desk.books)
    client = app.test_client()

    def status() -> int:
        return client.get(f"{API}/cases", headers=program.headers).status_code

    assert status() == 401, "it has not begun"
    wall.set(begins)
    assert status() == 200
    wall.set(ends - timedelta(microseconds=1))
    assert status() == 200
    wall.set(ends)
    assert status() == 401, "it has ended"


def test_a_revoked_token_is_worth_nothing_at_once(desk: DeskOffice) -> None:
    program, other = Program(desk, CLERK), Program(desk, CLERK)
    assert program.get("/cases").status_code == 200
    with transaction(desk.books) as db:
        revoke_token(db, clock_of(db), SystemClock(), token_id=program.token_id, by="test")
    assert program.get("/cases").status_code == 401
    assert other.get("/cases").status_code == 200
    with reading(desk.books) as db:
        states = {t["id"]: t["state"] for t in tokens(db, SystemClock().now())}
    assert states == {program.token_id: "revoked", other.token_id: "in_force"}


def test_an_officer_who_leaves_or_loses_his_role_takes_his_tokens_with_him(
    quick_desk: DeskOffice,
) -> None:
    program = Program(quick_desk, CLERK)
    assert program.post("/cases", {}).status_code == 422
    with quick_desk.books.begin() as db:
        db.execute(
            text("UPDATE officer_role SET valid_to = '2026-01-01' WHERE officer_code = :c"),
            {"c": CLERK},
        )
    assert program.post("/cases", {}).status_code == 403
    with quick_desk.books.begin() as db:
        db.execute(
            text("UPDATE officer SET active_to = '2026-01-01' WHERE code = :c"), {"c": CLERK}
        )
    assert program.post("/cases", {}).status_code == 401


def test_a_token_carries_only_the_roles_it_was_given(quick_desk: DeskOffice) -> None:
    with quick_desk.books.begin() as db:
        db.execute(
            text(
                "INSERT INTO officer_role (officer_code, role, valid_from) "
                "VALUES (:c, 'lanh_dao', '2026-01-01')"
            ),
            {"c": CLERK},
        )
    number = quick_desk.office.receive()
    quick_desk.office.work_until(number, "sign")
    step = quick_desk.office.open(number)[0]
    narrow = Program(quick_desk, CLERK, roles=["mot_cua"])
    refused = narrow.change(number, f"steps/{step}/complete", {})
    assert (refused.status_code, code_of(refused)) == (403, "not_allowed")
    apology = {"cause": "QUA_TAI", "reason": "Quá tải"}
    assert code_of(narrow.change(number, "apologise", apology)) == "forbidden"
    wide = Program(quick_desk, CLERK)
    assert wide.change(number, f"steps/{step}/complete", {}).status_code == 200


def test_the_books_keep_no_token_only_its_hash(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    secret = program.headers["Authorization"].split()[1]
    assert all(secret not in line for rows in dump(quick_desk).values() for line in rows)
    with reading(quick_desk.books) as db:
        assert len(db.execute(api_token.select()).one().token_hash) == 64


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer mc_nobody",
        "Basic bWM6eA==",
        "bearer " + "x" * 5000,
        "Bearer \x00",
        "Bearer mc_ắ",
    ],
)
def test_what_is_no_token_is_answered_like_no_token(quick_desk: DeskOffice, given: str) -> None:
    headers = {"Authorization": given.encode("utf-8").decode("latin-1")} if given else {}
    answer = quick_desk.app.test_client().get(f"{API}/cases", headers=headers)
    assert (answer.status_code, code_of(answer)) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"roles": ["lanh_dao"]}, "Expected roles that"),
        ({"name": " "}, "Expected what the token is for"),
        ({"valid_to": SystemClock().now() - timedelta(days=1)}, "has not ended"),
        ({"valid_to": SystemClock().now() + timedelta(days=2000)}, "at most 1096 days"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_issued(
    quick_desk: DeskOffice, given: dict[str, object], said: str
) -> None:
    values: dict[str, Any] = {"officer_code": CLERK, "name": "x", "by": "test"} | given
    with transaction(quick_desk.books) as db, pytest.raises(BadInputError, match=said):
        issue_token(db, clock_of(db), SystemClock(), **values)
    with reading(quick_desk.books) as db:
        assert tokens(db, SystemClock().now()) == []


def dump(desk: DeskOffice) -> dict[str, list[str]]:
    with desk.books.connect() as db:
        names = db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return {
            name: sorted(map(repr, db.execute(text(f'SELECT * FROM "{name}"')))) for name in names
        }

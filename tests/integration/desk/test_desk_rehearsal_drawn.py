"""What is drawn and not in force is rehearsed beside the version that is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desk.rehearsal.work import work_off
from engine.catalog.drafts import draft_from_version, save_draft
from engine.database import reading
from engine.procedures.propose_procedure import propose_procedure
from engine.reports.rehearsals import rehearsal_of
from tests.rehearsals import AGENCY, BUDGET, form, quiet
from tests.visitors import DESIGNER, HEAD, LEADER, DeskOffice

CODE = "2.000908"


def document(desk: DeskOffice, address: str) -> dict[str, Any]:
    number = int(address.rpartition("/")[2])
    with reading(desk.books) as db:
        row = rehearsal_of(db, AGENCY, number, with_result=True)
    found: dict[str, Any] = json.loads(row.result)["document"]
    return found


def test_a_draft_is_set_beside_the_version_in_force(quick_desk: DeskOffice) -> None:
    quiet(quick_desk)
    quick_desk.office.receive(CODE)
    quick_desk.office.do(draft_from_version, code=CODE, by=DESIGNER)
    planner = quick_desk.person(DESIGNER)
    assert "bản thảo" in planner.get("/rehearsal").text
    address = planner.submit(
        "/rehearsal/new?nguon=ban-thao&ma=2.000908", form(per_day="4")
    ).headers["Location"]
    work_off(quick_desk.books, budget_seconds=BUDGET)
    page = planner.get(address).text
    assert "Bản thảo 2.000908" in page
    assert 'id="queues_before"' in page
    made = document(quick_desk, address)
    assert {each["value"] for each in made["differences"].values()} <= {0.0, None}, (
        "a draft like the version in force changes nothing"
    )


def test_a_proposal_is_rehearsed_as_it_was_handed_in_and_its_page_lists_the_run(
    quick_desk: DeskOffice,
) -> None:
    quiet(quick_desk)
    office = quick_desk.office
    office.receive(CODE)
    draft = office.do(draft_from_version, code=CODE, by=DESIGNER)
    proposal = office.do(propose_procedure, code=CODE, revision=draft.revision, by=DESIGNER)
    # Drawn on meanwhile: that is another diagram, which nobody handed in.
    broken = draft.bpmn.replace(b"<bpmn:startEvent", b"<bpmn:intermediateThrowEvent").replace(
        b"</bpmn:startEvent>", b"</bpmn:intermediateThrowEvent>"
    )
    office.do(save_draft, code=CODE, revision=draft.revision, bpmn=broken, by=DESIGNER)
    leader = quick_desk.person(LEADER)
    approval = f"/designer/{CODE}/approval"
    new = f"/rehearsal/new?nguon=de-nghi&ma={proposal.id}"
    assert new.replace("&", "&amp;") in leader.get(approval).text
    assert "Đề nghị phê duyệt, đặt cạnh bản đang có hiệu lực" in leader.get(new).text
    address = leader.submit(new, form(per_day="4")).headers["Location"]
    assert "Đang chờ" in leader.get(approval).text
    work_off(quick_desk.books, budget_seconds=BUDGET)
    made = document(quick_desk, address)
    assert f"Đề nghị số {proposal.id} của {CODE}" in leader.get(address).text
    assert {each["value"] for each in made["differences"].values()} <= {0.0, None}
    listed = quick_desk.person(HEAD).get(approval).text
    assert f'href="{address}"' in listed
    assert "Đã xong" in listed


@pytest.mark.parametrize("key", ["", "0", "7", "x", "1e3", "99999999999"])
def test_a_proposal_that_is_none_is_not_rehearsed(quick_desk: DeskOffice, key: str) -> None:
    answer = quick_desk.person(LEADER).get(f"/rehearsal/new?nguon=de-nghi&ma={key}")
    assert answer.status_code == 404
    assert "Không có đề nghị phê duyệt này." in answer.text

"""Consultation, refusal, early result, hand-over: R17, R23, R24, R35, R36, R39, R40, R45, R72."""

from __future__ import annotations

import pytest

from engine.cases.acting import NotAllowedError
from engine.cases.claim_step import claim_step, release_step, start_step
from engine.cases.file import CaseUnknownError, StatusRefusedError
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.return_result import return_result
from engine.cases.steps import StepNotOpenError
from engine.cases.waiting.consult import consult
from engine.cases.waiting.record_opinion import record_opinion
from engine.errors import BadInputError
from tests.builders import TrainingOffice


def test_r36_an_early_result_is_early_by_its_finish_not_by_its_pick_up(
    office: TrainingOffice,
) -> None:
    number = office.receive("2.001610")
    office.work_until(number)
    office.until("2026-12-10T09:00")
    office.do(return_result, number=number, originals_returned=True)
    case = office.case(number)
    assert (case["verdict"], case["status"]) == ("early", 10)
    words = office.events(number)
    assert words.index("ApplicantNotified") < words.index("ResultReturned")


def test_r39_a_result_is_handed_over_only_when_it_is_ready(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    with pytest.raises(StatusRefusedError):
        office.do(return_result, number=number)


def test_r35_a_refusal_in_time_is_a_result_in_time(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    office.work_until(number, "examine")
    office.do(refuse_case, number=number, reason="Không đủ điều kiện")
    case = office.case(number)
    assert (case["status"], case["outcome"], case["verdict"]) == (9, "REFUSED", "early")
    assert office.event(number, "CaseRefused")["in_time"] is True
    office.do(return_result, number=number, originals_returned=True)
    assert office.case(number)["status"] == 10


def test_r35_a_refusal_after_the_due_date_is_allowed_but_late(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    office.work_until(number, "examine")
    office.until("2026-11-20T08:00")
    office.do(refuse_case, number=number, reason="Không đủ điều kiện")
    assert office.case(number)["verdict"] == "late"


def test_r35_a_refusal_needs_a_reason(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    office.work_until(number, "examine")
    with pytest.raises(BadInputError):
        office.do(refuse_case, number=number, reason=" ")


def test_r23_a_consult_needs_content_and_deadline(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "consult")
    for wrong in ({"content": ""}, {"deadline": ""}, {"agencies": []}, {"deadline": "soon"}):
        given = {"agencies": ["Sở Xây dựng"], "content": "ý kiến?", "deadline": "2wd"} | wrong
        with pytest.raises(BadInputError):
            office.do(consult, number=number, **given)


def test_r23_an_opinion_lets_the_step_go_on(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "consult")
    due = office.case(number)["due_at"]
    office.do(consult, number=number, agencies=["Sở Xây dựng"], content="ý kiến?", deadline="2wd")
    office.do(record_opinion, number=number, opinion="Thống nhất")
    assert "consult" not in office.kinds(number)
    assert office.case(number)["due_at"] == due


def test_r23_silence_is_consent_where_the_procedure_says_so(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "consult")
    office.do(consult, number=number, agencies=["Sở Xây dựng"], content="ý kiến?", deadline="2wd")
    office.until("2026-11-19T08:00")
    assert "consult" not in office.kinds(number)
    opinion = office.event(number, "OpinionRecorded")
    assert (opinion["silent"], opinion["opinion"]) == (True, "coi như đồng ý")


def test_r24_on_paper_agencies_are_asked_in_turn(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "consult")
    office.do(
        consult,
        number=number,
        agencies=["Công an", "Tòa án"],
        content="ý kiến?",
        deadline="2wd",
        mode="paper",
    )
    first, second = office.case(number)["consultations"]
    assert first["asked_at"] is not None
    assert second["asked_at"] is None
    office.do(record_opinion, number=number, opinion="đồng ý")
    assert office.case(number)["consultations"][1]["asked_at"] is not None


def test_r24_electronically_all_are_asked_at_once(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "consult")
    office.do(
        consult,
        number=number,
        agencies=["Công an", "Tòa án"],
        content="ý kiến?",
        deadline="2wd",
        mode="electronic",
    )
    assert all(c["asked_at"] for c in office.case(number)["consultations"])


def test_r17_the_chain_of_hand_overs_begins_and_ends_in_the_one_stop(
    office: TrainingOffice,
) -> None:
    number = office.receive("2.001610")
    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True)
    legs = office.case(number)["legs"]
    assert legs[0]["sender"].startswith("Trung tâm")
    assert legs[-1]["receiver"].startswith("Trung tâm")
    assert all(leg["result"] in ("early", "on_time", "late") for leg in legs)


def test_r45_a_step_keeps_its_own_due_date(office: TrainingOffice) -> None:
    number = office.receive("2.001610")  # received 07:30, first step 2 h
    step = office.case(number)["open_steps"][0]
    assert step["due_at"] == "2026-11-16T09:30:00+07:00"


def test_r40_a_returned_case_does_not_move_again(office: TrainingOffice) -> None:
    number = office.receive("2.000908")
    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True)
    with pytest.raises(StatusRefusedError):
        office.do(refuse_case, number=number, reason="muộn")


def test_r72_only_a_leader_signs(office: TrainingOffice) -> None:
    from datetime import date

    from engine.database import reading
    from engine.staff.queries import officers_with_role

    number = office.receive("2.001610")
    office.work_until(number, "examine")
    with reading(office.books) as db:
        clerk = officers_with_role(db, "mot_cua", "H35.12", date(2026, 11, 16))[0]
    with pytest.raises(NotAllowedError):
        office.do(refuse_case, number=number, reason="vì", signer=clerk)


def test_a_claimed_step_belongs_to_one_person(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    step = office.open(number)[0]
    office.do(claim_step, number=number, step_id=step)
    office.do(start_step, number=number, step_id=step)
    with pytest.raises(StepNotOpenError):
        office.do(release_step, number=number, step_id=step, by="somebody.else")
    office.do(release_step, number=number, step_id=step)
    assert office.case(number)["open_steps"][0]["officer"] is None


def test_a_step_is_completed_once(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    step = office.open(number)[0]
    office.complete(number, step)
    with pytest.raises(StepNotOpenError, match="to be open, but it is not"):
        office.complete(number, step)


def test_an_unknown_case_is_named(office: TrainingOffice) -> None:
    with pytest.raises(CaseUnknownError):
        office.complete("H35.12-990101-0001", "x")

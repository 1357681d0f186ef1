"""The clock of a case: supplements, payment, stop, withdrawal (R19–R22, R37, R38, R40)."""

from __future__ import annotations

import pytest

from engine.cases.complete_step import CaseHeldError
from engine.cases.file import StatusRefusedError
from engine.cases.intake.withdraw_case import withdraw_case
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.holds import HoldError
from engine.cases.waiting.request_payment import request_payment
from engine.cases.waiting.request_supplement import SupplementLimitError, request_supplement
from engine.cases.waiting.stop_case import resume_case, stop_case
from tests.builders import TrainingOffice

TEN_DAYS = "2.000488"  # 10 ngày


def _ask(office: TrainingOffice, number: str, **given: object) -> None:
    office.do(
        request_supplement, number=number, reason="Thiếu giấy tờ", components=["don"], **given
    )


def test_r21_pause_in_working_days_is_the_default_of_today(office: TrainingOffice) -> None:
    number = office.receive("TINH-10")  # 8 wd
    before = office.case(number)["due_at"]
    office.until("2026-11-18T09:00")
    office.work_until(number, "examine")
    _ask(office, number)
    assert office.case(number)["status"] == 5
    office.until("2026-11-27T09:00")
    office.do(accept_supplement, number=number)
    case = office.case(number)
    assert before == "2026-11-27T17:00:00+07:00"
    assert case["due_at"] == "2026-12-07T17:00:00+07:00"  # + 6 wd
    assert case["status"] == 4
    assert case["holds"][0]["policy"] == "PAUSE_WD"
    assert case["holds"][0]["due_before"] == before


def test_r18_a_specialist_asks_and_the_one_stop_sends(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "examine")
    examiner = office.event(number, "StepOpened")["role"]
    from datetime import date

    from engine.database import reading
    from engine.staff.queries import officers_with_role

    with reading(office.books) as db:
        who = officers_with_role(db, examiner, "H35.12", date(2026, 11, 16))[0]
    _ask(office, number, by=who)
    case = office.case(number)
    assert case["status"] == 4
    assert "supplement" in office.kinds(number)
    assert not [d for d in case["documents"] if d["meaning"] == "BO_SUNG"]
    _ask(office, number)
    case = office.case(number)
    assert case["status"] == 5
    assert [d["meaning"] for d in case["documents"]].count("BO_SUNG") == 1


def test_r19_a_second_request_needs_a_ground_and_a_leader(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "examine")
    _ask(office, number)
    office.do(accept_supplement, number=number)
    office.work_until(number, "examine")
    with pytest.raises(SupplementLimitError):
        _ask(office, number)
    _ask(office, number, override_ground="Điều 54 NĐ 217")
    case = office.case(number)
    assert (case["status"], case["multi_supplement"]) == (5, True)


def test_r19_a_faulty_answer_leaves_the_same_request_open(office: TrainingOffice) -> None:
    number = office.receive()
    office.work_until(number, "examine")
    _ask(office, number)
    office.do(accept_supplement, number=number, still_missing="chưa công chứng")
    case = office.case(number)
    assert (case["status"], len(case["holds"]), case["supplement_requests"]) == (5, 1, 1)


def test_a_held_case_completes_no_step(office: TrainingOffice) -> None:
    number = office.receive("2.001610")
    office.work_until(number, "assign")
    _ask(office, number)  # no path in the diagram here: the step waits with the case
    assert office.case(number)["status"] == 5
    step = office.open(number)[0]
    with pytest.raises(CaseHeldError):
        office.complete(number, step)
    office.do(accept_supplement, number=number)
    office.complete(number, step)


def test_r22_the_diagram_pauses_for_the_financial_obligation(office: TrainingOffice) -> None:
    number = office.receive("TINH-20")
    office.work_until(number)
    case = office.case(number)
    assert (case["status"], case["holds"][0]["kind"]) == (6, "payment")
    before = case["due_at"]
    office.do(request_payment, number=number, amount_dong=1_200_000, notice="TB-77")
    office.until("2026-12-14T08:00")
    office.do(confirm_payment, number=number)
    case = office.case(number)
    assert case["status"] == 4
    assert before < case["due_at"]
    office.work_until(number)
    assert office.case(number)["verdict"] in ("early", "on_time")


def test_a_payment_that_nobody_owes_is_not_confirmed(office: TrainingOffice) -> None:
    number = office.receive()
    with pytest.raises(StatusRefusedError):
        office.do(confirm_payment, number=number)


def test_an_unasked_supplement_is_not_accepted(office: TrainingOffice) -> None:
    number = office.receive(submitted_only=True)
    with pytest.raises(HoldError):
        office.do(accept_supplement, number=number)


@pytest.mark.parametrize("stage", ["new", "received", "processing", "waiting"])
def test_r37_a_withdrawal_ends_the_case_as_7(office: TrainingOffice, stage: str) -> None:
    number = office.receive(submitted_only=stage == "new")
    if stage in ("processing", "waiting"):
        office.work_until(number, "examine")
    if stage == "waiting":
        _ask(office, number)
    office.do(withdraw_case, number=number, reason="Đơn xin rút")
    case = office.case(number)
    assert (case["status"], case["open_steps"]) == (7, [])
    with pytest.raises(StatusRefusedError):
        office.do(withdraw_case, number=number, reason="lại")


def test_r38_a_stopped_case_goes_on_with_a_later_date(office: TrainingOffice) -> None:
    number = office.receive("TINH-10")
    office.work_until(number, "examine")
    before = office.case(number)["due_at"]
    office.do(stop_case, number=number, request="Đang tranh chấp", decision="15/QĐ")
    case = office.case(number)
    assert case["status"] == 8
    assert any(d["meaning"] == "DUNG_GIAI_QUYET" for d in case["documents"])
    office.until("2026-11-20T08:00")
    office.do(resume_case, number=number)
    case = office.case(number)
    assert case["status"] == 4
    assert case["due_at"] > before

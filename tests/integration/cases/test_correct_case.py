"""What was taken in wrongly is put right; the receipt is issued anew and the first one kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from books_invariants import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.cases import agenda
from engine.cases.acting import NotAllowedError
from engine.cases.deadlines import count_again
from engine.cases.file import StatusRefusedError, read_case
from engine.cases.intake.correct_case import Correction, CorrectionRefusedError, correct_case
from engine.cases.intake.receive_case import DossierIncompleteError
from engine.cases.return_result import return_result
from engine.cases.tables import timer
from engine.cases.training import clock_of
from engine.clock import office_instant
from engine.database import reading
from engine.errors import BadInputError
from engine.journal.read import last_sequence, lines_after
from engine.reports.measures import Window, measure, relevant_types
from tests.builders import TrainingOffice

WHY = "Gõ nhầm"


def correct(office: TrainingOffice, number: str, reason: str = WHY, **wanted: Any) -> None:
    by = wanted.pop("by", None)
    office.do(correct_case, number=number, reason=reason, correction=Correction(**wanted), by=by)


def receipts(office: TrainingOffice, number: str) -> list[dict[str, Any]]:
    return [d for d in office.case(number)["documents"] if d["meaning"] == "TIEP_NHAN"]


def armed(office: TrainingOffice, number: str) -> dict[str, datetime]:
    """Instants of the case's own warnings that are still waited for."""
    with reading(office.books) as db:
        file = read_case(db, clock_of(db), number)
        rows = db.execute(
            select(timer).where(
                timer.c.case_id == file.id,
                timer.c.state == agenda.ARMED,
                timer.c.kind.in_((agenda.ALERT, agenda.LATE)),
            )
        ).all()
        return {row.name: row.due_at for row in rows}


def test_r9_a_wrong_name_is_put_right_and_the_first_receipt_still_says_the_old_one(
    office: TrainingOffice,
) -> None:
    number = office.receive(
        owner="Nguyễn Văn Ba", data={"owner": {"phone": "0912", "address": "1 Lê Lợi"}}
    )
    before = office.case(number)
    correct(office, number, owner="Nguyễn Văn Bá", owner_data={"address": "2 Lê Lợi"})
    after = office.case(number)
    assert after["owner"] == "Nguyễn Văn Bá"
    first, second = receipts(office, number)
    assert (first["content"]["applicant"], first["content"]["address"]) == (
        "Nguyễn Văn Ba",
        "1 Lê Lợi",
    )
    assert (second["content"]["applicant"], second["content"]["address"]) == (
        "Nguyễn Văn Bá",
        "2 Lê Lợi",
    )
    assert second["content"]["replaces"] == first["number"]
    assert second["content"]["reissue"] == 1
    assert second["content"]["correction"] == WHY
    assert second["number"] != first["number"]
    told = office.event(number, "CaseCorrected")
    assert told["fields"] == ["owner", "address"]
    assert "Bá" not in str(told), "events carry no names (R70)"
    assert after["due_at"] == before["due_at"]
    assert "DueMoved" not in office.events(number)
    correct(office, number, owner="Nguyễn Văn Bả")
    assert receipts(office, number)[2]["content"]["reissue"] == 2
    check(office.books)


def test_a_start_put_right_moves_the_due_date_and_says_why(office: TrainingOffice) -> None:
    number = office.receive()
    before = office.case(number)
    first = office_instant(before["received_at"])
    office.until("2026-11-17T09:00")
    correct(office, number, received_at=office_instant("2026-11-17T08:00"))
    after = office.case(number)
    assert after["due_original_at"] > before["due_original_at"]
    assert after["due_appointed_at"] == after["due_original_at"]
    moved = office.event(number, "DueMoved")
    assert moved["why"] == "sửa thời điểm bắt đầu tính thời hạn"
    assert WHY not in moved["why"], "the citizen reads it; the officer's words are not for him"
    assert receipts(office, number)[1]["content"]["due_at"] == after["due_appointed_at"]
    assert armed(office, number)["OVERDUE"] == office_instant(after["due_original_at"])
    correct(office, number, received_at=first)
    assert office.case(number)["due_original_at"] == before["due_original_at"]
    check(office.books)


def test_a_wrong_procedure_is_put_right_while_nothing_was_done(office: TrainingOffice) -> None:
    number = office.receive("1.009994")
    correct(office, number, procedure="2.001610")
    case = office.case(number)
    assert (case["procedure"], case["limit"]) == ("2.001610", "3wd")
    assert receipts(office, number)[1]["content"]["request"] == case["procedure_name"]
    assert office.events(number).count("StepCancelled") == 1
    assert len(case["open_steps"]) == 1
    check(office.books)
    office.work_until(number)
    assert office.kinds(number) == ["return"]
    check(office.books)


def test_a_procedure_that_was_begun_stands(office: TrainingOffice) -> None:
    number = office.receive("1.009994")
    office.complete(number, office.open(number)[0])
    before = office.case(number)
    with pytest.raises(CorrectionRefusedError):
        correct(office, number, procedure="2.001610")
    assert office.case(number) == before


def test_what_a_report_counted_in_a_half_month_that_is_over_stands(
    office: TrainingOffice,
) -> None:
    number = office.receive()
    office.until("2026-12-01T08:00")
    for wanted in (
        {"channel": "online"},
        {"procedure": "2.001610"},
        {"received_at": office_instant("2026-12-01T07:30")},
    ):
        with pytest.raises(CorrectionRefusedError):
            correct(office, number, **wanted)
    correct(office, number, owner="Tên khác")


def test_a_corrected_channel_is_counted_where_it_belongs(office: TrainingOffice) -> None:
    number = office.receive()
    correct(office, number, channel="online")
    with reading(office.books) as db:
        now = clock_of(db).now()
        lines = lines_after(db, 0, up_to=last_sequence(db), types=relevant_types())
        (row,) = measure(lines, Window(date(2026, 11, 15), date(2026, 11, 30)), now=now)
    assert (row.counts.online, row.counts.direct_post) == (1, 0)


def test_refusals_change_nothing(office: TrainingOffice) -> None:
    number = office.receive()
    before = office.case(number)
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (BadInputError, {"owner": before["owner"]}),
        (BadInputError, {"owner": " "}),
        (BadInputError, {"owner": "B", "reason": "  "}),
        (BadInputError, {"channel": "postal"}),
        (BadInputError, {"owner_data": {"shoe": "42"}}),
        (BadInputError, {"received_at": office_instant("2026-11-20T09:00")}),
        (DossierIncompleteError, {"components": {"ban_ve": "missing"}}),
        (NotAllowedError, {"owner": "B", "by": "cv.thamdinh1"}),
    ]
    for error, wanted in refused:
        with pytest.raises(error):
            correct(office, number, **wanted)
    assert office.case(number) == before
    office.work_until(number)
    office.do(return_result, number=number, receiver="A", originals_returned=True)
    with pytest.raises(StatusRefusedError):
        correct(office, number, owner="B")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(starts=st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=4))
def test_r42_the_due_date_is_always_that_of_the_start_the_books_say(
    office: TrainingOffice, starts: list[int]
) -> None:
    with reading(office.books) as db:
        now = clock_of(db).now()
    number = office.receive()
    if now < office_instant("2026-11-19T10:00"):
        office.until("2026-11-19T10:00")
    for minutes in starts:
        at = office_instant("2026-11-16T08:00") + timedelta(minutes=minutes)
        with reading(office.books) as db:
            file = read_case(db, clock_of(db), number)
            same = file["received_at"] == at
        if same:
            continue
        correct(office, number, received_at=at)
        with reading(office.books) as db:
            file = read_case(db, clock_of(db), number)
            assert file["due_original_at"] == count_again(file)
            assert file["received_at"] == at
        assert armed(office, number)["OVERDUE"] == file["due_original_at"]
    check(office.books)

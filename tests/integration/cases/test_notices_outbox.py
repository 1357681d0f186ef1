"""R71: each change the applicant can see gives one notice, written with it, delivered apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.cases.intake.refuse_case import refuse_case
from engine.cases.intake.withdraw_case import withdraw_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import notify_result_ready, return_result
from engine.cases.telling.duty_tables import notice
from engine.cases.telling.outbox import (
    PAUSES,
    NoticeUnknownError,
    claim_notices,
    note_sent,
    note_trouble,
    notices,
    send_again,
)
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import resume_case, stop_case
from engine.database import reading, transaction
from tests.builders import TrainingOffice

WITH_MAIL = {"owner": {"email": "hung@example.vn", "id_number": "012345678901"}}
LEASE = timedelta(seconds=30)
WALL = datetime(2026, 11, 25, 1, tzinfo=UTC)


def _told(office: TrainingOffice, number: str) -> list[str]:
    with reading(office.books) as db:
        found = notices(db, number=number)
    return [each["what"] for each in reversed(found) if each["to"] == "applicant"]


def _statuses(office: TrainingOffice, number: str) -> list[int]:
    return [
        e["data"]["after"] for e in office.case(number)["journal"] if e["type"] == "StatusChanged"
    ]


def test_r71_one_notice_for_every_status_from_receipt_to_return(office: TrainingOffice) -> None:
    number = office.receive("2.000908", data=WITH_MAIL)
    office.work_until(number)
    office.do(return_result, number=number, originals_returned=True)
    assert _told(office, number) == [f"status_{s}" for s in _statuses(office, number)]
    assert _told(office, number) == ["status_2", "status_4", "status_9", "status_10"]


def test_r71_supplement_payment_stop_withdrawal_and_refusal_are_told(
    office: TrainingOffice,
) -> None:
    house = office.receive("1.009994", data=WITH_MAIL)
    office.work_until(house, "examine")
    office.do(request_supplement, number=house, reason="Thiếu", components=["ban_ve"])
    office.do(accept_supplement, number=house)
    office.do(refuse_case, number=house, reason="Không thuộc quy hoạch")
    assert _told(office, house) == ["status_2", "status_4", "status_5", "status_4", "status_9"]
    land = office.receive("TINH-20")
    office.work_until(land)
    office.do(confirm_payment, number=land)
    office.do(stop_case, number=land, request="Tranh chấp", decision="1/QĐ")
    office.do(resume_case, number=land)
    office.do(withdraw_case, number=land, reason="Đơn rút")
    told = _told(office, land)
    assert told == [f"status_{s}" for s in _statuses(office, land)]
    assert told[-5:] == ["status_6", "status_4", "status_8", "status_4", "status_7"]


def test_r29_an_apology_is_told_once_in_the_transaction_that_issues_it(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07", data=WITH_MAIL)
    office.until("2026-11-18T09:00")
    before = _told(office, number)
    office.do(
        issue_apology, number=number, reason="Chậm", cause="CHU_QUAN", new_date=date(2026, 11, 25)
    )
    assert _told(office, number) == [*before, "apology"]
    row = _last(office)
    assert '"due_at": "2026-11-25T17:00:00+07:00"' in row.content


def test_r36_telling_again_that_a_result_is_ready_is_a_notice_of_its_own(
    office: TrainingOffice,
) -> None:
    number = office.receive("2.000908")
    office.work_until(number)
    office.do(notify_result_ready, number=number)
    assert _told(office, number)[-2:] == ["status_9", "result_ready"]


def test_a_refused_command_leaves_no_notice(office: TrainingOffice) -> None:
    from engine.errors import OfficeError

    number = office.receive("2.000908")
    before = _told(office, number)
    with pytest.raises(OfficeError):
        office.do(return_result, number=number)
    assert _told(office, number) == before


def test_who_gave_no_address_is_told_by_people_and_listed(office: TrainingOffice) -> None:
    number = office.receive("2.000908")
    with reading(office.books) as db:
        assert {each["state"] for each in notices(db, number=number)} == {"no_address"}
        assert claim_notices(db, WALL, lease=LEASE) == []


def test_a_notice_holds_no_personal_data_until_it_is_delivered(office: TrainingOffice) -> None:
    office.receive("2.000908", owner="Lò Thị Mai", data=WITH_MAIL)
    stored = _last(office)
    assert "Mai" not in stored.content
    assert "example.vn" not in stored.content
    with transaction(office.books) as db:
        sent = claim_notices(db, WALL, lease=LEASE)[0]
    assert sent.to == "hung@example.vn"
    assert "Lò Thị Mai" in sent.what.text
    assert "012345678901" not in sent.what.text
    for word in ("Cơ quan", "Người tiếp nhận", "Người giải quyết", "Tiếp nhận lúc", "Hẹn trả"):
        assert word in sent.what.text


def test_f7_a_sender_past_its_lease_cannot_say_how_it_went(office: TrainingOffice) -> None:
    office.receive("2.000908", data=WITH_MAIL)
    with transaction(office.books) as db:
        stale = claim_notices(db, WALL, lease=LEASE)[0]
    with transaction(office.books) as db:
        assert claim_notices(db, WALL, lease=LEASE) == []
        fresh = claim_notices(db, WALL + 2 * LEASE, lease=LEASE)[0]
    with transaction(office.books) as db:
        assert not note_trouble(db, stale, WALL, "chậm", for_ever=True)
        assert note_sent(db, fresh, WALL)
        assert not note_sent(db, stale, WALL)
    assert _last(office).state == "sent"


def test_a_notice_is_retried_with_growing_pauses_then_given_up_and_sent_again_by_hand(
    office: TrainingOffice,
) -> None:
    office.receive("2.000908", data=WITH_MAIL)
    wall, waits = WALL, []
    while _last(office).state == "waiting":
        with transaction(office.books) as db:
            each = claim_notices(db, wall, lease=LEASE)[0]
            note_trouble(db, each, wall, "451 try later", for_ever=False)
        waits.append(_last(office).next_try_at - wall)
        wall = max(wall, _last(office).next_try_at)
    assert tuple(waits[:-1]) == PAUSES
    dead = _last(office)
    assert (dead.state, dead.attempts, dead.last_error) == (
        "dead",
        len(PAUSES) + 1,
        "451 try later",
    )
    with transaction(office.books) as db:
        send_again(db, wall, notice_id=dead.id)
        assert claim_notices(db, wall, lease=LEASE)
    with pytest.raises(NoticeUnknownError), transaction(office.books) as db:
        send_again(db, wall, notice_id=dead.id)


def _last(office: TrainingOffice) -> Any:
    with reading(office.books) as db:
        return db.execute(select(notice).order_by(notice.c.id.desc()).limit(1)).one()

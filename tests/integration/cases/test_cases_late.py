"""Lateness and apology: R25–R34 on real books."""

from __future__ import annotations

from datetime import date

import pytest

from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import HandOverRefusedError, return_result
from engine.errors import OfficeError
from engine.sla.deadline import ReappointLimitError
from tests.builders import TrainingOffice


def _late(office: TrainingOffice) -> str:
    number = office.receive("TINH-07")  # 3 wd: due 2026-11-19
    office.work_until(number, "examine")
    return number


def _apologise(office: TrainingOffice, number: str, **given: object) -> None:
    office.do(
        issue_apology,
        **{
            "number": number,
            "reason": "Người thẩm định quá tải",
            "cause": "QUA_TAI",
            "new_date": date(2026, 11, 25),
            **given,
        },
    )


def test_r30_each_warning_is_given_once_and_in_order(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-30T08:00")
    levels = [
        e["data"]["level"] for e in office.case(number)["journal"] if e["type"] == "AlertRaised"
    ]
    case_levels = [level for level in levels if level != "STEP_80"]
    assert case_levels == ["DECIDE", "DUE_SOON", "APOLOGY_MISSED", "OVERDUE"] or sorted(
        case_levels
    ) == sorted(["DECIDE", "DUE_SOON", "APOLOGY_MISSED", "OVERDUE"])
    assert len(case_levels) == len(set(case_levels))


def test_r28_a_case_becomes_late_by_its_original_date(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-19T16:59")
    assert "CaseBecameLate" not in office.events(number)
    office.until("2026-11-20T08:00")
    assert office.event(number, "CaseBecameLate")["due_at"] == "2026-11-19T10:00:00+00:00"


def test_the_late_path_opens_the_leaders_step_by_itself(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-20T08:00")
    assert "apologise" in office.kinds(number)


def test_r26_r28_r29_an_apology_moves_the_appointed_date_only(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-18T09:00")
    _apologise(office, number)
    case = office.case(number)
    assert case["due_original_at"] == "2026-11-19T17:00:00+07:00"
    assert case["due_appointed_at"] == "2026-11-25T17:00:00+07:00"
    letter = next(d for d in case["documents"] if d["meaning"] == "XIN_LOI")
    assert letter["signer"]
    assert "ApplicantNotified" in office.events(number)
    assert office.event(number, "ApologyIssued")["apology_late"] is False


def test_r25_r32_an_apology_after_its_moment_is_marked(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-19T09:00")
    _apologise(office, number)
    assert office.event(number, "ApologyIssued")["apology_late"] is True


def test_r27_a_second_new_date_is_refused_but_a_letter_without_one_may_go(
    office: TrainingOffice,
) -> None:
    number = _late(office)
    office.until("2026-11-18T09:00")
    _apologise(office, number)
    with pytest.raises(ReappointLimitError) as refusal:
        _apologise(office, number, new_date=date(2026, 12, 1))
    assert refusal.value.code == "REAPPOINT_LIMIT"
    _apologise(office, number, new_date=None)
    assert office.case(number)["reappointments"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"new_date": date(2026, 11, 19)},  # not after the original date
        {"new_date": date(2026, 11, 24)},  # a holiday
        {"new_date": date(2026, 11, 28)},  # a Saturday
        {"new_date": None},
        {"reason": ""},
        {"cause": "LƯỜI"},
        {"signer": "nobody"},
    ],
)
def test_r26_an_incomplete_letter_is_not_sent(
    office: TrainingOffice, wrong: dict[str, object]
) -> None:
    number = _late(office)
    office.until("2026-11-18T09:00")
    before = office.case(number)
    with pytest.raises(OfficeError, match="Expected"):
        _apologise(office, number, **wrong)
    assert office.case(number) == before


def test_r28_r33_a_kept_new_date_is_late_all_the_same(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-18T09:00")
    _apologise(office, number)
    office.until("2026-11-23T09:00")
    office.work_until(number)
    finished = office.event(number, "CaseFinished")
    assert (finished["verdict"], finished["apologised"]) == ("late", True)
    assert finished["working_days_late"] == 2


def test_r34_a_late_case_does_not_close_without_its_cause(office: TrainingOffice) -> None:
    number = _late(office)
    office.until("2026-11-23T09:00")
    office.work_until(number)
    with pytest.raises(HandOverRefusedError, match="cause"):
        office.do(return_result, number=number, originals_returned=True)
    office.do(return_result, number=number, originals_returned=True, cause="QUA_TAI")
    assert office.case(number)["status"] == 10


def test_a_late_completion_does_not_erase_the_lateness(office: TrainingOffice) -> None:
    """The diagram's timer is due but no sweep ran: it fires before the step completes."""
    from sqlalchemy import update

    from engine.cases.tables import office as office_table
    from engine.clock import office_instant
    from engine.database import transaction

    number = _late(office)
    with transaction(office.books) as db:
        db.execute(update(office_table).values(clock_at=office_instant("2026-11-23T08:00")))
    office.complete(number, next(s for s in office.open(number)))
    assert "TimerFired" in office.events(number)
    assert "apologise" in office.kinds(number)


def test_an_outage_fires_each_instant_once_with_its_legal_moment(office: TrainingOffice) -> None:
    from sqlalchemy import select, update

    from engine.cases.tables import office as office_table
    from engine.cases.tables import timer
    from engine.cases.training import clock_of
    from engine.clock import office_instant
    from engine.database import reading, transaction
    from engine.scheduler.sweep import sweep

    number = _late(office)
    with transaction(office.books) as db:
        db.execute(update(office_table).values(clock_at=office_instant("2026-11-30T08:00")))
        clock = clock_of(db)
    first, second = sweep(office.books, clock), sweep(office.books, clock)
    assert first.fired > 0
    assert second.fired == 0
    with reading(office.books) as db:
        late = db.execute(select(timer).where(timer.c.kind == "late")).one()
    assert late.due_at == office_instant("2026-11-19T17:00")
    assert late.fired_at == office_instant("2026-11-30T08:00")
    assert office.events(number).count("CaseBecameLate") == 1

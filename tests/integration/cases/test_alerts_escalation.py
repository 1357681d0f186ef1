"""Warnings go by a policy kept as data, climb when nobody acts, end when somebody does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.cases.file import read_case
from engine.cases.lateness.escalation import DEFAULT_FILE, policy_in_force, read_policy, set_policy
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.lateness.raise_alert import escalate
from engine.cases.telling.inbox import (
    MessageUnknownError,
    mark_read,
    messages,
    open_escalations,
    take_up,
)
from engine.cases.training import clock_of
from engine.database import reading
from engine.errors import BadInputError
from engine.sla.deadline import ReappointLimitError
from engine.staff.commands import name_deputy, record_absence
from tests.builders import TrainingOffice


def _inbox(office: TrainingOffice, **given: Any) -> list[dict[str, Any]]:
    with reading(office.books) as db:
        return messages(db, **given)


def _told(office: TrainingOffice, number: str, level: str, rung: int = 0) -> list[str]:
    return sorted(
        each["officer"]
        for each in _inbox(office, closed=True)
        if (each["number"], each["level"], each["rung"]) == (number, level, rung)
    )


def test_r30_overdue_is_told_to_the_head_of_the_agency_and_of_the_one_stop(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    assert _told(office, number, "OVERDUE") == ["cb.tiepnhan1", "ld.chutich"]
    assert _told(office, number, "APOLOGY_MISSED") == ["ld.chutich"]
    assert _told(office, number, "DUE_SOON") == ["cb.tiepnhan1", "ld.chutich"]
    assert office.event(number, "AlertRaised")["level"] == "OVERDUE"


def test_r30_eighty_percent_of_a_step_is_told_to_the_officers_leader(
    office: TrainingOffice,
) -> None:
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    office.until("2026-11-18T16:00")
    step = next(e for e in _inbox(office) if e["level"] == "STEP_80")
    assert step["officer"] == "tp.chuyenmon"
    assert step["step"] == office.open(number)[0]


def test_an_absent_head_is_replaced_by_the_deputy_in_his_name(office: TrainingOffice) -> None:
    day = date(2026, 11, 16)
    office.do(
        name_deputy, officer_code="ld.chutich", deputy_code="ld.phochutich", since=day, by="a"
    )
    office.do(
        record_absence,
        officer_code="ld.chutich",
        first_on=day,
        last_on=date(2026, 11, 30),
        reason="đi công tác",
        by="a",
    )
    number = office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    assert _told(office, number, "OVERDUE") == ["cb.tiepnhan1", "ld.phochutich"]
    row = next(e for e in _inbox(office, officer="ld.phochutich") if e["level"] == "OVERDUE")
    assert row["standing_in_for"] == "ld.chutich"


def test_nobody_acted_so_it_climbs_once_the_working_hours_are_over(office: TrainingOffice) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-20T16:59")  # overdue since 17:00 of the 19th: 8 working hours to go
    assert _told(office, number, "OVERDUE", rung=1) == []
    office.until("2026-11-20T17:00")
    assert _told(office, number, "OVERDUE", rung=1) == ["ld.chutich"]
    assert office.event(number, "AlertClimbed")["rung"] == 1
    office.until("2026-11-30T17:00")
    assert office.events(number).count("AlertClimbed") <= 2, "one rung of DECIDE, one of OVERDUE"


def test_a_warning_somebody_took_up_climbs_no_further_but_stays_open(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    row = next(e for e in _inbox(office, officer="ld.chutich") if e["level"] == "OVERDUE")
    office.do(take_up, message=row["id"], by="ld.chutich")
    office.until("2026-11-23T17:00")
    assert _told(office, number, "OVERDUE", rung=1) == []
    assert office.event(number, "AlertTakenUp") == {"level": "OVERDUE", "officer": "ld.chutich"}
    with reading(office.books) as db:
        assert "ld.chutich" in open_escalations(db, read_case(db, clock_of(db), number).id)


def test_an_apology_ends_the_escalation_and_the_new_date_is_watched(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    office.do(
        issue_apology,
        number=number,
        reason="Chờ ý kiến",
        cause="PHOI_HOP",
        new_date=date(2026, 11, 25),
    )
    levels = {e["level"] for e in _inbox(office) if e["number"] == number}
    assert "OVERDUE" not in levels
    assert "REAPPOINTED" in levels, "the one-stop is told (R29)"
    assert office.event(number, "OneStopNotified")["to"] == ["cb.tiepnhan1"]
    office.until("2026-11-26T08:00")
    assert _told(office, number, "APPOINTED_MISSED") == ["cb.tiepnhan1", "ld.chutich"]


def test_r27_a_refused_second_date_goes_to_the_head_of_the_agency_once(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-18T09:00")
    apology = {"number": number, "reason": "Chờ ý kiến", "cause": "PHOI_HOP"}
    office.do(issue_apology, **apology, new_date=date(2026, 11, 25))
    with pytest.raises(ReappointLimitError):
        office.do(issue_apology, **apology, new_date=date(2026, 11, 27))
    assert office.do(escalate, number=number, level="REAPPOINT_LIMIT")
    assert not office.do(escalate, number=number, level="REAPPOINT_LIMIT")
    assert _told(office, number, "REAPPOINT_LIMIT") == ["ld.chutich"]


def test_the_result_closes_everything_that_was_open(office: TrainingOffice) -> None:
    number = office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    office.work_until(number)
    assert [e for e in _inbox(office) if e["number"] == number] == []
    closed = {e["closed_by"] for e in _inbox(office, closed=True) if e["number"] == number}
    assert closed <= {"CaseFinished", "StepCompleted"}


def test_an_inbox_is_its_officers_own(office: TrainingOffice) -> None:
    office.receive("TINH-07")
    office.until("2026-11-20T08:00")
    row = _inbox(office, officer="ld.chutich")[0]
    with pytest.raises(MessageUnknownError):
        office.do(mark_read, message=row["id"], by="cb.tiepnhan2")
    read = office.do(mark_read, message=row["id"], by="ld.chutich")
    assert read["read_at"] == "2026-11-20T08:00:00+07:00"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("levels:", "level:"), "levels"),
        (("  OVERDUE:", "  TRỄ:"), "TRỄ"),
        (("to: [agency_head, one_stop_head]", "to: [chủ tịch]"), "chủ tịch"),
        (("how: [inbox]", "how: [zalo]"), "zalo"),
        (("after: 8wh", "after: hai ngày"), "hai ngày"),
        (("after: 8wh", "after: 3mo"), "3mo"),
        (("levels:", "levels: ["), "YAML"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_and_the_old_one_stays(
    sqlite_books: Any, change: tuple[str, str], word: str
) -> None:
    office = TrainingOffice(sqlite_books)
    text = DEFAULT_FILE.read_text(encoding="utf-8").replace(*change)
    with pytest.raises(BadInputError, match=word):
        office.do(set_policy, text=text, by="ld.chutich")
    with reading(office.books) as db:
        assert policy_in_force(db) == read_policy(DEFAULT_FILE.read_text(encoding="utf-8"))


def test_a_policy_may_not_leave_a_late_case_to_nobody() -> None:
    with pytest.raises(BadInputError, match="OVERDUE"):
        read_policy(
            "levels:\n  APOLOGY_MISSED:\n    - {to: [agency_head], how: [inbox]}\n"
            "  OVERDUE:\n    - {to: [agency_head], how: [email]}\n"
        )


def test_another_policy_is_in_force_for_the_next_warning(office: TrainingOffice) -> None:
    text = DEFAULT_FILE.read_text(encoding="utf-8").replace(
        "- to: [agency_head, one_stop_head]\n      how: [inbox, email]\n    - after: 8wh",
        "- to: [officer]\n      how: [inbox]\n    - after: 8wh",
    )
    office.do(set_policy, text=text, by="ld.chutich")
    number = office.receive("TINH-07")
    office.until("2026-11-19T17:00")
    assert "cb.tiepnhan1" in _told(office, number, "OVERDUE")
    with reading(office.books) as db:
        assert open_escalations(db, read_case(db, clock_of(db), number).id)

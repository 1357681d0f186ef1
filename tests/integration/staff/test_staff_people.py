"""Who may act for whom and when: roles, deputies, absences, heads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from engine.clock import FrozenClock, office_instant
from engine.database import transaction
from engine.errors import BadInputError
from engine.journal.read import entries_of
from engine.staff.commands import (
    add_agency,
    add_officer,
    add_unit,
    end_role,
    grant_role,
    name_deputy,
    record_absence,
)
from engine.staff.picking import pick_officer
from engine.staff.queries import (
    AgencyUnknownError,
    OfficerUnknownError,
    head_of,
    is_absent,
    may_act,
    officers_with_role,
    roles_of,
)

SINCE = date(2026, 1, 1)
TODAY = date(2026, 11, 20)
CLOCK = FrozenClock(office_instant("2026-11-20T08:00"))


class Staff:
    """Staff of two agencies: the commands with what is the same in every call."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        for agency in ("H35.12", "H35.13"):
            self.do(add_agency, code=agency, name=f"Xã {agency}", level="xã")
        self.do(add_unit, code="ubnd", name="Lãnh đạo", agency_code="H35.12")
        self.do(add_unit, code="pcm", name="Phòng", agency_code="H35.12", parent="ubnd")
        self.do(add_unit, code="xa13", name="Phòng", agency_code="H35.13")
        for code, unit, heads in (
            ("ct", "ubnd", True),
            ("tp", "pcm", True),
            ("an", "pcm", False),
            ("binh", "pcm", False),
            ("xa", "xa13", False),
        ):
            self.do(
                add_officer,
                code=code,
                name=code.title(),
                unit_code=unit,
                since=SINCE,
                heads_unit=heads,
            )

    def do(self, command: Any, **given: Any) -> None:
        """One command, by the administrator."""
        command(self.db, CLOCK, by="admin", **given)

    def role(self, officer: str, role: str = "chuyen_vien", **given: Any) -> None:
        """Give a role from the beginning of the year."""
        self.do(grant_role, officer_code=officer, role=role, **({"since": SINCE} | given))

    def away(self, officer: str, first: date = TODAY, last: date = TODAY) -> None:
        """Record an absence."""
        self.do(record_absence, officer_code=officer, first_on=first, last_on=last, reason="phép")

    def deputy(self, officer: str, deputy: str, **given: Any) -> None:
        """Name a deputy from the beginning of the year."""
        self.do(name_deputy, officer_code=officer, deputy_code=deputy, **({"since": SINCE} | given))


@pytest.fixture
def staff(books: Engine) -> Iterator[Staff]:
    with transaction(books) as db:
        yield Staff(db)


def test_an_officer_may_act_in_his_role_in_his_agency(staff: Staff) -> None:
    staff.role("an")
    assert may_act(staff.db, "an", "chuyen_vien", "H35.12", TODAY) is None
    refusal = may_act(staff.db, "an", "chuyen_vien", "H35.13", TODAY)
    assert refusal == "Expected an officer with the role 'chuyen_vien' in H35.13, but an has it not"


def test_a_role_counts_only_between_its_dates(staff: Staff) -> None:
    staff.role("an", since=date(2026, 3, 1), until=date(2026, 3, 31))
    asked = {
        on: may_act(staff.db, "an", "chuyen_vien", "H35.12", on) is None
        for on in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    }
    assert list(asked.values()) == [False, True, True, False]


def test_nobody_acts_before_his_service_begins(staff: Staff) -> None:
    assert may_act(staff.db, "an", None, "H35.12", TODAY) is None
    refusal = may_act(staff.db, "an", None, "H35.12", date(2025, 12, 31))
    assert refusal is not None
    assert "on duty" in refusal


def test_a_deputy_acts_only_while_the_other_is_absent(staff: Staff) -> None:
    staff.role("tp", "truong_phong")
    staff.deputy("tp", "an")
    assert may_act(staff.db, "an", "truong_phong", "H35.12", TODAY) is not None
    staff.away("tp")
    assert may_act(staff.db, "an", "truong_phong", "H35.12", TODAY) is None
    assert roles_of(staff.db, "an", TODAY) == ["truong_phong"]


def test_a_deputy_acts_only_while_he_is_named(staff: Staff) -> None:
    staff.role("tp", "truong_phong")
    staff.deputy("tp", "an", until=date(2026, 6, 30))
    staff.away("tp")
    assert may_act(staff.db, "an", "truong_phong", "H35.12", TODAY) is not None


def test_work_of_an_absent_officer_goes_to_his_deputy(staff: Staff) -> None:
    staff.role("an")
    staff.deputy("an", "binh")
    assert officers_with_role(staff.db, "chuyen_vien", "H35.12", TODAY) == ["an"]
    staff.away("an")
    assert officers_with_role(staff.db, "chuyen_vien", "H35.12", TODAY) == ["binh"]


def test_work_of_an_absent_officer_without_deputy_waits(staff: Staff) -> None:
    staff.role("an")
    staff.away("an")
    assert officers_with_role(staff.db, "chuyen_vien", "H35.12", TODAY) == []
    assert pick_officer(staff.db, "chuyen_vien", "H35.12", TODAY) is None


def test_an_absent_deputy_is_not_asked(staff: Staff) -> None:
    staff.role("an")
    staff.deputy("an", "binh")
    staff.away("an")
    staff.away("binh")
    assert officers_with_role(staff.db, "chuyen_vien", "H35.12", TODAY) == []


def test_who_holds_a_role_and_stands_in_for_it_is_named_once(staff: Staff) -> None:
    staff.role("an")
    staff.role("binh")
    staff.deputy("an", "binh")
    staff.away("an")
    assert officers_with_role(staff.db, "chuyen_vien", "H35.12", TODAY) == ["binh"]


def test_an_absence_covers_both_its_dates(staff: Staff) -> None:
    staff.away("an", date(2026, 11, 18), date(2026, 11, 20))
    days = [date(2026, 11, day) for day in (17, 18, 20, 21)]
    assert [is_absent(staff.db, "an", day) for day in days] == [False, True, True, False]


def test_warnings_climb_from_officer_to_head_to_the_unit_above(staff: Staff) -> None:
    assert head_of(staff.db, "an", TODAY) == "tp"
    assert head_of(staff.db, "tp", TODAY) == "ct"
    assert head_of(staff.db, "ct", TODAY) is None
    staff.away("tp")
    assert head_of(staff.db, "an", TODAY) == "ct"


def test_picking_is_the_same_every_time_and_leaves_out_who_is_ruled_out(staff: Staff) -> None:
    staff.role("an")
    staff.role("binh")
    pick = [pick_officer(staff.db, "chuyen_vien", "H35.12", TODAY) for _ in range(3)]
    assert pick == ["an"] * 3
    other = pick_officer(staff.db, "chuyen_vien", "H35.12", TODAY, not_these=["an"])
    assert other == "binh"


def test_picking_prefers_who_has_fewer_open_steps(staff: Staff) -> None:
    staff.role("an")
    staff.role("binh")
    fair = pick_officer(staff.db, "chuyen_vien", "H35.12", TODAY, open_steps={"an": 3, "binh": 2})
    assert fair == "binh"


def test_a_role_that_ends_keeps_what_was_done_before(staff: Staff) -> None:
    staff.role("an")
    staff.do(end_role, officer_code="an", role="chuyen_vien", last_on=date(2026, 10, 31))
    assert may_act(staff.db, "an", "chuyen_vien", "H35.12", date(2026, 10, 31)) is None
    assert may_act(staff.db, "an", "chuyen_vien", "H35.12", date(2026, 11, 1)) is not None


def test_ending_a_role_does_not_bring_an_older_one_back(staff: Staff) -> None:
    staff.role("an", until=date(2026, 3, 31))
    staff.role("an", since=date(2026, 6, 1))
    staff.do(end_role, officer_code="an", role="chuyen_vien", last_on=date(2026, 10, 31))
    assert may_act(staff.db, "an", "chuyen_vien", "H35.12", date(2026, 5, 1)) is not None


@pytest.mark.parametrize(
    ("command", "given", "why"),
    [
        (add_agency, {"code": "H35.12", "name": "X", "level": "xã"}, "a new agency"),
        (add_agency, {"code": "h35", "name": "X", "level": "xã"}, "an agency code"),
        (add_agency, {"code": "H36", "name": " ", "level": "xã"}, "a name of 1 to 200"),
        (
            add_agency,
            {"code": "H36", "name": "X", "level": "xã", "hours": [{"hours": ["8-"]}]},
            "hours such as",
        ),
        (add_unit, {"code": "pcm", "name": "X", "agency_code": "H35.12"}, "a new unit"),
        (add_unit, {"code": "Phòng", "name": "X", "agency_code": "H35.12"}, "a code of small"),
        (add_unit, {"code": "p", "name": "X", "agency_code": "H35.12", "parent": "q"}, "a unit of"),
        (add_officer, {"code": "an", "name": "X", "unit_code": "pcm", "since": SINCE}, "a new off"),
        (add_officer, {"code": "x", "name": "X", "unit_code": "q", "since": SINCE}, "a unit of"),
        (grant_role, {"officer_code": "an", "role": "Sếp", "since": SINCE}, "a code of small"),
        (
            grant_role,
            {"officer_code": "an", "role": "ky", "since": TODAY, "until": SINCE},
            "period",
        ),
        (end_role, {"officer_code": "an", "role": "ky", "last_on": TODAY}, "to hold 'ky'"),
        (name_deputy, {"officer_code": "an", "deputy_code": "an", "since": SINCE}, "himself"),
        (
            record_absence,
            {"officer_code": "an", "first_on": TODAY, "last_on": SINCE, "reason": "x"},
            "a period",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    staff: Staff, command: Any, given: dict[str, Any], why: str
) -> None:
    from engine.errors import OfficeError

    with pytest.raises(OfficeError, match=f"Expected .*{why}"):
        staff.do(command, **given)


def test_a_role_is_not_given_twice_for_the_same_time(staff: Staff) -> None:
    staff.role("an", until=date(2026, 6, 30))
    with pytest.raises(BadInputError, match="does not hold yet"):
        staff.role("an", since=date(2026, 6, 30))
    staff.role("an", since=date(2026, 7, 1))


def test_a_deputy_is_not_named_twice_from_the_same_day(staff: Staff) -> None:
    staff.deputy("an", "binh")
    with pytest.raises(BadInputError, match="is named from"):
        staff.deputy("an", "binh")


def test_unknown_people_and_agencies_are_named_in_the_refusal(staff: Staff) -> None:
    with pytest.raises(OfficerUnknownError, match="'ma'"):
        staff.role("ma")
    with pytest.raises(AgencyUnknownError, match="'H99'"):
        staff.do(add_unit, code="u", name="U", agency_code="H99")


def test_r70_every_change_of_staff_is_in_the_journal_without_a_name(staff: Staff) -> None:
    staff.role("an")
    staff.away("an")
    entries = entries_of(staff.db, "office")
    assert [entry.type for entry in entries][-2:] == ["RoleGranted", "AbsenceRecorded"]
    assert {entry.actor for entry in entries} == {"admin"}
    assert all("name" not in entry.data for entry in entries)

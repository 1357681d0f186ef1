"""The hours of an agency and the days a decision moves (R41, R43)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from engine.clock import FrozenClock, iso_office, office_instant
from engine.database import transaction
from engine.errors import BadInputError
from engine.staff.commands import add_agency, override_day
from engine.staff.queries import AgencyUnknownError, agency_accepts, office_time_of

CLOCK = FrozenClock(office_instant("2026-11-20T08:00"))


def test_r43_an_agency_has_hours_of_its_own(books: Engine) -> None:
    hours = [
        {"from": date(2026, 1, 1), "hours": ["07:30-11:30", "13:30-17:30"]},
        {"from": "2026-12-01", "hours": ["08:00-12:00", "13:00-17:00"]},
    ]
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35", name="Tỉnh", level="tỉnh", by="admin", hours=hours)
        add_agency(db, CLOCK, code="H35.12", name="Xã", level="xã", by="admin")
        own, default = office_time_of(db, "H35"), office_time_of(db, "H35.12")
        november, december = date(2026, 11, 20), date(2026, 12, 1)
        assert iso_office(own.closing(november)) == "2026-11-20T17:30:00+07:00"
        assert iso_office(own.opening(december)) == "2026-12-01T08:00:00+07:00"
        assert iso_office(default.closing(november)) == "2026-11-20T17:00:00+07:00"


def test_r41_a_decision_at_hand_wins_over_the_years_file(books: Engine) -> None:
    on = date(2026, 11, 23)
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã", level="xã", by="admin")
        assert office_time_of(db, "H35.12").calendar.is_working_day(on)
        override_day(db, CLOCK, on=on, kind="off", name="Bão", decision="CĐ 1", by="admin")
        assert not office_time_of(db, "H35.12").calendar.is_working_day(on)
        override_day(db, CLOCK, on=on, kind="worked", name="Bão tan", decision="CĐ 2", by="admin")
        assert office_time_of(db, "H35.12").calendar.is_working_day(on)


@pytest.mark.parametrize(("kind", "decision"), [("off", " "), ("half", "CĐ 1")])
def test_r41_a_day_is_not_moved_without_decision_or_to_an_unknown_kind(
    books: Engine, kind: str, decision: str
) -> None:
    with transaction(books) as db, pytest.raises(BadInputError, match="Expected"):
        override_day(
            db, CLOCK, on=date(2026, 11, 23), kind=kind, name="Bão", decision=decision, by="admin"
        )


def test_a_real_agency_takes_only_what_it_is_given(books: Engine) -> None:
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35", name="Tỉnh", level="tỉnh", by="admin")
        add_agency(db, CLOCK, code="H35.12", name="Xã", level="xã", by="admin", accepts_all=True)
        assert not agency_accepts(db, "H35", "2.000908")
        assert agency_accepts(db, "H35.12", "2.000908")


def test_an_unknown_agency_has_no_hours(books: Engine) -> None:
    with transaction(books) as db, pytest.raises(AgencyUnknownError):
        office_time_of(db, "H99")

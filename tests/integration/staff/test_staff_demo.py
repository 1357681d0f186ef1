"""Demo staff of a training office: somebody for every role, two where two must sign."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, select

from engine.clock import FrozenClock, office_instant
from engine.database import transaction
from engine.staff.commands import add_agency
from engine.staff.demo import PEOPLE, UNITS, add_demo_staff
from engine.staff.queries import head_of, officers_with_role
from engine.staff.tables import unit

CLOCK = FrozenClock(office_instant("2026-11-16T07:30"))
ROLES = {"mot_cua", "chuyen_vien", "truong_phong", "lanh_dao", "van_thu", "dia_chinh", "ke_toan"}
TODAY = date(2026, 11, 16)


def test_somebody_holds_every_role_of_the_procedures(books: Engine) -> None:
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã Bản Mẫu", level="xã", by="init")
        add_demo_staff(db, CLOCK, agency="H35.12", roles=ROLES, since=date(2026, 1, 1))
        assert all(officers_with_role(db, role, "H35.12", TODAY) for role in ROLES)
        assert len(officers_with_role(db, "lanh_dao", "H35.12", TODAY)) == 2
        assert officers_with_role(db, "mot_cua", "H35.12", TODAY)[0] == "cb.tiepnhan1"


def test_every_chain_of_heads_ends_with_the_leaders(books: Engine) -> None:
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã Bản Mẫu", level="xã", by="init")
        add_demo_staff(db, CLOCK, agency="H35.12", roles=ROLES, since=date(2026, 1, 1))
        assert head_of(db, "cv.thamdinh1", TODAY) == "tp.chuyenmon"
        assert head_of(db, "tp.chuyenmon", TODAY) == "ld.chutich"
        names = db.scalars(select(unit.c.name)).all()
    assert len(names) == len(UNITS)
    assert all("huấn luyện" in name for name in names)


def test_every_unit_has_one_head_and_every_code_is_used_once() -> None:
    heads = [person[2] for person in PEOPLE if person[4]]
    assert sorted(heads) == sorted(UNITS)
    assert len({person[0] for person in PEOPLE}) == len(PEOPLE)

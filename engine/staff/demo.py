"""Demo staff of a training office: somebody for every role the loaded procedures use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.staff.commands import add_officer, add_unit, grant_role

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import Connection

    from engine.clock import Clock

TOP_UNIT = "lanh_dao"
UNITS = {
    TOP_UNIT: "Lãnh đạo (huấn luyện)",
    "trung_tam": "Trung tâm Phục vụ hành chính công (huấn luyện)",
    "chuyen_mon": "Phòng chuyên môn (huấn luyện)",
    "van_phong": "Văn phòng, văn thư (huấn luyện)",
}

PEOPLE: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (
    ("cb.tiepnhan1", "Lò Thị Hoa", "trung_tam", ("mot_cua",), True),
    ("cb.tiepnhan2", "Nguyễn Thị Thu", "trung_tam", ("mot_cua",), False),
    ("cv.thamdinh1", "Trần Văn Minh", "chuyen_mon", ("chuyen_vien",), False),
    ("cv.thamdinh2", "Phạm Thị Lan", "chuyen_mon", ("chuyen_vien",), False),
    ("tp.chuyenmon", "Hoàng Văn Sơn", "chuyen_mon", ("truong_phong",), True),
    ("vt.dongdau", "Vũ Thị Nga", "van_phong", ("van_thu",), True),
    ("ld.chutich", "Giàng A Tủa", "lanh_dao", ("lanh_dao",), True),
    ("ld.phochutich", "Đỗ Thị Hằng", "lanh_dao", ("lanh_dao",), False),
    ("ks.thutuc", "Lý Thị Mai", "van_phong", ("kiem_soat_tthc",), False),
    ("qt.hethong", "Mai Văn Trí", "van_phong", ("quan_tri",), False),
)
"""Code, name, unit, roles, heads the unit; names are made up."""

FOR_ALL_OTHER_ROLES = ("cv.thamdinh1", "cv.thamdinh2")
ACTOR = "init"


def add_demo_staff(
    db: Connection, clock: Clock, *, agency: str, roles: Collection[str], since: date
) -> None:
    """Enter units and people; roles nobody has by name go to two specialists."""
    for code, name in UNITS.items():
        above = None if code == TOP_UNIT else TOP_UNIT
        add_unit(db, clock, code=code, name=name, agency_code=agency, parent=above, by=ACTOR)
    held: set[str] = set()
    for code, name, unit, own, heads in PEOPLE:
        add_officer(
            db,
            clock,
            code=code,
            name=name,
            unit_code=unit,
            since=since,
            by=ACTOR,
            heads_unit=heads,
        )
        for role in own:
            grant_role(db, clock, officer_code=code, role=role, since=since, by=ACTOR)
            held.add(role)
    for role in sorted(set(roles) - held):
        for code in FOR_ALL_OTHER_ROLES:
            grant_role(db, clock, officer_code=code, role=role, since=since, by=ACTOR)

"""The portal's two messages: the dossier (đồng bộ hồ sơ) and its progress (tiến trình).

Field names are the portal's. Legal: R66, R67
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.cases.file import read_case
from engine.cases.status import CaseStatus
from engine.cases.tables import hold, step
from engine.clock import SystemClock
from engine.errors import OfficeError
from engine.events.cases import CaseCorrected, CaseReceived, StatusChanged
from engine.events.deadlines import ApologyIssued, DueMoved
from engine.events.steps import StepCompleted
from engine.journal.tables import journal
from engine.staff.queries import agency_by_code
from engine.staff.tables import officer, unit
from webhooks.portal.dates import portal_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile
    from webhooks.outbox import Item

CHANNELS = {"counter": "1", "online": "2", "postal": "3"}
OWNER_KINDS = {"citizen": "1", "enterprise": "2", "state": "3", "other": "4"}
LONGEST_SUMMARY = 1000
LONGEST_OFFICER = 50

MANDATORY = (
    *("MaHoSo", "MaTTHC", "TenTTHC", "KenhThucHien", "ChuHoSo", "LoaiDoiTuong", "TrichYeuHoSo"),
    *("NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo"),
)
"""Fields without which a dossier message is not sent; which they are is DESIGN."""

DOSSIER_EVENTS = frozenset(
    {StatusChanged.type(), ApologyIssued.type(), DueMoved.type(), CaseCorrected.type()}
)
PROGRESS_EVENTS = frozenset({StepCompleted.type()})

ROLE_TITLES = {
    "mot_cua": "Cán bộ một cửa",
    "chuyen_vien": "Chuyên viên",
    "truong_phong": "Trưởng phòng",
    "lanh_dao": "Lãnh đạo",
    "van_thu": "Văn thư",
}


class PortalMessageError(OfficeError):
    """A message lacks what the portal demands, so it is not sent."""

    code = "portal_message_incomplete"


def portal_message(db: Connection, item: Item) -> dict[str, Any] | None:
    """The portal's message for an event of those above; None when it is not to be told.

    A dossier is told from its receipt on: before it there is no date of receipt to tell.

    Raises:
        PortalMessageError: a mandatory field is empty or a word has no code.
    """
    status = status_at(db, item.stream, item.sequence)
    if status is None:
        return None
    file = read_case(db, SystemClock(), item.stream)
    if item.type in PROGRESS_EVENTS:
        return progress_message(file, item, status)
    return dossier_message(file, status)


def status_at(db: Connection, number: str, sequence: int) -> CaseStatus | None:
    """The status of a received case just after an event; None while it is not received. R66"""
    given = {"b_stream": number, "b_sequence": sequence}
    rows = db.execute(_status_moves, given).all()
    if not any(row.type == CaseReceived.type() for row in rows):
        return None
    moves = [json.loads(row.data)["after"] for row in rows if row.type == StatusChanged.type()]
    return CaseStatus(moves[-1]) if moves else None


def dossier_message(file: CaseFile, status: CaseStatus) -> dict[str, Any]:
    """Đồng bộ hồ sơ: the case as the portal wants it, in the given status.

    Raises:
        PortalMessageError.
    """
    owner: dict[str, str] = json.loads(file["owner_data"])
    agency = agency_by_code(file.db, str(file["agency_code"])).name
    meta = file.version.meta
    message: dict[str, Any] = {
        "MaHoSo": file.number,
        "MaTTHC": file["procedure_code"],
        "TenTTHC": file.version.name,
        "TenLinhVuc": file.version.field,
        "MaLinhVuc": meta.get("field_code"),
        "KenhThucHien": _code(CHANNELS, str(file["channel"]), "channel"),
        "ChuHoSo": file["owner_name"],
        "LoaiDoiTuong": _code(OWNER_KINDS, owner.get("kind", "citizen"), "kind of owner"),
        "SoGiayToChuHoSo": owner.get("id_number"),
        "Email": owner.get("email"),
        "SoDienThoai": owner.get("phone"),
        "TrichYeuHoSo": f"{file.version.name} – {file['owner_name']}"[:LONGEST_SUMMARY],
        "NgayNopHoSo": _date(file["registered_at"]),
        "NgayTiepNhan": _date(file["received_at"]),
        "NgayHenTra": _date(file["due_appointed_at"]),
        "TrangThaiHoSo": str(int(status)),
        "DonViXuLy": agency,
        "NoiNopHoSo": agency,
        "TaiLieuNop": [
            {"MaThanhPhanHoSo": code, "DuocSoHoa": "0"}
            for code, state in json.loads(file["components"]).items()
            if state != "missing"
        ],
        "DanhSachHoSoBoSung": _supplements(file),
    }
    if status in (CaseStatus.FINISHED, CaseStatus.RETURNED):
        message["NgayKetThucXuLy"] = _demanded(file["finished_at"], "NgayKetThucXuLy", status)
    if status is CaseStatus.RETURNED:
        message["NgayTra"] = _demanded(file["returned_at"], "NgayTra", status)
    missing = [name for name in MANDATORY if not message[name]]
    if missing:
        raise PortalMessageError(
            f"Expected a dossier message with {', '.join(missing)}, but {file.number} has none",
            missing=missing,
        )
    return {name: value for name, value in message.items() if value not in (None, [])}


def progress_message(file: CaseFile, item: Item, status: CaseStatus) -> dict[str, Any]:
    """Tiến trình: who did which step, when, and until when he had time."""
    row = file.db.execute(
        select(step).where(step.c.case_id == file.id, step.c.task_id == item.data["task"])
    ).one()
    person = file.db.execute(
        select(officer.c.name, unit.c.name.label("unit"))
        .join(unit, unit.c.code == officer.c.unit_code)
        .where(officer.c.code == item.data["officer"])
    ).one_or_none()
    message = {
        "MaHoSo": file.number,
        "NguoiXuLy": (person.name if person else str(item.data["officer"]))[:LONGEST_OFFICER],
        "ChucDanh": ROLE_TITLES.get(str(row.role), str(row.role or "")),
        "ThoiDiemXuLy": portal_date(item.at),
        "PhongBanXuLy": (person.unit if person else None) or row.unit,
        "NoiDungXuLy": row.name,
        "TrangThai": str(int(status)),
        "NgayBatDau": portal_date(row.created_at),
        "NgayKetThucTheoQuyDinh": _date(row.due_at),
    }
    return {name: value for name, value in message.items() if value}


def _supplements(file: CaseFile) -> list[Mapping[str, Any]]:
    rows = file.db.execute(_holds, {"b_case": file.id})
    return [
        {
            "NoiDungBoSung": row.ground,
            "NgayYeuCau": portal_date(row.opened_at),
            "NgayTiepNhanBoSung": _date(row.closed_at),
            "NgayHenTraTruoc": _date(row.due_before),
            "NgayHenTraMoi": _date(row.due_after),
        }
        for row in rows
    ]


def _code(codes: Mapping[str, str], word: str, what: str) -> str:
    if word not in codes:
        raise PortalMessageError(
            f"Expected a {what} of {', '.join(codes)}, but got {word!r}", word=word
        )
    return codes[word]


def _date(at: datetime | None) -> str | None:
    return None if at is None else portal_date(at)


def _demanded(at: datetime | None, field: str, status: CaseStatus) -> str:
    if at is None:
        raise PortalMessageError(
            f"Expected {field} in status {int(status)}, but the case has none", field=field
        )
    return portal_date(at)


_status_moves = (
    select(journal.c.type, journal.c.data)
    .where(
        journal.c.stream == bindparam("b_stream"),
        journal.c.sequence <= bindparam("b_sequence"),
        journal.c.type.in_([StatusChanged.type(), CaseReceived.type()]),
    )
    .order_by(journal.c.stream_sequence)
)
_holds = (
    select(hold)
    .where(hold.c.case_id == bindparam("b_case"), hold.c.kind == "supplement")
    .order_by(hold.c.id)
)

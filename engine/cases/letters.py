"""Issuing letters of a case: filled from the books, checked, numbered, kept as issued."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.cases.deadlines import why_in_one_line
from engine.cases.tables import fee, letter
from engine.catalog.regime import FormMeaning, form
from engine.clock import office_date
from engine.documents.letters import (
    ApologyLetter,
    Letter,
    ReceiptSlip,
    Refusal,
    StopNotice,
    SupplementRequest,
)
from engine.documents.numbering import next_letter_number
from engine.staff.queries import agency_by_code, officer_by_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from engine.cases.file import CaseFile


def issue_receipt(
    file: CaseFile, *, officer: str, replaces: str = "", correction: str = "", reissue: int = 0
) -> str:
    """Mẫu 01, with hour and date of return; gives the letter's number. Legal: R9

    One that is issued again names the one it stands for, and why.
    """
    owner = json.loads(file["owner_data"])
    paid = file.db.execute(select(fee).where(fee.c.case_id == file.id).order_by(fee.c.id)).all()
    names = {str(c["code"]): str(c["name"]) for c in file.version.meta.get("components", [])}
    states = json.loads(file["components"])
    slip = ReceiptSlip(
        **_common(file),
        components=tuple((code, names.get(code, code), state) for code, state in states.items()),
        received_at=file["received_at"],
        due_at=file["due_appointed_at"],
        limit=file.version.limit.in_vietnamese(),
        officer=_name(file, officer),
        return_place=_place(file),
        why_this_date=why_in_one_line(file),
        address=owner.get("address", ""),
        phone=owner.get("phone", ""),
        email=owner.get("email", ""),
        id_number=masked(owner.get("id_number", "")),
        fee_dong=sum(row.amount_dong for row in paid),
        fee_receipts=tuple(row.receipt for row in paid if row.receipt),
        reissue=reissue,
        replaces=replaces,
        correction=correction,
    )
    return _issue(file, slip, signer=officer, prepared_by=None)


def masked(id_number: str) -> str:
    """An identity number as it may be left lying about: its last four digits."""
    return "•" * 8 + id_number[-4:] if id_number else ""


def receipts_of(file: CaseFile) -> list[Row[Any]]:
    """The receipts of a case, the first one first."""
    return list(
        file.db.execute(
            select(letter)
            .where(letter.c.case_id == file.id, letter.c.meaning == str(FormMeaning.TIEP_NHAN))
            .order_by(letter.c.id)
        )
    )


def replaced_by(file: CaseFile, number: str) -> str | None:
    """The receipt that stands for another one since a correction."""
    for row in receipts_of(file):
        if json.loads(row.content).get("replaces") == number:
            return str(row.number)
    return None


def freeze_receipt(file: CaseFile, row: Row[Any]) -> None:
    """Write into a receipt what it printed of the owner from the case, before the case changes.

    Receipts issued before revision 0010 kept only his name.
    """
    content = json.loads(row.content)
    if "reissue" in content:
        return
    owner = json.loads(file["owner_data"])
    content |= {name: owner.get(name, "") for name in ("address", "phone", "email")}
    content |= {"id_number": masked(owner.get("id_number", "")), "reissue": 0}
    file.db.execute(
        update(letter)
        .where(letter.c.id == row.id)
        .values(content=json.dumps(content, ensure_ascii=False))
    )


def issue_supplement_request(
    file: CaseFile,
    *,
    reason: str,
    components: Sequence[str],
    officer: str,
    requested_by: str | None,
) -> str:
    """Mẫu 02, sent by the one-stop. Legal: R10, R18"""
    request = SupplementRequest(
        **_common(file),
        components=tuple(components),
        reason=reason.strip(),
        officer=_name(file, officer),
        requested_by=_name(file, requested_by) if requested_by else None,
    )
    return _issue(file, request, signer=officer, prepared_by=requested_by)


def issue_refusal(file: CaseFile, *, reason: str, signer: str, prepared_by: str | None) -> str:
    """Mẫu 03, signed by name. Legal: R11, R35, R72"""
    refusal = Refusal(**_common(file), reason=reason.strip(), signer=_name(file, signer))
    return _issue(file, refusal, signer=signer, prepared_by=prepared_by)


def issue_apology_letter(
    file: CaseFile,
    *,
    reason: str,
    cause: str,
    new_due_at: datetime | None,
    signer: str,
    prepared_by: str | None,
) -> str:
    """Mẫu 04, signed by a leader's name. Legal: R26, R72

    Raises:
        LetterIncompleteError: a mandatory field is empty.
    """
    apology = ApologyLetter(
        **_common(file),
        received_at=file["received_at"],
        original_due_at=file["due_original_at"],
        reason=reason.strip(),
        cause=cause,
        new_due_at=new_due_at,
        return_place=_place(file),
        signer=_name(file, signer),
    )
    return _issue(file, apology, signer=signer, prepared_by=prepared_by)


def issue_stop_notice(
    file: CaseFile,
    *,
    request: str,
    stage: str,
    decision: str,
    signer: str,
    prepared_by: str | None,
) -> str:
    """Mẫu 05 of TT 03/2025, a note before it. Legal: R8, R38"""
    notice = StopNotice(
        **_common(file),
        request_to_stop=request.strip(),
        stage=stage,
        decision=decision.strip(),
        signer=_name(file, signer),
    )
    return _issue(file, notice, signer=signer, prepared_by=prepared_by)


def _issue(file: CaseFile, value: Letter, *, signer: str, prepared_by: str | None) -> str:
    value.check()
    on = office_date(file["received_at"] or file["registered_at"])
    official = form(value.meaning, on)
    number = next_letter_number(
        file.db, agency=file["agency_code"], on=office_date(file.now), meaning=value.meaning
    )
    file.db.execute(
        insert(letter).values(
            case_id=file.id,
            meaning=str(value.meaning),
            form=official.label if official else "ghi chú",
            number=number,
            issued_at=file.now,
            signer=signer,
            prepared_by=prepared_by,
            content=json.dumps(value.content(), ensure_ascii=False),
        )
    )
    return number


def _common(file: CaseFile) -> dict[str, Any]:
    return {
        "case_number": file.number,
        "applicant": file["owner_name"],
        "request": file.version.name,
        "agency": agency_by_code(file.db, file["agency_code"]).name,
    }


def _name(file: CaseFile, officer: str) -> str:
    return str(officer_by_code(file.db, officer).name)


def _place(file: CaseFile) -> str:
    return str(agency_by_code(file.db, file["agency_code"]).name)

"""A case as plain values for people and programs: what `case show` and the pages print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases.deadlines import explain
from engine.cases.intake.collect_fee import fees_of
from engine.cases.steps import open_steps
from engine.cases.tables import case, consultation, hold, leg, letter
from engine.clock import iso_office
from engine.journal.read import entries_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.cases.file import CaseFile


def summary(file: CaseFile) -> dict[str, Any]:
    """Number, status, dates and open steps: the answer of every command on a case."""
    return {
        "number": file.number,
        "status": int(file.status),
        "status_name": file.status.vietnamese,
        "outcome": file["outcome"],
        "procedure": file["procedure_code"],
        "procedure_name": file.version.name,
        "version": file.version.number,
        "agency": file["agency_code"],
        "channel": file["channel"],
        "received_at": _at(file["received_at"]),
        "due_at": _at(file["due_original_at"]),
        "appointed_at": _at(file["due_appointed_at"]),
        "open_steps": [
            {
                "step_id": row.element_id,
                "task_id": row.task_id,
                "name": row.name,
                "kind": row.kind,
                "role": row.role,
                "unit": row.unit,
                "officer": row.officer_code,
                "created_at": _at(row.created_at),
                "due_at": _at(row.due_at),
            }
            for row in open_steps(file.db, file.id)
        ],
    }


def whole(file: CaseFile) -> dict[str, Any]:
    """Everything the books say of a case. Legal: R17, R28, R69 does not apply: staff only"""
    return summary(file) | {
        "owner": file["owner_name"],
        "regime": file["regime"],
        "limit": file["limit_text"],
        "pause_policy": file["pause_policy"],
        "components": json.loads(file["components"]),
        "registered_at": _at(file["registered_at"]),
        "due_original_at": _at(file["due_original_at"]),
        "due_appointed_at": _at(file["due_appointed_at"]),
        "finished_at": _at(file["finished_at"]),
        "returned_at": _at(file["returned_at"]),
        "verdict": file["verdict"],
        "became_late_at": _at(file["became_late_at"]),
        "late_cause": file["late_cause"],
        "late_cause_text": file["late_cause_text"],
        "reappointments": file["reappointments"],
        "supplement_requests": file["supplement_requests"],
        "multi_supplement": file["multi_supplement"],
        "late_return": file["late_return"],
        "ledger": explain(file),
        "holds": _holds(file),
        "consultations": _consultations(file),
        "documents": _letters(file),
        "legs": _legs(file),
        "fees": [
            {
                "amount_dong": row.amount_dong,
                "receipt": row.receipt,
                "collected_at": _at(row.collected_at),
                "collected_by": row.collected_by,
            }
            for row in fees_of(file)
        ],
        "journal": [
            {
                "sequence": entry.sequence,
                "type": entry.type,
                "at": iso_office(entry.at),
                "actor": entry.actor,
                "data": entry.data,
            }
            for entry in entries_of(file.db, file.number)
        ],
    }


def _holds(file: CaseFile) -> list[dict[str, Any]]:
    rows = file.db.execute(select(hold).where(hold.c.case_id == file.id).order_by(hold.c.id))
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "at_intake": row.at_intake,
            "ground": row.ground,
            "document": row.document,
            "policy": row.policy,
            "components": json.loads(row.components),
            "opened_at": _at(row.opened_at),
            "opened_by": row.opened_by,
            "expected_on": row.expected_on.isoformat() if row.expected_on else None,
            "closed_at": _at(row.closed_at),
            "due_before": _at(row.due_before),
            "due_after": _at(row.due_after),
        }
        for row in rows
    ]


def _consultations(file: CaseFile) -> list[dict[str, Any]]:
    rows = file.db.execute(
        select(consultation).where(consultation.c.case_id == file.id).order_by(consultation.c.id)
    )
    return [
        {
            "id": row.id,
            "agency": row.agency,
            "content": row.content,
            "mode": row.mode,
            "asked_at": _at(row.asked_at),
            "due_at": _at(row.due_at),
            "answered_at": _at(row.answered_at),
            "opinion": row.opinion,
            "silent": row.silent,
            "silence_is_consent": row.silence_is_consent,
        }
        for row in rows
    ]


def first_letter_id(db: Connection, number: str) -> int | None:
    """The key of a case's first letter: its receipt, or what was sent instead of one."""
    found: int | None = db.scalar(
        select(func.min(letter.c.id))
        .join(case, case.c.id == letter.c.case_id)
        .where(case.c.number == number)
    )
    return found


def _letters(file: CaseFile) -> list[dict[str, Any]]:
    rows = file.db.execute(select(letter).where(letter.c.case_id == file.id).order_by(letter.c.id))
    return [
        {
            "id": row.id,
            "meaning": row.meaning,
            "form": row.form,
            "number": row.number,
            "issued_at": _at(row.issued_at),
            "signer": row.signer,
            "prepared_by": row.prepared_by,
            "content": json.loads(row.content),
        }
        for row in rows
    ]


def _legs(file: CaseFile) -> list[dict[str, Any]]:
    rows = file.db.execute(select(leg).where(leg.c.case_id == file.id).order_by(leg.c.number))
    return [
        {
            "number": row.number,
            "sender": row.sender,
            "receiver": row.receiver,
            "sent_at": _at(row.sent_at),
            "confirmed_at": _at(row.confirmed_at),
            "allotted_minutes": row.allotted_minutes,
            "used_minutes": row.used_minutes,
            "result": row.result,
        }
        for row in rows
    ]


def _at(instant: datetime | None) -> str | None:
    return iso_office(instant) if instant is not None else None

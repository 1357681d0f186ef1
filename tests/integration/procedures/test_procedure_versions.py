"""Versions of a procedure: published as the checked tree, compared by meaning, abolished."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engine.catalog.model import Decision
from engine.catalog.tables import procedure_version
from engine.catalog.versions import (
    ProcedureAbolishedError,
    ProcedureUnknownError,
    procedures_in_force,
    version_in_force,
)
from engine.catalog.xml import reserialised
from engine.database import reading
from engine.procedures.abolish_procedure import AbolishedTwiceError, abolish_procedure
from engine.procedures.publish_procedure import DecisionMissingError, publish_procedure
from tests.builders import PROJECT, TrainingOffice

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_bytes()


def meta(office: TrainingOffice) -> Mapping[str, Any]:
    with reading(office.books) as db:
        return version_in_force(db, CODE, date(2026, 11, 16)).meta


def publish(
    office: TrainingOffice, bpmn: bytes, on: date, number: str | None = "9/QĐ"
) -> tuple[int, list[str]]:
    made, findings = office.do(
        publish_procedure,
        bpmn=bpmn,
        meta=meta(office),
        decision=Decision(number, date(2026, 11, 1), "Chủ tịch UBND tỉnh", on),
        sample=False,
        by="test",
    )
    return made, [finding.code for finding in findings]


def test_what_is_published_is_the_checked_tree_written_anew(office: TrainingOffice) -> None:
    noisy = BPMN.replace(b"<bpmn:process", b"<!-- a < b --><?run x?>\n<bpmn:process")
    number, _ = publish(office, noisy, date(2026, 12, 1))
    with reading(office.books) as db:
        stored = db.scalar(
            select(procedure_version.c.bpmn).where(
                procedure_version.c.procedure_code == CODE, procedure_version.c.number == number
            )
        )
    assert stored == reserialised(noisy)
    assert b"<!--" not in stored
    assert b"<?run" not in stored


def test_r2_versions_on_one_day_or_out_of_order_are_told(office: TrainingOffice) -> None:
    changed = BPMN.replace("Thẩm định".encode(), "Thẩm định lại".encode())
    publish(office, changed, date(2026, 12, 10))
    again = BPMN.replace("Thẩm định".encode(), "Thẩm định kỹ".encode())
    assert "version-same-day" in publish(office, again, date(2026, 12, 10))[1]
    third = BPMN.replace("Thẩm định".encode(), "Thẩm định thêm".encode())
    assert "version-overtaken" in publish(office, third, date(2026, 12, 5))[1]


def abolish(office: TrainingOffice, on: date, **changes: Any) -> Any:
    values = {"number": "77/QĐ", "decided_on": date(2026, 11, 2), "authority": "Chủ tịch"} | changes
    return office.do(
        abolish_procedure, code=CODE, decision=Decision(effective_on=on, **values), by="test"
    )


def test_r2_an_abolished_procedure_takes_no_dossier_and_running_cases_go_on(
    office: TrainingOffice,
) -> None:
    number = office.receive(CODE)
    abolish(office, date(2026, 11, 16))
    with pytest.raises(ProcedureAbolishedError, match="77/QĐ"):
        office.receive(CODE)
    office.work_until(number)
    assert office.kinds(number) == ["return"]
    with reading(office.books) as db:
        assert CODE not in [v.procedure_code for v in procedures_in_force(db, date(2026, 11, 16))]
        assert version_in_force(db, CODE, date(2026, 11, 15)).procedure_code == CODE


def test_a_later_version_brings_an_abolished_procedure_back(office: TrainingOffice) -> None:
    abolish(office, date(2026, 11, 20))
    number, _ = publish(office, BPMN, date(2026, 12, 1))
    with reading(office.books) as db:
        assert version_in_force(db, CODE, date(2026, 12, 1)).number == number
        with pytest.raises(ProcedureAbolishedError):
            version_in_force(db, CODE, date(2026, 11, 30))


def test_r3_an_abolition_needs_its_decision_and_a_procedure(office: TrainingOffice) -> None:
    with pytest.raises(DecisionMissingError):
        abolish(office, date(2026, 12, 1), number="")
    abolish(office, date(2026, 12, 1))
    with pytest.raises(AbolishedTwiceError):
        abolish(office, date(2026, 12, 1), number="78/QĐ")
    with pytest.raises(ProcedureUnknownError):
        office.do(
            abolish_procedure,
            code="9.9",
            decision=Decision("1", date(2026, 1, 1), "A", date(2026, 1, 2)),
            by="test",
        )

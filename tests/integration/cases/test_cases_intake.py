"""Receiving a dossier: R2, R3, R4, R6, R9–R13 on real books."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.cases.file import StatusRefusedError
from engine.cases.intake.accept_case import accept_case
from engine.cases.intake.receive_case import DossierIncompleteError
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.request_supplement import request_supplement
from engine.clock import office_instant
from engine.errors import BadInputError, OfficeError
from engine.reports.figures import figures
from tests.builders import TrainingOffice


def _first_component(office: TrainingOffice, number: str) -> str:
    return next(iter(office.case(number)["components"]))


def test_r4_and_r9_a_complete_dossier_gets_a_number_a_due_date_and_its_receipt(
    office: TrainingOffice,
) -> None:
    number = office.receive()
    case = office.case(number)
    assert number == "H35.12-261116-0001"
    assert case["status"] == 2
    assert case["due_at"] == "2026-11-26T17:00:00+07:00"  # 7 wd, 24/11 is a holiday
    receipt = next(d for d in case["documents"] if d["meaning"] == "TIEP_NHAN")
    assert receipt["content"]["due_at"] == case["due_at"]


def test_r4_the_counter_begins_again_on_the_next_day(office: TrainingOffice) -> None:
    office.receive()
    assert office.receive() == "H35.12-261116-0002"
    office.until("2026-11-17T08:00")
    assert office.receive() == "H35.12-261117-0001"


def test_r6_fifty_parallel_intakes_get_fifty_numbers(office: TrainingOffice) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: office.receive("2.000908"), range(50)))
    assert len(set(numbers)) == 50


def test_r5_the_ten_thousandth_dossier_of_a_day_has_five_digits(office: TrainingOffice) -> None:
    from sqlalchemy import update

    from engine.cases.tables import case_counter
    from engine.database import transaction

    office.receive()
    with transaction(office.books) as db:
        db.execute(update(case_counter).values(last=9999))
    assert office.receive() == "H35.12-261116-10000"


def test_r2_a_running_case_keeps_its_version(office: TrainingOffice) -> None:
    from datetime import date

    from engine.cases.training import clock_of
    from engine.catalog.model import Decision
    from engine.catalog.versions import version_in_force
    from engine.database import reading, transaction
    from engine.procedures.publish_procedure import publish_procedure

    old = office.receive("2.001610")
    with reading(office.books) as db:
        version = version_in_force(db, "2.001610", date(2026, 11, 16))
    with transaction(office.books) as db:
        number, _ = publish_procedure(
            db,
            clock_of(db),
            bpmn=version.bpmn,
            meta=dict(version.meta) | {"limit": "5wd", "committed_limit": "5wd"},
            decision=Decision("9/QĐ", date(2026, 11, 16), "Chủ tịch", date(2026, 11, 16)),
            sample=True,
            by="test",
        )
    new = office.receive("2.001610")
    assert (office.case(old)["version"], office.case(new)["version"]) == (1, number)
    assert office.case(old)["due_at"] == "2026-11-19T17:00:00+07:00"
    assert office.case(new)["due_at"] == "2026-11-23T17:00:00+07:00"


def test_r10_an_incomplete_dossier_is_not_received(office: TrainingOffice) -> None:
    code = _first_component(office, office.receive())
    with pytest.raises(DossierIncompleteError, match="missing"):
        office.receive(data={"components": {code: "missing"}})


def test_r10_at_the_counter_the_clock_has_not_started(office: TrainingOffice) -> None:
    number = office.receive(submitted_only=True)
    code = _first_component(office, number)
    office.do(request_supplement, number=number, reason="thiếu", components=[code])
    case = office.case(number)
    assert (case["status"], case["due_at"]) == (1, None)


def test_r10_online_it_waits_as_5_and_is_in_no_rate(office: TrainingOffice) -> None:
    number = office.receive(submitted_only=True, channel="online")
    code = _first_component(office, number)
    office.do(request_supplement, number=number, reason="thiếu", components=[code])
    assert office.case(number)["status"] == 5
    from datetime import date

    from engine.cases.training import clock_of
    from engine.database import reading

    with reading(office.books) as db:
        rows = figures(db, clock_of(db), first=date(2026, 11, 1), last=date(2026, 11, 30), by=None)
    assert rows["items"][0]["received"]["total"] == 0


def test_r13_after_a_supplement_at_intake_the_clock_starts_when_it_is_complete(
    office: TrainingOffice,
) -> None:
    number = office.receive(submitted_only=True, channel="online")
    code = _first_component(office, number)
    office.do(request_supplement, number=number, reason="thiếu", components=[code])
    office.until("2026-11-18T09:00")
    office.do(accept_supplement, number=number)
    case = office.case(number)
    assert case["status"] == 2
    assert case["received_at"] == "2026-11-18T09:00:00+07:00"


@pytest.mark.parametrize(("reason", "components"), [("", ["x"]), ("thiếu", []), ("  ", [""])])
def test_r10_an_empty_reason_or_list_is_refused(
    office: TrainingOffice, reason: str, components: list[str]
) -> None:
    number = office.receive(submitted_only=True)
    with pytest.raises(BadInputError, match="Expected"):
        office.do(request_supplement, number=number, reason=reason, components=components)


def test_r11_a_refusal_at_intake_ends_as_3(office: TrainingOffice) -> None:
    number = office.receive(submitted_only=True)
    office.do(refuse_case, number=number, reason="Không thuộc thẩm quyền")
    case = office.case(number)
    assert case["status"] == 3
    assert [d["meaning"] for d in case["documents"]] == ["TU_CHOI"]


def test_r13_by_post_the_clock_starts_with_the_signed_handover(office: TrainingOffice) -> None:
    office.until("2026-11-20T14:00")
    number = office.receive(channel="postal", handed_over_at=office_instant("2026-11-20T10:00"))
    assert office.case(number)["received_at"] == "2026-11-20T10:00:00+07:00"


def test_r13_outside_its_territory_the_competent_agency_starts_the_clock(
    office: TrainingOffice,
) -> None:
    office.until("2026-11-20T09:30")
    number = office.receive(competent_received_at=office_instant("2026-11-20T09:00"))
    assert office.case(number)["received_at"] == "2026-11-20T09:00:00+07:00"


def test_a_submitted_dossier_is_accepted_once(office: TrainingOffice) -> None:
    number = office.receive(submitted_only=True, channel="online")
    office.do(accept_case, number=number)
    with pytest.raises(StatusRefusedError):
        office.do(accept_case, number=number)


@pytest.mark.parametrize(
    "wrong",
    [
        {"procedure": "9.999999"},
        {"agency": "h35"},
        {"agency": "H99.1"},
        {"channel": "pigeon"},
        {"owner": "   "},
        {"owner": "a\nb"},
        {"data": {"unknown": 1}},
        {"data": {"components": {"nope": "original"}}},
        {"by": "nobody"},
    ],
)
def test_bad_intake_is_refused_and_nothing_is_written(
    office: TrainingOffice, wrong: dict[str, object]
) -> None:
    from engine.cases.intake.receive_case import receive_case

    given = {
        "procedure": "1.009994",
        "agency": "H35.12",
        "owner": "A",
        "channel": "counter",
    } | wrong
    with pytest.raises(OfficeError, match=re.compile("Expected")):
        office.do(receive_case, **given)
    assert office.receive() == "H35.12-261116-0001"

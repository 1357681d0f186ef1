"""The apology drafts itself: the true cause from the books, a date from the way that is left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.cases.acting import NotAllowedError
from engine.cases.file import read_case
from engine.cases.lateness.draft_apology import draft_apology, kept_draft
from engine.cases.lateness.sign_apology import draft_for, sign_apology
from engine.cases.telling.duty_tables import apology_draft, notice, step_pace
from engine.cases.training import clock_of
from engine.cases.waiting.consult import consult
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.sla.deadline import ReappointLimitError
from tests.builders import TrainingOffice


def _draft(office: TrainingOffice, number: str) -> Any:
    with reading(office.books) as db:
        return draft_apology(read_case(db, clock_of(db), number))


def _examined_too_long(office: TrainingOffice) -> str:
    """1.009994, 7 wd from 16/11: due 26/11 17:00; the examination has 18 working hours."""
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    office.until("2026-11-20T09:30")
    return number


def test_r8_the_draft_is_form_04_of_the_regime_of_receipt(office: TrainingOffice) -> None:
    draft = _draft(office, _examined_too_long(office))
    assert draft.form == "Mẫu 04 TT03"
    assert draft.title == "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"


def test_the_reason_names_the_step_the_unit_and_the_working_hours_over(
    office: TrainingOffice,
) -> None:
    # from 16/11 07:30 to 20/11 09:30: 7.5 + 8 + 8 + 8 + 2.5 working hours
    number = _examined_too_long(office)
    draft = _draft(office, number)
    [overrun] = draft.overruns
    assert overrun.element_id == office.open(number)[0]
    assert (overrun.allotted_minutes, overrun.used_minutes) == (18 * 60, 34 * 60)
    assert overrun.over_minutes == 16 * 60
    assert draft.reason == (
        "Bước «Thẩm định, kiểm tra thực địa» (Chuyên viên) đang dùng 34 giờ làm việc, "
        "vượt 16 giờ làm việc so với 18 giờ làm việc được giao."
    )
    assert draft.cause == "KHAC", "what no ledger shows, a leader says"


def test_the_new_date_is_counted_from_the_steps_that_are_left(office: TrainingOffice) -> None:
    number = _examined_too_long(office)
    draft = _draft(office, number)
    names = [(each.element_id[:3], each.minutes // 60, each.source) for each in draft.ahead]
    assert names == [
        ("b03", 18, "limit_again"),
        ("b04", 16, "limit"),
        ("b05", 6, "limit"),
        ("b06", 6, "limit"),
        ("b07", 2, "limit"),
    ]
    # 48 working hours after 20/11 09:30, the 24th off: 5.5 + 8 × 5 hours to 30/11, then 2.5
    assert draft.new_date == date(2026, 12, 1)


def test_with_a_history_its_eightieth_percentile_is_used(office: TrainingOffice) -> None:
    number = _examined_too_long(office)
    with transaction(office.books) as db:
        for element, minutes, finished in (
            ("b04_lay_y_kien", 60, 20),
            ("b05_du_thao", 30, 19),  # too few: its limit counts
        ):
            db.execute(
                insert(step_pace).values(
                    procedure_code="1.009994",
                    element_id=element,
                    finished=finished,
                    p50_minutes=minutes,
                    p80_minutes=minutes,
                    p95_minutes=minutes,
                    counted_at=clock_of(db).now(),
                )
            )
    draft = _draft(office, number)
    by_step = {each.element_id: (each.minutes, each.source) for each in draft.ahead}
    assert by_step["b04_lay_y_kien"] == (60, "history_p80")
    assert by_step["b05_du_thao"] == (360, "limit")


def test_a_new_date_is_never_on_or_before_the_original_one_and_is_a_working_day(
    office: TrainingOffice,
) -> None:
    number = office.receive("1.009994")
    office.work_until(number, "sign")
    office.until("2026-11-16T10:00")
    draft = _draft(office, number)
    assert draft.overruns == ()
    assert draft.new_date == date(2026, 11, 27)
    assert "không kịp trước 17:00 ngày 26/11/2026" in draft.reason


def test_a_consulted_agency_that_is_late_is_the_cause(office: TrainingOffice) -> None:
    number = office.receive("TINH-07")
    office.work_until(number, "examine")
    office.do(consult, number=number, agencies=["Sở Xây dựng"], content="Quy hoạch", deadline="4wh")
    office.until("2026-11-18T09:00")
    draft = _draft(office, number)
    assert draft.cause == "PHOI_HOP"
    assert "Sở Xây dựng chậm trả lời" in draft.reason


def test_at_the_moment_to_decide_the_draft_lies_beside_the_case(office: TrainingOffice) -> None:
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    office.until("2026-11-23T16:59")
    with reading(office.books) as db:
        case_id = read_case(db, clock_of(db), number).id
        assert kept_draft(db, case_id) is None
    office.until("2026-11-23T17:00")  # two working days before 26/11 17:00, the 24th is off
    with reading(office.books) as db:
        kept = kept_draft(db, case_id)
    assert kept is not None
    assert kept["missing"] == ["signer"]
    drafted = office.event(number, "ApologyDrafted")
    assert drafted["new_date"] == kept["new_date"]
    assert not [d for d in office.case(number)["documents"] if d["meaning"] == "XIN_LOI"]
    assert office.case(number)["reappointments"] == 0


def test_r72_only_a_leaders_signature_issues_it(office: TrainingOffice) -> None:
    number = _examined_too_long(office)
    before = office.case(number)
    with pytest.raises(NotAllowedError):
        office.do(sign_apology, number=number, signer="cv.thamdinh1")
    assert office.case(number) == before
    draft = _draft(office, number)
    office.do(sign_apology, number=number, signer="ld.chutich")
    case = office.case(number)
    letter = next(d for d in case["documents"] if d["meaning"] == "XIN_LOI")
    assert (letter["signer"], letter["content"]["reason"]) == ("ld.chutich", draft.reason)
    assert case["due_appointed_at"] == f"{draft.new_date}T17:00:00+07:00"
    assert case["due_original_at"] == "2026-11-26T17:00:00+07:00"


def test_r29_all_effects_come_in_one_transaction_or_none(
    office: TrainingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _examined_too_long(office)
    before = office.case(number)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the one-stop cannot be told")

    with monkeypatch.context() as patch:
        patch.setattr("engine.cases.lateness.issue_apology.tell_one_stop", fails)
        with pytest.raises(RuntimeError):
            office.do(sign_apology, number=number, signer="ld.chutich")
    assert office.case(number) == before
    with reading(office.books) as db:
        assert "apology" not in db.scalars(select(notice.c.what)).all()
    office.do(sign_apology, number=number, signer="ld.chutich")
    with reading(office.books) as db:
        assert db.scalars(select(notice.c.what)).all().count("apology") == 1


def test_a_leader_may_say_it_otherwise_and_the_draft_remembers_its_letter(
    office: TrainingOffice,
) -> None:
    number = office.receive("1.009994")
    office.work_until(number, "examine")
    office.until("2026-11-25T08:00")
    office.do(
        sign_apology,
        number=number,
        signer="ld.phochutich",
        cause="QUA_TAI",
        reason="Bộ phận thẩm định thiếu người sau sắp xếp",
        new_date=date(2026, 12, 4),
    )
    case = office.case(number)
    assert (case["late_cause"], case["due_appointed_at"][:10]) == ("QUA_TAI", "2026-12-04")
    letter = next(d for d in case["documents"] if d["meaning"] == "XIN_LOI")
    with reading(office.books) as db:
        assert db.scalar(select(apology_draft.c.letter)) == letter["number"]


def test_r27_after_a_re_appointment_the_draft_gives_no_second_date(office: TrainingOffice) -> None:
    number = _examined_too_long(office)
    office.do(sign_apology, number=number, signer="ld.chutich")
    assert _draft(office, number).new_date is None
    office.do(sign_apology, number=number, signer="ld.chutich")  # a letter without a date
    with pytest.raises(ReappointLimitError):
        office.do(sign_apology, number=number, signer="ld.chutich", new_date=date(2026, 12, 30))
    assert office.case(number)["reappointments"] == 1


@pytest.mark.parametrize("stage", ["submitted", "finished"])
def test_nothing_is_drafted_for_a_case_without_a_date_or_with_a_result(
    office: TrainingOffice, stage: str
) -> None:
    number = office.receive("2.000908", submitted_only=stage == "submitted")
    if stage == "finished":
        office.work_until(number)
    with pytest.raises(BadInputError, match="Expected"), reading(office.books) as db:
        draft_for(db, clock_of(db), number=number)


def test_every_procedure_has_a_way_to_its_end(office: TrainingOffice) -> None:
    from engine.catalog.remaining import limit_minutes, remaining_way
    from engine.catalog.versions import procedures_in_force
    from engine.clock import office_date

    with reading(office.books) as db:
        versions = procedures_in_force(db, office_date(clock_of(db).now()))
    assert len(versions) == 15
    for version in versions:
        starts = [n.id for n in version.process.nodes.values() if n.kind == "startEvent"]
        way = remaining_way(version.process, starts[:1], limit_minutes)
        assert way.minutes > 0, version.procedure_code
        kinds = {str(node.rule.kind) for node in way.steps if node.rule}
        assert "sign" in kinds, version.procedure_code
        assert not kinds & {"apologise", "supplement", "refuse"}

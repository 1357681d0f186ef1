"""Closed periods on real books: figures stand, later data corrects them in the open."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DatabaseError

from engine.cases.acting import OfficerRequiredError
from engine.cases.tables import office as office_table
from engine.clock import FrozenClock, office_instant
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.events.cases import CaseFinished, CaseReceived
from engine.journal.append import GENESIS, Head, append, head_of
from engine.journal.read import entries_of
from engine.journal.seal import batches_after
from engine.reports.build import REPORTS
from engine.reports.closing import (
    Choice,
    PeriodClosedAlreadyError,
    PeriodNotOverError,
    cell_cases,
    close_period,
    shown_report,
)
from engine.reports.print.sheet import Sheet
from engine.sla.periods import parse_period
from engine.staff.commands import add_agency, add_officer, add_unit

OCTOBER = parse_period("2026-10")
IN_NOVEMBER = FrozenClock(office_instant("2026-11-05T08:00"))
CHOICE = Choice("bieu-06", OCTOBER)


def _received(received_at: str, due_at: str, field: str = "Đất đai") -> CaseReceived:
    return CaseReceived(
        procedure="2.000908",
        version=1,
        agency="H35.12",
        field=field,
        level="xã",
        channel="counter",
        officer="cb.a",
        regime="ND118_309",
        limit="3wd",
        received_at=office_instant(received_at),
        due_at=office_instant(due_at),
    )


def _write(books: Engine, number: str, *events: tuple[str, Any]) -> None:
    with transaction(books) as db:
        head = head_of(db, number)
        if not head.length:
            head = Head(0, GENESIS)
        for at, event in events:
            head = append(
                db, stream=number, head=head, at=office_instant(at), actor="cb", events=[event]
            )


@pytest.fixture
def office(books: Engine) -> Engine:
    with transaction(books) as db:
        db.execute(insert(office_table).values(id=1, training=False, opened_at=IN_NOVEMBER.now()))
        add_agency(db, IN_NOVEMBER, code="H35.12", name="Xã Bản Mẫu", level="xã", by="init")
        add_unit(db, IN_NOVEMBER, code="p1", agency_code="H35.12", name="Phòng", by="init")
        add_officer(
            db,
            IN_NOVEMBER,
            code="ld.a",
            name="Lò Văn A",
            unit_code="p1",
            since=OCTOBER.first_on,
            by="init",
        )
    _write(
        books,
        "H35.12-261005-0001",
        ("2026-10-05T08:00", _received("2026-10-05T08:00", "2026-10-08T17:00")),
        ("2026-10-07T08:00", CaseFinished(outcome="GRANTED", verdict="early")),
    )
    _write(
        books,
        "H35.12-261020-0001",
        ("2026-10-20T08:00", _received("2026-10-20T08:00", "2026-10-23T17:00")),
        ("2026-11-03T08:00", CaseFinished(outcome="GRANTED", verdict="late")),
    )
    return books


def _close(books: Engine, choice: Choice = CHOICE, by: str | None = "ld.a") -> Sheet:
    with transaction(books, alone=True) as db:
        return close_period(db, IN_NOVEMBER, choice, by=by)


def _shown(books: Engine, choice: Choice = CHOICE, at: str = "2026-12-01T08:00") -> Sheet:
    with reading(books) as db:
        return shown_report(db, FrozenClock(office_instant(at)), choice)


def _late_entry(books: Engine, field: str = "Đất đai") -> None:
    # by post: handed over in October, written into the books in November
    _write(
        books,
        "H35.12-261106-0001",
        ("2026-11-06T08:00", _received("2026-10-30T08:00", "2026-11-04T17:00", field)),
    )


def test_r48_a_closed_report_keeps_its_digits_and_shows_later_data_as_a_correction(
    office: Engine,
) -> None:
    closed = _close(office)
    assert closed.row("T").cells[2:] == (2, 0, 2, 0, 1, 1, 0, 0, 1, 0, 1)
    _late_entry(office)
    later = _shown(office)
    assert later.rows == closed.rows
    assert later.facts == closed.facts
    assert [line.split(": ", 1)[1] for line in later.corrections] == [
        f"{row}, cột {column}: {change}"
        for row in (
            "Thủ tục hành chính cấp xã",
            "Thủ tục hành chính cấp xã / Đất đai",
            "Tổng số",
        )
        for column, change in (
            ("3 «Tổng số»", "2 → 3"),
            ("5 «Trực tiếp, bưu chính trong kỳ»", "2 → 3"),
            ("11 «Tổng số»", "1 → 2"),
            ("12 «Trong hạn»", "0 → 1"),
        )
    ]


def test_a_new_field_after_closing_is_a_correction_of_its_own(office: Engine) -> None:
    _close(office)
    _late_entry(office, "Chứng thực")  # sorts before what was there: rows move, names do not
    lines = _shown(office).corrections
    assert any("Chứng thực, cột 3 «Tổng số»: không có → 1" in line for line in lines)
    assert not any("Đất đai" in line for line in lines)


def test_without_later_data_there_is_no_correction(office: Engine) -> None:
    closed = _close(office)
    assert _shown(office) == closed


def test_a_closing_binds_definition_moment_journal_and_figures(office: Engine) -> None:
    facts = _close(office).facts
    with reading(office) as db:
        (batch,) = batches_after(db, 0)
        entry = entries_of(db, "office")[-1]
    assert facts["Lô niêm phong"] == f"1, {batch.hash.hex()}"
    assert facts["Vị trí nhật ký"] == batch.last_sequence
    assert facts["Khóa sổ"] == "2026-11-05T08:00:00+07:00 bởi ld.a"
    assert entry.type == "PeriodClosed"
    assert entry.data["sha256"] == facts["SHA-256 của số liệu"]
    assert entry.sequence > batch.last_sequence


def test_every_cell_of_a_closed_report_opens_the_cases_it_counted(office: Engine) -> None:
    closed = _close(office)
    _late_entry(office)
    clock = FrozenClock(office_instant("2026-12-01T08:00"))
    with reading(office) as db:
        for row in closed.rows:
            for column in closed.columns[2:]:
                found = cell_cases(db, clock, CHOICE, row.key, column.key)
                assert len(found) == closed.cell(row.key, column.key)
        assert cell_cases(db, clock, CHOICE, "T", "13") == ["H35.12-261020-0001"]


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_can_be_closed_and_comes_back_as_it_was(office: Engine, name: str) -> None:
    choice = Choice(name, OCTOBER)
    before = _shown(office, choice, at="2026-11-05T08:00")
    closed = _close(office, choice)
    assert closed.rows == before.rows
    assert _shown(office, choice) == closed


def test_a_period_is_closed_once_and_only_when_it_is_over(office: Engine) -> None:
    _close(office)
    with pytest.raises(PeriodClosedAlreadyError):
        _close(office)
    with pytest.raises(PeriodNotOverError):
        _close(office, Choice("bieu-06", parse_period("2026-11")))
    _close(office, Choice("bieu-06", OCTOBER, by="agency"))


def test_r72_in_a_real_office_somebody_closes_by_name(office: Engine) -> None:
    with pytest.raises(OfficerRequiredError):
        _close(office, by=None)


def test_the_database_itself_refuses_to_change_a_closing(office: Engine) -> None:
    _close(office)
    for statement in ("UPDATE report_closing SET sheet = '{}'", "DELETE FROM report_closing"):
        with pytest.raises(DatabaseError), office.begin() as db:
            db.execute(text(statement))


def test_a_period_that_has_not_begun_has_no_report(office: Engine) -> None:
    with pytest.raises(BadInputError, match="that has begun"):
        _shown(office, Choice("bieu-06", parse_period("2027-10")))


def test_a_period_under_way_says_that_its_figures_are_not_final(office: Engine) -> None:
    sheet = _shown(office, Choice("bieu-06", parse_period("2026-12")))
    assert "Kỳ báo cáo chưa kết thúc: số liệu tạm tính." in sheet.notes


def test_a_report_of_one_agency_counts_only_its_cases(office: Engine) -> None:
    sheet = _shown(office, Choice("bieu-06", OCTOBER, agency="H99"))
    assert sheet.row("T").cells[2] == 0
    sheet = _shown(office, Choice("bieu-06", OCTOBER, agency="H35.12"))
    assert sheet.row("T").cells[2] == 2

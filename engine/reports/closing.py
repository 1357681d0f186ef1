"""Closing a period (khóa sổ): figures stand; what comes later is a correction beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from engine.cases.acting import OfficerRequiredError
from engine.cases.training import is_training
from engine.clock import iso_office
from engine.errors import BadInputError, OfficeError
from engine.events.office import PeriodClosed
from engine.journal.append import append_office
from engine.journal.seal import seal_rows
from engine.journal.tables import journal_batch
from engine.reports.build import build
from engine.reports.corrections import corrections
from engine.reports.measures import DEFINITION
from engine.reports.period_data import period_data
from engine.reports.stored_sheet import sheet_of, text_of
from engine.reports.tables import report_closing
from engine.reports.window_sums import TooMuchToCountError
from engine.staff.queries import officer_by_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from engine.clock import Clock
    from engine.reports.period_data import PeriodData
    from engine.reports.print.sheet import Sheet
    from engine.sla.periods import Period


class PeriodNotOverError(OfficeError):
    """A period is closed when it is over, not before."""

    code = "period_not_over"


class PeriodClosedAlreadyError(OfficeError):
    """A period is closed once; what came later is shown as a correction."""

    code = "period_closed_already"


class ClosedFiguresDifferError(OfficeError):
    """The journal no longer gives the figures that were closed with it."""

    code = "closed_figures_differ"


@dataclass(frozen=True)
class Choice:
    """Which report of which period: the name, its rows, one agency or all."""

    name: str
    period: Period
    by: str = "field"
    agency: str | None = None
    issuer: str | None = None

    @property
    def options(self) -> str:
        """What a closing is found by, beside name and period."""
        return json.dumps({"agency": self.agency, "by": self.by}, ensure_ascii=False)


@dataclass(frozen=True)
class Closing:
    """A closed report as it was: its sheet, its moment and its place in the journal."""

    sheet: Sheet
    definition: str
    closed_at: datetime
    closed_by: str
    journal_sequence: int
    batch_number: int
    batch_hash: bytes
    sha256: str


@dataclass(frozen=True)
class GivenOut:
    """A report as people get it; the cases behind its `counted` columns can be opened."""

    sheet: Sheet
    closing: Closing | None
    counted: frozenset[str]


NOT_COMPARED = "Số liệu phát sinh sau khóa sổ chưa được đối chiếu ở đây: nhật ký quá dài."


def close_period(
    db: Connection,
    clock: Clock,
    choice: Choice,
    *,
    by: str | None = None,
    most_rows: int | None = None,
) -> Sheet:
    """Close a report of a period that is over. The caller holds all other writers back.

    The journal is sealed up to its last row; that batch's hash and the sheet's own are kept.
    `most_rows` is how much of it whoever asks may wait for. Legal: R48, R52, R53

    Raises:
        PeriodNotOverError, PeriodClosedAlreadyError, FormInconsistentError,
        OfficerRequiredError, OfficerUnknownError, TooMuchToCountError.
    """
    now = clock.now()
    data = _data_of(db, choice, now, most_rows)
    if data.window.end_at > now:
        raise PeriodNotOverError(
            f"Expected a period that is over, but {choice.period.text} ends on"
            f" {choice.period.last_on}",
            period=choice.period.text,
        )
    if closing_of(db, choice) is not None:
        raise PeriodClosedAlreadyError(
            f"Expected {choice.name} of {choice.period.text} to be open, but it is closed:"
            " later data appears as a correction",
            report=choice.name,
            period=choice.period.text,
        )
    if by is not None:
        officer_by_code(db, by)
    elif not is_training(db):
        raise OfficerRequiredError(
            "Expected the officer who closes the period (--as), but nobody was named"
        )
    actor = by or "office"
    seal_rows(db, now)
    batch = db.execute(
        select(journal_batch).order_by(journal_batch.c.number.desc()).limit(1)
    ).one_or_none()
    if batch is None:
        raise BadInputError("Expected a journal with entries, but it is empty")
    sheet = build(data, choice.name, by=choice.by).sheet
    text = text_of(sheet)
    digest = sha256(text.encode()).hexdigest()
    db.execute(
        insert(report_closing).values(
            report=choice.name,
            options=choice.options,
            period=choice.period.text,
            first_on=choice.period.first_on,
            last_on=choice.period.last_on,
            definition=DEFINITION,
            closed_at=now,
            closed_by=actor,
            journal_sequence=data.up_to,
            batch_number=batch.number,
            batch_hash=batch.hash,
            sheet=text,
            sha256=digest,
        )
    )
    append_office(
        db,
        at=now,
        actor=actor,
        events=[
            PeriodClosed(
                report=choice.name,
                period=choice.period.text,
                first_on=choice.period.first_on,
                last_on=choice.period.last_on,
                definition=DEFINITION,
                journal_sequence=data.up_to,
                sha256=digest,
            )
        ],
    )
    closing = closing_of(db, choice)
    if closing is None:
        raise AssertionError("the closing was written in this transaction")
    return _as_closed(closing)


def closings_of(db: Connection, period: Period) -> Sequence[Row[Any]]:
    """Every closing of a period: report, options, when and by whom."""
    found: Sequence[Any] = db.execute(
        select(
            report_closing.c.report,
            report_closing.c.options,
            report_closing.c.closed_at,
            report_closing.c.closed_by,
        ).where(
            report_closing.c.period == period.text, report_closing.c.first_on == period.first_on
        )
    ).all()
    return found


def closing_of(db: Connection, choice: Choice) -> Closing | None:
    """The closing of a report, if there was one.

    Raises:
        ClosedFiguresDifferError: the stored sheet is not the one that was closed.
    """
    row = db.execute(
        select(report_closing).where(
            report_closing.c.report == choice.name,
            report_closing.c.options == choice.options,
            report_closing.c.period == choice.period.text,
            report_closing.c.first_on == choice.period.first_on,
        )
    ).one_or_none()
    if row is None:
        return None
    if sha256(row.sheet.encode()).hexdigest() != row.sha256:
        raise ClosedFiguresDifferError(
            f"Expected {choice.name} of {choice.period.text} as it was closed, but its stored"
            " figures were changed",
            report=choice.name,
        )
    return Closing(
        sheet=sheet_of(row.sheet),
        definition=row.definition,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        journal_sequence=row.journal_sequence,
        batch_number=row.batch_number,
        batch_hash=row.batch_hash,
        sha256=row.sha256,
    )


def shown_report(db: Connection, clock: Clock, choice: Choice) -> Sheet:
    """The report as it is given out: open periods as of now, closed ones as they were closed.

    Raises:
        BadInputError: the period has not begun. FormInconsistentError: sums fail (R48).
    """
    return given_out(db, clock, choice).sheet


def given_out(
    db: Connection, clock: Clock, choice: Choice, *, most_rows: int | None = None
) -> GivenOut:
    """The same with its closing, and which columns open their cases.

    What the journal holds since a closing stands as correction lines above the notes; the closed
    figures never change.

    Raises:
        BadInputError: the period has not begun. FormInconsistentError: sums fail (R48).
        TooMuchToCountError: an open report reads more of the journal than `most_rows`.
    """
    now = clock.now()
    data = _data_of(db, choice, now, most_rows)
    if data.window.start_at > now:
        raise BadInputError(
            f"Expected a period that has begun, but {choice.period.text} begins on"
            f" {choice.period.first_on}",
            period=choice.period.text,
        )
    closing = closing_of(db, choice)
    try:
        report = build(data, choice.name, by=choice.by)
    except TooMuchToCountError:
        if closing is None:
            raise
        # What was closed is shown whatever the journal's length; only what came later is not.
        return GivenOut(_as_closed(closing).with_lines(NOT_COMPARED), closing, frozenset())
    if closing is None:
        sheet = report.sheet
        if data.window.end_at > now:
            sheet = sheet.with_lines("Kỳ báo cáo chưa kết thúc: số liệu tạm tính.")
        return GivenOut(sheet, None, report.counted_columns)
    later = tuple(corrections(closing.sheet, report.sheet, iso_office(now)[:16]))
    return GivenOut(
        replace(_as_closed(closing), corrections=later), closing, report.counted_columns
    )


def _data_of(db: Connection, choice: Choice, now: datetime, most_rows: int | None) -> PeriodData:
    return period_data(
        db,
        choice.period,
        now=now,
        agency_code=choice.agency,
        issuer=choice.issuer,
        most_rows=most_rows,
    )


def cell_cases(
    db: Connection,
    clock: Clock,
    choice: Choice,
    row: str,
    column: str,
    *,
    most_rows: int | None = None,
) -> list[str]:
    """The numbers of the cases behind a cell, of a closed report those it was closed with.

    Raises:
        BadInputError: there is no such cell. ClosedFiguresDifferError: the journal gives others
        than the closed figure counted.
    """
    closing = closing_of(db, choice)
    data = period_data(
        db,
        choice.period,
        now=clock.now() if closing is None else closing.closed_at,
        up_to=None if closing is None else closing.journal_sequence,
        agency_code=choice.agency,
        most_rows=most_rows,
    )
    found = build(data, choice.name, by=choice.by, keep=True).cases(row, column)
    if closing is not None and closing.sheet.cell(row, column) != len(found):
        raise ClosedFiguresDifferError(
            f"Expected {closing.sheet.cell(row, column)} cases in {row}.{column} as closed, but"
            f" the journal gives {len(found)}",
            row=row,
            column=column,
        )
    return found


def _as_closed(closing: Closing) -> Sheet:
    facts = {
        **closing.sheet.facts,
        "Khóa sổ": f"{iso_office(closing.closed_at)} bởi {closing.closed_by}",
        "Lô niêm phong": f"{closing.batch_number}, {closing.batch_hash.hex()}",
        "SHA-256 của số liệu": closing.sha256,
    }
    return replace(closing.sheet, facts=facts)

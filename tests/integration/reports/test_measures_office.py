"""Figures from an office's own journal (R48, R49)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from engine.clock import FrozenClock, office_instant
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.events.cases import CaseFinished, CaseReceived, ResultReturned
from engine.events.event import Event
from engine.events.staff import AgencyAdded
from engine.journal.append import GENESIS, Head, append, append_office
from engine.reports.figures import figures
from engine.staff.commands import add_agency

NOW = office_instant("2026-11-20T08:00")
CLOCK = FrozenClock(NOW)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def _received(received_at: datetime, due_at: datetime) -> CaseReceived:
    return CaseReceived(
        procedure="2.000908",
        version=1,
        agency="H35.12",
        field="Chứng thực",
        level="xã",
        channel="online",
        officer="cb.tiepnhan1",
        regime="ND118_309",
        limit="3wd",
        received_at=received_at,
        due_at=due_at,
    )


def _write(db: Connection, number: str, *events: tuple[str, Event]) -> None:
    head = Head(0, GENESIS)
    for at, event in events:
        head = append(
            db, stream=number, head=head, at=office_instant(at), actor="cb", events=[event]
        )


@pytest.fixture
def office(books: Engine) -> Engine:
    with transaction(books) as db:
        add_agency(db, CLOCK, code="H35.12", name="Xã Bản Mẫu", level="xã", by="init")
        received = _received(office_instant("2026-11-16T08:00"), office_instant("2026-11-19T17:00"))
        _write(
            db,
            "H35.12-261116-0001",
            ("2026-11-16T08:00", received),
            ("2026-11-18T10:00", CaseFinished(outcome="APPROVED", verdict="early")),
            (
                "2026-11-19T10:00",
                ResultReturned(
                    by_owner=True, channel="counter", originals_returned=False, officer="cb"
                ),
            ),
        )
        _write(db, "H35.12-261116-0002", ("2026-11-16T08:00", received))
        append_office(db, at=NOW, actor="init", events=[AgencyAdded(agency="H36", level="xã")])
    return books


def _figures(books: Engine, by: str | None = None) -> dict[str, Any]:
    with reading(books) as db:
        return figures(db, CLOCK, first=FIRST, last=LAST, by=by)


def test_r48_the_journal_gives_the_row_of_form_06(office: Engine) -> None:
    (row,) = _figures(office)["items"]
    assert row["received"] == {"total": 2, "online": 2, "direct_post": 0, "carried": 0}
    assert row["solved"] == {"total": 1, "early": 1, "on_time": 0, "late": 0}
    assert row["open"] == {"total": 1, "in_time": 0, "late": 1}


def test_r49_r52_figures_name_their_rates_their_rounding_and_their_closing_moment(
    office: Engine,
) -> None:
    answer = _figures(office)
    rates = answer["items"][0]["rates"]
    assert {name: rate["percent"] for name, rate in rates.items()} == {
        "R_solved": "100.00",
        "R_received": "50.00",
        "R_766": "50.00",
    }
    assert answer["rounding"]["R_solved"] == "truncate to 2 digits"
    assert answer["rounding"]["R_766"] == "half-up to 2 digits"
    assert answer["closed_at"] == "2026-11-20T08:00:00+07:00"
    assert answer["definition"] == "1"


@pytest.mark.parametrize(
    ("by", "key", "name"),
    [
        ("agency", "H35.12", "Xã Bản Mẫu"),
        ("field", "Chứng thực", "Chứng thực"),
        ("level", "xã", "xã"),
        ("procedure", "2.000908", "2.000908"),
        ("month", "2026-11", "Tiếp nhận tháng 11/2026"),
    ],
)
def test_rows_are_named_as_the_office_names_them(
    office: Engine, by: str, key: str, name: str
) -> None:
    (row,) = _figures(office, by)["items"]
    assert (row["key"], row["name"]) == (key, name)


def test_a_window_that_runs_backwards_is_refused(office: Engine) -> None:
    with reading(office) as db, pytest.raises(BadInputError, match="Expected a window"):
        figures(db, CLOCK, first=LAST, last=FIRST, by=None)


@pytest.mark.parametrize("processes", [2, 3])
def test_two_processes_count_what_one_counts(office: Engine, processes: int) -> None:
    with reading(office) as db:
        alone = figures(db, CLOCK, first=FIRST, last=LAST, by="agency")
        together = figures(db, CLOCK, first=FIRST, last=LAST, by="agency", processes=processes)
    assert together == alone


def test_a_figure_names_the_units_that_are_silent(office: Engine) -> None:
    with transaction(office) as db:
        add_agency(db, CLOCK, code="H35.13", name="Xã Im Lặng", level="xã", by="init")
    assert _figures(office)["coverage"] == {"reporting": 1, "expected": 2, "silent": ["H35.13"]}

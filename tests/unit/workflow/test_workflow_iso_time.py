"""Instants of ISO 8601 timer texts."""

from __future__ import annotations

import pytest

from engine.clock import iso_office, office_instant
from engine.errors import BadInputError
from engine.workflow.iso_time import Duration, iso_due

ARMED = office_instant("2026-01-31T08:00")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT5H", "2026-01-31T13:00:00+07:00"),
        ('"PT5H"', "2026-01-31T13:00:00+07:00"),
        ("P1M", "2026-02-28T08:00:00+07:00"),
        ("P2Y1M", "2028-02-29T08:00:00+07:00"),
        ("P1W2DT3H4M5.5S", "2026-02-09T11:04:05.500000+07:00"),
        ("P0.5D", "2026-01-31T20:00:00+07:00"),
        ("P0.5Y", "2026-07-31T08:00:00+07:00"),
        ("PT0S", "2026-01-31T08:00:00+07:00"),
        ("2026-02-01", "2026-02-01T00:00:00+07:00"),
        ("2026-02-01T09:30", "2026-02-01T09:30:00+07:00"),
        ("20260201T093000", "2026-02-01T09:30:00+07:00"),
        ("2026-02-01T02:30Z", "2026-02-01T09:30:00+07:00"),
        ("R3/PT1H", "2026-01-31T09:00:00+07:00"),
        ("R/2026-02-01T00:00/P1D", "2026-02-01T00:00:00+07:00"),
        ("R/2026-01-01T00:00/P1D", "2026-02-01T00:00:00+07:00"),
        ("R/2025-12-15T00:00/P1M", "2026-02-15T00:00:00+07:00"),
        ("R2/2026-02-01T00:00/2026-02-01T06:00", "2026-02-01T00:00:00+07:00"),
    ],
)
def test_a_timer_is_due(text: str, due: str) -> None:
    assert iso_office(iso_due(text, ARMED)) == due


def test_a_lap_counts_from_the_one_before() -> None:
    text = "R/2026-02-01T00:00/PT6H"
    assert iso_office(iso_due(text, ARMED, lap=2)) == "2026-01-31T14:00:00+07:00"


@pytest.mark.parametrize(
    "text",
    ["", "5 days", "P", "PT", "P0.3M", "P999999Y", "2026-13-01", "R3/PT0S", "R3/PT1H/2026-02-01"],
)
def test_what_has_no_instant_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match=r"^Expected "):
        iso_due(text, ARMED)


def test_a_duration_reads_months_apart_from_time() -> None:
    assert Duration.parse("P1Y2MT3H").months == 14

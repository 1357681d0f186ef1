"""Strategies for tests of the legal clock: receipts, limits and pauses of 2024 to 2026."""

from __future__ import annotations

from datetime import datetime, timedelta

from clock_words import at
from hypothesis import strategies as st

from engine.sla.limit import Limit
from engine.sla.pauses import Pause, PausePolicy

FIRST = at("2024-01-02 00:00")
MINUTES = 2 * 365 * 24 * 60
"""Receipts lie in two years; a year is left for limits and pauses."""


def instants() -> st.SearchStrategy[datetime]:
    """Any minute of the two years; half of them at hours where something turns."""
    turns = st.builds(
        lambda days, hour: FIRST + timedelta(days=days, hours=hour),
        st.integers(0, 730),
        st.sampled_from([0, 7, 11.5, 13.5, 15, 17, 17.5]),
    )
    return st.integers(0, MINUTES).map(lambda n: FIRST + timedelta(minutes=n)) | turns


def moments() -> st.SearchStrategy[datetime]:
    """Instants with seconds and parts of them."""
    part = st.sampled_from([0, 1, 59_000_000, 30_500_000])
    return st.builds(lambda at, micro: at + timedelta(microseconds=micro), instants(), part)


DAY_LIKE = {"wd": st.integers(1, 40), "d": st.integers(1, 60), "mo": st.integers(1, 3)}
HOUR_LIKE = {"wh": st.integers(1, 100), "wm": st.integers(1, 3_000)}
UNITS = st.sampled_from([*DAY_LIKE, *HOUR_LIKE, "same-day"])

ANY_POLICY = st.sampled_from(PausePolicy)


@st.composite
def limits(draw: st.DrawFn, units: st.SearchStrategy[str] = UNITS) -> Limit:
    """A limit of any counting rule."""
    unit = draw(units)
    if unit == "same-day":
        return Limit.parse(unit)
    return Limit.parse(f"{draw((DAY_LIKE | HOUR_LIKE)[unit])}{unit}")


@st.composite
def pauses_after(
    draw: st.DrawFn,
    received: datetime,
    policies: st.SearchStrategy[PausePolicy] = ANY_POLICY,
    most: int = 3,
) -> list[Pause]:
    """Pauses in order, of minutes to weeks, some of them touching one another."""
    found: list[Pause] = []
    end = received
    for number in range(draw(st.integers(0, most))):
        gap = draw(st.integers(0, 10 * 24 * 60) | st.just(0))
        length = draw(st.integers(0, 20 * 24 * 60) | st.integers(0, 60))
        start = end + timedelta(minutes=gap)
        end = start + timedelta(minutes=length)
        found.append(Pause(start, end, draw(policies), f"văn bản {number}"))
    return found

"""The control slip: the chain of handovers (R17)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sample_letters import BACK, OUT, SLIP

from engine.clock import office_instant
from engine.documents.control_slip import Handover
from engine.documents.letters import LetterIncompleteError
from engine.sla.verdict import Verdict


@pytest.mark.parametrize(
    ("used", "result"), [(479, Verdict.EARLY), (480, Verdict.ON_TIME), (481, Verdict.LATE)]
)
def test_r17_a_leg_is_early_on_time_or_late_by_the_minute(used: int, result: Verdict) -> None:
    assert replace(OUT, used_minutes=used).result is result


def test_r17_a_leg_without_allotted_time_has_no_result() -> None:
    assert replace(OUT, allotted_minutes=None).result is None


def test_r17_a_whole_chain_may_be_printed() -> None:
    SLIP.check()
    assert json.loads(json.dumps(SLIP.content()))["rows"][0]["result"] == "early"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((), "a row for each handover"),
        ((BACK,), "first and the last row"),
        ((OUT,), "first and the last row"),
        ((OUT, replace(BACK, giver="Văn thư")), "hand over next"),
        ((OUT, replace(BACK, at=office_instant("2026-11-16T13:59"))), "hand over next"),
    ],
)
def test_r17_a_broken_chain_is_refused(rows: tuple[Handover, ...], why: str) -> None:
    with pytest.raises(LetterIncompleteError, match=why):
        replace(SLIP, rows=rows).check()

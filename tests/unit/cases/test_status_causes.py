"""Causes of lateness (R34)."""

from __future__ import annotations

import pytest

from engine.cases.lateness.causes import CAUSES, check_cause
from engine.errors import BadInputError


def test_r34_the_seven_causes() -> None:
    assert list(CAUSES) == [
        "QUA_TAI",
        "PHOI_HOP",
        "QUY_DINH",
        "HA_TANG",
        "HO_SO_PHUC_TAP",
        "CHU_QUAN",
        "KHAC",
    ]


@pytest.mark.parametrize("cause", CAUSES)
def test_r34_a_cause_with_a_text_is_taken(cause: str) -> None:
    check_cause(cause, "mưa lũ")


@pytest.mark.parametrize(
    ("cause", "text"), [("KHAC", None), ("KHAC", "  "), ("LUOI", "x"), ("", None), ("khac", "x")]
)
def test_r34_an_unknown_cause_or_another_one_without_text_is_refused(
    cause: str, text: str | None
) -> None:
    with pytest.raises(BadInputError, match="Expected a"):
        check_cause(cause, text)

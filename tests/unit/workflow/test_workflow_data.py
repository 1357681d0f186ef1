"""What may become a value of a case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.workflow.data import plain
from engine.workflow.errors import DataRefusedError


def test_json_values_are_copied() -> None:
    given = {"a": [1, 2.5, "x", None, True, {"b": (1, 2)}]}
    made = plain(given)
    assert made == {"a": [1, 2.5, "x", None, True, {"b": [1, 2]}]}
    assert made["a"] is not given["a"]


def test_nothing_is_no_data() -> None:
    assert plain(None) == {}


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"typename": "UUID"},
        {"a": {"typename": "x"}},
        {"__class__": 1},
        {"a": [{"__x": 1}]},
        {1: 2},
        {"a": Decimal(1)},
        {"a": date(2026, 1, 1)},
        {"a": b"x"},
        {"a": {1, 2}},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": 10**19},
        {"a": "x\x00y"},
        {"a": "\ud800"},
        {"a": "x" * 100_001},
        {"a": _nested(30)},
        {"a": [0] * 30_000},
        {"a": object()},
    ],
)
def test_anything_else_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(DataRefusedError, match="Expected"):
        plain(value)

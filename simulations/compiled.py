"""Whether numba is there, and what it is to compile: everything works without it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

HAS_NUMBA = find_spec("numba") is not None

_F = TypeVar("_F", bound="Callable[..., Any]")

SHARED: list[Callable[..., Any]] = []
"""Functions both loops call, gathered by `plain`. Only the fast one imports numba for them."""


def plain(function: _F) -> _F:
    """Mark a function both loops call: plain Python in one, machine code in the other."""
    SHARED.append(function)
    return function

"""A start from cases under way instead of from an empty office."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class LiveStart(NamedTuple):
    """What is known of cases that began before the run; nothing for those that come new.

    A case with tokens begins at them, not at its diagram's start. It stands among the cases with
    the instant it is looked at, and keeps its own due instant.
    """

    due: Any
    """By case: due instant in seconds, or -1 to count it."""
    held: Any
    """By case: since when its clock stands, or -1."""
    first: Any
    """First token of each case; one entry more than cases."""
    node: Any
    """Nodes of the tokens; a token that waits at a join is -1 minus the way it came by."""


def nothing_live(cases: int) -> LiveStart:
    """All cases come new."""
    return LiveStart(
        due=np.full(cases, -1, np.int64),
        held=np.full(cases, -1, np.int64),
        first=np.zeros(cases + 1, np.int64),
        node=np.zeros(1, np.int64),
    )

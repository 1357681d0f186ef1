"""When to try again, and when to stop asking an endpoint that does not answer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

SCHEDULE_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Waits after the first, second, … failure: about 75 hours in all; then a message is given up."""

JITTER = 0.2
"""By how much of itself a wait is longer or shorter, so that messages do not come in waves."""

BREAKER_FAILURES = 5
LONGEST_BREAK_SECONDS = 3600


def next_try(
    attempts: int, now: datetime, *, asked_seconds: float = 0.0, chance: random.Random
) -> datetime | None:
    """When to try again after so many attempts; None: give up.

    `asked_seconds` is the partner's Retry-After, which is never undercut. Legal: R68
    """
    if attempts > len(SCHEDULE_SECONDS):
        return None
    wait = SCHEDULE_SECONDS[attempts - 1] * chance.uniform(1 - JITTER, 1 + JITTER)
    return now + timedelta(seconds=max(wait, asked_seconds))


@dataclass
class Breaker:
    """After five failures in a row one message at a time is tried, ever more seldom."""

    chance: random.Random = field(default_factory=random.SystemRandom)
    failures: int = 0
    shut_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True while the endpoint counts as down."""
        return self.failures >= BREAKER_FAILURES

    def may_send(self, now: datetime, in_flight: int) -> bool:
        """True when one more message may leave now."""
        if self.shut_until is not None and now < self.shut_until:
            return False
        return not self.is_open or in_flight == 0

    def succeeded(self) -> None:
        """A message was taken: the endpoint is up."""
        self.failures = 0
        self.shut_until = None

    def failed(self, now: datetime, *, asked_seconds: float = 0.0) -> None:
        """A message was not taken; the partner may have asked us to wait."""
        self.failures += 1
        wait = asked_seconds
        if self.is_open:
            doubled = SCHEDULE_SECONDS[0] * 2.0 ** min(self.failures - BREAKER_FAILURES, 20)
            pause = min(doubled, LONGEST_BREAK_SECONDS)
            wait = max(wait, pause * self.chance.uniform(1 - JITTER, 1 + JITTER))
        if wait > 0:
            until = now + timedelta(seconds=wait)
            self.shut_until = max(self.shut_until or until, until)

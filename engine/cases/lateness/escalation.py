"""Who is warned, when and how: the policy as data, one rung after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import insert, select

from engine.cases.telling.duty_tables import escalation_policy
from engine.errors import BadInputError
from engine.events.office import EscalationPolicySet
from engine.journal.append import append_office
from engine.prepared import Prepared
from engine.sla.alerts import AlertTo
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.clock import Clock

DEFAULT_FILE = Path(__file__).with_name("escalation.yaml")
INBOX, EMAIL = "inbox", "email"
LARGEST_POLICY = 20_000

LEVELS = (
    "DUE_SOON",
    "STEP_80",
    "DECIDE",
    "APOLOGY_MISSED",
    "OVERDUE",
    "APPOINTED_MISSED",
    "REAPPOINT_LIMIT",
    "OPINION_OVERDUE",
    "STUCK",
)
"""What a warning may say; R30 has the first five, of steps and cases."""

NAMED_PERSON = ("APOLOGY_MISSED", "OVERDUE", "APPOINTED_MISSED", "REAPPOINT_LIMIT")
"""Levels that a policy may not leave to nobody: somebody answers for a late case."""


@dataclass(frozen=True)
class Rung:
    """Who is told at one rung; `after` is working time since the rung below, None at once."""

    to: tuple[AlertTo, ...]
    how: tuple[str, ...]
    after: Limit | None


@dataclass(frozen=True)
class Policy:
    """Rungs by level, and what the daily digest says. Legal: R30"""

    levels: Mapping[str, tuple[Rung, ...]]
    digest_how: tuple[str, ...]
    paused_too_long: Limit

    def rung(self, level: str, number: int) -> Rung | None:
        """The rung of a level, None above the last."""
        rungs = self.levels.get(level, ())
        return rungs[number] if number < len(rungs) else None


_in_force = Prepared(
    select(escalation_policy.c.text).order_by(escalation_policy.c.id.desc()).limit(1)
)


def policy_in_force(db: Connection) -> Policy:
    """The office's own policy, else the one that comes with the program."""
    return read_policy(policy_text(db))


def policy_text(db: Connection) -> str:
    """The policy in force as it is written."""
    own = _in_force.first(db, {})
    return str(own.text) if own is not None else _default()


def set_policy(db: Connection, clock: Clock, *, text: str, by: str) -> Policy:
    """Put another policy in force; what was raised before stays as it is.

    Raises:
        BadInputError: it cannot be read, or leaves a late case to nobody.
    """
    policy = read_policy(text)
    db.execute(insert(escalation_policy).values(set_at=clock.now(), set_by=by, text=text))
    append_office(db, at=clock.now(), actor=by, events=[EscalationPolicySet()])
    return policy


@lru_cache(maxsize=16)
def read_policy(text: str) -> Policy:
    """Read a policy's YAML.

    Raises:
        BadInputError: naming the first thing that is wrong.
    """
    if len(text) > LARGEST_POLICY:
        raise BadInputError(f"Expected a policy of at most {LARGEST_POLICY} letters")
    try:
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as cause:
        where = " ".join(str(cause).split())[:200]
        raise BadInputError(f"Expected a policy in YAML, but {where}") from cause
    if not isinstance(plain, dict) or not isinstance(plain.get("levels"), dict):
        raise BadInputError("Expected a policy with 'levels', but there are none")
    levels = {
        _one_of(level, LEVELS, "a level"): tuple(
            _rung(level, number, each) for number, each in enumerate(_list(rungs, level))
        )
        for level, rungs in plain["levels"].items()
    }
    for level in NAMED_PERSON:
        if not levels.get(level) or INBOX not in levels[level][0].how:
            raise BadInputError(
                f"Expected somebody to be told of {level} by inbox, but the policy names nobody"
            )
    digest = plain.get("digest", {})
    if not isinstance(digest, dict):
        raise BadInputError(f"Expected 'digest' to hold how and paused_too_long, but got {digest}")
    return Policy(
        levels,
        tuple(
            _one_of(h, (INBOX, EMAIL), "a way") for h in _list(digest.get("how", [INBOX]), "how")
        ),
        Limit.parse(str(digest.get("paused_too_long", "10wd"))),
    )


def _rung(level: str, number: int, plain: Any) -> Rung:
    if not isinstance(plain, dict) or set(plain) - {"to", "how", "after"}:
        raise BadInputError(f"Expected a rung of {level} with to, how, after, but got {plain!r}")
    after = plain.get("after")
    if (after is None) != (number == 0):
        raise BadInputError(
            f"Expected 'after' on every rung of {level} but the first, which is told at once"
        )
    limit = Limit.parse(str(after)) if after is not None else None
    if limit is not None and not limit.working_minutes():
        raise BadInputError(f"Expected working time in 'after' of {level}, but got {after!r}")
    to = tuple(
        AlertTo(_one_of(each, tuple(AlertTo), "somebody")) for each in _list(plain.get("to"), level)
    )
    how = tuple(_one_of(each, (INBOX, EMAIL), "a way") for each in _list(plain.get("how"), level))
    return Rung(to, how, limit)


def _list(plain: Any, where: str) -> list[Any]:
    if not isinstance(plain, list) or not plain:
        raise BadInputError(f"Expected a list in {where} of the policy, but got {plain!r}")
    return plain


def _one_of(word: Any, allowed: tuple[str, ...], what: str) -> str:
    if word not in allowed:
        raise BadInputError(f"Expected {what} of {', '.join(allowed)}, but got {word!r}")
    return str(word)


@lru_cache(maxsize=1)
def _default() -> str:
    return DEFAULT_FILE.read_text(encoding="utf-8")

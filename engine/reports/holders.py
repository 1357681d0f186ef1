"""Where the time of a case went: every second of it belongs to exactly one holder."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from engine.reports.case_fold import RECEIVED, instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from engine.reports.case_fold import Happening
    from engine.sla.office_hours import OfficeTime

ONE_STOP_ROLE = "mot_cua"
"""The role of steps at our own desk."""


class Holder(StrEnum):
    """Who had the case, or that nobody could: the office was closed. (DESIGN)"""

    OUR_DESK = "our_desk"
    OTHER_UNIT = "other_unit"
    OTHER_AGENCY = "other_agency"
    CITIZEN = "citizen"
    CLOSED_HOURS = "closed_hours"

    def in_vietnamese(self) -> str:
        """As reports write it."""
        return {
            Holder.OUR_DESK: "bộ phận một cửa",
            Holder.OTHER_UNIT: "đơn vị chuyên môn",
            Holder.OTHER_AGENCY: "cơ quan phối hợp",
            Holder.CITIZEN: "người nộp hồ sơ",
            Holder.CLOSED_HOURS: "ngoài giờ làm việc",
        }[self]


Split = dict[Holder, timedelta]


class _Hands:
    """Who holds a case between two of its events."""

    def __init__(self) -> None:
        self.held: set[Any] = set()
        self.asked: set[Any] = set()
        self.steps: dict[str, str] = {}
        """Open steps, oldest first: task → role."""

    def holder(self) -> Holder:
        if self.held:
            return Holder.CITIZEN
        if self.asked:
            return Holder.OTHER_AGENCY
        role = next(iter(self.steps.values()), ONE_STOP_ROLE)
        return Holder.OUR_DESK if role == ONE_STOP_ROLE else Holder.OTHER_UNIT

    def take(self, event: Happening) -> None:
        change = _CHANGES.get(event.type)
        if change is not None:
            change(self, event.data)


def _opened(hands: _Hands, data: Mapping[str, Any]) -> None:
    hands.steps[data["task"]] = data.get("role") or ""


def _closed(hands: _Hands, data: Mapping[str, Any]) -> None:
    hands.steps.pop(data["task"], None)


def _held(hands: _Hands, data: Mapping[str, Any]) -> None:
    if not data.get("at_intake", False):
        hands.held.add(data.get("hold"))


def _released(hands: _Hands, data: Mapping[str, Any]) -> None:
    hands.held.discard(data.get("hold"))


def _asked(hands: _Hands, data: Mapping[str, Any]) -> None:
    hands.asked.add(data.get("consultation"))


def _answered(hands: _Hands, data: Mapping[str, Any]) -> None:
    hands.asked.discard(data.get("consultation"))


_CHANGES: dict[str, Callable[[_Hands, Mapping[str, Any]], None]] = {
    "StepOpened": _opened,
    "StepCompleted": _closed,
    "StepCancelled": _closed,
    "StepTakenBack": _opened,
    "SupplementRequested": _held,
    "SupplementReopened": _held,
    "SupplementReceived": _released,
    "PaymentRequested": _held,
    "PaymentConfirmed": _released,
    "CaseStopped": _held,
    "CaseResumed": _released,
    "OpinionRequested": _asked,
    "OpinionRecorded": _answered,
}

HOLDER_TYPES = (RECEIVED, *_CHANGES, "CaseFinished", "CaseWithdrawn")
"""The events the split is made from."""

_ENDS = frozenset({"CaseFinished", "CaseWithdrawn"})


def held_by(entries: Sequence[Happening], *, as_of: datetime, office: OfficeTime) -> Split:
    """The elapsed time of one case from receipt to end, or to `as_of`, by who held it.

    The applicant's time is his at night too. All other time outside office hours is nobody's;
    inside them it belongs to a consulted agency until it answers, else to the unit of the oldest
    open step. The parts add up to the whole. (DESIGN)
    """
    split: Split = dict.fromkeys(Holder, timedelta())
    hands = _Hands()
    since: datetime | None = None
    for entry in entries:
        if entry.at > as_of:
            break
        if entry.type == RECEIVED and since is None:
            since = instant(entry.data["received_at"])
        if since is not None and entry.at > since:
            _give(split, hands.holder(), since, entry.at, office)
            since = entry.at
        if entry.type in _ENDS and since is not None:
            return split
        hands.take(entry)
    if since is not None and as_of > since:
        _give(split, hands.holder(), since, as_of, office)
    return split


def added(splits: Iterable[Split]) -> Split:
    """The sum of several cases."""
    whole: Split = dict.fromkeys(Holder, timedelta())
    for split in splits:
        for holder, time in split.items():
            whole[holder] += time
    return whole


def _give(split: Split, holder: Holder, start: datetime, end: datetime, office: OfficeTime) -> None:
    whole = end - start
    if holder is Holder.CITIZEN:
        split[holder] += whole
        return
    worked = office.working_time_between(start, end)
    split[holder] += worked
    split[Holder.CLOSED_HOURS] += whole - worked

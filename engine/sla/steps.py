"""The time of a step (bước): its due instant and the working minutes it used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.sla.limit import CountingRule, Limit
from engine.sla.pauses import Pause, PausePolicy, closed_in_order
from engine.sla.reckoning import reckon

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.sla.office_hours import OfficeTime


def step_due_at(
    limit: Limit,
    started_at: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> datetime:
    """The due instant of a step: its start plus its time, counted in working hours.

    Working days of a step are 8 hours each, counted by the hour; only same-day steps and limits
    in calendar days are counted in days. A step's pauses stop its clock, whatever the case does.

    Legal: R45, R43
    """
    minutes = limit.working_minutes()
    if limit.rule is not CountingRule.SAME_DAY and minutes is not None:
        limit = Limit.of_minutes(minutes)
    stops = (
        Pause(each.start, each.end, PausePolicy.PAUSE_WD, each.document, each.ground)
        for each in pauses
    )
    return reckon(limit, started_at, office, stops, as_of=as_of).due_at


def used_minutes(
    started_at: datetime,
    until: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
) -> int:
    """Working minutes from a start to an instant, without those of pauses; R17's figure.

    A restart forgets what was used before it.

    Legal: R17, R22
    """
    counted = office.working_time_between(started_at, until)
    for pause in closed_in_order(pauses, started_at, until):
        if pause.start >= until:
            break
        end = min(pause.end, until)
        if pause.policy is PausePolicy.RESTART:
            counted = office.working_time_between(end, until)
        else:
            counted -= office.working_time_between(pause.start, end)
    return int(counted.total_seconds() // 60)


def used_working_days(
    started_at: datetime,
    until: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
) -> int:
    """Working days counted from a start (not itself counted) to an instant, without pauses.

    A two-stage procedure that used 4 days before and 4 after its payment used 8.

    Legal: R22, R42
    """
    calendar = office.calendar
    counted = calendar.working_days_between(office_date(started_at), office_date(until))
    for pause in closed_in_order(pauses, started_at, until):
        if pause.start >= until:
            break
        end = office_date(min(pause.end, until))
        if pause.policy is PausePolicy.RESTART:
            counted = calendar.working_days_between(end, office_date(until))
        else:
            counted -= calendar.working_days_between(office_date(pause.start), end)
    return counted

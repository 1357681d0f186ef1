"""Which warnings a case or step gives, and when: due soon, decide, apology missed, overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from engine.clock import office_date
from engine.errors import BadInputError
from engine.sla.limit import CountingRule, Limit
from engine.sla.office_hours import OfficeTime, midnight

DUE_SOON = timedelta(hours=24)
"""How long before its due a case is due soon, in real time. Legal: R30"""

MOST_OF_THE_TIME = Fraction(80, 100)
"""The share of a step's or a same-day case's time after which it is time to act.

Legal: R30, R31
"""

DECIDE_WORKING_DAYS = 2
"""Working days before due at which somebody decides: finish or apologise. Legal: R30"""


class AlertLevel(StrEnum):
    """What a warning says; each fires once per case and level.

    Legal: R30
    """

    DUE_SOON = "DUE_SOON"
    STEP_80 = "STEP_80"
    DECIDE = "DECIDE"
    APOLOGY_MISSED = "APOLOGY_MISSED"
    OVERDUE = "OVERDUE"


class AlertTo(StrEnum):
    """Who is warned."""

    OFFICER = "officer"
    OFFICERS_LEADER = "officers_leader"
    AGENCY_HEAD = "agency_head"
    ONE_STOP_HEAD = "one_stop_head"


ALERT_TO: dict[AlertLevel, tuple[AlertTo, ...]] = {
    AlertLevel.DUE_SOON: (AlertTo.OFFICER,),
    AlertLevel.STEP_80: (AlertTo.OFFICERS_LEADER,),
    AlertLevel.DECIDE: (AlertTo.OFFICER,),
    AlertLevel.APOLOGY_MISSED: (AlertTo.AGENCY_HEAD,),
    AlertLevel.OVERDUE: (AlertTo.AGENCY_HEAD, AlertTo.ONE_STOP_HEAD),
}
"""Who is warned at which level. Legal: R30"""


def case_alerts(
    due_at: datetime, received_at: datetime, office: OfficeTime
) -> dict[AlertLevel, datetime]:
    """When each warning of a case is due, earliest first.

    `received_at` is where the case's clock started; no warning lies before it.

    Legal: R25, R30, R31
    """
    instants = {
        AlertLevel.DECIDE: decide_at(due_at, received_at, office),
        AlertLevel.DUE_SOON: due_soon_at(due_at, received_at),
        AlertLevel.APOLOGY_MISSED: apology_due_at(due_at, received_at, office),
        AlertLevel.OVERDUE: due_at,
    }
    return dict(sorted(instants.items(), key=lambda each: each[1]))


def due_soon_at(due_at: datetime, received_at: datetime) -> datetime:
    """24 hours before due, and never before receipt.

    Legal: R30
    """
    return max(due_at - DUE_SOON, received_at)


def decide_at(due_at: datetime, received_at: datetime, office: OfficeTime) -> datetime:
    """Two working days before due at the due's hour, and never before receipt.

    Legal: R30
    """
    limit = Limit(CountingRule.WORKING_DAYS, Decimal(DECIDE_WORKING_DAYS))
    return before_due(limit, due_at, received_at, office)


def apology_due_at(
    due_at: datetime,
    received_at: datetime,
    office: OfficeTime,
    *,
    share: Fraction = MOST_OF_THE_TIME,
) -> datetime:
    """The latest moment for an apology.

    Closing of the last working day on or before the calendar day before the due date. Where that
    would not be after receipt, a share of the working time from receipt to due, at the latest
    the due itself.

    Legal: R25, R31
    """
    on = office.calendar.on_or_before(office_date(due_at) - timedelta(days=1))
    closing = office.closing(on)
    return closing if closing > received_at else _after_share(received_at, due_at, office, share)


def spent_at(
    started_at: datetime,
    due_at: datetime,
    office: OfficeTime,
    *,
    share: Fraction = MOST_OF_THE_TIME,
) -> datetime:
    """When a share (80 %) of a step's working time is used up, at the latest its due.

    Legal: R30
    """
    return _after_share(started_at, due_at, office, share)


def before_due(
    limit: Limit, due_at: datetime, received_at: datetime, office: OfficeTime
) -> datetime:
    """So much time before a due, never before receipt.

    Working days keep the due's hour; hours count worked time.

    Legal: R30

    Raises:
        BadInputError: the limit is same-day or in months.
    """
    match limit.rule:
        case CountingRule.WORKING_DAYS:
            due_on = office_date(due_at)
            on = office.calendar.add_working_days(due_on, -limit.units)
            at = midnight(on) + (due_at - midnight(due_on))
        case CountingRule.WORKING_HOURS | CountingRule.WORKING_MINUTES:
            at = office.subtract_working_minutes(due_at, limit.working_minutes() or 0)
        case CountingRule.CALENDAR_DAYS:
            at = due_at - timedelta(days=limit.units)
        case _:
            raise BadInputError(f"Expected days or hours before due, but got {limit}")
    return max(at, received_at)


def _after_share(
    started_at: datetime, due_at: datetime, office: OfficeTime, share: Fraction
) -> datetime:
    worked = office.working_time_between(started_at, due_at)
    if not worked:
        return due_at
    part = worked * share.numerator // share.denominator
    return min(office.add_working_time(started_at, part), due_at)

"""What a page of reports is asked for: period, agency, rows; it all stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext
from sqlalchemy import select

from desk.access import ADMIN, LEADER, me
from desk.transaction import db, office_clock, settings
from engine.clock import office_date
from engine.errors import BadInputError
from engine.reports.build import ROWS_BY
from engine.reports.closing import Choice
from engine.reports.forms.context import period_text
from engine.reports.period_data import PeriodData, period_data
from engine.sla.periods import (
    Period,
    half,
    month,
    nine_months,
    parse_period,
    quarter,
    reporting_year,
    year_of,
)
from engine.staff.queries import agencies_under
from engine.staff.tables import agency

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

WHOLE_OFFICE = "tat-ca"
BIEU_06 = "bieu-06"
LONGEST = 40
YEARS_BACK = 1


@dataclass(frozen=True)
class Scope:
    """The agencies whose cases a person may see in lists: his own and those under it."""

    agencies: Mapping[str, str]
    own: str
    is_whole: bool
    """There are no others in the books."""


@dataclass(frozen=True)
class Asked:
    """A period of an agency, or of the whole office (None), and what rows are made by."""

    period: Period
    agency: str | None
    by: str
    scope: Scope

    @property
    def args(self) -> dict[str, Any]:
        """As they stand in the address."""
        found: dict[str, Any] = {
            "ky": self.period.text,
            "co-quan": WHOLE_OFFICE if self.agency is None else self.agency,
            "theo": self.by,
        }
        if self.period.is_calendar and not _is_month(self.period):
            found["lich"] = "1"
        return found

    @property
    def agency_name(self) -> str:
        """Whose figures they are."""
        if self.agency is None:
            return str(gettext("Toàn hệ thống"))
        return self.scope.agencies[self.agency]

    @property
    def listed(self) -> list[str]:
        """The agencies whose cases may be listed for these figures."""
        return [*self.scope.agencies] if self.agency is None else [self.agency]

    @property
    def may_close(self) -> bool:
        """Leaders and administrators close their own; the whole only where it is all theirs."""
        return me().holds(LEADER, ADMIN) and (self.agency is not None or self.scope.is_whole)

    @property
    def is_over(self) -> bool:
        """Whether the period's last day has passed."""
        return self.period.last_on < office_date(office_clock().now())

    @property
    def title(self) -> str:
        """The period in words, with its dates."""
        return period_text(self.period)

    def choice(self, name: str) -> Choice:
        """The official form of that name."""
        # Only biểu 06 has rows of choice: any other form is closed once, whatever the address says.
        by = self.by if name == BIEU_06 and self.by in ROWS_BY else "field"
        return Choice(name, self.period, by, self.agency, self.issuer())

    def issuer(self) -> str | None:
        """The unit that reports; the whole office has no name of its own in the books."""
        return None if self.agency is None else self.agency_name

    def data(self) -> PeriodData:
        """The period's figures, with as much of the journal as a page may read."""
        found = period_data(
            db(),
            self.period,
            now=office_clock().now(),
            agency_code=self.agency,
            issuer=self.issuer(),
            most_rows=settings().page_journal_rows,
        )
        if found.window.start_at > found.now:
            raise BadInputError(
                f"Expected a period that has begun, but {self.period.text} begins on"
                f" {self.period.first_on}"
            )
        return found


def asked(*, lists_cases: bool = False, given: Mapping[str, str] | None = None) -> Asked:
    """What the address, or a form's fields, ask for.

    A page that lists cases shows only agencies of the person's scope.

    Raises:
        BadInputError: a period or an agency that is none.
    """
    values: Mapping[str, str] = request.args if given is None else given
    scope = scope_of_mine()
    today = office_date(office_clock().now())
    text = values.get("ky", "")[:LONGEST]
    period = (
        parse_period(text, calendar=values.get("lich") == "1")
        if text
        else quarter(reporting_year(today), _quarter(today))
    )
    code = values.get("co-quan", "")[:LONGEST] or (WHOLE_OFFICE if scope.is_whole else scope.own)
    if code == WHOLE_OFFICE:
        chosen = scope.own if lists_cases and not scope.is_whole else None
    elif code in scope.agencies:
        chosen = code
    else:
        raise BadInputError(f"Expected your agency or one under it, but got {code!r}")
    return Asked(period, chosen, values.get("theo", "field")[:LONGEST], scope)


def scope_of_mine() -> Scope:
    """The agencies that stand under the person's own."""
    own = me().agency
    under = agencies_under(db(), own)
    everybody = set(db().scalars(select(agency.c.code)))
    return Scope(under, own, set(under) == everybody)


def choices(now: Asked) -> dict[str, Any]:
    """What the form that chooses offers."""
    today = office_date(office_clock().now())
    groups = _periods(today)
    known = {period.text for periods in groups.values() for period in periods}
    if now.period.text not in known:
        groups = {gettext("Đang xem"): [now.period], **groups}
    return {
        "periods": {
            name: [(each.text, period_text(each).partition(" (")[0]) for each in periods]
            for name, periods in groups.items()
        },
        "agencies": now.scope.agencies,
        "whole": WHOLE_OFFICE,
    }


def _periods(today: date) -> dict[str, list[Period]]:
    last = reporting_year(today)
    years = range(last, last - YEARS_BACK - 1, -1)
    months = [month(y, m) for y in (today.year, today.year - 1) for m in range(12, 0, -1)]
    found = {
        gettext("Quý"): [quarter(y, n) for y in years for n in (4, 3, 2, 1)],
        gettext("Tháng"): months,
        gettext("6 tháng, 9 tháng"): [
            period for y in years for period in (nine_months(y), half(y, 2), half(y, 1))
        ],
        gettext("Năm"): [year_of(y) for y in years],
    }
    return {
        name: [each for each in periods if each.first_on <= today]
        for name, periods in found.items()
    }


def _quarter(today: date) -> int:
    year = reporting_year(today)
    return next(n for n in range(1, 5) if today in quarter(year, n))


def _is_month(period: Period) -> bool:
    return "-" in period.text

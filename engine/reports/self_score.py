"""Reports that are not counted from a period's cases alone: self-score and simplification."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import select

from engine.catalog.tables import procedure, procedure_version
from engine.errors import BadInputError
from engine.journal.read import rare_lines
from engine.reports.citizen_voice import opinions_of
from engine.reports.forms.par_index import par_index, published
from engine.reports.forms.simplification import (
    Change,
    Parameters,
    read_parameters,
    simplification,
)
from engine.sla.limit import MINUTES_PER_HOUR, MINUTES_PER_WORKING_DAY, CountingRule, Limit
from engine.staff.queries import any_office_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from engine.reports.forms.par_index import Evidence
    from engine.reports.period_data import PeriodData
    from engine.reports.print.sheet import Sheet

LARGEST_FILE = 1_000_000


class ParametersUnreadableError(BadInputError):
    """A file of cost parameters cannot be read."""

    code = "parameters_unreadable"


def self_score(data: PeriodData) -> tuple[Sheet, Evidence]:
    """PAR INDEX of a period, as far as the journal answers, with the lists behind it."""
    decisions = published(
        rare_lines(data.db, up_to=data.up_to, types=("ProcedurePublished",)), data.context
    )
    calendar = any_office_time(data.db).calendar
    opinions = opinions_of(data)
    return par_index(data.context, data.cases(), decisions, calendar, opinions=opinions)


def simplified(
    db: Connection,
    codes: Sequence[str] | None,
    *,
    given: Parameters | None = None,
    issuer: str | None = None,
) -> Sheet:
    """Procedures before their newest version and with it; None means every procedure.

    Without `given` parameters no cost is counted, and the sheet says so.

    Raises:
        BadInputError: a procedure is not known.
    """
    known = {row.code: row.name for row in db.execute(select(procedure))}
    wanted = sorted(known) if codes is None else list(codes)
    for code in wanted:
        if code not in known:
            raise BadInputError(
                f"Expected a procedure of this office, but {code!r} is not in the books", code=code
            )
    changes = [_change(db, code, known[code], given) for code in wanted]
    said = (
        given.said
        if given is not None
        else ("Chi phí tuân thủ: chưa có tham số chi phí, nên không tính.",)
    )
    return simplification(changes, issuer=issuer or "…………", said=said)


def _change(db: Connection, code: str, name: str, given: Parameters | None) -> Change:
    limits = [
        _hours(_promised(json.loads(meta)))
        for meta in db.scalars(
            select(procedure_version.c.meta)
            .where(procedure_version.c.procedure_code == code)
            .order_by(procedure_version.c.number.desc())
            .limit(2)
        )
    ]
    before = after = None
    if given is not None and code in given.before:
        before = given.before[code].cost_dong(given.income_per_hour)
        after = given.after[code].cost_dong(given.income_per_hour)
    return Change(
        code=code,
        name=name,
        hours_before=limits[1] if len(limits) > 1 else None,
        hours_after=limits[0] if limits else None,
        cost_before=before,
        cost_after=after,
        per_year=None if given is None else given.per_year.get(code),
    )


def _promised(meta: dict[str, Any]) -> str:
    return str(meta.get("committed_limit") or meta["limit"])


def _hours(text: str) -> Fraction | None:
    """Working hours of a limit; a calendar limit is counted as 8 hours a day, a month as 30 days.

    The shares cut are the same in any unit as long as both versions count alike. (DESIGN)
    """
    limit = Limit.parse(text)
    minutes = limit.working_minutes()
    if minutes is not None:
        return Fraction(minutes, MINUTES_PER_HOUR)
    per_day = Fraction(MINUTES_PER_WORKING_DAY, MINUTES_PER_HOUR)
    match limit.rule:
        case CountingRule.WORKING_DAYS | CountingRule.CALENDAR_DAYS:
            return limit.units * per_day
        case CountingRule.CALENDAR_MONTHS:
            return limit.units * 30 * per_day
        case _:
            return per_day


def parameters_from(path: Path) -> Parameters:
    """Cost parameters from a YAML file.

    Raises:
        ParametersUnreadableError. BadInputError: something in it is missing or wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise ParametersUnreadableError(
            f"Expected parameters in {path}, but it cannot be read: {cause}"
        ) from cause
    if len(text) > LARGEST_FILE:
        raise ParametersUnreadableError(f"Expected at most {LARGEST_FILE} letters in {path}")
    try:
        plain: Any = yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise ParametersUnreadableError(
            f"Expected YAML in {path}, but {' '.join(str(cause).split())}"
        ) from cause
    return read_parameters(plain)

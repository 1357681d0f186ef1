"""The dossier code (mã số hồ sơ): agency, date of receipt, running number of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn

from sqlalchemy.dialects import postgresql, sqlite

from engine.cases.tables import case_counter
from engine.errors import OfficeError
from engine.staff.agency_code import AgencyCodeError, check_agency_code

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "AgencyCodeError",
    "CaseNumber",
    "CaseNumberError",
    "check_agency_code",
    "next_number",
    "parse_case_number",
]

_NUMBER = re.compile(r"(?P<agency>.+)-(?P<day>\d{6})-(?P<running>\d{4,})", re.ASCII)


class CaseNumberError(OfficeError):
    """Text that is no dossier code (R5)."""

    code = "case_number_invalid"


@dataclass(frozen=True)
class CaseNumber:
    """The parts of a dossier code. Legal: R4"""

    agency: str
    received_on: date
    running: int

    def __str__(self) -> str:
        """Four digits at least; the 10,000th of a day has five. Legal: R5"""
        return f"{self.agency}-{self.received_on:%y%m%d}-{self.running:04}"


def parse_case_number(text: str) -> CaseNumber:
    """Read a dossier code.

    Legal: R5

    Raises:
        CaseNumberError: wrong shape, or its six digits are no date.
    """
    found = _NUMBER.fullmatch(text)
    try:
        return _number(found) if found else _refused(text)
    except (ValueError, AgencyCodeError):
        return _refused(text)


def _number(found: re.Match[str]) -> CaseNumber:
    return CaseNumber(
        agency=check_agency_code(found["agency"]),
        received_on=datetime.strptime(found["day"], "%y%m%d").date(),  # noqa: DTZ007 (a date)
        running=int(found["running"]),
    )


def _refused(text: str) -> NoReturn:
    raise CaseNumberError(
        f"Expected a dossier code such as H35.12-260105-0001, but got {text[:80]!r}"
    )


def next_number(db: Connection, agency: str, on: date) -> str:
    """Take the next code of an agency and day; two intakes never get the same one.

    Legal: R4, R6
    """
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    taken = db.execute(
        dialect.insert(case_counter)
        .values(agency_code=agency, on=on, last=1)
        .on_conflict_do_update(
            index_elements=[case_counter.c.agency_code, case_counter.c.on],
            set_={"last": case_counter.c.last + 1},
        )
        .returning(case_counter.c.last)
    ).scalar_one()
    return str(CaseNumber(agency, on, taken))

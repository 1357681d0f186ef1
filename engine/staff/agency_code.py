"""Agency codes (mã định danh cơ quan) of the new style and of the old one."""

from __future__ import annotations

import re

from engine.errors import OfficeError

LONGEST_AGENCY = 35
_NEW = re.compile(r"[A-Y]\d{2}(\.[A-Z0-9]+)*", re.ASCII)
_OLD = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}", re.ASCII)


class AgencyCodeError(OfficeError):
    """Text that is no agency code of either style (R7)."""

    code = "agency_code_invalid"


def check_agency_code(code: str) -> str:
    """The code itself when it is one, of the new or the old style.

    Legal: R7

    Raises:
        AgencyCodeError: it is neither.
    """
    if len(code) <= LONGEST_AGENCY and (_NEW.fullmatch(code) or _OLD.fullmatch(code)):
        return code
    raise AgencyCodeError(
        f"Expected an agency code such as H35.12 or 000.00.22.H38, but got {code[:60]!r}",
        agency=code[:60],
    )

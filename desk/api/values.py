"""Kinds of values in requests and answers: strict, bounded, and described as they are checked."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from engine.cases.lateness.causes import CAUSES
from engine.clock import office_instant
from engine.errors import BadInputError

ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"
SEVERAL_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+$"
_DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Body(BaseModel):
    """What a program sends or gets: no unknown members, no silent conversions."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("expected a date such as 2026-12-01")
    return date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("expected a time such as 2026-12-01T08:00:00+07:00")  # noqa: TRY004 (pydantic's way)
    try:
        return office_instant(value)
    except (BadInputError, OverflowError) as cause:
        raise ValueError("expected a time such as 2026-12-01T08:00:00+07:00") from cause


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise ValueError("expected a whole number")
    return int(value)


def _truth(value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError("expected true or false")
    return bool(value == "true")


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=ONE_LINE)]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=SEVERAL_LINES)]
TimeLimit = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}(wd|wh)$")]
Cause = Annotated[str, Field(json_schema_extra={"enum": list(CAUSES)})]
"""A cause of lateness; the command refuses any other."""
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]

WHOLE = BeforeValidator(_whole)
"""A whole number in an address; stands behind its bounds."""
AskedTruth = Annotated[bool, BeforeValidator(_truth)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]

ShownInstant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
ShownDay = Annotated[str, Field(json_schema_extra={"format": "date"})]

"""Reads the times that decisions print: "0,5 ngày", "02 giờ", "08 ngày làm việc (18 ngày …)"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from engine.catalog.linter.words import folded
from engine.catalog.table.decision_table import Total
from engine.errors import BadInputError
from engine.sla.limit import CountingRule, Limit

MINUTES: Final = {"ngay": 480, "buoi": 240, "gio": 60, "phut": 1}
"""Minutes of work in a printed unit; a printed day is 8 hours. Legal: R44"""

_AMOUNT: Final = r"([0-9]{1,4}(?:[.,][0-9]{1,4})?|[0-9]{1,2}\s*/\s*[0-9]{1,2})"
_STEP: Final = re.compile(
    rf"(?:khong qua |toi da )?{_AMOUNT}\s*(ngay|buoi|gio|phut)(?: lam viec| hanh chinh)?"
)
_NO_TIME: Final = frozenset({"0", "khong tinh", "khong tinh thoi gian", "khong tinh gio"})
_ALL_DAY: Final = frozenset({"trong ngay", "ngay trong ngay"})
_TOTAL: Final = re.compile(
    r"(?:khong qua |toi da |trong vong |trong )?(?:them khong qua )?([0-9]{1,3})\s*"
    r"(ngay lam viec|gio lam viec|ngay lich|ngay|gio|thang)"
)
_UNITS: Final = {
    "ngay lam viec": CountingRule.WORKING_DAYS,
    "gio lam viec": CountingRule.WORKING_HOURS,
    "ngay lich": CountingRule.CALENDAR_DAYS,
    "ngay": CountingRule.CALENDAR_DAYS,
    "gio": CountingRule.WORKING_HOURS,
    "thang": CountingRule.CALENDAR_MONTHS,
}
_HARD_AREA: Final = re.compile(r"(.+?) (?:doi voi |o |tai )?(?:cac )?(?:xa )?vung kho khan")
_NEXT_DAY: Final = re.compile(r"(?:tiep nhan |nhan )?sau 15 ?(?:gio|h|:)? ?(?:00)?,? ?.*ngay lam.*")


def read_step_time(text: str) -> Limit:
    """The time of one step, in working hours.

    A time in brackets says the same in another unit; it has to agree. A bracket that speaks of
    hard areas is another time and is left to the caller.

    Raises:
        BadInputError: the text is no time, or the bracket disagrees. Legal: R44
    """
    plain = _plain(text)
    if plain in _NO_TIME:
        return Limit(CountingRule.WORKING_HOURS, Decimal(0))
    if plain in _ALL_DAY:
        return _hours(Decimal(MINUTES["ngay"]))
    outside, inside = _bracket(plain)
    minutes = _step_minutes(outside)
    if minutes is None:
        raise BadInputError(
            f"Expected a step's time such as '0,5 ngày' or '4 giờ', but got {text!r}", value=text
        )
    if inside is not None and not speaks_of_hard_area(inside):
        again = _step_minutes(inside)
        if again != minutes:
            raise BadInputError(
                f"Expected the bracket to say the same time again, but got {text!r}", value=text
            )
    return _hours(minutes)


def read_total(text: str) -> Total:
    """The announced time of a whole procedure, hard areas and verification included.

    Inside the bracket of hard areas "18 ngày" counts like the time before it.

    Raises:
        BadInputError: the text is no such time. Legal: R16, R42
    """
    outside, inside = _bracket(_plain(text))
    first, *rest = (part.strip() for part in outside.split(";"))
    same_day = first in _ALL_DAY
    limit = Limit(CountingRule.SAME_DAY, Decimal(0)) if same_day else _total(first)
    if limit is None:
        raise _bad_total(text)
    hard_area = None
    if inside is not None:
        found = _HARD_AREA.fullmatch(inside)
        hard_area = _total(found[1]) if found else None
        if hard_area is None:
            raise _bad_total(text)
        if limit.rule is CountingRule.WORKING_DAYS and hard_area.rule is CountingRule.CALENDAR_DAYS:
            hard_area = Limit(CountingRule.WORKING_DAYS, hard_area.amount)
    verification = extra = None
    for part in rest:
        if same_day and _NEXT_DAY.fullmatch(part):
            continue  # R16 itself: same-day counts so
        what, _, time = part.partition(":")
        amount = _total(time.strip()) if what.strip() in {"xac minh", "neu xac minh"} else None
        if amount is None:
            raise _bad_total(text)
        if time.strip().startswith("them "):
            extra = amount
        else:
            verification = amount
    return Total(limit, hard_area, verification, extra)


def speaks_of_hard_area(text: str) -> bool:
    """Whether a text is about hard areas (vùng khó khăn)."""
    return "vung kho khan" in folded(text)


def counts_plain_days(text: str) -> bool:
    """Whether a total prints "ngày" and not "ngày làm việc"."""
    plain = _bracket(_plain(text))[0].split(";")[0].strip()
    found = _TOTAL.fullmatch(plain)
    return found is not None and found[2] == "ngay"


def _plain(text: str) -> str:
    """Lower case without marks and doubled blanks; figures and brackets stay."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
        if not unicodedata.combining(letter)
    )
    return " ".join(bare.split()).rstrip(" .")


def _bracket(plain: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"([^()]*)\(([^()]*)\)\s*", plain)
    return (found[1].strip(), found[2].strip()) if found else (plain, None)


def _step_minutes(plain: str) -> Decimal | None:
    found = _STEP.fullmatch(plain)
    if found is None:
        return None
    amount = found[1].replace(" ", "").replace(",", ".")
    if "/" in amount:
        above, below = amount.split("/")
        if int(below) == 0:
            return None
        return Decimal(above) / Decimal(below) * MINUTES[found[2]]
    return Decimal(amount) * MINUTES[found[2]]


def _hours(minutes: Decimal) -> Limit:
    hours = minutes / 60
    if hours * 4 == (hours * 4).to_integral_value():
        return Limit(CountingRule.WORKING_HOURS, hours)
    return Limit(CountingRule.WORKING_MINUTES, minutes)


def _total(plain: str) -> Limit | None:
    found = _TOTAL.fullmatch(plain)
    if found is None:
        return None
    try:
        return Limit(_UNITS[found[2]], Decimal(found[1]))
    except BadInputError:
        return None


def _bad_total(text: str) -> BadInputError:
    return BadInputError(
        "Expected a total such as '08 ngày làm việc (18 ngày đối với vùng khó khăn)' or "
        f"'trong ngày', but got {text!r}",
        value=text,
    )

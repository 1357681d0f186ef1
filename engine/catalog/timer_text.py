"""What a timer's text in a diagram may be: ISO 8601, the name of a limit, or an expression."""

from __future__ import annotations

import re
from typing import Final

ISO_DURATION: Final = re.compile(
    r"P(?=.)(\d{1,6}([.,]\d+)?Y)?(\d{1,6}([.,]\d+)?M)?(\d{1,6}([.,]\d+)?W)?(\d{1,6}([.,]\d+)?D)?"
    r"(T(?=.)(\d{1,6}([.,]\d+)?H)?(\d{1,8}([.,]\d+)?M)?(\d{1,9}([.,]\d+)?S)?)?",
    re.ASCII,
)
ISO_DATE: Final = re.compile(
    r"\d{4}-?\d{2}-?\d{2}([T ]\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?",
    re.ASCII,
)
REPEATED: Final = re.compile(r"R(\d{0,6})/(.+)", re.ASCII)
NAME: Final = re.compile(r"[^\W\d][\w-]*")


def unquoted(text: str) -> str:
    """A timer's text without the quotes that some modelers ask for."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'":
        inner = stripped[1:-1]
        if stripped[0] not in inner:
            return inner.strip()
    return stripped


def is_literal_timer(text: str, text_kind: str) -> bool:
    """Whether a timer's text is itself a duration, date or repetition in ISO 8601."""
    bare = unquoted(text)
    if text_kind == "timeCycle":
        repeated = REPEATED.fullmatch(bare)
        return repeated is not None and all(
            ISO_DURATION.fullmatch(part) or ISO_DATE.fullmatch(part)
            for part in repeated[2].split("/")
        )
    if text_kind == "timeDate":
        return ISO_DATE.fullmatch(bare) is not None
    return ISO_DURATION.fullmatch(bare) is not None

"""Keeps a spreadsheet from taking a text for a formula, in a way that reading takes back."""

from __future__ import annotations

import re
from typing import Final

_BEGINS: Final = r"(^|[,;\t|])(\s*)"
_FORMULA: Final = "=+\\-@\t\r\x00＝＋－＠"
_UNGUARDED: Final = re.compile(rf"{_BEGINS}('*)(?=[{_FORMULA}])")
_GUARDED: Final = re.compile(rf"{_BEGINS}'('*)(?=[{_FORMULA}])")


def guarded(text: str) -> str:
    """The text with an apostrophe where a cell could begin with a formula.

    Also after a comma, semicolon or tab: a program of another language parts cells there.
    """
    return _UNGUARDED.sub(r"\1\2'\3", text)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return _GUARDED.sub(r"\1\2\3", text)

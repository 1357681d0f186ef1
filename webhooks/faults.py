"""What a log and a list may say of an unexpected error: its kind and place, never its values."""

from __future__ import annotations

import traceback


def fault(error: BaseException) -> str:
    """One line: messages of databases and parsers may quote what they were given (P15)."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"

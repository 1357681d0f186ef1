"""What a case's routing data may hold: plain JSON values under harmless names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from engine.workflow.errors import DataRefusedError

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 20_000
MAX_TEXT: Final = 100_000
MAX_INTEGER: Final = 10**18
_FORBIDDEN_KEYS: Final = frozenset({"typename"})


def plain(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """A copy of data as plain JSON values.

    Raises:
        DataRefusedError: a name is `typename` or starts with two underscores, a value is not of
            JSON, a number is not finite or above 10^18, or it is nested or long beyond measure.
    """
    left = [MAX_VALUES]
    copied = _copied(dict(data or {}), 0, left)
    if not isinstance(copied, dict):  # for the type checker: a mapping stays one
        raise DataRefusedError("Expected a mapping of data, but it is not one")
    return copied


def plain_value(value: Any) -> Any:
    """A copy of one value as plain JSON.

    Raises:
        DataRefusedError: as `plain`.
    """
    return _copied(value, 0, [MAX_VALUES])


def _copied(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise DataRefusedError(f"Expected at most {MAX_VALUES} values, but there are more")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise DataRefusedError("Expected a number up to 10^18, but got a larger one")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DataRefusedError(f"Expected a finite number, but got {value}")
        return float(value)
    if depth >= MAX_DEPTH:
        raise DataRefusedError(f"Expected data at most {MAX_DEPTH} deep, but they are deeper")
    if isinstance(value, (list, tuple)):
        return [_copied(each, depth + 1, left) for each in value]
    if isinstance(value, Mapping):
        return {_key(key): _copied(each, depth + 1, left) for key, each in value.items()}
    raise DataRefusedError(f"Expected a JSON value, but got {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise DataRefusedError(f"Expected a text as a name, but got {type(key).__name__}")
    if key in _FORBIDDEN_KEYS or key.startswith("__"):
        raise DataRefusedError(f"Expected a plain name, but {key!r} is reserved")
    return _text(key)


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise DataRefusedError(f"Expected at most {MAX_TEXT} characters, but there are more")
    if "\x00" in value or not _whole(value):
        raise DataRefusedError("Expected readable text, but it has a NUL or half a character")
    return str(value)


def _whole(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True

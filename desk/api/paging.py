"""Pages of a list: an opaque cursor of the last row's key, and a link to the page behind."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any
from urllib.parse import urlencode

from flask import request
from pydantic import Field

from desk.api.values import WHOLE, Body, Cursor
from engine.errors import BadInputError

DEFAULT_ROWS, MOST_ROWS = 50, 200


class Paged(Body):
    """Which page of a list; without a cursor the first."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS), WHOLE] = DEFAULT_ROWS


def to_cursor(*key: Any) -> str:
    """A row's key as text that programs only give back."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, *kinds: type) -> list[Any] | None:
    """The key in a cursor; None without one.

    Raises:
        BadInputError: it was not made by this list.
    """
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as cause:
        raise _strange(cursor) from cause
    if (
        not isinstance(key, list)
        or [type(part) for part in key] != list(kinds)
        or any(isinstance(part, int) and not 0 <= part < 2**31 for part in key)
        or any(isinstance(part, str) and (len(part) > 100 or "\0" in part) for part in key)  # noqa: PLR2004 (a key's length)
    ):
        raise _strange(cursor)
    return key


def paged(rows: list[Any], cursor: str | None) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A list's answer with its link to the next page."""
    return {"items": rows, "next": cursor}, 200, links(cursor=cursor) if cursor else {}


def links(**changed: Any) -> dict[str, str]:
    """The header that points at this list with other parameters."""
    query = urlencode({**request.args.to_dict(), **changed})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}


def _strange(cursor: str) -> BadInputError:
    return BadInputError(f"Expected a cursor of this list, but got {cursor[:60]!r}")

"""Values on the command line: instants, dates and JSON objects, refused with what was expected."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from engine.clock import office_instant
from engine.errors import BadInputError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LARGEST_JSON = 200_000
LARGEST_FILE = 4_000_000


class Instant(click.ParamType[Any]):
    """ISO 8601; without a zone it is office time."""

    name = "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The instant in UTC."""
        try:
            return office_instant(str(value))
        except BadInputError as refusal:
            self.fail(refusal.message, param, ctx)


class Day(click.ParamType[Any]):
    """A date such as 2026-12-01."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"Expected a date such as 2026-12-01, but got {value!r}", param, ctx)


INSTANT = Instant()
DATE = Day()


def json_object(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> dict[str, Any] | None:
    """Read an option that holds a JSON object.

    Raises:
        BadInputError: it is not one, or too large.
    """
    if value is None:
        return None
    if len(value) > LARGEST_JSON:
        raise BadInputError(
            f"Expected JSON of at most {LARGEST_JSON} letters, but got {len(value)}"
        )
    try:
        document = json.loads(value)
    except (ValueError, RecursionError) as cause:
        raise BadInputError(f"Expected a JSON object, but {cause}") from cause
    if not isinstance(document, dict):
        raise BadInputError(f"Expected a JSON object, but got {type(document).__name__}")
    return document


def read_file(file: Path) -> bytes:
    """The bytes of a file a person named.

    Raises:
        BadInputError: it cannot be read, or is larger than any diagram.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as cause:
        raise BadInputError(f"Expected a readable file, but {file}: {cause.strerror}") from cause
    if len(content) > LARGEST_FILE:
        raise BadInputError(
            f"Expected a file of at most {LARGEST_FILE} bytes, but {file} is larger"
        )
    return content

"""The play of a trial (kịch bản chạy thử): what happens to a diagram, move by move."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.errors import BadInputError
from engine.workflow.iso_time import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MOVES: Final = 10_000
_SHAPE: Final = '{"data": {…}, "moves": [{"complete": "A"}, {"advance": "PT5H"}]}'


@dataclass(frozen=True)
class Complete:
    """A person completes the oldest open step of an element, with what its form gave."""

    element_id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Advance:
    """Time goes by; `text` is how the play wrote it."""

    by: Duration
    text: str


@dataclass(frozen=True)
class Message:
    """A message comes from outside, to the one that waits for it or starts by it."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signal:
    """A signal comes from outside, to all that wait for it or start by it."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


Move = Complete | Advance | Message | Signal


@dataclass(frozen=True)
class Play:
    """The values every process begins with, and the moves."""

    data: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()


def read_play(content: bytes) -> Play:
    """The play in a JSON file.

    Raises:
        BadInputError: it is no such file; names the move that is wrong and what was expected.
    """
    try:
        plain = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as cause:
        raise BadInputError(f"Expected a play as JSON like {_SHAPE}, but {cause}") from cause
    if not isinstance(plain, dict):
        raise BadInputError(f"Expected a play like {_SHAPE}, but got {_called(plain)}")
    unknown = sorted(set(plain) - {"data", "moves"})
    if unknown:
        raise BadInputError(f"Expected a play with data and moves, but it has {unknown[0]!r}")
    moves = plain.get("moves", [])
    if not isinstance(moves, list):
        raise BadInputError(f"Expected moves to be a list, but it is {_called(moves)}")
    if len(moves) > MAX_MOVES:
        raise BadInputError(f"Expected at most {MAX_MOVES} moves, but got {len(moves)}")
    return Play(
        data=_data(plain, "data"),
        moves=tuple(_move(move, f"moves[{place}]") for place, move in enumerate(moves)),
    )


def _move(plain: object, where: str) -> Move:
    kinds = ("complete", "advance", "message", "signal")
    expected = f"Expected {where} to have one of {', '.join(kinds)}"
    if not isinstance(plain, dict):
        raise BadInputError(f"{expected}, but it is {_called(plain)}")
    found = [kind for kind in kinds if kind in plain]
    if len(found) != 1:
        shown = " and ".join(found) or ", ".join(map(repr, plain)) or "nothing"
        raise BadInputError(f"{expected}, but it has {shown}")
    kind = found[0]
    allowed = {kind} if kind == "advance" else {kind, "data"}
    unknown = sorted(set(plain) - allowed)
    if unknown:
        names = " and ".join(sorted(allowed))
        raise BadInputError(f"Expected {where} to have {names} only, but it has {unknown[0]!r}")
    text = plain[kind]
    if not isinstance(text, str) or not text.strip():
        raise BadInputError(f"Expected {where}.{kind} to be a text, but it is {_called(text)}")
    if kind == "advance":
        try:
            return Advance(Duration.parse(text), text)
        except (BadInputError, OverflowError) as cause:
            raise BadInputError(
                f"Expected {where}.advance to be a duration such as PT5H, but got {text!r}"
            ) from cause
    data = _data(plain, f"{where}.data")
    if kind == "complete":
        return Complete(text, data)
    return Message(text, data) if kind == "message" else Signal(text, data)


def _data(plain: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    data = plain.get("data")
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BadInputError(f"Expected {where} to be an object, but it is {_called(data)}")
    return data


def _called(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value[:40]!r}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "an object"

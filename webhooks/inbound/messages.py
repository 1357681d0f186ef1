"""The words a partner may say to the office, and what each of them must hold.

Whatever is not here is refused at the door, never guessed (R66).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Mapping

DOSSIER_SUBMITTED = "dossier.submitted"
SUPPLEMENT_DELIVERED = "supplement.delivered"
PAYMENT_CONFIRMED = "payment.confirmed"
OPINION_GIVEN = "opinion.given"
RESULT_SIGNED = "result.signed"
PORTAL_ANSWERED = "portal.answered"

ENVELOPE = ("id", "source", "type", "subject", "time", "timestamp", "sequence", "data")
LONG = 10_000
SHORT = 200


class MessageRefusedError(OfficeError):
    """A partner said something that this office has no word for."""

    code = "message_refused"


@dataclass(frozen=True)
class Part:
    """One value of a message; `most` is the longest text."""

    kind: type
    required: bool = True
    most: int = SHORT


_CASE = {"case": Part(str, most=64)}
WORDS: dict[str, Mapping[str, Part]] = {
    DOSSIER_SUBMITTED: {
        "procedure": Part(str, most=64),
        "agency": Part(str, most=35),
        "owner": Part(dict),
        "components": Part(dict, required=False),
    },
    SUPPLEMENT_DELIVERED: _CASE | {"still_missing": Part(str, required=False, most=LONG)},
    PAYMENT_CONFIRMED: _CASE | {"receipt": Part(str, most=100)},
    OPINION_GIVEN: _CASE | {"opinion": Part(str, most=LONG)},
    RESULT_SIGNED: _CASE
    | {
        "step": Part(str, most=64),
        "signer": Part(str, most=64),
        "form": Part(dict, required=False),
    },
    PORTAL_ANSWERED: {
        "message_id": Part(str, most=128),
        "error_code": Part(str, most=20),
        "message": Part(str, required=False, most=LONG),
    },
}


@dataclass(frozen=True)
class Said:
    """A message that was understood: its word and its values."""

    type: str
    data: Mapping[str, Any]

    @property
    def case(self) -> str | None:
        """The number of the case it is about, when it names one."""
        return self.data.get("case")


def understand(body: bytes) -> Said:
    """Read a message whose signature was verified. Legal: R66

    Raises:
        MessageRefusedError: it is no JSON object, or holds an unknown word or value.
    """
    document = _object(body)
    unknown = [name for name in document if name not in ENVELOPE]
    if unknown:
        raise _refused(f"the message also holds {_list(unknown)}")
    word, data = document.get("type"), document.get("data")
    if not isinstance(word, str) or word not in WORDS:
        raise MessageRefusedError(
            f"Expected a type of {', '.join(WORDS)}, but got {str(word)[:60]!r}", known=list(WORDS)
        )
    if not isinstance(data, dict):
        raise _refused("'data' is not an object")
    parts = WORDS[word]
    unknown = [name for name in data if name not in parts]
    if unknown:
        raise _refused(f"the data of {word} also holds {_list(unknown)}")
    for name, part in parts.items():
        _check(word, name, part, data)
    return Said(word, data)


def _check(word: str, name: str, part: Part, data: Mapping[str, Any]) -> None:
    value = data.get(name)
    if value is None:
        if part.required:
            raise _refused(f"{word} lacks '{name}'")
        return
    if not isinstance(value, part.kind):
        raise _refused(f"'{name}' of {word} is not a {'text' if part.kind is str else 'object'}")
    if isinstance(value, str) and not (value.strip() and len(value) <= part.most):
        raise _refused(f"'{name}' of {word} is empty or longer than {part.most} letters")


def _object(body: bytes) -> dict[str, Any]:
    def constant(name: str) -> None:
        raise ValueError(name)

    try:
        document = json.loads(body, parse_constant=constant)
    except (ValueError, RecursionError) as cause:
        raise _refused("it cannot be read as JSON") from cause
    if not isinstance(document, dict):
        raise _refused("it is not an object")
    return document


def _list(names: list[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:5])


def _refused(why: str) -> MessageRefusedError:
    return MessageRefusedError(f"Expected a message as it was agreed, but {why}")

"""How an event becomes a message, and how a partner's answer is understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from webhooks.payloads import event_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from webhooks.endpoints import Endpoint
    from webhooks.outbox import Item
    from webhooks.post import Answer

GONE = 410


@dataclass(frozen=True)
class Message:
    """What is posted; `update_path` is where it goes when the partner has it already (R68)."""

    id: str
    body: bytes
    path: str = ""
    update_path: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a partner's answer means; `error` is one line of why it was not taken."""

    taken: bool
    answer: Answer
    error: str | None = None

    @property
    def is_gone(self) -> bool:
        """True when the partner asks never to be told again."""
        return self.answer.status == GONE


class Wording(Protocol):
    """One format of messages."""

    def speaks_of(self, item: Item) -> bool:
        """False for events that this format has no message for."""
        ...

    def compose(self, books: Engine, item: Item, endpoint: Endpoint) -> Message | None:
        """The message of an event; None when there is nothing to tell of this one.

        Raises:
            OfficeError: the event cannot be told; it is given up with that reason.
        """
        ...

    def carry(self, message: Message, post: Callable[[bytes, str], Answer]) -> Verdict:
        """Post it, once or as often as the format asks, and understand the answer."""
        ...


class EventWording:
    """Standard Webhooks: any 2xx is a receipt."""

    def speaks_of(self, item: Item) -> bool:  # noqa: ARG002 (the protocol's signature)
        """Every event has a message."""
        return True

    def compose(self, books: Engine, item: Item, endpoint: Endpoint) -> Message:  # noqa: ARG002
        """The body is made of the journal's row alone."""
        return Message(item.message_id, event_body(item, personal=endpoint.is_registered))

    def carry(self, message: Message, post: Callable[[bytes, str], Answer]) -> Verdict:
        """One post."""
        return judged(post(message.body, message.path))


def judged(answer: Answer) -> Verdict:
    """A verdict by the HTTP status alone."""
    if answer.is_success:
        return Verdict(taken=True, answer=answer)
    return Verdict(taken=False, answer=answer, error=answer.error or f"HTTP {answer.status}")

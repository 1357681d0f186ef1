"""Speaking with the portal: a first call, an update when it has the message, else again (R68)."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.database import reading
from webhooks.portal.messages import DOSSIER_EVENTS, PROGRESS_EVENTS, portal_message
from webhooks.wording import Message, Verdict, judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from webhooks.endpoints import Endpoint
    from webhooks.outbox import Item
    from webhooks.post import Answer

DONE = "0"
ALREADY_THERE = "đã tồn tại"

PATHS = {
    False: ("/dong-bo-ho-so", "/cap-nhat-ho-so"),
    True: ("/tien-trinh", "/cap-nhat-tien-trinh"),
}
"""First call and update call below the portal's address, by whether it is progress. DESIGN."""


@dataclass(frozen=True)
class PortalAnswer:
    """The portal's own answer inside the HTTP answer."""

    error_code: str
    message: str

    @property
    def is_done(self) -> bool:
        """True when the portal took the message."""
        return self.error_code == DONE

    @property
    def is_known(self) -> bool:
        """True when it has this dossier or step already, so an update is wanted."""
        said = unicodedata.normalize("NFC", self.message).casefold()
        return not self.is_done and ALREADY_THERE in said


class PortalWording:
    """One format of messages: the national portal's."""

    def speaks_of(self, item: Item) -> bool:
        """True for changes of status and dates, and for completed steps."""
        return item.type in DOSSIER_EVENTS | PROGRESS_EVENTS

    def compose(self, books: Engine, item: Item, endpoint: Endpoint) -> Message | None:  # noqa: ARG002
        """The message of an event, as the books have it now; the id is the event's at every try."""
        with reading(books) as db:
            told = portal_message(db, item)
        if told is None:
            return None
        first, update = PATHS[item.type in PROGRESS_EVENTS]
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return Message(item.message_id, body, path=first, update_path=update)

    def carry(self, message: Message, post: Callable[[bytes, str], Answer]) -> Verdict:
        """Post; "đã tồn tại" leads to the update call with the same id. Legal: R68"""
        verdict, answered = _understood(post(message.body, message.path))
        if answered is not None and answered.is_known and message.update_path is not None:
            verdict, answered = _understood(post(message.body, message.update_path))
        return verdict


def read_answer(body: bytes) -> PortalAnswer | None:
    """The portal's answer; None when it is none, which counts as a failure, not as a guess."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "error_code" not in document:
        return None
    return PortalAnswer(str(document["error_code"]), str(document.get("message", "")))


def _understood(answer: Answer) -> tuple[Verdict, PortalAnswer | None]:
    if not answer.is_success:
        return judged(answer), None
    said = read_answer(answer.body)
    if said is None:
        return Verdict(taken=False, answer=answer, error="the answer holds no error_code"), None
    if said.is_done:
        return Verdict(taken=True, answer=answer), said
    error = f"error_code {said.error_code}: {said.message}"[:500]
    return Verdict(taken=False, answer=answer, error=error), said

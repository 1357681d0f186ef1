"""The lanes of a route: threads that carry one message each and bring back what was answered."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from webhooks.address import read_target
from webhooks.faults import fault
from webhooks.post import Answer, Postman
from webhooks.signing import signed_headers
from webhooks.wording import Verdict

if TYPE_CHECKING:
    import ssl

    from engine.clock import Clock
    from webhooks.address import Reach
    from webhooks.endpoints import Endpoint
    from webhooks.outbox import Item
    from webhooks.wording import Message, Wording

log = logging.getLogger("motcua.courier")


class Lanes:
    """So many messages may be on the way to one endpoint at a time."""

    def __init__(
        self,
        wording: Wording,
        clock: Clock,
        reach: Reach,
        *,
        certificates: ssl.SSLContext,
        total_seconds: float,
        count: int,
        name: str,
    ) -> None:
        self.in_flight = 0
        """Messages that were given and whose answer was not collected."""
        self.count = count
        self._wording = wording
        self._clock = clock
        self._reach = reach
        self._certificates = certificates
        self._total_seconds = total_seconds
        self._outgoing: queue.SimpleQueue[tuple[Item, Message, Endpoint] | None] = (
            queue.SimpleQueue()
        )
        self._answers: queue.SimpleQueue[tuple[Item, Verdict] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._lane, daemon=True, name=f"{name} lane {n}")
            for n in range(count)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def send(self, item: Item, message: Message, endpoint: Endpoint) -> None:
        """Give a message to the next free lane."""
        self.in_flight += 1
        self._outgoing.put((item, message, endpoint))

    def wake(self) -> None:
        """Let whoever waits in `collect` look around."""
        self._answers.put(None)

    def collect(self, patience: float) -> list[tuple[Item, Verdict]]:
        """Wait for an answer, then take all that are there; none when nobody answered."""
        found = []
        try:
            answer = self._answers.get(timeout=patience) if patience else self._answers.get_nowait()
            while True:
                if answer is not None:
                    self.in_flight -= 1
                    found.append(answer)
                answer = self._answers.get_nowait()
        except queue.Empty:
            return found

    def drain(self) -> list[tuple[Item, Verdict]]:
        """Wait for all that is on the way; the deadline of each exchange ends it."""
        found = []
        while self.in_flight:
            found += self.collect(self._total_seconds)
        return found

    def end(self) -> None:
        """Let the threads go once they are free."""
        for _ in self._threads:
            self._outgoing.put(None)

    def _lane(self) -> None:
        postman: Postman | None = None
        url = ""
        while (job := self._outgoing.get()) is not None:
            item, message, endpoint = job
            try:
                if postman is None or url != endpoint.url:
                    if postman is not None:
                        postman.close()
                    postman, url = self._postman(endpoint.url), endpoint.url
                verdict = self._carried(postman, message, endpoint)
            except Exception as error:  # noqa: BLE001 (whatever a partner sends, the lane lives)
                said = fault(error)
                log.error("endpoint %s: %s", endpoint.code, said)  # noqa: TRY400 (values stay out)
                verdict = Verdict(taken=False, answer=Answer(None, said), error=said)
            self._answers.put((item, verdict))
        if postman is not None:
            postman.close()

    def _postman(self, url: str) -> Postman:
        return Postman(
            read_target(url),
            self._reach,
            certificates=self._certificates,
            total_seconds=self._total_seconds,
        )

    def _carried(self, postman: Postman, message: Message, endpoint: Endpoint) -> Verdict:
        def post(body: bytes, path: str) -> Answer:
            headers = signed_headers(
                endpoint.secrets, message_id=message.id, at=self._clock.now(), body=body
            )
            return postman.post(body, headers, below=path)

        return self._wording.carry(message, post)

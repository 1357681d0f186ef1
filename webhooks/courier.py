"""The courier: a process that follows the journal, serves every endpoint, and acts on what came.

Its clock is the wall's in every office: a training office's clock stands still, the partners'
clocks and the network do not.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from engine.database import reading
from engine.errors import OfficeError
from engine.journal.follow import Horizon
from engine.journal.seal import seal_journal
from webhooks.endpoints import active_endpoints
from webhooks.faults import fault
from webhooks.inbound.apply import apply_stored
from webhooks.post import trusted
from webhooks.route import Pace, Road, Route

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from sqlalchemy import Engine

    from engine.clock import Clock
    from webhooks.address import Reach

log = logging.getLogger("motcua.courier")

SETUP_SECONDS = 2.0
"""How soon a new endpoint, a rotated secret or a disabled one is noticed."""


class Courier:
    """All routes of one process. Of several processes one at a time serves an endpoint."""

    def __init__(
        self,
        books: Engine,
        clock: Clock,
        reach: Reach,
        *,
        pace: Pace | None = None,
        certificates: ssl.SSLContext | None = None,
        anchor: Path | None = None,
    ) -> None:
        self.road = Road(
            books=books,
            clock=clock,
            reach=reach,
            pace=pace or Pace(),
            certificates=certificates or trusted(),
            horizon=lambda: self._horizon.sequence,
        )
        self.anchor = anchor
        self.routes: dict[str, Route] = {}
        self._horizon = Horizon()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is on the way then is waited for."""
        inbox = threading.Thread(target=self._act_on_inbox, args=(stop,), name="inbox", daemon=True)
        inbox.start()
        set_up_at = 0.0
        try:
            while not stop.is_set():
                try:
                    if time.monotonic() >= set_up_at:
                        self._set_up()
                        set_up_at = time.monotonic() + SETUP_SECONDS
                    self._look()
                except (OfficeError, SQLAlchemyError) as error:
                    log.warning("the books refuse: %s", fault(error))
                stop.wait(self.road.pace.poll_seconds / 2)
        finally:
            stop.set()
            self._leave()
            inbox.join(self.road.pace.total_seconds)

    def _look(self) -> None:
        before = self._horizon.sequence
        with reading(self.road.books) as db:
            self._horizon.look(db)
        if self._horizon.sequence > before:
            for route in self.routes.values():
                route.wake()

    def _set_up(self) -> None:
        """Start, change and stop routes as the books say now."""
        with reading(self.road.books) as db:
            wanted = active_endpoints(db, self.road.clock.now())
        for code, route in list(self.routes.items()):
            if code not in wanted or wanted[code].format != route.endpoint.format:
                route.stop()
            if not route.is_alive:
                del self.routes[code]
        for code, endpoint in wanted.items():
            if code in self.routes:
                self.routes[code].endpoint = endpoint
            else:
                self.routes[code] = Route(self.road, endpoint)
                self.routes[code].start()

    def _leave(self) -> None:
        for route in self.routes.values():
            route.stop()
        for route in self.routes.values():
            route.join(self.road.pace.total_seconds + 5)

    def _act_on_inbox(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if apply_stored(self.road.books) and self.anchor is not None:
                    seal_journal(self.road.books, self.anchor)
            except (OfficeError, SQLAlchemyError) as error:
                log.warning("inbox: the books refuse: %s", fault(error))
            stop.wait(self.road.pace.poll_seconds)

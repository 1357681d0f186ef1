"""A route: the worker of one endpoint. It reads, gives to its lanes, and writes down.

Events of one case leave one after another; different cases leave side by side. A slow or broken
endpoint holds up its own route only.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.database import DatabaseBusyError, reading, transaction
from engine.errors import OfficeError
from webhooks import deliveries
from webhooks.deliveries import LeaseLostError, Outcome, Report
from webhooks.endpoints import Format
from webhooks.faults import fault
from webhooks.lanes import Lanes
from webhooks.load import Load
from webhooks.outbox import due_items, page_after
from webhooks.portal.wording import PortalWording
from webhooks.post import TOTAL_SECONDS
from webhooks.retry import SCHEDULE_SECONDS, Breaker, next_try
from webhooks.wording import EventWording

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from engine.clock import Clock
    from webhooks.address import Reach
    from webhooks.endpoints import Endpoint
    from webhooks.outbox import Item
    from webhooks.wording import Verdict, Wording

log = logging.getLogger("motcua.courier")


@dataclass(frozen=True)
class Pace:
    """How a courier works; the lease is by its clock, the seconds are of waiting."""

    lanes: int = 4
    page_rows: int = 200
    poll_seconds: float = 0.5
    write_seconds: float = 0.25
    total_seconds: float = TOTAL_SECONDS
    lease: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class Road:
    """What every route of a courier shares."""

    books: Engine
    clock: Clock
    reach: Reach
    pace: Pace
    certificates: ssl.SSLContext
    horizon: Callable[[], int]


class Route:
    """Serves one endpoint until it is stopped or the endpoint is disabled."""

    def __init__(self, road: Road, endpoint: Endpoint) -> None:
        self.road = road
        self.endpoint = endpoint
        """Replaced by the courier when the subscription or a secret changes."""
        self._wording: Wording = (
            PortalWording() if endpoint.format is Format.PORTAL else EventWording()
        )
        self._chance = random.SystemRandom()
        self._breaker = Breaker(self._chance)
        self._stopping = threading.Event()
        self._lanes = Lanes(
            self._wording,
            road.clock,
            road.reach,
            certificates=road.certificates,
            total_seconds=road.pace.total_seconds,
            count=road.pace.lanes,
            name=endpoint.code,
        )
        self._thread = threading.Thread(
            target=self._run, daemon=True, name=f"{endpoint.code} route"
        )

    def start(self) -> None:
        """Begin to work in threads of its own."""
        self._lanes.start()
        self._thread.start()

    def wake(self) -> None:
        """The journal has grown: look now."""
        self._lanes.wake()

    def stop(self) -> None:
        """Send nothing more; what is on the way is waited for and written down."""
        self._stopping.set()
        self._lanes.wake()

    def join(self, seconds: float) -> None:
        """Wait until it has stopped."""
        self._thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """False once it has stopped."""
        return self._thread.is_alive()

    def _run(self) -> None:
        code, pace = self.endpoint.code, self.road.pace
        while not self._stopping.is_set():
            try:
                with transaction(self.road.books) as db:
                    held = deliveries.claim(db, code, now=self.road.clock.now(), lease=pace.lease)
                if held is not None:
                    self._serve(held)
            except LeaseLostError:
                log.warning("endpoint %s: taken over by another courier", code)
            except OfficeError as refusal:
                log.warning("endpoint %s: %s", code, refusal.message)
            except Exception as error:  # noqa: BLE001 (whatever happens, it is served again)
                log.error("endpoint %s: begins again: %s", code, fault(error))  # noqa: TRY400 (values stay out)
            self._lanes.drain()  # so that a new claim does not overtake an old message
            if not self._stopping.is_set():
                self._stopping.wait(pace.poll_seconds)
        self._lanes.end()

    def _serve(self, held: deliveries.Claim) -> None:
        with reading(self.road.books) as db:
            blocked = deliveries.waiting_streams(db, self.endpoint.code)
        load = Load(held.bookmark, held.bookmark, blocked)
        self._breaker = Breaker(self._chance)
        look_at = write_at = 0.0
        renew_at = self._renewal()
        while not self._stopping.is_set():
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + self.road.pace.poll_seconds
                self._take_due(load)
            self._take_page(load)
            self._dispatch(load)
            for item, verdict in self._lanes.collect(self._patience(load, write_at)):
                load.settle(self._outcome(load, item, verdict))
            now = time.monotonic()
            if (now >= write_at and load.has_news) or now >= renew_at:
                if self._write(held, load):
                    look_at = 0.0  # rows that waited behind another may go now
                    renew_at = self._renewal()
                write_at = time.monotonic() + self.road.pace.write_seconds
            if load.disable_why is not None and not load.outcomes:
                load.disable_why = (
                    None  # it is written; people may have taken the endpoint up again
                )
                self._stopping.set()
        for item, verdict in self._lanes.drain():
            load.settle(self._outcome(load, item, verdict))
        load.put_away()
        self._write(held, load)
        with transaction(self.road.books) as db:
            deliveries.release(db, self.endpoint.code, held)

    def _renewal(self) -> float:
        return time.monotonic() + self.road.pace.lease.total_seconds() / 3

    def _patience(self, load: Load, write_at: float) -> float:
        """How long to wait for an answer before something else is to be done."""
        if load.outcomes or load.parked:
            return max(0.0, write_at - time.monotonic())
        unread = load.read_to < self.road.horizon() and not self._breaker.is_open
        return 0.0 if unread and not self._lanes.in_flight else self.road.pace.poll_seconds

    def _take_due(self, load: Load) -> None:
        """Fetch what waited long enough."""
        now = self.road.clock.now()
        if not self._breaker.may_send(now, self._lanes.in_flight):
            return
        most = self.road.pace.page_rows + len(load.rows)
        with reading(self.road.books) as db:
            found = due_items(db, self.endpoint, now, most)
        for item in found:
            load.take_row(item)

    def _take_page(self, load: Load) -> None:
        """Read on in the journal while little waits in memory and the endpoint is up."""
        horizon, most = self.road.horizon(), self.road.pace.page_rows
        is_full = load.queued * 2 > most or len(load.parked) > most
        if load.read_to >= horizon or is_full or self._breaker.is_open:
            return
        code, after = self.endpoint.code, load.read_to
        with reading(self.road.books) as db:
            page = page_after(db, self.endpoint, after=after, horizon=horizon, rows=most)
            known = deliveries.known_rows(db, code, after=after, to=page.read_to)
        for item in page.items:
            if item.sequence not in known and self._wording.speaks_of(item):
                load.take_event(item)
        load.read_to = page.read_to

    def _dispatch(self, load: Load) -> None:
        """Give the lanes what they can carry."""
        while load.ready and self._lanes.in_flight < self._lanes.count:
            now = self.road.clock.now()
            if not self._breaker.may_send(now, self._lanes.in_flight) or load.disable_why:
                return
            item = load.next_item()
            try:
                message = self._wording.compose(self.road.books, item, self.endpoint)
            except OfficeError as refusal:
                error = f"{refusal.code}: {refusal.message}"
                load.settle(Outcome(item, taken=False, error=error))
                continue
            if message is None:
                load.settle(Outcome(item, taken=True, is_silent=True))
                continue
            load.busy.add(item.stream)
            self._lanes.send(item, message, self.endpoint)

    def _outcome(self, load: Load, item: Item, verdict: Verdict) -> Outcome:
        if verdict.taken:
            self._breaker.succeeded()
            return Outcome(item, taken=True)
        now = self.road.clock.now()
        answer = verdict.answer
        asked = answer.retry_after_seconds(now)
        self._breaker.failed(now, asked_seconds=asked)
        next_at: datetime | None = now
        if verdict.is_gone:
            load.disable_why = "the partner answered 410 Gone"
        else:
            next_at = next_try(item.attempts + 1, now, asked_seconds=asked, chance=self._chance)
            if next_at is None and self._breaker.failures > len(SCHEDULE_SECONDS):
                load.disable_why = f"nothing was taken for the whole schedule: {verdict.error}"
        return Outcome(
            item,
            taken=False,
            next_at=next_at,
            status=answer.status,
            error=verdict.error,
            excerpt=answer.excerpt,
        )

    def _write(self, held: deliveries.Claim, load: Load) -> bool:
        """Write down what is known; False when the books were held by others."""
        report = Report(
            bookmark=load.settled_to,
            outcomes=tuple(load.outcomes),
            parked=tuple(load.parked),
            disable_why=load.disable_why,
        )
        try:
            with transaction(self.road.books) as db:
                waiting = deliveries.write_down(
                    db,
                    self.endpoint.code,
                    held,
                    report,
                    now=self.road.clock.now(),
                    lease=self.road.pace.lease,
                )
        except DatabaseBusyError:
            return False
        load.was_written(report.bookmark, waiting)
        return True

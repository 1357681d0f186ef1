"""What a route holds in memory. All of it can be found again in the books."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webhooks.deliveries import Outcome
    from webhooks.outbox import Item


@dataclass
class Load:
    """Events in queues by case, and what is to be written down of them."""

    bookmark: int
    """As it stands in the books."""
    read_to: int
    """Up to where the journal was read."""
    blocked: set[str]
    """Cases with a row that waits: what follows is parked behind it."""
    open: dict[int, None] = field(default_factory=dict)
    """Sequences read from the journal and not settled, in order."""
    queues: dict[str, deque[Item]] = field(default_factory=dict)
    ready: deque[str] = field(default_factory=deque)
    """Cases with something to send and nothing on the way."""
    busy: set[str] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    """Waiting rows that are in a queue or on the way."""
    outcomes: list[Outcome] = field(default_factory=list)
    parked: list[Item] = field(default_factory=list)
    disable_why: str | None = None

    @property
    def queued(self) -> int:
        """How many items wait in memory."""
        return sum(map(len, self.queues.values()))

    @property
    def settled_to(self) -> int:
        """Up to where nothing is open; once it is written with its rows it is the bookmark."""
        return next(iter(self.open)) - 1 if self.open else self.read_to

    @property
    def has_news(self) -> bool:
        """True when there is something to write down."""
        return bool(self.outcomes or self.parked) or self.settled_to > self.bookmark

    def take_row(self, item: Item) -> None:
        """Queue what waited in a row and is due."""
        if item.row is not None and item.row not in self.rows:
            self.rows.add(item.row)
            self._queue(item)

    def take_event(self, item: Item) -> None:
        """Queue an event of the journal, or park it behind its case."""
        if item.stream in self.blocked:
            self.parked.append(item)
            return
        self.open[item.sequence] = None
        self._queue(item)

    def next_item(self) -> Item:
        """The first event of the case that is ready longest; `ready` must not be empty."""
        return self.queues[self.ready.popleft()].popleft()

    def settle(self, outcome: Outcome) -> None:
        """Note an outcome; behind one that will be tried again its case waits."""
        item = outcome.item
        self.busy.discard(item.stream)
        self.outcomes.append(outcome)
        self.open.pop(item.sequence, None)
        waiting = self.queues.get(item.stream)
        if not outcome.taken and outcome.next_at is not None:
            self.blocked.add(item.stream)
            self._park(waiting or deque())
            waiting = None
        if waiting:
            self.ready.append(item.stream)
        else:
            self.queues.pop(item.stream, None)

    def put_away(self) -> None:
        """Park what was not sent, so that what was sent behind it is not sent again."""
        for waiting in self.queues.values():
            self._park(waiting)
        self.parked.sort(key=lambda item: item.sequence)
        self.queues.clear()
        self.ready.clear()
        self.open.clear()

    def was_written(self, bookmark: int, waiting: dict[str, int]) -> None:
        """Everything noted is in the books; `waiting` rows are left of the cases touched."""
        self.bookmark = bookmark
        self.rows -= {o.item.row for o in self.outcomes if o.item.row is not None}
        self.blocked |= {stream for stream, rows in waiting.items() if rows}
        self.blocked -= {stream for stream, rows in waiting.items() if not rows}
        self.outcomes.clear()
        self.parked.clear()

    def _queue(self, item: Item) -> None:
        waiting = self.queues.setdefault(item.stream, deque())
        if not waiting and item.stream not in self.busy:
            self.ready.append(item.stream)
        waiting.append(item)

    def _park(self, items: deque[Item]) -> None:
        for item in items:
            if item.row is None:
                self.parked.append(item)
                self.open.pop(item.sequence, None)
            else:
                self.rows.discard(item.row)

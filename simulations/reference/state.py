"""What a run in plain words is given and keeps: nodes, cases and items as objects."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from simulations import layout as at
from simulations.live import LiveStart
from simulations.office_arrays import DAY

if TYPE_CHECKING:
    from simulations.arrivals import Cases
    from simulations.compiling.model import Model

READY, QUEUED, RUNNING, WAITING, ARMED, SUSPENDED, HOSTING, LATER, GONE = range(9)
STEPS = frozenset((READY, QUEUED, RUNNING, LATER))
ARMS = frozenset((ARMED, SUSPENDED))
JOINS = frozenset((at.K_AND, at.K_OR_JOIN))
WAITS = frozenset((at.K_WAIT, at.K_TIMER, at.K_RACE))
OUT_OF_DATE = frozenset((GONE, SUSPENDED))
"""What stands in the heap for such an item does not happen."""
DUE_FIRST = frozenset((at.R_DUE, at.R_CLASS_DUE))
"""Rules by which the earliest due instant goes first."""
NEVER = 1 << 60
WORKING_DAY = 28_800


class Stop(Exception):  # noqa: N818 (not an error: how a run ends early)
    """The run ends here: why, and at which node or scope."""

    def __init__(self, status: int, where: int = 0) -> None:
        super().__init__()
        self.status = status
        self.where = where


class Node:
    """A row of the table of nodes, with names."""

    __slots__ = (
        "apologises", "arms", "chance", "default", "entries", "exits", "finishes", "first_entry",
        "hold", "inner", "kind", "more", "number", "odds", "role", "salt", "scope", "signing",
        "step_limit", "timer", "timer_limit", "upstream", "ways", "works",
    )  # fmt: skip

    def __init__(self, number: int, row: list[int], flow: Any, lists: list[int]) -> None:
        self.number = number
        self.kind = row[at.N_KIND]
        self.scope = row[at.N_SCOPE]
        self.salt = row[at.N_SALT] % (1 << 64)
        self.ways = [
            (way, int(line[0]), int(line[1]), int(line[2]) % (1 << 64))
            for way, line in enumerate(flow.ways)
            if row[at.N_WAYS] <= way < row[at.N_WAYS_END]
        ]
        self.exits = [(target, way) for way, target, _, _ in self.ways]
        self.more = len(self.ways) - 1
        self.chance = {way[0]: flow.chance[way[0]].tolist() for way in self.ways}
        self.odds = [(each, self.chance[each[1]]) for each in self.exits[:-1]]
        self.arms = lists[row[at.N_ARMS] : row[at.N_ARMS_END]]
        self.default = row[at.N_DEFAULT]
        self.entries = row[at.N_ENTRIES]
        self.first_entry = row[at.N_FIRST_ENTRY]
        self.upstream = row[at.N_UPSTREAM]
        self.role = row[at.N_ROLE]
        self.step_limit = row[at.N_STEP_LIMIT]
        self.finishes = row[at.N_FINISHES]
        self.apologises = row[at.N_APOLOGISES]
        self.hold = row[at.N_HOLD]
        self.timer = row[at.N_TIMER]
        self.timer_limit = row[at.N_TIMER_LIMIT]
        self.signing = row[at.N_SIGNING]
        self.inner = row[at.N_INNER]
        self.works = row[at.N_WORK :]


class Case:
    """A case under way."""

    __slots__ = (
        "apologised", "at", "closed", "due", "end_on", "finished", "held", "inside", "items",
        "joined", "joins", "key", "kind", "moved", "number", "of_class", "paused_at", "procedure",
        "reached", "visits",
    )  # fmt: skip

    def __init__(self, number: int, procedure: int, of_class: int, key: int, t: int) -> None:
        self.number = number
        self.procedure = procedure
        self.of_class = of_class
        self.key = key
        self.at = t
        self.due = -1
        self.end_on = -1
        self.reached = -1
        self.moved = 0
        self.paused_at = -1
        self.kind = 0
        self.held = 0
        self.finished = False
        self.apologised = False
        self.closed = False
        self.joins = 0
        self.visits: dict[int, int] = {}
        self.joined: dict[int, int] = {}
        self.inside: dict[int, int] = {}
        # Newest first, as the fast kernel walks them.
        self.items: dict[Item, None] = {}


class Item:
    """A step, a wait, an armed event, or the token at a subprocess."""

    __slots__ = (
        "at", "case", "held", "host", "made", "node", "person", "race", "serial", "since", "state",
        "work",
    )  # fmt: skip

    at: int
    case: Case
    held: int
    host: Item | None
    made: int
    node: int
    person: int
    race: int
    serial: int
    since: int
    state: int
    work: int


class Run:
    """One run: what it is given, and all it keeps."""

    def __init__(self, model: Model, cases: Cases, live: LiveStart, *, trace: bool) -> None:
        flow, people = model.flow, model.people
        self.model = model
        self.trace = trace
        lists = flow.lists.tolist()
        self.nodes = [Node(n, row, flow, lists) for n, row in enumerate(flow.nodes.tolist())]
        self.arms = flow.arms.tolist()
        self.arm_share = flow.arm_share.tolist()
        self.scopes: list[list[int]] = flow.scopes.tolist()
        self.lists: list[int] = lists
        self.way_targets: list[int] = flow.ways[:, at.W_TARGET].tolist()
        self.way_entries: list[int] = flow.ways[:, at.W_ENTRY].tolist()
        self.procedures = flow.procedures.tolist()
        self.upstream = flow.upstream
        self.rows = model.draws.rows.tolist()
        self.values = model.draws.values.tolist()
        self.office = model.office.tolist()
        self.group_of = people.group_of.tolist()
        self.groups = people.groups.tolist()
        self.calendar_of: list[int] = [row[at.M_CALENDAR] for row in self.groups]
        self.speed = people.speed.tolist()
        self.role_groups = [people.lists[a:b].tolist() for a, b in people.roles.tolist()]
        self.group_roles: list[list[int]] = [
            people.lists[row[at.M_ROLES] : row[at.M_ROLES_END]].tolist() for row in self.groups
        ]
        self.shift_first = people.shift_first.tolist()
        self.opens: list[int] = people.shifts[:, 0].tolist()
        self.closes: list[int] = people.shifts[:, 1].tolist()
        self.begins = [*people.begins.tolist(), [NEVER, -1]]
        times = model.times
        self.stop_at, self.measured_from = int(times.stop_at), int(times.measured_from)
        self.run_out, self.rule = bool(times.run_out), int(times.rule)
        self.ticks: list[int] = [*times.ticks.tolist(), NEVER]
        self.signing = [times.signing_at[a:b].tolist() for a, b in pairwise(times.signing_start)]
        self.arrivals: list[int] = [*cases.at.tolist(), NEVER]
        self.case_keys: list[int] = cases.key.tolist()
        self.case_procedures: list[int] = cases.procedure.tolist()
        self.case_classes: list[int] = cases.group.tolist()
        self.live = LiveStart(*(each.tolist() for each in live))
        self.last_second = model.clock.days * DAY
        self.current: list[int] = [row[0] for row in self.shift_first]
        self.idle = [
            deque(range(row[at.M_PERSON], row[at.M_PERSON] + row[at.M_SIZE])) for row in self.groups
        ]
        roles = len(model.roles)
        self.heap: list[tuple[int, Item]] = []
        self.queues: list[list[tuple[int, Item]]] = [[] for _ in range(roles)]
        self.waiting = [0] * roles
        self.since = [0] * roles
        self.area = [0] * roles
        self.waits = [0] * roles
        self.most = [0] * roles
        self.offered = [0] * roles
        self.person_item: list[Item | None] = [None] * len(self.group_of)
        self.busy = [0] * len(self.group_of)
        self.found = [[-1] * at.CASE_COLUMNS for _ in range(len(cases.at))]
        self.sums = np.zeros((len(self.nodes), at.NODE_COLUMNS), np.int64).tolist()
        self.log: list[tuple[int, ...]] = []
        ticks = len(times.ticks)
        self.queue_at = np.zeros((ticks, roles), np.int32)
        self.busy_at = np.zeros((ticks, roles), np.int32)
        self.open_at = np.zeros(ticks, np.int32)
        self.busy_person = np.zeros((len(self.group_of), 24), np.int64)
        self.seq = self.serial = self.queued = self.open = 0
        self.tokens: deque[tuple[int, int]] = deque()
        self.ready: list[Item] = []
        self.freed: list[tuple[int, int]] = []
        self.t = 0

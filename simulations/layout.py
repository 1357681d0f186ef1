"""Where things stand in the arrays both kernels give back, and how a run can stop."""

from __future__ import annotations

from typing import Any, NamedTuple

# -- columns of the tables both kernels run on ---------------------------------
(
    N_KIND, N_SCOPE, N_SALT, N_WAYS, N_WAYS_END, N_ARMS, N_ARMS_END, N_DEFAULT, N_ENTRIES,
    N_FIRST_ENTRY, N_UPSTREAM, N_ROLE, N_STEP_LIMIT, N_FINISHES, N_APOLOGISES, N_HOLD, N_TIMER,
    N_TIMER_LIMIT, N_SIGNING, N_INNER, N_WORK,
) = range(21)  # fmt: skip
"""Of a node. From N_WORK on: work and delay of each class, two columns a class."""
W_TARGET, W_ENTRY, W_SALT = range(3)
"""Of a way; W_ENTRY is its place among the ways into joins of its procedure, -1 for none."""
(
    A_SCOPE, A_TIMER, A_LIMIT, A_SALT, A_AFTER, A_INTERRUPTS, A_TARGET, A_BEGINS, A_OUTCOME, A_NODE,
) = range(10)  # fmt: skip
"""Of an armed event; A_NODE is a border event's own node, -1 for an event subprocess."""
C_PARENT, C_HOST, C_AROUND, C_ARMS, C_ARMS_END, C_STARTS, C_STARTS_END = range(7)
"""Of a scope; C_AROUND has a bit for it and for each scope around it."""
P_NODE, P_NODE_END, P_SCOPE, P_SCOPE_END, P_LIMIT, P_POLICY, P_RANK = range(7)
"""Of a procedure. From P_RANK on: the priority of each class."""
M_SIZE, M_PERSON, M_CALENDAR, M_ROLES, M_ROLES_END = range(5)
"""Of a group of staff."""

(
    K_PASS, K_TASK, K_XOR, K_AND, K_OR_SPLIT, K_OR_JOIN, K_WAIT, K_TIMER, K_RACE, K_SUB,
    K_TERMINATE,
) = range(11)  # fmt: skip
"""Kinds of nodes, the numbers of `tables.Kind`."""
T_AFTER, T_DUE, T_APOLOGY, T_BEFORE_DUE, T_REAL = range(5)
"""From where a timer's limit is counted."""
LIVE = -2
"""The way a token came that was there at the start."""
TAKEN_UP = -1
"""The visit at which an event is armed for a case that was under way before the start."""
SUPPLEMENT, PAYMENT = 1, 2
"""Kinds of pauses."""
GRANTED, REFUSED, WITHDRAWN, ENDED = 1, 2, 3, 4
"""How a case ended; ENDED when its diagram has no step that hands a result over."""
R_FIRST, R_DUE, R_CLASS, R_CLASS_DUE = range(4)
"""Which waiting file goes first."""

# -- columns of a case's row ---------------------------------------------------
ENDED_AT, CLOSED_AT, DUE, DUE_766, REQUESTS, ANSWERED, ASKED_AT, HELD_SINCE = range(8)
OUTCOME, APOLOGISED_AT, HOLDER, FIRST_DUE = range(8, 12)
CASE_COLUMNS = 12
"""Instants in seconds, -1 for none; HOLDER is the node that held the file when it became late."""

# -- columns of a node's sums ------------------------------------------------
DONE, WAITED, WAITED_WORKING, WORKED, DELAYED, LATE_STEPS, STARTED = range(7)
NODE_COLUMNS = 7

# -- rows of the log -----------------------------------------------------------
(
    OPENED,
    BEGUN,
    COMPLETED,
    CANCELLED,
    CHOSEN,
    FIRED,
    HELD,
    RESUMED,
    FINISHED,
    CLOSED,
    WITHDRAWN_NOW,
    ARRIVED,
    WAIT_OVER,
) = range(13)
LOG_COLUMNS = 6
"""Second, case, what, and three numbers that depend on what."""

# -- how a run ended -----------------------------------------------------------
(
    FINE,
    NO_CALENDAR,
    RUNAWAY,
    TWO_TOKENS,
    TWO_PAUSES,
    TOO_LONG,
) = range(6)
MOST_STEPS = 10_000
"""Automatic steps of one case in one instant; more is a runaway."""
MOST_VISITS = 50_000
"""Times one case comes to one step; more is a loop without end."""


class Outcome(NamedTuple):
    """What one run of a kernel gives."""

    status: int
    where: int
    """The node or scope a run stopped at."""
    stopped_at: int
    cases: Any
    """[case, column]"""
    nodes: Any
    """[node, column]"""
    queue_area: Any
    """By role: files × seconds waited."""
    queue_waits: Any
    """By role: seconds waited, of files that left the queue or still stand in it."""
    queue_most: Any
    offered: Any
    """By role: seconds of work that came."""
    busy: Any
    """By person: seconds of work in the measured time."""
    queue_at: Any
    """[tick, role]"""
    busy_at: Any
    """[tick, role]: people at work on a step of that role."""
    busy_person: Any
    """[person, hour of the day]: ticks at work."""
    open_at: Any
    """By tick: cases under way."""
    steps_done: int
    log: Any
    """[row, column]; empty unless asked for."""
    idle_beside_queue: int
    """Instants after which a file waited beside an idle, qualified person on shift: 0."""

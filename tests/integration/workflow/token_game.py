"""A token game of its own on block-structured processes: what BPMN 2.0 says they do.

It shares nothing with the engine: it walks the tree of blocks, not the graph, so a join is right
by construction: it is the end of its own block. A thing that waits is a `Waiting`; `Game.do` lets
one happen. `after` is what a token does next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    After = Callable[[], None]


@dataclass(frozen=True)
class Leaf:
    """A user task, an automatic one (`auto`), or an event waited for (`timer`, `message`)."""

    kind: str
    id: str


@dataclass(frozen=True)
class Rounds:
    """An activity several times: `many` at once or in a row; or while the value `again` is true.

    With `until`, a value that is true after a round ends it early.
    """

    id: str
    inner: Block
    many: int | None = None
    sequential: bool = False
    again: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Choice:
    """Exclusive: branch number `values[name]`, the last by default."""

    id: str
    name: str
    branches: tuple[Block, ...]


@dataclass(frozen=True)
class Parallel:
    """All branches, then on; `fork` is an automatic task that splits instead of a gateway."""

    id: str
    branches: tuple[Block, ...]
    fork: str | None = None


@dataclass(frozen=True)
class Inclusive:
    """The branches whose values `names` are true, the last by default."""

    id: str
    names: tuple[str, ...]
    branches: tuple[Block, ...]


@dataclass(frozen=True)
class Loop:
    """Again and again, as long as the value `name` is true at its end."""

    id: str
    name: str
    body: Block


@dataclass(frozen=True)
class Race:
    """The first of several events decides the way."""

    id: str
    ways: tuple[tuple[Leaf, Block], ...]


@dataclass(frozen=True)
class Throw:
    """An `error` or `escalation` for the handler of that name around it, or `terminate`."""

    kind: str
    id: str
    name: str = ""


@dataclass(frozen=True)
class Handler:
    """What an event sets off, instead of the rest or beside it."""

    event: Leaf
    body: Block
    interrupting: bool


@dataclass(frozen=True)
class Guarded:
    """An activity with events on its border."""

    host: Leaf | Rounds | Scoped
    handlers: tuple[Handler, ...]


@dataclass(frozen=True)
class Scoped:
    """A subprocess, a called process or the process itself.

    `tails` are paths after `body` that end without a join.
    """

    id: str
    body: Block
    handlers: tuple[Handler, ...] = ()
    tails: tuple[Block, ...] = ()
    called: bool = False


Block = (
    Leaf
    | Rounds
    | Sequence
    | Choice
    | Parallel
    | Inclusive
    | Loop
    | Race
    | Throw
    | Guarded
    | Scoped
)


class Scope:
    """What runs inside a subprocess, or inside one activity; gone at once when that is."""

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.threads = 0
        self.after: After | None = None
        self.catches: dict[str, After] = {}
        self.whole = False
        """It is a subprocess, not only an activity with a border."""

    def within(self, other: Scope) -> bool:
        scope: Scope | None = self
        while scope is not None and scope is not other:
            scope = scope.parent
        return scope is other


@dataclass(eq=False)
class Waiting:
    """Something that waits; `then` is what its happening does; `stays` is still there after it."""

    kind: str
    id: str
    scope: Scope
    then: After
    stays: bool = False


class Game:
    """A process being played."""

    def __init__(self, process: Scoped, values: dict[str, Any]) -> None:
        self.values = values
        self.waiting: list[Waiting] = []
        self.trace: list[str] = []
        self.ended = False
        self.inside(process, None, self.end)

    def end(self) -> None:
        self.ended = True

    def do(self, what: Waiting, values: dict[str, Any] | None = None) -> None:
        """Let one thing happen; `trace` has the activities completed by it."""
        self.values.update(values or {})
        self.trace = []
        if not what.stays:
            self.forget([what])
        if what.kind == "user":
            self.trace.append(what.id)
        what.then()

    def ids(self, kind: str) -> Counter[str]:
        return Counter(each.id for each in self.waiting if each.kind == kind)

    def forget(self, gone: list[Waiting]) -> None:
        self.waiting = [each for each in self.waiting if each not in gone]

    def clear(self, scope: Scope) -> None:
        self.waiting = [each for each in self.waiting if not each.scope.within(scope)]

    def wait(self, leaf: Leaf, scope: Scope, then: After, *, stays: bool = False) -> Waiting:
        made = Waiting(leaf.kind, leaf.id, scope, then, stays)
        self.waiting.append(made)
        return made

    def go(self, block: Block, scope: Scope, after: After) -> None:
        """A token enters a block of a scope; it goes on with `after`."""
        match block:
            case Leaf("auto", name):
                self.trace.append(name)
                after()
            case Leaf():
                self.wait(block, scope, after)
            case Sequence(()):
                after()
            case Sequence(parts):
                self.go(parts[0], scope, lambda: self.go(Sequence(parts[1:]), scope, after))
            case Choice(_, name, branches):
                self.go(branches[min(self.values[name], len(branches) - 1)], scope, after)
            case Parallel(_, branches, fork):
                self.trace += [fork] if fork is not None else []
                self.all_of(branches, scope, after)
            case Inclusive(_, names, branches):
                pairs = zip(names, branches, strict=False)
                chosen = tuple(branch for name, branch in pairs if self.values[name])
                self.all_of(chosen or branches[-1:], scope, after)
            case Loop(_, name, body):
                self.go(
                    body,
                    scope,
                    lambda: self.go(block, scope, after) if self.values[name] else after(),
                )
            case Race(_, ways):
                self.race(ways, scope, after)
            case Rounds():
                self.rounds(block, scope, after)
            case Scoped():
                self.inside(block, scope, after)
            case Guarded():
                self.guarded(block, scope, after)
            case Throw():
                self.throw(block, scope, after)

    def all_of(self, branches: tuple[Block, ...], scope: Scope, after: After) -> None:
        """A token for each branch; the last one to arrive goes on."""
        missing = [len(branches)]

        def arrived() -> None:
            missing[0] -= 1
            if missing[0] == 0:
                after()

        for branch in branches:
            self.go(branch, scope, arrived)

    def race(self, ways: tuple[tuple[Leaf, Block], ...], scope: Scope, after: After) -> None:
        runners: list[Waiting] = []

        def won(way: Block) -> None:
            self.forget(runners)
            self.go(way, scope, after)

        for event, way in ways:
            runners.append(self.wait(event, scope, lambda way=way: won(way)))  # type: ignore[misc]

    def rounds(self, block: Rounds, scope: Scope, after: After) -> None:
        inner = Scope(scope)
        done = [0]

        def over() -> None:
            done[0] += 1
            more = self.values[block.again] if block.again else done[0] < (block.many or 0)
            if (block.until and self.values[block.until]) or not more:
                self.clear(inner)
                after()
            elif block.again or block.sequential:
                self.go(block.inner, inner, over)

        if block.many == 0:
            after()
            return
        first = 1 if block.again or block.sequential else block.many or 0
        for _ in range(first):
            self.go(block.inner, inner, over)

    def guarded(self, block: Guarded, scope: Scope, after: After) -> None:
        inner = Scope(scope)
        borders: list[Waiting] = []

        def finished() -> None:
            self.forget(borders)
            after()

        def fired(handler: Handler) -> None:
            if handler.interrupting:
                self.forget(borders)
                self.clear(inner)
                self.go(handler.body, scope, after)
            else:
                self.thread(handler.body, scope)

        for each in block.handlers:
            stays = not each.interrupting and each.event.kind == "message"
            then: After = lambda each=each: fired(each)  # type: ignore[misc]  # noqa: E731
            if each.event.kind in {"error", "escalation"}:
                inner.catches[each.event.id] = then
            else:
                borders.append(self.wait(each.event, scope, then, stays=stays))
        self.go(block.host, inner, finished)

    def throw(self, block: Throw, scope: Scope, after: After) -> None:
        """The nearest handler of the name acts; a path that interrupts itself is over."""
        around: Scope | None = scope
        if block.kind == "terminate":
            while around is not None and not around.whole:
                around = around.parent
            assert around is not None
            around.threads = 1
            self.thread_over(around)
            return
        while around is not None and block.name not in around.catches:
            around = around.parent
        assert around is not None
        around.catches[block.name]()
        if block.kind == "gentle":
            after()

    def thread(self, block: Block, scope: Scope) -> None:
        """A path of its own in a subprocess, which is over only when all its paths are."""
        scope.threads += 1
        self.go(block, scope, lambda: self.thread_over(scope))

    def thread_over(self, scope: Scope) -> None:
        scope.threads -= 1
        if scope.threads == 0:
            self.clear(scope)
            assert scope.after is not None
            scope.after()

    def inside(self, block: Scoped, parent: Scope | None, after: After) -> None:
        """A subprocess begins: its handlers listen, its paths run."""
        scope = Scope(parent)
        scope.whole = True

        def over() -> None:
            self.trace += [block.id] if block.called else []
            after()

        scope.after = over

        def fired(handler: Handler) -> None:
            if handler.interrupting:
                self.clear(scope)
                scope.threads = 0
            self.thread(Scoped("", handler.body), scope)

        for each in block.handlers:
            stays = not each.interrupting and each.event.kind == "message"
            then: After = lambda each=each: fired(each)  # type: ignore[misc]  # noqa: E731
            self.wait(each.event, scope, then, stays=stays)
        scope.threads += 1
        self.go(block.body, scope, lambda: self.tails(block, scope))

    def tails(self, block: Scoped, scope: Scope) -> None:
        """The end of a subprocess's path, or a split that is never joined."""
        for tail in block.tails:
            self.thread(tail, scope)
        self.thread_over(scope)

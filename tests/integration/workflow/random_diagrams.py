"""Random block-structured processes, as blocks of the token game and as lines of a diagram."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from token_game import (
    Choice,
    Guarded,
    Handler,
    Inclusive,
    Leaf,
    Loop,
    Parallel,
    Race,
    Rounds,
    Scoped,
    Sequence,
    Throw,
)

if TYPE_CHECKING:
    import random

    from token_game import Block

Ends = list[tuple[str, str]]
"""Where a path stands: nodes, each with the condition of the flow that will leave it."""


class Maker:
    """Makes blocks from a source of chance; `names` are the values that decide the ways."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.made = 0
        self.numbers: dict[str, int] = {}
        self.flags: list[str] = []
        self.again: list[str] = []
        self.caught: list[Handler] = []
        """The errors and escalations that are caught around the block being made."""

    def process(self, depth: int) -> Scoped:
        return replace(self.scoped(depth, messages=True), called=False)

    def values(self, *, rounds: bool) -> dict[str, Any]:
        """Random values; without `rounds` no loop goes on."""
        found: dict[str, Any] = {
            name: self.chance.randrange(many) for name, many in self.numbers.items()
        }
        found.update((name, self.chance.random() < 0.5) for name in self.flags)
        found.update((name, rounds and self.chance.random() < 0.5) for name in self.again)
        return found

    def id(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made}"

    def flag(self, kept: list[str]) -> str:
        kept.append(self.id("v"))
        return kept[-1]

    def leaf(self, *, messages: bool, event: bool = False) -> Leaf:
        kinds = (
            ["timer", "message"] if event else ["user"] * 6 + ["auto"] * 2 + ["timer", "message"]
        )
        kind = self.chance.choice(kinds)
        if kind == "message" and not messages:
            kind = "timer"
        return Leaf(kind, self.id(kind[0]))

    def some(self, depth: int, *, messages: bool) -> tuple[Block, ...]:
        count = self.chance.choice([2, 2, 3])
        return tuple(self.block(depth, messages=messages) for _ in range(count))

    def block(self, depth: int, *, messages: bool) -> Block:
        if depth == 0:
            kinds = ["leaf"] * 8 + ["rounds", "guarded"]
        else:
            kinds = ["leaf", "sequence", "sequence", "choice", "parallel", "parallel", "inclusive"]
            kinds += ["inclusive", "loop", "loop", "scoped", "race", "rounds", "guarded", "throw"]
        if self.caught:
            kinds += ["throw"] * 6
        match self.chance.choice(kinds):
            case "sequence":
                return Sequence(self.some(depth - 1, messages=messages))
            case "choice":
                branches = self.some(depth - 1, messages=messages)
                name = self.id("n")
                self.numbers[name] = len(branches)
                return Choice(self.id("x"), name, branches)
            case "parallel":
                fork = self.id("a") if self.chance.random() < 0.3 else None
                return Parallel(self.id("p"), self.some(depth - 1, messages=messages), fork)
            case "inclusive":
                branches = self.some(depth - 1, messages=messages)
                names = tuple(self.flag(self.flags) for _ in branches[1:])
                return Inclusive(self.id("o"), names, branches)
            case "loop":
                body = Sequence(
                    (self.block(depth - 1, messages=messages), Leaf("user", self.id("u")))
                )
                return Loop(self.id("l"), self.flag(self.again), body)
            case "scoped":
                return self.scoped(depth - 1, messages=messages)
            case "race":
                count = self.chance.choice([2, 2, 3])
                ways = tuple(
                    (
                        self.leaf(messages=messages, event=True),
                        self.block(depth - 1, messages=messages),
                    )
                    for _ in range(count)
                )
                return Race(self.id("g"), ways)
            case "throw":
                return self.throw()
            case "rounds":
                return self.rounds(depth)
            case "guarded":
                return self.guarded(depth, messages=messages)
        return self.leaf(messages=messages)

    def throw(self) -> Block:
        """A step after which something is thrown, or not."""
        caught = self.chance.choice(self.caught) if self.caught else None
        if caught is None or self.chance.random() < 0.2:
            thrown = Throw("terminate", self.id("k"))
        else:
            kind = caught.event.kind if caught.interrupting else "gentle"
            thrown = Throw(kind, self.id("k"), caught.event.id)
        name = self.id("n")
        self.numbers[name] = 2
        step = Leaf("user", self.id("u"))
        ways = (thrown, Leaf("user", self.id("u")))
        return Sequence((step, Choice(self.id("x"), name, ways)))

    def scoped(self, depth: int, *, messages: bool) -> Scoped:
        body = self.block(depth, messages=messages)
        handlers: tuple[Handler, ...] = ()
        if self.chance.random() < 0.25:
            handlers = (self.handler(messages=messages),)
        tails: tuple[Block, ...] = ()
        if self.chance.random() < 0.15:
            tails = self.some(max(depth - 1, 0), messages=messages)
        called = self.chance.random() < 0.2
        return Scoped(self.id("S"), body, handlers, tails, called)

    def handler(self, *, messages: bool) -> Handler:
        return Handler(
            self.leaf(messages=messages, event=True),
            self.block(0, messages=messages),
            interrupting=self.chance.random() < 0.5,
        )

    def rounds(self, depth: int) -> Rounds:
        inner: Block = Leaf("user", self.id("u"))
        name = inner.id if isinstance(inner, Leaf) else ""
        if depth > 0 and self.chance.random() < 0.5:
            # Messages would not say which of the rounds they are for.
            inner = self.scoped(depth - 1, messages=False)
            name = inner.id
            body = Sequence((inner.body, Leaf("user", self.id("u"))))
            inner = Scoped(name, body, inner.handlers, called=inner.called)
        if self.chance.random() < 0.3:
            return Rounds(name, inner, again=self.flag(self.again))
        until = self.flag(self.flags) if self.chance.random() < 0.3 else None
        sequential = self.chance.random() < 0.5
        return Rounds(name, inner, self.chance.randrange(4), sequential=sequential, until=until)

    def guarded(self, depth: int, *, messages: bool) -> Guarded:
        host: Leaf | Rounds | Scoped = Leaf("user", self.id("u"))
        kind = self.chance.random()
        if depth > 0 and kind < 0.5:
            thrown = self.thrown_handlers(messages=messages)
            self.caught += thrown
            host = self.scoped(depth - 1, messages=messages)
            del self.caught[len(self.caught) - len(thrown) :]
            if thrown:
                return Guarded(host, thrown)
        elif kind < 0.7:
            host = self.rounds(depth)
        count = self.chance.choice([1, 1, 2])
        return Guarded(host, tuple(self.handler(messages=messages) for _ in range(count)))

    def thrown_handlers(self, *, messages: bool) -> tuple[Handler, ...]:
        kinds = self.chance.choice([(), ("error",), ("escalation",), ("error", "escalation")])
        return tuple(
            Handler(
                Leaf(kind, self.id("c")),
                self.block(0, messages=messages),
                interrupting=kind == "error" or self.chance.random() < 0.5,
            )
            for kind in kinds
        )


class Drawer:
    """Draws blocks as the lines that `engine_diagrams.bpmn` reads."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lines: list[str] = []
        self.made = 0
        self.called: list[Scoped] = []

    def process(self, process: Scoped) -> str:
        """The lines of the process P and of those it calls."""
        self.called = [process]
        for each in self.called:
            self.lines.append(f"process {'P' if each is process else f'C_{each.id}'} {{")
            self.inside(each)
            self.lines.append("}")
        return "\n".join(self.lines)

    def node(self, kind: str, name: str, ends: Ends, options: str = "") -> Ends:
        self.lines.append(f"{kind} {name} {options}".rstrip())
        self.lines += [f"{source} > {name}{condition}" for source, condition in ends]
        return [(name, "")]

    def hidden(self, kind: str, ends: Ends) -> Ends:
        self.made += 1
        return self.node(kind, f"h{self.made}", ends)

    def single(self, ends: Ends, *, always: bool = True) -> Ends:
        """Alternatives become one path, as a parallel join wants."""
        if len(ends) > 1 and (always or self.chance.random() < 0.5):
            return self.hidden("xor", ends)
        return ends

    def inside(self, block: Scoped) -> None:
        start = f"s_{block.id}"
        self.lines.append(f"start {start}")
        ends = self.draw(block.body, [(start, "")])
        if block.tails:
            ends = self.hidden("and", self.single(ends))
            for tail in block.tails:
                self.end(self.draw(tail, ends))
        else:
            self.end(ends)
        for number, handler in enumerate(block.handlers):
            gentle = "" if handler.interrupting else " noninterrupting"
            self.lines.append(f"esp E{number}_{block.id} {{")
            self.lines.append(f"start {handler.event.id} {event(handler.event)}{gentle}")
            self.end(self.draw(handler.body, [(handler.event.id, "")]))
            self.lines.append("}")

    def end(self, ends: Ends) -> None:
        if any(condition for _, condition in ends) or self.chance.random() < 0.8:
            self.hidden("end", ends)

    def draw(self, block: Block, ends: Ends) -> Ends:
        match block:
            case Leaf("user", name):
                return self.node("user", name, ends)
            case Leaf("auto", name):
                return self.node("service", name, ends)
            case Leaf(_, name):
                return self.node("catch", name, ends, event(block))
            case Throw("terminate", name):
                self.node("end", name, ends, "terminate")
                return []
            case Throw("error", name, caught):
                self.node("end", name, ends, f"error={caught}")
                return []
            case Throw(_, name, caught):
                return self.node("throw", name, ends, f"escalation={caught}")
            case Sequence(parts):
                for part in parts:
                    ends = self.draw(part, ends)
                return ends
            case Choice(name, value, branches):
                gate = self.node("xor", name, ends)[0][0]
                last = len(branches) - 1
                asked = [f" if {value} == {n}" if n < last else " default" for n in range(last + 1)]
                return self.branches(gate, asked, branches)
            case Parallel(name, branches, fork):
                kind, gate = ("service", fork) if fork else ("and", f"{name}f")
                ends = ends if fork else self.single(ends)
                source = self.node(kind, gate, ends)[0][0]
                joined: Ends = []
                for branch in branches:
                    joined += self.single(self.draw(branch, [(source, "")]))
                return self.node("and", f"{name}j", joined)
            case Inclusive(name, names, branches):
                gate = self.node("or", f"{name}f", ends)[0][0]
                asked = [*(f" if {each}" for each in names), " default"]
                joined = []
                for condition, branch in zip(asked, branches, strict=True):
                    joined += self.single(self.draw(branch, [(gate, condition)]), always=False)
                return self.node("or", f"{name}j", joined)
            case Loop(name, value, body):
                self.node("xor", f"{name}m", ends)
                done = self.draw(body, [(f"{name}m", "")])
                self.node("xor", f"{name}x", done)
                self.lines.append(f"{name}x > {name}m if {value}")
                return [(f"{name}x", " default")]
            case Race(name, ways):
                gate = self.node("race", name, ends)[0][0]
                joined = []
                for caught, way in ways:
                    joined += self.draw(way, self.draw(caught, [(gate, "")]))
                return joined
            case Guarded(host, handlers):
                return self.guarded(host, handlers, ends)
            case Rounds() | Scoped():
                return self.activity(block, ends)

    def branches(self, gate: str, asked: list[str], branches: tuple[Block, ...]) -> Ends:
        joined: Ends = []
        for condition, branch in zip(asked, branches, strict=True):
            joined += self.draw(branch, [(gate, condition)])
        return self.single(joined, always=False)

    def activity(self, block: Rounds | Scoped, ends: Ends) -> Ends:
        options = ""
        inner: Block = block
        if isinstance(block, Rounds):
            inner = block.inner
            options = f"loop={block.again}" if block.again else f"each={block.many}"
            options += " seq=true" if block.sequential else ""
            options += f" until={block.until}" if block.until else ""
        if isinstance(inner, Scoped) and inner.called:
            self.called.append(inner)
            return self.node("call", inner.id, ends, f"process=C_{inner.id} {options}")
        if isinstance(inner, Scoped):
            self.lines += [f"{source} > {inner.id}{condition}" for source, condition in ends]
            self.lines.append(f"sub {inner.id} {options} {{")
            self.inside(inner)
            self.lines.append("}")
            return [(inner.id, "")]
        return self.node("user", block.id, ends, options)

    def guarded(
        self, host: Leaf | Rounds | Scoped, handlers: tuple[Handler, ...], ends: Ends
    ) -> Ends:
        done = self.draw(host, ends)
        for handler in handlers:
            gentle = "" if handler.interrupting else " noninterrupting"
            self.lines.append(
                f"boundary {handler.event.id} on={host.id} {event(handler.event)}{gentle}"
            )
            after = self.draw(handler.body, [(handler.event.id, "")])
            if handler.interrupting:
                done = [*done, *after]
            else:
                self.end(after)
        return self.single(done)


def event(leaf: Leaf) -> str:
    return "timer=PT1H" if leaf.kind == "timer" else f"{leaf.kind}={leaf.id}"

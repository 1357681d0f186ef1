"""Small diagrams and scenarios for the rehearsal's tests, and diagrams drawn at random."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from simulations.arrivals import Cases, cases_of
from simulations.compiling.model import Model, compile_model
from simulations.inputs.scenario import (
    Arrivals,
    Duration,
    Group,
    Interruption,
    Procedure,
    Scenario,
    Step,
    Window,
)

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:mc="urn:motcua:bpmn:1" targetNamespace="t">'
)


def minutes(mean: float, cv: float | None = 0.9) -> Duration:
    if cv is None:
        return Duration(value_minutes=mean)
    return Duration(distribution="lognormal", mean_minutes=mean, cv=cv)


def exponential(mean_minutes: float) -> Duration:
    return Duration(distribution="exponential", mean_minutes=mean_minutes)


class Drawing:
    """A process written down element by element."""

    def __init__(self, process_id: str = "P") -> None:
        self.process_id = process_id
        self.scopes: list[list[str]] = [[]]
        self.count = 0
        self.steps: list[str] = []
        self.roles: dict[str, str] = {}
        self.shares: dict[str, dict[str, float]] = {}
        self.waits: list[str] = []
        self.events: list[str] = []
        self.limits: list[str] = []
        self.more: list[str] = []

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def put(self, text: str) -> None:
        self.scopes[-1].append(text)

    def flow(self, source: str, target: str, condition: str | None = None) -> str:
        flow = self.name("f")
        inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        self.put(
            f'<sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{inside}'
            "</sequenceFlow>"
        )
        return flow

    def task(self, role: str, kind: str = "examine", limit: str = "4wh") -> str:
        task = self.name("t")
        self.put(
            f'<userTask id="{task}" name="{task}"><extensionElements>'
            f'<mc:step kind="{kind}" role="{role}" limit="{limit}"/></extensionElements></userTask>'
        )
        self.steps.append(task)
        self.roles[task] = role
        return task

    def element(self, tag: str, inside: str = "", more: str = "") -> str:
        made = self.name(tag[0])
        self.put(f'<{tag} id="{made}" {more}>{inside}</{tag}>')
        return made

    def xml(self) -> bytes:
        limits = "".join(self.limits)
        return (
            f'{HEAD}<message id="m" name="m"/>{"".join(self.more)}'
            f'<process id="{self.process_id}" isExecutable="true">'
            f"<extensionElements>{limits}</extensionElements>{''.join(self.scopes[0])}"
            "</process></definitions>"
        ).encode()


def random_drawing(seed: int) -> Drawing:
    """A sound process of nested blocks: every kind of thing the tables know."""
    dice = random.Random(seed)
    drawing = Drawing()
    roles = ["a", "b", "c"]
    drawing.limits.append('<mc:namedLimit name="ngan" amount="6wh" relation="after-arming"/>')
    drawing.limits.append('<mc:namedLimit name="truoc_han" amount="1wd" relation="before-due"/>')
    drawing.limits.append('<mc:namedLimit name="xin_loi" relation="apology-due"/>')
    held = [False]

    def gate(kind: str, default: str | None = None) -> str:
        made = drawing.name("g")
        more = f' default="{default}"' if default else ""
        drawing.put(f'<{kind} id="{made}"{more}/>')
        return made

    def block(depth: int, *, may_hold: bool) -> tuple[str, str]:
        """Entry and exit of a block."""
        kinds = ["task", "task", "task"]
        if depth > 0:
            kinds += ["sequence", "xor", "and", "or", "loop", "sub", "race", "timer", "call"]
            kinds += ["border", "border_sub"]
            if may_hold and not held[0]:
                kinds += ["hold", "hold"]
        kind = dice.choice(kinds)
        if kind == "task":
            task = drawing.task(dice.choice(roles))
            return task, task
        if kind == "sequence":
            first = block(depth - 1, may_hold=may_hold)
            last = block(depth - 1, may_hold=may_hold)
            drawing.flow(first[1], last[0])
            return first[0], last[1]
        if kind in {"xor", "or"}:
            tag = "exclusiveGateway" if kind == "xor" else "inclusiveGateway"
            split, default = drawing.name("g"), drawing.name("d")
            join = gate(tag)
            shares: dict[str, float] = {}
            many = dice.randint(2, 3)
            for number in range(many):
                inner = block(depth - 1, may_hold=may_hold and kind == "xor")
                if number == 0:
                    drawing.put(
                        f'<sequenceFlow id="{default}" sourceRef="{split}" targetRef="{inner[0]}"/>'
                    )
                else:
                    flow = drawing.name("w")
                    test = f'{split} == "{flow}"' if kind == "xor" else f"{flow} == 1"
                    drawing.put(
                        f'<sequenceFlow id="{flow}" sourceRef="{split}" targetRef="{inner[0]}">'
                        f"<conditionExpression>{test}</conditionExpression></sequenceFlow>"
                    )
                    shares[flow] = round(dice.uniform(0.1, 0.4), 2)
                drawing.flow(inner[1], join)
            drawing.put(f'<{tag} id="{split}" default="{default}"/>')
            drawing.shares[split] = shares
            return split, join
        if kind == "and":
            split, join = gate("parallelGateway"), gate("parallelGateway")
            for _ in range(dice.randint(2, 3)):
                inner = block(depth - 1, may_hold=False)
                drawing.flow(split, inner[0])
                drawing.flow(inner[1], join)
            return split, join
        if kind == "loop":
            entry, default = gate("exclusiveGateway"), drawing.name("d")
            inner = block(depth - 1, may_hold=may_hold)
            split, out = drawing.name("g"), drawing.task(dice.choice(roles))
            again = drawing.name("w")
            drawing.flow(entry, inner[0])
            drawing.flow(inner[1], split)
            drawing.put(f'<exclusiveGateway id="{split}" default="{default}"/>')
            drawing.put(f'<sequenceFlow id="{default}" sourceRef="{split}" targetRef="{out}"/>')
            drawing.put(
                f'<sequenceFlow id="{again}" sourceRef="{split}" targetRef="{entry}">'
                f'<conditionExpression>{split} == "{again}"</conditionExpression></sequenceFlow>'
            )
            drawing.shares[split] = {again: round(dice.uniform(0.1, 0.4), 2)}
            return entry, out
        if kind in {"sub", "border_sub"}:
            drawing.scopes.append([])
            start = drawing.element("startEvent")
            inner = block(depth - 1, may_hold=False)
            end = drawing.element("endEvent")
            drawing.flow(start, inner[0])
            drawing.flow(inner[1], end)
            inside = "".join(drawing.scopes.pop())
            sub = drawing.name("s")
            drawing.put(f'<subProcess id="{sub}">{inside}</subProcess>')
            return border(sub) if kind == "border_sub" else (sub, sub)
        if kind == "border":
            return border(drawing.task(dice.choice(roles)))
        if kind == "call":
            other = drawing.name("Q")
            drawing.scopes.append([])
            start = drawing.element("startEvent")
            inner = block(depth - 1, may_hold=False)
            end = drawing.element("endEvent")
            drawing.flow(start, inner[0])
            drawing.flow(inner[1], end)
            inside = "".join(drawing.scopes.pop())
            drawing.more.append(f'<process id="{other}">{inside}</process>')
            call = drawing.element("callActivity", more=f'calledElement="{other}"')
            return call, call
        if kind == "race":
            race, join = gate("eventBasedGateway"), gate("exclusiveGateway")
            wait, timer = message(""), clock("ngan")
            drawing.waits.append(wait)
            for each in (wait, timer):
                drawing.flow(race, each)
                drawing.flow(each, join)
            return race, join
        if kind == "timer":
            timer = clock("ngan")
            return timer, timer
        held[0] = True
        wait = message('<mc:hold kind="supplement"/>')
        drawing.waits.append(wait)
        return wait, wait

    def message(hold: str) -> str:
        return drawing.element(
            "intermediateCatchEvent",
            f"<extensionElements>{hold}</extensionElements>"
            '<messageEventDefinition messageRef="m"/>',
        )

    def clock(limit: str) -> str:
        return drawing.element(
            "intermediateCatchEvent",
            f"<timerEventDefinition><timeDuration>{limit}</timeDuration></timerEventDefinition>",
        )

    def border(host: str) -> tuple[str, str]:
        """A timer or message on the border that leads on, or beside."""
        interrupts = dice.random() < 0.6
        join = gate("exclusiveGateway")
        cancel = "true" if interrupts else "false"
        event = drawing.name("e")
        if dice.random() < 0.5:
            definition = (
                "<timerEventDefinition><timeDuration>ngan</timeDuration></timerEventDefinition>"
            )
        else:
            definition = '<messageEventDefinition messageRef="m"/>'
            drawing.events.append(event)
        drawing.put(
            f'<boundaryEvent id="{event}" attachedToRef="{host}" cancelActivity="{cancel}">'
            f"{definition}</boundaryEvent>"
        )
        drawing.flow(host, join)
        if interrupts:
            drawing.flow(event, join)
        else:
            beside, end = drawing.task(dice.choice(roles)), drawing.element("endEvent")
            drawing.flow(event, beside)
            drawing.flow(beside, end)
        return host, join

    start = drawing.element("startEvent")
    receive = drawing.task("a", "receive")
    main = block(3, may_hold=True)
    hand_over = drawing.task("a", "return")
    end = drawing.element("endEvent", "<terminateEventDefinition/>" * (seed % 2))
    drawing.flow(start, receive)
    drawing.flow(receive, main[0])
    drawing.flow(main[1], hand_over)
    drawing.flow(hand_over, end)
    event_subprocess(drawing, "truoc_han" if seed % 3 else "xin_loi", interrupts=False)
    if seed % 2 == 0:
        event_subprocess(drawing, None, interrupts=True)
    return drawing


def event_subprocess(drawing: Drawing, limit: str | None, *, interrupts: bool) -> None:
    drawing.scopes.append([])
    start = drawing.name("e")
    if limit is None:
        definition = '<messageEventDefinition messageRef="m"/>'
        drawing.events.append(start)
    else:
        definition = (
            f"<timerEventDefinition><timeDuration>{limit}</timeDuration></timerEventDefinition>"
        )
    interrupting = "true" if interrupts else "false"
    drawing.put(
        f'<startEvent id="{start}" isInterrupting="{interrupting}">{definition}</startEvent>'
    )
    task = drawing.task("c", "refuse" if interrupts else "apologise", "1wh")
    end = drawing.element("endEvent")
    drawing.flow(start, task)
    drawing.flow(task, end)
    inside = "".join(drawing.scopes.pop())
    drawing.put(
        f'<subProcess id="{drawing.name("s")}" triggeredByEvent="true">{inside}</subProcess>'
    )


def scenario_of(
    drawing: Drawing,
    folder: Path,
    *,
    seed: int = 0,
    per_working_day: float = 6.0,
    last_on: date = date(2026, 2, 27),
    **more: object,
) -> Scenario:
    """A small office around a drawing; durations and waits follow from the seed."""
    dice = random.Random(seed)
    path = folder / "drawing.bpmn"
    path.write_bytes(drawing.xml())
    procedure = Procedure(
        key="p",
        diagram=str(path),
        limit=dice.choice(["3wd", "20wh", "5d", "same-day"]),
        pause_policy=dice.choice([None, "RESTART", "PAUSE_WD", "PAUSE_CALENDAR"]),
        arrivals=Arrivals(per_working_day=per_working_day, online_share=0.3, dispersion=1.5),
        steps={
            step: Step(
                duration=minutes(dice.uniform(5, 60)),
                delay=exponential(30) if dice.random() < 0.2 else None,
            )
            for step in drawing.steps
        },
        shares=drawing.shares,
        waits={
            each: Duration(distribution="exponential", mean_days=dice.uniform(0.2, 3))
            for each in drawing.waits
        },
        interruptions={
            each: Interruption(share=0.2, after=exponential(600), outcome="refused")
            for each in drawing.events
        },
    )
    made = {
        "name": "thử",
        "window": Window(first_on=date(2026, 2, 2), last_on=last_on, warm_up_days=10),
        "procedures": (procedure,),
        "staff": (
            Group(key="ab", count=1, roles=("a", "b")),
            Group(key="a", count=2, roles=("a",), hours=("07:00-11:30",)),
            Group(key="b", count=2, roles=("b",), speed=1.25),
            Group(key="c", count=2, roles=("c", "b")),
        ),
        "priority": dice.choice(["first_come", "due_date", "class_then_due_date"]),
        "allow_overload": True,
        **more,
    }
    return Scenario(**made)  # type: ignore[arg-type]


def prepared(scenario: Scenario, seed: int) -> tuple[Model, Cases]:
    model = compile_model(scenario)
    return model, cases_of(model.plans, scenario.procedures, seed)


def one_queue(
    folder: Path,
    *,
    servers: int,
    mean_minutes: float,
    load: float,
    duration: Duration | None = None,
    days: int = 300,
    limit: str = "1wd",
    **more: object,
) -> Scenario:
    """One step round the clock: the textbook's queue."""
    drawing = Drawing()
    start, task = drawing.element("startEvent"), drawing.task("r")
    end = drawing.element("endEvent")
    drawing.flow(start, task)
    drawing.flow(task, end)
    path = folder / "queue.bpmn"
    path.write_bytes(drawing.xml())
    per_day = load * servers * 1440 / mean_minutes
    first = date(2026, 1, 1)
    made = {
        "name": "hàng đợi",
        "window": Window(
            first_on=date.fromordinal(first.toordinal() + 20),
            last_on=date.fromordinal(first.toordinal() + 20 + days),
            warm_up_days=20,
        ),
        "procedures": (
            Procedure(
                key="p",
                diagram=str(path),
                limit=limit,
                arrivals=Arrivals(per_working_day=per_day, every_day=True),
                steps={task: Step(duration=duration or exponential(mean_minutes))},
            ),
        ),
        "staff": (Group(key="r", count=servers, roles=("r",), hours="always"),),
        **more,
    }
    return Scenario(**made)  # type: ignore[arg-type]

"""Small BPMN 2.0 processes with the traces that the standard, not the engine, gives them.

Each case: a diagram, the data it begins with, moves, the activities completed in order, and how it
stands: `ended`, or the steps that are open (sorted).
"""

from __future__ import annotations

import pytest
from engine_diagrams import Player

CASES: dict[str, tuple[str, str, str, str, str]] = {}


def case(name: str, diagram: str, moves: str, trace: str, stands: str, data: str = "") -> None:
    assert name not in CASES, name
    CASES[name] = (diagram, data, moves, trace, stands)


# --- sequences -----------------------------------------------------------------------------------
case(
    "a person's step after an automatic one",
    """
    start s
    service A
    user B
    end e
    s > A > B > e
    """,
    "B",
    "A B",
    "ended",
)
case(
    "every automatic kind of task passes at once",
    """
    start s
    task A
    service B
    rule C
    send D message=M
    script E "code=x = 1"
    end e
    s > A > B > C > D > E > e
    """,
    "",
    "A B C D E",
    "ended",
)
case("a manual task is open like a user task", "start s\nmanual A\nend e\ns > A > e", "", "", "A")
case("a task without a flow out ends its path", "start s\nuser A\ns > A", "A", "A", "ended")
case("without a start event the first task begins", "user A\nuser B\nA > B", "A", "A", "B")
case("without a start event every loose task begins", "user A\nuser B", "", "", "A B")
case("a start event alone ends at once", "start s", "", "", "ended")
case(
    "elements may be called Start, End and Root",
    "start Start\nuser Root\nend End\nStart > Root > End",
    "Root",
    "Root",
    "ended",
)
case(
    "several flows out of a task are an implicit split",
    "start s\nuser A\nuser B\nuser C\ns > A > B\nA > C",
    "A C",
    "A C",
    "B",
)
case(
    "conditional flows out of a task: each that holds",
    """
    start s
    user A
    user B
    user C
    user D
    s > A > B if x > 1
    A > C if x > 2
    A > D default
    """,
    "A|x=3",
    "A",
    "B C",
)
case(
    "conditional flows out of a task: the default if none holds",
    """
    start s
    user A
    user B
    user D
    s > A > B if x > 1
    A > D default
    """,
    "A|x=0",
    "A",
    "D",
)
case(
    "an unconditional flow beside a default one is taken with it",
    """
    start s
    user A
    user B
    user C
    user D
    s > A > B if x > 1
    A > C
    A > D default
    """,
    "A|x=0",
    "A",
    "C D",
)
case(
    "two flows into a task: each token does it anew",
    "start s\nand f\nuser A\nend e\ns > f > A > e\nf > A2 > A\ntask A2",
    "A A",
    "A2 A A",
    "ended",
)
case(
    "several flows out of a start event are a split",
    "start s\nuser A\nuser B\ns > A\ns > B",
    "",
    "",
    "A B",
)

# --- exclusive gateways --------------------------------------------------------------------------
XOR = """
    start s
    xor x
    user A
    user B
    user C
    end e
    s > x
    x > A if n > 10
    x > B if n > 5
    x > C default
    A > e
    B > e
    C > e
"""
case("exclusive: the first condition that holds", XOR, "A", "A", "ended", "n=11")
case("exclusive: the second one, if the first does not", XOR, "B", "B", "ended", "n=6")
case("exclusive: the default", XOR, "C", "C", "ended", "n=1")
case(
    "exclusive: a merge lets each token pass",
    "start s\nand f\nuser A\nuser B\nxor m\nuser C\nend e\ns > f > A > m > C > e\nf > B > m",
    "A B C C",
    "A B C C",
    "ended",
)
case(
    "a loop back through an exclusive gateway",
    "start s\nxor m\nuser A\nxor x\nend e\ns > m > A > x > e default\nx > m if again",
    "A|again=true A|again=true A|again=false",
    "A A A",
    "ended",
)

# --- parallel gateways ---------------------------------------------------------------------------
AND = "start s\nand f\nuser A\nuser B\nand j\nuser C\nend e\ns > f > A > j > C > e\nf > B > j"
case("parallel: the join waits for both", AND, "B", "B", "A")
case("parallel: after both it goes on once", AND, "B A C", "B A C", "ended")
case(
    "parallel in a loop: the second round waits for both again",
    """
    start s
    xor m
    and f
    user A
    user B
    and j
    user W
    xor x
    end e
    s > m > f > A > j > W > x > e default
    f > B > j
    x > m if again
    """,
    "A B W|again=true B",
    "A B W B",
    "A",
)
case(
    "parallel: two flows from one gateway to the join count apart",
    "start s\nand f\nand j\nuser A\ns > f\nf > t1 > j\nf > t2 > j\ntask t1\ntask t2\nj > A",
    "",
    "t1 t2",
    "A",
)
case(
    "parallel: a second token on the same flow waits for the next round",
    """
    start s
    and f
    user A
    user B
    user C
    xor m
    and j
    user D
    s > f > A > m > j > D
    f > B > m
    f > C > j
    """,
    "A B C",
    "A B C",
    "D",
)
case(
    "parallel: a join that misses a branch stands still for ever",
    "start s\nxor x\nuser A\nuser B\nand j\nuser C\ns > x\nx > A if 1 > 0\nx > B default\n"
    "A > j > C\nB > j",
    "A",
    "A",
    "nothing open",
)
case(
    "parallel: join and fork in one gateway",
    "start s\nand f\nuser A\nuser B\nand g\nuser C\nuser D\ns > f > A > g > C\nf > B > g > D",
    "A B",
    "A B",
    "C D",
)

# --- inclusive gateways --------------------------------------------------------------------------
OR = """
    start s
    or f
    user A
    user B
    user C
    or j
    user D
    end e
    s > f
    f > A if a
    f > B if b
    f > C default
    A > j > D > e
    B > j
    C > j
"""
case("inclusive: one way", OR, "A D", "A D", "ended", "a=true b=false")
case("inclusive: two ways, the join waits", OR, "A", "A", "B", "a=true b=true")
case("inclusive: two ways, then on once", OR, "A B D", "A B D", "ended", "a=true b=true")
case("inclusive: none holds, the default", OR, "C D", "C D", "ended", "a=false b=false")
case(
    "inclusive in a loop: the join waits in the second round too",
    """
    start s
    xor m
    or f
    user A
    user B
    or j
    user W
    xor x
    end e
    s > m > f
    f > A if a
    f > B if b
    A > j > W > x
    B > j
    x > m if again
    x > e default
    """,
    "A B W|again=true B",
    "A B W B",
    "A",
    "a=true b=true",
)
case(
    "inclusive: a token that turns away sets the join free",
    """
    start s
    and f
    user A
    user B
    xor x
    or j
    user D
    user E
    s > f > A > j > D
    f > B > x
    x > j if come
    x > E default
    """,
    "A B|come=false",
    "A B",
    "D E",
)
case(
    "inclusive: tokens of a parallel split are joined",
    "start s\nand f\nuser A\nuser B\nor j\nuser C\ns > f > A > j > C\nf > B > j",
    "B A",
    "B A",
    "C",
)
case(
    "inclusive: a later event on a border may still come",
    """
    start s
    and f
    user A
    user B
    boundary b on=B timer=PT1H
    or j
    user D
    end e
    s > f > A > j > D
    f > B > e
    b > j
    """,
    "A",
    "A",
    "B",
)
case(
    "inclusive: once the border is left the join opens",
    """
    start s
    and f
    user A
    user B
    boundary b on=B timer=PT1H
    or j
    user D
    end e
    s > f > A > j > D
    f > B > e
    b > j
    """,
    "A B",
    "A B",
    "D",
)

# --- event-based gateways ------------------------------------------------------------------------
RACE = """
    start s
    race g
    catch m message=M
    catch t timer=PT1H
    catch u timer=P1D
    catch v signal=S
    user A
    user B
    user C
    user D
    s > g
    g > m > A
    g > t > B
    g > u > C
    g > v > D
"""
case("event gateway: the message wins", RACE, "message:M A", "A", "ended")
case("event gateway: the first timer wins", RACE, "timer:t", "", "B")
case("event gateway: the second timer wins", RACE, "timer:u", "", "C")
case("event gateway: the signal wins", RACE, "signal:S", "", "D")
case(
    "event gateway: a receive task may win",
    "start s\nrace g\nreceive R message=M\ncatch t timer=PT1H\nuser A\nuser B\n"
    "s > g\ng > R > A\ng > t > B",
    "message:M",
    "R",
    "A",
)

# --- catching and throwing -----------------------------------------------------------------------
case(
    "an intermediate message is waited for",
    "start s\ncatch m message=M\nuser A\ns > m > A",
    "message:M",
    "",
    "A",
)
case(
    "a message is found by its id as well",
    "start s\ncatch m message=M\nuser A\ns > m > A",
    "message:message_M",
    "",
    "A",
)
case(
    "a receive task waits for its message",
    "start s\nreceive R message=M\nuser A\ns > R > A",
    "message:M",
    "R",
    "A",
)
case(
    "a receive task without a message waits by its id",
    "start s\nreceive R\nuser A\ns > R > A",
    "message:R",
    "R",
    "A",
)
case(
    "a message goes to one receiver only",
    "start s\nand f\ncatch m message=M\ncatch n message=M\nuser A\nuser B\n"
    "s > f > m > A\nf > n > B",
    "message:M",
    "",
    "A",
)
case(
    "a signal goes to all",
    "start s\nand f\ncatch m signal=S\ncatch n signal=S\nuser A\nuser B\ns > f > m > A\nf > n > B",
    "signal:S",
    "",
    "A B",
)
case("a timer is waited for", "start s\ncatch t timer=PT1H\nuser A\ns > t > A", "timer:t", "", "A")
case(
    "a date is waited for",
    "start s\ncatch t date=2026-11-20T08:00:00+07:00\nuser A\ns > t > A",
    "timer:t",
    "",
    "A",
)
case(
    "a quoted duration is a duration",
    "start s\ncatch t timer='\"PT1H\"'\nuser A\ns > t > A",
    "timer:t",
    "",
    "A",
)
case(
    "a condition that holds already is no wait",
    "start s\ncatch c 'condition=n > 3'\nuser A\ns > c > A",
    "",
    "",
    "A",
    "n=4",
)
case(
    "a condition is waited for",
    "start s\ncatch c 'condition=n > 3'\nuser A\ns > c > A",
    "data:|n=4",
    "",
    "A",
)
case(
    "a condition over a value nobody gave waits",
    "start s\ncatch c 'condition=n > 3'\nuser A\ns > c > A",
    "",
    "",
    "nothing open",
)
case(
    "a parallel step makes a condition true",
    "start s\nand f\ncatch c 'condition=n > 3'\nuser A\nuser B\ns > f > c > A\nf > B",
    "B|n=5",
    "B",
    "A",
)
case(
    "a thrown signal reaches a waiting branch",
    "start s\nand f\ncatch c signal=S\nuser A\nuser B\nthrow t signal=S\nuser C\n"
    "s > f > c > A\nf > B > t > C",
    "B",
    "B",
    "A C",
)
case(
    "a thrown signal nobody waits for is lost",
    "start s\nthrow t signal=S\ncatch c signal=S\nuser A\ns > t > c > A",
    "",
    "",
    "nothing open",
)
case(
    "a signal end event reaches a waiting branch",
    "start s\nand f\ncatch c signal=S\nuser A\nuser B\nend t signal=S\ns > f > c > A\nf > B > t",
    "B",
    "B",
    "A",
)
case(
    "a message thrown inside reaches what waits inside",
    "start s\nand f\ncatch c message=M\nuser A\nuser B\nend t message=M\ns > f > c > A\nf > B > t",
    "B",
    "B",
    "A",
)
case("a none throw event passes", "start s\nthrow t\nuser A\ns > t > A", "", "", "A")
case(
    "a link jumps to its target",
    "start s\nuser A\nthrow l link=L\ncatch k link=L\nuser B\nend e\ns > A > l\nk > B > e",
    "A B",
    "A B",
    "ended",
)
case(
    "two link sources share one target",
    "start s\nand f\nthrow l link=L\nthrow l2 link=L\ncatch k link=L\nuser B\ns > f > l\nf > l2\n"
    "k > B",
    "B B",
    "B B",
    "ended",
)
case(
    "one of several events is enough",
    "start s\ncatch c message=M signal=S\nuser A\ns > c > A",
    "signal:S",
    "",
    "A",
)
case(
    "parallel multiple needs all of them",
    "start s\ncatch c message=M signal=S parallelMultiple=true\nuser A\ns > c > A",
    "signal:S",
    "",
    "nothing open",
)
case(
    "parallel multiple goes on after all of them",
    "start s\ncatch c message=M signal=S parallelMultiple=true\nuser A\ns > c > A",
    "signal:S signal:S message:M",
    "",
    "A",
)

# --- ends ----------------------------------------------------------------------------------------
case(
    "terminate takes the other branch away",
    "start s\nand f\nuser A\nuser B\nend t terminate\nend e\ns > f > A > t\nf > B > e",
    "A",
    "A",
    "ended",
)
case(
    "a none end leaves the other branch alone",
    "start s\nand f\nuser A\nuser B\nend e\nend g\ns > f > A > e\nf > B > g",
    "A",
    "A",
    "B",
)
case(
    "terminate in a subprocess ends only the subprocess",
    "start s\nsub S {\nstart i\nand f\nuser A\nuser B\nend t terminate\ni > f > A > t\nf > B\n}\n"
    "user C\ns > S > C",
    "A",
    "A S",
    "C",
)
case(
    "an error end of the process ends it whole",
    "start s\nand f\nuser A\nuser B\nend t error=E\ns > f > A > t\nf > B",
    "A",
    "A",
    "ended",
)

# --- boundary events on steps --------------------------------------------------------------------
BORDER = "start s\nuser A\nboundary b on=A {kind}\nuser B\nuser C\nend e\ns > A > B > e\nb > C > e"
for kind, definition, move in (
    ("timer", "timer=PT1H", "timer:b"),
    ("message", "message=M", "message:M"),
    ("signal", "signal=S", "signal:S"),
    ("error", "error=E", "error:A:E"),
    ("escalation", "escalation=X", "escalation:A:X"),
    ("condition", "'condition=n > 3'", "data:|n=4"),
):
    drawn = BORDER.replace("{kind}", definition)
    case(f"an interrupting {kind} on a step takes it away", drawn, move, "", "C")
    case(f"without the {kind} the step goes on normally", drawn, "A", "A", "B")
    if kind != "error":
        gentle = BORDER.replace("{kind}", f"{definition} noninterrupting")
        case(f"a gentle {kind} leaves the step open", gentle, move, "", "A C")
        case(f"after a gentle {kind} both go on", gentle, f"{move} A C B", "A C B", "ended")
case(
    "a gentle message may come twice",
    BORDER.replace("{kind}", "message=M noninterrupting"),
    "message:M message:M",
    "",
    "A C C",
)
case(
    "a gentle duration fires once",
    BORDER.replace("{kind}", "timer=PT1H noninterrupting"),
    "timer:b C A B",
    "C A B",
    "ended",
)
case(
    "a gentle cycle of two fires twice",
    BORDER.replace("{kind}", "cycle=R2/PT1H noninterrupting"),
    "timer:b timer:b C C A B",
    "C C A B",
    "ended",
)
case(
    "a gentle condition fires again only after it was false",
    BORDER.replace("{kind}", "'condition=n > 3' noninterrupting"),
    "data:|n=4 data:|n=5 data:|n=1 data:|n=6",
    "",
    "A C C",
)
case(
    "a condition on a border that holds from the start interrupts at once",
    BORDER.replace("{kind}", "'condition=n > 3'"),
    "",
    "",
    "C",
    "n=9",
)
case(
    "an error is caught by its code",
    "start s\nuser A\nboundary b on=A error=E\nboundary d on=A error=F\nuser B\nuser C\n"
    "s > A\nb > B\nd > C",
    "error:A:F",
    "",
    "C",
)
case(
    "an error without a code catches any",
    "start s\nuser A\nboundary b on=A error\nuser B\ns > A\nb > B",
    "error:A:X",
    "",
    "B",
)
case(
    "the exact code is preferred to the open one",
    "start s\nuser A\nboundary b on=A error\nboundary d on=A error=F\nuser B\nuser C\n"
    "s > A\nb > B\nd > C",
    "error:A:F",
    "",
    "C",
)
case(
    "two events on one border: the first takes the other away",
    "start s\nuser A\nboundary b on=A timer=PT1H\nboundary d on=A message=M\nuser B\nuser C\n"
    "s > A\nb > B\nd > C",
    "message:M",
    "",
    "C",
)

# --- subprocesses --------------------------------------------------------------------------------
SUB = "start s\nsub S {\nstart i\nuser A\nuser B\nend j\ni > A > B > j\n}\nuser C\ns > S > C"
case("a subprocess is done before the flow goes on", SUB, "A B", "A B S", "C")
case("inside a subprocess", SUB, "A", "A", "B")
case(
    "a subprocess without a start event",
    "start s\nsub S {\nuser A\nuser B\n}\nuser C\ns > S > C",
    "B A",
    "B A S",
    "C",
)
case("an empty subprocess passes", "start s\nsub S {\n}\nuser C\ns > S > C", "", "S", "C")
case(
    "a subprocess in a subprocess",
    "start s\nsub S {\nstart i\nsub T {\nstart k\nuser A\nend l\nk > A > l\n}\nend j\n"
    "i > T > j\n}\n"
    "user C\ns > S > C",
    "A",
    "A T S",
    "C",
)
case(
    "a timer on a subprocess takes all of it away",
    "start s\nsub S {\nstart i\nand f\nuser A\nuser B\ni > f > A\nf > B\n}\n"
    "boundary b on=S timer=PT1H\nuser C\nuser D\ns > S > C\nb > D",
    "A timer:b",
    "A",
    "D",
)
case(
    "a gentle timer on a subprocess leaves it",
    "start s\nsub S {\nstart i\nuser A\ni > A\n}\nboundary b on=S timer=PT1H noninterrupting\n"
    "user C\nuser D\ns > S > C\nb > D",
    "timer:b A",
    "A S",
    "C D",
)
case(
    "an error end is caught on the border",
    "start s\nsub S {\nstart i\nuser A\nend j error=E\ni > A > j\n}\nboundary b on=S error=E\n"
    "user C\nuser D\ns > S > C\nb > D",
    "A",
    "A",
    "D",
)
case(
    "an error end takes the other branch of the subprocess away",
    "start s\nsub S {\nstart i\nand f\nuser A\nuser B\nend j error=E\ni > f > A > j\nf > B\n}\n"
    "boundary b on=S error=E\nuser C\nuser D\ns > S > C\nb > D",
    "A",
    "A",
    "D",
)
case(
    "an error passes through to an outer border",
    "start s\nsub S {\nstart i\nsub T {\nstart k\nend l error=E\nk > l\n}\nend j\ni > T > j\n}\n"
    "boundary b on=S error=E\nuser C\nuser D\ns > S > C\nb > D",
    "",
    "",
    "D",
)
case(
    "an automatic branch does not run on after the subprocess was interrupted",
    "start s\nsub S {\nstart i\nand f\nthrow x escalation=X\ntask T1\ntask T2\ntask T3\n"
    "i > f > x\nf > T1 > T2 > T3\n}\nboundary b on=S escalation=X\nuser D\ns > S\nb > D",
    "",
    "",
    "D",
)
case(
    "nothing after the throwing event runs when it interrupts its own subprocess",
    "start s\nsub S {\nstart i\nthrow x escalation=X\ntask T1\nend j\ni > x > T1 > j\n}\n"
    "boundary b on=S escalation=X\nuser C\nuser D\ns > S > C\nb > D",
    "",
    "",
    "D",
)
case(
    "a gentle escalation runs beside the subprocess",
    "start s\nsub S {\nstart i\nthrow x escalation=X\nuser A\nend j\ni > x > A > j\n}\n"
    "boundary b on=S escalation=X noninterrupting\nuser C\nuser D\ns > S > C\nb > D",
    "A",
    "A S",
    "C D",
)
case(
    "an escalation nobody catches changes nothing",
    "start s\nsub S {\nstart i\nthrow x escalation=X\nuser A\ni > x > A\n}\nuser C\ns > S > C",
    "A",
    "A S",
    "C",
)
case(
    "an escalation end ends its path",
    "start s\nsub S {\nstart i\nend j escalation=X\ni > j\n}\n"
    "boundary b on=S escalation=X noninterrupting\nuser C\nuser D\ns > S > C\nb > D",
    "",
    "S",
    "C D",
)
case(
    "a signal thrown inside a subprocess interrupts it by its border",
    "start s\nsub S {\nstart i\nthrow x signal=Z\ntask T1\ni > x > T1\n}\n"
    "boundary b on=S signal=Z\nuser C\nuser D\ns > S > C\nb > D",
    "",
    "",
    "D",
)
case(
    "a message waits inside a subprocess",
    "start s\nsub S {\nstart i\ncatch m message=M\ni > m\n}\nuser C\ns > S > C",
    "message:M",
    "S",
    "C",
)
case(
    "each pass through a subprocess is a new one",
    "start s\nsub S {\nstart i\nuser A\ni > A\n}\nxor x\nend e\ns > S > x\nx > S if again\n"
    "x > e default",
    "A|again=true A|again=false",
    "A S A S",
    "ended",
)

# --- transactions --------------------------------------------------------------------------------
TX = (
    "start s\ntx S {\nstart i\nxor x\nuser A\nend j\nend k cancel\ni > A > x\nx > k if stop\n"
    "x > j default\n}\nboundary b on=S cancel\nuser C\nuser D\ns > S > C\nb > D"
)
case("a transaction that succeeds goes on", TX, "A|stop=false", "A S", "C")
case("a cancelled transaction leaves by its cancel event", TX, "A|stop=true", "A", "D")

# --- event subprocesses --------------------------------------------------------------------------
ESP = "start s\nuser A\nend e\ns > A > e\nesp H {{\nstart h {start}\nuser B\nend k\nh > B > k\n}}"
for kind, definition, move in (
    ("timer", "timer=PT1H", "timer:h"),
    ("message", "message=M", "message:M"),
    ("signal", "signal=S", "signal:S"),
    ("escalation", "escalation=X", "escalation:A:X"),
    ("condition", "'condition=n > 3'", "data:|n=4"),
):
    case(
        f"an interrupting {kind} start takes the scope over",
        ESP.format(start=definition),
        f"{move} B",
        "B H",
        "ended",
    )
    case(
        f"a gentle {kind} start runs beside",
        ESP.format(start=f"{definition} noninterrupting"),
        f"{move} A",
        "A",
        "B",
    )
case(
    "an error start catches what a step raises",
    ESP.format(start="error=E"),
    "error:A:E B",
    "B H",
    "ended",
)
case(
    "without the event its subprocess does not matter",
    ESP.format(start="message=M"),
    "A",
    "A",
    "ended",
)
case(
    "the process waits for a gentle event subprocess",
    ESP.format(start="message=M noninterrupting"),
    "message:M A B",
    "A B H",
    "ended",
)
case(
    "a gentle event subprocess may run twice",
    ESP.format(start="message=M noninterrupting"),
    "message:M message:M",
    "",
    "A B B",
)
case(
    "an error end is caught by the event subprocess of its own scope",
    "start s\nand f\nuser A\nuser C\nend x error=E\ns > f > A > x\nf > C\n"
    "esp H {\nstart h error=E\nuser B\nh > B\n}",
    "A",
    "A",
    "B",
)
case(
    "an event subprocess inside a subprocess comes before its border",
    "start s\nsub S {\nstart i\nuser A\nend x error=E\ni > A > x\n"
    "esp H {\nstart h error=E\nuser B\nh > B\n}\n}\nboundary b on=S error=E\nuser C\nuser D\n"
    "s > S > C\nb > D",
    "A B",
    "A B H S",
    "C",
)
case(
    "an event subprocess may throw on to the border",
    "start s\nsub S {\nstart i\nuser A\nend x error=E\ni > A > x\n"
    "esp H {\nstart h error=E\ntask B\nend y error=F\nh > B > y\n}\n}\nboundary b on=S error=F\n"
    "user C\nuser D\ns > S > C\nb > D",
    "A",
    "A B",
    "D",
)
case(
    "an escalation inside starts a gentle event subprocess",
    "start s\nsub S {\nstart i\nthrow x escalation=X\nuser A\ni > x > A\n"
    "esp H {\nstart h escalation=X noninterrupting\nuser B\nh > B\n}\n}\nuser C\ns > S > C",
    "A B",
    "A B H S",
    "C",
)
case(
    "a signal thrown by a branch interrupts the process",
    "start s\nand f\nuser A\nthrow x signal=Z\ntask T\nuser C\ns > f > A > x > T\nf > C\n"
    "esp H {\nstart h signal=Z\nuser B\nh > B\n}",
    "A",
    "A",
    "B",
)
case(
    "a gentle cycle start fires as often as it says",
    ESP.format(start="cycle=R2/PT1H noninterrupting"),
    "timer:h timer:h A B B",
    "A B H B H",
    "ended",
)

# --- call activities -----------------------------------------------------------------------------
CALL = (
    "process P {\nstart s\ncall K process=Q\nuser C\ns > K > C\n}\n"
    "process Q {\nstart q\nuser A\nend z\nq > A > z\n}"
)
case("a called process is done before the flow goes on", CALL, "A", "A K", "C")
case(
    "a called process gives its values back",
    "process P {\nstart s\ncall K process=Q\nxor x\nuser C\nuser D\ns > K > x\nx > C if ok\n"
    "x > D default\n}\nprocess Q {\nstart q\nuser A\nq > A\n}",
    "A|ok=true",
    "A K",
    "C",
)
case(
    "an error of a called process is caught on the call",
    "process P {\nstart s\ncall K process=Q\nboundary b on=K error=E\nuser C\nuser D\ns > K > C\n"
    "b > D\n}\nprocess Q {\nstart q\nuser A\nend z error=E\nq > A > z\n}",
    "A",
    "A",
    "D",
)
case(
    "a timer on a call takes the called process away",
    "process P {\nstart s\ncall K process=Q\nboundary b on=K timer=PT1H\nuser C\nuser D\n"
    "s > K > C\nb > D\n}\nprocess Q {\nstart q\nuser A\nq > A\n}",
    "timer:b D",
    "D",
    "ended",
)
case(
    "terminate in a called process ends only that",
    "process P {\nstart s\ncall K process=Q\nuser C\ns > K > C\n}\n"
    "process Q {\nstart q\nand f\nuser A\nuser B\nend z terminate\nq > f > A > z\nf > B\n}",
    "A",
    "A K",
    "C",
)

# --- repeated activities -------------------------------------------------------------------------
case(
    "a standard loop runs while its condition holds",
    "start s\nuser A loop=again\nuser B\ns > A > B",
    "A|again=true A|again=false",
    "A A",
    "B",
)
case(
    "a standard loop stops at its maximum",
    "start s\nuser A 'loop=1 > 0' max=2\nuser B\ns > A > B",
    "A A",
    "A A",
    "B",
)
case(
    "a loop tested before may not run at all",
    "start s\nuser A loop=again before=1\nuser B\ns > A > B",
    "",
    "",
    "B",
    "again=false",
)
case(
    "a loop counts its rounds",
    "start s\ntask A 'loop=loopCounter < 3'\nuser B\ns > A > B",
    "",
    "A A A",
    "B",
)
case(
    "sequential multi-instance by number",
    "start s\nuser A each=2 seq=1\nuser B\ns > A > B",
    "A",
    "A",
    "A",
)
case(
    "sequential multi-instance goes on after the last",
    "start s\nuser A each=2 seq=1\nuser B\ns > A > B",
    "A A",
    "A A",
    "B",
)
case(
    "parallel multi-instance opens all at once",
    "start s\nuser A each=3\nuser B\ns > A > B",
    "",
    "",
    "A A A",
)
case(
    "parallel multi-instance goes on after the last",
    "start s\nuser A each=3\nuser B\ns > A > B",
    "A A A",
    "A A A",
    "B",
)
case("multi-instance of none passes", "start s\nuser A each=0\nuser B\ns > A > B", "", "", "B")
case(
    "multi-instance over a list",
    "start s\nuser A in=xs item=x\nuser B\ns > A > B",
    "",
    "",
    "A A",
    "xs=[4,5]",
)
case(
    "a completion condition takes the rest away",
    "start s\nuser A each=3 'until=nrOfCompletedInstances >= 2'\nuser B\ns > A > B",
    "A A",
    "A A",
    "B",
)
case(
    "a completion condition in sequence",
    "start s\nuser A each=5 seq=1 until=found\nuser B\ns > A > B",
    "A|found=false A|found=true",
    "A A",
    "B",
)
case(
    "an event on the border takes all rounds away",
    "start s\nuser A each=3\nboundary b on=A message=M\nuser B\nuser C\ns > A > B\nb > C",
    "A message:M",
    "A",
    "C",
)
case(
    "a subprocess for each",
    "start s\nsub S each=2 {\nstart i\nuser A\nuser B\ni > A > B\n}\nuser C\ns > S > C",
    "A A B B",
    "A A B S B S",
    "C",
)
case(
    "an error in one round takes all away",
    "start s\nsub S each=2 {\nstart i\nuser A\nend x error=E\ni > A > x\n}\n"
    "boundary b on=S error=E\nuser C\nuser D\ns > S > C\nb > D",
    "A",
    "A",
    "D",
)
case(
    "a called process for each in sequence",
    "process P {\nstart s\ncall K process=Q each=2 seq=1\nuser C\ns > K > C\n}\n"
    "process Q {\nstart q\nuser A\nq > A\n}",
    "A A",
    "A K A K",
    "C",
)
case(
    "a receive task for each takes one message each",
    "start s\nreceive R each=2 message=M\nuser B\ns > R > B",
    "message:M message:M",
    "R R",
    "B",
)

# --- starts --------------------------------------------------------------------------------------
case(
    "a message start waits for its message",
    "start s message=M\nuser A\ns > A",
    "message:M",
    "",
    "A",
)
case(
    "the plain start is taken beside a message start",
    "start s\nstart m message=M\nuser A\nuser B\ns > A\nm > B",
    "",
    "",
    "A",
)
case(
    "the first of two events starts the process",
    "start m message=M\nstart t timer=PT1H\nuser A\nuser B\nm > A\nt > B",
    "timer:t",
    "",
    "B",
)
case(
    "a conditional start waits for its condition",
    "start c 'condition=n > 3'\nuser A\nc > A",
    "data:|n=4",
    "",
    "A",
)


@pytest.mark.parametrize("name", list(CASES))
def test_bpmn_says(name: str) -> None:
    diagram, data, moves, trace, stands = CASES[name]
    player = Player(diagram, data)
    player.play(*(move.replace("|", " ") for move in moves.split()))
    assert " ".join(player.trace) == trace
    if stands == "ended":
        assert player.ended
        assert player.open == []
    elif stands == "nothing open":
        assert not player.ended
        assert player.open == []
    else:
        assert not player.ended
        assert " ".join(player.open) == stands

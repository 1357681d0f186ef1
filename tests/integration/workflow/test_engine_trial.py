"""Trials: every kind of move, several processes, timers on a virtual clock, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from engine_diagrams import bpmn

from desk.command_line.main import main
from engine.workflow import stage
from tests.builders import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Answer:
    document: dict[str, Any]
    status: int
    error: str

    @property
    def trace(self) -> str:
        return " ".join(self.document["trace"])

    @property
    def open(self) -> str:
        return " ".join(self.document["open"])

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in self.document["findings"]]


class Trial:
    """`motcua procedure trial --json` on lines of text."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(
        self, text: str | bytes, *moves: object, process: str = "", data: object = None
    ) -> Answer:
        play = {"data": data or {}, "moves": list(moves)} if moves or data else None
        return self.run(text, play, process)

    def run(self, text: str | bytes, play: object, process: str = "") -> Answer:
        file = self.folder / "thu.bpmn"
        file.write_bytes(text if isinstance(text, bytes) else bpmn(text))
        words = ["procedure", "trial", str(file), "--json"]
        for each in process.split():
            words += ["--process", each]
        if play is not None:
            script = self.folder / "play.json"
            script.write_text(play if isinstance(play, str) else json.dumps(play), "utf-8")
            words += ["--play", str(script)]
        status = 0
        try:
            main(words)
        except SystemExit as left:
            status = int(left.code or 0)
        said = self.capsys.readouterr()
        return Answer(json.loads(said.out), status, said.err)


@pytest.fixture
def trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Trial:
    return Trial(tmp_path, capsys)


def complete(element: str, **data: object) -> dict[str, object]:
    return {"complete": element, "data": data} if data else {"complete": element}


# --- without a play ------------------------------------------------------------------------------
def test_without_a_play_open_steps_complete_in_the_order_of_the_file(trial: Trial) -> None:
    done = trial("start s\nuser C\nuser B\nuser A\nand f\ns > f > A\nf > B\nf > C")
    assert (done.trace, done.document["ended"], done.open, done.status) == ("C B A", True, "", 0)
    assert done.document["findings"] == []


def test_without_a_play_the_clock_jumps_when_nothing_is_open(trial: Trial) -> None:
    done = trial("start s\nuser A\ncatch t timer=P2D\nservice B\nuser C\ns > A > t > B > C")
    assert done.trace == "A B C"
    assert done.document["now"] == "2026-11-18T07:30:00+07:00"


def test_without_a_play_a_step_comes_before_its_deadline(trial: Trial) -> None:
    done = trial("start s\nuser A\nboundary b on=A timer=PT1H\nuser B\ns > A\nb > B")
    assert done.trace == "A"


def test_without_a_play_a_process_may_wait_for_ever(trial: Trial) -> None:
    done = trial("start s\nuser A\ncatch m message=M\ns > A > m")
    assert (done.trace, done.document["ended"], done.open, done.status) == ("A", False, "m", 0)
    assert done.document["waiting"] == [
        {"element_id": "m", "kind": "message", "text": "M", "due_at": None}
    ]


def test_steps_round_in_a_circle_are_a_finding(trial: Trial) -> None:
    done = trial("start s\nuser A\nxor x\ns > A > x > A")
    assert (done.status, done.codes) == (1, ["trial-budget-spent"])
    assert done.document["trace"] == ["A"] * 10_000


def test_every_procedure_of_the_catalogue_can_be_tried(trial: Trial) -> None:
    for folder in sorted((PROJECT / "bpmn/procedures").iterdir()):
        assert trial.run((folder / f"{folder.name}.bpmn").read_bytes(), None).codes in (
            [],
            ["trial-stopped"],  # Without its forms beside it, a diagram lacks their answers.
        )


def test_a_procedure_takes_the_defaults_of_its_forms(capsys: pytest.CaptureFixture[str]) -> None:
    main(
        [
            "procedure",
            "trial",
            str(PROJECT / "bpmn/procedures/2.000908/2.000908.bpmn"),
            "--json",
        ]
    )
    document = json.loads(capsys.readouterr().out)
    assert (document["ended"], document["findings"]) == (True, [])


# --- moves ---------------------------------------------------------------------------------------
def test_moves_decide_the_order_and_the_data(trial: Trial) -> None:
    text = "start s\nuser A\nxor x\nuser B\nuser C\ns > A > x > B if n > 1\nx > C default"
    done = trial(text, complete("A", n=2))
    assert (done.trace, done.open, done.document["ended"]) == ("A", "B", False)
    assert trial(text, complete("A"), data={"n": 0}).open == "C"


def test_a_play_without_moves_only_begins(trial: Trial) -> None:
    done = trial.run("start s\nservice S\nuser A\ns > S > A", {})
    assert (done.trace, done.open) == ("S", "A")


def test_the_oldest_open_instance_completes_first(trial: Trial) -> None:
    text = "start s\nuser A in=xs item=each out=ys result=y\nscript B 'code=z = ys[0]'\ns > A > B"
    text += "\nxor x\nuser U\nuser V\nB > x > U if z == 1\nx > V default"
    done = trial(text, complete("A", y=1), complete("A", y=2), data={"xs": [7, 8]})
    assert (done.trace, done.open) == ("A A B", "U")


def test_a_timer_fires_when_its_instant_has_come(trial: Trial) -> None:
    text = "start s\nuser A\nboundary b on=A timer=PT5H\nuser B\ns > A\nb > B"
    early = trial(text, {"advance": "PT4H59M59S"})
    assert (early.open, early.document["waiting"][0]["due_at"]) == (
        "A",
        "2026-11-16T12:30:00+07:00",
    )
    assert trial(text, {"advance": "PT5H"}).open == "B"
    assert trial(text, {"advance": "PT4H"}, {"advance": "PT1H"}).open == "B"


def test_what_a_timer_arms_counts_from_its_own_instant(trial: Trial) -> None:
    text = "start s\ncatch t timer=PT1H\nservice A\ncatch u timer=PT1H\nservice B\ns > t > A"
    text += "\nA > u > B\ncatch v timer=PT1H\nB > v"
    done = trial(text, {"advance": "PT2H30M"})
    assert (done.trace, done.open) == ("A B", "v")
    assert done.document["waiting"][0]["due_at"] == "2026-11-16T10:30:00+07:00"


def test_the_first_of_two_timers_wins(trial: Trial) -> None:
    text = "start s\nrace g\ncatch t timer=P1D\ncatch u timer=PT1S\nservice A\nservice B\n"
    done = trial(text + "s > g > t > A\ng > u > B", {"advance": "P1D"})
    assert (done.trace, done.document["ended"]) == ("B", True)


@pytest.mark.parametrize(
    ("timer", "before", "after"),
    [
        ("timer='\"PT2H\"'", "PT1H59M", "PT1M"),
        ("timer=\"'PT2H'\"", "PT1H59M", "PT1M"),
        ("date=2026-11-17T07:30:00+07:00", "PT23H59M", "PT1M"),
        ("date=2026-11-17T07:30:00", "PT23H59M", "PT1M"),
        ("date='\"2026-11-17T00:30:00Z\"'", "PT23H59M", "PT1M"),
        ("date=2026-11-17", "PT16H29M", "PT1M"),
        ("timer=P1M", "P29D", "P1D"),
        ("timer=P1W", "P6D", "P1D"),
    ],
)
def test_iso_8601_quoted_or_not(trial: Trial, timer: str, before: str, after: str) -> None:
    text = f"start s\ncatch t {timer}\nservice A\ns > t > A"
    assert trial(text, {"advance": before}).open == "t"
    assert trial(text, {"advance": before}, {"advance": after}).trace == "A"


def test_a_date_that_is_over_fires_at_once(trial: Trial) -> None:
    done = trial.run("start s\ncatch t date=2020-01-01\nuser A\ns > t > A", {})
    assert done.open == "A"


def test_a_repeated_timer_fires_as_often_as_it_says(trial: Trial) -> None:
    text = "start s\nuser A\nboundary b on=A cycle=R3/PT1H noninterrupting\nservice B\ns > A\nb > B"
    assert trial(text, {"advance": "PT2H59M"}).trace == "B B"
    assert trial(text, {"advance": "P9D"}).trace == "B B B"
    quoted = text.replace("cycle=R3/PT1H", "cycle='\"R3/PT1H\"'")
    assert trial(quoted, {"advance": "P9D"}, complete("A")).trace == "B B B A"


def test_a_repetition_with_a_date_begins_on_it(trial: Trial) -> None:
    text = (
        "start s\nuser A\nboundary b on=A cycle=R2/2026-11-17T08:00/P1D noninterrupting\n"
        "service B\ns > A\nb > B"
    )
    assert trial(text, {"advance": "P1D"}).trace == ""
    assert trial(text, {"advance": "P1DT30M"}).trace == "B"
    assert trial(text, {"advance": "P9D"}).trace == "B B"


def test_a_message_and_a_signal_bring_their_data(trial: Trial) -> None:
    text = "start s\ncatch m message=M\ncatch g signal=S\nxor x\nuser A\nuser B\n"
    text += "s > m > g > x > A if n + k == 3\nx > B default"
    moves = ({"message": "M", "data": {"n": 1}}, {"signal": "S", "data": {"k": 2}})
    assert trial(text, *moves).open == "A"
    assert trial(text, moves[0]).open == "g"


def test_a_signal_nobody_waits_for_is_no_fault(trial: Trial) -> None:
    assert trial("start s\nuser A\ns > A", {"signal": "S"}, complete("A")).document["ended"]


def test_named_limits_count_by_the_offices_calendar(trial: Trial) -> None:
    diagram = (PROJECT / "bpmn/procedures/2.000908/2.000908.bpmn").read_bytes()
    done = trial.run(diagram, {"moves": [{"advance": "PT7H59M"}]})
    assert "xin_loi" not in done.open
    done = trial.run(diagram, {"moves": [{"advance": "PT8H"}]})
    assert "xin_loi" in done.open


def test_a_timer_start_begins_by_itself(trial: Trial) -> None:
    text = "start t timer=PT1H\nuser A\nt > A"
    assert trial(text, {"advance": "PT59M"}).open == ""
    assert trial(text, {"advance": "PT1H"}).open == "A"
    assert trial(text).document["now"] == "2026-11-16T08:30:00+07:00"


def test_starts_beside_the_plain_one_begin_cases_of_their_own(trial: Trial) -> None:
    text = "start s\nstart t timer=PT1H\nstart m message=M\nstart g signal=S\n"
    text += "user A\nuser B\nuser C\nuser D\ns > A\nt > B\nm > C\ng > D"
    moves = ({"message": "M"}, {"signal": "S"}, {"advance": "PT2H"})
    assert trial.run(text, {}).open == "A"
    assert trial(text, *moves).open == "A C D B"
    assert trial(text).trace == "A"


# --- traces --------------------------------------------------------------------------------------
def test_the_trace_has_every_activity_and_nothing_else(trial: Trial) -> None:
    text = """
    process P {
    start s
    user U
    manual M
    script S 'code=x = 1; y = x + 1'
    service V
    send D message=M1
    rule R
    task T
    call K process=Q
    receive W message=M2
    xor x
    end e
    s > U > M > S > V > D > R > T > K > W > x > e
    }
    process Q {
    start q
    user I
    q > I
    }
    """
    moves = [complete("U"), complete("M"), complete("I"), {"message": "M2"}]
    done = trial(text, *moves, process="P")
    assert done.trace == "U M S V D R T I K W"
    assert done.document["ended"]


def test_a_loop_leaves_a_trace_each_time(trial: Trial) -> None:
    text = "start s\nxor m\nuser A\nxor x\nend e\ns > m > A > x > e default\nx > m if again"
    done = trial(text, complete("A", again=True), complete("A", again=False))
    assert (done.trace, done.document["ended"]) == ("A A", True)


# --- several processes ---------------------------------------------------------------------------
PAIR = """
process P {
start s
user A
send B message=ask
catch m message=answer
user C
end e
s > A > B > m > C > e
}
process Q {
start q message=ask
user D
throw t message=answer
end f
q > D > t > f
}
"""


@pytest.mark.parametrize("flows", ["", "B ~> q\nt ~> m"])
def test_two_processes_talk(trial: Trial, flows: str) -> None:
    done = trial(PAIR + flows, complete("A"), process="P Q")
    assert (done.trace, done.open) == ("A B", "m D")
    done = trial(PAIR + flows, complete("A"), complete("D"), complete("C"), process="P Q")
    assert (done.trace, done.document["ended"]) == ("A B D C", True)
    assert trial(PAIR + flows, process="P Q").trace == "A B D C"


@pytest.mark.parametrize("message", [" message=M", ""])
def test_a_message_flow_may_lead_to_a_pool(trial: Trial, message: str) -> None:
    text = f"process P {{\nstart s\nuser A\nend e message{message[8:]}\ns > A > e\n}}\n"
    text += "process R {\nstart r\nreceive X message=M\nr > X\n}\n"
    text += "process Q {\nstart q\nreceive Y message=M\nuser C\nq > Y > C\n}\ne ~> pool_Q"
    assert trial(text, complete("A"), process="P R Q").trace == "A Y"


def test_a_message_to_a_pool_without_a_process_leaves(trial: Trial) -> None:
    text = "process P {\nstart s\nsend A message=M\ns > A\n}\n"
    text += "process Q {\nstart q\nreceive Y message=M\nq > Y\n}\nA ~> citizen"
    source = bpmn(text).replace(b"</collaboration>", b'<participant id="citizen"/></collaboration>')
    done = trial.run(source, {}, "P Q")
    assert (done.trace, done.document["ended"]) == ("A", False)


def test_a_process_alone_hears_nobody(trial: Trial) -> None:
    done = trial(PAIR + "B ~> q\nt ~> m", complete("A"), process="P")
    assert (done.trace, done.open) == ("A B", "m")


def test_a_process_that_starts_by_a_message_waits_for_it(trial: Trial) -> None:
    assert trial.run(PAIR, {}, "Q").document["ended"] is False
    done = trial(PAIR, {"message": "ask"}, process="Q")
    assert done.open == "D"
    again = trial(PAIR, {"message": "ask"}, {"message": "ask"}, process="Q")
    assert again.open == "D D"


def test_a_message_waits_until_its_receiver_is_ready(trial: Trial) -> None:
    text = "process P {\nstart s\nsend B message=M\ns > B\n}\n"
    text += "process Q {\nstart q\nuser D\nreceive R message=M\nq > D > R\n}"
    assert trial.run(text, {}, "P Q").trace == "B"
    assert trial(text, complete("D"), process="P Q").trace == "B D R"


def test_a_signal_reaches_every_process(trial: Trial) -> None:
    text = "process P {\nstart s\nuser A\nthrow t signal=S\ns > A > t\n}\n"
    text += "process Q {\nstart q\nuser B\nboundary b on=B signal=S\nuser C\nq > B\nb > C\n}\n"
    text += "process R {\nstart r signal=S\nuser D\nr > D\n}"
    assert trial(text, complete("A"), process="P Q R").open == "C D"


def test_processes_that_call_each_other_for_ever_are_a_finding(trial: Trial) -> None:
    text = "process P {\nstart s\nend e message=M\ns > e\n}\nprocess Q {\nstart q message=M\n"
    text += "end f message=N\nq > f\n}\nprocess R {\nstart r message=N\nend g message=M\nr > g\n}"
    done = trial.run(text, {}, "P Q R")
    assert (done.status, done.codes) == (1, ["trial-budget-spent"])


# --- refusals ------------------------------------------------------------------------------------
def test_a_refused_diagram_runs_nothing(trial: Trial) -> None:
    done = trial("start s\nservice A\ncomplex g\ns > A > g")
    assert (done.status, done.trace, done.codes) == (1, "", ["element-unknown"])
    assert done.document["findings"][0]["element_id"] == "g"
    assert done.document["error"]["code"] == "diagram_refused"
    assert done.error.startswith("error: diagram_refused: Expected a diagram that can run, but")


def test_a_procedure_whose_timer_names_no_limit_is_refused(trial: Trial) -> None:
    diagram = (PROJECT / "bpmn/procedures/2.000908/2.000908.bpmn").read_text("utf-8")
    renamed = diagram.replace(">quyet_dinh_xin_loi<", ">quyet_dinh_khac<")
    assert renamed != diagram
    done = trial(renamed.encode())
    assert (done.status, done.trace) == (1, "")
    assert "timer-name-undeclared" in done.codes


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (complete("B"), "Expected one of the open steps A, but the move completes 'B'"),
        (complete("t"), "Expected one of the open steps A, but the move completes 't'"),
        ({"message": "N"}, "Expected one of the awaited messages M, but the move sends 'N'"),
        (complete("A", typename="x"), "Expected a plain name, but 'typename' is reserved"),
    ],
)
def test_an_impossible_move_is_a_finding(trial: Trial, move: object, expected: str) -> None:
    text = "start s\nand f\nservice S\nuser A\ncatch t timer=PT1H\ncatch m message=M\nuser B\n"
    text += "s > S > f > A > B\nf > t\nf > m"
    done = trial(text, {"advance": "PT5M"}, move, complete("A"))
    assert (done.status, done.codes) == (1, ["trial-move-impossible"])
    (finding,) = done.document["findings"]
    assert finding["message_en"] == f"{expected} (at moves[1])"
    assert finding["details"]["move"] == 1
    assert (done.trace, done.open) == ("S", "A t m")
    assert done.error.count("\n") == 1


def test_a_loop_without_a_person_is_a_finding(trial: Trial) -> None:
    done = trial("start s\nxor m\ntask A\nxor x\nend e\ns > m > A > x > e default\nx > m if 1 > 0")
    assert (done.status, done.codes) == (1, ["trial-budget-spent"])


def test_a_loop_of_timers_is_a_finding(trial: Trial) -> None:
    done = trial("start s\nxor m\ncatch t timer=PT0S\ns > m > t > m")
    assert (done.status, done.codes) == (1, ["trial-budget-spent"])


def test_steps_that_pile_up_are_a_finding(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "MOST_LOOKS", 1_000)
    text = "start s\nuser A\nboundary b on=A cycle=R/PT1S noninterrupting\nuser B\ns > A\nb > B"
    done = trial(text, {"advance": "P365D"})
    assert (done.status, done.codes) == (1, ["trial-budget-spent"])


def test_a_gateway_without_a_way_is_a_finding(trial: Trial) -> None:
    text = "start s\nuser A\nxor x\nuser B\nuser C\ns > A > x > B if n > 1\nx > C if n < 0"
    done = trial(text, complete("A", n=1))
    assert (done.status, done.codes, done.open) == (1, ["trial-stopped"], "A")
    assert done.document["findings"][0]["element_id"] == "x"


def test_a_timer_without_an_instant_is_a_finding(trial: Trial) -> None:
    done = trial("start s\ncatch t timer=han_nao_do\ns > t")
    assert (done.status, done.codes) == (1, ["trial-stopped"])
    assert done.document["findings"][0]["element_id"] == "t"


def test_several_plain_starts_are_a_finding(trial: Trial) -> None:
    done = trial("start s\nstart t\nuser A\nuser B\ns > A\nt > B")
    assert (done.status, done.codes) == (1, ["trial-stopped"])


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        ("{", "Expected a play as JSON"),
        ("[]", "Expected a play like"),
        ('{"move": []}', "but it has 'move'"),
        ('{"moves": {}}', "Expected moves to be a list, but it is an object"),
        ('{"data": 3}', "Expected data to be an object, but it is the number 3"),
        ('{"moves": [3]}', "Expected moves[0] to have one of complete, advance, message, signal"),
        ('{"moves": [{}]}', "Expected moves[0] to have one of"),
        ('{"moves": [{"advance": "PT1H"}, {"do": "A"}]}', "Expected moves[1] to have one of"),
        ('{"moves": [{"complete": "A", "signal": "S"}]}', "it has complete and signal"),
        ('{"moves": [{"complete": ""}]}', "Expected moves[0].complete to be a text"),
        ('{"moves": [{"complete": "A", "x": 1}]}', "Expected moves[0] to have complete and data"),
        ('{"moves": [{"complete": "A", "data": []}]}', "Expected moves[0].data to be an object"),
        ('{"moves": [{"advance": "5h"}]}', "Expected moves[0].advance to be a duration"),
        ('{"moves": [{"advance": "PT1H", "data": {}}]}', "Expected moves[0] to have advance only"),
    ],
)
def test_a_play_that_cannot_be_read_names_the_move(trial: Trial, play: str, expected: str) -> None:
    done = trial.run("start s\nuser A\ns > A", play)
    assert (done.status, done.error.count("\n")) == (1, 1)
    assert expected in done.error


def test_an_unknown_process_is_refused(trial: Trial) -> None:
    done = trial("start s\nuser A\ns > A", process="Q")
    assert (done.status, done.document["error"]["code"]) == (1, "bad_input")
    assert trial("start s\nuser A\ns > A", process="P P").status == 1


def test_people_read_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "thu.bpmn"
    file.write_bytes(bpmn("start s\nuser A name='Tiếp nhận'\ncatch t message=M\ns > A > t"))
    main(["procedure", "trial", str(file)])
    said = capsys.readouterr().out
    assert "  1. A  Tiếp nhận" in said
    assert "  - t (thông điệp M)" in said
    assert "Quy trình chưa kết thúc." in said

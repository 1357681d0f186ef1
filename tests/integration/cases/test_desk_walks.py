"""Random walks of what a desk may do with a case: the books hold together after every act."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from books_invariants import check

from engine.cases.blueprints import blueprint_of
from engine.cases.claim_step import claim_step, hand_over_step, release_step
from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.intake.collect_fee import Fee, collect_fee
from engine.cases.intake.correct_case import Correction, correct_case
from engine.cases.intake.show_identity import show_identity
from engine.cases.take_back_step import TakeBackRefusedError, take_back_step
from engine.cases.training import clock_of
from engine.catalog.extension import StepKind
from engine.clock import office_time
from engine.database import reading
from engine.errors import OfficeError
from engine.workflow.run import look
from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from collections.abc import Callable

PROCEDURES = ("1.009994", "2.001610", "2.000488", "1.004616")
ENDS = (StepKind.RETURN, StepKind.REFUSE, StepKind.APOLOGISE)
ACTS = 14


class Desk:
    """Everything people may do with one case, some of which the office refuses."""

    def __init__(self, office: TrainingOffice, dice: random.Random) -> None:
        self.office = office
        self.dice = dice
        self.number = office.receive(
            dice.choice(PROCEDURES), data={"owner": {"id_number": "012345678901"}}
        )
        self.last: str | None = None
        self.done: list[str] = []

    def steps(self) -> list[dict[str, Any]]:
        return [s for s in self.office.case(self.number)["open_steps"] if s["kind"] not in ENDS]

    def act(self) -> None:
        acts: list[Callable[[], Any]] = [
            self.complete, self.complete, self.complete, self.back, self.back,
            self.claim, self.release, self.hand_over, self.correct, self.fee, self.show, self.wait,
        ]  # fmt: skip
        act = self.dice.choice(acts)
        before = self.office.case(self.number)
        try:
            act()
        except OfficeError:
            refused = True
        else:
            refused = False
            self.done.append(act.__name__)
        if refused:
            assert self.office.case(self.number) == before, f"{act.__name__} was half done"

    def complete(self) -> None:
        step = self.dice.choice(self.steps())
        self.office.do(
            complete_step, number=self.number, step_id=step["task_id"], by=step["officer"]
        )
        self.last = step["task_id"]

    def back(self) -> None:
        if self.last is None:
            raise TakeBackRefusedError("nothing was done")
        self.office.do(take_back_step, number=self.number, step_id=self.last, reason="nhầm")

    def claim(self) -> None:
        step = self.dice.choice(self.steps())
        self.office.do(claim_step, number=self.number, step_id=step["task_id"])

    def release(self) -> None:
        step = self.dice.choice(self.steps())
        self.office.do(release_step, number=self.number, step_id=step["task_id"])

    def hand_over(self) -> None:
        step = self.dice.choice(self.steps())
        to = self.dice.choice(["cb.tiepnhan1", "cb.tiepnhan2", "cv.thamdinh1", "ld.chutich"])
        self.office.do(hand_over_step, number=self.number, step_id=step["task_id"], to=to)

    def correct(self) -> None:
        wanted = self.dice.choice(
            [
                {"owner": f"Tên {self.dice.randint(1, 99)}"},
                {"channel": self.dice.choice(["online", "counter"])},
                {"procedure": self.dice.choice(PROCEDURES)},
                {"owner_data": {"phone": str(self.dice.randint(1, 99))}},
            ]
        )
        self.office.do(
            correct_case, number=self.number, reason="nhầm", correction=Correction(**wanted)
        )

    def fee(self) -> None:
        self.office.do(collect_fee, number=self.number, paid=Fee(self.dice.randint(1, 9)))

    def show(self) -> None:
        self.office.do(show_identity, number=self.number, reason="đối chiếu", by="cb.tiepnhan1")

    def wait(self) -> None:
        with reading(self.office.books) as db:
            now = office_time(clock_of(db).now())
        later = now.replace(minute=(now.minute + 20) % 60, hour=now.hour + (now.minute >= 40))
        self.office.until(later.replace(tzinfo=None).isoformat())


@pytest.mark.parametrize("seed", range(6))
def test_after_any_walk_the_books_hold_and_the_case_comes_to_its_end(
    office: TrainingOffice, seed: int
) -> None:
    desk = Desk(office, random.Random(seed))
    for _ in range(ACTS):
        if not desk.steps():
            break
        desk.act()
    check(office.books)
    assert desk.done
    with reading(office.books) as db:
        file = read_case(db, clock_of(db), desk.number)
        assert look(blueprint_of(file.version), file.engine_state).state
    for step in desk.steps():
        if step["officer"] is not None:
            office.do(release_step, number=desk.number, step_id=step["task_id"])
    office.work_until(desk.number)
    assert office.kinds(desk.number) == ["return"] or office.case(desk.number)["status"] == 6
    check(office.books)

"""Builders: a training office in given books, cases at the point a test wants them."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk.command_line.main import main
from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.intake.receive_case import receive_case
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.training import clock_of
from engine.cases.views import whole
from engine.catalog.extension import StepKind
from engine.clock import SystemClock, office_instant
from engine.database import reading, transaction
from engine.open_office import TRAINING_AGENCY, open_office
from engine.scheduler.sweep import Swept, advance_training_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

PROJECT = Path(__file__).resolve().parent.parent
ONE_STOP_ENDS = (StepKind.RETURN, StepKind.REFUSE, StepKind.APOLOGISE)


class TrainingOffice:
    """A training office with short words for what tests do all the time."""

    def __init__(self, books: Engine, *, opened: bool = False) -> None:
        self.books = books
        if opened:
            return
        with transaction(books) as db:
            open_office(db, SystemClock(), root=PROJECT / "bpmn", training=True, revision="test")

    def do(self, command: Callable[..., Any], **given: Any) -> Any:
        """Run a command in a transaction of its own, by the office's clock."""
        with transaction(self.books) as db:
            return command(db, clock_of(db), **given)

    def receive(
        self,
        procedure: str = "1.009994",
        *,
        owner: str = "Nguyễn Văn A",
        channel: str = "counter",
        **given: Any,
    ) -> str:
        """Receive a dossier; gives its number."""
        file = self.do(
            receive_case,
            procedure=procedure,
            agency=TRAINING_AGENCY,
            owner=owner,
            channel=channel,
            **given,
        )
        number: str = file.number
        return number

    def case(self, number: str) -> dict[str, Any]:
        """Everything the books say of a case."""
        with reading(self.books) as db:
            return whole(read_case(db, clock_of(db), number))

    def events(self, number: str) -> list[str]:
        """The words of a case's journal, in order."""
        return [entry["type"] for entry in self.case(number)["journal"]]

    def event(self, number: str, kind: str) -> dict[str, Any]:
        """The data of the last event of a kind."""
        found = [e["data"] for e in self.case(number)["journal"] if e["type"] == kind]
        assert found, f"{kind} is not in the journal of {number}"
        data: dict[str, Any] = found[-1]
        return data

    def open(self, number: str) -> list[str]:
        """Element ids of the open steps."""
        return [step["step_id"] for step in self.case(number)["open_steps"]]

    def kinds(self, number: str) -> list[str]:
        """Kinds of the open steps."""
        return [step["kind"] for step in self.case(number)["open_steps"]]

    def complete(self, number: str, step_id: str, **given: Any) -> Any:
        """Complete a step."""
        return self.do(complete_step, number=number, step_id=step_id, **given)

    def work_until(self, number: str, kind: str | None = None) -> None:
        """Complete step after step along the normal path, up to a kind or the hand-over."""
        while True:
            with reading(self.books) as db:
                file = read_case(db, clock_of(db), number)
                if file.status not in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
                    return
                steps = [
                    row.element_id
                    for row in open_steps(db, file.id)
                    if row.kind not in ONE_STOP_ENDS and row.kind != kind
                ]
            if not steps:
                return
            self.complete(number, steps[0])

    def until(self, text: str) -> Swept:
        """Move the office's clock; all that is due on the way happens."""
        return advance_training_clock(self.books, office_instant(text))


def read_cli(words: list[str]) -> dict[str, Any]:
    """Run `motcua WORDS --json` in this process; gives its document."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main([*words, "--json"])
    document: dict[str, Any] = json.loads(said.getvalue())
    return document

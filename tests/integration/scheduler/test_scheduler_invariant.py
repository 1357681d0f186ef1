"""Random offices: no case is past its original due without an apology or a named person."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.cases.intake.withdraw_case import withdraw_case
from engine.cases.lateness.sign_apology import sign_apology
from engine.cases.return_result import return_result
from engine.cases.tables import case, letter
from engine.cases.telling.inbox import messages, open_escalations, take_up
from engine.cases.training import clock_of
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.cases.waiting.stop_case import resume_case, stop_case
from engine.clock import FrozenClock, office_date
from engine.database import reading
from engine.errors import OfficeError
from engine.scheduler.sweep import advance_training_clock, sweep
from engine.staff.commands import name_deputy, record_absence
from tests.builders import TrainingOffice
from tests.crowd import set_clock

PROCEDURES = ("TINH-07", "2.001610", "1.009994", "TINH-20", "2.000908")
MOVES = 50
CHOICES = (
    "receive",
    "work",
    "work",
    "ask",
    "answer",
    "pay",
    "apologise",
    "stop",
    "resume",
    "withdraw",
    "return",
    "take_up",
    "absent",
    "pass",
    "pass",
    "pass",
    "pass",
    "outage",
    "outage",
)


def _unanswered(office: TrainingOffice) -> list[str]:
    """Numbers of late open cases that nobody apologised for and nobody is named for."""
    with reading(office.books) as db:
        now = clock_of(db).now()
        rows = db.execute(
            select(case.c.id, case.c.number).where(
                case.c.finished_at.is_(None),
                case.c.due_original_at < now,
                # While its clock stands a case goes past no date, unless it was late before.
                case.c.status.in_((2, 4)) | case.c.became_late_at.is_not(None),
                case.c.status.in_((2, 4, 5, 6, 8)),
            )
        ).all()
        return [
            row.number
            for row in rows
            if not db.scalar(
                select(letter.c.id).where(letter.c.case_id == row.id, letter.c.meaning == "XIN_LOI")
            )
            and not open_escalations(db, row.id)
        ]


def _late(office: TrainingOffice) -> set[str]:
    with reading(office.books) as db:
        return set(db.scalars(select(case.c.number).where(case.c.became_late_at.is_not(None))))


def _move(office: TrainingOffice, chance: random.Random, numbers: list[str]) -> str:
    choice = chance.choice(CHOICES)
    number = chance.choice(numbers) if numbers else None
    if choice == "receive" or number is None:
        numbers.append(office.receive(chance.choice(PROCEDURES)))
        return f"receive {numbers[-1]}"
    acts: dict[str, Any] = {
        "work": lambda: office.complete(number, chance.choice(office.open(number) or ["-"])),
        "ask": lambda: office.do(
            request_supplement,
            number=number,
            reason="Thiếu",
            components=_components(office, number),
        ),
        "answer": lambda: office.do(accept_supplement, number=number),
        "pay": lambda: office.do(confirm_payment, number=number),
        "apologise": lambda: office.do(sign_apology, number=number, signer="ld.chutich"),
        "stop": lambda: office.do(stop_case, number=number, request="Tranh chấp", decision="1/QĐ"),
        "resume": lambda: office.do(resume_case, number=number),
        "withdraw": lambda: (
            chance.random() < 0.3 and office.do(withdraw_case, number=number, reason="Đơn rút")
        ),
        "return": lambda: office.do(
            return_result, number=number, originals_returned=True, cause="QUA_TAI"
        ),
        "take_up": lambda: _take_up(office, chance),
        "absent": lambda: _send_away(office, chance),
        "pass": lambda: _pass(office, chance, fired=True),
        "outage": lambda: _pass(office, chance, fired=False),
    }
    try:
        acts[choice]()
    except OfficeError as refusal:
        return f"{choice} {number} refused: {refusal.code}"
    return f"{choice} {number}"


def _components(office: TrainingOffice, number: str) -> list[str]:
    return list(office.case(number)["components"])[:1] or ["x"]


def _take_up(office: TrainingOffice, chance: random.Random) -> None:
    with reading(office.books) as db:
        found = [m for m in messages(db) if m["kind"] == "alert"]
    if found:
        one = chance.choice(found)
        office.do(take_up, message=one["id"], by=one["officer"])


def _send_away(office: TrainingOffice, chance: random.Random) -> None:
    who, deputy = chance.choice(
        [("ld.chutich", "ld.phochutich"), ("cb.tiepnhan1", "cb.tiepnhan2"), ("tp.chuyenmon", "x")]
    )
    with reading(office.books) as db:
        on: date = office_date(clock_of(db).now())
    office.do(
        record_absence,
        officer_code=who,
        first_on=on,
        last_on=on + timedelta(days=chance.randrange(9)),
        reason="nghỉ",
        by="a",
    )
    if chance.random() < 0.5:
        office.do(name_deputy, officer_code=who, deputy_code=deputy, since=on, by="a")


def _pass(office: TrainingOffice, chance: random.Random, *, fired: bool) -> None:
    with reading(office.books) as db:
        now = clock_of(db).now()
    to = now + timedelta(minutes=chance.choice((45, 240, 1440, 4000)))
    if fired:
        advance_training_clock(office.books, to)
        return
    set_clock(office.books, to)  # nobody swept meanwhile: the scheduler comes back now
    sweep(office.books, FrozenClock(to))


@pytest.mark.parametrize("seed", range(3))
def test_no_late_case_is_without_an_apology_or_an_open_escalation(
    office: TrainingOffice, seed: int
) -> None:
    chance = random.Random(seed)
    numbers: list[str] = []
    told: list[str] = []
    late: set[str] = set()
    for _ in range(MOVES):
        told.append(_move(office, chance, numbers))
        assert _unanswered(office) == [], "\n".join(told[-12:])
        late |= _late(office)
    # At last one case is left alone until it is late, whatever chance did before.
    office.receive("TINH-07")
    with reading(office.books) as db:
        eight_days_on = clock_of(db).now() + timedelta(days=8)
    advance_training_clock(office.books, eight_days_on)
    assert _unanswered(office) == []
    late |= _late(office)
    assert late, "an office where nothing is ever late proves nothing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_no_late_case_is_without_one_in_many_offices(office: TrainingOffice, seed: int) -> None:
    test_no_late_case_is_without_an_apology_or_an_open_escalation(office, seed)

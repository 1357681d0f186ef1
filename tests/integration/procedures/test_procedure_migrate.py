"""Running cases move to another version: in the mapped state to the end, or untouched (F13)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from engine.cases.tables import case, case_state, hold, step, timer
from engine.cases.training import clock_of
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.model import Decision
from engine.catalog.versions import store_version, version_in_force
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.procedures.migrate_procedure import MigrationRefusedError, Outlook, migration
from engine.procedures.publish_procedure import publish_procedure
from tests.builders import PROJECT, TrainingOffice

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_text("utf-8")


def publish(office: TrainingOffice, bpmn: str, number: str = "9/QĐ") -> int:
    with reading(office.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
    made, _ = office.do(
        publish_procedure,
        bpmn=bpmn.encode(),
        meta=meta,
        decision=Decision(number, date(2026, 11, 1), "Chủ tịch UBND tỉnh", date(2026, 11, 16)),
        sample=False,
        by="test",
    )
    version: int = made
    return version


def outlooks(office: TrainingOffice, to: int, **given: Any) -> dict[str, Outlook]:
    with reading(office.books) as db:
        plan = migration(db, clock_of(db), code=CODE, to=to, **given)
        return {each.number: each for each in plan.outlooks(db)}


def apply(office: TrainingOffice, to: int, **given: Any) -> dict[str, Outlook]:
    with reading(office.books) as db:
        plan = migration(db, clock_of(db), code=CODE, to=to, **given)
        numbers = [each.number for each in plan.outlooks(db)]
    done = {}
    for number in numbers:
        with transaction(office.books) as db:
            done[number] = plan.apply(db, clock_of(db), number=number, by="test")
    return done


def books_of(office: TrainingOffice, number: str) -> dict[str, Any]:
    """Everything the books keep of a case."""
    with reading(office.books) as db:
        row = db.execute(select(case).where(case.c.number == number)).mappings().one()
        found: dict[str, Any] = {"case": dict(row)}
        for table in (step, timer, hold, case_state):
            rows = db.execute(select(table).where(table.c.case_id == row["id"])).mappings()
            found[table.name] = sorted((dict(each) for each in rows), key=str)
        return found


def dues(office: TrainingOffice, number: str) -> dict[str, Any]:
    """What must not change: the due dates of the case and its steps, and its timers' instants."""
    books = books_of(office, number)
    wanted = ("due_original_at", "due_appointed_at", "limit_text", "received_at")
    return {
        "case": {name: books["case"][name] for name in wanted},
        "steps": {s["task_id"]: (s["due_at"], s["limit_text"]) for s in books["step"]},
        "timers": {(t["kind"], t["name"], t["subject"]): t["due_at"] for t in books["timer"]},
    }


def steps_of(office: TrainingOffice) -> list[str]:
    """The elements of the normal way."""
    number = office.receive(CODE)
    seen: list[str] = []
    while office.open(number) and office.kinds(number) != ["return"]:
        seen += office.open(number)
        office.complete(number, office.open(number)[0])
    return [*seen, *office.open(number)]


def at_step(office: TrainingOffice, place: int) -> str:
    """A case whose step of that place on the way is open."""
    number = office.receive(CODE)
    for _ in range(place):
        office.complete(number, office.open(number)[0])
    return number


def finish(office: TrainingOffice, number: str) -> None:
    office.work_until(number)
    assert office.kinds(number) == ["return"], "every migrated case comes to its end"


SHORTER = BPMN.replace('limit="16wh"', 'limit="12wh"').replace('limit="4wh"', 'limit="3wh"')


def test_cases_in_every_state_move_and_finish_and_no_deadline_changes(
    office: TrainingOffice,
) -> None:
    way = steps_of(office)
    numbers = [at_step(office, place) for place in range(len(way) - 1)]
    before = {number: dues(office, number) for number in numbers}
    opened = {number: office.open(number) for number in numbers}
    to = publish(office, SHORTER)
    looked = outlooks(office, to)
    assert set(looked) == set(numbers), "the finished case stays with its version"
    assert all(each.can_move for each in looked.values())
    applied = apply(office, to)
    assert applied == looked, "what was said is what was done"
    for number in numbers:
        assert dues(office, number) == before[number]
        assert office.open(number) == opened[number]
        assert office.event(number, "CaseMigrated") == {
            "before": 1, "after": to, "moved": [], "dropped": [], "armed": [], "recounted": [],
        }  # fmt: skip
        finish(office, number)


def test_a_dry_run_changes_nothing(office: TrainingOffice) -> None:
    number = at_step(office, 1)
    to = publish(office, SHORTER)
    before = books_of(office, number)
    assert outlooks(office, to)[number].can_move
    assert books_of(office, number) == before


def renamed(old: str, new: str) -> str:
    return BPMN.replace(f'"{old}"', f'"{new}"').replace(f">{old}<", f">{new}<")


def test_a_case_whose_step_vanished_stays_untouched_with_the_reason(
    office: TrainingOffice,
) -> None:
    way = steps_of(office)
    stays, moves = at_step(office, 1), at_step(office, 2)
    to = publish(office, renamed(way[1], "buoc_moi"))
    before = books_of(office, stays)
    done = apply(office, to)
    assert not done[stays].can_move
    assert done[stays].codes == ("vanished",)
    assert f"--map {way[1]}=buoc_moi" in done[stays].reasons[0]
    assert books_of(office, stays) == before
    assert "CaseMigrated" not in office.events(stays)
    assert done[moves].can_move
    finish(office, moves)
    finish(office, stays)  # on the version it began with


def test_a_person_may_say_that_an_element_has_another_id(office: TrainingOffice) -> None:
    way = steps_of(office)
    number = at_step(office, 1)
    to = publish(office, renamed(way[1], "buoc_moi"))
    before = dues(office, number)
    done = apply(office, to, names={way[1]: "buoc_moi"})
    assert done[number].moves == ((way[1], "buoc_moi"),)
    assert office.open(number) == ["buoc_moi"]
    assert dues(office, number) == before
    assert office.event(number, "CaseMigrated")["moved"] == [[way[1], "buoc_moi"]]
    finish(office, number)


def test_an_open_step_takes_role_and_name_of_the_new_version(office: TrainingOffice) -> None:
    way = steps_of(office)
    number = at_step(office, 1)
    name = office.case(number)["open_steps"][0]["name"]
    to = publish(office, BPMN.replace(f'name="{name}"', f'name="{name} (mới)"'))
    apply(office, to)
    assert office.open(number) == [way[1]]
    assert office.case(number)["open_steps"][0]["name"] == f"{name} (mới)"


def test_a_case_that_waits_for_papers_moves_with_its_hold_and_goes_on(
    office: TrainingOffice,
) -> None:
    number = at_step(office, 1)
    while "examine" not in office.kinds(number):
        office.complete(number, office.open(number)[0])
    office.do(request_supplement, number=number, components=_one(office), reason="Thiếu")
    held = books_of(office, number)["hold"]
    assert held
    before = dues(office, number)
    states = {t["id"]: t["state"] for t in books_of(office, number)["timer"]}
    to = publish(office, SHORTER)
    assert apply(office, to)[number].can_move
    assert books_of(office, number)["hold"] == held
    assert dues(office, number) == before
    assert {t["id"]: t["state"] for t in books_of(office, number)["timer"]} == states
    office.do(accept_supplement, number=number)
    finish(office, number)


def _one(office: TrainingOffice) -> list[str]:
    with reading(office.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
    return [meta["components"][0]["code"]]


def test_a_limit_that_runs_changes_only_by_a_decision(office: TrainingOffice) -> None:
    number = at_step(office, 1)
    name, amount = _named_limit()
    to = publish(office, BPMN.replace(amount, amount.replace("2wd", "1wd")))
    looked = outlooks(office, to)[number]
    assert looked.codes == ("limit_changed",)
    assert not apply(office, to)[number].can_move
    before = dues(office, number)["timers"]
    done = apply(office, to, decision="12/QĐ-UBND")[number]
    assert done.recounted == (name,)
    assert office.event(number, "CaseMigrated")["decision"] == "12/QĐ-UBND"
    after = dues(office, number)["timers"]
    changed = {key for key in before if before[key] != after[key]}
    assert {key[1] for key in changed} == {name}
    assert dues(office, number)["case"]["due_original_at"] is not None


def _named_limit() -> tuple[str, str]:
    found = re.search(r'<mc:namedLimit name="([^"]+)"[^>]*amount="2wd"[^>]*>', BPMN)
    assert found is not None
    return found[1], found[0]


def test_a_case_that_would_be_stuck_is_left_alone(office: TrainingOffice) -> None:
    # The new version works in parallel before the signature: a case past the split would wait
    # for a branch that never comes.
    way = steps_of(office)
    number = at_step(office, len(way) - 2)
    last = way[-2]
    to = publish_unchecked(office, _with_join_before(last))
    looked = outlooks(office, to)[number]
    assert looked.codes == ("would_be_stuck",)
    before = books_of(office, number)
    apply(office, to)
    assert books_of(office, number) == before


def _with_join_before(step_id: str) -> str:
    """After the step a join that also waits for a branch from the start."""
    start = re.search(r'<bpmn:startEvent id="([^"]+)"', BPMN)
    flow = re.search(rf'<bpmn:sequenceFlow id="([^"]+)"[^>]* sourceRef="{step_id}"[^>]*>', BPMN)
    assert start is not None
    assert flow is not None
    changed = re.sub(r'targetRef="([^"]+)"', 'targetRef="cho_ghep"', flow[0])
    target = re.search(r'targetRef="([^"]+)"', flow[0])
    assert target is not None
    added = (
        f'<bpmn:parallelGateway id="cho_ghep"/><bpmn:task id="ben_canh" name="Ghi"/>'
        f'<bpmn:sequenceFlow id="f_x1" sourceRef="{start[1]}" targetRef="ben_canh"/>'
        f'<bpmn:sequenceFlow id="f_x2" sourceRef="ben_canh" targetRef="cho_ghep"/>'
        f'<bpmn:sequenceFlow id="f_x3" sourceRef="cho_ghep" targetRef="{target[1]}"/>'
    )
    text_ = BPMN.replace(flow[0], changed)
    return text_.replace("</bpmn:process>", f"{added}</bpmn:process>")


def publish_unchecked(office: TrainingOffice, bpmn: str) -> int:
    """A version as it may stand in the books from another time, whatever the linter says now."""
    with transaction(office.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
        stored = store_version(
            db,
            bpmn=bpmn.encode(),
            meta=meta,
            decision=Decision("1/QĐ", date(2026, 1, 1), "A", date(2026, 11, 16)),
            sample=False,
            published_at=clock_of(db).now(),
        )
    return stored.number


def test_a_value_that_nobody_writes_any_more_keeps_a_case_back(office: TrainingOffice) -> None:
    way = steps_of(office)
    number = at_step(office, len(way) - 2)
    flow = re.search(rf'<bpmn:sequenceFlow id="([^"]+)"[^>]* sourceRef="{way[-2]}"[^>]*/>', BPMN)
    assert flow is not None
    target = re.search(r'targetRef="([^"]+)"', flow[0])
    assert target is not None
    asks = (
        f'<bpmn:exclusiveGateway id="hoi" default="f_y2"/>'
        f'<bpmn:sequenceFlow id="f_y1" sourceRef="hoi" targetRef="{way[-2]}">'
        "<bpmn:conditionExpression>khong_ai_ghi == 1</bpmn:conditionExpression>"
        "</bpmn:sequenceFlow>"
        f'<bpmn:sequenceFlow id="f_y2" sourceRef="hoi" targetRef="{target[1]}"/>'
    )
    changed = BPMN.replace(flow[0], flow[0].replace(f'targetRef="{target[1]}"', 'targetRef="hoi"'))
    to = publish_unchecked(office, changed.replace("</bpmn:process>", f"{asks}</bpmn:process>"))
    looked = outlooks(office, to)[number]
    assert looked.codes == ("value_missing",)
    assert "khong_ai_ghi" in looked.reasons[0]


def test_a_damaged_state_is_a_reason_and_nothing_else(office: TrainingOffice) -> None:
    number, sound = at_step(office, 1), at_step(office, 1)
    to = publish(office, SHORTER)
    with transaction(office.books) as db:
        row = db.execute(select(case.c.id).where(case.c.number == number)).scalar_one()
        db.execute(delete(case_state).where(case_state.c.case_id == row))
        db.execute(insert(case_state).values(case_id=row, blob=b"MC01" + bytes(40)))
    done = apply(office, to)
    assert done[number].codes == ("state",)
    assert done[sound].can_move


def test_a_submitted_case_moves_without_a_token(office: TrainingOffice) -> None:
    number = office.receive(CODE, submitted_only=True)
    to = publish(office, SHORTER)
    assert apply(office, to)[number].can_move
    assert office.case(number)["version"] == to


def test_r2_a_version_not_in_force_or_unknown_is_refused(office: TrainingOffice) -> None:
    with reading(office.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
    later, _ = office.do(
        publish_procedure,
        bpmn=BPMN.replace('limit="4wh"', 'limit="2wh"').encode(),
        meta=meta,
        decision=Decision("9/QĐ", date(2026, 11, 1), "A", date(2027, 1, 1)),
        sample=False,
        by="test",
    )
    with pytest.raises(MigrationRefusedError):
        outlooks(office, later)
    to = publish(office, SHORTER)
    with pytest.raises(BadInputError):
        outlooks(office, to, names={"a": "khong_co"})


def test_moving_twice_changes_nothing_more(office: TrainingOffice) -> None:
    number = at_step(office, 1)
    to = publish(office, SHORTER)
    apply(office, to)
    before = books_of(office, number)
    assert apply(office, to) == {}
    assert books_of(office, number) == before

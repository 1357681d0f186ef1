"""Due instants as rows: claimed with a lease and a fence, fired once, late ones too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from engine.cases.claims import Claim, ClaimLostError, claim
from engine.cases.fire_timer import fire_timer
from engine.cases.tables import case, case_state, incident, timer
from engine.clock import FrozenClock, office_instant
from engine.database import reading, transaction
from engine.scheduler.sweep import Worker, sweep
from tests.builders import TrainingOffice
from tests.crowd import alerts, armed, crowd, rows_by_state

LEASE = timedelta(seconds=30)
WALL = datetime(2026, 11, 25, 1, tzinfo=UTC)
LATE = office_instant("2026-11-20T08:00")


def _claim(office: TrainingOffice, wall: datetime, most: int = 100) -> list[Claim]:
    with transaction(office.books) as db:
        return claim(db, due_by=LATE, wall=wall, lease=LEASE, most=most)


def _fire(office: TrainingOffice, claimed: Claim) -> bool:
    with transaction(office.books) as db:
        return fire_timer(db, FrozenClock(LATE), claimed)


def test_f6_two_schedulers_never_hold_the_same_timer(office: TrainingOffice) -> None:
    crowd(office.books, office.receive("TINH-07"), 5)
    due = armed(office.books, LATE)
    first, second = _claim(office, WALL, most=7), _claim(office, WALL)
    assert len(first) == 7
    assert len(first) + len(second) == due
    assert not {c.timer_id for c in first} & {c.timer_id for c in second}
    assert _claim(office, WALL) == []
    assert [c.due_at for c in first] == sorted(c.due_at for c in first)


def test_f7_a_scheduler_past_its_lease_is_refused_and_writes_nothing(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    stale = _claim(office, WALL)[0]
    fresh = next(c for c in _claim(office, WALL + 2 * LEASE) if c.timer_id == stale.timer_id)
    assert fresh.fence == stale.fence + 1
    before = office.case(number)
    with pytest.raises(ClaimLostError):
        _fire(office, stale)
    assert office.case(number) == before
    assert _fire(office, fresh)
    assert not _fire(office, fresh), "a timer that has gone off has nothing more to say"


def test_f8_a_lease_given_before_the_wall_was_set_back_holds_nobody_off(
    office: TrainingOffice,
) -> None:
    office.receive("TINH-07")
    before = _claim(office, WALL)
    assert before
    after = _claim(office, WALL - timedelta(hours=1))
    assert {c.timer_id for c in after} == {c.timer_id for c in before}


def test_f10_after_an_outage_every_missed_instant_fires_once_with_both_instants(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    with reading(office.books) as db:
        legal = dict(
            db.execute(select(timer.c.id, timer.c.due_at).where(timer.c.due_at <= LATE)).all()
        )
    swept = sweep(office.books, FrozenClock(LATE))
    assert swept.failed == 0
    again = sweep(office.books, FrozenClock(LATE))
    assert (again.fired, again.dropped) == (0, 0)
    with reading(office.books) as db:
        rows = db.execute(select(timer).where(timer.c.id.in_(legal))).all()
    assert {row.state for row in rows} <= {"fired", "dropped"}
    for row in rows:
        assert row.due_at == legal[row.id], "the legal instant stays"
        if row.state == "fired":
            assert row.fired_at == LATE
    assert max(alerts(office.books).values()) == 1
    late = office.event(number, "CaseBecameLate")
    assert late["due_at"] == "2026-11-19T10:00:00+00:00"


def test_f10_warnings_missed_together_are_all_written_and_only_the_last_is_told(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    sweep(office.books, FrozenClock(LATE))
    raised = {
        e["data"]["level"]: e["data"]
        for e in office.case(number)["journal"]
        if e["type"] == "AlertRaised" and e["data"]["level"] != "STEP_80"
    }
    assert set(raised) == {"DECIDE", "DUE_SOON", "APOLOGY_MISSED", "OVERDUE"}
    assert {level for level, data in raised.items() if data.get("coalesced")} == {
        "DECIDE",
        "DUE_SOON",
        "APOLOGY_MISSED",
    }
    assert raised["OVERDUE"]["to"]


def test_a_case_that_got_its_result_meanwhile_is_not_warned_of(office: TrainingOffice) -> None:
    number = office.receive("TINH-07")
    claims = _claim(office, WALL)
    office.work_until(number)
    for each in claims:
        assert not _fire(office, each)
    assert "AlertRaised" not in office.events(number)


def test_f12_a_poisoned_case_becomes_an_incident_and_blocks_nobody(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    others = crowd(office.books, number, 8)
    poisoned = others[:3]
    with transaction(office.books) as db:
        ids = db.scalars(select(case.c.id).where(case.c.number.in_(poisoned))).all()
        spoil = update(case_state).where(case_state.c.case_id == ids[0])
        db.execute(spoil.values(blob=b"\x00 not a state"))
        db.execute(update(case_state).where(case_state.c.case_id == ids[1]).values(blob=b""))
        db.execute(update(case).where(case.c.id == ids[2]).values(limit_text="ba ngày"))
    swept = sweep(office.books, FrozenClock(LATE))
    assert swept.failed >= 2
    with reading(office.books) as db:
        open_ = db.execute(select(incident).where(incident.c.closed_at.is_(None))).all()
        late = set(db.scalars(select(case.c.number).where(case.c.became_late_at.is_not(None))))
    assert {row.case_id for row in open_} <= set(ids)
    assert {row.case_id for row in open_} >= set(ids[:2])
    assert set(others[3:]) <= late, "the healthy ones all went on"


def test_f12_a_poison_is_tried_three_times_with_growing_pauses_then_parked(
    office: TrainingOffice,
) -> None:
    number = office.receive("TINH-07")
    with transaction(office.books) as db:
        diagram = db.scalars(select(timer.c.id).where(timer.c.kind == "diagram")).all()
        db.execute(update(timer).where(timer.c.id.in_(diagram)).values(state="armed", due_at=LATE))
        db.execute(update(timer).where(timer.c.id.not_in(diagram)).values(state="dropped"))
        db.execute(update(case_state).values(blob=b"\x00 not a state"))
    assert diagram
    wall = FrozenClock(WALL)
    worker = Worker(wall=wall)
    tries = []
    for _ in range(60):
        tries.append(sweep(office.books, FrozenClock(LATE), worker).failed)
        wall.advance(timedelta(seconds=30))
    assert sum(tries) == 3 * len(diagram)
    assert tries[0] == len(diagram)
    assert tries[1] in (0, len(diagram))
    with reading(office.books) as db:
        attempts = db.scalars(select(incident.c.attempts)).all()
    assert set(attempts) == {3}
    assert office.events(number).count("IncidentOpened") == len(diagram), "told once, not each try"


def test_f12_a_parked_case_goes_on_when_people_have_looked_at_it(office: TrainingOffice) -> None:
    from engine.cases.watch.incidents import retry_case

    number = office.receive("TINH-07")
    with reading(office.books) as db:
        whole = db.scalar(select(case_state.c.blob))
    with transaction(office.books) as db:
        db.execute(update(case_state).values(blob=b""))
        db.execute(update(timer).values(failures=0))
    wall = FrozenClock(WALL)
    for _ in range(40):
        sweep(office.books, FrozenClock(LATE), Worker(wall=wall))
        wall.advance(timedelta(seconds=30))
    assert "IncidentOpened" in office.events(number)
    with transaction(office.books) as db:
        db.execute(update(case_state).values(blob=whole))
    assert office.do(retry_case, number=number, by="ld.chutich") >= 1
    swept = sweep(office.books, FrozenClock(LATE), Worker(wall=wall))
    assert swept.fired >= 1
    assert "apologise" in office.kinds(number)
    assert "IncidentClosed" in office.events(number)
    assert rows_by_state(office.books).get("armed", 0) == armed(
        office.books, LATE + timedelta(days=3650)
    )


def test_a_scheduler_that_is_told_to_stop_gives_back_what_it_did_not_come_to(
    office: TrainingOffice,
) -> None:
    crowd(office.books, office.receive("TINH-07"), 5)
    due = armed(office.books, LATE)
    worker = Worker(wall=FrozenClock(WALL))
    stopped = Worker(
        wall=FrozenClock(WALL),
        stopping=worker.stopping,
        on_progress=lambda _swept: worker.stopping.set(),
    )
    swept = sweep(office.books, FrozenClock(LATE), stopped)
    assert swept.fired + swept.dropped == 1
    assert len(_claim(office, WALL)) == due - 1, "nobody waits for the lease of one who left"


def test_health_shows_the_pulse_the_oldest_delay_and_what_failed(office: TrainingOffice) -> None:
    from engine.cases.watch.health import health
    from engine.cases.watch.heartbeat import beat, first_beat

    office.receive("TINH-07")
    with transaction(office.books) as db:
        first_beat(db, "one", WALL)
        beat(db, "one", WALL + timedelta(seconds=5), fired=7, failed=0)
        db.execute(update(case_state).values(blob=b""))
    with reading(office.books) as db:
        well = health(db, FrozenClock(LATE), FrozenClock(WALL + timedelta(seconds=12)))
        silent = health(db, FrozenClock(LATE), FrozenClock(WALL + timedelta(minutes=5)))
    assert (well["scheduler_beat_age_seconds"], well["schedulers"][0]["fired"]) == (7, 7)
    assert well["oldest_due_delay_seconds"] > 24 * 3600
    assert (well["ok"], silent["ok"]) == (True, False)
    sweep(office.books, FrozenClock(LATE))
    with reading(office.books) as db:
        poisoned = health(db, FrozenClock(LATE), FrozenClock(WALL))
    assert poisoned["incidents"][0]["what"].startswith("timer:")
    assert not poisoned["ok"]

"""What holds of every due instant, whatever the receipt, the limit and the pauses."""

from __future__ import annotations

import ast
import itertools
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from clock_words import CALENDAR, OFFICE, at
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clocks import UNITS, limits, moments, pauses_after

import engine.sla
from engine.clock import office_date, office_time
from engine.sla.alerts import apology_due_at, case_alerts
from engine.sla.deadline import due_at
from engine.sla.ledger import ledger_of
from engine.sla.limit import CountingRule, Limit
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import Effect, reckon
from engine.sla.transfer import transfer_due_at

MANY = settings(max_examples=400, deadline=None)
STOPPING = st.just(PausePolicy.PAUSE_WD)
A_LATER_UNIT = st.sampled_from(["wd", "d", "mo", "wh", "wm"])


@MANY
@given(limits(), moments(), moments())
def test_r42_received_later_is_never_due_earlier(
    limit: Limit, one: datetime, other: datetime
) -> None:
    first, second = sorted((one, other))
    assert due_at(limit, first, OFFICE) <= due_at(limit, second, OFFICE)


@MANY
@given(st.data(), moments(), A_LATER_UNIT)
def test_r42_a_longer_limit_is_never_due_earlier(
    data: st.DataObject, received: datetime, unit: str
) -> None:
    one, other = data.draw(limits(st.just(unit))), data.draw(limits(st.just(unit)))
    short, long = sorted((one, other), key=lambda each: each.amount)
    pauses = data.draw(pauses_after(received, STOPPING))
    assert due_at(short, received, OFFICE, pauses) <= due_at(long, received, OFFICE, pauses)


@MANY
@given(st.data(), limits(), moments())
def test_r21_a_pause_never_brings_a_due_forward(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received))
    for effect in reckon(limit, received, OFFICE, pauses).effects:
        if effect.effect is not Effect.RESTART:
            assert effect.due_after >= effect.due_before


@MANY
@given(st.data(), limits(), moments())
def test_r21_a_pause_split_in_two_moves_the_due_as_one(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received, STOPPING))
    split: list[Pause] = []
    for each in pauses:
        assert each.end is not None
        length = int((each.end - each.start) / timedelta(minutes=1))
        cut = each.start + timedelta(minutes=data.draw(st.integers(0, length)))
        split.append(Pause(each.start, cut, each.policy))
        split.append(Pause(cut, each.end, each.policy))
    assert due_at(limit, received, OFFICE, split) == due_at(limit, received, OFFICE, pauses)


@MANY
@given(st.data(), limits(st.sampled_from(["wh", "wm"])), moments())
def test_r21_pauses_add_their_working_time_and_nothing_else(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received, STOPPING))
    found = reckon(limit, received, OFFICE, pauses)
    stood = sum(
        (
            OFFICE.working_time_between(each.pause.start, each.pause.end)
            for each in found.effects
            if each.effect is Effect.STOPPED
        ),
        timedelta(),
    )
    worked = OFFICE.working_time_between(found.received_at, found.due_at)
    assert worked - stood == timedelta(minutes=limit.working_minutes() or 0)


@MANY
@given(st.data(), limits(), moments())
def test_r42_a_due_never_falls_on_a_day_off_nor_outside_hours(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    due = due_at(limit, received, OFFICE, data.draw(pauses_after(received)))
    assert CALENDAR.is_working_day(office_date(due))
    assert OFFICE.next_open(due) == due
    if not limit.counts_minutes:
        assert due == OFFICE.closing(office_date(due))


@MANY
@given(st.data(), limits(), moments())
def test_r21_the_ledger_has_no_gap_and_its_sum_is_the_limit(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    found = reckon(limit, received, OFFICE, data.draw(pauses_after(received)))
    lines = ledger_of(found)
    assert lines[0].start == found.received_at
    assert lines[-1].end == found.due_at
    for before, after in itertools.pairwise(lines):
        assert before.end == after.start
        assert before.start < before.end
    if limit.counts_minutes:
        assert sum(line.counted_minutes or 0 for line in lines) == limit.working_minutes()
        assert all(line.counted_days is None for line in lines)
        return
    assert all(line.counted_minutes is None for line in lines)
    counted = sum(line.counted_days or 0 for line in lines)
    match limit.rule:
        case CountingRule.SAME_DAY:
            assert counted == 1
        case CountingRule.CALENDAR_MONTHS:
            assert 28 * limit.units <= counted <= 31 * limit.units
        case _:
            assert counted == limit.units


@MANY
@given(st.data(), limits(st.just("wd")), moments())
def test_r41_every_day_left_out_has_its_reason(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    pauses = data.draw(pauses_after(received, STOPPING))
    found = reckon(limit, received, OFFICE, pauses)
    for line in ledger_of(found):
        assert line.why.endswith(".")
        if line.counted_days:
            assert CALENDAR.is_working_day(office_date(line.start))
            continue
        reasons = ("không tính", "Không tính", "Tạm dừng")
        assert any(reason in line.why for reason in reasons), line.why
        if line.why.startswith("Không tính"):
            day = office_date(line.start)
            while day <= office_date(line.end - timedelta(microseconds=1)):
                assert not CALENDAR.is_working_day(day)
                change = CALENDAR.change(day)
                assert change is None or change.name in line.why
                day += timedelta(days=1)


@MANY
@given(st.data(), limits(), moments())
def test_r21_every_pause_that_did_something_is_in_the_ledger_with_its_document(
    data: st.DataObject, limit: Limit, received: datetime
) -> None:
    found = reckon(limit, received, OFFICE, data.draw(pauses_after(received)))
    told = " ".join(line.why for line in ledger_of(found))
    since = 0
    for place, each in enumerate(found.effects):
        if each.effect is Effect.RESTART:
            since = place
    for each in found.effects[since:]:
        if each.due_after > each.due_before and each.effect is not Effect.NONE:
            assert f"theo {each.pause.document}" in told


@MANY
@given(limits(), moments())
def test_r25_the_apology_comes_after_receipt_and_not_after_due(
    limit: Limit, received: datetime
) -> None:
    due = due_at(limit, received, OFFICE)
    assert received <= apology_due_at(due, received, OFFICE) <= due
    alerts = list(case_alerts(due, received, OFFICE).values())
    assert alerts == sorted(alerts)


@MANY
@given(moments())
def test_r15_a_transfer_is_due_within_hours_of_the_same_or_the_next_working_day(
    received: datetime,
) -> None:
    due = transfer_due_at(received, OFFICE)
    assert due > received
    on = office_date(due)
    assert due in (OFFICE.opening(on), OFFICE.closing(on))
    same = office_date(received)
    assert on in (same, CALENDAR.next_working_day(same))


@MANY
@given(moments(), st.integers(0, 5_000))
def test_r43_minutes_added_can_be_counted_and_taken_back(start: datetime, minutes: int) -> None:
    end = OFFICE.add_working_minutes(start, minutes)
    assert OFFICE.working_minutes_between(start, end) == minutes
    back = OFFICE.subtract_working_minutes(end, minutes)
    assert OFFICE.working_minutes_between(back, end) == minutes


TABLE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from clock_words import OFFICE, at, pause
from engine.sla.deadline import apology_due_at, due_at, ledger
from engine.sla.limit import Limit
from engine.sla.transfer import transfer_due_at
found = []
for received in ("2026-11-20 00:30", "2026-11-20 15:01", "2026-11-21 23:59", "2025-12-31 23:30"):
    for text in ("10wd", "24wh", "90wm", "15d", "1mo", "same-day"):
        stood = [pause("2026-11-23 00:10", "2026-11-27 23:50")] if received > "2026" else []
        due = due_at(Limit.parse(text), at(received), OFFICE, stood)
        told = [line.as_json() for line in ledger(Limit.parse(text), at(received), OFFICE, stood)]
        found.append([due.isoformat(), apology_due_at(due, at(received), OFFICE).isoformat(), told])
    found.append(transfer_due_at(at(received), OFFICE).isoformat())
print(json.dumps(found))
"""


def test_r42_the_zone_of_the_server_changes_nothing() -> None:
    answers = set()
    for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Ho_Chi_Minh"):
        done = subprocess.run(
            [sys.executable, "-c", TABLE, str(Path(__file__).parent)],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            check=True,
            timeout=120,
            cwd=Path(engine.sla.__path__[0]).parent.parent,
        )
        answers.add(done.stdout)
    assert len(answers) == 1
    assert answers.pop().count(b"2026-12") > 10


@MANY
@given(limits(), moments(), st.integers(-12, 14))
def test_r42_the_zone_an_instant_is_written_in_changes_nothing(
    limit: Limit, received: datetime, hours: int
) -> None:
    elsewhere = received.astimezone(timezone(timedelta(hours=hours)))
    assert due_at(limit, elsewhere, OFFICE) == due_at(limit, received, OFFICE)
    assert office_time(elsewhere) == office_time(received)


WALL = {"now", "today", "utcnow", "SystemClock", "perf_counter", "monotonic", "localtime"}


def _names(tree: ast.AST) -> set[str]:
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return (
        attributes
        | names
        | {
            each.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom | ast.Import)
            for each in node.names
        }
    )


@pytest.mark.parametrize(
    "path", sorted(Path(engine.sla.__path__[0]).glob("*.py")), ids=lambda path: path.stem
)
def test_r42_the_legal_clock_never_reads_the_wall(path: Path) -> None:
    assert not _names(ast.parse(path.read_text("utf-8"))) & WALL


def test_r42_the_names_a_reader_of_the_wall_would_use_are_found() -> None:
    assert _names(ast.parse("from datetime import datetime as d\nd.now()")) & WALL
    assert at("2026-11-20 08:00").tzinfo is not None


def test_every_unit_of_the_strategies_is_a_counting_rule() -> None:
    assert {each.value for each in CountingRule} == set(UNITS.elements)  # type: ignore[attr-defined]

"""Rehearsals on the desk: asked on a page, run by a worker, seen by every process, bounded."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from desk.command_line.rehearsal_job import REHEARSALS
from desk.rehearsal.request import Request, Source
from desk.rehearsal.start import start_worker
from desk.rehearsal.work import StoppedError, Watch, work_off
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.reports.rehearsals import (
    MOST_KEPT,
    MOST_UNDER_WAY,
    State,
    ask_rehearsal,
    beat_rehearsal,
    cancel_rehearsal,
    end_rehearsal,
    is_left_waiting,
    rehearsal_of,
    rehearsal_run,
    standing,
    take_rehearsal,
)
from engine.scheduler.sweep import Worker
from engine.scheduler.tasks import Duty
from engine.staff.commands import add_agency, add_officer, add_unit, grant_role
from tests.builders import PROJECT
from tests.crash import race
from tests.databases import address_of
from tests.rehearsals import AGENCY, BUDGET, SMALL, ask, form, quiet, state
from tests.visitors import ADMIN, CLERK, DESIGNER, HEAD, LEADER, SPECIALIST, DeskOffice

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def test_a_leader_asks_a_worker_runs_and_the_page_says_what_it_found(desk: DeskOffice) -> None:
    quiet(desk)
    desk.office.receive("2.000908")
    leader = desk.person(LEADER)
    page = "/rehearsal/new?nguon=thu-tuc&ma=2.000908"
    answer = leader.submit(page, form(time_cut="20,5", per_day="4", people_0="1"))
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "Đang chờ" in leader.get(address).text
    assert "HX-Refresh" not in leader.get(f"{address}/progress").headers
    assert work_off(desk.books, budget_seconds=BUDGET) == 1
    assert leader.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    shown = leader.get(address).text
    assert "Cắt giảm 20,5 % thời gian làm việc" in shown
    assert "R_solved" in shown
    assert shown.count("<svg") >= 5
    assert shown.count("<table") >= shown.count("<figure"), "each picture has its table"
    assert "<script>" not in shown
    assert " style=" not in shown
    for name in ("on_time", "queues", "queues_before", "busy", "diagram"):
        assert f'id="{name}"' in shown
    assert leader.get(f"{address}/day").status_code == 200
    assert leader.get(f"{address}/day.json").json["stays"]
    sheet = leader.get(f"{address}/sheet").text
    assert "Kèm theo dự thảo Quyết định" in sheet
    assert leader.get(f"{address}/sheet.pdf").data.startswith(b"%PDF-")


def test_downloads_say_what_the_page_says(quick_desk: DeskOffice) -> None:
    quiet(quick_desk)
    quick_desk.office.receive("2.000908")
    number = ask(quick_desk.books, SMALL)
    work_off(quick_desk.books, budget_seconds=BUDGET)
    leader = quick_desk.person(LEADER)
    there = f"/rehearsal/runs/{number}/files"
    document = json.loads(leader.get(f"{there}/report.json").data)
    rows = {
        row["figure"]: row
        for row in csv.DictReader(
            io.StringIO(leader.get(f"{there}/estimates.csv").data.decode("utf-8-sig"))
        )
    }
    assert float(rows["R_solved"]["value"]) == document["estimates"]["R_solved"]["value"]
    assert leader.get(f"{there}/steps.csv").text.count("\n") == len(document["steps"]) + 1
    for name in ("on_time", "queues", "busy", "diagram"):
        svg = leader.get(f"{there}/{name}.svg")
        assert svg.content_type.startswith("image/svg+xml")
        assert "attachment" in svg.headers["Content-Disposition"]
        assert leader.get(f"{there}/{name}.png").data.startswith(b"\x89PNG")
    for strange in ("x.svg", "report.html", "..%2Freport.json", "on_time.gif", ".svg"):
        assert leader.get(f"{there}/{strange}").status_code == 404, strange


@pytest.mark.parametrize("code", [LEADER, HEAD, DESIGNER, ADMIN])
def test_leaders_heads_planners_and_administrators_may(quick_desk: DeskOffice, code: str) -> None:
    assert quick_desk.person(code).get("/rehearsal").status_code == 200


@pytest.mark.parametrize("code", [CLERK, SPECIALIST])
def test_others_may_not_and_see_no_entry(quick_desk: DeskOffice, code: str) -> None:
    visitor = quick_desk.person(code)
    assert visitor.get("/rehearsal").status_code == 403
    assert visitor.post("/rehearsal/new?nguon=co-quan", form()).status_code == 403
    assert "Diễn tập" not in visitor.get("/desk").text


def test_a_rehearsal_of_another_agency_is_none(quick_desk: DeskOffice) -> None:
    quiet(quick_desk)
    number = ask(quick_desk.books)
    with transaction(quick_desk.books) as db:
        clock, since = SystemClock(), date(2026, 1, 1)
        add_agency(db, clock, code="H35.13", name="Xã bên cạnh", level="xã", by="t")
        add_unit(db, clock, code="ben_canh", name="Một cửa", agency_code="H35.13", by="t")
        add_officer(db, clock, code="khac", name="Khác", unit_code="ben_canh", since=since, by="t")
        grant_role(db, clock, officer_code="khac", role="lanh_dao", since=since, by="t")
    other = quick_desk.person("khac")
    at = f"/rehearsal/runs/{number}"
    for path in (at, f"{at}/progress", f"{at}/day", f"{at}/sheet", f"{at}/files/report.json"):
        assert other.get(path).status_code == 404, path
    for act in ("cancel", "again"):
        assert other.post(f"{at}/{act}").status_code == 404
    assert state(quick_desk.books, number) is State.WAITING
    assert f"/runs/{number}" not in other.get("/rehearsal").text


HOSTILE = [
    {"time_cut": "-1"},
    {"time_cut": "90.5"},
    {"time_cut": "NaN"},
    {"time_cut": "1e9"},
    {"time_cut": ""},
    {"time_cut": "<script>"},
    {"arrivals": "0"},
    {"arrivals": "100000"},
    {"arrivals": "Infinity"},
    {"per_day": "999999"},
    {"per_day": "-3"},
    {"people_0": "-99"},
    {"people_0": "99999999999999999999"},
    {"weeks": "1"},
    {"weeks": "9999"},
    {"replications": "0"},
    {"replications": "100000"},
    {"seed": "-1"},
    {"seed": "99999999999999999999"},
]


@pytest.mark.parametrize("given", HOSTILE, ids=str)
def test_what_is_out_of_bounds_is_told_beside_its_field(
    quick_desk: DeskOffice, given: dict[str, str]
) -> None:
    quiet(quick_desk)
    answer = quick_desk.person(LEADER).submit(
        "/rehearsal/new?nguon=thu-tuc&ma=2.000908", form(**given)
    )
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    with reading(quick_desk.books) as db:
        assert db.execute(select(rehearsal_run.c.id)).first() is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("nguon=khong-co", 422),
        ("", 422),
        ("nguon=kich-ban&ma=../../engine/config", 404),
        ("nguon=kich-ban&ma=lai_chau_2021_off", 404),
        ("nguon=thu-tuc&ma=9.999999", 404),
        ("nguon=ban-thao&ma=9.999999", 404),
    ],
)
def test_what_is_not_there_cannot_be_rehearsed(
    quick_desk: DeskOffice, query: str, status: int
) -> None:
    assert quick_desk.person(LEADER).get(f"/rehearsal/new?{query}").status_code == status


def test_a_size_that_would_take_hours_is_refused_plainly(quick_desk: DeskOffice) -> None:
    number = ask(
        quick_desk.books,
        Request(source=Source.PROCEDURE, key="2.000908", arrivals_per_day=5000, weeks=52),
    )
    work_off(quick_desk.books, budget_seconds=BUDGET)
    assert state(quick_desk.books, number) is State.REFUSED
    page = quick_desk.person(LEADER).get(f"/rehearsal/runs/{number}").text
    assert "Kịch bản có điều không thể có" in page
    assert "Expected at most 300000 dossiers" in page
    assert "Chạy lại" in page


def test_an_office_without_cases_is_told_so(quick_desk: DeskOffice) -> None:
    number = ask(quick_desk.books, Request(source=Source.AGENCY, replications=10))
    work_off(quick_desk.books, budget_seconds=BUDGET)
    assert "there are none" in quick_desk.person(LEADER).get(f"/rehearsal/runs/{number}").text


def test_a_waiting_one_is_cancelled_at_once_and_never_runs(desk: DeskOffice) -> None:
    quiet(desk)
    number = ask(desk.books)
    leader = desk.person(LEADER)
    assert leader.post(f"/rehearsal/runs/{number}/cancel").status_code == 302
    assert work_off(desk.books, budget_seconds=BUDGET) == 0
    assert "Đã hủy" in leader.get(f"/rehearsal/runs/{number}").text
    assert leader.post(f"/rehearsal/runs/{number}/cancel").status_code == 409


def test_a_running_one_stops_at_the_next_replication(
    desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(desk.books)
    monkeypatch.setattr("desk.rehearsal.work.BEAT_SECONDS", 0.01)
    original = Watch.step

    def stepping(self: Watch, stage: str) -> Any:
        told = original(self, stage)

        def slow(done: int, most: int) -> None:
            with transaction(desk.books) as db:
                if state_of(db, number) is State.RUNNING:
                    cancel_rehearsal(db, agency=AGENCY, number=number, now=SystemClock().now())
            while self.stop is None:
                time.sleep(0.01)
            told(done, most)

        return slow

    monkeypatch.setattr(Watch, "step", stepping)
    assert work_off(desk.books, budget_seconds=BUDGET) == 1
    assert state(desk.books, number) is State.CANCELLED
    with reading(desk.books) as db:
        assert rehearsal_of(db, AGENCY, number, with_result=True).result is None


def state_of(db: Any, number: int) -> State:
    return standing(rehearsal_of(db, AGENCY, number), SystemClock().now())


def test_one_that_uses_up_its_time_is_refused(
    quick_desk: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(quick_desk.books)
    monkeypatch.setattr("desk.rehearsal.work.BEAT_SECONDS", 0.01)
    original = Watch.step

    def stepping(self: Watch, stage: str) -> Any:
        while self.stop is None:
            time.sleep(0.01)
        return original(self, stage)

    monkeypatch.setattr(Watch, "step", stepping)
    work_off(quick_desk.books, budget_seconds=0.0)
    assert state(quick_desk.books, number) is State.REFUSED
    page = quick_desk.person(LEADER).get(f"/rehearsal/runs/{number}").text
    assert "vượt quá thời gian cho phép" in page


def test_a_process_that_does_not_stop_is_ended_and_the_run_says_so(
    quick_desk: DeskOffice, tmp_path: Path
) -> None:
    number = ask(quick_desk.books)
    program = (
        "import sys, time; from engine.database import open_database;"
        "from desk.rehearsal import work;"
        "work.BEAT_SECONDS = 0.05; work.GRACE_SECONDS = 0.1;"
        "work._result = lambda *_: time.sleep(1000);"
        "work.work_off(open_database(sys.argv[1]), budget_seconds=0.1, ends_process=True)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, address_of(quick_desk.books)], cwd=PROJECT
    )
    assert child.wait() == 3
    assert state(quick_desk.books, number) is State.REFUSED


def test_a_worker_killed_leaves_a_clear_state_and_the_next_takes_the_rest(
    desk: DeskOffice,
) -> None:
    quiet(desk)
    first, second = ask(desk.books), ask(desk.books, SMALL, title="sau")
    now = SystemClock().now()
    with transaction(desk.books) as db:
        taken = take_rehearsal(db, worker="chết", now=now)
        assert taken is not None
        assert take_rehearsal(db, worker="khác", now=now) is None, "one runs at a time"
    with transaction(desk.books) as db:
        long_ago = now - timedelta(minutes=5)
        db.execute(
            update(rehearsal_run).where(rehearsal_run.c.id == first).values(beat_at=long_ago)
        )
    leader = desk.person(LEADER)
    page = leader.get(f"/rehearsal/runs/{first}").text
    assert "Bị ngắt" in page
    assert "Chạy lại" in page
    assert work_off(desk.books, budget_seconds=BUDGET) == 1
    assert state(desk.books, second) is State.DONE
    assert state(desk.books, first) is State.LOST
    with transaction(desk.books) as db:
        assert not beat_rehearsal(
            db, number=first, worker="chết", now=now, stage="", done=0, most=0
        ), "one that comes back is told to stop"
        assert not end_rehearsal(
            db, number=first, worker="chết", now=now, state=State.DONE, result="{}"
        )
    again = leader.post(f"/rehearsal/runs/{first}/again")
    assert work_off(desk.books, budget_seconds=BUDGET) == 1
    assert "R_solved" in leader.get(again.headers["Location"]).text


def test_a_worker_told_to_end_says_that_its_run_was_broken_off(
    desk: DeskOffice, tmp_path: Path
) -> None:
    number = ask(desk.books, Request(source=Source.SCENARIO, key="lai_chau_2021", replications=200))
    child = subprocess.Popen(
        [sys.executable, "-m", "desk.command_line.main", "rehearse", "--json"],
        env=os.environ
        | {
            "MOTCUA_DATABASE_URL": address_of(desk.books),
            "MOTCUA_ANCHOR_FILE": str(tmp_path / "anchor"),
            "MOTCUA_LOCK_WAIT_SECONDS": "30",
        },
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while state(desk.books, number) is State.WAITING:
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    assert child.wait() != 0
    assert state(desk.books, number) is State.LOST


def test_two_workers_never_take_the_same(desk: DeskOffice) -> None:
    numbers = [ask(desk.books) for _ in range(2)]

    def take(worker: int) -> None:
        with transaction(desk.books, alone=True) as db:
            take_rehearsal(db, worker=str(worker), now=SystemClock().now())

    assert race(4, take).losers == []
    with reading(desk.books) as db:
        rows = db.execute(select(rehearsal_run.c.id, rehearsal_run.c.state)).all()
    assert sorted(r.state for r in rows if r.id in numbers) == [State.RUNNING, State.WAITING]


def test_the_desk_starts_a_worker_of_its_own(quick_desk: DeskOffice) -> None:
    started: list[object] = []
    quick_desk.app.extensions["motcua_start_rehearsals"] = lambda *given: started.append(given)
    leader = quick_desk.person(LEADER)
    page = "/rehearsal/new?nguon=thu-tuc&ma=2.000908"
    assert leader.submit(page, form(time_cut="-5")).status_code == 422
    assert started == [], "a refused form starts nothing"
    address = leader.submit(page, form()).headers["Location"]
    assert len(started) == 1
    start_worker(*started[0])  # type: ignore[misc]  # what the desk gives
    number = int(address.rpartition("/")[2])
    while state(quick_desk.books, number) in (State.WAITING, State.RUNNING):
        time.sleep(0.1)
    assert state(quick_desk.books, number) is State.DONE


def test_what_a_restart_left_waiting_is_taken_up_by_the_clock_process(
    quick_desk: DeskOffice,
) -> None:
    number = ask(quick_desk.books)
    duty = Duty(quick_desk.books, quick_desk.settings, Worker(lease=timedelta(seconds=30)))
    with reading(quick_desk.books) as db:
        assert is_left_waiting(db, SystemClock().now())
    REHEARSALS.does(duty)
    while state(quick_desk.books, number) in (State.WAITING, State.RUNNING):
        time.sleep(0.1)
    assert state(quick_desk.books, number) is State.DONE
    with reading(quick_desk.books) as db:
        assert not is_left_waiting(db, SystemClock().now())


def test_an_agency_has_so_many_under_way_and_no_more(quick_desk: DeskOffice) -> None:
    quiet(quick_desk)
    for _ in range(MOST_UNDER_WAY):
        ask(quick_desk.books)
    answer = quick_desk.person(LEADER).submit("/rehearsal/new?nguon=thu-tuc&ma=2.000908", form())
    assert answer.status_code == 409
    assert "đợi hoặc hủy bớt" in answer.text


def test_only_the_newest_are_kept(quick_desk: DeskOffice) -> None:
    with transaction(quick_desk.books) as db:
        for _ in range(MOST_KEPT + 3):
            number = ask_rehearsal(
                db,
                agency=AGENCY,
                by="a",
                at=SystemClock().now(),
                title="t",
                request=SMALL.as_json(),
            )
            cancel_rehearsal(db, agency=AGENCY, number=number, now=SystemClock().now())
        rows = db.scalars(select(rehearsal_run.c.id)).all()
    assert len(rows) == MOST_KEPT
    assert max(rows) == number


def test_r52_a_rate_without_an_honest_interval_says_so(quick_desk: DeskOffice) -> None:
    quiet(quick_desk)
    number = ask(
        quick_desk.books,
        Request(source=Source.SCENARIO, key="lai_chau_2021", overlay="lai_chau_2021_cut_30",
                replications=10),
    )  # fmt: skip
    work_off(quick_desk.books, budget_seconds=BUDGET)
    page = quick_desk.person(LEADER).get(f"/rehearsal/runs/{number}").text
    assert "Không có khoảng trung thực" in page
    assert re.search(r"99,9\d %", page)
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">100,00 %' not in page
    english = quick_desk.person(LEADER)
    english.post("/language", {"language": "en", "next": "/"})
    assert "There is no honest interval" in english.get(f"/rehearsal/runs/{number}").text


def test_nothing_changed_differs_by_exactly_nothing(quick_desk: DeskOffice) -> None:
    number = ask(
        quick_desk.books,
        Request(source=Source.PROCEDURE, key="2.000908", weeks=3, replications=10,
                staff={"mot_cua": 0}),
    )  # fmt: skip
    work_off(quick_desk.books, budget_seconds=BUDGET)
    with reading(quick_desk.books) as db:
        row = rehearsal_of(db, AGENCY, number, with_result=True)
    assert json.loads(row.result)["base"] is None, "nothing to compare with"


def test_a_stopped_watch_stops_the_next_step(sqlite_books: Engine) -> None:
    watch = Watch(sqlite_books, 1, "w", BUDGET, ends_process=False)
    told = watch.step("base")
    told(1, 2)
    watch.stop = StoppedError(State.CANCELLED, "no")
    with pytest.raises(StoppedError):
        told(2, 2)

"""Events reach partners: signed, in order, to those who want them, and nobody waits for another."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from couriers import (
    FastClock,
    add,
    courier_at_work,
    eventually,
    order_is_kept,
    order_of,
    standing,
    write_events,
)
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from engine.cases.intake.refuse_case import refuse_case
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.events.staff import AgencyAdded
from engine.events.steps import StepClaimed
from engine.journal.append import GENESIS, OFFICE_STREAM, Head, append, append_office
from engine.journal.follow import Horizon
from tests.partners import Came, Reply, partner
from webhooks import deliveries
from webhooks.deliveries import LeaseLostError, Report
from webhooks.endpoints import enable, rotate

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.builders import TrainingOffice


def test_a_cases_events_arrive_signed_in_order_and_say_what_was_agreed(
    office: TrainingOffice,
) -> None:
    with partner() as there:
        secret = add(office.books, "lgsp", there.url + "/hook")
        number = office.receive()
        office.work_until(number)
        journal = office.case(number)["journal"]
        with courier_at_work(office.books):
            eventually(lambda: len(there.taken) >= len(journal))
        assert [came.said["sequence"] for came in there.taken] == [e["sequence"] for e in journal]
        for came in there.taken:
            Webhook(secret).verify(came.body, came.headers)
            assert list(came.said) == [
                *("id", "source", "type", "subject", "time", "sequence", "data"),
            ]
            assert came.said["id"] == came.headers["webhook-id"]
            assert came.said["subject"] == number
            assert came.path == "/hook"
        assert there.taken[0].said["type"] == "case.received"
        assert there.taken[0].said["source"] == "/agencies/H35.12"
        assert there.taken[0].said["time"].endswith("+07:00")
        state = standing(office.books, "lgsp")
        assert (state["delivered"], state["behind"]) == (len(journal), 0)


def test_p15_no_personal_data_leaves_unless_asked_for_and_registered(
    office: TrainingOffice,
) -> None:
    with partner() as public, partner() as registered:
        add(office.books, "public", public.url)
        add(office.books, "registered", registered.url, personal_register="SĐK-07/2026")
        number = office.receive(owner="Trần Thị Bí Mật", submitted_only=True)
        office.do(
            refuse_case,
            number=number,
            reason="Bà Trần Thị Bí Mật, CCCD 012345678901, không có đất",
            signer="cb.tiepnhan1",
        )
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "public")["behind"] == 0)
            eventually(lambda: standing(office.books, "registered")["behind"] == 0)
        told = b"".join(came.body for came in public.taken).decode()
        assert '"case.refused"' in told
        for secret in ("Bí Mật", "012345678901", "cb.tiepnhan1"):
            assert secret not in told
        assert not re.search(r"\d{9,}", re.sub(r"evt_\d+_[0-9a-f]+", "", told))
        everything = b"".join(came.body for came in registered.taken).decode()
        assert "012345678901" in everything
        assert '"owner":{"name":"Trần Thị Bí Mật"}' in everything


def test_a_subscription_chooses_by_event_agency_and_procedure(office: TrainingOffice) -> None:
    with partner() as late, partner() as permits, partner() as elsewhere, partner() as staff:
        add(office.books, "late", late.url, events=["case.finished", "CaseReceived"])
        add(office.books, "permits", permits.url, procedures=["1.009994"])
        add(office.books, "elsewhere", elsewhere.url, agencies=["H99.1"])
        add(office.books, "staff", staff.url, events=["agency.added"])
        permit, other = office.receive("1.009994"), office.receive("2.000908")
        with transaction(office.books) as db:
            append_office(
                db,
                at=SystemClock().now(),
                actor="admin",
                events=[AgencyAdded(agency="H1.2", level="xã")],
            )
        with courier_at_work(office.books):
            for code in ("late", "permits", "elsewhere", "staff"):
                eventually(lambda code=code: standing(office.books, code)["behind"] == 0)
        assert [c.said["type"] for c in late.taken] == ["case.received", "case.received"]
        assert {c.said["subject"] for c in late.taken} == {permit, other}
        assert {c.said["subject"] for c in permits.taken} == {permit}
        assert elsewhere.taken == []
        assert [c.said["type"] for c in staff.taken] == ["agency.added"]
        assert OFFICE_STREAM not in {c.said["subject"] for c in permits.taken}


def test_after_a_failure_the_case_waits_in_order_and_the_others_go_on(books: Engine) -> None:
    failed: set[str] = set()

    def answer(came: Came) -> Reply:
        if came.said["subject"].endswith("0001") and came.id not in failed:
            failed.add(came.id)
            return Reply(500, body=b"later\n\x00please")
        return Reply()

    with partner(answer) as there:
        add(books, "p", there.url)
        with courier_at_work(books, clock=FastClock(20)):
            numbers = write_events(books, cases=6, each=5)
            eventually(lambda: len(there.taken) == 30)
        assert len(failed) == 5
        assert set(order_of(there)) == set(numbers)
        assert order_is_kept(there)
        assert len(set(there.ids)) == 30
        # the others did not wait for the first: its last event came after all of theirs
        assert there.taken[-1].said["subject"] == numbers[0]
        assert standing(books, "p")["waiting"] == 0


def test_a_message_that_is_never_taken_is_dead_after_its_schedule_and_can_be_sent_again(
    books: Engine,
) -> None:
    heal = threading.Event()

    def answer(came: Came) -> Reply:
        bad = came.said["sequence"] == first and not heal.is_set()
        return Reply(422, body="không hiểu".encode()) if bad else Reply()

    with partner(answer) as there:
        add(books, "p", there.url)
        with reading(books) as db:
            first = Horizon().look(db) + 1
        with courier_at_work(books, clock=FastClock(60_000)):
            write_events(books, cases=2, each=3)
            eventually(lambda: standing(books, "p")["dead"] == 1)
            eventually(lambda: len(there.taken) == 5)  # its case went on without it
        assert sum(came.said["sequence"] == first for came in there.came) == 10
        with reading(books) as db:
            (dead,) = deliveries.dead_letters(db, code="p")
        assert dead["sequence"] == first
        assert dead["status"] == 422
        assert dead["excerpt"] == "không hiểu"
        assert dead["attempts"] == 10
        heal.set()
        with transaction(books) as db:
            assert deliveries.resend(db, now=SystemClock().now(), code="p", ids=[dead["id"]]) == 1
        with courier_at_work(books):
            eventually(lambda: len(there.taken) == 6)
            eventually(lambda: standing(books, "p")["waiting"] == 0)
        assert there.taken[-1].id == dead["message_id"]
        assert {c.id for c in there.came if c.said["sequence"] == first} == {dead["message_id"]}


def test_an_endpoint_that_is_down_is_asked_ever_more_seldom_and_loses_nothing(
    books: Engine,
) -> None:
    up = threading.Event()
    with partner(lambda _: Reply() if up.is_set() else Reply(503)) as there:
        add(books, "p", there.url)
        with courier_at_work(books, clock=FastClock(30)):
            write_events(books, cases=50, each=4)
            eventually(lambda: len(there.came) >= 9)
            asked = len(there.came)
            assert asked < 30  # of 200 that wait
            up.set()
            eventually(lambda: len(set(there.ids)) == 200)
        assert order_is_kept(there)
        assert standing(books, "p")["failing_since"] is None


def test_retry_after_is_obeyed(books: Engine) -> None:
    clock = FastClock(100)
    asked: list[float] = []

    def answer(came: Came) -> Reply:
        asked.append(clock.now().timestamp())
        return Reply(429, {"Retry-After": "600"}) if len(asked) == 1 else Reply()

    with partner(answer) as there:
        add(books, "p", there.url)
        with courier_at_work(books, clock=clock):
            write_events(books, cases=1, each=1)
            eventually(lambda: len(there.taken) == 1)
    assert asked[1] - asked[0] >= 599  # by the courier's clock; the schedule alone says 5


def test_410_ends_an_endpoint_and_it_can_be_taken_up_again(books: Engine) -> None:
    back = threading.Event()
    with partner(lambda _: Reply() if back.is_set() else Reply(410)) as there:
        add(books, "p", there.url)
        with courier_at_work(books):
            write_events(books, cases=5, each=4)
            eventually(lambda: standing(books, "p")["state"] == "disabled")
            assert "410" in standing(books, "p")["why"]
            asked = len(there.came)
            write_events(books, cases=5, each=4, first=5)
            assert len(there.came) == asked
            back.set()
            with transaction(books) as db:
                enable(db, code="p")
            eventually(lambda: len(set(there.ids)) == 40)
        assert order_is_kept(there)


def test_f11_nobody_waits_for_an_endpoint_that_never_answers(books: Engine) -> None:
    release = threading.Event()

    def never(_came: Came) -> Reply:
        release.wait()
        return Reply()

    with partner(never) as hostile, partner() as first, partner() as second:
        for code, there in (("a", hostile), ("b", first), ("c", second)):
            add(books, code, there.url)
        with courier_at_work(books):
            write_events(books, cases=20, each=5)
            eventually(lambda: len(first.taken) == 100)
            eventually(lambda: len(second.taken) == 100)
            assert hostile.taken == []  # it had not answered once
            assert hostile.came
            write_events(books, cases=20, each=1, first=20)
            eventually(lambda: len(first.taken) == 120)
            assert hostile.taken == []
            release.set()
            eventually(lambda: len(set(hostile.ids)) == 120)


def test_while_a_secret_is_replaced_both_are_signed_with(books: Engine) -> None:
    with partner() as there:
        old = add(books, "p", there.url)
        with transaction(books) as db:
            new = rotate(db, SystemClock(), code="p")
        with courier_at_work(books):
            write_events(books, cases=1, each=1)
            eventually(lambda: len(there.taken) == 1)
            for secret in (old, new):
                Webhook(secret).verify(there.taken[0].body, there.taken[0].headers)
        with transaction(books) as db:
            newest = rotate(db, SystemClock(), code="p", overlap=timedelta(0))
        write_events(books, cases=1, each=1, first=1)
        with courier_at_work(books):
            eventually(lambda: len(there.taken) == 2)
        Webhook(newest).verify(there.taken[-1].body, there.taken[-1].headers)
        for ended in (old, new):
            with pytest.raises(WebhookVerificationError):
                Webhook(ended).verify(there.taken[-1].body, there.taken[-1].headers)


def test_a_courier_that_stops_and_begins_again_sends_nothing_twice(books: Engine) -> None:
    with partner() as there:
        add(books, "p", there.url)
        for turn in range(3):
            write_events(books, cases=10, each=5, first=turn * 10)
            with courier_at_work(books):
                eventually(lambda turn=turn: len(there.taken) >= (turn + 1) * 20)
        with courier_at_work(books):
            eventually(lambda: len(there.taken) == 150)
            eventually(lambda: standing(books, "p")["behind"] == 0)
        assert len(set(there.ids)) == 150 == len(there.came)


def test_two_couriers_share_the_work_and_send_nothing_twice(books: Engine) -> None:
    with partner() as first, partner() as second:
        add(books, "a", first.url)
        add(books, "b", second.url)
        with courier_at_work(books), courier_at_work(books):
            write_events(books, cases=20, each=10)
            eventually(lambda: len(first.taken) >= 200 and len(second.taken) >= 200)
        for there in (first, second):
            assert len(there.came) == 200
            assert order_is_kept(there)


def test_f7_a_courier_that_slept_past_its_lease_writes_nothing(books: Engine) -> None:
    add(books, "p", "https://a.example/")
    now, lease = SystemClock().now(), timedelta(seconds=30)
    with transaction(books) as db:
        sleeper = deliveries.claim(db, "p", now=now, lease=lease)
    assert sleeper is not None
    with transaction(books) as db:
        assert deliveries.claim(db, "p", now=now, lease=lease) is None
        awake = deliveries.claim(db, "p", now=now + lease, lease=lease)
    assert awake is not None
    with transaction(books) as db, pytest.raises(LeaseLostError):
        deliveries.write_down(db, "p", sleeper, Report(99, (), ()), now=now, lease=lease)
    assert standing(books, "p")["bookmark"] == awake.bookmark
    with transaction(books) as db:  # the clock was set back an hour: no lease is that long
        early = now - timedelta(hours=1)
        assert deliveries.claim(db, "p", now=early, lease=lease) is not None


def test_a_row_that_commits_late_is_not_skipped(postgres_books: Engine) -> None:
    books = postgres_books
    at = SystemClock().now()

    def claimed(db: object, number: str) -> None:
        append(
            db,  # type: ignore[arg-type]
            stream=number,
            head=Head(0, GENESIS),
            at=at,
            actor="x",
            events=[StepClaimed(step="b", task="t", officer="o")],
        )

    with partner() as there:
        add(books, "p", there.url)
        with courier_at_work(books):
            with transaction(books) as slow:
                claimed(slow, "H35.12-261116-0001")
                with transaction(books) as quick:
                    claimed(quick, "H35.12-261116-0002")
                with reading(books) as db:
                    horizon = Horizon()
                    seen = horizon.look(db)
                    from sqlalchemy import func, select

                    from engine.journal.tables import journal

                    top = db.scalar(select(func.max(journal.c.sequence)))
                assert top is not None
                assert seen < top  # the higher number is there, but it is not safe yet
                threading.Event().wait(0.5)  # ten looks of the courier
                assert there.came == []
            eventually(lambda: len(there.taken) == 2)
        assert {c.said["subject"][-4:] for c in there.taken} == {"0001", "0002"}
        with reading(books) as db:
            horizon.look(db)
            assert horizon.look(db) == top

"""The start of the clock, the answer at intake, the transfer, the sending back (R13–R15, R20)."""

from __future__ import annotations

import pytest
from clock_words import CALENDAR, OFFICE, at, day, shown

from engine.errors import BadInputError
from engine.sla.limit import Limit
from engine.sla.start import Channel, intake_answer_due_at, start_of_clock
from engine.sla.supplement import is_late_return, last_return_day
from engine.sla.transfer import transfer_due_at


def test_r13_by_post_the_clock_starts_with_the_hand_over_record() -> None:
    started = start_of_clock(
        Channel.POSTAL,
        accepted_at=at("2026-11-18 09:00"),
        handed_over_at=at("2026-11-20 10:00"),
    )
    assert shown(started) == "2026-11-20 10:00"


def test_r13_out_of_territory_the_clock_starts_with_the_competent_agency() -> None:
    started = start_of_clock(
        Channel.COUNTER,
        accepted_at=at("2026-11-19 14:00"),
        competent_received_at=at("2026-11-20 09:00"),
    )
    assert shown(started) == "2026-11-20 09:00"


@pytest.mark.parametrize("channel", [Channel.COUNTER, Channel.ONLINE])
def test_r13_direct_and_online_the_clock_starts_when_accepted_as_complete(
    channel: Channel,
) -> None:
    assert shown(start_of_clock(channel, accepted_at=at("2026-11-19 14:00"))) == "2026-11-19 14:00"


def test_r13_after_a_supplement_the_clock_starts_when_it_is_complete() -> None:
    started = start_of_clock(
        Channel.POSTAL,
        accepted_at=at("2026-11-18 09:00"),
        handed_over_at=at("2026-11-18 10:00"),
        supplemented_at=at("2026-11-25 15:30"),
    )
    assert shown(started) == "2026-11-25 15:30"


def test_r13_only_post_has_a_hand_over_record() -> None:
    with pytest.raises(BadInputError, match="Expected a postal dossier"):
        start_of_clock(
            Channel.ONLINE,
            accepted_at=at("2026-11-18 09:00"),
            handed_over_at=at("2026-11-18 10:00"),
        )


@pytest.mark.parametrize(
    ("channel", "limit", "answer"),
    [
        (Channel.ONLINE, None, "2026-11-23 15:30"),
        (Channel.COUNTER, None, "2026-11-20 16:30"),
        (Channel.POSTAL, None, "2026-11-23 17:00"),
        (Channel.ONLINE, "4wh", "2026-11-23 09:30"),
    ],
)
def test_r14_intake_answers_in_time(channel: Channel, limit: str | None, answer: str) -> None:
    own = Limit.parse(limit) if limit else None
    found = intake_answer_due_at(at("2026-11-20 15:30"), channel, OFFICE, own)
    assert shown(found) == answer


@pytest.mark.parametrize(
    ("received", "transfer"),
    [
        ("2026-11-20 14:59", "2026-11-20 17:00"),
        ("2026-11-20 15:00", "2026-11-20 17:00"),
        ("2026-11-20 15:01", "2026-11-23 07:00"),
        ("2026-11-20 15:00:01", "2026-11-23 07:00"),
        ("2026-11-23 15:01", "2026-11-25 07:00"),
        ("2026-11-21 09:00", "2026-11-23 07:00"),
    ],
)
def test_r15_after_15_00_the_transfer_is_due_the_next_working_morning(
    received: str, transfer: str
) -> None:
    assert shown(transfer_due_at(at(received), OFFICE)) == transfer


def test_r20_three_working_days_to_send_back() -> None:
    received = at("2026-11-20 10:00")
    assert last_return_day(received, CALENDAR) == day("2026-11-26")
    for requested, late in (("2026-11-26 16:59", False), ("2026-11-27 07:00", True)):
        found = is_late_return(received, at(requested), CALENDAR, regime="ND61")
        assert found is late


def test_r20_sector_law_may_give_another_time_and_other_decrees_none() -> None:
    received, requested = at("2026-11-20 10:00"), at("2026-11-27 08:00")
    assert last_return_day(received, CALENDAR, 5) == day("2026-11-30")
    assert not is_late_return(received, requested, CALENDAR, regime="ND61", working_days=5)
    assert not is_late_return(received, requested, CALENDAR, regime="ND118_309")

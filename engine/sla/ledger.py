"""The ledger of a due instant: what counted, what was skipped and why, told to a citizen.

Lines follow one another without a gap from receipt to due; the counted amounts sum to the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from engine.clock import iso_office, office_date
from engine.sla.calendar import DayKind, WorkingCalendar, YearStatus
from engine.sla.counting import calendar_end, is_in_time_today
from engine.sla.limit import CountingRule
from engine.sla.office_hours import OfficeTime, midnight
from engine.sla.pauses import ClosedPause, PausePolicy
from engine.sla.reckoning import Effect, PauseEffect, Reckoning, reckon
from engine.sla.wording import (
    date_span,
    hour,
    long_date,
    minutes_in_words,
    moment,
    sentence,
    weekday_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.sla.limit import Limit
    from engine.sla.pauses import Pause

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class LedgerLine:
    """A stretch of time, how much of the limit it used up, and why.

    Exactly one of `counted_minutes` (limits in hours) and `counted_days` (all others) is set; it
    is 0 where nothing counted.
    """

    start: datetime
    end: datetime
    counted_minutes: int | None
    counted_days: int | None
    why: str

    def as_json(self) -> dict[str, object]:
        """JSON values, times in the office's zone."""
        counted: dict[str, object] = (
            {"counted_days": self.counted_days}
            if self.counted_minutes is None
            else {"counted_minutes": self.counted_minutes}
        )
        return {
            "from": iso_office(self.start),
            "to": iso_office(self.end),
            **counted,
            "why": self.why,
        }


def ledger(
    limit: Limit,
    received_at: datetime,
    office: OfficeTime,
    pauses: Iterable[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> tuple[LedgerLine, ...]:
    """How the due instant of a limit came about, line by line; see `reckon` for its errors.

    Legal: R21, R42, R43
    """
    return ledger_of(reckon(limit, received_at, office, pauses, as_of=as_of))


def ledger_of(reckoning: Reckoning) -> tuple[LedgerLine, ...]:
    """The ledger of a reckoning, written when it is asked for."""
    if reckoning.limit.counts_minutes:
        return tuple(_in_minutes(reckoning))
    return tuple(_in_days(reckoning))


def short_reason(reckoning: Reckoning) -> str:
    """One Vietnamese sentence for a receipt: the limit, and the days and pauses left out."""
    first, last = office_date(reckoning.started_at), office_date(reckoning.due_at)
    parts = [sentence(reckoning.limit.in_vietnamese())]
    parts.append(f"tính từ {moment(reckoning.started_at)}")
    named = [
        on
        for on in reckoning.office.calendar.days_off_between(first + _DAY, last)
        if reckoning.office.calendar.change(on) is not None
    ]
    if named:
        parts.append(f"không tính {days_off_in_words(named, reckoning.office.calendar)}")
    parts.extend(
        f"tạm dừng {each.pause.in_words}"
        for each in reckoning.effects
        if each.effect in {Effect.STOPPED, Effect.MOVED}
    )
    return "; ".join(parts) + f": hạn trả {moment(reckoning.due_at)}."


def days_off_in_words(days: Iterable[date], calendar: WorkingCalendar) -> str:
    """Days off with their reasons, days of one reason together.

    "thứ bảy 21/11, chủ nhật 22/11, 24/11 Ngày Văn hóa Việt Nam (NQ 28/2026/QH16)".
    """

    def reason(on: date) -> tuple[str, str | None, int]:
        change = calendar.change(on)
        if change is None:
            return weekday_name(on), None, on.year
        return change.name, calendar.ground(on), on.year

    found: list[tuple[str, str]] = []
    for (name, ground, year), group in groupby(days, key=reason):
        run = list(group)
        if calendar.change(run[0]) is None:
            found.append((f"{name} {date_span(run)}", ""))
            continue
        status = calendar.status(year)
        notes = [ground] if ground else []
        if status is not YearStatus.CONFIRMED:
            notes.append(f"lịch năm {year} {status.in_vietnamese()}")
        found.append((f"{date_span(run)} {name}", f" ({'; '.join(notes)})" if notes else ""))
    # A ground that holds for several reasons in a row is said once, after the last of them.
    following = [note for _, note in found[1:]] + [""]
    return ", ".join(
        text if note == after else text + note
        for (text, note), after in zip(found, following, strict=True)
    )


# Days


def _in_days(reckoning: Reckoning) -> Iterator[LedgerLine]:
    yield from (_day_line(*each) for each in _restarts(reckoning))
    chain = _since_restart(reckoning)
    counted_until = next((e.due_before for e in chain if e.effect is Effect.MOVED), None)
    first_due = reckoning.due_at if counted_until is None else counted_until
    stops = [each.pause for each in chain if each.effect is Effect.STOPPED]
    if reckoning.limit.rule in {CountingRule.CALENDAR_DAYS, CountingRule.CALENDAR_MONTHS}:
        yield from _calendar_days(reckoning, first_due, stops)
    else:
        yield from _working_days(reckoning, first_due, stops)
    for each in chain:
        if each.effect is Effect.MOVED and each.due_after > each.due_before:
            yield _day_line(each.due_before, each.due_after, 0, _moved(each))


def _working_days(
    reckoning: Reckoning, due_at: datetime, stops: list[ClosedPause]
) -> Iterator[LedgerLine]:
    office = reckoning.office
    start, due_on = reckoning.started_at, office_date(due_at)
    day = office_date(start)
    same_day = reckoning.limit.rule is CountingRule.SAME_DAY
    if same_day and day == due_on:
        yield _day_line(start, due_at, 1, _same_day(start, due_on))
        return
    why_not = _same_day_moved(start, office) if same_day else _first_day(reckoning)
    yield _day_line(start, midnight(day + _DAY), 0, why_not)
    number = 0
    day += _DAY
    waiting = list(stops)
    while day <= due_on:
        if waiting and office_date(waiting[0].start) < day:
            pause = waiting.pop(0)
            last = office_date(pause.end)
            if last >= day:
                yield _stopped_days(pause, day, last, office.calendar)
                day = last + _DAY
            continue
        if office.calendar.is_working_day(day):
            number += 1
            end = due_at if day == due_on else midnight(day + _DAY)
            why = _same_day(start, day) if same_day else _counted_day(day, number, office.calendar)
            yield _day_line(midnight(day), end, 1, why)
            day += _DAY
            continue
        off = [day]
        stop = office_date(waiting[0].start) if waiting else due_on
        while off[-1] < stop and not office.calendar.is_working_day(off[-1] + _DAY):
            off.append(off[-1] + _DAY)
        yield _day_line(
            midnight(day),
            midnight(off[-1] + _DAY),
            0,
            f"Không tính: {days_off_in_words(off, office.calendar)}.",
        )
        day = off[-1] + _DAY


def _calendar_days(
    reckoning: Reckoning, due_at: datetime, stops: list[ClosedPause]
) -> Iterator[LedgerLine]:
    calendar = reckoning.office.calendar
    start, due_on = reckoning.started_at, office_date(due_at)
    first = office_date(start) + _DAY
    yield _day_line(start, midnight(first), 0, _first_day(reckoning))
    days = _unpaused_days(reckoning)
    counted = 0
    for pause in stops:
        before = (office_date(pause.start) - first).days + 1
        if before > 0:
            counted += before
            yield _run(first, before, counted, None)
            first += before * _DAY
        resumes = office_date(pause.end) + _DAY
        if resumes > first:
            why = f"Tạm dừng {pause.in_words}: {(resumes - first).days} ngày không tính."
            yield _day_line(midnight(first), midnight(resumes), 0, why)
            first = resumes
    rest = days - counted
    end_on = first + (rest - 1) * _DAY
    if end_on == due_on:
        yield _run(first, rest, days, due_at)
        return
    yield _run(first, rest, days, None)
    off = list(calendar.days_off_between(end_on, due_on - _DAY))
    why = (
        f"Ngày cuối {long_date(end_on)} là ngày nghỉ ({days_off_in_words(off, calendar)}): hạn"
        f" chuyển sang ngày làm việc tiếp theo, {long_date(due_on)}."
    )
    yield _day_line(midnight(end_on + _DAY), due_at, 0, why)


def _unpaused_days(reckoning: Reckoning) -> int:
    start = office_date(reckoning.started_at)
    return (calendar_end(reckoning.limit, start) - start).days


def _run(first: date, days: int, counted: int, end: datetime | None) -> LedgerLine:
    last = first + (days - 1) * _DAY
    span = long_date(first) if days == 1 else f"từ {long_date(first)} đến hết {long_date(last)}"
    why = f"Ngày thứ {counted - days + 1}–{counted}" if days > 1 else f"Ngày thứ {counted}"
    return _day_line(
        midnight(first), end or midnight(last + _DAY), days, f"{why}: {span}, kể cả ngày nghỉ."
    )


def _stopped_days(
    pause: ClosedPause, first: date, last: date, calendar: WorkingCalendar
) -> LedgerLine:
    days = calendar.working_days_between(first - _DAY, last)
    return _day_line(
        midnight(first),
        midnight(last + _DAY),
        0,
        f"Tạm dừng {pause.in_words}: {days} ngày làm việc không tính.",
    )


def _first_day(reckoning: Reckoning) -> str:
    on = office_date(reckoning.started_at)
    restarted = any(each.effect is Effect.RESTART for each in reckoning.effects)
    what = "Ngày bắt đầu tính lại" if restarted else "Ngày nhận"
    return f"{what} {long_date(on)} không tính (BLDS Đ.147)."


def _counted_day(on: date, number: int, calendar: WorkingCalendar) -> str:
    why = f"Ngày làm việc thứ {number}: {long_date(on)}"
    change = calendar.change(on)
    if change is not None and change.kind is DayKind.WORKED:
        ground = calendar.ground(on)
        why += f", {change.name}" + (f" ({ground})" if ground else "")
    return f"{why}."


def _same_day(received_at: datetime, due_on: date) -> str:
    if office_date(received_at) == due_on:
        return f"Nhận lúc {moment(received_at)}, trước 15:00: trả kết quả trong ngày."
    return f"Trả kết quả trong ngày làm việc {long_date(due_on)}."


def _same_day_moved(received_at: datetime, office: OfficeTime) -> str:
    on = office_date(received_at)
    if not office.calendar.is_working_day(on):
        off = days_off_in_words([on], office.calendar)
        return f"Nhận vào ngày nghỉ ({off}): tính cho ngày làm việc tiếp theo."
    if is_in_time_today(received_at, office):
        return f"Nhận lúc {moment(received_at)}."
    return f"Nhận lúc {moment(received_at)}, sau 15:00: tính cho ngày làm việc tiếp theo."


# Minutes


def _in_minutes(reckoning: Reckoning) -> Iterator[LedgerLine]:
    for start, end, _, why in _restarts(reckoning):
        yield _minute_line(start, end, 0, why)
    chain = _since_restart(reckoning)
    moved = [each for each in chain if each.effect is Effect.MOVED]
    due_at = moved[0].due_before if moved else reckoning.due_at
    at = reckoning.started_at
    worked = timedelta()
    for pause in [each.pause for each in chain if each.effect is Effect.STOPPED]:
        for line, length in _worked_lines(at, pause.start, reckoning.office, worked):
            yield line
            worked += length
        stopped = reckoning.office.working_minutes_between(pause.start, pause.end)
        why = f"Tạm dừng {pause.in_words}: {minutes_in_words(stopped)} làm việc không tính."
        if pause.end > pause.start:
            yield _minute_line(pause.start, pause.end, 0, why)
        at = pause.end
    for line, length in _worked_lines(at, due_at, reckoning.office, worked):
        yield line
        worked += length
    for each in moved:
        if each.due_after > each.due_before:
            yield _minute_line(each.due_before, each.due_after, 0, _moved(each))


def _worked_lines(
    start: datetime, end: datetime, office: OfficeTime, worked: timedelta
) -> Iterator[tuple[LedgerLine, timedelta]]:
    """Lines of worked days and of the closed time between them.

    Whole minutes are the difference of rounded-down totals, so that they sum to the whole.
    """
    at = start
    day, last = office_date(start), office_date(end)
    while day <= last:
        if office.calendar.is_working_day(day):
            stretches = office.intervals_between(day, start, end)
            if stretches:
                begun, ended = stretches[0][0], stretches[-1][1]
                if begun > at:
                    yield _closed(at, begun, office), timedelta()
                length = sum((b - a for a, b in stretches), timedelta())
                minutes = (worked + length) // _MINUTE - worked // _MINUTE
                hours = ", ".join(f"{hour(a)}–{hour(b)}" for a, b in stretches)
                why = f"{sentence(long_date(day))}: {hours}, tính {minutes_in_words(minutes)}."
                yield _minute_line(begun, ended, minutes, why), length
                worked += length
                at = ended
        day += _DAY
    if at < end:
        yield _closed(at, end, office), timedelta()


def _closed(start: datetime, end: datetime, office: OfficeTime) -> LedgerLine:
    off = list(office.calendar.days_off_between(office_date(start), office_date(end)))
    if off:
        why = f"Không tính: ngoài giờ làm việc, {days_off_in_words(off, office.calendar)}."
    else:
        why = "Không tính: ngoài giờ làm việc."
    return _minute_line(start, end, 0, why)


# Both


def _restarts(reckoning: Reckoning) -> Iterator[tuple[datetime, datetime, int, str]]:
    at = reckoning.received_at
    for each in reckoning.effects:
        if each.effect is not Effect.RESTART:
            continue
        pause = each.pause
        asked = f"; đã yêu cầu lúc {moment(pause.start)}" if pause.start < pause.end else ""
        why = (
            f"Tính lại từ đầu từ {moment(pause.end)}{pause.cause}{asked}: thời gian trước đó"
            " không tính."
        )
        if pause.end > at:
            yield at, pause.end, 0, why
        at = pause.end


def _since_restart(reckoning: Reckoning) -> list[PauseEffect]:
    chain: list[PauseEffect] = []
    for each in reckoning.effects:
        chain = [] if each.effect is Effect.RESTART else [*chain, each]
    return chain


def _moved(each: PauseEffect) -> str:
    pause = each.pause
    if pause.policy is PausePolicy.PAUSE_CALENDAR:
        length = f"{(office_date(pause.end) - office_date(pause.start)).days} ngày"
    else:
        length = "thời gian làm việc của lần tạm dừng"
    return (
        f"Tạm dừng {pause.in_words}: hạn lùi {length}, từ {moment(each.due_before)} sang"
        f" {moment(each.due_after)}."
    )


def _day_line(start: datetime, end: datetime, days: int, why: str) -> LedgerLine:
    return LedgerLine(start, end, None, days, why)


def _minute_line(start: datetime, end: datetime, minutes: int, why: str) -> LedgerLine:
    return LedgerLine(start, end, minutes, None, why)

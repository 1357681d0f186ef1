"""How the office is, as cards for an administrator: a picture, a word, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext, ngettext

from desk.wording import moment, number
from engine.cases.watch.heartbeat import SILENT_AFTER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.cases.watch.backup_notes import LastBackup
    from webhooks.standing import Standing

GOOD, LOOK, BAD, IDLE = "good", "look", "bad", "idle"
"""All is well; somebody should look; something does not work; nothing to do."""

LONGEST_DELAY_SECONDS = 120
MOST_UNSEALED = 10_000


@dataclass(frozen=True)
class Card:
    """One card; colour and picture never stand alone, `word` says it."""

    key: str
    title: str
    level: str
    word: str
    lines: tuple[str, ...]
    href: str | None = None


def cards(
    health: Mapping[str, Any],
    courier: Standing,
    backup: LastBackup | None,
    *,
    wall: datetime,
    backup_hours: float,
) -> list[Card]:
    """The office's parts in the order somebody would check them."""
    return [
        _scheduler(health),
        _courier(courier),
        _incoming(courier),
        _incidents(health),
        _notices(health["notices"]),
        _journal(health),
        _backup(backup, wall, timedelta(hours=backup_hours)),
    ]


def _scheduler(health: Mapping[str, Any]) -> Card:
    age, delay = health["scheduler_beat_age_seconds"], health["oldest_due_delay_seconds"]
    title = gettext("Tiến trình đồng hồ")
    waiting = gettext("%(num)s hẹn giờ đang chờ", num=number(health["armed_timers"]))
    if age is None:
        level = IDLE if health["training"] else BAD
        return Card(
            "clock", title, level, gettext("không chạy"),
            (gettext("Chạy lệnh «motcua scheduler» để cảnh báo và thời hạn hoạt động."), waiting),
        )  # fmt: skip
    beat = gettext("nhịp gần nhất cách đây %(num)s giây", num=number(age))
    if age > SILENT_AFTER_SECONDS:
        return Card("clock", title, BAD, gettext("im lặng"), (beat, waiting))
    late = gettext("việc đến giờ chậm nhất %(num)s giây", num=number(delay))
    if delay > LONGEST_DELAY_SECONDS:
        return Card("clock", title, LOOK, gettext("đang chậm"), (late, beat))
    return Card("clock", title, GOOD, gettext("đang chạy"), (beat, waiting))


def _courier(found: Standing) -> Card:
    title, href = gettext("Gửi tin cho đối tác"), url_for("partners.listing")
    if not found.active:
        off = gettext("%(num)s đối tác đã tắt", num=found.disabled)
        return Card("courier", title, IDLE, gettext("chưa có đối tác"), (off,), href)
    queue = gettext(
        "%(waiting)s tin chờ gửi lại, %(dead)s tin không gửi được",
        waiting=number(found.waiting),
        dead=number(found.dead),
    )
    if found.is_silent:
        how = gettext("Chạy lệnh «motcua courier» để gửi và nhận tin.")
        return Card("courier", title, BAD, gettext("không chạy"), (how, queue), href)
    failing = ngettext("%(num)d đối tác đang lỗi", "%(num)d đối tác đang lỗi", found.failing)
    if found.failing or found.dead:
        return Card("courier", title, LOOK, gettext("cần xem"), (failing, queue), href)
    sends = ngettext("%(num)d đối tác đang nhận", "%(num)d đối tác đang nhận", found.active)
    return Card("courier", title, GOOD, gettext("đang chạy"), (sends, queue), href)


def _incoming(found: Standing) -> Card:
    title, href = gettext("Tin đến"), url_for("incoming.waiting")
    if found.incoming_waiting:
        waiting = gettext("%(num)s tin chờ người xem", num=number(found.incoming_waiting))
        return Card("incoming", title, LOOK, gettext("cần xem"), (waiting,), href)
    return Card("incoming", title, GOOD, gettext("không có tin chờ"), (), href)


def _incidents(health: Mapping[str, Any]) -> Card:
    title, href = gettext("Sự cố"), url_for("incidents.waiting")
    count = len(health["incidents"])
    if count:
        waiting = ngettext("%(num)d sự cố đang chờ", "%(num)d sự cố đang chờ", count)
        return Card("incidents", title, BAD, gettext("cần xem"), (waiting,), href)
    return Card("incidents", title, GOOD, gettext("không có"), (), href)


def _notices(counts: Mapping[str, int]) -> Card:
    title = gettext("Thông báo cho người dân")
    dead, waiting = counts.get("dead", 0), counts.get("waiting", 0)
    by_hand = gettext("%(num)s không có địa chỉ thư", num=number(counts.get("no_address", 0)))
    if dead:
        lost = gettext("%(num)s thư không gửi được", num=number(dead))
        return Card("notices", title, LOOK, gettext("cần xem"), (lost, by_hand))
    queue = gettext("%(num)s thư đang chờ gửi", num=number(waiting))
    return Card("notices", title, GOOD, gettext("bình thường"), (queue, by_hand))


def _journal(health: Mapping[str, Any]) -> Card:
    title, href = gettext("Nhật ký"), url_for("administration.journal")
    rows = gettext("%(num)s dòng", num=number(health["journal_rows"]))
    open_rows = health["journal_unsealed_rows"]
    unsealed = gettext("%(num)s dòng chưa niêm phong", num=number(open_rows))
    if open_rows > MOST_UNSEALED:
        return Card("journal", title, LOOK, gettext("cần xem"), (rows, unsealed), href)
    return Card("journal", title, GOOD, gettext("đang niêm phong"), (rows, unsealed), href)


def _backup(found: LastBackup | None, wall: datetime, longest: timedelta) -> Card:
    title = gettext("Sao lưu")
    how = gettext("Chạy lệnh «motcua backup TỆP» hằng ngày và cất bản sao ở máy khác.")
    if found is None:
        return Card("backup", title, BAD, gettext("chưa có bản nào"), (how,))
    made = gettext("bản gần nhất: %(at)s", at=moment(found.taken_at))
    what = gettext("%(file)s, %(num)s dòng", file=found.file, num=number(found.journal_rows))
    if wall - found.taken_at > longest:
        return Card("backup", title, LOOK, gettext("đã cũ"), (made, what, how))
    return Card("backup", title, GOOD, gettext("còn mới"), (made, what))

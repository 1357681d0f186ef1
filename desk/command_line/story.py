"""The story of a training office: real procedures, real cases, told as it happens."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.measure import measure_lines
from desk.command_line.wording import WEEKDAYS
from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.intake.receive_case import receive_case
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import return_result
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.training import clock_of
from engine.cases.views import summary, whole
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.confirm_payment import confirm_payment
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.extension import StepKind
from engine.clock import SystemClock, office_instant, office_time
from engine.config import Settings
from engine.database import open_database, reading, transaction
from engine.journal.seal import seal_journal
from engine.journal.verify import verify
from engine.migrations.upgrade import revision_of, upgrade
from engine.open_office import TRAINING_AGENCY, open_office
from engine.reports.figures import figures
from engine.scheduler.sweep import advance_training_clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Connection, Engine

    from engine.cases.file import CaseFile
    from engine.clock import Clock

HAND_OVER = (StepKind.RETURN, StepKind.REFUSE)
AFTER_MAIN_PATH = (*HAND_OVER, StepKind.APOLOGISE)


def tell(*, quiet: bool) -> dict[str, Any]:
    """Play the story in books of its own, so that no other training is disturbed."""
    with tempfile.TemporaryDirectory(prefix="motcua-story-") as folder:
        books = open_database(f"sqlite:///{folder}/story.db")
        try:
            return _Story(books, Path(folder) / "journal.anchor", quiet=quiet).play()
        finally:
            books.dispose()


class _Story:
    """The office of the story, its clock and its voice."""

    def __init__(self, books: Engine, anchor: Path, *, quiet: bool) -> None:
        self.books = books
        self.anchor = anchor
        self.quiet = quiet

    def play(self) -> dict[str, Any]:
        self._open()
        copy = self._receive("2.000908", "Lò Thị Mai", "counter")
        house = self._receive("1.009994", "Nguyễn Văn Hùng", "counter")
        land = self._receive("TINH-20", "Giàng A Páo", "counter")
        firm = self._receive("2.001610", "Trần Quốc Bảo", "online")
        lease = self._receive("TINH-07", "Vàng Thị Sua", "postal")

        self._say(copy, "làm xong và trả ngay trong ngày")
        self._work_to_the_end(copy)
        self._until("2026-11-17T08:00")
        self._complete_until(house, StepKind.EXAMINE)
        self._say(house, "thiếu bản vẽ: một cửa gửi Phiếu yêu cầu bổ sung, đồng hồ dừng")
        self._do(
            lambda db, clock: request_supplement(
                db,
                clock,
                number=house,
                reason="Thiếu bản vẽ mặt bằng móng",
                components=["ban_ve"],
            )
        )
        self._say(firm, "giải quyết trước hạn")
        self._work_to_the_end(firm)
        self._say(land, "xong giai đoạn 1, chờ người dân làm nghĩa vụ tài chính")
        self._complete_until_paused(land)
        self._until("2026-11-20T09:00")
        self._say(house, "người dân nộp đủ: đồng hồ chạy tiếp")
        self._do(lambda db, clock: accept_supplement(db, clock, number=house))
        self._show_ledger(house)
        self._until("2026-11-25T14:00")
        self._say(lease, "đã quá hạn: lãnh đạo xin lỗi và hẹn lại")
        self._apologise(lease, "Người thẩm định bị quá tải sau đợt sáp nhập", "2026-11-27")
        self._until("2026-11-26T10:00")
        self._work_to_the_end(lease)
        self._say(land, "đã nộp thuế: chạy giai đoạn 2")
        self._do(lambda db, clock: confirm_payment(db, clock, number=land))
        self._until("2026-11-27T10:00")
        self._work_to_the_end(land)
        self._say(house, "không đủ điều kiện: từ chối bằng văn bản")
        self._do(
            lambda db, clock: refuse_case(
                db, clock, number=house, reason="Đất không thuộc quy hoạch đất ở"
            )
        )
        self._do(lambda db, clock: return_result(db, clock, number=house))
        return self._close([copy, house, land, firm, lease])

    def _open(self) -> None:
        upgrade(self.books)
        with transaction(self.books) as db:
            counts = open_office(
                db,
                SystemClock(),
                root=Settings.from_env().procedures_root,
                training=True,
                revision=str(revision_of(self.books)),
            )
        self._print(
            f"Văn phòng huấn luyện {TRAINING_AGENCY}: {counts['versions']} thủ tục đang có hiệu lực"
        )

    def _receive(self, procedure: str, owner: str, channel: str) -> str:
        file = self._do(
            lambda db, clock: receive_case(
                db,
                clock,
                procedure=procedure,
                agency=TRAINING_AGENCY,
                owner=owner,
                channel=channel,
            )
        )
        due = office_time(file["due_original_at"])
        self._say(
            file.number,
            f"{owner} nộp «{file.version.name}», hẹn trả {WEEKDAYS[due.weekday()]} "
            f"{due:%H:%M %d/%m/%Y}",
        )
        return file.number

    def _work_to_the_end(self, number: str) -> None:
        self._complete_all(number, until=())
        self._do(lambda db, clock: return_result(db, clock, number=number, originals_returned=True))
        with reading(self.books) as db:
            case = summary(read_case(db, clock_of(db), number))
            verdict = whole(read_case(db, clock_of(db), number))["verdict"]
        words = {"early": "trước hạn", "on_time": "đúng hạn", "late": "QUÁ HẠN, có thư xin lỗi"}
        self._say(number, f"{case['status_name'].lower()}, {words[verdict]}")

    def _complete_until(self, number: str, kind: StepKind) -> None:
        self._complete_all(number, until=(kind,))

    def _complete_until_paused(self, number: str) -> None:
        self._complete_all(number, until=())

    def _complete_all(self, number: str, *, until: tuple[StepKind, ...]) -> None:
        while True:
            with reading(self.books) as db:
                file = read_case(db, clock_of(db), number)
                if file.status not in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
                    return
                waiting = [
                    row
                    for row in open_steps(db, file.id)
                    if row.kind not in AFTER_MAIN_PATH and row.kind not in until
                ]
            if not waiting:
                return
            element = waiting[0].element_id
            self._do(partial(complete_step, number=number, step_id=element))

    def _apologise(self, number: str, reason: str, new_date: str) -> None:
        day: date = office_time(office_instant(f"{new_date}T00:00")).date()
        file = self._do(
            lambda db, clock: issue_apology(
                db, clock, number=number, reason=reason, cause="QUA_TAI", new_date=day
            )
        )
        appointed = office_time(file["due_appointed_at"])
        self._say(number, f"thư xin lỗi đã ký; hẹn lại {appointed:%H:%M %d/%m/%Y}")

    def _show_ledger(self, number: str) -> None:
        with reading(self.books) as db:
            lines = whole(read_case(db, clock_of(db), number))["ledger"]
        self._print("        Vì sao ngày này?")
        for line in lines:
            self._print(f"          {line['why']}")

    def _until(self, text: str) -> None:
        to = office_instant(text)
        swept = advance_training_clock(self.books, to)
        local = office_time(to)
        self._print(
            f"\n— {WEEKDAYS[local.weekday()]} {local:%d/%m/%Y %H:%M} "
            f"({swept.fired} hẹn giờ đã đến trên đường)"
        )

    def _close(self, numbers: list[str]) -> dict[str, Any]:
        seal_journal(self.books, self.anchor)
        with reading(self.books) as db:
            clock = clock_of(db)
            today = office_time(clock.now()).date()
            rates = figures(db, clock, first=today.replace(day=1), last=today, by=None)
            proof = verify(db, self.anchor)
            cases = [whole(read_case(db, clock, number)) for number in numbers]
        self._print("\nSố liệu tháng, theo nhật ký:")
        for line in measure_lines(rates):
            self._print(line)
        self._print(f"\nNhật ký: {proof.rows} dòng, {'nguyên vẹn' if proof.ok else 'ĐÃ BỊ SỬA'}.")
        return {"cases": cases, "measures": rates, "journal_ok": proof.ok}

    def _do(self, act: Callable[[Connection, Clock], CaseFile]) -> CaseFile:
        with transaction(self.books) as db:
            return act(db, clock_of(db))

    def _say(self, number: str, text: str) -> None:
        self._print(f"  {number}: {text}")

    def _print(self, line: str) -> None:
        if not self.quiet:
            click.echo(line)

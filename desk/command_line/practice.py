"""A training office worth opening: made-up people who can sign in, and cases at every point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.cases.claim_step import claim_step
from engine.cases.complete_step import complete_step
from engine.cases.file import read_case
from engine.cases.intake.receive_case import receive_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import return_result
from engine.cases.status import CaseStatus
from engine.cases.steps import open_steps
from engine.cases.tables import case, office
from engine.cases.training import clock_of, is_training
from engine.cases.waiting.accept_supplement import accept_supplement
from engine.cases.waiting.request_supplement import request_supplement
from engine.catalog.extension import StepKind
from engine.clock import SystemClock, office_instant, office_time
from engine.database import reading, transaction
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import revision_of, upgrade
from engine.open_office import TRAINING_AGENCY, open_office
from engine.scheduler.sweep import advance_training_clock
from engine.staff.queries import officers_for_sign_in
from engine.staff.sign_in import officers_without_password, set_password

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from engine.config import Settings

AFTER_MAIN_PATH = (StepKind.RETURN, StepKind.REFUSE, StepKind.APOLOGISE)
ACTOR = "init"

PEOPLE = (
    ("1.009994", "Nguyễn Văn Hùng", "counter", "0912345601"),
    ("TINH-20", "Giàng A Páo", "counter", "0912345602"),
    ("2.001610", "Trần Quốc Bảo", "online", "0912345603"),
    ("TINH-07", "Vàng Thị Sua", "postal", "0912345604"),
    ("2.000908", "Lò Thị Mai", "counter", "0912345605"),
    ("1.004859", "Đặng Thị Thoa", "counter", "0912345606"),
    ("1.000894", "Lý Văn Chẩn", "counter", "0912345607"),
    ("1.009994", "Phạm Đức Thắng", "online", "0912345608"),
    ("2.000488", "Hoàng Thị Yến", "online", "0912345609"),
    ("TINH-10", "Bùi Thanh Sơn", "counter", "0912345610"),
)
"""Who comes on the first days; names and numbers are made up."""


def open_practice_office(
    settings: Settings, books: Engine, *, password: str
) -> list[dict[str, Any]]:
    """Bring the books up to date; a new training office gets sign-ins and some days of work.

    Gives the sign-ins of a training office, none of a real one.
    """
    upgrade(books)
    with transaction(books) as db:
        training = _is_training_office(db)
        open_office(
            db,
            SystemClock(),
            root=settings.procedures_root,
            training=training,
            revision=str(revision_of(books)),
        )
        if training:
            for code in officers_without_password(db):
                set_password(db, clock_of(db), officer_code=code, password=password, by=ACTOR)
    if training:
        with reading(books) as db:
            is_empty = not db.scalar(select(func.count()).select_from(case))
        if is_empty:
            _Days(books).play()
    seal_journal(books, settings.anchor_file)
    with reading(books) as db:
        return officers_for_sign_in(db) if training else []


def _is_training_office(db: Any) -> bool:
    """An office that is not open yet becomes a training office; an open one stays what it is."""
    known = db.scalar(select(office.c.training))
    return True if known is None else is_training(db)


class _Days:
    """A few days of work, so that every filter of the list has something in it."""

    def __init__(self, books: Engine) -> None:
        self.books = books

    def play(self) -> None:
        """From Monday morning to the Wednesday of the week after."""
        numbers = [self._receive(*each) for each in PEOPLE]
        house, land, firm, lease, copy, marriage, card, site, _shop, old = numbers
        self._work(copy)
        self._return(copy)
        self._work(lease, until=StepKind.EXAMINE)
        self._work(site, until=StepKind.EXAMINE)
        self._to("2026-11-17T09:10")
        self._work(house, until=StepKind.EXAMINE)
        self._do(
            request_supplement,
            number=house,
            reason="Thiếu bản vẽ mặt bằng móng; nộp lại bản có chữ ký của đơn vị thiết kế.",
            components=["ban_ve"],
        )
        self._work(firm)
        self._work(land)
        self._work(marriage, until=StepKind.SIGN)
        self._to("2026-11-19T15:40")
        self._do(accept_supplement, number=house)
        self._work(old, until=StepKind.EXAMINE)
        self._claim(old)
        self._to("2026-11-23T08:20")
        for each in (
            ("2.000815", "Tráng A Dế", "counter", "0912345611"),
            ("1.004616", "Mùa Thị Cở", "online", "0912345612"),
            ("1.009994", "Công ty TNHH Xây dựng Bản Mẫu", "counter", "0912345613"),
        ):
            self._receive(*each)
        self._receive("1.001765", "Sùng A Lử", "online", "0912345614", submitted_only=True)
        self._to("2026-11-25T14:00")
        self._apologise(lease)
        self._work(card)

    def _receive(self, procedure: str, owner: str, channel: str, phone: str, **given: Any) -> str:
        file = self._do(
            receive_case,
            procedure=procedure,
            agency=TRAINING_AGENCY,
            owner=owner,
            channel=channel,
            data={"owner": {"phone": phone}},
            **given,
        )
        return str(file.number)

    def _work(self, number: str, *, until: StepKind | None = None) -> None:
        while (step := self._next(number, until)) is not None:
            self._do(complete_step, number=number, step_id=step)

    def _next(self, number: str, until: StepKind | None) -> str | None:
        with reading(self.books) as db:
            file = read_case(db, clock_of(db), number)
            if file.status not in (CaseStatus.RECEIVED, CaseStatus.PROCESSING):
                return None
            for row in open_steps(db, file.id):
                if row.kind not in AFTER_MAIN_PATH and row.kind != until:
                    return str(row.element_id)
        return None

    def _claim(self, number: str) -> None:
        with reading(self.books) as db:
            file = read_case(db, clock_of(db), number)
            step = open_steps(db, file.id)[0].element_id
        self._do(claim_step, number=number, step_id=step)

    def _return(self, number: str) -> None:
        self._do(return_result, number=number, originals_returned=True)

    def _apologise(self, number: str) -> None:
        with reading(self.books) as db:
            file = read_case(db, clock_of(db), number)
            due, now = file["due_original_at"], file.now
            calendar = file.office.calendar
        if due is None or due >= now:
            return
        new_date = calendar.add_working_days(office_time(now).date(), 2)
        self._do(
            issue_apology,
            number=number,
            reason="Đợt sáp nhập làm hồ sơ dồn lại, người thẩm định bị quá tải.",
            cause="QUA_TAI",
            new_date=new_date,
        )

    def _to(self, text: str) -> None:
        advance_training_clock(self.books, office_instant(text))

    def _do(self, command: Callable[..., Any], **given: Any) -> Any:
        with transaction(self.books) as db:
            return command(db, clock_of(db), **given)

"""E-mail against a real SMTP server on this machine: sent, refused, put off, hostile values."""

from __future__ import annotations

import email
import socket
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from engine.cases.telling.duty_tables import notice
from engine.cases.telling.outbox import counts_by_state, notices
from engine.config import Settings
from engine.database import reading
from engine.errors import BadInputError
from engine.scheduler.delivery import deliver
from engine.scheduler.mail import Mail, MailFailedError, MailRefusedError, send_mail
from engine.scheduler.sweep import Worker
from engine.staff.commands import set_email
from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from collections.abc import Iterator


class Postbox:
    """Takes mail, or answers as it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.reply: str | None = None

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.reply is not None:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        parsed = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 taken"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Settings]]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_from="motcua@xa.example.vn")
    server.stop()


MAIL = Mail("notice-1", "hung@example.vn", "Hồ sơ đã được tiếp nhận", "Kính gửi ông Hùng\n")


def test_a_mail_arrives_with_its_vietnamese_words_and_a_lasting_id(
    postbox: tuple[Postbox, Settings],
) -> None:
    box, settings = postbox
    send_mail(settings, MAIL)
    got = box.mails[0]
    assert (got["To"], got["From"]) == ("hung@example.vn", "motcua@xa.example.vn")
    assert got["Subject"] == "Hồ sơ đã được tiếp nhận"
    assert got["Message-ID"] == "<notice-1@motcua>"
    assert got.get_content().strip() == "Kính gửi ông Hùng"


@pytest.mark.parametrize(
    "to",
    ["", "không phải", "a@b.vn\nBcc: x@y.vn", "a@b.vn, c@d.vn", "@", "a b@c.vn", "<a@b.vn> x"],
)
def test_a_hostile_or_broken_address_is_refused_before_anything_is_sent(
    postbox: tuple[Postbox, Settings], to: str
) -> None:
    box, settings = postbox
    with pytest.raises(MailRefusedError, match="Expected"):
        send_mail(settings, Mail("x", to, "s", "t"))
    assert box.mails == []


def test_a_subject_cannot_carry_a_header(postbox: tuple[Postbox, Settings]) -> None:
    box, settings = postbox
    with pytest.raises(MailRefusedError):
        send_mail(settings, Mail("x", "a@b.vn", "s\nBcc: x@y.vn", "t"))
    assert box.mails == []


@pytest.mark.parametrize(
    ("reply", "error"), [("550 no such user", MailRefusedError), ("451 later", MailFailedError)]
)
def test_never_and_not_now_are_told_apart(
    postbox: tuple[Postbox, Settings], reply: str, error: type[Exception]
) -> None:
    box, settings = postbox
    box.reply = reply
    with pytest.raises(error, match=reply):
        send_mail(settings, MAIL)


def test_a_server_that_is_away_is_a_failure_for_now() -> None:
    with pytest.raises(MailFailedError):
        send_mail(Settings(smtp_host="127.0.0.1", smtp_port=1, smtp_timeout_seconds=2), MAIL)


def test_r71_notices_reach_the_applicant_and_are_sent_once(
    office: TrainingOffice, postbox: tuple[Postbox, Settings]
) -> None:
    box, settings = postbox
    number = office.receive(
        "2.000908", owner="Lò Thị Mai", data={"owner": {"email": "mai@example.vn"}}
    )
    assert deliver(office.books, settings, Worker()) == 1
    assert deliver(office.books, settings, Worker()) == 0
    text = box.mails[0].get_content()
    assert number in box.mails[0]["Subject"]
    assert "Lò Thị Mai" in text
    assert "Hẹn trả kết quả: 17:00 ngày 16/11/2026" in text
    with reading(office.books) as db:
        assert [each["state"] for each in notices(db, number=number)] == ["sent"]


def test_r71_a_failed_notice_rolls_no_case_back_and_is_tried_again(
    office: TrainingOffice, postbox: tuple[Postbox, Settings]
) -> None:
    box, settings = postbox
    number = office.receive("2.000908", data={"owner": {"email": "mai@example.vn"}})
    before = office.case(number)
    box.reply = "451 later"
    assert deliver(office.books, settings, Worker()) == 0
    assert office.case(number) == before
    with reading(office.books) as db:
        row = db.execute(select(notice)).one()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.next_try_at > row.written_at
    box.reply = "550 never"
    other = office.receive("2.000908", data={"owner": {"email": "x@example.vn"}})
    deliver(office.books, settings, Worker())
    with reading(office.books) as db:
        assert [each["state"] for each in notices(db, number=other)] == ["dead"]


def test_warnings_reach_officers_who_have_an_address_without_the_applicants_name(
    office: TrainingOffice, postbox: tuple[Postbox, Settings]
) -> None:
    box, settings = postbox
    office.do(set_email, officer_code="ld.chutich", email="chutich@xa.example.vn", by="qt")
    office.receive("TINH-07", owner="Vàng Thị Sua")
    office.until("2026-11-20T08:00")
    deliver(office.books, settings, Worker())
    assert {mail["To"] for mail in box.mails} == {"chutich@xa.example.vn"}
    words = "\n".join(mail["Subject"] + mail.get_content() for mail in box.mails)
    assert "Hồ sơ quá hạn" in words
    assert "Tổng hợp đầu ngày" in words
    assert "Sua" not in words
    with reading(office.books) as db:
        assert counts_by_state(db)["sent"] == len(box.mails)


@pytest.mark.parametrize("wrong", ["", "a", "a@", "a@b c", "a@b,c@d"])
def test_an_officers_address_is_checked(sqlite_books: Any, wrong: str) -> None:
    office = TrainingOffice(sqlite_books)
    with pytest.raises(BadInputError):
        office.do(set_email, officer_code="ld.chutich", email=wrong, by="qt")

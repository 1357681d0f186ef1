"""Sending one e-mail by SMTP: a refusal for ever and a failure for now are told apart."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

from engine.errors import OfficeError

if TYPE_CHECKING:
    from engine.config import Settings

PERMANENT_FROM, PERMANENT_UNTIL = 500, 600
"""SMTP reply codes that say: never."""


class MailRefusedError(OfficeError):
    """The mail server will not take this message, now or later."""

    code = "mail_refused"


class MailFailedError(OfficeError):
    """The mail server could not take the message this time."""

    code = "mail_failed"


@dataclass(frozen=True)
class Mail:
    """One message; the same id is the same message, however often it is sent."""

    id: str
    to: str
    subject: str
    text: str


def send_mail(settings: Settings, mail: Mail) -> None:
    """Hand a message to the mail server.

    Raises:
        MailRefusedError: an address or text it never takes. MailFailedError: try again later.
    """
    message = _message(settings, mail)
    try:
        with _connected(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise _by_code(code, text) from refused
    except smtplib.SMTPResponseException as refused:
        raise _by_code(refused.smtp_code, refused.smtp_error) from refused
    except (OSError, smtplib.SMTPException) as away:
        raise MailFailedError(f"Expected the mail server to take it, but {away}") from away


def _message(settings: Settings, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = settings.smtp_from
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Message-ID"] = f"<{mail.id}@motcua>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        addresses = message["To"].addresses
    except (ValueError, IndexError) as cause:
        raise MailRefusedError(f"Expected an e-mail address, but {cause}") from cause
    if len(addresses) != 1 or addresses[0].addr_spec != mail.to or not addresses[0].domain:
        raise MailRefusedError("Expected one e-mail address, but there is another text")
    return message


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host,
            settings.smtp_port,
            timeout=settings.smtp_timeout_seconds,
            context=context,
        )
    else:
        server = smtplib.SMTP(
            settings.smtp_host, settings.smtp_port, timeout=settings.smtp_timeout_seconds
        )
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    return server


def _by_code(code: int, text: bytes | str) -> OfficeError:
    said = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    sentence = f"Expected the mail server to take it, but it said {code} {said}"
    if PERMANENT_FROM <= code < PERMANENT_UNTIL:
        return MailRefusedError(sentence)
    return MailFailedError(sentence)

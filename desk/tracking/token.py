"""The second secret on a receipt's QR code: 128 bits that only this installation can make."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app, url_for

from desk.transaction import settings

PURPOSE = b"motcua receipt qr 1\x00"
DIGITS = 32


def token_of(number: str) -> str:
    """The token of a case's receipt; the same for ever, so a reprint shows the same code."""
    key = current_app.secret_key
    if not isinstance(key, bytes):
        raise TypeError("the desk's key is bytes, see desk/app.py")
    return hmac.new(key, PURPOSE + number.encode(), hashlib.sha256).hexdigest()[:DIGITS]


def token_fits(number: str, token: str) -> bool:
    """True when the token is that case's; takes as long for any token."""
    return hmac.compare_digest(token_of(number).encode(), token.encode())


def tracking_address(number: str) -> str:
    """Where the QR code leads."""
    path = url_for("tracking.scanned", number=number, token=token_of(number))
    return settings().base_url.rstrip("/") + path

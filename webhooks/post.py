"""One exchange with a partner: a body is posted, a short answer is read, nothing is followed."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpcore2

from webhooks.address import AddressRefusedError, Reach, Target
from webhooks.guard import Guard, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

TOTAL_SECONDS = 20.0
LARGEST_ANSWER = 64 * 1024
EXCERPT = 500
IDLE_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is None when nothing did, and `error` says why in one line."""

    status: int | None
    error: str | None = None
    body: bytes = b""
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        """True for 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 (HTTP)

    @property
    def excerpt(self) -> str:
        """The beginning of the body, fit for one line of a list."""
        text = self.body[: EXCERPT * 4].decode("utf-8", "replace")
        return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)[:EXCERPT]

    def retry_after_seconds(self, now: datetime) -> float:
        """How long the partner asks us to wait, at most a day; 0 when it does not ask."""
        text = (self.retry_after or "").strip()
        if text.isascii() and text.isdigit():
            wait = float(text[:9])
        else:
            try:
                wait = (parsedate_to_datetime(text) - now).total_seconds()
            except (ValueError, TypeError):
                return 0.0
        return min(max(wait, 0.0), LONGEST_WAIT_SECONDS)


def trusted(certificates: str | None = None) -> ssl.SSLContext:
    """The machine's certificate authorities, and those of a file for partners on an intranet."""
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(cafile=certificates)
    return context


class Postman:
    """Carries one message at a time to one partner and keeps the connection open between them."""

    def __init__(
        self,
        target: Target,
        reach: Reach,
        *,
        certificates: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
        resolver: Callable[[str, int], list[str]] = resolve,
    ) -> None:
        self.target = target
        self.total_seconds = total_seconds
        self._guard = Guard(reach, plain=target.is_plain, resolver=resolver)
        # No redirects, no proxy of the environment, no decompression: this library has none.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=certificates or trusted(),
            max_connections=1,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._guard,
        )

    def post(self, body: bytes, headers: Mapping[str, str], *, below: str = "") -> Answer:
        """Post a body, to a path below the partner's address if one is given."""
        self._guard.start_clock(self.total_seconds)
        try:
            return self._exchange(body, headers, below)
        except AddressRefusedError as refusal:
            return Answer(None, f"{refusal.code}: {refusal.message}")
        except (
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            OSError,
        ) as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:EXCERPT])

    def close(self) -> None:
        """End the connection."""
        self._pool.close()

    def _exchange(self, body: bytes, headers: Mapping[str, str], below: str) -> Answer:
        target = self.target
        url = httpcore2.URL(
            scheme=target.scheme,
            host=target.host,
            port=target.port,
            target=target.path.rstrip("/") + below if below else target.path,
        )
        host = f"[{target.host}]" if ":" in target.host else target.host
        sent: dict[str, str] = {
            "Host": f"{host}:{target.port}",
            "User-Agent": "motcua",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            **headers,
        }
        # The pool's own patience only matters where the guard is not asked.
        patience = dict.fromkeys(("connect", "read", "write", "pool"), self.total_seconds)
        with self._pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": patience}
        ) as response:
            answered = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            return Answer(
                response.status,
                body=self._beginning(response),
                retry_after=answered.get("retry-after"),
            )

    def _beginning(self, response: httpcore2.Response) -> bytes:
        """At most 64 KB, as they came; the status stands even when the rest never comes."""
        kept = bytearray()
        try:
            for chunk in response.iter_stream():
                kept += chunk
                if len(kept) >= LARGEST_ANSWER:
                    break
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
            pass
        return bytes(kept[:LARGEST_ANSWER])

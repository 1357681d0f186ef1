"""The courier's network: checks every address at the connect, and keeps one deadline in all.

A name is resolved once, every address of the answer is checked, and the connection goes to a
checked address, so that a second answer of the name server changes nothing. A host that sends
one byte now and then meets the deadline of the whole exchange, not of each read.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore2

from webhooks.address import Reach, read_address

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from webhooks.address import Address


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as the machine's resolver says.

    Raises:
        OSError: it knows none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(httpcore2.NetworkBackend):
    """A network backend for one exchange at a time."""

    def __init__(
        self,
        reach: Reach,
        *,
        plain: bool,
        resolver: Callable[[str, int], list[str]] = resolve,
    ) -> None:
        self.reach = reach
        self.plain = plain
        self.resolver = resolver
        self.deadline = 0.0
        self._inner = httpcore2.SyncBackend()

    def start_clock(self, seconds: float) -> None:
        """A new exchange: from now on all of it may take so long."""
        self.deadline = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline.

        Raises:
            httpcore2.ReadTimeout: it has passed.
        """
        rest = self.deadline - time.monotonic()
        if rest <= 0:
            raise httpcore2.ReadTimeout("the exchange took longer than it may")
        return rest

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the deadline counts)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve, check every address, connect to one of them.

        Raises:
            AddressRefusedError: one of the addresses is not to be reached: none is tried.
        """
        addresses = [read_address(text) for text in self._resolved(host, port)]
        for address in addresses:
            self.reach.check(address, port, plain=self.plain)
        return self._first_that_answers(addresses, port, local_address, socket_options)

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 (the base's signature)
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Refused: partners are elsewhere."""
        raise httpcore2.ConnectError("the courier does not use sockets of this machine")

    def _first_that_answers(
        self,
        addresses: list[Address],
        port: int,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for position, address in enumerate(addresses):
            # The last one may use all that is left; those before it leave time for the others.
            share = self.left() / (len(addresses) - position)
            try:
                stream = self._inner.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return GuardedStream(stream, self)
        raise failure

    def _resolved(self, host: str, port: int) -> list[str]:
        """Ask the resolver, which has no time limit of its own, in a thread that may be left."""
        answer: list[str] = []
        failure: list[OSError] = []

        def ask() -> None:
            try:
                answer.extend(self.resolver(host, port))
            except (OSError, UnicodeError) as error:
                failure.append(OSError(str(error)))

        asking = threading.Thread(target=ask, daemon=True, name=f"resolve {host}")
        asking.start()
        asking.join(self.left())
        if asking.is_alive():
            raise httpcore2.ConnectTimeout(f"the name {host} was not resolved in time")
        if failure or not answer:
            why = failure[0] if failure else "it has no address"
            raise httpcore2.ConnectError(f"the name {host} was not resolved: {why}")
        return answer


class GuardedStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends by the deadline of the exchange."""

    def __init__(self, inner: httpcore2.NetworkStream, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what is there."""
        return self._inner.read(max_bytes, self._guard.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Write all of it."""
        self._inner.write(buffer, self._guard.left())

    def close(self) -> None:
        """End the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 (the deadline counts)
    ) -> httpcore2.NetworkStream:
        """Encrypt; the certificate is checked against the name, not the address."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._guard.left())
        return GuardedStream(inner, self._guard)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._inner.get_extra_info(info)

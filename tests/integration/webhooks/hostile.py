"""Hostile hosts for tests: one that counts who comes, and ones that never end an answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Door:
    """A listener on every address of this machine; `came` holds the addresses people came to."""

    def __init__(self, serve: Callable[[socket.socket], None] | None = None) -> None:
        self.came: list[str] = []
        self.sent = 0
        self._serve = serve
        self._listener = _listener()
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.came.append(str(connection.getsockname()[0]))
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._serve is not None:
                connection.recv(65536)
                self._serve(connection)

    def knock(self) -> None:
        """Come oneself, so that whoever came before has been counted."""
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        count = len(self.came)
        end = time.monotonic() + 60
        while not self.came[count - 1 :] and time.monotonic() < end:
            time.sleep(0.01)

    def close(self) -> None:
        # A thread in accept() is not woken by close() alone.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@contextmanager
def door(serve: Callable[[socket.socket], None] | None = None) -> Iterator[Door]:
    here = Door(serve)
    try:
        yield here
    finally:
        here.close()


def _listener() -> socket.socket:
    if socket.has_dualstack_ipv6():
        with contextlib.suppress(OSError):
            return socket.create_server(
                ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128
            )
    return socket.create_server(("0.0.0.0", 0), backlog=128)


def dripping_head(connection: socket.socket) -> None:
    """A status line of which one letter comes now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 ")
    while True:
        connection.sendall(b"O")
        time.sleep(0.02)


def dripping_body(connection: socket.socket) -> None:
    """An answer that is taken, whose body never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.02)


def silent(connection: socket.socket) -> None:
    """Nothing at all, however long one waits."""
    while connection.recv(65536):
        pass


def endless_headers(connection: socket.socket) -> None:
    """Headers without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def gigabyte(sent: list[int]) -> Callable[[socket.socket], None]:
    """A body of 1 GB; `sent` is told how much left."""

    def serve(connection: socket.socket) -> None:
        size = 1 << 30
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        chunk = b"0" * 65536
        while sum(sent) < size:
            connection.sendall(chunk)
            sent.append(len(chunk))

    return serve

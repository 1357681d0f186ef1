"""Partner systems for tests: receivers on this machine that note what comes and answer as told."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Came:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


@dataclass(frozen=True)
class Reply:
    """What a partner answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"


@dataclass
class Partner:
    """A receiver: `came` holds all requests, `taken` those that were answered with 2xx."""

    url: str
    answer: Callable[[Came], Reply]
    came: list[Came] = field(default_factory=list)
    taken: list[Came] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, came: Came) -> Reply:
        with self.lock:
            self.came.append(came)
        reply = self.answer(came)
        if 200 <= reply.status < 300:
            with self.lock:
                self.taken.append(came)
        return reply

    @property
    def ids(self) -> list[str]:
        return [came.id for came in self.taken]


@contextmanager
def partner(answer: Callable[[Came], Reply] = lambda _came: Reply()) -> Iterator[Partner]:
    """A receiver on this machine for as long as the test wants it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died in the middle
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = here.reply(Came(self.path, headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

        def handle_error(self, *args: Any) -> None:
            pass  # a courier that was killed leaves its connection open

    server = Server(("127.0.0.1", 0), Handler)
    here = Partner(f"http://127.0.0.1:{server.server_port}", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

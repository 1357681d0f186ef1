"""A receiver that a partner can copy: Python's standard library and `standardwebhooks`.

    RECEIVER_SECRET=whsec_… python receiver_example.py 8080

It verifies the raw bytes, takes every message once, and answers before it does its own work.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SECRET = os.environ["RECEIVER_SECRET"]
BOOK = sqlite3.connect(os.environ.get("RECEIVER_DATABASE", "receiver.db"))
BOOK.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, case_number TEXT, body TEXT)")


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 once a message is stored, 401 when it is not from the office."""

    def do_POST(self) -> None:
        """Verify, store once, answer."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1_000_000))
        try:
            event = Webhook(SECRET).verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            self.send_error(401)
            return
        row = (self.headers["webhook-id"], event["subject"], json.dumps(event, ensure_ascii=False))
        with BOOK:  # an id that is there already was delivered before: nothing happens twice
            BOOK.execute("INSERT OR IGNORE INTO event VALUES (?, ?, ?)", row)
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()

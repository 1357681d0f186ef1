"""A small OpenID Connect issuer on this machine: real keys, real codes, and lies on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from engine.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT, SECRET = "mot-cua", "bi-mat-cua-ban"


@dataclass
class Issuer:
    """What it knows, and how it lies: `claims` changes a token, `sign` signs it otherwise."""

    url: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "cb.tiepnhan1"})
    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    """Why the token endpoint said no."""
    is_down: bool = False

    def consent(self, location: str) -> dict[str, str]:
        """A person says yes on the page the desk sent him to; gives what comes back."""
        address = urlsplit(location)
        assert location.startswith(f"{self.url}/authorize?"), location
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
        } | self.metadata

    def exchange(self, given: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: the client, the code, its address and its proof must fit."""
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(given.get("code", ""), None)
        if authorization != f"Basic {expected}":
            return self._no("invalid_client")
        if asked is None or given.get("redirect_uri") != asked["redirect_uri"]:
            return self._no("invalid_grant")
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked["code_challenge"]:
            return self._no("invalid_grant")
        now = SystemClock().now()
        claims = self.claims(
            {
                "iss": self.url,
                "sub": "8f1c",
                "aud": CLIENT,
                "iat": int(now.timestamp()),
                "exp": int((now + timedelta(minutes=5)).timestamp()),
                "nonce": asked.get("nonce"),
                **self.user,
            }
        )
        token = self.sign(claims) if self.sign else self.signed(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, used)

    def signed_by_secret(self, claims: dict[str, Any]) -> str:
        """By what both know: anybody who learns the desk's secret could do it."""
        return jwt.encode(
            {"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32)), algorithms=["HS256"]
        )

    def unsigned(self, claims: dict[str, Any]) -> str:
        def part(value: Any) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

        return f"{part({'alg': 'none'})}.{part(claims)}."

    def _no(self, error: str) -> tuple[int, dict[str, Any]]:
        self.refusals.append(error)
        return 400, {"error": error}


@contextmanager
def fake_issuer() -> Iterator[Issuer]:
    """An issuer on this machine for as long as the test wants it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if here.is_down:
                self._answer(503, {})
            elif self.path == "/.well-known/openid-configuration":
                self._answer(200, here.discovery())
            elif self.path.startswith("/authorize?"):
                came = here.consent(f"{here.url}{self.path}")
                back = here.codes[came["code"]]["redirect_uri"]
                self._send_to(f"{back}?{urlencode(came)}")
            elif self.path == "/jwks":
                self._answer(200, {"keys": [here.key.as_dict(private=False)]})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            if here.is_down:
                self._answer(503, {})
            else:
                self._answer(*here.exchange(given, self.headers.get("Authorization", "")))

        def _send_to(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

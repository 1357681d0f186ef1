"""The same request twice has one effect and one answer (F9)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from engine.cases.tables import idempotency
from engine.errors import BadInputError, OfficeError
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from engine.clock import Clock

LONGEST_KEY = 128

_known = Prepared(
    select(idempotency.c.request_hash, idempotency.c.response).where(
        idempotency.c.key == bindparam("b_key")
    )
)
_insert = Prepared(insert(idempotency))


class KeyReusedError(OfficeError):
    """The key was used before for another request."""

    code = "idempotency_key_reused"


def once(
    db: Connection,
    clock: Clock,
    *,
    key: str | None,
    request: Mapping[str, Any],
    act: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Act, or give the answer of the first time; both in the caller's transaction.

    Raises:
        KeyReusedError: the key belongs to another request. BadInputError: an unusable key.
    """
    if key is None:
        return act()
    if not key.strip() or len(key) > LONGEST_KEY:
        raise BadInputError(f"Expected a key of 1 to {LONGEST_KEY} letters, but got {key[:40]!r}")
    if db.dialect.name == "postgresql":
        # Two of the same key wait for each other here, so the second finds the first's answer.
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    text = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = _known.first(db, {"b_key": key})
    if row is not None:
        if row.request_hash != digest:
            raise KeyReusedError(
                "Expected a key of its own for this request, but it was used for another one",
                key=key,
            )
        first: dict[str, Any] = json.loads(row.response)
        return first
    response = act()
    _insert.run(
        db,
        {
            "key": key,
            "request_hash": digest,
            "response": json.dumps(response, ensure_ascii=False),
            "at": clock.now(),
        },
    )
    return response

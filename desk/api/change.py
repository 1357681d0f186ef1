"""How a program changes a case: by its ETag, once for a key, all in one transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from flask import request

from desk.access import Rule, staff
from desk.api.access import token_key
from desk.api.problems import PreconditionFailedError, PreconditionRequiredError
from desk.casework.actions import ACTIONS
from desk.transaction import db, office_clock
from engine.cases import views
from engine.cases.file import CaseFile, open_case
from engine.cases.idempotency import once
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_KEY = 255

OK, CREATED = 200, 201

_ROLES = {action.slug: action.roles for action in ACTIONS}


def as_action(slug: str) -> Rule:
    """The access rule that the pages have for the same action."""
    return staff(*_ROLES[slug], of_case=True)


def change_case(
    number: str, act: Callable[[], CaseFile]
) -> tuple[Mapping[str, Any], int, dict[str, str]]:
    """Act on a case as the program saw it; the same key again gives the first answer.

    Raises:
        PreconditionRequiredError, PreconditionFailedError, KeyReusedError, and what `act` does.
    """
    if request.headers.get("If-Match") is None:
        raise PreconditionRequiredError(
            "Expected If-Match with the ETag of the case as it was read, but there is none"
        )

    def effect() -> dict[str, Any]:
        _match(open_case(db(), office_clock(), number))
        return summary(act())

    document = once_for_key(effect)
    return document, OK, {"ETag": str(document["etag"])}


def once_for_key(act: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Act once for the request's Idempotency-Key, in its transaction.

    A key belongs to one token; another program's equal key is another key.

    Raises:
        KeyReusedError: the key came before with another address or body.
    """
    given = request.headers.get("Idempotency-Key")
    key = None
    if given is not None:
        if not 0 < len(given) <= LONGEST_KEY:
            raise BadInputError(
                f"Expected an Idempotency-Key of 1 to {LONGEST_KEY} letters, but got {len(given)}"
            )
        key = "api:" + hashlib.sha256(f"{token_key()}\x1f{given}".encode()).hexdigest()
    body = hashlib.sha256(request.get_data()).hexdigest()
    return once(
        db(), office_clock(), key=key, request={"path": request.path, "body": body}, act=act
    )


def summary(file: CaseFile) -> dict[str, Any]:
    """The answer to a change: the case in short and its new ETag."""
    return views.summary(file) | {"etag": etag_of(file["version"])}


def etag_of(row_version: int) -> str:
    """A case's ETag: its row's version, which every change raises by one."""
    return f'"{row_version}"'


def _match(file: CaseFile) -> None:
    if not request.if_match.contains(str(file["version"])):
        now = etag_of(file["version"])
        raise PreconditionFailedError(
            f"Expected {file.number} as it was read, but its ETag is {now} now",
            number=file.number,
            etag=now,
        )

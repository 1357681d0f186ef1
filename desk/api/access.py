"""Who comes with a token: the same rules and the same decision as the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, NotFound, UnsupportedMediaType

from desk.access import (
    ANYBODY,
    Decision,
    Person,
    Rule,
    agency_of_case,
    decide,
    officer_as_person,
)
from desk.access import rule_of as rule_of_view
from desk.api.problems import RepeatedParameterError, UnknownTokenError
from desk.transaction import SAFE_METHODS, look, wall
from engine.cases.acting import NotAllowedError
from engine.cases.file import CaseUnknownError
from engine.cases.training import clock_of
from engine.clock import office_date
from engine.staff.tokens import bearer_of

if TYPE_CHECKING:
    from sqlalchemy import Row

_BEARER = re.compile(r"Bearer ([A-Za-z0-9._~+/-]{1,200}=*)", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def install_access(api: Flask) -> None:
    """Guard every endpoint."""
    api.before_request(_guard)


def program() -> Person:
    """The officer as whom the program acts, with the roles that its token allows."""
    person: Person = g.program
    return person


def token_key() -> str:
    """The token's key in the books; keys of requests belong to it."""
    return program().id


def allow_role_of(row: Row[Any]) -> None:
    """Refuse a step of a role that the token does not carry, even if its officer holds it.

    Raises:
        NotAllowedError.
    """
    if row.role is not None and not program().holds(row.role):
        raise NotAllowedError(
            f"Expected a token with the role '{row.role}' for step '{row.element_id}', but this "
            "one has it not",
            role=row.role,
        )


def rule_of(api: Flask, endpoint: str) -> Rule | None:
    """The access rule of an endpoint; the description of the API is public."""
    return ANYBODY if endpoint == "openapi.spec" else rule_of_view(api, endpoint)


def _guard() -> None:
    if request.endpoint is None:
        return  # no such address or method: the router's own refusal
    rule = rule_of(current_app, request.endpoint)
    if rule is not None and rule.public:
        return
    found = _bearer()
    if found is not None:
        g.program = found
    if any(_CONTROL.search(str(value)) for value in (request.view_args or {}).values()):
        raise NotFound
    decision = decide(
        rule, found, case_agency=agency_of_case() if found and rule and rule.of_case else None
    )
    if decision is Decision.SIGN_IN:
        raise UnknownTokenError
    if decision is Decision.UNKNOWN:
        number = (request.view_args or {}).get("number", "")
        raise CaseUnknownError(
            f"Expected the number of a case, but {number!r} is not in the books", number=number
        )
    if decision is Decision.FORBIDDEN:
        raise Forbidden
    _check_shape()


def _bearer() -> Person | None:
    given = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        return None
    with look() as db:
        today = office_date(clock_of(db).now())
        bearer = bearer_of(db, token=given[1], now=wall().now(), today=today)
        if bearer is None:
            return None
        person = officer_as_person(db, bearer.officer, session=f"token-{bearer.id}", today=today)
    return person if bearer.roles is None else replace(person, roles=person.roles & bearer.roles)


def _check_shape() -> None:
    """What every request must be, whatever it asks."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise RepeatedParameterError(name)
    if (
        request.method not in SAFE_METHODS
        and (request.content_length or request.headers.get("Transfer-Encoding"))
        and request.mimetype != "application/json"
    ):
        raise UnsupportedMediaType

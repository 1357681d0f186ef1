"""The API as an application of its own: no cookies, no pages, every answer JSON.

It stands beside the pages and shares their books, their access rules and their transaction.
A session's cookie is never read here, so no page of another site can make a browser use it.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast

from apiflask import APIFlask
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel

from desk.api.access import install_access
from desk.api.description import DESCRIPTION, describe
from desk.api.problems import install_problems
from desk.api.v1 import (
    accept_case,
    accept_supplement,
    claim_step,
    complete_step,
    confirm_payment,
    consult_agencies,
    issue_apology,
    list_cases,
    list_procedures,
    list_versions,
    list_work,
    notify_result,
    read_case_journal,
    read_journal,
    receive_case,
    record_cause,
    record_opinion,
    refuse_case,
    release_step,
    request_payment,
    request_supplement,
    resume_case,
    return_result,
    show_case,
    show_measures,
    show_procedure,
    start_step,
    stop_case,
    withdraw_case,
)
from desk.headers import install_headers
from desk.monitoring import count_answers
from desk.transaction import finish, install_books, request_books

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

ROOT = "/api"
LARGEST_REQUEST = 300_000
"""Bytes of a body; the API takes no files."""

ENDPOINTS = (
    list_cases,
    receive_case,
    show_case,
    read_case_journal,
    accept_case,
    claim_step,
    start_step,
    release_step,
    complete_step,
    request_supplement,
    accept_supplement,
    request_payment,
    confirm_payment,
    consult_agencies,
    record_opinion,
    issue_apology,
    record_cause,
    refuse_case,
    withdraw_case,
    stop_case,
    resume_case,
    notify_result,
    return_result,
    list_work,
    list_procedures,
    show_procedure,
    list_versions,
    show_measures,
    read_journal,
)


class PlainJson(DefaultJSONProvider):
    """JSON as RFC 8259 means it: no NaN, no halves of letters, no depth that breaks the reader."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a document.

        Raises:
            ValueError: it is no JSON, or holds what neither database can keep.
        """
        try:
            document = json.loads(s, parse_constant=_refuse, parse_float=_finite, **kwargs)
            json.dumps(document, ensure_ascii=False).encode()
        except (RecursionError, UnicodeError) as cause:
            raise ValueError(f"no readable JSON: {type(cause).__name__}") from cause
        return document


class Api(APIFlask):
    """APIFlask with one transaction a request, kept only when the answer is no refusal."""

    json_provider_class = PlainJson

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the endpoint inside the request's transaction."""
        with request_books() as books:
            response = self.make_response(super().dispatch_request())
            finish(books, response.status_code)
        return response


def create_api(desk: Flask) -> Api:
    """The API on the books, settings and clock of a desk."""
    api = Api(
        __name__,
        title="Một Cửa",
        version="1",
        spec_path=f"{ROOT}/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    api.extensions |= {
        name: desk.extensions[name] for name in ("motcua_books", "motcua_settings", "motcua_wall")
    }
    api.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        OPENAPI_VERSION="3.1.0",
        DESCRIPTION=DESCRIPTION,
        AUTO_SERVERS=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
    )
    Babel(api, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh")
    install_books(api)
    install_problems(api)
    install_headers(api)
    install_access(api)
    count_answers(api)
    for endpoint in ENDPOINTS:
        api.register_blueprint(endpoint.endpoint, url_prefix=f"{ROOT}/v1")
    api.spec_processor(cast("Any", describe))
    return api


def stand_beside(desk: Flask) -> Api:
    """Answer what begins with /api by the API, everything else by the desk."""
    api = create_api(desk)
    pages = desk.wsgi_app

    def either(environ: dict[str, Any], start_response: Any) -> Any:
        path = str(environ.get("PATH_INFO", ""))
        chosen = api.wsgi_app if path == ROOT or path.startswith(f"{ROOT}/") else pages
        return chosen(environ, start_response)

    desk.wsgi_app = cast("Any", either)  # type: ignore[method-assign]  # Flask's own way to wrap
    desk.extensions["motcua_api"] = api
    return api


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value

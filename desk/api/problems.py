"""Every error of the API as problem details (RFC 9457): a stable type, a Vietnamese title."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from apiflask.exceptions import HTTPError
from flask import Response, current_app, json, request
from werkzeug.exceptions import HTTPException

from desk.errors import BROKEN, BUSY, CONFLICT, FORBIDDEN, REFUSALS, UNPROCESSABLE
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask
    from flask.typing import ResponseReturnValue

log = logging.getLogger("motcua.api")

TYPE = "urn:motcua:problem:"
"""Before an error's code: the name of its type, the same in every office and for ever."""
CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = "5"


class PreconditionRequiredError(OfficeError):
    """A change did not say which state of the case it is meant for."""

    code = "precondition_required"


class PreconditionFailedError(OfficeError):
    """The case is no longer as the program saw it."""

    code = "precondition_failed"


class UnknownTokenError(OfficeError):
    """No token, or one that is not in force."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("Expected a bearer token that is in force, but there is none")


class RepeatedParameterError(OfficeError):
    """A query parameter was given twice."""

    code = "invalid_request"

    def __init__(self, name: str) -> None:
        super().__init__(f"Expected {name[:60]!r} once in the address, but it is there twice")


API_REFUSALS: dict[str, tuple[int, str]] = {
    "idempotency_key_reused": (UNPROCESSABLE, "Khóa Idempotency-Key đã dùng cho yêu cầu khác."),
    "not_allowed": (FORBIDDEN, "Mã truy cập không giữ vai trò cần cho việc này."),
    "step_needs_command": (CONFLICT, "Bước này được hoàn thành bằng một thao tác riêng."),
}
"""Refusals that programs are told otherwise than people."""

HTTP_PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("malformed", "Nội dung gửi lên không phải JSON đọc được."),
    403: ("forbidden", "Mã truy cập không giữ vai trò cần cho việc này."),
    404: ("not_found", "Không có địa chỉ này trong API."),
    405: ("method_not_allowed", "Địa chỉ này không nhận phương thức đó."),
    413: ("too_large", "Nội dung gửi lên quá lớn."),
    415: ("unsupported_media_type", "Chỉ nhận nội dung application/json."),
    422: ("invalid_request", "Yêu cầu không đúng với mô tả của API."),
    429: ("too_many_requests", "Quá nhiều yêu cầu. Xin chờ rồi gửi lại."),
    500: ("internal", "Có sự cố. Chưa có gì được lưu."),
}


def install_problems(api: Flask) -> None:
    """One shape for every error."""
    api.register_error_handler(OfficeError, _refused)
    api.register_error_handler(HTTPError, _invalid)
    api.register_error_handler(HTTPException, _http)
    api.register_error_handler(Exception, _broken)


def problem_codes() -> dict[str, tuple[int, str]]:
    """Every code with its status and title, as documented."""
    found = {code: (status, str(title)) for code, (status, title) in REFUSALS.items()}
    found |= API_REFUSALS
    return found | {code: (status, title) for status, (code, title) in HTTP_PROBLEMS.items()}


def problem(
    code: str,
    status: int,
    title: str,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """One error as a document."""
    document = {"type": f"{TYPE}{code.lower()}", "title": title, "status": status, "code": code}
    if detail:
        document["detail"] = detail
    document |= {name: value for name, value in members.items() if value}
    body = json.dumps(document, default=str) + "\n"
    return current_app.response_class(body, status, headers, content_type=CONTENT_TYPE)


def _refused(refusal: OfficeError) -> ResponseReturnValue:
    status, title = (REFUSALS | API_REFUSALS).get(refusal.code, REFUSALS["refused"])
    headers = {}
    if status == BUSY:
        headers["Retry-After"] = RETRY_SECONDS
    if isinstance(refusal, UnknownTokenError):
        headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    return problem(
        refusal.code, status, str(title), refusal.message, headers, details=refusal.details
    )


def _invalid(error: HTTPError) -> ResponseReturnValue:
    code, title = HTTP_PROBLEMS.get(error.status_code, HTTP_PROBLEMS[500])
    return problem(code, error.status_code, title, errors=list(_errors(error.detail)))


def _errors(detail: Any) -> Iterator[dict[str, str]]:
    for place, fields in dict(detail).items():
        for field, messages in fields.items():
            for message in messages:
                yield {"in": str(place), "field": str(field)[:200], "message": str(message)}


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or BROKEN
    if status < 400:  # noqa: PLR2004 (a redirection is no error)
        return error
    code, title = HTTP_PROBLEMS.get(status, (f"http_{status}", HTTP_PROBLEMS[400][1]))
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return problem(code, status, title, None, kept)


def _broken(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    log.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    code, title = HTTP_PROBLEMS[500]
    return problem(code, BROKEN, title, incident=number)

"""What every operation has in common, added to the description of the API."""

from __future__ import annotations

from typing import Any

from desk.api.documents import Problem
from desk.api.problems import CONTENT_TYPE

DESCRIPTION = (
    "Hồ sơ một cửa cho các hệ thống khác. Mỗi yêu cầu mang mã truy cập (Bearer). Mỗi thay đổi "
    "của một hồ sơ mang If-Match với ETag đã đọc; Idempotency-Key làm việc gửi lại vô hại."
)

SAID = {
    "400": "The body is no JSON that can be read",
    "401": "No token that is in force",
    "403": "The token does not carry the role",
    "404": "Not there, or of another agency",
    "409": "The state of the case does not allow it",
    "412": "The case has changed since it was read",
    "413": "The body is too large",
    "415": "The body is not application/json",
    "422": "The request is not as described, or a value cannot be used",
    "428": "If-Match is missing",
    "500": "Something broke; nothing was saved",
    "503": "The books are busy; nothing was saved",
}
ALWAYS = ("401", "403", "404", "422", "500", "503")
OF_CHANGES = ("400", "409", "413", "415")
OF_CASE_CHANGES = ("412", "428")

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the case as it was read",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request has one effect and one answer",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
ETAG = {"schema": {"type": "string"}, "description": "The case's version, for If-Match"}
LINK = {"schema": {"type": "string"}, "description": 'The next page, rel="next"'}


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """Add tokens, preconditions and problems to each operation."""
    parts = spec.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    spec["security"] = [{"token": []}]
    _close(parts["schemas"])
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete(operation, changes=method == "post", of_case="{number}" in path)
    return spec


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is left out is absent, never null."""
    if "anyOf" not in schema:
        return schema
    return next(each for each in schema["anyOf"] if each != {"type": "null"})


def _close(schema: Any) -> None:
    """Names that no pattern allows are refused, so the description says it."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for each in schema.values():
            _close(each)
    elif isinstance(schema, list):
        for each in schema:
            _close(each)


def _one_name(given: str) -> str:
    """`post_receive_case_receive_case`, as the library makes it, is `receive_case`."""
    name = given.split("_", 1)[1]
    return name[: len(name) // 2]


def _complete(operation: dict[str, Any], *, changes: bool, of_case: bool) -> None:
    operation["operationId"] = _one_name(operation["operationId"])
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["schema"] = {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[A-Za-z0-9._-]+$",
            }
        else:
            parameter["schema"] = _without_null(parameter["schema"])
    expected = list(ALWAYS)
    if changes:
        expected += OF_CHANGES
        operation["parameters"].append(IDEMPOTENCY_KEY)
    if changes and of_case:
        expected += OF_CASE_CHANGES
        operation["parameters"].append(IF_MATCH)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = {"ETag": ETAG} if of_case or changes else {"Link": LINK}
    for status in sorted(expected):
        operation["responses"].setdefault(
            status,
            {
                "description": SAID[status],
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )

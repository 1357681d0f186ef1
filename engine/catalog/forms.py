"""Forms of steps (biểu nhập): which fields a step takes, and only these, with plain JSON values."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.expression import CONSTANTS, FUNCTIONS
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT: Final = 500
LONGEST_TEXTAREA: Final = 10_000
LARGEST_NUMBER: Final = 10**15
MOST_FIELDS: Final = 60

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RESERVED: Final = frozenset({"typename"}) | FUNCTIONS | frozenset(CONSTANTS)
"""Names that would be taken for something else when a case is stored or a condition is read."""
_FORM_KEYS: Final = frozenset({"title", "fields"})
_FIELD_KEYS: Final = frozenset({"name", "label", "type", "options", "default", "required", "help"})


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"


@dataclass(frozen=True)
class FormField:
    """One field; `options` are the values of a select, `default` a JSON value or None."""

    name: str
    label: str
    type: FieldType
    options: tuple[str, ...] = ()
    default: Any = None
    required: bool = False


class _ValueWrongError(Exception):
    """A value does not fit its field; caught where the problems are listed."""


def read_form(data: bytes) -> dict[str, Any]:
    """A form's JSON document, checked as a form.

    Raises:
        BadInputError: not JSON, or no form; every problem is listed.
    """
    try:
        form = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as cause:
        raise BadInputError(f"Expected a form in JSON, but {cause}") from cause
    problems = form_problems(form)
    if problems:
        raise BadInputError(f"Expected a form, but {'; '.join(problems)}", problems=problems)
    checked: dict[str, Any] = form
    return checked


def form_problems(form: object) -> list[str]:
    """What keeps a JSON document from being a form; empty when it is one."""
    if not isinstance(form, dict) or not isinstance(form.get("fields"), list):
        return ["it has no list 'fields'"]
    problems = [f"'{key}' is not a part of a form" for key in form if key not in _FORM_KEYS]
    if not isinstance(form.get("title"), str):
        problems.append("it has no text 'title'")
    if len(form["fields"]) > MOST_FIELDS:
        problems.append(f"it has more than {MOST_FIELDS} fields")
    seen: set[str] = set()
    for place, field in enumerate(form["fields"], start=1):
        if not isinstance(field, dict):
            problems.append(f"field {place} is no object")
            continue
        name = field.get("name")
        shown = f"field {place} ({name!r})"
        problems.extend(f"{shown}: {problem}" for problem in _field_problems(field))
        if isinstance(name, str):
            if name in seen:
                problems.append(f"{shown}: the name stands twice")
            seen.add(name)
    return problems


def fields_of(form: Mapping[str, Any]) -> tuple[FormField, ...]:
    """The fields of a checked form in order."""
    return tuple(_field(field) for field in form["fields"])


def defaults(form: Mapping[str, Any]) -> dict[str, Any]:
    """What the form holds when nobody fills it in: the normal path.

    Raises:
        BadInputError: a required field has no default.
    """
    return validate(form, {})


def validate(form: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The values a step takes: given ones checked, the others by default.

    Only fields of this form pass. Text comes back in NFC without outer blanks; a null or empty
    value counts as not given.

    Raises:
        BadInputError: unknown fields, wrong types or missing values; all problems are listed.
    """
    if not hasattr(data, "items"):
        raise BadInputError(f"Expected a form's fields as an object, but got {data!r}")
    fields = {field.name: field for field in fields_of(form)}
    problems = [_unknown(key, tuple(fields)) for key in data if key not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        try:
            value = _checked(field, data.get(name))
        except _ValueWrongError as wrong:
            problems.append(f"'{name}' {wrong}")
            continue
        if value is None:
            value = field.default
        if value is not None:
            values[name] = value
        elif field.required:
            problems.append(f"'{name}' ({field.label}) is missing")
    if problems:
        title = form.get("title") or "the form"
        raise BadInputError(
            f"Expected the fields of '{title}', but {'; '.join(problems)}", problems=problems
        )
    return values


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _unknown(key: object, known: tuple[str, ...]) -> str:
    if isinstance(key, str) and (key == "typename" or key.startswith("__")):
        return f"{key!r} is a reserved name"
    return f"{key!r} is not one of {', '.join(known) or 'no fields'}"


def _field(field: Mapping[str, Any]) -> FormField:
    return FormField(
        name=field["name"],
        label=field.get("label", field["name"]),
        type=FieldType(field["type"]),
        options=_options(field),
        default=field.get("default"),
        required=bool(field.get("required", False)),
    )


def _options(field: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        option["value"] if isinstance(option, dict) else option
        for option in field.get("options", [])
    )


def _field_problems(field: dict[str, Any]) -> list[str]:
    problems = [f"'{key}' is not a part of a field" for key in field if key not in _FIELD_KEYS]
    name = field.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.append("the name is not lower-case letters, digits and _")
    elif name in _RESERVED:
        problems.append("the name is reserved")
    if not isinstance(field.get("label"), str) or not field["label"].strip():
        problems.append("there is no label")
    if field.get("type") not in list(FieldType):
        problems.append(f"the type is not one of {', '.join(FieldType)}")
    if not isinstance(field.get("required", False), bool):
        problems.append("'required' is not true or false")
    problems.extend(_option_problems(field))
    if not problems and field.get("default") is not None:
        try:
            _checked(_field(field), field["default"])
        except _ValueWrongError as wrong:
            problems.append(f"the default {wrong}")
    return problems


def _option_problems(field: dict[str, Any]) -> list[str]:
    options = field.get("options")
    if field.get("type") != FieldType.SELECT:
        return [] if options is None else ["only a select has options"]
    if not isinstance(options, list) or not options:
        return ["a select needs options"]
    for option in options:
        value = option.get("value") if isinstance(option, dict) else option
        if not isinstance(value, str) or not value:
            return [f"the option {option!r} has no text as value"]
    values = _options(field)
    return [] if len(set(values)) == len(values) else ["two options have the same value"]


def _checked(field: FormField, value: Any) -> Any:
    if value is None or value == "":
        return None
    match field.type:
        case FieldType.TEXT:
            return _text(value, LONGEST_TEXT, one_line=True)
        case FieldType.TEXTAREA:
            return _text(value, LONGEST_TEXTAREA, one_line=False)
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.DATE:
            return _date(value)
        case FieldType.BOOLEAN:
            if not isinstance(value, bool):
                raise _ValueWrongError(f"is true or false, but got {_shown(value)}")
            return value
        case FieldType.SELECT:
            if not isinstance(value, str) or value not in field.options:
                raise _ValueWrongError(
                    f"is one of {', '.join(field.options)}, but got {_shown(value)}"
                )
            return value


def _text(value: Any, longest: int, *, one_line: bool) -> str | None:
    if not isinstance(value, str):
        raise _ValueWrongError(f"is text, but got {_shown(value)}")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > longest:
        raise _ValueWrongError(f"has at most {longest} letters, but got {len(text)}")
    allowed = frozenset("\t" if one_line else "\t\r\n")
    for letter in text:
        # Cc holds NUL, which PostgreSQL cannot store; Cs are halves of letters.
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in allowed:
            raise _ValueWrongError(f"holds the sign U+{ord(letter):04X}, which is no text")
    return text or None


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _ValueWrongError(f"is a number, but got {_shown(value)}")
    if (isinstance(value, float) and not math.isfinite(value)) or abs(value) > LARGEST_NUMBER:
        raise _ValueWrongError(f"is a number up to {LARGEST_NUMBER}, but got {_shown(value)}")
    return value


def _date(value: Any) -> str:
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value).isoformat()
    raise _ValueWrongError(f"is a date such as 2026-11-20, but got {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - one line of a message

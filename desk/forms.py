"""Forms as clerks fill them in: normalised text, Vietnamese errors, double clicks harmless."""

from __future__ import annotations

import secrets
import unicodedata
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from engine.catalog.forms import LONGEST_TEXT, LONGEST_TEXTAREA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NEEDED = DataRequired(_l("Hãy nhập nội dung này."))
CHOSEN = InputRequired(_l("Hãy chọn một mục."))
MAY_BE_EMPTY = Optional()


def nfc(value: Any) -> Any:
    """Typed text in one form: some Vietnamese keyboards send letters and accents apart."""
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def text(label: Any, *, needed: bool = False, hint: Any = "", longest: int = 200) -> StringField:
    """One line."""
    rules = [NEEDED if needed else MAY_BE_EMPTY, Length(max=longest, message=_too_long(longest))]
    return StringField(label, rules, filters=[nfc], description=hint)


def long_text(label: Any, *, needed: bool = False, hint: Any = "") -> TextAreaField:
    """Several lines."""
    rules = [NEEDED if needed else MAY_BE_EMPTY, Length(max=4000, message=_too_long(4000))]
    return TextAreaField(label, rules, filters=[nfc], description=hint)


def day(label: Any, *, needed: bool = False, hint: Any = "") -> DateField:
    """A date."""
    return DateField(label, [NEEDED if needed else MAY_BE_EMPTY], description=hint)


def tick(label: Any, *, hint: Any = "") -> BooleanField:
    """A box to tick."""
    return BooleanField(label, description=hint)


def choice(
    label: Any, choices: list[tuple[str, Any]], *, hint: Any = "", default: str | None = None
) -> RadioField:
    """One of a few."""
    return RadioField(
        label,
        [CHOSEN],
        choices=options(choices),
        description=hint,
        default=default,
        validate_choice=True,
    )


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Values and labels as WTForms lists them."""
    return [SelectChoice(value, label) for value, label in pairs]


class ActForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Every form that changes a case: it knows which state of the case it was shown for."""

    case_version = HiddenField()
    key = HiddenField()

    def stamp(self, version: int) -> None:
        """Bind a fresh form to the case as it is now."""
        self.case_version.data = str(version)
        self.key.data = secrets.token_urlsafe(16)


def errors_of(form: FlaskForm) -> list[tuple[str, str]]:
    """(field id, message) of what is wrong, in the order of the page."""
    return [
        (field.id, str(message)) for field in form for message in _flat(field.errors) if message
    ]


class Ticks(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def step_form(spec: Mapping[str, Any]) -> type[ActForm]:
    """The form of a procedure's step as a class: fields as its JSON lists them."""
    fields: dict[str, Field] = {
        f"f_{field['name']}": _step_field(field) for field in spec.get("fields", [])
    }
    return type("StepForm", (ActForm,), dict(fields))


def step_values(form: FlaskForm, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, as the engine takes it: plain JSON values, empty ones left out."""
    values: dict[str, Any] = {}
    for field in spec.get("fields", []):
        value = form[f"f_{field['name']}"].data
        if value is None or value == "":
            continue
        if field["type"] == "date":
            value = value.isoformat()
        elif field["type"] == "number":
            value = int(value) if value == value.to_integral_value() else float(value)
        values[field["name"]] = value
    return values


def _step_field(field: Mapping[str, Any]) -> Field:
    label, hint = str(field.get("label", field["name"])), str(field.get("help", ""))
    needed = bool(field.get("required", False))
    rule = NEEDED if needed else MAY_BE_EMPTY
    default = field.get("default")
    match field["type"]:
        case "textarea":
            rules = [rule, Length(max=LONGEST_TEXTAREA, message=_too_long(LONGEST_TEXTAREA))]
            return TextAreaField(label, rules, filters=[nfc], description=hint, default=default)
        case "number":
            wrong = InputRequired(_l("Hãy nhập một số.")) if needed else MAY_BE_EMPTY
            return DecimalField(label, [wrong], description=hint, default=default)
        case "date":
            return DateField(label, [rule], description=hint)
        case "boolean":
            return BooleanField(label, description=hint, default=bool(default))
        case "select":
            pairs = [
                (o["value"], o.get("label", o["value"])) if isinstance(o, dict) else (o, o)
                for o in field["options"]
            ]
            return RadioField(
                label,
                [CHOSEN if needed else MAY_BE_EMPTY],
                choices=options(pairs),
                description=hint,
                default=default,
            )
        case _:
            rules = [rule, Length(max=LONGEST_TEXT, message=_too_long(LONGEST_TEXT))]
            return StringField(label, rules, filters=[nfc], description=hint, default=default)


def _too_long(longest: int) -> Any:
    return _l("Nội dung dài quá %(num)d ký tự.", num=longest)


def _flat(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [message for each in errors.values() for message in _flat(each)]
    return [str(error) for error in errors]


__all__ = [
    "CHOSEN",
    "MAY_BE_EMPTY",
    "NEEDED",
    "ActForm",
    "DateTimeLocalField",
    "IntegerField",
    "NumberRange",
    "SelectField",
    "SelectMultipleField",
    "Ticks",
    "choice",
    "day",
    "errors_of",
    "long_text",
    "nfc",
    "options",
    "step_form",
    "step_values",
    "text",
    "tick",
]

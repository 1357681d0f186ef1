"""A letter as a Word file that a clerk may edit, from the same values as its sheet.

Templates run in Jinja's sandbox, for an office may put its own in their place. What people typed
is only ever a value: it is never read as a template, whatever it looks like.
"""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from desk.paper.docx_template import BODIES, template_for
from desk.wording import day, moment
from engine.catalog.regime import FormMeaning
from engine.catalog.table.archive import archive_faults
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EDITABLE = frozenset(str(meaning) for meaning in BODIES)
"""Letters that clerks edit. A receipt is not one: it is evidence, with its code."""


class LetterTemplateBrokenError(OfficeError):
    """An office's own template of a letter cannot be used."""

    code = "letter_template_broken"


def docx_of(sheet: Mapping[str, Any], own_templates: Path | None) -> bytes:
    """The letter of a sheet as `desk/paper/views.py` fills it.

    Raises:
        LetterTemplateBrokenError: the office's own template is no Word file or goes astray.
    """
    # Loads a family of libraries that no other page needs.
    from docxtpl import DocxTemplate  # noqa: PLC0415 (see above)

    template = _template(FormMeaning(sheet["meaning"]), own_templates)
    sandbox = SandboxedEnvironment(autoescape=True)
    sandbox.filters |= {"day": day, "moment": moment}
    out = io.BytesIO()
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(_values(sheet), jinja_env=sandbox, autoescape=True)
        document.save(out)
    except (
        TemplateError,
        ArithmeticError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as cause:
        raise LetterTemplateBrokenError(
            f"Expected a usable template of {sheet['meaning']}, but {cause}",
            meaning=str(sheet["meaning"]),
        ) from cause
    return out.getvalue()


def _template(meaning: FormMeaning, own_templates: Path | None) -> bytes:
    place = own_templates / f"{meaning}.docx" if own_templates is not None else None
    if place is None or not place.exists():
        return template_for(meaning)
    data = place.read_bytes()
    faults = archive_faults(data)
    if faults:
        raise LetterTemplateBrokenError(
            f"Expected a Word file in {place.name}, but {faults[0].message}"
        )
    return data


def _values(sheet: Mapping[str, Any]) -> dict[str, Any]:
    names, issued_at = sheet["component_names"], sheet["issued_at"]
    content = sheet["content"]
    given = {
        "agency": sheet["agency"],
        "agency_in_capitals": sheet["agency"].upper(),
        "heading": sheet["heading"],
        "letter_number": sheet["letter_number"],
        "form_label": sheet["form_label"],
        "title": sheet["title"],
        "case_number": sheet["case_number"],
        "issued_on": f"Ngày {issued_at:%d} tháng {issued_at:%m} năm {issued_at:%Y}",
        "content": content,
        "papers": [
            names.get(code, code)
            for code in content.get("components") or ()
            if isinstance(code, str)
        ],
    }
    found: dict[str, Any] = _as_text(given)
    return found


def _as_text(value: Any) -> Any:
    """The same values with every string made fit for XML and nothing else."""
    if isinstance(value, str):
        shown = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc")
        # The library turns {_{ into {{ after it has filled a template: kept as it was typed.
        return Markup(str(escape(shown)).replace("_", "&#95;"))  # noqa: S704 (escaped just here)
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_text(item) for item in value]
    return value

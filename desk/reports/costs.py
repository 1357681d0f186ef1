"""The costs a simplification is counted with, as they are typed in: before and after, in đồng."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from engine.reports.forms.simplification import read_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.reports.forms.simplification import Parameters

BEFORE, AFTER = "truoc", "sau"
PARTS = ("gio", "thue", "di-lai", "phi", "khac")
"""Hours of the applicant's own work, hired service, travel, fees, other."""
INCOME, YEARLY = "thu-nhap", "so-lan"
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class CostForm:
    """What stands in the fields; an empty field is nothing, or zero beside a filled one."""

    codes: Sequence[str]
    values: Mapping[str, str]

    def typed(self, name: str) -> str:
        """What was typed, to be shown again."""
        return self.values.get(name, "").strip()[:40]

    @staticmethod
    def field(code: str, when: str, part: str) -> str:
        """The name of a procedure's field."""
        return f"{code}.{when}.{part}"

    @property
    def has_costs(self) -> bool:
        """Whether anything but the choice of procedures was filled in."""
        return any(self.typed(name) for name in self._names())

    def number(self, name: str) -> Decimal:
        """A figure as Vietnamese writes it: 1.500.000 or 2,5; zero where nothing was typed."""
        text = self.typed(name).replace(" ", "").replace(".", "").replace(",", ".")
        return Decimal(text) if text else Decimal(0)

    def wrong(self) -> list[tuple[str, str]]:
        """(field, message) of what is no figure of zero or more, or is missing."""
        found = []
        for name in self._names():
            try:
                value = self.number(name)
            except InvalidOperation:
                value = Decimal(-1)
            if not 0 <= value <= LARGEST:
                found.append(
                    (name, gettext("«%(typed)s» không phải là số.", typed=self.typed(name)))
                )
        if self.has_costs and not found and not self.number(INCOME):
            found.append((INCOME, gettext("Hãy nhập thu nhập một giờ lớn hơn 0.")))
        return found

    def _names(self) -> list[str]:
        names = [INCOME]
        for code in self.codes:
            names += [self.field(code, when, part) for when in (BEFORE, AFTER) for part in PARTS]
            names.append(f"{code}.{YEARLY}")
        return names


def parameters_of(form: CostForm) -> Parameters:
    """The same as parameters of the cost formula; procedures without a figure have no cost."""
    procedures: dict[str, Any] = {}
    for code in form.codes:
        filled = [
            name
            for when in (BEFORE, AFTER)
            for part in PARTS
            if form.typed(name := form.field(code, when, part))
        ]
        if not filled:
            continue
        procedures[code] = {
            "before": _performance(form, code, BEFORE),
            "after": _performance(form, code, AFTER),
            "performances_per_year": str(form.number(f"{code}.{YEARLY}").to_integral_value()),
        }
    return read_parameters(
        {"income": {"per_hour_dong": str(form.number(INCOME))}, "procedures": procedures}
    )


def _performance(form: CostForm, code: str, when: str) -> dict[str, Any]:
    hours, hired, travel, fee, other = (
        str(form.number(form.field(code, when, part))) for part in PARTS
    )
    return {
        "steps": [{"name": gettext("người nộp"), "hours": hours, "hired_dong": hired}],
        "travel_dong": travel,
        "fee_dong": fee,
        "other_dong": other,
    }

"""The form of a rehearsal: what is changed, and how often it is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, Field, IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange, Optional

from desk.forms import options
from desk.rehearsal import request as bounds
from desk.rehearsal.request import Request, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.rehearsal.sources import Choice, Overlay, People

PEOPLE_PREFIX = "people_"
_NUMBER = InputRequired(_l("Hãy nhập một số."))


class NumberField(DecimalField):  # type: ignore[misc]  # WTForms has no types
    """A number as Vietnamese or the browser write it, with comma or point."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read "12,5" like "12.5"."""
        super().process_formdata([each.strip().replace(",", ".") for each in valuelist])


def _between(low: float, high: float) -> NumberRange:
    words = _l("Hãy nhập một số từ %(low)s đến %(high)s.", low=f"{low:g}", high=f"{high:g}")
    return NumberRange(low, high, words)


def _range(low: float, high: float, step: float) -> dict[str, Any]:
    return {"min": f"{low:g}", "max": f"{high:g}", "step": f"{step:g}", "inputmode": "decimal"}


def form_for(
    choice: Choice, people: Sequence[People], overlays: Sequence[Overlay]
) -> type[FlaskForm]:
    """The form of one source: only the fields it has use for."""
    fields: dict[str, Field] = {}
    if overlays:
        fields["overlay"] = RadioField(
            _l("Kịch bản thay đổi có sẵn"),
            [Optional()],
            choices=options(
                [("", _l("Không, chỉ các thay đổi dưới đây"))]
                + [(each.key, each.name) for each in overlays]
            ),
            default="",
        )
    fields["time_cut"] = NumberField(
        _l("Cắt giảm thời gian làm việc của các bước (%)"),
        [_NUMBER, _between(0, bounds.MOST_TIME_CUT)],
        default=0,
        places=None,
        render_kw=_range(0, bounds.MOST_TIME_CUT, 1) | {"data-slider": ""},
    )
    fields["arrivals"] = NumberField(
        _l("Số hồ sơ so với hiện nay (%)"),
        [_NUMBER, _between(bounds.LEAST_ARRIVALS, bounds.MOST_ARRIVALS)],
        default=100,
        places=None,
        render_kw=_range(bounds.LEAST_ARRIVALS, bounds.MOST_ARRIVALS, 5) | {"data-slider": "300"},
    )
    if choice.source in {Source.PROCEDURE, Source.DRAFT, Source.PROPOSAL}:
        fields["per_day"] = NumberField(
            _l("Số hồ sơ của thủ tục mỗi ngày làm việc"),
            [Optional(), _between(0.01, bounds.MOST_PER_DAY)],
            places=None,
            description=_l("Để trống: như sổ sách một năm qua."),
            render_kw=_range(0.01, bounds.MOST_PER_DAY, 0.01),
        )
    for number, each in enumerate(people):
        low = max(-each.count, -bounds.MOST_PEOPLE)
        fields[f"{PEOPLE_PREFIX}{number}"] = IntegerField(
            each.name,
            [Optional(), _between(low, bounds.MOST_PEOPLE)],
            default=0,
            render_kw={"min": low, "max": bounds.MOST_PEOPLE, "inputmode": "numeric"},
        )
    if choice.source is not Source.SCENARIO:
        fields["weeks"] = IntegerField(
            _l("Diễn tập bao nhiêu tuần, từ hôm nay"),
            [_NUMBER, _between(bounds.LEAST_WEEKS, bounds.MOST_WEEKS)],
            default=12,
            render_kw={"min": bounds.LEAST_WEEKS, "max": bounds.MOST_WEEKS},
        )
    fields["replications"] = IntegerField(
        _l("Số lần chạy"),
        [_NUMBER, _between(bounds.LEAST_RUNS, bounds.MOST_RUNS)],
        default=30,
        description=_l("Nhiều lần hơn thì khoảng tin cậy hẹp hơn, nhưng lâu hơn."),
        render_kw={"min": bounds.LEAST_RUNS, "max": bounds.MOST_RUNS},
    )
    fields["seed"] = IntegerField(
        _l("Mầm ngẫu nhiên"),
        [_NUMBER, _between(0, bounds.MOST_SEED)],
        default=1,
        description=_l("Cùng mầm thì cùng kết quả."),
        render_kw={"min": 0, "max": bounds.MOST_SEED},
    )
    return type("RehearsalForm", (FlaskForm,), fields)


def request_of(form: Any, choice: Choice, people: Sequence[People]) -> Request:
    """What a filled-in form asks for."""
    staff = {
        each.key: int(change)
        for number, each in enumerate(people)
        if (change := form[f"{PEOPLE_PREFIX}{number}"].data)
    }
    per_day = form["per_day"].data if "per_day" in form else None
    return Request(
        source=choice.source,
        key=choice.key,
        overlay=(form["overlay"].data or "") if "overlay" in form else "",
        time_cut_percent=float(form["time_cut"].data),
        arrivals_percent=float(form["arrivals"].data),
        arrivals_per_day=None if per_day is None else float(per_day),
        staff=staff,
        weeks=form["weeks"].data if "weeks" in form else 12,
        replications=form["replications"].data,
        seed=form["seed"].data,
    )

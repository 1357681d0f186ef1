"""What a changed procedure saves: time, and compliance cost by SCM, mean and aggregate apart.

The formula of the cost model is MEMORY-med; every parameter is the user's and is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.errors import BadInputError
from engine.reports.print.sheet import NO_FIGURE, Column, Row, Sheet
from engine.reports.rounding import EVALUATION_INDEX, HUNDRED, QD_766, Rule, rounded, vietnamese

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from engine.reports.print.sheet import Cell

TIME_AIM = Fraction(30)
"""National aim: at least 30 % of time. Legal: Công điện 78/CĐ-TTg 2025"""

LAI_CHAU = (
    (
        "Lai Châu 2021 (báo cáo CCHC năm 2021): 25 TTHC được đơn giản hóa, tiết kiệm"
        " 7.124.335.344 đ, «trung bình» cắt 43,8 % chi phí và 37,7 % thời gian."
    ),
    (
        "Báo cáo không nêu gốc tính: 43,8 % và 37,7 % được gọi là trung bình, nên so với dòng"
        " «trung bình cộng», không so với dòng «trên tổng»."
    ),
    (
        "Chỉ là suy ra: nếu 43,8 % là tỷ lệ trên tổng thì chi phí trước khoảng 16.265.605.808 đ"
        " và sau khoảng 9.141.270.464 đ."
    ),
)


@dataclass(frozen=True)
class CostStep:
    """One thing an applicant does: hours of his own, and what he pays others for it, in đồng."""

    name: str
    hours: Fraction
    hired_dong: int = 0


@dataclass(frozen=True)
class Performance:
    """One performance of a procedure as its applicant bears it."""

    steps: tuple[CostStep, ...]
    travel_dong: int = 0
    fee_dong: int = 0
    other_dong: int = 0

    def cost_dong(self, income_per_hour: Fraction) -> Fraction:
        """C1: hours × income per hour + hired service, + travel, + fee, + other. (MEMORY-med)"""
        work = sum(
            (each.hours * income_per_hour + each.hired_dong for each in self.steps), Fraction()
        )
        return work + self.travel_dong + self.fee_dong + self.other_dong

    def said(self) -> str:
        """Every parameter in words."""
        steps = [
            f"{each.name or 'bước'} {_decimal(each.hours)} giờ"
            + (f" + {_dong(Fraction(each.hired_dong))} thuê ngoài" if each.hired_dong else "")
            for each in self.steps
        ]
        amounts = (
            ("đi lại", self.travel_dong),
            ("phí", self.fee_dong),
            ("khác", self.other_dong),
        )
        steps += [f"{name} {_dong(Fraction(amount))}" for name, amount in amounts if amount]
        return "; ".join(steps) or "không có chi phí"


@dataclass(frozen=True)
class Change:
    """A procedure before and after; time in working hours, cost in đồng, None: not known."""

    code: str
    name: str
    hours_before: Fraction | None
    hours_after: Fraction | None
    cost_before: Fraction | None = None
    cost_after: Fraction | None = None
    per_year: int | None = None

    @property
    def time_cut(self) -> Fraction | None:
        """Share of time cut."""
        return cut(self.hours_before, self.hours_after)

    @property
    def cost_cut(self) -> Fraction | None:
        """Share of the cost of one performance cut."""
        return cut(self.cost_before, self.cost_after)

    @property
    def yearly_saving(self) -> Fraction | None:
        """(before − after) × performances a year. (MEMORY-high)"""
        if self.cost_before is None or self.cost_after is None or self.per_year is None:
            return None
        return (self.cost_before - self.cost_after) * self.per_year


def cut(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """The share that was cut; negative when it grew; None without a base. Legal: R61, R62"""
    if before is None or after is None or not before:
        return None
    return (before - after) / before


def mean(shares: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the shares that are known. Legal: R63"""
    known = [share for share in shares if share is not None]
    return sum(known, Fraction()) / len(known) if known else None


def aggregate(pairs: Iterable[tuple[Fraction | None, Fraction | None]]) -> Fraction | None:
    """The share cut of the sums, over what is known before and after. Legal: R63"""
    known = [(b, a) for b, a in pairs if b is not None and a is not None]
    return cut(sum((b for b, _ in known), Fraction()), sum((a for _, a in known), Fraction()))


def meets(share: Fraction | None, percent: Fraction) -> bool:
    """Whether a cut reaches an aim in percent. Legal: R61"""
    return share is not None and share * HUNDRED >= percent


@dataclass(frozen=True)
class Parameters:
    """What the cost is counted with; `said` prints every figure."""

    income_per_hour: Fraction
    before: Mapping[str, Performance]
    after: Mapping[str, Performance]
    per_year: Mapping[str, int]
    said: tuple[str, ...]


def read_parameters(plain: Any) -> Parameters:
    """Parameters from YAML or JSON values.

    Raises:
        BadInputError: something is missing or of the wrong kind, named by its place.
    """
    top = _mapping(plain, "parameters")
    income = _mapping(top.get("income"), "income")
    if "per_hour_dong" in income:
        per_hour = _number(income["per_hour_dong"], "income.per_hour_dong")
        said = f"Thu nhập một giờ: {_dong(per_hour)} (khai báo)"
    else:
        gdp, months, days, hours = (
            _number(income.get(name), f"income.{name}")
            for name in ("gdp_per_head_dong", "months", "days_per_month", "hours_per_day")
        )
        if not months * days * hours:
            raise BadInputError("Expected income.months, days_per_month and hours_per_day above 0")
        per_hour = gdp / (months * days * hours)
        said = (
            f"Thu nhập một giờ = GDP đầu người {_dong(gdp)} / ({months} tháng × {days} ngày ×"
            f" {hours} giờ) = {_dong(per_hour)} (công thức theo trí nhớ)"
        )
    before, after, per_year = {}, {}, {}
    for code, each in _mapping(top.get("procedures"), "procedures").items():
        where = f"procedures.{code}"
        given = _mapping(each, where)
        before[str(code)] = _performance(given.get("before"), f"{where}.before")
        after[str(code)] = _performance(given.get("after"), f"{where}.after")
        if given.get("performances_per_year") is not None:
            yearly = _number(given["performances_per_year"], f"{where}.performances_per_year")
            per_year[str(code)] = int(yearly)
    lines = tuple(
        f"{code} {when}: {performance.said()}"
        for code in before
        for when, performance in (("trước", before[code]), ("sau", after[code]))
    )
    return Parameters(per_hour, before, after, per_year, (said, _FORMULA, *lines))


_FORMULA = (
    "Chi phí một lần = Σ (giờ × thu nhập một giờ + thuê ngoài) + đi lại, bưu chính + phí, lệ phí"
    " + khác (công thức SCM theo trí nhớ)."
)


def simplification(changes: Sequence[Change], *, issuer: str, said: Sequence[str]) -> Sheet:
    """The sheet for a decision's draft: each procedure, then mean and aggregate by their names.

    Legal: R61, R62, R63
    """
    rows = [
        Row(
            str(number),
            (
                str(number),
                f"{each.code} {each.name}".strip(),
                _figure(each.hours_before, TO_1),
                _figure(each.hours_after, TO_1),
                _share(each.time_cut, TO_1),
                _figure(each.cost_before, TO_0),
                _figure(each.cost_after, TO_0),
                _share(each.cost_cut, QD_766),
                each.per_year,
                _figure(each.yearly_saving, TO_0),
            ),
        )
        for number, each in enumerate(changes, start=1)
    ]
    times = [(each.hours_before, each.hours_after) for each in changes]
    costs = [(each.cost_before, each.cost_after) for each in changes]
    savings = [each.yearly_saving for each in changes if each.yearly_saving is not None]
    time_mean = mean(each.time_cut for each in changes)
    rows.append(
        _sum_row(
            "TB",
            "Trung bình cộng các tỷ lệ",
            time_mean,
            mean(each.cost_cut for each in changes),
            None,
        )
    )
    rows.append(
        _sum_row(
            "TONG",
            "Tỷ lệ trên tổng",
            aggregate(times),
            aggregate(costs),
            sum(savings, Fraction()) if savings else None,
        )
    )
    known = sum(each.time_cut is not None for each in changes)
    aim = f"{'đạt' if meets(time_mean, TIME_AIM) else 'chưa đạt'} mức ≥ 30 %"
    if not known:
        aim = "không có phiên bản trước để so"
    return Sheet(
        code="simplification",
        form="Phiếu đánh giá đơn giản hóa (công thức SCM theo trí nhớ, chưa đối chiếu văn bản)",
        title="Kết quả đơn giản hóa thủ tục hành chính",
        period=f"{len(changes)} thủ tục, {known} thủ tục so sánh được thời gian",
        unit="Đơn vị tính: giờ làm việc, đồng",
        issuer=issuer,
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(
            f"Cắt giảm thời gian (trung bình cộng): {aim}.",
            "Trung bình cộng và tỷ lệ trên tổng là hai số khác nhau; không gọi lẫn.",
            *said,
            *LAI_CHAU,
        ),
    )


TO_0 = Rule(0, EVALUATION_INDEX.rounding)
TO_1 = EVALUATION_INDEX

COLUMNS = (
    Column("1", "STT", width=6, text=True),
    Column("2", "Thủ tục hành chính", width=44, text=True),
    Column("3", "Trước", "Thời gian (giờ)"),
    Column("4", "Sau", "Thời gian (giờ)"),
    Column("5", "Cắt giảm %", "Thời gian (giờ)"),
    Column("6", "Trước", "Chi phí một lần (đồng)", 14),
    Column("7", "Sau", "Chi phí một lần (đồng)", 14),
    Column("8", "Cắt giảm %", "Chi phí một lần (đồng)"),
    Column("9", "Số lần một năm"),
    Column("10", "Tiết kiệm một năm (đồng)", width=18),
)


def _sum_row(
    key: str, name: str, time: Fraction | None, cost: Fraction | None, saving: Fraction | None
) -> Row:
    cells: tuple[Cell, ...] = (
        "",
        name,
        None,
        None,
        _share(time, TO_1),
        None,
        None,
        _share(cost, QD_766),
        None,
        _figure(saving, TO_0),
    )
    return Row(key, cells, "total")


def _share(share: Fraction | None, rule: Rule) -> Cell:
    if share is None:
        return NO_FIGURE
    return _signed(share * HUNDRED, rule)


def _figure(value: Fraction | None, rule: Rule) -> Cell:
    return NO_FIGURE if value is None else _signed(value, rule)


def _signed(value: Fraction, rule: Rule) -> Decimal:
    shown = rounded(abs(value), rule)
    return -shown if value < 0 else shown


def _performance(plain: Any, where: str) -> Performance:
    given = _mapping(plain, where)
    steps = given.get("steps", [])
    if not isinstance(steps, list):
        raise BadInputError(f"Expected a list in {where}.steps, but got {steps!r}")
    made = []
    for number, each in enumerate(steps, start=1):
        place = f"{where}.steps[{number}]"
        step = _mapping(each, place)
        made.append(
            CostStep(
                str(step.get("name", "")),
                _number(step.get("hours"), f"{place}.hours"),
                int(_number(step.get("hired_dong", 0), f"{place}.hired_dong")),
            )
        )
    amounts = {
        name: int(_number(given.get(name, 0), f"{where}.{name}"))
        for name in ("travel_dong", "fee_dong", "other_dong")
    }
    return Performance(tuple(made), **amounts)


def _mapping(plain: Any, where: str) -> dict[Any, Any]:
    if not isinstance(plain, dict):
        raise BadInputError(f"Expected values under {where}, but got {plain!r}", where=where)
    return plain


def _number(plain: Any, where: str) -> Fraction:
    if isinstance(plain, bool) or not isinstance(plain, (int, float, str)):
        raise BadInputError(f"Expected a number in {where}, but got {plain!r}", where=where)
    try:
        value = Fraction(str(plain))
    except (ValueError, ZeroDivisionError) as cause:
        raise BadInputError(f"Expected a number in {where}, but got {plain!r}") from cause
    if value < 0:
        raise BadInputError(f"Expected a number of zero or more in {where}, but got {plain!r}")
    return value


def _dong(value: Fraction) -> str:
    return f"{vietnamese(rounded(value, TO_0))} đ"


def _decimal(value: Fraction) -> str:
    return vietnamese(rounded(value, QD_766).normalize()) if value else "0"

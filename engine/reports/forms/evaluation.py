"""Evaluation of officers and agencies by the nine indices of TT 01/2018 (R57, R58)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.reports.case_fold import Standing
from engine.reports.forms.tabulation import CountedCells
from engine.reports.print.sheet import NO_DATA, OUTSIDE, Column, Row
from engine.reports.rounding import EVALUATION_INDEX, rounded
from engine.sla.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet

DOSSIERS = "3"
OFFICER_INDICES = (1, 2, 3, 4, 7)
AGENCY_INDICES = (1, 2, 3, 4, 5, 6, 7, 8, 9)

NAMES = {
    1: "Thời gian giải quyết so với quy định",
    2: "Thời gian của từng bước so với quy định",
    3: "Số lần liên hệ để hoàn thiện hồ sơ",
    4: "Số cơ quan phải liên hệ",
    5: "Tỷ lệ giải quyết ngay tại bộ phận một cửa",
    6: "Công khai thủ tục",
    7: "Thái độ phục vụ",
    8: "Xử lý phản ánh, kiến nghị",
    9: "Mức độ trực tuyến",
}
_UNKNOWN = {4: OUTSIDE, 5: OUTSIDE, 6: OUTSIDE, 7: NO_DATA, 8: NO_DATA}

_TIME_POINTS = {Verdict.EARLY: 2, Verdict.ON_TIME: 1, Verdict.LATE: 0}
_VERDICTS = {
    Standing.EARLY: Verdict.EARLY,
    Standing.ON_TIME: Verdict.ON_TIME,
    Standing.LATE: Verdict.LATE,
}

_MOST = {"full": Decimal(5), "part": Decimal("3.5")}
_CLASSES = (
    (Decimal(15), "xuất sắc"),
    (Decimal(12), "tốt"),
    (Decimal(9), "khá"),
    (Decimal(6), "trung bình"),
)


def time_points(verdict: Verdict) -> int:
    """Index 1: shorter 2, equal 1, longer 0. Legal: R57"""
    return _TIME_POINTS[verdict]


def part_points(results: Collection[Verdict | None]) -> int | None:
    """Index 2: the worst of those that took part; None where no step had a time. Legal: R57"""
    known = [result for result in results if result is not None]
    if not known:
        return None
    return min(_TIME_POINTS[result] for result in known)


def contact_points(contacts: int) -> int:
    """Index 3: no contact 2, one 1, more 0. Legal: R57"""
    return max(0, 2 - contacts)


def attitude_points(verdict: Verdict, *, complained: bool) -> int:
    """Index 7: early and no complaint 2, on time 1, else 0. Legal: R57

    A complaint that was found false is none.
    """
    return 0 if complained else _TIME_POINTS[verdict]


def online_points(
    *, procedures: Fraction | None, dossiers: Fraction | None, any_late: bool
) -> int | None:
    """Index 9, from the shares of procedures and of dossiers online; None when it is not known.

    Zero is certain when something is late or too few dossiers came online. Legal: R57
    """
    if dossiers is None:
        return None
    if any_late or dossiers < Fraction(15, 100):
        return 0
    if dossiers < Fraction(30, 100):
        return 1
    if procedures is None:
        return None
    return 2 if procedures >= Fraction(20, 100) else 1


def index_score(points: Sequence[int]) -> Decimal | None:
    """Points of all dossiers over their number, to one digit; None without data. Legal: R57"""
    return rounded(Fraction(sum(points), len(points)), EVALUATION_INDEX) if points else None


def total_score(scores: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is known; a missing index is left out, nothing is rescaled. Legal: R58"""
    return sum((score for score in scores if score is not None), Decimal("0.0"))


def officer_class(total: Decimal) -> str:
    """How much of the task an officer fulfilled. Legal: R58"""
    if total >= _MOST["full"]:
        return "hoàn thành 100 % nhiệm vụ"
    if total >= _MOST["part"]:
        return "hoàn thành từ 70 % đến dưới 100 % nhiệm vụ"
    return "hoàn thành dưới 70 % nhiệm vụ"


def agency_class(total: Decimal) -> str:
    """The class of an agency. Legal: R58"""
    return next((name for least, name in _CLASSES if total >= least), "yếu")


@dataclass
class _Points:
    """Points of one officer or agency, a list an index."""

    of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    dossiers: list[str] = field(default_factory=list)
    """Their numbers."""
    online: int = 0
    received: int = 0
    late: int = 0

    def scores(self, indices: Sequence[int]) -> dict[int, Decimal | None]:
        return {index: index_score(self.of.get(index, [])) for index in indices}


def evaluation(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    *,
    of_officers: bool,
) -> tuple[Sheet, CountedCells]:
    """Scores of every officer or agency of a period, from dossiers finished in it.

    An officer answers for the dossiers whose steps he completed. Legal: R57, R58
    """
    found: dict[str, _Points] = defaultdict(_Points)
    kept: dict[tuple[str, str], list[str]] = {}
    seen = set()
    for detail, figure in cases:
        seen.add(detail.fold.agency)
        if of_officers:
            _count_officers(found, detail, figure)
        else:
            _count_agency(found[detail.fold.agency], detail, figure)
    indices = OFFICER_INDICES if of_officers else AGENCY_INDICES
    names: Mapping[str, str] = context.officers if of_officers else context.agencies
    rows = []
    for number, key in enumerate(sorted(found), start=1):
        points = found[key]
        scores = points.scores(indices)
        if not of_officers:
            online = Fraction(points.online, points.received) if points.received else None
            sure = online_points(procedures=None, dossiers=online, any_late=points.late > 0)
            scores[9] = None if sure is None else Decimal(sure).quantize(Decimal("0.0"))
        total = total_score(scores.values())
        word = officer_class(total) if of_officers else agency_class(total)
        missing = [str(index) for index in indices if scores[index] is None]
        said = f"{word} (thiếu chỉ số {', '.join(missing)})" if missing else word
        cells: list[Cell] = [
            str(number),
            f"{key} {names.get(key, '')}".strip(),
            len(points.dossiers),
        ]
        kept[str(number), DOSSIERS] = points.dossiers
        cells += [_shown(index, scores[index]) for index in indices]
        rows.append(Row(str(number), (*cells, total, said)))
    sheet = context.sheet(
        code="danh-gia-can-bo" if of_officers else "danh-gia",
        form="Đánh giá theo TT 01/2018/TT-VPCP, Điều 13–15",
        title="Đánh giá việc giải quyết thủ tục hành chính của "
        + ("cán bộ" if of_officers else "cơ quan"),
        unit="Đơn vị tính: điểm",
        columns=_columns(indices, of_officers=of_officers),
        rows=tuple(rows),
        coverage=context.coverage(seen),
        notes=(
            "Điểm của chỉ số = tổng điểm các hồ sơ / số hồ sơ, làm tròn 1 chữ số.",
            (
                "Chỉ số không có dữ liệu được để ngoài tổng và tổng không quy đổi lại; xếp loại"
                " vì thế thấp hơn thực tế khi còn thiếu chỉ số."
            ),
            "Văn bản thay thế Điều 13–15 sau 01/7/2025: chưa xác nhận được.",
        ),
    )
    return sheet, CountedCells(frozenset({DOSSIERS}), kept)


def _count_officers(found: dict[str, _Points], detail: CaseDetail, figure: CaseFigure) -> None:
    verdict = _VERDICTS.get(figure.standing)
    if verdict is None:
        return
    for officer in {done.officer for done in detail.steps}:
        mine = [done.result for done in detail.steps if done.officer == officer]
        _count(found[officer], verdict, mine, detail)


def _count_agency(points: _Points, detail: CaseDetail, figure: CaseFigure) -> None:
    if figure.arrival != "carried":
        points.received += 1
        points.online += figure.arrival == "online"
    points.late += figure.standing in {Standing.LATE, Standing.OPEN_LATE}
    verdict = _VERDICTS.get(figure.standing)
    if verdict is not None:
        _count(points, verdict, [done.result for done in detail.steps], detail)


def _count(
    points: _Points, verdict: Verdict, results: Sequence[Verdict | None], detail: CaseDetail
) -> None:
    points.dossiers.append(detail.number)
    points.of[1].append(time_points(verdict))
    part = part_points(results)
    if part is not None:
        points.of[2].append(part)
    points.of[3].append(contact_points(detail.requests))


def _shown(index: int, score: Decimal | None) -> Cell:
    return score if score is not None else _UNKNOWN.get(index, NO_DATA)


def _columns(indices: Sequence[int], *, of_officers: bool) -> tuple[Column, ...]:
    return (
        Column("1", "STT", width=6, text=True),
        Column("2", "Cán bộ" if of_officers else "Cơ quan", width=34, text=True),
        Column(DOSSIERS, "Số hồ sơ"),
        *(
            Column(f"cs{index}", f"{index}. {NAMES[index]}", "Điểm theo chỉ số", 14)
            for index in indices
        ),
        Column("tong", "Tổng điểm"),
        Column("xep-loai", "Xếp loại", width=36, text=True),
    )

"""Self-score for PAR INDEX: criteria the journal answers, each with its cases (needs 5.13).

Weights and scales of the index were not read at a source (MEMORY-med): the sheet gives rates and,
where a scale is remembered, the share of full points, labelled so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.clock import office_date
from engine.reports.case_fold import LATE_STANDINGS, Arrival, Standing
from engine.reports.forms.context import day
from engine.reports.print.sheet import NO_DATA, NO_FIGURE, OUTSIDE, Column, Row
from engine.reports.rounding import SEED_STYLE, percent, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from engine.reports.case_detail import CaseDetail
    from engine.reports.case_fold import CaseFigure, Happening
    from engine.reports.citizen_voice import Opinion
    from engine.reports.forms.context import ReportContext
    from engine.reports.print.sheet import Cell, Sheet
    from engine.sla.calendar import WorkingCalendar

LEAST_ON_TIME = 95
"""On-time share below which nothing is scored; above it the share itself counts. (MEMORY-med)"""
ENTRY_WORKING_DAYS = 5
"""A published procedure is entered within so many working days of signing. Legal: S2"""
AHEAD_WORKING_DAYS = 5
"""It is published at least so many working days before it takes effect. Legal: S2"""
SATISFIED_PERCENT = 80
"""The seed's target of satisfaction. Legal: R60, S2"""

COLUMNS = (
    Column("1", "TT", width=6, text=True),
    Column("2", "Tiêu chí", width=48, text=True),
    Column("3", "Tử số"),
    Column("4", "Mẫu số"),
    Column("5", "Tỷ lệ %"),
    Column("6", "Phần điểm đạt (theo trí nhớ)", width=16),
    Column("7", "Tài liệu kiểm chứng", width=28, text=True),
    Column("8", "Ghi chú", width=52, text=True),
)


@dataclass(frozen=True)
class Published:
    """A procedure version that came into force in the period, with its decision."""

    procedure: str
    version: int
    decision: str
    authority: str
    decided_on: date
    entered_on: date
    effective_on: date

    def was_entered_in_time(self, calendar: WorkingCalendar) -> bool:
        """Within five working days of signing."""
        return calendar.working_days_between(self.decided_on, self.entered_on) <= ENTRY_WORKING_DAYS

    def was_ahead(self, calendar: WorkingCalendar) -> bool:
        """At least five working days before it took effect."""
        days = calendar.working_days_between(self.entered_on, self.effective_on)
        return days >= AHEAD_WORKING_DAYS


@dataclass
class Evidence:
    """Lists behind the criteria: file name → heading and lines."""

    lists: dict[str, tuple[tuple[Column, ...], list[tuple[Cell, ...]]]] = field(
        default_factory=dict
    )


def published(events: Iterable[Happening], context: ReportContext) -> list[Published]:
    """Versions entered in the period under a decision; samples have none and are left out."""
    found = []
    for event in events:
        data = event.data
        if (
            event.type != "ProcedurePublished"
            or data.get("sample")
            or not data.get("decision")
            or not data.get("decided_on")
            or not context.window.start_at <= event.at < context.window.end_at
        ):
            continue
        found.append(
            Published(
                data["procedure"],
                data["version"],
                data["decision"],
                data.get("authority") or "",
                _date(data["decided_on"]),
                office_date(event.at),
                _date(data["effective_on"]),
            )
        )
    return sorted(found, key=lambda each: (each.entered_on, each.procedure, each.version))


def par_index(
    context: ReportContext,
    cases: Iterable[tuple[CaseDetail, CaseFigure]],
    decisions: Sequence[Published],
    calendar: WorkingCalendar,
    *,
    opinions: Sequence[Opinion] | None = None,
) -> tuple[Sheet, Evidence]:
    """The sheet of criteria and the lists behind each; without opinions nobody was ever asked.

    Legal: R33, R49, R52, R60
    """
    solved: list[tuple[Cell, ...]] = []
    late: list[tuple[Cell, ...]] = []
    new: list[tuple[Cell, ...]] = []
    on_time = apologised = online = 0
    seen = set()
    for detail, figure in cases:
        seen.add(detail.fold.agency)
        if figure.standing in _CLASSES:
            on_time += figure.standing is not Standing.LATE
            solved.append((*_case(detail), day(detail.fold.ended_at), _CLASSES[figure.standing]))
        if figure.standing in LATE_STANDINGS:
            apologised += figure.apologised
            letters = "; ".join(letter.number for letter in detail.letters)
            late.append((*_case(detail), letters or "chưa có thư xin lỗi"))
        if figure.arrival is not Arrival.CARRIED:
            online += figure.arrival is Arrival.ONLINE
            new.append((*_case(detail), detail.fold.channel))
    entered = [each.was_entered_in_time(calendar) for each in decisions]
    ahead = [each.was_ahead(calendar) for each in decisions]
    evidence = Evidence(
        {
            "1-giai-quyet.csv": ((*_HEAD, _text("Kết thúc"), _text("Xếp loại")), sorted(solved)),
            "2-qua-han.csv": ((*_HEAD, _text("Số thư xin lỗi")), sorted(late)),
            "3-tiep-nhan.csv": ((*_HEAD, _text("Kênh")), sorted(new)),
            "4-hai-long.csv": (_OPINION_HEAD, [_opinion(each) for each in opinions or ()]),
            "5-quyet-dinh.csv": (_DECISION_HEAD, [_decision(each, calendar) for each in decisions]),
        }
    )
    lines: list[tuple[Cell, ...]] = [
        (
            "Hồ sơ giải quyết đúng hạn (R_solved)",
            on_time,
            len(solved),
            _share(on_time, len(solved)),
            _on_time_score(on_time, len(solved)),
            "1-giai-quyet.csv",
            f"từ {LEAST_ON_TIME} % tính theo tỷ lệ, thấp hơn không có điểm",
        ),
        (
            "Mọi hồ sơ quá hạn đều có thư xin lỗi",
            apologised,
            len(late),
            _share(apologised, len(late)) if late else "100,00",
            _whole(apologised == len(late)),
            "2-qua-han.csv",
            "không có hồ sơ quá hạn: ghi 100 % vì tiêu chí này hỏi vậy"
            if not late
            else "chỉ đạt khi mọi hồ sơ quá hạn đều đã xin lỗi",
        ),
        (
            "Hồ sơ tiếp nhận trực tuyến trong kỳ",
            online,
            len(new),
            _share(online, len(new)),
            None,
            "3-tiep-nhan.csv",
            "thang điểm do tỉnh quy định",
        ),
        (
            f"Mức độ hài lòng (mục tiêu ≥ {SATISFIED_PERCENT} %)",
            *_satisfaction(opinions),
        ),
        (
            f"Nhập cơ sở dữ liệu trong {ENTRY_WORKING_DAYS} ngày làm việc từ ngày ký",
            sum(entered),
            len(entered),
            _share(sum(entered), len(entered)),
            _whole(all(entered)) if entered else None,
            "5-quyet-dinh.csv",
            "quyết định của phiên bản mẫu không tính",
        ),
        (
            f"Công khai ít nhất {AHEAD_WORKING_DAYS} ngày làm việc trước khi có hiệu lực",
            sum(ahead),
            len(ahead),
            _share(sum(ahead), len(ahead)),
            _whole(all(ahead)) if ahead else None,
            "5-quyet-dinh.csv",
            "tính từ ngày đưa vào hệ thống này",
        ),
        ("Các tiêu chí khác của PAR INDEX", None, None, None, None, "", OUTSIDE),
    ]
    sheet = context.sheet(
        code="par-index",
        form="Tự chấm điểm PAR INDEX (thang điểm theo trí nhớ, chưa đối chiếu văn bản)",
        title="Tự đánh giá các tiêu chí nhật ký trả lời được",
        unit="Đơn vị tính: hồ sơ, quyết định",
        columns=COLUMNS,
        rows=tuple(Row(str(n), (str(n), *cells)) for n, cells in enumerate(lines, start=1)),
        coverage=context.coverage(seen),
        notes=("Danh sách hồ sơ và số quyết định của từng tiêu chí nằm trong tệp ZIP kèm theo.",),
    )
    return sheet, evidence


_CLASSES = {
    Standing.EARLY: "trước hạn",
    Standing.ON_TIME: "đúng hạn",
    Standing.LATE: "quá hạn",
}


def _text(title: str) -> Column:
    return Column(title, title, width=20, text=True)


_HEAD = (
    _text("Mã số hồ sơ"),
    _text("Thủ tục"),
    _text("Cơ quan"),
    _text("Tiếp nhận"),
    _text("Hạn trả"),
)
_DECISION_HEAD = (
    _text("Số quyết định"),
    _text("Người ký"),
    _text("Thủ tục"),
    _text("Phiên bản"),
    _text("Ngày ký"),
    _text("Ngày nhập"),
    _text("Ngày hiệu lực"),
    _text("Nhập đúng hạn"),
    _text("Công khai đúng hạn"),
)


_OPINION_HEAD = (_text("Mã số hồ sơ"), _text("Ngày"), _text("Trả lời"), _text("Hỏi ở đâu"))
_ANSWER_WORDS = {
    "very_satisfied": "rất hài lòng",
    "satisfied": "hài lòng",
    "dissatisfied": "không hài lòng",
}


def _opinion(each: Opinion) -> tuple[Cell, ...]:
    where = "trang tra cứu" if each.channel == "track" else "tại quầy"
    return (each.case, f"{each.on:%d/%m/%Y}", _ANSWER_WORDS[each.answer], where)


def _satisfaction(opinions: Sequence[Opinion] | None) -> tuple[Cell, ...]:
    if opinions is None:
        return (NO_DATA, NO_DATA, NO_FIGURE, None, "", "sổ chưa ghi khảo sát hài lòng")
    good = sum(each.is_satisfied for each in opinions)
    reached = None
    if opinions:
        reached = _whole(Fraction(good * 100, len(opinions)) >= SATISFIED_PERCENT)
    note = "chỉ tính người đã trả lời; người không trả lời không tính là hài lòng"
    return (good, len(opinions), _share(good, len(opinions)), reached, "4-hai-long.csv", note)


def _case(detail: CaseDetail) -> tuple[Cell, ...]:
    fold = detail.fold
    return (detail.number, fold.procedure, fold.agency, day(fold.received_at), day(fold.due_at))


def _decision(each: Published, calendar: WorkingCalendar) -> tuple[Cell, ...]:
    return (
        each.decision,
        each.authority,
        each.procedure,
        each.version,
        f"{each.decided_on:%d/%m/%Y}",
        f"{each.entered_on:%d/%m/%Y}",
        f"{each.effective_on:%d/%m/%Y}",
        "có" if each.was_entered_in_time(calendar) else "không",
        "có" if each.was_ahead(calendar) else "không",
    )


def _share(numerator: int, denominator: int) -> Cell:
    shown = percent(numerator, denominator, SEED_STYLE)
    return NO_FIGURE if shown is None else shown


def _on_time_score(on_time: int, solved: int) -> Cell:
    if not solved:
        return None
    share = Fraction(on_time, solved)
    return rounded(share if share * 100 >= LEAST_ON_TIME else Fraction(0), SEED_STYLE)


def _whole(reached: bool) -> Decimal:
    return rounded(Fraction(int(reached)), SEED_STYLE)


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value

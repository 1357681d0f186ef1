"""The first days of a procedure's versions follow their numbers. Legal: R2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from engine.catalog.finding import Finding

_SAME_DAY = Code(
    "version-same-day",
    Severity.WARNING,
    "Hai phiên bản cùng ngày hiệu lực; phiên bản số lớn hơn được dùng.",
    "Two versions come into force on one day; the higher number is used.",
    rule="R2",
    hint="Chọn ngày hiệu lực khác, nếu phiên bản trước vẫn phải có thời gian áp dụng.",
)
_BEFORE = Code(
    "version-overtaken",
    Severity.WARNING,
    "Phiên bản mới có hiệu lực trước một phiên bản đã ban hành, nên chỉ dùng đến ngày đó.",
    "The new version comes into force before one already published, and holds only until then.",
    rule="R2",
    hint="Kiểm tra ngày hiệu lực trong quyết định.",
)
CODES: Final = (_SAME_DAY, _BEFORE)


def dates_of(
    code: str, effective_on: date, published: Iterable[tuple[int, date]]
) -> Iterator[Finding]:
    """What a new version's first day does to the published ones: (number, first day)."""
    for number, other in published:
        if other == effective_on:
            yield _SAME_DAY.found(
                None,
                f"{code}: phiên bản {number} cũng có hiệu lực từ {other:%d/%m/%Y}.",
                f"{code}: version {number} comes into force on {other.isoformat()} as well.",
                version=number,
            )
        elif other > effective_on:
            yield _BEFORE.found(
                None,
                f"{code}: phiên bản {number} có hiệu lực từ {other:%d/%m/%Y}, sau phiên bản này.",
                f"{code}: version {number} comes into force later, on {other.isoformat()}.",
                version=number,
            )

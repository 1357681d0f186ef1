"""Why a case is late (nguyên nhân chậm): each late case has one before it closes."""

from __future__ import annotations

from engine.errors import BadInputError

CAUSES = {
    "QUA_TAI": "Quá tải",
    "PHOI_HOP": "Cơ quan phối hợp chậm trả lời",
    "QUY_DINH": "Vướng quy định",
    "HA_TANG": "Hạ tầng, phần mềm",
    "HO_SO_PHUC_TAP": "Hồ sơ phức tạp",
    "CHU_QUAN": "Nguyên nhân chủ quan",
    "KHAC": "Nguyên nhân khác",
}
"""Cause codes and their names. Legal: R34 (DESIGN)"""


def check_cause(cause: str, text: str | None) -> None:
    """Refuse an unknown cause, and "khác" without saying what.

    Legal: R34

    Raises:
        BadInputError: either.
    """
    if cause not in CAUSES:
        raise BadInputError(
            f"Expected a cause of {', '.join(CAUSES)}, but got {cause!r}", cause=cause
        )
    if cause == "KHAC" and not (text or "").strip():
        raise BadInputError("Expected a text beside the cause KHAC, but there is none")

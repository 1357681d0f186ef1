"""The national statuses of a dossier (trạng thái hồ sơ) and the moves between them."""

from __future__ import annotations

from enum import IntEnum

from engine.errors import OfficeError


class StatusMoveRefusedError(OfficeError):
    """Somebody tried a move that the list of statuses does not know."""

    code = "status_move_refused"


class StatusUnknownError(OfficeError):
    """A partner used a word or number that is no status; it is not guessed (R66)."""

    code = "status_unknown"


class CaseStatus(IntEnum):
    """The ten statuses of the national portal. Legal: R40, R66"""

    NEW = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    PAYING = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RETURNED = 10

    @property
    def vietnamese(self) -> str:
        """The status as the national list words it."""
        return _VIETNAMESE[self]

    @property
    def word(self) -> str:
        """The English word partner systems use."""
        return _WORDS[self]

    @property
    def for_the_applicant(self) -> str:
        """What the status means for the person who waits, in plain words."""
        return _FOR_THE_APPLICANT[self]

    @classmethod
    def of_word(cls, word: str) -> CaseStatus:
        """The status of a partner's word.

        Legal: R66

        Raises:
            StatusUnknownError: no status has that word.
        """
        for status, known in _WORDS.items():
            if word == known:
                return status
        raise StatusUnknownError(
            f"Expected a status of {', '.join(_WORDS.values())}, but got {word!r}", word=word
        )


_VIETNAMESE = {
    CaseStatus.NEW: "Mới đăng ký",
    CaseStatus.RECEIVED: "Được tiếp nhận",
    CaseStatus.NOT_RECEIVED: "Không được tiếp nhận",
    CaseStatus.PROCESSING: "Đang xử lý",
    CaseStatus.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    CaseStatus.PAYING: "Yêu cầu thực hiện nghĩa vụ tài chính",
    CaseStatus.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    CaseStatus.STOPPED: "Dừng xử lý",
    CaseStatus.FINISHED: "Đã xử lý xong",
    CaseStatus.RETURNED: "Đã trả kết quả",
}

_WORDS = {
    CaseStatus.NEW: "new",
    CaseStatus.RECEIVED: "receiving",
    CaseStatus.NOT_RECEIVED: "denied",
    CaseStatus.PROCESSING: "processing",
    CaseStatus.SUPPLEMENT: "waiting",
    CaseStatus.PAYING: "paying",
    CaseStatus.WITHDRAWN: "cancelled",
    CaseStatus.STOPPED: "unresolved",
    CaseStatus.FINISHED: "releasing",
    CaseStatus.RETURNED: "done",
}

_FOR_THE_APPLICANT = {
    CaseStatus.NEW: "Hồ sơ đã gửi, đang chờ bộ phận một cửa kiểm tra.",
    CaseStatus.RECEIVED: "Hồ sơ đã được tiếp nhận, đang chuyển đến nơi giải quyết.",
    CaseStatus.NOT_RECEIVED: "Hồ sơ không được tiếp nhận; lý do ghi trong phiếu từ chối.",
    CaseStatus.PROCESSING: "Hồ sơ đang được giải quyết.",
    CaseStatus.SUPPLEMENT: "Đang chờ ông/bà bổ sung giấy tờ theo phiếu yêu cầu.",
    CaseStatus.PAYING: "Đang chờ ông/bà thực hiện nghĩa vụ tài chính.",
    CaseStatus.WITHDRAWN: "Hồ sơ đã được rút theo yêu cầu của ông/bà.",
    CaseStatus.STOPPED: "Việc giải quyết hồ sơ đang tạm dừng theo quyết định.",
    CaseStatus.FINISHED: "Đã có kết quả, mời ông/bà đến nhận.",
    CaseStatus.RETURNED: "Kết quả đã được trả.",
}

ALLOWED: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.NEW: frozenset(
        {
            CaseStatus.RECEIVED,
            CaseStatus.NOT_RECEIVED,
            CaseStatus.SUPPLEMENT,
            CaseStatus.WITHDRAWN,
        }
    ),
    CaseStatus.RECEIVED: frozenset({CaseStatus.PROCESSING, CaseStatus.WITHDRAWN}),
    CaseStatus.NOT_RECEIVED: frozenset(),
    CaseStatus.PROCESSING: frozenset(
        {
            CaseStatus.SUPPLEMENT,
            CaseStatus.PAYING,
            CaseStatus.WITHDRAWN,
            CaseStatus.STOPPED,
            CaseStatus.FINISHED,
        }
    ),
    CaseStatus.SUPPLEMENT: frozenset(
        {
            CaseStatus.RECEIVED,
            CaseStatus.PROCESSING,
            CaseStatus.WITHDRAWN,
            CaseStatus.STOPPED,
        }
    ),
    CaseStatus.PAYING: frozenset({CaseStatus.PROCESSING, CaseStatus.WITHDRAWN, CaseStatus.STOPPED}),
    CaseStatus.WITHDRAWN: frozenset(),
    CaseStatus.STOPPED: frozenset({CaseStatus.PROCESSING}),
    CaseStatus.FINISHED: frozenset({CaseStatus.RETURNED}),
    CaseStatus.RETURNED: frozenset(),
}
"""Moves of R40, which an immediate result (R12) takes at one moment; all others are refused."""


def ensure_allowed(before: CaseStatus, after: CaseStatus) -> None:
    """Refuse a move that R40 does not list.

    Legal: R40

    Raises:
        StatusMoveRefusedError: the move is not on the list.
    """
    if after not in ALLOWED[before]:
        raise StatusMoveRefusedError(
            f"Expected a move that R40 allows, but {int(before)} ({before.vietnamese}) does not "
            f"lead to {int(after)} ({after.vietnamese})",
            before=int(before),
            after=int(after),
        )

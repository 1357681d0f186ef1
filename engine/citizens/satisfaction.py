"""Ask whoever got a result how satisfied he is (mức độ hài lòng): one answer a case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from engine.cases.acting import ONE_STOP, acting_officer
from engine.cases.file import CaseFile, open_case
from engine.cases.status import CaseStatus
from engine.citizens.tables import satisfaction
from engine.errors import BadInputError, OfficeError
from engine.events.citizens import SatisfactionRecorded
from engine.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row

    from engine.clock import Clock

ANSWERS = {
    "very_satisfied": "Rất hài lòng",
    "satisfied": "Hài lòng",
    "dissatisfied": "Không hài lòng",
}
"""The answers of the survey. Legal: R60"""

THEMES = {
    "place": "Nơi tiếp nhận, công cụ phục vụ",
    "attitude": "Thái độ của cán bộ",
    "time": "Thời gian giải quyết",
    "quality": "Chất lượng kết quả",
}
"""What the survey asks about. Legal: S2"""

COUNTER, TRACK = "counter", "track"
CITIZEN = "citizen"
"""Who acts in the journal when it is a citizen; his name is not written there."""
LONGEST_COMMENT = 1000


class AlreadyAnsweredError(OfficeError):
    """Somebody answered for this case before; an answer is never changed."""

    code = "already_answered"


_of_case = Prepared(select(satisfaction).where(satisfaction.c.case_id == bindparam("b_case")))


def record_satisfaction(
    db: Connection,
    clock: Clock,
    *,
    number: str,
    answer: str,
    themes: Collection[str] = (),
    comment: str = "",
    channel: str = COUNTER,
    by: str | None = None,
) -> CaseFile:
    """Write down the answer for a case whose result was handed over. Legal: R60

    On `track` the citizen answers himself; at the counter an officer asks him.

    Raises:
        AlreadyAnsweredError: a second answer. BadInputError: no such answer or theme.
        StatusRefusedError: the result was not handed over yet. NotAllowedError.
    """
    file = open_case(db, clock, number)
    file.require(CaseStatus.RETURNED, to="ask how satisfied the applicant is")
    if answer not in ANSWERS:
        raise BadInputError(f"Expected an answer of {', '.join(ANSWERS)}, but got {answer[:40]!r}")
    unknown = [theme[:40] for theme in themes if theme not in THEMES]
    if unknown:
        raise BadInputError(f"Expected themes of {', '.join(THEMES)}, but got {unknown}")
    if len(comment) > LONGEST_COMMENT:
        raise BadInputError(f"Expected a comment of at most {LONGEST_COMMENT} letters")
    officer = None if channel == TRACK else acting_officer(file, ONE_STOP, by)
    if answer_of(db, file.id) is not None:
        raise AlreadyAnsweredError(
            f"Expected the first answer for {number}, but there is one", number=number
        )
    chosen = tuple(theme for theme in THEMES if theme in themes)
    db.execute(
        insert(satisfaction).values(
            case_id=file.id,
            answer=answer,
            themes=json.dumps(chosen),
            comment=comment.strip(),
            channel=channel,
            answered_at=file.now,
            recorded_by=officer,
        )
    )
    file.record(
        SatisfactionRecorded(
            answer=answer, themes=chosen, channel=channel, agency=file["agency_code"]
        )
    )
    file.save(actor=officer or CITIZEN)
    return file


def answer_of(db: Connection, case_id: int) -> Row[Any] | None:
    """The answer for a case, if there is one."""
    return _of_case.first(db, {"b_case": case_id})

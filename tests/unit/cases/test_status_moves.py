"""The list of statuses and the moves between them (R40)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.cases.status import ALLOWED, CaseStatus, StatusMoveRefusedError, ensure_allowed

R40 = "1→2, 3, 5, 7; 2→4, 7; 4→5, 6, 7, 8, 9; 5→2, 4, 7, 8; 6→4, 7, 8; 8→4; 9→10"
LISTED = {
    (int(before), int(after))
    for row in R40.split(";")
    for before, afters in [row.split("→")]
    for after in afters.split(",")
}
PAIRS = [(before, after) for before in CaseStatus for after in CaseStatus]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_r40_a_move_is_allowed_exactly_when_it_is_listed(
    before: CaseStatus, after: CaseStatus
) -> None:
    if (int(before), int(after)) in LISTED:
        ensure_allowed(before, after)
        return
    with pytest.raises(StatusMoveRefusedError, match="Expected a move that R40 allows, but"):
        ensure_allowed(before, after)


def test_r40_the_table_of_pairs_is_whole() -> None:
    assert len(PAIRS) == 100
    assert len(LISTED) == 20


@pytest.mark.parametrize("final", [3, 7, 10])
def test_r40_final_statuses_lead_nowhere(final: int) -> None:
    assert not ALLOWED[CaseStatus(final)]


@pytest.mark.parametrize(("before", "after"), [(10, 4), (1, 9)])
def test_r40_examples_of_refused_moves(before: int, after: int) -> None:
    with pytest.raises(StatusMoveRefusedError) as refused:
        ensure_allowed(CaseStatus(before), CaseStatus(after))
    assert refused.value.details == {"before": before, "after": after}


def test_r12_r40_an_immediate_result_takes_every_step_of_the_way() -> None:
    way = [CaseStatus(code) for code in (1, 2, 4, 9, 10)]
    for before, after in pairwise(way):
        ensure_allowed(before, after)


def test_every_status_can_be_reached_from_the_first() -> None:
    reached, waiting = {CaseStatus.NEW}, [CaseStatus.NEW]
    while waiting:
        for after in ALLOWED[waiting.pop()] - reached:
            reached.add(after)
            waiting.append(after)
    assert reached == set(CaseStatus)

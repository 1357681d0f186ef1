"""Every diagram of the catalogue runs on the engine: the normal path and each way beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.catalog.extension import StepKind
from engine.catalog.forms import defaults
from engine.catalog.loader import ProcedureFile, load_procedures
from engine.workflow.blueprint import Blueprint, blueprint
from engine.workflow.run import complete, deliver_message, fire_timer, start

if TYPE_CHECKING:
    from engine.workflow.run import Progress

CATALOGUE = Path(__file__).parents[3] / "bpmn" / "procedures"
FILES = load_procedures(CATALOGUE)
OBLIGATION, SUPPLEMENT = "nghia_vu_tai_chinh", "bo_sung"


class Runner:
    """Walks a case through a diagram, giving each step its form's defaults."""

    def __init__(self, file: ProcedureFile) -> None:
        self.bp: Blueprint = blueprint(file.bpmn)
        self.forms = file.meta["forms"]
        self.nodes = self.bp.process.nodes
        self.trail: list[str] = []

    def start(self) -> Progress:
        return start(self.bp, {})

    def complete(self, at: Progress, element: str, **given: Any) -> Progress:
        form = self.nodes[element].extension.form
        task = next(step.task_id for step in at.open_steps if step.element_id == element)
        self.trail.append(element)
        return complete(self.bp, at.state, task, defaults(self.forms[form]) | given)

    def tell(self, at: Progress, message: str) -> Progress:
        self.trail.append(f"<{message}>")
        return deliver_message(self.bp, at.state, message, {})

    def fire(self, at: Progress, limit: str) -> Progress:
        (timer,) = [each for each in at.timers if each.limit == limit]
        return fire_timer(self.bp, at.state, timer.task_id)

    def walk(self, at: Progress, *, until: str | None = None, leaving: str = "") -> Progress:
        """On along the normal path to an element or to the end; `leaving` is not touched."""
        while not at.ended:
            steps = [s.element_id for s in at.open_steps if s.element_id != leaving]
            if until in steps:
                return at
            if steps:
                at = self.complete(at, steps[0])
            else:
                (awaited,) = {w.message for w in at.waiting} & {OBLIGATION, SUPPLEMENT}
                at = self.tell(at, awaited)
        return at

    def deciding(self) -> str:
        """The step that says whether the dossier is complete."""
        (found,) = [n.id for n in self.nodes.values() if n.extension.form == "tham_dinh"]
        return found


@pytest.fixture(params=FILES, ids=lambda file: file.code)
def runner(request: pytest.FixtureRequest) -> Runner:
    return Runner(request.param)


def test_the_defaults_lead_to_the_hand_over(runner: Runner) -> None:
    end = runner.walk(runner.start())
    assert end.end_events == ("da_tra_ket_qua",)
    assert (end.open_steps, end.timers, end.waiting) == ((), (), ())
    kinds = [runner.nodes[e].rule.kind for e in runner.trail if e in runner.nodes]  # type: ignore[union-attr]
    assert kinds[0] is StepKind.RECEIVE
    assert kinds[-1] is StepKind.RETURN


def test_every_row_of_the_table_is_done_once(runner: Runner) -> None:
    runner.walk(runner.start())
    rows = [
        node.id
        for node in runner.nodes.values()
        if node.kind == "userTask" and node.rule is not None and not node.rule.generated
    ]
    assert [each for each in runner.trail if each in rows] == rows


def test_r21_a_supplement_comes_back_to_the_examination(runner: Runner) -> None:
    deciding = runner.deciding()
    at = runner.walk(runner.start(), until=deciding)
    at = runner.complete(at, deciding, ket_luan="bo_sung")
    assert [s.element_id for s in at.open_steps] == ["gui_phieu_bo_sung"]
    at = runner.complete(at, "gui_phieu_bo_sung")
    assert at.open_steps == ()
    assert SUPPLEMENT in {w.message for w in at.waiting}
    at = runner.tell(at, SUPPLEMENT)
    assert [s.element_id for s in at.open_steps] == [deciding]
    assert runner.walk(at).end_events == ("da_tra_ket_qua",)


def test_r35_a_refusal_comes_from_the_middle_of_the_work(runner: Runner) -> None:
    at = runner.walk(runner.start(), until=runner.deciding())
    at = runner.tell(at, "tu_choi")
    assert [s.element_id for s in at.open_steps] == ["tra_van_ban_tu_choi"]
    assert len(at.cancelled) == 1
    end = runner.complete(at, "tra_van_ban_tu_choi")
    assert (end.ended, end.end_events) == (True, ("da_tu_choi",))


def test_r37_a_withdrawal_ends_the_case_even_while_it_waits(runner: Runner) -> None:
    deciding = runner.deciding()
    at = runner.complete(runner.walk(runner.start(), until=deciding), deciding, ket_luan="bo_sung")
    end = runner.tell(runner.complete(at, "gui_phieu_bo_sung"), "rut_ho_so")
    assert (end.ended, end.end_events, end.open_steps) == (True, ("da_rut_ho_so",), ())


def test_r33_an_apology_runs_beside_the_work(runner: Runner) -> None:
    at = runner.walk(runner.start(), until=runner.deciding())
    at = runner.fire(at, "quyet_dinh_xin_loi")
    assert {s.element_id for s in at.open_steps} == {runner.deciding(), "xin_loi"}
    at = runner.complete(at, "xin_loi")
    assert [s.element_id for s in at.open_steps] == [runner.deciding()]
    assert runner.walk(at).end_events == ("da_tra_ket_qua",)


def test_the_hand_over_ends_an_apology_that_nobody_signed(runner: Runner) -> None:
    at = runner.walk(runner.start(), until=runner.deciding())
    end = runner.walk(runner.fire(at, "quyet_dinh_xin_loi"), leaving="xin_loi")
    assert (end.ended, end.open_steps) == (True, ())
    assert end.end_events == ("da_tra_ket_qua",)


def test_r23_silence_of_the_consulted_agency_leads_on() -> None:
    (file,) = [file for file in FILES if file.code == "1.009994"]
    runner = Runner(file)
    at = runner.walk(runner.start(), until="b04_lay_y_kien")
    at = runner.fire(at, "im_lang_dong_y")
    assert [s.element_id for s in at.open_steps] == ["b05_du_thao"]
    assert len(at.cancelled) == 1
    assert runner.walk(at).end_events == ("da_tra_ket_qua",)


def test_r24_parties_in_parallel_may_answer_in_any_order() -> None:
    (file,) = [file for file in FILES if file.code == "2.000488"]
    for first in (0, 1):
        runner = Runner(file)
        at = runner.walk(runner.start(), until="b03_1_cong_an_tinh")
        both = [s.element_id for s in at.open_steps]
        assert both == ["b03_1_cong_an_tinh", "b03_2_toa_an"]
        at = runner.complete(at, both[first])
        assert [s.element_id for s in at.open_steps] == [both[1 - first]]
        at = runner.complete(at, both[1 - first])
        assert [s.element_id for s in at.open_steps] == ["b04_du_thao_phieu"]


def test_r22_stage_two_of_a_land_case_begins_when_the_payment_is_confirmed() -> None:
    for code in ("TINH-20", "TINH-06"):
        (file,) = [file for file in FILES if file.code == code]
        runner = Runner(file)
        at = runner.start()
        while at.open_steps:
            at = runner.complete(at, at.open_steps[0].element_id)
        assert OBLIGATION in {w.message for w in at.waiting}
        at = runner.tell(at, OBLIGATION)
        (step,) = at.open_steps
        assert runner.nodes[step.element_id].rule.stage == "GĐ2"  # type: ignore[union-attr]

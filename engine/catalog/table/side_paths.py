"""The ways beside the main one: apology, refusal, withdrawal, each an event subprocess."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.catalog.extension import StepKind
from engine.catalog.table import words
from engine.catalog.table.plan import Event, Place, Shape

if TYPE_CHECKING:
    from engine.catalog.table.planner import Planner

APOLOGY_LIMIT: Final = "quyet_dinh_xin_loi"


def add_apology(to: Planner) -> None:
    """Beside the work a leader decides: finish in time or apologise. Legal: R25, R30, R31, R72

    Two working days before due; where that would be before receipt, at the apology's own moment.
    """
    if to.is_short:
        to.plan.limits.append((("name", APOLOGY_LIMIT), ("relation", "apology-due")))
    else:
        to.plan.limits.append(
            (("name", APOLOGY_LIMIT), ("amount", "2wd"), ("relation", "before-due"))
        )
    lane = to.lane_with(words.LEADER, "Lãnh đạo")
    block = _event_subprocess(to, "xin_loi_va_hen_lai", "Xin lỗi và hẹn lại", lane)
    start = _inside(
        to,
        block,
        "xin_loi_den_han",
        "startEvent",
        "Sắp quá hạn",
        Event("timer", APOLOGY_LIMIT),
        (("isInterrupting", "false"),),
    )
    task = to.task(
        "xin_loi",
        "Ký văn bản xin lỗi và hẹn lại",
        lane,
        to.generated(StepKind.APOLOGISE, words.LEADER, "1wh" if to.is_short else "8wh"),
        words.FORM_OF_KIND[StepKind.APOLOGISE],
        parent=block.id,
        place=Place.INSIDE,
    )
    leader = (("signer", (("rule", "leader"),)),)
    to.add(replace(task, extension=task.extension + leader))
    end = _inside(to, block, "da_xin_loi", "endEvent", "Đã xin lỗi", None)
    to.link(start.id, task.id)
    to.link(task.id, end.id)


def add_refusal(to: Planner) -> None:
    """A refusal, from wherever the case is, goes out through the one-stop. Legal: R18, R35"""
    block = _event_subprocess(to, "tu_choi_giai_quyet", "Từ chối giải quyết", to.one_stop)
    start = _inside(
        to,
        block,
        "co_tu_choi",
        "startEvent",
        "Có quyết định từ chối",
        Event("message", to.message("tu_choi")),
        (("isInterrupting", "true"),),
    )
    task = to.task(
        "tra_van_ban_tu_choi",
        "Trả văn bản từ chối",
        to.one_stop,
        to.generated(StepKind.REFUSE, words.ONE_STOP, "1wh" if to.is_short else "4wh"),
        words.FORM_OF_KIND[StepKind.REFUSE],
        parent=block.id,
        place=Place.INSIDE,
    )
    to.add(task)
    end = _inside(to, block, "da_tu_choi", "endEvent", "Đã từ chối", None)
    to.link(start.id, task.id)
    to.link(task.id, end.id)


def add_withdrawal(to: Planner) -> None:
    """The applicant takes the dossier back: the case ends at once. Legal: R37"""
    block = _event_subprocess(to, "nguoi_nop_rut_ho_so", "Người nộp rút hồ sơ", to.one_stop)
    start = _inside(
        to,
        block,
        "co_yeu_cau_rut",
        "startEvent",
        "Có yêu cầu rút",
        Event("message", to.message("rut_ho_so")),
        (("isInterrupting", "true"),),
    )
    end = _inside(to, block, "da_rut_ho_so", "endEvent", "Đã rút hồ sơ", None)
    to.link(start.id, end.id)


def _event_subprocess(to: Planner, shape_id: str, name: str, lane: str) -> Shape:
    block = Shape(
        id=to.names.take(shape_id),
        tag="subProcess",
        name=name,
        lane=lane,
        place=Place.BAND,
        attributes=(("triggeredByEvent", "true"),),
    )
    to.add(block)
    return block


def _inside(
    to: Planner,
    block: Shape,
    shape_id: str,
    tag: str,
    name: str,
    event: Event | None,
    attributes: tuple[tuple[str, str], ...] = (),
) -> Shape:
    shape = Shape(
        id=to.names.take(shape_id),
        tag=tag,
        name=name,
        lane=block.lane,
        place=Place.INSIDE,
        parent=block.id,
        event=event,
        attributes=attributes,
    )
    to.add(shape)
    return shape

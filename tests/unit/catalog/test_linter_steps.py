"""Steps, timers and pauses of a procedure."""

from __future__ import annotations

import pytest
from bpmn_texts import (
    bare,
    chain,
    end,
    extension,
    lawful,
    named_limit,
    node,
    rule,
    start,
    step,
    task,
    timer,
)
from linter_findings import codes, found, places

from engine.catalog.finding import Blocks


def test_r46_a_step_without_a_limit_is_named() -> None:
    assert places(
        lawful(ky=step("ky", "Ký kết quả", "sign", "lanh_dao", "")), "step-without-limit"
    ) == ["ky"]


def test_r46_a_limit_of_nothing_is_a_limit() -> None:
    at_once = step("tra_ket_qua", "Trả kết quả", "return", "mot_cua", "0wh")
    assert "step-without-limit" not in codes(lawful(tra_ket_qua=at_once))


@pytest.mark.parametrize("limit", ["hai ngày", "0.5wd", "2", "-1wh", "9999999wd"])
def test_r46_a_limit_nobody_can_read_is_named(limit: str) -> None:
    spoiled = lawful(ky=step("ky", "Ký kết quả", "sign", "lanh_dao", limit))
    assert places(spoiled, "step-limit-unreadable") == ["ky"]


def test_a_step_without_a_role_is_named() -> None:
    assert places(lawful(ky=step("ky", "Ký kết quả", "sign", "", "2wd")), "step-without-role") == [
        "ky"
    ]


def test_a_step_without_any_rule_lacks_role_and_limit() -> None:
    spoiled = lawful(ky=task("ky", "Ký kết quả"))
    assert places(spoiled, "step-without-role") == ["ky"]
    assert places(spoiled, "step-without-limit") == ["ky"]


def test_a_role_that_differs_from_its_lane_is_a_warning() -> None:
    spoiled = lawful(ky=step("ky", "Ký kết quả", "sign", "truong_phong", "2wd"))
    assert places(spoiled, "role-lane-disagree") == ["ky"]


def test_r72_a_signature_by_a_machine_is_an_error() -> None:
    machine = node(
        "serviceTask", "ky", extension(rule("sign", "lanh_dao", "2wd")), name="Ký kết quả"
    )
    assert places(lawful(ky=machine), "signature-by-machine") == ["ky"]


def test_a_timer_that_names_no_declared_limit_cannot_run() -> None:
    (finding,) = found(lawful(limits=""), "timer-name-undeclared")
    assert (finding.element_id, finding.blocks) == ("sap_tre", Blocks.RUN)


def test_a_lone_diagram_may_write_timers_as_durations() -> None:
    alone = bare(
        start(), node("intermediateCatchEvent", "cho", timer("P5D")), end(),
        chain("bat_dau", "cho", "ket_thuc"),
    )  # fmt: skip
    assert codes(alone) == {"no-procedure-head"}


@pytest.mark.parametrize("text", ["P5D", '"PT8H"', "R3/PT1H", "2026-11-20T08:00:00"])
def test_a_procedure_s_timer_written_as_a_duration_may_not_be_published(text: str) -> None:
    late = step("tham_dinh", "Thẩm định", "examine", "chuyen_vien", "5wd") + node(
        "boundaryEvent", "nhac", timer(text), attachedToRef="tham_dinh", cancelActivity="false"
    )
    (finding,) = found(lawful(tham_dinh=late), "timer-not-named")
    assert (finding.element_id, finding.blocks) == ("nhac", Blocks.PUBLISH)


def test_a_timer_without_text_is_named() -> None:
    late = step("tham_dinh", "Thẩm định", "examine", "chuyen_vien", "5wd") + node(
        "boundaryEvent", "nhac", timer(""), attachedToRef="tham_dinh", cancelActivity="false"
    )
    assert places(lawful(tham_dinh=late), "timer-empty") == ["nhac"]


def test_r23_silence_after_an_undeclared_limit_is_named() -> None:
    asking = step("ky", "Ký kết quả", "sign", "lanh_dao", "2wd").replace(
        "</extensionElements>", '<mc:silence limit="im_lang"/></extensionElements>', 1
    )
    assert places(lawful(ky=asking), "timer-name-undeclared") == ["ky"]


def test_two_limits_of_one_name_cannot_run() -> None:
    (finding,) = found(
        lawful(limits=named_limit("quyet_dinh_xin_loi") + named_limit("quyet_dinh_xin_loi")),
        "limit-name-duplicate",
    )
    assert finding.blocks is Blocks.RUN


def test_two_limits_that_look_alike_are_a_warning() -> None:
    alike = named_limit("quyet_dinh_xin_loi") + named_limit("Quyết định xin lỗi")
    assert "limit-name-ambiguous" in codes(lawful(limits=alike))


@pytest.mark.parametrize("amount", ["", "sớm"])
def test_a_named_limit_without_a_readable_amount_cannot_run(amount: str) -> None:
    spoiled = lawful(limits=named_limit("quyet_dinh_xin_loi", amount))
    assert places(spoiled, "named-limit-unreadable") == ["quy_trinh"]


def test_r25_the_apology_s_own_moment_needs_no_amount() -> None:
    assert codes(lawful(limits=named_limit("quyet_dinh_xin_loi", "", "apology-due"))) == set()


def test_a_limit_that_no_timer_names_is_a_note() -> None:
    more = named_limit("quyet_dinh_xin_loi") + named_limit("thua", "1wd")
    assert codes(lawful(limits=more)) == {"named-limit-unused"}


def waiting(*inside: str) -> str:
    return node("intermediateCatchEvent", "cho_bo_sung", *inside)


def test_r21_a_pause_without_ground_is_an_error() -> None:
    spoiled = waiting(
        extension('<mc:hold kind="supplement" policy="regime"/>'),
        '<messageEventDefinition messageRef="m_bo_sung"/>',
    )
    assert places(lawful(cho_bo_sung=spoiled), "pause-without-ground") == ["cho_bo_sung"]


def test_r22_a_wait_for_the_applicant_without_a_pause_is_a_warning() -> None:
    spoiled = waiting('<messageEventDefinition messageRef="m_bo_sung"/>')
    assert places(lawful(cho_bo_sung=spoiled), "wait-without-pause") == ["cho_bo_sung"]


def test_a_branch_that_ends_without_a_result_is_named() -> None:
    lost = end("bo_do", name="Xong") + chain("ky", "bo_do")
    assert places(lawful(after=lost), "branch-without-result") == ["bo_do"]


def test_a_branch_named_by_its_result_is_allowed() -> None:
    withdrawn = end("rut", name="Rút hồ sơ") + chain("ky", "rut")
    assert "branch-without-result" not in codes(lawful(after=withdrawn))


def test_a_step_that_leads_nowhere_is_a_warning() -> None:
    lost = step("luu", "Lưu hồ sơ", "other", "chuyen_vien", "1wh") + chain("ky", "luu")
    assert places(lawful(after=lost), "branch-without-end") == ["luu"]


def test_a_step_named_without_a_verb_is_a_note() -> None:
    spoiled = lawful(ky=step("ky", "Lãnh đạo", "sign", "lanh_dao", "2wd"))
    assert places(spoiled, "name-without-verb") == ["ky"]


@pytest.mark.parametrize(
    "name",
    [
        "Tiếp nhận, kiểm tra hồ sơ",
        "Đối chiếu với sổ gốc",
        "Vào số, đóng dấu, trả kết quả",
        "Phê duyệt",
        "Trình",
        "Gửi phiếu chuyển thông tin sang cơ quan thuế",
        "Lấy ý kiến",
        "Xác minh thực địa",
    ],
)
def test_names_of_the_published_tables_begin_with_a_verb(name: str) -> None:
    changed = lawful(ky=step("ky", name, "sign", "lanh_dao", "2wd"))
    assert "name-without-verb" not in codes(changed)

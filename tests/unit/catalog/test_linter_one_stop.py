"""R46 and R18: what must happen at the one-stop, and what only it may do."""

from __future__ import annotations

import pytest
from bpmn_texts import (
    chain,
    definitions,
    end,
    flow,
    head,
    lane,
    lawful,
    lawful_parts,
    node,
    process,
    start,
    step,
    task,
    timer,
)
from linter_findings import codes, found, places

from engine.catalog.finding import Severity

OUTSIDE = "lan_chuyen_vien"


def moved(node_id: str) -> str:
    """The lanes with a node moved from the one-stop to the specialist."""
    listed = f"<flowNodeRef>{node_id}</flowNodeRef>"
    lanes = lawful_parts()["lanes"].replace(listed, "", 1)
    return lanes.replace("<flowNodeRef>tham_dinh<", f"{listed}<flowNodeRef>tham_dinh<")


def test_r46_a_procedure_without_a_start_is_named() -> None:
    assert places(lawful(bat_dau=""), "start-missing") == ["quy_trinh"]


def test_r46_a_second_start_is_named() -> None:
    second = start("bat_dau_hai") + chain("bat_dau_hai", "tiep_nhan")
    assert places(lawful(after=second), "start-many") == ["bat_dau_hai"]


def test_r46_a_start_outside_the_one_stop_is_named() -> None:
    assert places(lawful(lanes=moved("bat_dau")), "start-outside-one-stop") == ["bat_dau"]


def test_r46_the_one_stop_is_known_by_its_lane_s_name_when_no_role_is_given() -> None:
    lanes = lane("l", "Trung tâm Phục vụ hành chính công", "bat_dau", "ket_thuc")
    assert "start-outside-one-stop" not in codes(lawful(lanes=f"<laneSet>{lanes}</laneSet>"))


def test_r46_no_hand_over_end_is_an_error() -> None:
    without = lawful(tra_ket_qua="", f_ky=chain("ket_luan", "ky", "ket_thuc"))
    assert places(without, "handover-end-missing") == ["quy_trinh"]


def test_r46_a_second_hand_over_end_is_named() -> None:
    second = end("ket_thuc_hai") + flow("tra_ket_qua", "ket_thuc_hai")
    assert places(lawful(after=second), "handover-end-many") == ["ket_thuc_hai"]


def test_r46_a_hand_over_end_outside_the_one_stop_is_named() -> None:
    spoiled = lawful(lanes=moved("ket_thuc"))
    assert places(spoiled, "handover-end-outside-one-stop") == ["ket_thuc"]


def test_r18_a_return_step_outside_the_one_stop_is_named() -> None:
    elsewhere = step("tra_ket_qua", "Trả kết quả", "return", "chuyen_vien", "4wh")
    spoiled = lawful(tra_ket_qua=elsewhere)
    assert places(spoiled, "return-step-outside-one-stop") == ["tra_ket_qua"]


def test_r46_no_refusal_end_is_an_error() -> None:
    without = lawful(tu_choi="", ket_thuc_tu_choi="", f_tu_choi="")
    assert places(without, "refusal-end-missing") == ["quy_trinh"]


def test_r46_a_refusal_message_that_ends_the_case_is_a_refusal_end() -> None:
    refusing = node(
        "subProcess", "bi_tu_choi",
        start("nghe_tu_choi", '<messageEventDefinition messageRef="m_tu_choi"/>'),
        end("xong"), chain("nghe_tu_choi", "xong"),
        triggeredByEvent="true", name="Từ chối",
    )  # fmt: skip
    changed = lawful(tu_choi="", ket_thuc_tu_choi="", f_tu_choi="", after=refusing)
    assert "refusal-end-missing" not in codes(changed)


def test_r18_a_specialist_s_refusal_that_ends_without_the_one_stop_is_named() -> None:
    spoiled = lawful(
        tu_choi=step("tu_choi", "Từ chối", "refuse", "chuyen_vien", "4wh"),
        lanes=moved("ket_thuc_tu_choi"),
    )
    assert places(spoiled, "refusal-not-through-one-stop") == ["tu_choi"]


def test_r18_a_specialist_s_refusal_that_the_one_stop_hands_over_is_allowed() -> None:
    changed = lawful(
        tu_choi=step("tu_choi", "Từ chối", "refuse", "chuyen_vien", "4wh"),
        f_tu_choi=flow("ket_luan", "tu_choi", "x") + chain("tu_choi", "tra_ket_qua"),
        ket_thuc_tu_choi="",
    )
    assert not {"refusal-not-through-one-stop", "refusal-end-missing"} & codes(changed)


def test_r46_no_supplement_path_is_an_error() -> None:
    without = lawful(yeu_cau_bo_sung="", cho_bo_sung="", f_bo_sung="")
    assert places(without, "supplement-path-missing") == ["quy_trinh"]


def test_r18_a_supplement_asked_for_by_a_specialist_is_named() -> None:
    elsewhere = step("yeu_cau_bo_sung", "Yêu cầu bổ sung", "supplement", "chuyen_vien", "4wh")
    spoiled = lawful(yeu_cau_bo_sung=elsewhere, lanes=moved("cho_bo_sung"))
    assert places(spoiled, "supplement-not-through-one-stop") == ["yeu_cau_bo_sung"]


def test_r46_a_supplement_that_nobody_waits_for_is_named() -> None:
    spoiled = lawful(
        cho_bo_sung="",
        f_bo_sung=flow("ket_luan", "yeu_cau_bo_sung", "x") + flow("yeu_cau_bo_sung", "tham_dinh"),
    )
    assert places(spoiled, "supplement-without-wait") == ["yeu_cau_bo_sung"]


def test_r46_a_supplement_after_which_nothing_goes_on_is_named() -> None:
    spoiled = lawful(
        f_bo_sung=flow("ket_luan", "yeu_cau_bo_sung", "x")
        + chain("yeu_cau_bo_sung", "cho_bo_sung", "bo_do"),
        after=end("bo_do", name="Hết hạn bổ sung"),
    )
    assert places(spoiled, "supplement-without-return") == ["cho_bo_sung"]


def test_r46_each_specialist_step_without_a_late_path_is_named() -> None:
    spoiled = lawful(xin_loi_tre_han="")
    assert places(spoiled, "late-path-missing") == ["tham_dinh", "ky"]


def test_r46_a_timer_on_the_step_is_a_late_path_of_that_step_alone() -> None:
    late = (
        node(
            "boundaryEvent", "tre", timer("quyet_dinh_xin_loi"),
            attachedToRef="tham_dinh", cancelActivity="false",
        )
        + step("xin_loi", "Ký thư xin lỗi", "apologise", "lanh_dao", "4wh")
        + end("xong")
        + chain("tre", "xin_loi", "xong")
    )  # fmt: skip
    assert places(lawful(xin_loi_tre_han=late), "late-path-missing") == ["ky"]


def test_r46_a_timer_beside_the_work_is_a_late_path() -> None:
    late = (
        node("parallelGateway", "tach")
        + node("intermediateCatchEvent", "sap_tre", timer("quyet_dinh_xin_loi"))
        + step("xin_loi", "Ký thư xin lỗi", "apologise", "lanh_dao", "4wh")
        + end("xong")
        + chain("tach", "sap_tre", "xin_loi", "xong")
    )
    beside = lawful(
        xin_loi_tre_han=late,
        flows=chain("bat_dau", "tiep_nhan", "tach", "tham_dinh", "ket_luan"),
    )
    assert "late-path-missing" not in codes(beside)


def test_r46_a_later_step_s_apology_does_not_guard_an_earlier_step() -> None:
    late = (
        node(
            "boundaryEvent", "tre", timer("quyet_dinh_xin_loi"),
            attachedToRef="ky", cancelActivity="false",
        )
        + step("xin_loi", "Ký thư xin lỗi", "apologise", "lanh_dao", "4wh")
        + end("xong")
        + chain("tre", "xin_loi", "xong")
    )  # fmt: skip
    assert places(lawful(xin_loi_tre_han=late), "late-path-missing") == ["tham_dinh"]


def test_r33_an_apology_that_stops_the_case_is_a_warning() -> None:
    stopping = lawful_parts()["xin_loi_tre_han"].replace('isInterrupting="false"', "")
    spoiled = lawful(xin_loi_tre_han=stopping)
    assert places(spoiled, "late-path-interrupts") == ["xin_loi_tre_han"]


POOLS = (
    '<participant id="co_quan" name="UBND xã" processRef="quy_trinh"/>'
    '<participant id="dan" name="Người dân, tổ chức"/>'
)


def in_pools(flows: str, **changes: str) -> bytes:
    return lawful(beside=f'<collaboration id="c">{POOLS}{flows}</collaboration>', **changes)


def test_r18_a_message_from_a_specialist_to_the_applicant_is_an_error() -> None:
    spoiled = in_pools('<messageFlow id="thu" sourceRef="tham_dinh" targetRef="dan"/>')
    (finding,) = found(spoiled, "direct-contact")
    assert (finding.element_id, finding.severity, finding.rule) == ("thu", Severity.ERROR, "R18")
    assert "Thẩm định hồ sơ" in finding.message


def test_r18_a_message_from_the_one_stop_to_the_applicant_is_allowed() -> None:
    allowed = in_pools('<messageFlow id="thu" sourceRef="tra_ket_qua" targetRef="dan"/>')
    assert "direct-contact" not in codes(allowed)


def test_r18_a_message_from_the_applicant_is_allowed() -> None:
    allowed = in_pools('<messageFlow id="thu" sourceRef="dan" targetRef="tham_dinh"/>')
    assert "direct-contact" not in codes(allowed)


@pytest.mark.parametrize("named", ["Bộ phận Một cửa", "Tiếp nhận và trả kết quả"])
def test_r18_holds_for_a_lone_diagram_in_which_the_one_stop_appears(named: str) -> None:
    alone = definitions(
        '<collaboration id="c"><participant id="p" name="Sở" processRef="quy_trinh"/>'
        '<participant id="dan" name="Công dân"/>'
        '<messageFlow id="thu" sourceRef="xem" targetRef="dan"/></collaboration>',
        process(
            "<laneSet>",
            lane("l1", named, "nhan"),
            lane("l2", "Phòng chuyên môn", "xem"),
            "</laneSet>",
            start(), task("nhan"), task("xem"), end(),
            chain("bat_dau", "nhan", "xem", "ket_thuc"),
        ),
    )  # fmt: skip
    assert places(alone, "direct-contact") == ["thu"]


def test_r18_leaves_a_foreign_diagram_alone() -> None:
    foreign = definitions(
        '<collaboration id="c"><participant id="p" name="Pizza" processRef="quy_trinh"/>'
        '<participant id="k" name="Khách hàng"/>'
        '<messageFlow id="m" sourceRef="nuong" targetRef="k"/></collaboration>',
        process(
            f"<laneSet>{lane('l', 'Đầu bếp', 'nuong')}</laneSet>",
            start(), task("nuong"), end(), chain("bat_dau", "nuong", "ket_thuc"),
        ),
    )  # fmt: skip
    assert "direct-contact" not in codes(foreign)


AGENCIES = (
    '<participant id="co_quan" name="UBND xã" processRef="quy_trinh"/>'
    '<participant id="thue" name="Cơ quan thuế"/>'
)


def test_r24_a_case_sent_to_another_agency_without_an_answer_is_a_warning() -> None:
    sent = '<messageFlow id="di" sourceRef="tham_dinh" targetRef="thue"/>'
    spoiled = lawful(beside=f'<collaboration id="c">{AGENCIES}{sent}</collaboration>')
    assert places(spoiled, "interagency-without-reply") == ["di"]


def test_r24_a_case_that_another_agency_answers_is_allowed() -> None:
    both = (
        '<messageFlow id="di" sourceRef="tham_dinh" targetRef="thue"/>'
        '<messageFlow id="ve" sourceRef="thue" targetRef="co_quan"/>'
    )
    allowed = lawful(beside=f'<collaboration id="c">{AGENCIES}{both}</collaboration>')
    assert "interagency-without-reply" not in codes(allowed)


def test_r46_does_not_apply_to_a_lone_diagram() -> None:
    assert codes(lawful(head="", limits="")) == {"no-procedure-head"}


def test_r46_every_part_taken_away_is_noticed() -> None:
    for part in ("lanes", "bat_dau", "xin_loi_tre_han", "tra_ket_qua"):
        assert codes(lawful(**{part: ""})), part
    assert codes(lawful(head=head(total="")))

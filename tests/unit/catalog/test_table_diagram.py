"""A table becomes a lawful diagram, and the diagram the same table again."""

from __future__ import annotations

import pytest
from table_texts import (
    EXAMINE,
    FAULTY,
    RECEIVE,
    RETURN,
    SIGN,
    csv_text,
    published,
    published_files,
    small_table,
)

from engine.catalog.diagram import Process, read_diagram
from engine.catalog.extension import HoldKind, HoldPolicy, Relation, SignerRule, StepKind
from engine.catalog.linter import lint_bytes
from engine.catalog.table.builder import build, build_diagram
from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.decision_table import DecisionTable
from engine.catalog.table.reader import diagram_to_table
from engine.errors import BadInputError

EXTRACT = "p01-ban-sao-tu-so-goc.csv"
TRANSFER = "p03-bien-dong-chuyen-nhuong.csv"
FIRST_CERTIFICATE = "p04-cap-gcn-lan-dau.csv"
LIST_OF_PLOTS = "p11-cong-bo-danh-muc-khu-dat.csv"
RECORD = "r2-ly-lich-tu-phap.csv"
PERMIT = "r3-giay-phep-xay-dung.csv"


def process_of(table: DecisionTable) -> Process:
    return read_diagram(build_diagram(table, basis="NĐ 1/2026")).processes[0]


def after(process: Process, node: str) -> list[str]:
    return [process.flows[flow].target for flow in process.nodes[node].outgoing]


@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_every_published_table_comes_back_from_its_diagram(file: object) -> None:
    table = published(file.name)  # type: ignore[attr-defined]
    assert diagram_to_table(build_diagram(table)) == table


@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_r46_every_published_table_but_the_faulty_one_gives_a_lawful_diagram(file: object) -> None:
    name = file.name  # type: ignore[attr-defined]
    found = lint_bytes(build_diagram(published(name), basis="NĐ 1/2026", decision="1/QĐ"))
    wanted = ["steps-exceed-limit"] if name == FAULTY else []
    assert [f.code for f in found if f.severity != "note"] == wanted


@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_the_same_table_gives_the_same_bytes(file: object) -> None:
    table = published(file.name)  # type: ignore[attr-defined]
    assert build_diagram(table) == build_diagram(table)


def test_r44_the_faulty_table_is_drawn_with_its_fault() -> None:
    found = [f for f in lint_bytes(build_diagram(published(FAULTY))) if f.rule == "R44"]
    assert "8,5 ngày" in found[0].message
    assert "7 ngày" in found[0].message


def test_the_head_carries_what_the_table_says() -> None:
    head = process_of(published(TRANSFER)).extension
    assert head is not None
    assert (head.code, head.level, head.total, head.regime) == (
        "TINH-20", "tỉnh", "8wd", "ND118_309",
    )  # fmt: skip
    assert not head.sample


def test_r3_a_made_up_table_is_a_sample_and_a_found_decision_is_named() -> None:
    made_up = process_of(published(PERMIT)).extension
    assert made_up is not None
    assert (made_up.sample, made_up.decision) == (True, None)
    found = process_of(published(EXTRACT)).extension
    assert found is not None
    assert (found.sample, found.decision) == (False, "663/QĐ-TTPVHCC")


def test_every_row_is_a_step_with_its_unit_and_printed_time() -> None:
    process = process_of(published(TRANSFER))
    step = process.nodes["b07_tham_dinh_lap_to_trinh"]
    assert step.rule is not None
    assert step.rule.kind is StepKind.EXAMINE
    assert (step.rule.role, step.rule.unit, step.rule.limit, step.rule.text) == (
        "chuyen_vien", "Văn phòng đăng ký đất đai", "16wh", "02 ngày",
    )  # fmt: skip
    assert (step.rule.stage, step.rule.row) == ("GĐ2", "7")


def test_lanes_are_the_units_with_the_one_stop_first() -> None:
    lanes = process_of(published(TRANSFER)).lanes
    assert [(lane.name, lane.declared_role) for lane in lanes] == [
        ("Trung tâm Phục vụ hành chính công", "mot_cua"),
        ("Văn phòng đăng ký đất đai", "chuyen_vien"),
        ("Trưởng phòng Đăng ký", "truong_phong"),
        ("Lãnh đạo Văn phòng đăng ký đất đai", "lanh_dao"),
    ]


def test_r18_a_supplement_goes_through_the_one_stop_and_back_to_the_examination() -> None:
    process = process_of(published(PERMIT))
    gateway = process.nodes["du_dieu_kien"]
    assert after(process, "b03_tham_dinh_kiem_tra_thuc_dia") == ["du_dieu_kien"]
    ways = [process.flows[flow] for flow in gateway.outgoing]
    asking, normal = sorted(ways, key=lambda flow: flow.condition is None)
    assert (asking.condition, asking.target) == ('ket_luan == "bo_sung"', "gui_phieu_bo_sung")
    assert gateway.default_flow == normal.id
    assert after(process, "gui_phieu_bo_sung") == ["cho_bo_sung"]
    assert after(process, "cho_bo_sung") == ["truoc_tham_dinh"]
    assert after(process, "truoc_tham_dinh") == ["b03_tham_dinh_kiem_tra_thuc_dia"]
    step = process.nodes["gui_phieu_bo_sung"].rule
    assert step is not None
    assert (step.kind, step.role, step.generated) == (StepKind.SUPPLEMENT, "mot_cua", True)


def test_r21_waiting_for_a_supplement_is_a_pause_by_the_regime() -> None:
    wait = process_of(published(PERMIT)).nodes["cho_bo_sung"]
    assert wait.events[0].name == "bo_sung"
    assert wait.hold is not None
    assert (wait.hold.kind, wait.hold.policy) == (HoldKind.SUPPLEMENT, HoldPolicy.REGIME)
    assert wait.hold.ground


def test_r35_a_refusal_leaves_through_the_one_stop_from_anywhere() -> None:
    process = process_of(published(PERMIT))
    (start,) = [n for n in process.children("tu_choi_giai_quyet") if n.kind == "startEvent"]
    assert (start.events[0].name, start.interrupting) == ("tu_choi", True)
    assert process.nodes["tu_choi_giai_quyet"].is_event_subprocess
    assert after(process, start.id) == ["tra_van_ban_tu_choi"]
    assert process.nodes["tra_van_ban_tu_choi"].rule.role == "mot_cua"  # type: ignore[union-attr]


def test_r37_a_withdrawal_ends_the_case() -> None:
    process = process_of(published(PERMIT))
    (start,) = [n for n in process.children("nguoi_nop_rut_ho_so") if n.kind == "startEvent"]
    assert (start.events[0].name, start.interrupting) == ("rut_ho_so", True)
    assert after(process, start.id) == ["da_rut_ho_so"]


def test_r30_the_leader_is_asked_two_working_days_before_due() -> None:
    process = process_of(published(PERMIT))
    limit = process.limits["quyet_dinh_xin_loi"]
    assert (limit.amount, limit.relation) == ("2wd", Relation.BEFORE_DUE)
    start = process.nodes["xin_loi_den_han"]
    assert (start.events[0].text, start.interrupting) == ("quyet_dinh_xin_loi", False)
    apology = process.nodes["xin_loi"]
    assert apology.rule is not None
    assert (apology.rule.kind, apology.rule.role) == (StepKind.APOLOGISE, "lanh_dao")
    assert apology.extension.signer is SignerRule.LEADER


@pytest.mark.parametrize("name", [EXTRACT, "r8-giay-phep-xe-tap-lai.csv"])
def test_r25_a_short_procedure_is_asked_at_the_moment_of_the_apology(name: str) -> None:
    limit = process_of(published(name)).limits["quyet_dinh_xin_loi"]
    assert (limit.amount, limit.relation) == (None, Relation.APOLOGY_DUE)


@pytest.mark.parametrize("name", [TRANSFER, FIRST_CERTIFICATE])
def test_r22_between_the_stages_of_a_land_case_the_applicant_pays(name: str) -> None:
    process = process_of(published(name))
    wait = process.nodes["cho_nghia_vu_tai_chinh"]
    assert wait.events[0].name == "nghia_vu_tai_chinh"
    assert wait.hold is not None
    assert wait.hold.kind is HoldKind.PAYMENT
    (before,) = [process.flows[flow].source for flow in wait.incoming]
    (behind,) = after(process, wait.id)
    stages = [process.nodes[each].rule.stage for each in (before, behind)]  # type: ignore[union-attr]
    assert stages == ["GĐ1", "GĐ2"]


@pytest.mark.parametrize("name", [LIST_OF_PLOTS, FAULTY, PERMIT])
def test_r22_where_nothing_goes_to_the_tax_office_nobody_waits_for_a_payment(name: str) -> None:
    assert "cho_nghia_vu_tai_chinh" not in process_of(published(name)).nodes


def test_r22_a_table_without_stages_waits_after_the_row_for_the_tax_office() -> None:
    table = small_table(RECEIVE, EXAMINE, "3,,Chuyển cơ quan thuế,Chuyên viên,1 giờ,", SIGN, RETURN)
    process = process_of(table)
    assert after(process, "b03_chuyen_co_quan_thue") == ["cho_nghia_vu_tai_chinh"]


def test_r23_silence_leads_on_where_the_row_says_so() -> None:
    process = process_of(published(PERMIT))
    asking = process.nodes["b04_lay_y_kien"]
    assert asking.extension.silence == "im_lang_dong_y"
    assert process.limits["im_lang_dong_y"].amount == "2wd"
    (boundary,) = process.boundaries(asking.id)
    assert (boundary.interrupting, boundary.events[0].text) == (True, "im_lang_dong_y")
    assert after(process, boundary.id) == after(process, asking.id) == ["sau_lay_y_kien"]


def test_r23_a_consult_that_says_nothing_of_silence_waits() -> None:
    table = small_table(RECEIVE, EXAMINE, "3,,Lấy ý kiến,Cơ quan được hỏi,2 giờ,", SIGN, RETURN)
    process = process_of(table)
    assert process.boundaries("b03_lay_y_kien") == ()


def test_r24_parties_in_parallel_stand_in_a_subprocess_of_their_own() -> None:
    process = process_of(published(RECORD))
    block = process.nodes["b03_tra_cuu_xac_minh"]
    assert (block.kind, block.triggered_by_event) == ("subProcess", False)
    tasks = [n for n in process.children(block.id) if n.kind == "userTask"]
    assert [task.rule.unit for task in tasks] == ["Công an tỉnh", "Tòa án"]  # type: ignore[union-attr]
    assert [task.rule.limit for task in tasks] == ["48wh", "48wh"]  # type: ignore[union-attr]
    assert diagram_to_table(build_diagram(published(RECORD))).rows[2].unit == "Công an tỉnh; Tòa án"


def test_r39_a_row_that_seals_and_returns_is_followed_by_the_one_stops_hand_over() -> None:
    process = process_of(published(EXTRACT))
    seal = process.nodes["b04_vao_so_dong_dau_tra_ket_qua"].rule
    assert seal is not None
    assert (seal.kind, seal.role) == (StepKind.SEAL, "van_thu")
    assert after(process, "b04_vao_so_dong_dau_tra_ket_qua") == ["tra_ket_qua"]
    hand_over = process.nodes["tra_ket_qua"].rule
    assert hand_over is not None
    assert (hand_over.kind, hand_over.limit, hand_over.generated) == (StepKind.RETURN, "0wh", True)


def test_r39_a_row_that_only_returns_is_the_hand_over_itself() -> None:
    process = process_of(published(PERMIT))
    assert "tra_ket_qua" not in process.nodes
    assert after(process, "b08_tra_ket_qua") == ["da_tra_ket_qua"]
    assert process.nodes["da_tra_ket_qua"].events[0].kind == "terminate"


def test_r18_a_specialist_never_hands_over() -> None:
    table = small_table(RECEIVE, EXAMINE, SIGN, "4,,Trả kết quả,Văn thư,1 giờ,")
    process = process_of(table)
    assert process.nodes["b04_tra_ket_qua"].rule.kind is StepKind.OTHER  # type: ignore[union-attr]
    assert after(process, "b04_tra_ket_qua") == ["tra_ket_qua"]


def test_r72_who_signs_has_not_prepared() -> None:
    sign = process_of(published(PERMIT)).nodes["b06_ky"]
    assert sign.extension.signer is SignerRule.NOT_PREPARER


def test_only_the_step_before_the_gateway_offers_the_supplement() -> None:
    process = process_of(published(TRANSFER))
    asking = [n.id for n in process.nodes.values() if n.extension.form == "tham_dinh"]
    assert asking == ["b02_tham_dinh_ho_so"]


def test_where_nobody_examines_the_drafter_decides() -> None:
    process = process_of(published(RECORD))
    assert process.nodes["b04_du_thao_phieu"].extension.form == "tham_dinh"
    assert after(process, "b04_du_thao_phieu") == ["du_dieu_kien"]


def test_a_one_stop_that_examines_itself_is_drawn_and_lawful() -> None:
    table = small_table(
        RECEIVE, "2,,Kiểm tra,Trung tâm Phục vụ hành chính công,2 giờ,", SIGN, RETURN
    )
    found = lint_bytes(build_diagram(table, basis="NĐ 1/2026", decision="1/QĐ"))
    assert [f.code for f in found if f.severity != "note"] == []


def test_what_is_assumed_is_a_finding() -> None:
    built = build(small_table(RECEIVE, "2,,Họp,Hội đồng tư vấn,2 giờ,", RETURN))
    assert [f.code for f in built.findings] == [
        "row-role-assumed", "table-examiner-assumed", "row-kind-assumed",
    ]  # fmt: skip
    assert "Bước 2" in built.findings[0].message


def test_a_row_without_a_readable_time_has_no_limit_in_the_diagram() -> None:
    table = small_table(RECEIVE, "2,,Thẩm định,Chuyên viên,vài hôm,", SIGN, RETURN)
    found = [f.code for f in lint_bytes(build_diagram(table))]
    assert "step-without-limit" in found
    assert diagram_to_table(build_diagram(table)) == table


def test_rows_of_one_wording_keep_ids_of_their_own() -> None:
    table = small_table(RECEIVE, EXAMINE, SIGN, SIGN, RETURN)
    process = process_of(table)
    assert {"b03_ky", "b04_ky"} <= process.nodes.keys()


def test_signs_that_xml_reserves_survive() -> None:
    table = read_table_csv(
        csv_text(RECEIVE, EXAMINE, '3,,"Ký <b> & ""x""",Lãnh đạo,2 giờ,', RETURN)
    )
    assert diagram_to_table(build_diagram(table)) == table


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(BadInputError, match="at least one row"):
        build_diagram(read_table_csv(csv_text()))


def test_a_diagram_without_a_head_is_no_table() -> None:
    bare = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        b'<process id="p" isExecutable="true"/></definitions>'
    )
    with pytest.raises(BadInputError, match="mc:procedure"):
        diagram_to_table(bare)


def test_a_hand_drawn_diagram_is_printed_from_its_limits() -> None:
    built = build_diagram(small_table()).decode()
    drawn = built.replace(' text="16 giờ"', "").replace(' totalText="03 ngày làm việc"', "")
    table = diagram_to_table(drawn.encode())
    assert (table.rows[1].time, table.total_text) == ("16 giờ làm việc", "3 ngày làm việc")

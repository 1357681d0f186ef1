"""What the words of a table stand for."""

from __future__ import annotations

import pytest

from engine.catalog.extension import StepKind
from engine.catalog.table.form_drafts import DRAFTS
from engine.catalog.table.slugs import Names, slug
from engine.catalog.table.words import (
    DECIDING_FORM,
    FORM_OF_KIND,
    kind_of_content,
    role_of_unit,
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("Tiếp nhận, kiểm tra hồ sơ", "receive"),
        ("Phân công", "assign"),
        ("Đối chiếu với sổ gốc", "examine"),
        ("Thẩm định, lập tờ trình", "examine"),
        ("Thẩm tra", "examine"),
        ("Lấy ý kiến (im lặng là đồng ý sau 02 ngày làm việc)", "consult"),
        ("Dự thảo phiếu", "draft"),
        ("Ký", "sign"),
        ("Duyệt giấy chứng nhận", "sign"),
        ("Phê duyệt", "sign"),
        ("Vào số, đóng dấu, trả kết quả", "seal"),
        ("Trả kết quả", "return"),
        ("Trao giấy chứng nhận", "return"),
        ("Thu phí", "pay"),
        ("Trình lãnh đạo", "other"),
        ("Chuyển Trung tâm", "other"),
    ],
)
def test_the_first_known_word_tells_the_kind(content: str, kind: str) -> None:
    assert kind_of_content(content) is StepKind(kind)


def test_registering_is_no_signing() -> None:
    assert kind_of_content("Đăng ký biến động") is None


@pytest.mark.parametrize(
    ("unit", "role"),
    [
        ("Trung tâm Phục vụ hành chính công cấp xã", "mot_cua"),
        ("Trung tâm Phục vụ hành chính công; bưu chính", "mot_cua"),
        ("Bộ phận Một cửa", "mot_cua"),
        ("Trung tâm", "mot_cua"),
        ("Văn thư; Trung tâm", "van_thu"),
        ("Lãnh đạo Văn phòng đăng ký đất đai", "lanh_dao"),
        ("Chủ tịch UBND tỉnh", "lanh_dao_ubnd"),
        ("UBND tỉnh", "lanh_dao_ubnd"),
        ("Chủ tịch UBND xã", "lanh_dao"),
        ("Văn phòng UBND tỉnh", "van_phong_ubnd"),
        ("Trưởng phòng Đăng ký", "truong_phong"),
        ("Phòng chuyên môn", "chuyen_vien"),
        ("Chi nhánh Văn phòng đăng ký đất đai", "chuyen_vien"),
        ("Công chức tư pháp - hộ tịch", "chuyen_vien"),
        ("Công an tỉnh; Tòa án", "don_vi_phoi_hop"),
        ("Cơ quan được hỏi", "don_vi_phoi_hop"),
        ("Đoàn kiểm tra", "doan_kiem_tra"),
        ("Hội đồng tư vấn", None),
    ],
)
def test_the_beginning_of_a_unit_tells_the_role(unit: str, role: str | None) -> None:
    assert role_of_unit(unit) == role


def test_every_kind_of_step_has_a_form_that_exists() -> None:
    assert set(FORM_OF_KIND) == set(StepKind)
    assert {*FORM_OF_KIND.values(), DECIDING_FORM} == set(DRAFTS)


def test_ids_are_readable_and_cut_between_words() -> None:
    assert slug("Đối chiếu với sổ gốc") == "doi_chieu_voi_so_goc"
    assert slug("Tra cứu, xác minh (song song: công an; tòa án)") == "tra_cuu_xac_minh"
    assert slug("(chỉ trong ngoặc)") == "chi_trong_ngoac"
    assert slug("漢字") == "buoc"
    assert len(slug("từ " * 60)) <= 36


def test_an_id_is_given_out_once() -> None:
    names = Names()
    assert [names.take("ky"), names.take("ky"), names.take("ky")] == ["ky", "ky_2", "ky_3"]

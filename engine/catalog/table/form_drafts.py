"""The forms that a new procedure's folder begins with; defaults lead along the normal path."""

from __future__ import annotations

from typing import Any, Final

Form = dict[str, Any]


def _field(name: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "type": kind, **more}


_OPINION: Final = _field("y_kien", "Ý kiến", "textarea")
_NOTE: Final = _field("ghi_chu", "Ghi chú", "textarea")
_AGREED: Final = _field("dong_y", "Đồng ý", "boolean", default=True, required=True)

DRAFTS: Final[dict[str, Form]] = {
    "tiep_nhan": {
        "title": "Tiếp nhận hồ sơ",
        "fields": [
            _field("du_thanh_phan", "Đủ thành phần hồ sơ", "boolean", default=True, required=True),
            _NOTE,
        ],
    },
    "phan_cong": {
        "title": "Phân công",
        "fields": [_field("nguoi_thu_ly", "Người thụ lý", "text"), _NOTE],
    },
    "tham_dinh": {
        "title": "Thẩm định hồ sơ",
        "fields": [
            _field(
                "ket_luan",
                "Kết luận",
                "select",
                options=[
                    {"value": "dat", "label": "Đủ điều kiện"},
                    {"value": "bo_sung", "label": "Cần bổ sung"},
                ],
                default="dat",
                required=True,
            ),
            _OPINION,
        ],
    },
    "kiem_tra": {
        "title": "Kiểm tra, xác minh",
        "fields": [_field("ngay_kiem_tra", "Ngày kiểm tra", "date"), _OPINION],
    },
    "lay_y_kien": {
        "title": "Ý kiến của cơ quan được hỏi",
        "fields": [_AGREED, _OPINION],
    },
    "du_thao": {
        "title": "Dự thảo kết quả",
        "fields": [_field("trich_yeu", "Trích yếu", "text"), _NOTE],
    },
    "ky": {"title": "Ký duyệt", "fields": [_AGREED, _OPINION]},
    "dong_dau": {
        "title": "Vào sổ, đóng dấu",
        "fields": [
            _field("so_van_ban", "Số văn bản", "text"),
            _field("ngay_van_ban", "Ngày văn bản", "date"),
        ],
    },
    "tra_ket_qua": {
        "title": "Trả kết quả",
        "fields": [_field("nguoi_nhan", "Người nhận", "text"), _NOTE],
    },
    "phieu_bo_sung": {
        "title": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "fields": [_field("noi_dung", "Nội dung cần bổ sung", "textarea")],
    },
    "tu_choi": {"title": "Từ chối giải quyết", "fields": [_field("ly_do", "Lý do", "textarea")]},
    "xin_loi": {
        "title": "Văn bản xin lỗi và hẹn lại",
        "fields": [
            _field("ly_do", "Lý do", "textarea"),
            _field("ngay_hen", "Ngày hẹn mới", "date"),
        ],
    },
    "thu_phi": {
        "title": "Thu phí, lệ phí",
        "fields": [_field("so_tien", "Số tiền (đồng)", "number"), _NOTE],
    },
    "xu_ly": {"title": "Xử lý hồ sơ", "fields": [_NOTE]},
}
"""Every form that `words.FORM_OF_KIND` names, and the deciding one."""

"""What becomes of a refusal in the browser: one table from code to status and plain Vietnamese."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from flask import render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from engine.errors import OfficeError

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = logging.getLogger("motcua.desk")

BAD, FORBIDDEN, MISSING, CONFLICT, UNPROCESSABLE, BROKEN, BUSY = 400, 403, 404, 409, 422, 500, 503

REFUSALS: dict[str, tuple[int, str]] = {
    # the case moved on, or is not where the action needs it
    "case_changed": (
        CONFLICT,
        _l("Hồ sơ vừa được người khác cập nhật. Mở lại hồ sơ để xem bản mới nhất rồi làm lại."),
    ),
    "step_not_open": (CONFLICT, _l("Bước này không còn mở, hoặc đồng nghiệp khác đã nhận việc.")),
    "case_held": (CONFLICT, _l("Hồ sơ đang tạm dừng nên chưa thể hoàn thành bước này.")),
    "status_refused": (CONFLICT, _l("Trạng thái hiện tại của hồ sơ không cho phép thao tác này.")),
    "status_move_refused": (
        CONFLICT,
        _l("Trạng thái hiện tại của hồ sơ không cho phép thao tác này."),
    ),
    "hold_refused": (CONFLICT, _l("Hồ sơ không ở trong khoảng tạm dừng phù hợp với thao tác này.")),
    "step_needs_command": (
        CONFLICT,
        _l("Bước này được hoàn thành bằng thao tác riêng trên trang hồ sơ."),
    ),
    "idempotency_key_reused": (
        CONFLICT,
        _l("Biểu mẫu này đã được gửi với nội dung khác. Mở lại trang rồi làm lại."),
    ),
    "REAPPOINT_LIMIT": (
        CONFLICT,
        _l("Hồ sơ đã được hẹn lại một lần; việc tiếp theo do người đứng đầu cơ quan quyết định."),
    ),
    "appointment_refused": (
        UNPROCESSABLE,
        _l("Ngày hẹn mới phải là ngày làm việc, sau hạn ban đầu."),
    ),
    "supplement_limit": (
        CONFLICT,
        _l(
            "Hồ sơ đã được yêu cầu bổ sung một lần. "
            "Lần nữa cần căn cứ pháp luật chuyên ngành và lãnh đạo ký."
        ),
    ),
    "nothing_chosen": (UNPROCESSABLE, _l("Chưa chọn hồ sơ nào trong danh sách.")),
    "not_one_step": (
        UNPROCESSABLE,
        _l(
            "Hãy chọn các hồ sơ đang ở cùng một bước của cùng phiên bản quy trình. "
            "Bước gửi văn bản hoặc trả kết quả được làm trên từng hồ sơ."
        ),
    ),
    "take_back_refused": (
        CONFLICT,
        _l("Không thu hồi được nữa: người ở bước sau đã nhận việc, hoặc hồ sơ đã đi tiếp."),
    ),
    "correction_refused": (
        CONFLICT,
        _l("Nội dung này không sửa được nữa: số liệu đã báo cáo hoặc hồ sơ đã được giải quyết."),
    ),
    "hand_over_refused": (
        CONFLICT,
        _l(
            "Chưa trả được kết quả: còn giấy tờ gốc chưa đánh dấu trả lại, "
            "hoặc hồ sơ chậm chưa ghi nguyên nhân."
        ),
    ),
    "draft_exists": (CONFLICT, _l("Thủ tục này đã có bản thảo: hãy mở bản thảo đó.")),
    "draft_changed": (
        CONFLICT,
        _l("Người khác vừa lưu bản thảo này. Chưa có gì bị ghi đè: mở lại để xem bản mới nhất."),
    ),
    "drafts_full": (CONFLICT, _l("Đã có quá nhiều bản thảo hoặc bản giữ lại: hãy bỏ bớt.")),
    # what was typed
    "bad_input": (UNPROCESSABLE, _l("Có nội dung nhập chưa đúng.")),
    "letter_incomplete": (
        UNPROCESSABLE,
        _l("Văn bản còn thiếu nội dung bắt buộc hoặc ngày hẹn chưa hợp lệ."),
    ),
    "dossier_incomplete": (
        UNPROCESSABLE,
        _l("Hồ sơ còn thiếu thành phần bắt buộc: hãy yêu cầu bổ sung thay vì tiếp nhận."),
    ),
    "data_refused": (UNPROCESSABLE, _l("Dữ liệu nhập không được chấp nhận.")),
    "value_missing": (UNPROCESSABLE, _l("Thiếu một giá trị mà quy trình cần để rẽ nhánh.")),
    "case_number_invalid": (UNPROCESSABLE, _l("Mã hồ sơ không đúng cấu trúc.")),
    "agency_code_invalid": (UNPROCESSABLE, _l("Mã cơ quan không đúng cấu trúc.")),
    "calendar_year_missing": (UNPROCESSABLE, _l("Chưa có lịch làm việc của năm cần tính.")),
    "procedure_not_accepted": (UNPROCESSABLE, _l("Cơ quan không tiếp nhận thủ tục này.")),
    "decision_missing": (UNPROCESSABLE, _l("Phiên bản quy trình chưa có quyết định phê duyệt.")),
    "diagram_refused": (UNPROCESSABLE, _l("Sơ đồ quy trình có lỗi.")),
    "procedure_yaml": (UNPROCESSABLE, _l("Tệp mô tả thủ tục có lỗi.")),
    "procedure_folder": (UNPROCESSABLE, _l("Thư mục thủ tục có lỗi.")),
    "agencies_file": (UNPROCESSABLE, _l("Tệp danh sách cơ quan có lỗi.")),
    "status_unknown": (UNPROCESSABLE, _l("Trạng thái không có trong danh mục.")),
    "letter_template_broken": (
        BROKEN,
        _l("Mẫu văn bản Word của cơ quan không dùng được; quản trị cần xem lại."),
    ),
    "file_kind_refused": (
        UNPROCESSABLE,
        _l(
            "Chỉ nhận tệp PDF, ảnh (JPEG, PNG, TIFF, HEIC), Word (.docx) hoặc Excel (.xlsx) "
            "không có macro."
        ),
    ),
    "file_too_large": (UNPROCESSABLE, _l("Tệp quá lớn hoặc không có nội dung.")),
    "feedback_unknown": (MISSING, _l("Không có phản ánh, kiến nghị này trong sổ.")),
    "feedback_refused": (
        CONFLICT,
        _l("Phản ánh, kiến nghị này không ở bước đó, hoặc ông/bà không phải người trả lời."),
    ),
    "already_answered": (CONFLICT, _l("Hồ sơ này đã có ý kiến về mức độ hài lòng.")),
    "file_unknown": (MISSING, _l("Không có tệp này trong hồ sơ.")),
    "file_lost": (BROKEN, _l("Tệp trong kho đã mất hoặc bị thay đổi; quản trị cần xem lại.")),
    "files_missing": (BROKEN, _l("Kho tệp đính kèm thiếu tệp.")),
    "store_unwritable": (BROKEN, _l("Không ghi được tệp vào kho.")),
    # who
    "sign_in_stale": (
        401,
        _l("Lần đăng nhập này đã cũ hoặc không bắt đầu từ trình duyệt này. Xin đăng nhập lại."),
    ),
    "sign_in_cancelled": (401, _l("Nơi cấp tài khoản không cho đăng nhập, hoặc việc này bị hủy.")),
    "sign_in_unreachable": (BUSY, _l("Chưa liên hệ được nơi cấp tài khoản. Xin thử lại sau.")),
    "sign_in_invalid": (
        401,
        _l("Câu trả lời của nơi cấp tài khoản không tin được, nên chưa đăng nhập. Báo quản trị."),
    ),
    "sign_in_nobody": (
        FORBIDDEN,
        _l("Tài khoản này chưa gắn với cán bộ nào đang làm việc ở đây. Báo quản trị để thêm."),
    ),
    "password_sign_in_off": (FORBIDDEN, _l("Văn phòng này không đăng nhập bằng mật khẩu.")),
    "not_allowed": (FORBIDDEN, _l("Ông/bà không giữ vai trò cần cho việc này.")),
    "officer_required": (FORBIDDEN, _l("Chưa có người giữ vai trò cần cho việc này.")),
    "training_only": (FORBIDDEN, _l("Chỉ văn phòng huấn luyện mới làm được việc này.")),
    # rehearsals
    "too_many_rehearsals": (
        CONFLICT,
        _l("Cơ quan đã có đủ lượt diễn tập đang chờ: hãy đợi hoặc hủy bớt."),
    ),
    "rehearsal_unknown": (MISSING, _l("Không có lượt diễn tập này.")),
    "rehearsal_state": (CONFLICT, _l("Lượt diễn tập này đã kết thúc.")),
    "rehearsal_stopped": (UNPROCESSABLE, _l("Lượt diễn tập vượt quá thời gian cho phép.")),
    "rehearsal_source_unknown": (MISSING, _l("Không có gì tên như vậy để diễn tập.")),
    "scenario_refused": (UNPROCESSABLE, _l("Kịch bản có điều không thể có.")),
    "diagram_not_simulated": (
        UNPROCESSABLE,
        _l("Sơ đồ có phần tử mà bộ diễn tập chưa chạy được."),
    ),
    "overload": (
        UNPROCESSABLE,
        _l("Số người trong kịch bản không làm xuể: hàng chờ dài mãi không hết."),
    ),
    "run_stopped": (UNPROCESSABLE, _l("Lượt chạy không thể đi tiếp.")),
    "interval_refused": (UNPROCESSABLE, _l("Chưa đủ số liệu để có khoảng tin cậy trung thực.")),
    "nothing_to_forecast": (UNPROCESSABLE, _l("Không có hồ sơ nào để dự báo.")),
    # not there
    "case_unknown": (MISSING, _l("Không có hồ sơ này trong sổ.")),
    "agency_unknown": (MISSING, _l("Không có cơ quan này trong sổ.")),
    "officer_unknown": (MISSING, _l("Không có cán bộ này trong sổ.")),
    "procedure_unknown": (MISSING, _l("Không có thủ tục này đang có hiệu lực.")),
    "draft_unknown": (MISSING, _l("Không có bản thảo này, hoặc nó đã được công bố hay bỏ đi.")),
    "procedure_abolished": (CONFLICT, _l("Thủ tục này đã bị bãi bỏ.")),
    "page_unknown": (MISSING, _l("Không tìm thấy trang này.")),
    "batch_unknown": (MISSING, _l("Không có lần nhập này.")),
    "proposal_unknown": (MISSING, _l("Không có đề nghị phê duyệt này.")),
    "proposal_exists": (CONFLICT, _l("Quy trình này đang có một đề nghị phê duyệt.")),
    "proposal_state": (CONFLICT, _l("Đề nghị phê duyệt không còn ở trạng thái cho phép việc này.")),
    "own_proposal": (
        FORBIDDEN,
        _l("Người soạn thảo không được tự kiểm tra hoặc phê duyệt quy trình của mình."),
    ),
    # the office itself
    "database_busy": (BUSY, _l("Sổ đang bận. Chưa có gì được lưu, xin thử lại.")),
    "checker_busy": (BUSY, _l("Mọi bộ kiểm tra đang bận. Xin thử lại sau ít giây.")),
    "office_not_open": (BUSY, _l("Văn phòng chưa mở sổ: cần chạy lệnh «motcua init».")),
    "office_kind": (BUSY, _l("Sổ này thuộc một văn phòng khác loại.")),
    "schema_unknown": (BUSY, _l("Sổ thuộc phiên bản khác của chương trình.")),
    "anchor_unwritable": (BROKEN, _l("Không ghi được tệp niêm phong nhật ký.")),
    "too_much_to_count": (
        BUSY,
        _l(
            "Nhật ký quá dài để cộng ngay trên trang: số cộng dồn do tiến trình đồng hồ làm mỗi "
            "phút; báo cáo liệt kê từng hồ sơ thì lập bằng lệnh «motcua report»."
        ),
    ),
    "measures_inconsistent": (BROKEN, _l("Số liệu không khớp nên không được hiển thị.")),
    "snapshot_corrupt": (
        BROKEN,
        _l("Trạng thái quy trình của hồ sơ bị hỏng; quản trị cần xem lại."),
    ),
    "engine_stopped": (BROKEN, _l("Quy trình của hồ sơ dừng ngoài dự kiến; quản trị cần xem lại.")),
    "expression_failed": (BROKEN, _l("Điều kiện rẽ nhánh của quy trình không tính được.")),
    "expression_refused": (BROKEN, _l("Điều kiện rẽ nhánh của quy trình không được phép.")),
    "not_waiting": (CONFLICT, _l("Quy trình của hồ sơ không chờ việc này.")),
    "step_budget_spent": (BROKEN, _l("Quy trình của hồ sơ chạy quá nhiều bước.")),
    "clock_stopped": (BROKEN, _l("Đồng hồ của văn phòng đã dừng.")),
    "backup_exists": (CONFLICT, _l("Bản sao lưu đã có.")),
    "backup_unwritable": (BROKEN, _l("Không ghi được bản sao lưu.")),
    "mail_refused": (UNPROCESSABLE, _l("Thư điện tử bị từ chối.")),
    "mail_failed": (BUSY, _l("Chưa gửi được thư điện tử.")),
    "message_unknown": (MISSING, _l("Không có tin nhắn này.")),
    "notice_unknown": (MISSING, _l("Không có thông báo này.")),
    "endpoint_unknown": (MISSING, _l("Không có địa chỉ nhận tin này.")),
    "endpoint_exists": (CONFLICT, _l("Mã này đã có, xin chọn mã khác.")),
    "address_refused": (UNPROCESSABLE, _l("Địa chỉ này không được phép hoặc không đúng.")),
    "delivery_unknown": (CONFLICT, _l("Tin này không còn trong danh sách chưa gửi được.")),
    "inbox_unknown": (CONFLICT, _l("Tin này không còn chờ xử lý.")),
    "sender_exists": (CONFLICT, _l("Mã này đã có, xin chọn mã khác.")),
    "sender_unknown": (MISSING, _l("Không có đối tác gửi tin này.")),
    "claim_lost": (CONFLICT, _l("Tiến trình khác đã nhận việc này.")),
    "backup_unusable": (UNPROCESSABLE, _l("Bản sao lưu không dùng được.")),
    "books_not_empty": (CONFLICT, _l("Sổ không trống.")),
    "foreign_address": (BROKEN, _l("Văn bản gọi một địa chỉ ngoài hệ thống.")),
    "bind_refused": (BROKEN, _l("Không mở được địa chỉ của trang.")),
    "tool_missing": (BROKEN, _l("Máy chủ thiếu một công cụ.")),
    "journal_broken": (BROKEN, _l("Nhật ký không còn nguyên vẹn.")),
    # what only programs and the command line meet, in Vietnamese only
    "unauthorized": (401, "Cần mã truy cập còn hiệu lực."),
    "precondition_required": (428, "Thiếu tiêu đề If-Match: hãy đọc hồ sơ trước khi thay đổi."),
    "precondition_failed": (412, "Hồ sơ đã thay đổi sau lần đọc: hãy đọc lại rồi gửi lại."),
    "invalid_request": (UNPROCESSABLE, "Yêu cầu không đúng với mô tả của API."),
    "token_unknown": (MISSING, "Không có mã truy cập này."),
    "abolished_twice": (CONFLICT, "Một quyết định khác đã bãi bỏ thủ tục cùng ngày."),
    "migration_refused": (CONFLICT, "Không thể chuyển hồ sơ sang phiên bản đó."),
    "table_refused": (UNPROCESSABLE, "Không đọc được tệp như bảng của quyết định."),
    "form_inconsistent": (BROKEN, "Các cột của biểu không khớp nên biểu không được hiển thị."),
    "out_of_order": (BROKEN, "Số cộng dồn đã cũ: cần cộng lại từ đầu."),
    "period_not_over": (CONFLICT, "Kỳ báo cáo chưa kết thúc nên chưa chốt được."),
    "period_closed_already": (CONFLICT, "Kỳ báo cáo đã chốt."),
    "closed_figures_differ": (BROKEN, "Nhật ký không còn cho số liệu đã chốt."),
    "log_refused": (UNPROCESSABLE, "Không đọc được nhật ký từ nơi khác."),
    "parameters_unreadable": (UNPROCESSABLE, "Không đọc được tệp tham số chi phí."),
    "report_unwritable": (BROKEN, "Không ghi được tệp báo cáo."),
    "pdf_unavailable": (BROKEN, "Máy chủ thiếu phần mềm trình bày PDF."),
    "pdf_font_missing": (BROKEN, "Máy chủ thiếu phông chữ đủ dấu tiếng Việt."),
    "report_too_long": (UNPROCESSABLE, "Danh sách quá dài để in thành PDF."),
    "refused": (CONFLICT, _l("Văn phòng từ chối thao tác này.")),
}
"""Code of a refusal → HTTP status and what the clerk is told."""

HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: (
        _l("Yêu cầu chưa đúng"),
        _l("Trình duyệt gửi một yêu cầu không đúng. Mở lại trang rồi làm lại."),
    ),
    403: (_l("Không được phép"), _l("Ông/bà không giữ vai trò cần để xem trang này.")),
    404: (_l("Không tìm thấy"), _l("Không tìm thấy trang hoặc hồ sơ này.")),
    405: (_l("Yêu cầu chưa đúng"), _l("Trang này không nhận yêu cầu kiểu đó.")),
    413: (_l("Nội dung quá lớn"), _l("Nội dung gửi lên quá lớn.")),
    429: (_l("Quá nhiều lần thử"), _l("Đã thử quá nhiều lần. Xin chờ ít phút rồi thử lại.")),
}


def refusal_words(refusal: OfficeError) -> tuple[int, str]:
    """HTTP status and sentence of a refusal; an unknown code is a refusal all the same."""
    status, words = REFUSALS.get(refusal.code, REFUSALS["refused"])
    return status, str(words)


def refusal_said(refusal: OfficeError) -> tuple[int, str]:
    """HTTP status, and the sentence with its detail: what stands above a form shown again."""
    status, words = refusal_words(refusal)
    return status, f"{words} ({refusal.message})"


def install_errors(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(OfficeError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: OfficeError) -> ResponseReturnValue:
    status, words = refusal_words(refusal)
    return _page(gettext("Chưa thực hiện được"), words, status, detail=refusal.message)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(
        gettext("Biểu mẫu đã hết hạn"),
        gettext("Chưa có gì được lưu. Mở lại trang rồi gửi lại."),
        BAD,
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or BROKEN
    if status < BAD:
        return error
    title, words = HTTP_WORDS.get(status, HTTP_WORDS[BAD])
    body, code = _page(str(title), str(words), status)
    headers = [h for h in error.get_headers() if h[0] in ("Allow", "Retry-After")]
    return body, code, headers


def _broken(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    log.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    return _page(
        gettext("Có sự cố"),
        gettext("Chưa có gì được lưu. Nếu lặp lại, xin báo quản trị mã sự cố dưới đây."),
        BROKEN,
        number=number,
    )


def _page(
    title: str, words: str, status: int, *, detail: str | None = None, number: str | None = None
) -> tuple[str, int]:
    try:
        page = render_template("error.html", title=title, words=words, detail=detail, number=number)
    except Exception:
        # The page's own frame asks the books who is signed in; they may be what is broken.
        log.exception("the error page could not be shown")
        page = Markup("<!DOCTYPE html><meta charset=utf-8><h1>{}</h1><p>{} {}</p>").format(
            title, words, number or ""
        )
    return page, status

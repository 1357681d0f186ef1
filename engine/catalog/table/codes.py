"""The kinds of findings that reading a decision's table may give; bpmn/README.md lists them."""

from __future__ import annotations

from typing import Final

from engine.catalog.finding import Blocks, Code, Severity

HEAD_MISSING: Final = Code(
    "table-head-missing",
    Severity.ERROR,
    "Đầu bảng thiếu một dòng bắt buộc.",
    "The head of the table lacks a line it needs.",
    blocks=Blocks.PUBLISH,
    hint="Thêm dòng bắt đầu bằng # như “# Mã: 2.000908” vào đầu bảng.",
)
HEAD_UNKNOWN: Final = Code(
    "table-head-unknown",
    Severity.NOTE,
    "Dòng đầu bảng không có trong quy ước, được giữ làm ghi chú.",
    "A line of the head is not a known one; it is kept as a note.",
    hint="Dùng các nhãn: Tên TTHC, Mã, Lĩnh vực, Cấp, Tổng thời gian, Nguồn, Loại, Ghi chú.",
)
CODE_DIFFERS: Final = Code(
    "table-code-differs",
    Severity.WARNING,
    "Mã được yêu cầu khác mã ghi trong bảng.",
    "The code asked for differs from the one in the table.",
    hint="Kiểm tra có đúng bảng của thủ tục không.",
)
TOTAL_UNREADABLE: Final = Code(
    "table-total-unreadable",
    Severity.ERROR,
    "Tổng thời gian của bảng không đọc được.",
    "The table's total time cannot be read.",
    blocks=Blocks.PUBLISH,
    rule="R44",
    hint="Viết như “08 ngày làm việc (18 ngày đối với vùng khó khăn)” hoặc “trong ngày”.",
)
CALENDAR_DAYS: Final = Code(
    "table-total-plain-days",
    Severity.NOTE,
    "Tổng thời gian ghi “ngày”, được tính theo ngày lịch.",
    "The total prints “ngày”; it is counted in calendar days.",
    rule="R42",
    hint="Nếu ý là ngày làm việc, ghi rõ “ngày làm việc”.",
)
TIME_UNREADABLE: Final = Code(
    "row-time-unreadable",
    Severity.ERROR,
    "Thời gian của một bước không đọc được.",
    "The time of a row cannot be read.",
    blocks=Blocks.PUBLISH,
    rule="R44",
    hint="Viết như “0,5 ngày”, “04 giờ”, “0,5 ngày (04 giờ)”; không tính giờ ghi “0”.",
)
ROW_INCOMPLETE: Final = Code(
    "row-incomplete",
    Severity.ERROR,
    "Một bước thiếu nội dung công việc hoặc đơn vị thực hiện.",
    "A row lacks its content or its unit.",
    blocks=Blocks.PUBLISH,
    hint="Điền nội dung và đơn vị của bước.",
)
ROW_LONG: Final = Code(
    "row-too-wide",
    Severity.WARNING,
    "Một bước có nhiều ô hơn tiêu đề; các ô thừa bị bỏ.",
    "A row has more cells than the heading; the rest is left out.",
    hint="Đặt trong ngoặc kép ô có dấu phẩy.",
)
NUMBER_REPEATED: Final = Code(
    "row-number-repeated",
    Severity.WARNING,
    "Hai bước trùng số thứ tự.",
    "Two rows carry the same number.",
    hint="Đánh lại số thứ tự.",
)
ROWS_MISSING: Final = Code(
    "table-rows-missing",
    Severity.ERROR,
    "Bảng không có bước nào.",
    "The table has no rows.",
    blocks=Blocks.PUBLISH,
    hint="Bảng cần một dòng tiêu đề và ít nhất một bước.",
)
ROLE_ASSUMED: Final = Code(
    "row-role-assumed",
    Severity.WARNING,
    "Không suy được vai trò từ tên đơn vị; tạm dùng chuyen_vien.",
    "The role cannot be told from the unit; chuyen_vien is taken for now.",
    hint="Sửa role của mc:step và mc:lane trong sơ đồ.",
)
KIND_ASSUMED: Final = Code(
    "row-kind-assumed",
    Severity.NOTE,
    "Không suy được loại bước từ nội dung; tạm dùng other.",
    "The kind of step cannot be told from its content; other is taken for now.",
    hint="Sửa kind của mc:step trong sơ đồ.",
)
EXAMINER_ASSUMED: Final = Code(
    "table-examiner-assumed",
    Severity.WARNING,
    "Bảng không có bước thẩm định; yêu cầu bổ sung được đặt sau bước khác.",
    "The table has no examining step; the supplement path follows another one.",
    rule="R46",
    hint="Kiểm tra vị trí cổng “Hồ sơ đủ điều kiện?” trong sơ đồ.",
)

ROW_MERGED: Final = Code(
    "row-cell-merged",
    Severity.NOTE,
    "Ô gộp: giá trị của dòng trên được dùng cho bước này.",
    "A merged cell: the value of the row above is used.",
    hint="Xem lại dòng đã hiểu; nếu sai, bỏ gộp ô và ghi từng bước.",
)
TIME_SHARED: Final = Code(
    "row-time-shared",
    Severity.WARNING,
    "Các bước chung một ô thời gian; thời gian tính một lần ở bước đầu.",
    "Rows share one cell of time; it is counted once, at the first of them.",
    rule="R44",
    hint="Ghi thời gian riêng cho từng bước.",
)
NUMBER_MISSING: Final = Code(
    "row-number-missing",
    Severity.NOTE,
    "Bước không có số thứ tự; lấy theo vị trí trong bảng.",
    "A row has no number; its place in the table is taken.",
    hint="Ghi số thứ tự nếu muốn giữ số của quyết định.",
)
NUMBER_SPLIT: Final = Code(
    "row-number-split",
    Severity.NOTE,
    "Ô số thứ tự ghi cả giai đoạn và bước; được tách thành hai.",
    "The cell of the number holds stage and step; it is parted.",
    hint="Xem lại giai đoạn và số bước đã tách.",
)
STAGE_ROW: Final = Code(
    "row-is-stage",
    Severity.NOTE,
    "Dòng gộp ngang được hiểu là tên giai đoạn của các bước sau nó.",
    "A row merged across is read as the stage of the rows after it.",
    hint="Nếu dòng đó là một bước, bỏ gộp ô và điền đủ các cột.",
)
TOTAL_ROW: Final = Code(
    "row-is-total",
    Severity.NOTE,
    "Dòng cộng không phải là một bước.",
    "A row of the sum is no step.",
    rule="R44",
    hint="Tổng thời gian công bố ghi ở đầu bảng.",
)
TOTAL_FROM_ROW: Final = Code(
    "table-total-from-row",
    Severity.WARNING,
    "Đầu bảng không có tổng thời gian; lấy từ dòng cộng.",
    "The head has no total; the one of the row of the sum is taken.",
    rule="R44",
    hint="Kiểm tra tổng thời gian công bố của thủ tục.",
)
ROW_LEFT_OUT: Final = Code(
    "row-left-out",
    Severity.NOTE,
    "Dòng lặp lại tiêu đề hoặc chỉ đánh số cột, không phải là bước.",
    "A row that repeats the heading or numbers the columns is no step.",
    hint="Không cần sửa.",
)
SEVERAL_PERSONS: Final = Code(
    "row-several-persons",
    Severity.WARNING,
    "Một ô ghi nhiều người hoặc đơn vị mà không nói cùng làm song song.",
    "A cell names several persons or units and does not say that they work in parallel.",
    hint="Tách thành nhiều bước, hoặc ghi “song song” nếu họ cùng làm.",
)
HARD_AREA_TIME: Final = Code(
    "row-hard-area-time",
    Severity.WARNING,
    "Thời gian riêng của vùng khó khăn ở một bước không vào sơ đồ.",
    "A row's own time for hard areas is not part of the diagram.",
    rule="R44",
    hint="Sơ đồ dùng thời gian thường; vùng khó khăn theo tổng thời gian ở đầu bảng.",
)
OUTSIDE_SKIPPED: Final = Code(
    "table-text-outside",
    Severity.NOTE,
    "Các dòng ngoài bảng không được dùng.",
    "Lines outside the table are not used.",
    hint="Đầu bảng nhận các dòng “Tên TTHC: …”, “Mã: …”, “Lĩnh vực: …”, “Cấp: …”, "
    "“Tổng thời gian: …”.",
)
TABLES_SEVERAL: Final = Code(
    "table-several",
    Severity.WARNING,
    "Tệp có nhiều bảng bước; chỉ bảng đầu được đọc.",
    "The file holds several step tables; only the first is read.",
    hint="Tách mỗi thủ tục thành một tệp.",
)
FILE_UNREADABLE: Final = Code(
    "table-file-unreadable",
    Severity.ERROR,
    "Tệp không đọc được, hoặc không có bảng bước.",
    "The file cannot be read, or holds no table of steps.",
    blocks=Blocks.PUBLISH,
    hint="Mở và lưu lại tệp ở dạng .docx, .xlsx hoặc .csv (UTF-8).",
)
ARCHIVE_HOSTILE: Final = Code(
    "table-archive-refused",
    Severity.ERROR,
    "Tệp nén có cấu trúc nguy hiểm, không được mở.",
    "The archive's structure is dangerous; it is not opened.",
    blocks=Blocks.PUBLISH,
    hint="Lưu lại tệp bằng bộ ứng dụng văn phòng; bỏ tệp nhúng và hình lớn.",
)
READER_STOPPED: Final = Code(
    "table-reader-stopped",
    Severity.ERROR,
    "Đọc tệp vượt giới hạn thời gian hoặc bộ nhớ nên đã dừng.",
    "Reading the file went beyond its limit of time or memory and was stopped.",
    blocks=Blocks.PUBLISH,
    hint="Chỉ giữ bảng bước trong tệp rồi thử lại.",
)

CODES: Final = (
    HEAD_MISSING,
    HEAD_UNKNOWN,
    CODE_DIFFERS,
    TOTAL_UNREADABLE,
    CALENDAR_DAYS,
    TIME_UNREADABLE,
    ROW_INCOMPLETE,
    ROW_LONG,
    NUMBER_REPEATED,
    ROWS_MISSING,
    ROLE_ASSUMED,
    KIND_ASSUMED,
    EXAMINER_ASSUMED,
    ROW_MERGED,
    TIME_SHARED,
    NUMBER_MISSING,
    NUMBER_SPLIT,
    STAGE_ROW,
    TOTAL_ROW,
    TOTAL_FROM_ROW,
    ROW_LEFT_OUT,
    SEVERAL_PERSONS,
    HARD_AREA_TIME,
    OUTSIDE_SKIPPED,
    TABLES_SEVERAL,
    FILE_UNREADABLE,
    ARCHIVE_HOSTILE,
    READER_STOPPED,
)

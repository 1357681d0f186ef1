"""A decision's table as officials have it in their files."""

from __future__ import annotations

import io
import zipfile

import docx

HEADING = ("STT", "Nội dung công việc", "Đơn vị, người thực hiện", "Thời gian", "Kết quả")
HEAD = (
    ("Tên TTHC", "Cấp bản sao trích lục hộ tịch"),
    ("Mã", "2.000635"),
    ("Lĩnh vực", "Hộ tịch"),
    ("Cấp", "xã"),
    ("Tổng thời gian", "03 ngày làm việc"),
    ("Nguồn", "Quyết định 690/QĐ-UBND 10/11/2026"),
    ("Loại", "decision"),
)
ROWS = (
    ("1", "Tiếp nhận hồ sơ", "Bộ phận Một cửa", "0,5 ngày (04 giờ)", ""),
    ("2", "Thẩm định, kiểm tra", "Chuyên viên phòng Tư pháp", "01 ngày", ""),
    ("3", "Ký duyệt", "Lãnh đạo UBND", "0,5 ngày", ""),
    ("4", "Đóng dấu", "Văn thư", "khoảng 1 buổi", ""),
    ("5", "Trả kết quả", "Bộ phận Một cửa", "Không tính", ""),
)
"""Row 4 has a time nobody can read."""
CODE = "2.000635"


def word_table(code: str = CODE, rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    """A DOCX with the head's lines and the table."""
    document = docx.Document()
    for label, text in HEAD:
        document.add_paragraph(f"{label}: {code if label == 'Mã' else text}")
    table = document.add_table(rows=1 + len(rows), cols=len(HEADING))
    for at, cells in enumerate([HEADING, *rows]):
        for column, text in enumerate(cells):
            table.cell(at, column).text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pasted_table(code: str = CODE, rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    """The same as pasted text, cells parted by tabs."""
    head = [f"{label}: {code if label == 'Mã' else text}" for label, text in HEAD]
    return "\n".join([*head, "\t".join(HEADING), *("\t".join(row) for row in rows)])


def zipped(**files: bytes) -> bytes:
    """A ZIP of files; two underscores stand for the dot before the ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "."), data)
    return out.getvalue()


MENDED = tuple((*row[:3], "0,5 ngày", row[4]) if row[1] == "Đóng dấu" else row for row in ROWS)
"""The rows with a time in row 4."""

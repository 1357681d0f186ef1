"""Word templates of the letters that clerks edit: made here, or replaced by an office's own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from engine.catalog.regime import FormMeaning

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import _Cell

FONT = "Times New Roman"
LEFT, CENTRE = WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.CENTER
ITEM = "# "
SIGN_HERE = "(Ký, ghi rõ họ tên)"

BODIES: dict[FormMeaning, tuple[str, ...]] = {
    FormMeaning.BO_SUNG: (
        "Hồ sơ của: **{{ content.applicant }}**",
        "Nội dung yêu cầu giải quyết: {{ content.request }}",
        "Đề nghị ông/bà hoàn thiện hồ sơ gồm những nội dung sau:",
        "{%p for paper in papers %}",
        "# {{ paper }}",
        "{%p endfor %}",
        "Lý do: {{ content.reason }}",
        "{%p if content.guidance %}",
        "Hướng dẫn: {{ content.guidance }}",
        "{%p endif %}",
        "{%p if content.requested_by %}",
        "Theo đề nghị của: {{ content.requested_by }}",
        "{%p endif %}",
        (
            "Trong quá trình hoàn thiện hồ sơ, nếu có vướng mắc, ông/bà liên hệ {{ "
            "content.officer }}, {{ agency }} để được hướng dẫn."
        ),
    ),
    FormMeaning.TU_CHOI: (
        "{{ agency }} đã nhận hồ sơ của: **{{ content.applicant }}**",
        "Nội dung yêu cầu giải quyết: {{ content.request }}",
        (
            "Qua xem xét, {{ agency }} thông báo không tiếp nhận, giải quyết hồ sơ này với "
            "lý do cụ thể như sau:"
        ),
        "{{ content.reason }}",
        "Xin thông báo để ông/bà được biết và thực hiện.",
    ),
    FormMeaning.XIN_LOI: (
        "Kính gửi: **{{ content.applicant }}**",
        (
            "Ngày {{ content.received_at|day }}, {{ agency }} tiếp nhận giải quyết hồ sơ "
            "«{{ content.request }}», mã hồ sơ {{ content.case_number }}, hẹn trả kết quả lúc "
            "{{ content.original_due_at|moment }}. Tuy nhiên đến nay chưa trả kết quả đúng "
            "thời gian quy định với lý do:"
        ),
        "{{ content.reason }}",
        "{{ content.words }}",
        "{%p if content.new_due_at %}",
        (
            "Thời gian trả kết quả hẹn lại: **{{ content.new_due_at|moment }}**, tại "
            "{{ content.return_place }}."
        ),
        "{%p endif %}",
        "Mong nhận được sự thông cảm của ông/bà.",
    ),
    FormMeaning.DUNG_GIAI_QUYET: (
        "Kính gửi: **{{ content.applicant }}**",
        "Xét đề nghị của ông/bà: {{ content.request_to_stop }}",
        (
            "{{ agency }} thông báo dừng giải quyết hồ sơ «{{ content.request }}», đang ở "
            "giai đoạn: {{ content.stage }}. Căn cứ: {{ content.decision }}."
        ),
    ),
}
"""The words of `templates/paper/letter.html`, paragraph by paragraph; ** marks what is bold,
# an item of a numbered list."""

SIGNS: dict[FormMeaning, tuple[tuple[str, ...], tuple[str, ...]]] = {
    FormMeaning.BO_SUNG: ((), ("Người hướng dẫn", SIGN_HERE, "{{ content.officer }}")),
    FormMeaning.TU_CHOI: (
        ("Người nộp hồ sơ", SIGN_HERE, "{{ content.applicant }}"),
        ("Người ký", SIGN_HERE, "{{ content.signer }}"),
    ),
    FormMeaning.XIN_LOI: (
        ("Nơi nhận:", "- Như trên;", "- Bộ phận một cửa;", "- Lưu hồ sơ."),
        ("Thủ trưởng cơ quan", SIGN_HERE, "{{ content.signer }}"),
    ),
    FormMeaning.DUNG_GIAI_QUYET: (
        (),
        ("Thủ trưởng cơ quan", SIGN_HERE, "{{ content.signer }}"),
    ),
}
"""Left and right foot of a letter: the role, how to sign, who."""


def template_for(meaning: FormMeaning) -> bytes:
    """A Word file with places for a letter's values, as an office may edit it."""
    document = Document()
    _dress(document)
    left, right = _two_columns(document)
    _line(left, "{{ agency_in_capitals }}", bold=True)
    _line(left, "Số: {{ letter_number }}")
    _line(right, "{{ heading[0] }}", bold=True)
    _line(right, "{{ heading[1] }}", bold=True)
    _line(right, "{{ issued_on }}", italic=True)
    _line(document, "{{ form_label }}", right=True)
    _line(document, "{{ title }}", bold=True, size=15)
    _line(document, "Mã hồ sơ: **{{ case_number }}**")
    for words in BODIES[meaning]:
        _line(document, words, centre=False)
    left, right = _two_columns(document)
    for cell, lines in zip((left, right), SIGNS[meaning], strict=True):
        for position, words in enumerate(lines):
            _line(cell, words, bold=position == 0, italic=words == SIGN_HERE)
            if words == SIGN_HERE:
                for _ in range(3):
                    _line(cell, "")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dress(document: WordDocument) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = section.right_margin = Cm(2)
    section.left_margin = Cm(3)
    document.core_properties.author = document.core_properties.comments = ""


def _two_columns(document: WordDocument) -> tuple[_Cell, _Cell]:
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    return cells[0], cells[1]


def _line(
    where: Any,
    words: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float | None = None,
    centre: bool = True,
    right: bool = False,
) -> None:
    in_cell = hasattr(where, "_tc")
    # A cell is born with an empty paragraph.
    fresh = in_cell and len(where.paragraphs) == 1 and not where.paragraphs[0].text
    paragraph = where.paragraphs[0] if fresh else where.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else CENTRE if centre else LEFT
    paragraph.paragraph_format.space_after = Pt(0 if in_cell else 6)
    if words.startswith(ITEM):
        paragraph.style = "List Number"
    for position, piece in enumerate(words.removeprefix(ITEM).split("**")):
        if piece:
            run = paragraph.add_run(piece)
            run.bold, run.italic = bold or position % 2 == 1, italic
            if size is not None:
                run.font.size = Pt(size)

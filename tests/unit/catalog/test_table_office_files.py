"""Tables of DOCX, XLSX and pasted text are understood row by row, and doubts are told."""

from __future__ import annotations

import random
import stat
import zipfile
from collections.abc import Iterator

import pytest
from office_files import HEAD, HEADING, archive, replaced, sheet, word

from engine.catalog.linter import lint_bytes
from engine.catalog.table.archive import archive_faults
from engine.catalog.table.builder import build
from engine.catalog.table.decision_table import DecisionTable
from engine.catalog.table.office_file import OfficeReader, TableRefusedError
from engine.catalog.table.table_file import read_table_file
from engine.catalog.table.understanding import understood
from engine.errors import OfficeError

ROWS = [
    ["1", "Tiếp nhận hồ sơ", "Bộ phận Một cửa", "0,5 ngày (04 giờ)", "Giấy tiếp nhận"],
    ["2", "Thẩm định hồ sơ", "Chuyên viên", "02 ngày", ""],
    ["3", "Ký kết quả", "Lãnh đạo", "04 giờ", ""],
    ["4", "Trả kết quả", "Bộ phận Một cửa", "0", "Giấy phép"],
]


@pytest.fixture(scope="module")
def reader() -> Iterator[OfficeReader]:
    with OfficeReader() as opened:
        yield opened


def told(table: DecisionTable) -> list[str]:
    return [finding.code for finding in table.findings]


def refusal(data: bytes, ending: str, reader: OfficeReader) -> str:
    with pytest.raises(TableRefusedError) as refused:
        read_table_file(data, ending, reader)
    return refused.value.findings[0].code


def test_a_word_table_is_read_with_its_head(reader: OfficeReader) -> None:
    table = read_table_file(word(ROWS), ".docx", reader)
    assert (table.name, table.code, table.level) == ("Cấp giấy phép thử", "9.000001", "xã")
    assert str(table.total.limit) == "3wd"
    assert str(table.total.hard_area) == "5wd"
    assert [str(row.limit) for row in table.rows] == ["4wh", "16wh", "4wh", "0wh"]
    assert [row.result for row in table.rows] == ["Giấy tiếp nhận", "", "", "Giấy phép"]
    assert told(table) == ["table-text-outside"], "PHỤ LỤC is told of, nothing else is unclear"


def test_a_word_table_becomes_a_diagram_without_errors(reader: OfficeReader) -> None:
    table = read_table_file(word(ROWS), ".docx", reader)
    built = build(table, basis="NĐ 1/2026")
    assert [f.code for f in lint_bytes(built.bpmn) if f.severity == "error"] == []


def test_merged_stage_and_unit_cells_say_the_same_of_every_row_they_span(
    reader: OfficeReader,
) -> None:
    rows = [
        ["1", "GĐ1", "Tiếp nhận", "Bộ phận Một cửa", "2 giờ"],
        ["2", "", "Thẩm định", "Chuyên viên", "1 ngày"],
        ["3", "", "Dự thảo", "", "1 ngày"],
    ]
    data = word(
        rows,
        heading=["STT", "Giai đoạn", "Nội dung", "Đơn vị thực hiện", "Thời gian"],
        merges=(((1, 1), (3, 1)), ((2, 3), (3, 3))),
    )
    table = read_table_file(data, ".docx", reader)
    assert [row.stage for row in table.rows] == ["GĐ1", "GĐ1", "GĐ1"]
    assert [row.unit for row in table.rows] == ["Bộ phận Một cửa", "Chuyên viên", "Chuyên viên"]
    assert told(table).count("row-cell-merged") == 2


def test_r44_a_shared_time_is_counted_once_and_told(reader: OfficeReader) -> None:
    rows = [["1", "Tiếp nhận", "Một cửa", "1 ngày", ""], ["2", "Thẩm định", "Chuyên viên", "", ""]]
    table = read_table_file(word(rows, merges=(((1, 3), (2, 3)),)), ".docx", reader)
    assert [str(row.limit) for row in table.rows] == ["8wh", "0wh"]
    assert "row-time-shared" in told(table)


def test_a_row_merged_across_is_a_stage_and_the_sum_is_no_step(reader: OfficeReader) -> None:
    rows = [
        ["Giai đoạn 1: Tiếp nhận", "", "", "", ""],
        *ROWS[:2],
        ["Tổng cộng", "", "", "03 ngày làm việc", ""],
    ]
    data = word(rows, head=HEAD[:5], merges=(((1, 0), (1, 4)), ((4, 0), (4, 2))))
    table = read_table_file(data, ".docx", reader)
    assert [(row.number, row.stage) for row in table.rows] == [
        ("1", "Giai đoạn 1: Tiếp nhận"),
        ("2", "Giai đoạn 1: Tiếp nhận"),
    ]
    assert str(table.total.limit) == "3wd"
    assert {"row-is-stage", "row-is-total", "table-total-from-row"} <= set(told(table))


def test_numbers_with_their_stage_are_parted_and_missing_ones_are_told(
    reader: OfficeReader,
) -> None:
    rows = [
        ["GĐ1 - Bước 1", *ROWS[0][1:]],
        ["Giai đoạn 1 - Bước 2", *ROWS[1][1:]],
        ["", *ROWS[2][1:]],
    ]
    table = read_table_file(word(rows), ".docx", reader)
    assert [(row.number, row.stage) for row in table.rows] == [
        ("1", "GĐ1"),
        ("2", "Giai đoạn 1"),
        ("3", ""),
    ]
    assert told(table).count("row-number-split") == 2
    assert told(table).count("row-number-missing") == 1


def test_several_persons_in_a_cell_are_told_unless_they_work_in_parallel(
    reader: OfficeReader,
) -> None:
    rows = [
        ["1", "Thẩm định", "Chuyên viên\nTrưởng phòng", "1 ngày", ""],
        ["2", "Lấy ý kiến song song", "Công an tỉnh\nTòa án", "2 ngày", ""],
        ["3", "Ký", "Chuyên viên, Lãnh đạo", "1 ngày", ""],
        ["4", "Duyệt", "Văn phòng đăng ký\nđất đai", "1 ngày", ""],
    ]
    table = read_table_file(word(rows), ".docx", reader)
    assert [row.unit for row in table.rows] == [
        "Chuyên viên; Trưởng phòng",
        "Công an tỉnh; Tòa án",
        "Chuyên viên, Lãnh đạo",
        "Văn phòng đăng ký đất đai",
    ]
    found = understood(table)
    assert [row.in_parallel for row in found] == [False, True, False, False]
    assert ["row-several-persons" in row.findings for row in found] == [True, False, True, False]


def test_a_step_with_a_time_for_hard_areas_says_that_it_is_left_out(reader: OfficeReader) -> None:
    rows = [["1", "Thẩm định", "Chuyên viên", "23 ngày (33 ngày đối với vùng khó khăn)", ""]]
    table = read_table_file(word(rows), ".docx", reader)
    assert str(table.rows[0].limit) == "184wh"
    assert "row-hard-area-time" in told(table)


def test_a_time_that_cannot_be_read_is_never_guessed(reader: OfficeReader) -> None:
    data = sheet([HEADING, [1, "Thẩm định", "Chuyên viên", 0.5, None]])
    table = read_table_file(data, ".xlsx", reader)
    assert table.rows[0].limit is None
    assert table.rows[0].time == "0,5"
    assert "row-time-unreadable" in told(table)


def test_a_sheet_is_read_with_head_and_merged_cells(reader: OfficeReader) -> None:
    data = sheet(
        [
            ["Tên TTHC:", "Cấp giấy phép thử"],
            ["Mã: 9.000001"],
            ["Tổng thời gian", "03 ngày làm việc"],
            HEADING,
            [1, "Tiếp nhận", "Bộ phận Một cửa", "2 giờ", None],
            [2, "Thẩm định", "Chuyên viên", "1 ngày", None],
            [3, "Dự thảo", None, "1 ngày", None],
        ],
        merges=("C6:C7",),
    )
    table = read_table_file(data, ".xlsx", reader)
    assert (table.name, table.code, table.total_text) == (
        "Cấp giấy phép thử",
        "9.000001",
        "03 ngày làm việc",
    )
    assert [(row.number, row.unit) for row in table.rows][1:] == [
        ("2", "Chuyên viên"),
        ("3", "Chuyên viên"),
    ]


@pytest.mark.parametrize("sign", ["\t", "|", ";"])
def test_pasted_text_is_read_by_its_signs(sign: str, reader: OfficeReader) -> None:
    lines = ["Tên TTHC: Cấp giấy phép thử", "Mã: 9.000001"]
    lines += [sign.join(cells) for cells in [HEADING, *ROWS]]
    table = read_table_file("\n".join(lines).encode(), ".txt", reader)
    assert table.code == "9.000001"
    assert [row.content for row in table.rows] == [row[1] for row in ROWS]


def test_words_put_in_while_changes_were_tracked_are_read(reader: OfficeReader) -> None:
    data = word(ROWS)
    with zipfile.ZipFile(__import__("io").BytesIO(data)) as opened:
        part = opened.read("word/document.xml").decode()
    run = "<w:r><w:t>02 ngày</w:t></w:r>"
    assert run in part
    changed = part.replace(
        run,
        f'<w:ins w:id="1" w:author="x">{run.replace("02", "03")}</w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>02 ngày</w:delText></w:r></w:del>',
    )
    table = read_table_file(replaced(data, "word/document.xml", changed.encode()), ".docx", reader)
    assert table.rows[1].time == "03 ngày"


def test_a_second_procedure_in_the_file_is_told(reader: OfficeReader) -> None:
    data = sheet([HEADING, *ROWS])
    first = read_table_file(data, ".xlsx", reader)
    assert "table-several" not in told(first)
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    other = book.create_sheet("khác")
    for row in [HEADING, *ROWS]:
        other.append(row)
    out = io.BytesIO()
    book.save(out)
    assert "table-several" in told(read_table_file(out.getvalue(), ".xlsx", reader))


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


HOSTILE = {
    "ratio": archive(("xl/worksheets/sheet1.xml", b" " * 2_000_000)),
    "sum": archive(*((f"{n}.bin", bytes(n for n in range(256)) * 4096) for n in range(60))),
    "entries": archive(*((f"{n}", b"") for n in range(2_001))),
    "path": archive(("../../etc/passwd", b"x")),
    "absolute": archive(("/etc/passwd", b"x")),
    "backslash": archive(("..\\x", b"x")),
    "link": archive((link("word/document.xml"), b"/etc/passwd")),
    "nested": archive(("word/embeddings/a.zip", b"x")),
    "damaged": word(ROWS)[:-40],
    "no archive": b"PK\x03\x04" + b"\0" * 100,
    "empty": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_by_its_directory(name: str, reader: OfficeReader) -> None:
    assert archive_faults(HOSTILE[name])
    for ending in (".docx", ".xlsx"):
        assert refusal(HOSTILE[name], ending, reader) == "table-archive-refused"


def test_a_size_that_lies_is_found_or_harmless(reader: OfficeReader) -> None:
    data = bytearray(sheet([HEADING, *ROWS]))
    with zipfile.ZipFile(__import__("io").BytesIO(bytes(data))) as opened:
        entry = opened.getinfo("xl/worksheets/sheet1.xml")
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert entry.file_size > 10
    with pytest.raises(OfficeError):
        read_table_file(bytes(data), ".xlsx", reader)


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a;" * 10) for n in range(9))
    + b"]><a>&a8;</a>"
)


@pytest.mark.parametrize(
    ("ending", "part", "content"),
    [
        (".docx", "word/document.xml", ENTITIES),
        (".xlsx", "xl/worksheets/sheet1.xml", ENTITIES),
        (".docx", "word/document.xml", b"<a"),
        (".docx", "word/document.xml", b"<a/>"),
        (".xlsx", "xl/workbook.xml", b"\xff\xfe"),
        (".xlsx", "xl/worksheets/sheet1.xml", b""),
        (".docx", "[Content_Types].xml", b"<Types/>"),
    ],
)
def test_a_hostile_part_ends_in_a_finding(
    ending: str, part: str, content: bytes, reader: OfficeReader
) -> None:
    data = word(ROWS) if ending == ".docx" else sheet([HEADING, *ROWS])
    assert refusal(replaced(data, part, content), ending, reader) == "table-file-unreadable"


def test_a_reader_that_its_limits_end_is_a_finding_and_the_next_file_is_read() -> None:
    # A million of the shortest cells, packed less than 100 times, take longer than the reader may
    # on any machine.
    chance = random.Random(7)
    noise = b"".join(
        b"<row>" + b"".join(b"<c><v>%d</v></c>" % each for each in chance.randbytes(20)) + b"</row>"
        for _ in range(48_000)
    )
    page = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + noise
        + b"</sheetData></worksheet>"
    )
    bomb = replaced(sheet([HEADING, *ROWS]), "xl/worksheets/sheet1.xml", page)
    assert not archive_faults(bomb)
    with OfficeReader() as own:
        assert refusal(bomb, ".xlsx", own) == "table-reader-stopped"
        assert len(read_table_file(word(ROWS), ".docx", own).rows) == 4


def test_random_damage_never_gives_anything_but_a_refusal(reader: OfficeReader) -> None:
    chance = random.Random(7)
    for data, ending in ((word(ROWS), ".docx"), (sheet([HEADING, *ROWS]), ".xlsx")):
        for _ in range(60):
            spoilt = bytearray(data)
            for _ in range(chance.randint(1, 8)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            try:
                read_table_file(bytes(spoilt), ending, reader)
            except OfficeError:
                continue

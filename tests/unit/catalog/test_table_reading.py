"""A decision's table is read as printed; nothing is guessed in silence."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_texts import (
    EXAMINE,
    HEADING,
    RECEIVE,
    RETURN,
    SIGN,
    csv_text,
    published,
    published_files,
    small_table,
)

from engine.catalog.table.csv_file import read_table_csv, write_table_csv
from engine.catalog.table.decision_table import TableKind
from engine.catalog.table.durations import read_step_time, read_total
from engine.errors import BadInputError


def codes(text: str) -> list[str]:
    return [finding.code for finding in read_table_csv(text).findings]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("0,5 ngày", "4wh"),
        ("0.5 ngày", "4wh"),
        ("02 ngày", "16wh"),
        ("01 ngày làm việc", "8wh"),
        ("2 giờ", "2wh"),
        ("04 giờ làm việc", "4wh"),
        ("0,5 ngày (04 giờ)", "4wh"),
        ("23 ngày (33 ngày đối với vùng khó khăn)", "184wh"),
        ("1/2 ngày", "4wh"),
        ("0,25 ngày", "2wh"),
        ("01 buổi", "4wh"),
        ("30 phút", "0.5wh"),
        ("20 phút", "20wm"),
        ("0", "0wh"),
        ("Không tính thời gian", "0wh"),
        ("trong ngày", "8wh"),
        ("  02   NGÀY. ", "16wh"),
        ("không quá 03 ngày", "24wh"),
    ],
)
def test_r44_a_step_time_is_read_in_working_hours(text: str, limit: str) -> None:
    assert str(read_step_time(text)) == limit


@pytest.mark.parametrize(
    "text",
    ["", "vài ngày", "ngày", "2", "-1 ngày", "0,5 ngày (05 giờ)", "1/0 ngày", "2 ngày 3 giờ",
     "1/7 ngày", "99999 ngày", "٣ ngày"],
)  # fmt: skip
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_step_time(text)


@pytest.mark.parametrize(
    ("text", "limit", "hard_area"),
    [
        ("03 ngày làm việc", "3wd", None),
        ("08 ngày làm việc (18 ngày đối với vùng khó khăn)", "8wd", "18wd"),
        ("không quá 03 ngày làm việc (13 ngày vùng khó khăn)", "3wd", "13wd"),
        ("không quá 17 ngày làm việc", "17wd", None),
        ("07 ngày (17 ngày vùng khó khăn)", "7d", "17d"),
        ("23 ngày", "23d", None),
        ("24 giờ làm việc", "24wh", None),
        ("01 tháng", "1mo", None),
        ("trong ngày", "same-day", None),
    ],
)
def test_r42_a_total_keeps_its_way_of_counting(
    text: str, limit: str, hard_area: str | None
) -> None:
    total = read_total(text)
    assert str(total.limit) == limit
    assert (None if total.hard_area is None else str(total.hard_area)) == hard_area


def test_r16_the_rule_of_15_hours_is_the_same_day() -> None:
    total = read_total("trong ngày; sau 15 giờ: ngày làm việc tiếp theo")
    assert str(total.limit) == "same-day"


def test_a_longer_time_for_verification_is_kept_apart() -> None:
    assert str(read_total("trong ngày; xác minh: không quá 05 ngày làm việc").verification) == "5wd"
    extra = read_total("03 ngày làm việc; xác minh: thêm không quá 03 ngày làm việc")
    assert (extra.verification, str(extra.verification_extra)) == (None, "3wd")


@pytest.mark.parametrize(
    "text", ["", "sớm nhất", "0 ngày", "3 ngày làm việc (gấp: 1 ngày)", "3 ngày; còn tùy"]
)
def test_a_total_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_total(text)


def test_an_unreadable_time_is_a_finding_that_names_the_row() -> None:
    table = small_table(RECEIVE, "2,,Thẩm định,Chuyên viên,vài hôm,", RETURN)
    (finding,) = table.findings
    assert finding.code == "row-time-unreadable"
    assert "Bước 2" in finding.message
    assert "Row 2" in finding.message_en
    assert table.rows[1].limit is None
    assert table.rows[1].time == "vài hôm"


def test_an_unreadable_total_is_a_finding() -> None:
    assert codes(csv_text(RECEIVE, total="mau chóng")) == ["table-total-unreadable"]


def test_r42_a_total_in_plain_days_is_noted() -> None:
    assert codes(csv_text(RECEIVE, total="23 ngày")) == ["table-total-plain-days"]


def test_a_missing_head_line_is_a_finding() -> None:
    found = read_table_csv(csv_text(RECEIVE, Mã="")).findings
    assert [f.code for f in found] == ["table-head-missing"]
    assert "Mã" in found[0].message


def test_an_unknown_head_line_is_kept_as_a_note() -> None:
    table = read_table_csv(csv_text(RECEIVE, **{"Người lập": "phòng KSTTHC"}))
    assert table.notes == ("Người lập: phòng KSTTHC",)
    assert [f.code for f in table.findings] == ["table-head-unknown"]


def test_a_row_without_unit_is_a_finding() -> None:
    assert "row-incomplete" in codes(csv_text(RECEIVE, "2,,Thẩm định,,2 giờ,"))


def test_a_row_wider_than_the_heading_is_a_finding() -> None:
    assert "row-too-wide" in codes(csv_text(RECEIVE, "2,,Thẩm định,Phòng A,2 giờ,,,"))


def test_a_number_that_stands_twice_is_a_finding() -> None:
    assert "row-number-repeated" in codes(csv_text(RECEIVE, RECEIVE))


def test_a_table_without_rows_is_a_finding() -> None:
    assert codes(csv_text()) == ["table-rows-missing"]


def test_semicolons_and_other_headings_of_the_same_meaning_are_read() -> None:
    text = csv_text().replace(HEADING, "Bước;Nội dung;Đơn vị thực hiện;Thời gian thực hiện")
    table = read_table_csv(text + "\n1;Tiếp nhận;Bộ phận Một cửa;2 giờ")
    assert (table.rows[0].content, str(table.rows[0].limit)) == ("Tiếp nhận", "2wh")


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"a,b,c\n1,2,3", b"", "STT\0,Nội dung".encode(), b"x" * 2_000_000,
     f'{HEADING}\n1,,"Tiếp'.encode(), f"{HEADING}\n# Loại: bịa".encode(),
     (HEADING + "\n1,,a,b,0," * 300).encode()],
)  # fmt: skip
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(BadInputError, match="Expected"):
        read_table_csv(data)


def test_a_byte_order_mark_is_no_part_of_the_table() -> None:
    text = csv_text(RECEIVE)
    assert read_table_csv(b"\xef\xbb\xbf" + text.encode()) == read_table_csv(text)


def test_the_decision_is_the_one_its_source_names() -> None:
    assert published("p01-ban-sao-tu-so-goc.csv").decision == "663/QĐ-TTPVHCC"
    assert published("p03-bien-dong-chuyen-nhuong.csv").decision is None


def test_a_table_that_was_made_up_names_no_decision() -> None:
    made_up = small_table(RECEIVE, Nguồn="QĐ 1/QĐ-X 1/1/2026")
    assert made_up.kind is TableKind.RECONSTRUCTION
    assert made_up.decision is None


@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_every_published_table_is_read_without_an_error(file: object) -> None:
    table = published(file.name)  # type: ignore[attr-defined]
    told = {"table-total-plain-days", "row-several-persons"}
    assert [f.code for f in table.findings if f.code not in told] == []
    assert all(row.limit is not None for row in table.rows)


@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_every_published_table_is_written_as_it_was_printed(file: object) -> None:
    table = published(file.name)  # type: ignore[attr-defined]
    printed = file.read_text("utf-8").replace("\r\n", "\n")  # type: ignore[attr-defined]
    assert write_table_csv(table) == printed


cells = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20).map(
    lambda text: " ".join(text.split())
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5))
def test_any_texts_survive_writing_and_reading(rows: list[tuple[str, str, str]]) -> None:
    base = small_table(RECEIVE, EXAMINE, SIGN, RETURN)
    table = dataclasses.replace(
        base,
        rows=tuple(
            dataclasses.replace(
                base.rows[0], number=str(at), content=f"a{content}", unit=f"b{unit}", result=result
            )
            for at, (content, unit, result) in enumerate(rows, start=1)
        ),
    )
    once = read_table_csv(write_table_csv(table))
    assert read_table_csv(write_table_csv(once)) == once

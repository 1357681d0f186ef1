"""Whatever a table holds: it is refused in one sentence, or drawn, read and exported again."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_texts import csv_text

from engine.catalog.diagram import read_diagram
from engine.catalog.table.builder import build_diagram
from engine.catalog.table.csv_file import read_table_csv, write_table_csv
from engine.catalog.table.reader import diagram_to_table
from engine.errors import BadInputError

CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

contents = st.sampled_from(
    ["Tiếp nhận", "Thẩm định", "Ký", "Đóng dấu", "Trả kết quả", "Dự thảo", "Họp", "Phân công",
     "Chuyển cơ quan thuế", "Kiểm tra (song song)", "Đối chiếu song song, xác minh",
     "Lấy ý kiến (im lặng là đồng ý sau 02 ngày)", "Lấy ý kiến (im lặng là đồng ý)", "Trình"]
)  # fmt: skip
units = st.sampled_from(
    ["Trung tâm Phục vụ hành chính công", "Bộ phận Một cửa", "Chuyên viên", "Lãnh đạo",
     "Trưởng phòng", "Văn thư; Trung tâm", "Công an tỉnh; Tòa án", "A;B ;  C", "Chuyên viên; Ban X",
     "Hội đồng", "UBND tỉnh", "Thuế; Thuế"]
)  # fmt: skip
times = st.sampled_from(["0", "2 giờ", "0,5 ngày", "02 ngày", "lâu", "20 phút", "1 ngày (8 giờ)"])
rows = st.tuples(
    st.just(""), st.sampled_from(["", "GĐ1", "GĐ2"]), contents, units, times, st.just("")
)


def as_csv(listed: list[tuple[str, ...]], total: str = "03 ngày làm việc") -> str:
    out = io.StringIO()
    csv.writer(out).writerows(listed)
    return csv_text(out.getvalue(), total=total)


@CALM
@given(st.lists(rows, min_size=1, max_size=9), st.sampled_from(["03 ngày làm việc", "trong ngày"]))
def test_any_order_of_rows_is_drawn_and_comes_back(
    listed: list[tuple[str, ...]], total: str
) -> None:
    table = read_table_csv(as_csv(listed, total))
    bpmn = build_diagram(table)
    assert read_diagram(bpmn).findings == ()
    assert diagram_to_table(bpmn) == table


texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=25)


@CALM
@given(st.lists(st.tuples(texts, texts, texts, texts, texts, texts), min_size=1, max_size=4))
def test_any_texts_are_refused_or_come_back(listed: list[tuple[str, ...]]) -> None:
    try:
        table = read_table_csv(as_csv(listed))
        bpmn = build_diagram(table)
    except BadInputError:
        return
    back = diagram_to_table(bpmn)
    assert len(back.rows) == len(table.rows)
    assert read_table_csv(write_table_csv(back)).rows == back.rows


@CALM
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    with suppress(BadInputError):
        read_table_csv(data)

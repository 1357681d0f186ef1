"""The way back: a diagram as a table in every form gives the same table, and is safe to open."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_texts import CATALOGUE, published, published_files, small_table

from engine.catalog.export import FORMS, exported
from engine.catalog.table.builder import build_diagram
from engine.catalog.table.cells import guarded, unguarded
from engine.catalog.table.csv_file import read_table_csv, write_table_csv
from engine.catalog.table.decision_table import DecisionTable
from engine.catalog.table.office_file import OfficeReader
from engine.catalog.table.office_writer import write_table_docx, write_table_xlsx
from engine.catalog.table.reader import diagram_to_table
from engine.catalog.table.table_file import read_table_file
from engine.errors import BadInputError

PREFIXES = ["=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠"]
WRITERS = {
    ".csv": lambda table: write_table_csv(table).encode(),
    ".xlsx": write_table_xlsx,
    ".docx": write_table_docx,
}


@pytest.fixture(scope="module")
def reader() -> Iterator[OfficeReader]:
    with OfficeReader() as opened:
        yield opened


def everything(table: DecisionTable) -> tuple[object, ...]:
    return (table, [row.limit for row in table.rows])


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("file", published_files(), ids=lambda file: file.stem)
def test_every_published_table_survives_table_diagram_table(
    file: object, ending: str, reader: OfficeReader
) -> None:
    table = published(file.name)  # type: ignore[attr-defined]
    back = diagram_to_table(build_diagram(table))
    again = read_table_file(WRITERS[ending](back), ending, reader)
    assert everything(again) == everything(table)
    assert build_diagram(again) == build_diagram(table)


@pytest.mark.parametrize("code", sorted(path.name for path in CATALOGUE.iterdir()))
def test_every_procedure_of_the_catalogue_is_exported_in_every_form(
    code: str, reader: OfficeReader
) -> None:
    bpmn = (CATALOGUE / code / f"{code}.bpmn").read_bytes()
    wanted = diagram_to_table(bpmn)
    for form in FORMS:
        if form == "png":
            continue  # the annex holds it
        made = exported(bpmn, form=form)
        if form.startswith("table."):
            again = read_table_file(made, form.removeprefix("table"), reader)
            assert everything(again) == everything(wanted), form


def test_the_annex_holds_the_diagram_as_a_picture() -> None:
    bpmn = (CATALOGUE / "1.009994" / "1.009994.bpmn").read_bytes()
    with zipfile.ZipFile(io.BytesIO(exported(bpmn, form="table.docx"))) as annex:
        pictures = [name for name in annex.namelist() if name.startswith("word/media/")]
        assert len(pictures) == 1
        assert annex.read(pictures[0]).startswith(b"\x89PNG")


def test_another_form_is_refused() -> None:
    with pytest.raises(BadInputError):
        exported(b"", form="pdf")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_text_becomes_a_formula_and_every_text_comes_back(
    prefix: str, reader: OfficeReader
) -> None:
    text = f'{prefix}HYPERLINK("http://x","y")'
    inner = f"Thẩm định;{prefix}cmd|' /C calc'!A0,{prefix}1"
    table = small_table(
        f'1,,"{inner.replace(chr(34), chr(34) * 2)}",Chuyên viên,2 giờ,'
        f'"{text.replace(chr(34), chr(34) * 2)}"',
        Nguồn=f"A,{text}",
    )
    lines = write_table_csv(table)
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(lines), delimiter=delimiter):
            for cell in row:
                assert not cell.lstrip(' "').startswith(tuple("=+-@＝＋－＠")), cell
    book = openpyxl.load_workbook(io.BytesIO(write_table_xlsx(table)))
    for row in book.active.iter_rows():  # type: ignore[union-attr]
        for cell in row:
            assert cell.data_type in {"s", "n"}
            assert not str(cell.value or "").startswith(tuple("=+-@＝＋－＠"))
    for ending, write in WRITERS.items():
        assert everything(read_table_file(write(table), ending, reader)) == everything(table)


def test_a_phone_number_stays_readable() -> None:
    assert guarded("+84 24 1022") == "'+84 24 1022"
    assert guarded("0,5 ngày (04 giờ)") == "0,5 ngày (04 giờ)"
    assert guarded("GĐ1 - Bước 2") == "GĐ1 - Bước 2"


@given(st.text(alphabet="=+-@'a ,;\t|\r\n＝", max_size=12))
def test_a_guarded_text_is_given_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@settings(max_examples=25)
@given(
    st.lists(st.text(alphabet="Aa=+-@'ăđ1 ;,|.()", min_size=1, max_size=30), min_size=4, max_size=4)
)
def test_any_words_survive_all_forms(reader: OfficeReader, texts: list[str]) -> None:
    content, unit, time, result = (" ".join(text.split()) for text in texts)
    row = io.StringIO()
    csv.writer(row).writerow(["1", "", "Thẩm định " + content, "Phòng " + unit, time, result])
    table = small_table(guarded_row(row.getvalue()), "2,,Trả kết quả,Một cửa,0,")
    for ending, write in WRITERS.items():
        again = read_table_file(write(table), ending, reader)
        assert again.rows == table.rows, ending


def guarded_row(line: str) -> str:
    cells = next(csv.reader([line.strip()]))
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue().strip()


def test_reading_a_csv_gives_what_was_written_by_hand_too() -> None:
    by_hand = small_table("1,,-Thẩm định,Chuyên viên,2 giờ,")
    assert by_hand.rows[0].content == "-Thẩm định"
    assert read_table_csv(write_table_csv(by_hand)) == by_hand

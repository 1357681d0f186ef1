"""The catalogue in bpmn/ is sound, labelled, and what the tables give."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from table_texts import CATALOGUE, FAULTY, csv_text, published_files, small_table

from desk.command_line.procedure_files import import_table
from engine.catalog.export import exported
from engine.catalog.loader import ProcedureFile, load_procedure, load_procedures
from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.reader import diagram_to_table
from engine.errors import BadInputError

FILES = load_procedures(CATALOGUE)
TRAINING_BEGINS = date(2026, 11, 1)


def source_of(code: str) -> Path:
    return next(
        file for file in published_files() if read_table_csv(file.read_bytes()).code == code
    )


def test_every_published_table_but_the_faulty_one_is_in_the_catalogue() -> None:
    wanted = {
        read_table_csv(file.read_bytes()).code for file in published_files() if file.name != FAULTY
    }
    assert {file.code for file in FILES} == wanted


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_a_diagram_of_the_catalogue_is_what_its_table_gives(
    file: ProcedureFile, tmp_path: Path
) -> None:
    copy = tmp_path / file.code
    shutil.copytree(file.folder, copy)
    out = copy / f"{file.code}.bpmn"
    out.unlink()
    import_table(source_of(file.code), code=file.code, out=out)
    assert out.read_bytes() == file.bpmn


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_the_way_back_gives_the_published_table(file: ProcedureFile) -> None:
    assert diagram_to_table(file.bpmn) == read_table_csv(source_of(file.code).read_bytes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_r46_the_linter_has_nothing_but_notes_to_say(file: ProcedureFile) -> None:
    assert [f.code for f in file.findings if f.severity != "note"] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_a_training_office_can_use_it_from_its_first_day(file: ProcedureFile) -> None:
    assert file.decision.effective_on <= TRAINING_BEGINS


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_r3_only_the_procedure_with_a_found_decision_is_no_sample(file: ProcedureFile) -> None:
    if file.code == "2.000908":
        assert not file.sample
        assert file.decision.number == "663/QĐ-TTPVHCC"
        assert file.decision.decided_on == date(2026, 5, 13)
    else:
        assert file.sample
        assert "MẪU" in (file.decision.number or "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.code)
def test_components_without_a_source_are_marked(file: ProcedureFile) -> None:
    assert file.version.components
    assert all(component.sample for component in file.version.components)


def test_r42_limits_of_hard_areas_are_kept_where_they_are_printed() -> None:
    hard = {f.code: str(f.version.hard_area_limit) for f in FILES if f.version.hard_area_limit}
    assert hard == {"TINH-20": "18wd", "TINH-07": "13wd", "TINH-10": "18wd"}


def test_r16_same_day_procedures_are_same_day() -> None:
    same_day = {file.code for file in FILES if str(file.version.limit) == "same-day"}
    assert same_day == {"2.000908", "2.000815", "1.000894"}


def test_r12_results_that_are_given_at_once_are_marked() -> None:
    at_once = {file.code for file in FILES if file.version.immediate_result}
    assert at_once == {"2.000908", "2.000815"}


def test_a_new_folder_is_complete_after_an_import(tmp_path: Path) -> None:
    table = tmp_path / "bang.csv"
    rows = [
        "1,,Tiếp nhận,Bộ phận Một cửa,2 giờ,",
        "2,,Thẩm định,Chuyên viên,16 giờ,",
        "3,,Ký,Lãnh đạo,4 giờ,",
        "4,,Trả kết quả,Bộ phận Một cửa,2 giờ,",
    ]
    table.write_text(csv_text(*rows), "utf-8")
    out = tmp_path / "9.000001" / "9.000001.bpmn"
    findings = import_table(table, code="9.000001", out=out).findings
    assert findings == ()
    file = load_procedure(out.parent)
    assert (file.sample, str(file.version.limit)) == (True, "3wd")
    assert "MẪU" in file.version.legal_basis[0]


def test_an_import_never_writes_over_what_a_person_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "TINH-07"
    shutil.copytree(CATALOGUE / "TINH-07", folder)
    kept = {p: p.read_bytes() for p in folder.rglob("*") if p.suffix in {".yaml", ".json"}}
    import_table(source_of("TINH-07"), code="TINH-07", out=folder / "TINH-07.bpmn")
    assert {p: p.read_bytes() for p in kept} == kept


def test_an_import_outside_a_procedures_folder_writes_the_diagram_alone(tmp_path: Path) -> None:
    out = tmp_path / "nhap" / "x.bpmn"
    import_table(source_of("TINH-07"), code="TINH-07", out=out)
    assert [p.name for p in out.parent.iterdir()] == ["x.bpmn"]


def test_a_code_that_differs_from_the_tables_is_a_finding(tmp_path: Path) -> None:
    out = tmp_path / "x.bpmn"
    findings = import_table(source_of("TINH-07"), code="TINH-99", out=out).findings
    assert "table-code-differs" in [f.code for f in findings]
    assert diagram_to_table(out.read_bytes()).code == "TINH-99"


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Expected a readable file"):
        import_table(tmp_path / "none.csv", code="1", out=tmp_path / "x.bpmn")


def test_a_diagram_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="Expected a writable file"):
        import_table(source_of("TINH-07"), code="TINH-07", out=tmp_path / "file" / "x.bpmn")


def test_a_published_diagram_is_exported_as_a_table_and_as_it_stands() -> None:
    file = load_procedure(CATALOGUE / "TINH-20")
    assert exported(file.bpmn, form="bpmn") == file.bpmn
    table = read_table_csv(exported(file.bpmn, form="table.csv"))
    assert table == read_table_csv(source_of("TINH-20").read_bytes())
    with pytest.raises(BadInputError, match=r"table\.csv, bpmn"):
        exported(file.bpmn, form="table.pdf")


def test_the_small_table_of_the_tests_is_sound() -> None:
    assert small_table().findings == ()

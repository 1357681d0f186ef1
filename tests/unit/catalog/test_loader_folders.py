"""A procedure's folder is loaded whole or refused with every reason."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from table_texts import CATALOGUE, FAULTY, PROJECT, PUBLISHED

from desk.command_line.procedure_files import import_table
from engine.catalog.agencies import AgenciesFileError, load_agencies
from engine.catalog.loader import ProcedureFolderError, load_procedure, load_procedures
from engine.catalog.procedure_yaml import ProcedureYamlError, read_procedure_yaml

PERMIT = "1.009994"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder to spoil."""
    copy = tmp_path / PERMIT
    shutil.copytree(CATALOGUE / PERMIT, copy)
    return copy


def change(folder: Path, old: str, new: str, file: str = "procedure.yaml") -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(ProcedureFolderError) as refused:
        load_procedure(folder)
    return [str(problem) for problem in refused.value.problems]


def test_a_sound_folder_gives_all_that_publication_needs(folder: Path) -> None:
    file = load_procedure(folder)
    assert (file.code, file.sample, str(file.version.limit)) == (PERMIT, True, "7wd")
    assert file.meta["forms"]["tham_dinh"]["title"] == "Thẩm định hồ sơ"
    assert file.meta["limit"] == "7wd"
    assert json.loads(json.dumps(file.meta)) == file.meta
    assert {"mot_cua", "chuyen_vien", "lanh_dao"} <= file.roles
    assert file.decision.effective_on == date(2026, 8, 5)
    assert [step.row for step in file.version.steps if step.row] == [str(n) for n in range(1, 9)]


def test_a_wrong_value_is_named_with_file_line_and_key(folder: Path) -> None:
    change(folder, "limit: 7wd", "limit: 7 ngày")
    (told,) = problems(folder)
    assert told.startswith("1.009994/procedure.yaml:8: limit: Expected a limit")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code: "1.009994"', "code: 1.009994", "code: Expected text, but got 1.009994; put it in"),
        ("regime: ND118_309", "regime: ND999", "regime: Expected one of"),
        ("sample: true\nnotes", "notes", "sample: Expected this key"),
        ("sets: 1", "sets: many", "sets: Expected a number"),
        ("immediate_result: false", "immediate_result: 0", "immediate_result: Expected true"),
        ("  - code: ban_ve", "  - code: Bản vẽ", "components[3].code: Expected lower-case"),
        ("  - code: ban_ve", "  - code: giay_to_dat", "components[3].code: Expected another"),
        ("    certified: 1\n", "", "components[2]: Expected original"),
        ("    amount: 75000", "    amount: 7.5", "fees[1].amount: Expected whole đồng"),
        ("  decided_on: null", "  decided_on: hôm nay", "decision.decided_on: Expected a date"),
        ("  effective_on: 2026-08-05", "", "decision.effective_on: Expected this key"),
        ("committed_limit: 7wd", "committed_limit: 8wd", "committed_limit: Expected at most 7wd"),
        ("level:", "levle:", "levle: Expected one of"),
        ("fees:", "code:", "code: the key stands twice"),
        ("sets: 1", "sets: [", "Expected YAML"),
        ('name: "Cấp giấy phép', 'name: "Cấp giấy', "name: Expected 'Cấp giấy phép"),
        ("Điều 53, 54", "Điều 53", "legal_basis: Expected"),
        ('level: "xã"', 'level: "tỉnh"', "level: Expected 'xã'"),
        ('number: "MẪU: chưa', 'number: "MẪU: chờ', "decision.number: Expected"),
    ],
)  # fmt: skip
def test_every_kind_of_mistake_is_told(folder: Path, old: str, new: str, told: str) -> None:
    change(folder, old, new)
    found = problems(folder)
    assert any(told in problem for problem in found), found


def test_r3_a_version_marked_real_may_not_carry_sample_values(folder: Path) -> None:
    change(folder, "sample: true\nnotes", "sample: false\nnotes")
    found = problems(folder)
    assert any("decision.decided_on: Expected the date" in each for each in found)
    assert any("decision.number: Expected 'sample: true'" in each for each in found)


def test_all_problems_of_a_folder_are_listed(folder: Path) -> None:
    change(folder, "limit: 7wd", "limit: 7 ngày")
    change(folder, "sets: 1", "sets: x")
    (folder / "forms" / "ky.json").write_text("{")
    (folder / "forms" / "du_thao.json").unlink()
    found = problems(folder)
    assert len(found) == 4, found


def test_a_form_that_no_step_uses_is_a_problem(folder: Path) -> None:
    shutil.copy(folder / "forms" / "ky.json", folder / "forms" / "thua.json")
    assert problems(folder) == [
        "1.009994/forms/thua.json: Expected a step that uses it, but there is none"
    ]


def test_a_condition_needs_a_field_of_a_form(folder: Path) -> None:
    change(folder, '"ket_luan"', '"ket_qua"', "forms/tham_dinh.json")
    (told,) = problems(folder)
    assert "field 'ket_luan'" in told


def test_a_missing_diagram_is_a_problem(folder: Path) -> None:
    (folder / f"{PERMIT}.bpmn").unlink()
    (told,) = problems(folder)
    assert told == "1.009994/1.009994.bpmn: Expected a file, but No such file or directory"


def test_a_file_that_is_no_diagram_is_a_problem(folder: Path) -> None:
    (folder / f"{PERMIT}.bpmn").write_text("<!DOCTYPE x><x/>")
    assert any("xml-doctype" in each for each in problems(folder))


def test_a_diagram_without_a_head_is_a_problem(folder: Path) -> None:
    (folder / f"{PERMIT}.bpmn").write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        '<process id="p" isExecutable="true"><startEvent id="s"/></process></definitions>'
    )
    assert any("Expected mc:procedure" in each for each in problems(folder))


def test_a_folder_named_otherwise_than_its_code_is_a_problem(folder: Path) -> None:
    moved = folder.rename(folder.parent / "khac")
    (moved / f"{PERMIT}.bpmn").rename(moved / "khac.bpmn")
    assert problems(moved) == [
        "khac/procedure.yaml: code: Expected the folder's name 'khac', but the code is '1.009994'"
    ]


def test_r44_the_table_whose_steps_exceed_its_total_is_refused(tmp_path: Path) -> None:
    source = PUBLISHED / FAULTY
    assert source.exists(), f"{source} is not there: put shared/data beside the project"
    out = tmp_path / "TINH-04" / "TINH-04.bpmn"
    findings = import_table(source, code="TINH-04", out=out).findings
    assert [f.code for f in findings if f.severity == "error"] == ["steps-exceed-limit"]
    assert out.exists()
    with pytest.raises(ProcedureFolderError, match=r"steps-exceed-limit.*8\.5 days"):
        load_procedures(tmp_path)


def test_one_bad_folder_refuses_the_catalogue_and_is_named(tmp_path: Path) -> None:
    for code in (PERMIT, "TINH-07"):
        shutil.copytree(CATALOGUE / code, tmp_path / code)
    (tmp_path / "TINH-07" / "procedure.yaml").unlink()
    with pytest.raises(ProcedureFolderError, match=r"TINH-07/procedure\.yaml"):
        load_procedures(tmp_path)


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProcedureFolderError, match="Expected a folder"):
        load_procedures(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "data", [b"", b"- a", b"a", b"\xff", b"a: &x [*x]", b"x: 1\n" * 100_000, b"{" * 5000]
)
def test_a_procedure_yaml_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ProcedureYamlError, match=r"procedure\.yaml"):
        read_procedure_yaml(data)


def test_r7_the_training_agency_is_read() -> None:
    (agency,) = load_agencies(PROJECT / "bpmn" / "agencies.yaml")
    assert (agency.code, agency.parent, agency.hours) == ("H35.12", "H35", None)


@pytest.mark.parametrize(
    "text",
    ["", "agencies: []", "agencies: [{code: h35, name: A, level: xã}]",
     "agencies: [{code: H35, name: A}]", "agencies: [1]", "agencies: [{code: Z35, name: '', x: 1}]",
     "agencies: [{code: H35, name: A, level: xã}, {code: H35, name: A, level: xã}]", "a: ["],
)  # fmt: skip
def test_r7_agencies_that_are_wrong_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "agencies.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(AgenciesFileError, match="Expected"):
        load_agencies(file)

"""The designer on the command line: from an office file to a running version, and its changes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from desk.command_line.main import main
from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.office_writer import write_table_docx, write_table_xlsx
from tests.builders import PROJECT, read_cli

CODE = "2.001610"
BPMN = PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn"
TABLE = """# Tên TTHC: Cấp giấy phép thử
# Mã: {code}
# Lĩnh vực: Thử nghiệm
# Cấp: xã
# Tổng thời gian: 03 ngày làm việc
# Loại: reconstruction
STT,Giai đoạn,Nội dung công việc,"Đơn vị, người thực hiện",Thời gian,Kết quả
1,,Tiếp nhận hồ sơ,Bộ phận Một cửa,"0,5 ngày (04 giờ)",
2,,Thẩm định hồ sơ,Chuyên viên,01 ngày,
3,,Ký kết quả,Lãnh đạo,04 giờ,
4,,Trả kết quả,Bộ phận Một cửa,0,Giấy phép
"""
DECISION = (
    "--decision", "9/QĐ-UBND", "--decided-on", "2026-11-01", "--authority", "Chủ tịch",
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path}/motcua.db")
    monkeypatch.setenv("MOTCUA_ANCHOR_FILE", str(tmp_path / "journal.anchor"))
    read_cli(["init", "--training"])
    return tmp_path


def leaves(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(words)
    said = capsys.readouterr()
    return int(str(left.value.code)), said.err + said.out


def word(code: str = "9.000001") -> bytes:
    return write_table_docx(read_table_csv(TABLE.format(code=code)))


def test_a_word_table_becomes_a_version_and_a_case_is_received_on_it(office: Path) -> None:
    (office / "bang.docx").write_bytes(word())
    out = office / "quy_trinh.bpmn"
    made = read_cli(["procedure", "import", str(office / "bang.docx"), "--code", "9.000001",
                     "--out", str(out)])  # fmt: skip
    assert made["ok"]
    assert [row["limit"] for row in made["rows"]] == ["4wh", "8wh", "4wh", "0wh"]
    out.write_text(
        out.read_text("utf-8")
        .replace('regime="', 'basis="NĐ 1/2026" decision="9/QĐ-UBND" regime="')
        .replace(' sample="true"', ""),
        encoding="utf-8",
    )
    done = read_cli(["procedure", "publish", str(out), *DECISION, "--effective-on", "2026-11-16"])
    assert done["version"] == 1
    case = read_cli(["case", "receive", "--procedure", "9.000001", "--agency", "H35.12",
                     "--owner", "Nguyễn Văn A", "--channel", "counter"])  # fmt: skip
    assert case["open_steps"][0]["name"] == "Tiếp nhận hồ sơ"


def second_version(office: Path) -> int:
    changed = office / f"{CODE}.bpmn"
    changed.write_text(BPMN.read_text("utf-8").replace('limit="4wh"', 'limit="3wh"'), "utf-8")
    said = read_cli(["procedure", "publish", str(changed), *DECISION, "--effective-on",
                     "2026-11-16"])  # fmt: skip
    version: int = said["version"]
    return version


def test_versions_are_compared_and_running_cases_move(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        read_cli(["case", "receive", "--procedure", CODE, "--agency", "H35.12", "--owner", "A",
                  "--channel", "counter"])  # fmt: skip
    to = second_version(office)
    found = read_cli(["procedure", "diff", CODE, "--from", "1", "--to", str(to)])
    assert {c["field"] for c in found["changes"]} >= {"limit"}
    assert read_cli(["procedure", "diff", str(BPMN), str(office / f"{CODE}.bpmn")])["changes"]
    assert read_cli(["procedure", "diff", str(BPMN), str(BPMN)])["same"]
    dry: dict[str, Any] = read_cli(["procedure", "migrate", CODE, "--to", str(to)])
    assert dry["summary"] == {"move": 3, "decide": 0, "deadlines_changed": 0}
    main(["procedure", "migrate", CODE, "--to", str(to)])
    said = capsys.readouterr().out
    assert said.endswith("3 chuyển được, 0 cần quyết định, 0 hạn thay đổi\n")
    applied = read_cli(["procedure", "migrate", CODE, "--to", str(to), "--apply"])
    assert applied["summary"] == dry["summary"]
    assert read_cli(["procedure", "migrate", CODE, "--to", str(to)])["cases"] == []
    assert read_cli(["journal", "verify"])


def test_an_abolished_procedure_is_refused_in_one_line(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_cli(["procedure", "abolish", CODE, *DECISION, "--effective-on", "2026-11-16"])
    code, said = leaves(
        ["case", "receive", "--procedure", CODE, "--agency", "H35.12", "--owner", "A",
         "--channel", "counter"], capsys,
    )  # fmt: skip
    assert code == 1
    assert "procedure_abolished" in said
    assert CODE not in [each["code"] for each in read_cli(["procedure", "list"])["items"]]


@pytest.mark.usefixtures("office")
def test_an_agency_without_people_is_told() -> None:
    assert read_cli(["procedure", "check", str(BPMN), "--agency", "H35.12"])["ok"]
    read_cli(["staff", "add-agency", "H35.13", "--name", "Xã Mới", "--level", "xã"])
    found = read_cli(["procedure", "check", str(BPMN), "--agency", "H35.13"])
    assert "role-without-people" in [each["code"] for each in found["findings"]]


@pytest.mark.parametrize("as_archive", [False, True])
def test_many_tables_at_once_with_a_report(
    tmp_path: Path, as_archive: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "a/mot.docx": word("9.000001"),
        "b/hai.xlsx": write_table_xlsx(read_table_csv(TABLE.format(code="9.000002"))),
        "ba.csv": TABLE.format(code="9.000003").encode(),
        "trung.csv": TABLE.format(code="9.000003").encode(),
        "hong.docx": b"PK\x03\x04hong",
        "khong.csv": b"STT;x\n",
        "bo_qua.png": b"x",
    }
    source = tmp_path / "bang"
    if as_archive:
        source = tmp_path / "bang.zip"
        with zipfile.ZipFile(source, "w") as made:
            for name, data in files.items():
                made.writestr(name, data)
    else:
        for name, data in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(data)
    code, said = leaves(
        ["procedure", "import-all", str(source), "--out", str(tmp_path / "ra")], capsys
    )
    assert code == 1
    assert "3 bảng không lỗi, 3 bảng có lỗi" in said
    written = sorted(path.name for path in (tmp_path / "ra").rglob("*.bpmn"))
    assert written == ["9.000001.bpmn", "9.000002.bpmn", "9.000003.bpmn"]
    assert (tmp_path / "ra" / "bao_cao.json").exists()


def test_a_code_that_leads_out_of_the_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "bang"
    source.mkdir()
    (source / "x.csv").write_text(TABLE.format(code="../../x"), "utf-8")
    code, said = leaves(
        ["procedure", "import-all", str(source), "--out", str(tmp_path / "ra" / "trong")], capsys
    )
    assert code == 1
    assert "Expected a code" in said
    assert not list(tmp_path.rglob("*.bpmn"))


@pytest.mark.parametrize("ending", [".docx", ".xlsx"])
def test_a_hostile_file_is_one_line_and_writes_nothing(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"bom{ending}"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    code, said = leaves(
        ["procedure", "import", str(file), "--code", "1", "--out", str(tmp_path / "x.bpmn")], capsys
    )
    assert (code, said.count("\n")) == (1, 1)
    assert "table_refused" in said
    assert not (tmp_path / "x.bpmn").exists()


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("form", ["table.docx", "table.xlsx", "table.csv", "bpmn", "svg", "png"])
def test_a_procedure_is_exported_in_every_form(tmp_path: Path, form: str) -> None:
    out = tmp_path / f"ra.{form}"
    read_cli(["procedure", "export", CODE, "--format", form, "--out", str(out)])
    assert out.stat().st_size > 500

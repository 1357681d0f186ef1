"""Tables for tests: the published ones beside the project, and small ones made on the spot."""

from __future__ import annotations

from pathlib import Path

from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.decision_table import DecisionTable

PROJECT = Path(__file__).parents[3]
PUBLISHED = PROJECT.parent / "shared" / "data" / "procedures"
CATALOGUE = PROJECT / "bpmn" / "procedures"
FAULTY = "p08-dieu-chinh-giao-dat.csv"

HEADING = 'STT,Giai đoạn,Nội dung công việc,"Đơn vị, người thực hiện",Thời gian,Kết quả'


def published_files() -> list[Path]:
    files = sorted(PUBLISHED.glob("*.csv"))
    assert files, f"the published tables are not at {PUBLISHED}: put shared/data beside the project"
    return files


def published(name: str) -> DecisionTable:
    file = PUBLISHED / name
    assert file.exists(), f"{file} is not there: put shared/data beside the project"
    return read_table_csv(file.read_bytes())


def csv_text(*rows: str, total: str = "03 ngày làm việc", **head: str) -> str:
    """A table in CSV; each row is number, stage, content, unit, time, result."""
    lines = {
        "Tên TTHC": "Thủ tục thử",
        "Mã": "9.000001",
        "Lĩnh vực": "Thử nghiệm",
        "Cấp": "xã",
        "Tổng thời gian": total,
        "Loại": "reconstruction",
    } | head
    written = [f"# {label}: {text}" for label, text in lines.items() if text]
    return "\n".join([*written, HEADING, *rows])


RECEIVE = "1,,Tiếp nhận,Trung tâm Phục vụ hành chính công,2 giờ,"
EXAMINE = "2,,Thẩm định,Chuyên viên,16 giờ,"
SIGN = "3,,Ký,Lãnh đạo,4 giờ,"
RETURN = "4,,Trả kết quả,Trung tâm Phục vụ hành chính công,2 giờ,Giấy phép"


def small_table(*rows: str, **head: str) -> DecisionTable:
    return read_table_csv(csv_text(*(rows or (RECEIVE, EXAMINE, SIGN, RETURN)), **head))

"""Tables into checked diagrams: one of 20 rows, a lint of 100 elements, 700 tables at once.

Goals of one run on 2 cores: 1 s, 0.5 s, 180 s and 300 MB.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import tempfile
import time
from pathlib import Path

from desk.command_line.main import main
from desk.command_line.procedure_files import import_table
from engine.catalog.diagram import read_diagram
from engine.catalog.export import exported
from engine.catalog.linter import lint
from engine.catalog.table.csv_file import read_table_csv
from engine.catalog.table.office_writer import write_table_docx, write_table_xlsx

HEAD = (
    "# Tên TTHC: Thủ tục thử {n}\n# Mã: 9.{n:06}\n# Lĩnh vực: Thử nghiệm\n# Cấp: xã\n"
    "# Tổng thời gian: 30 ngày làm việc\n# Loại: reconstruction\n"
    'STT,Giai đoạn,Nội dung công việc,"Đơn vị, người thực hiện",Thời gian,Kết quả\n'
)
ROWS = (
    ("Tiếp nhận hồ sơ", "Bộ phận Một cửa", "0,5 ngày (04 giờ)"),
    *(
        (f"{verb} lần {turn}", unit, "01 ngày")
        for turn in range(1, 7)
        for verb, unit in (
            ("Thẩm định", "Chuyên viên"), ("Trình", "Trưởng phòng"), ("Ký duyệt", "Lãnh đạo"),
        )
    ),
    ("Trả kết quả", "Bộ phận Một cửa", "0"),
)  # fmt: skip


def table(number: int, rows: int = 20) -> str:
    lines = [
        f'{at},,{content},{unit},"{time_}",'
        for at, (content, unit, time_) in enumerate(
            [*ROWS[: rows - 1], ROWS[-1]] if rows <= len(ROWS) else _many(rows), start=1
        )
    ]
    return HEAD.format(n=number) + "\n".join(lines) + "\n"


def _many(rows: int) -> list[tuple[str, str, str]]:
    middle = [
        (f"{content} {at}", unit, "01 giờ") for at in range(rows) for content, unit, _ in ROWS[1:4]
    ]
    return [ROWS[0], *middle[: rows - 2], ROWS[-1]]


def seconds(act, times: int = 5) -> tuple[float, float]:
    """The best of several turns: seconds that passed, and seconds of processor time."""
    best = (float("inf"), float("inf"))
    for _ in range(times):
        begin, worked = time.perf_counter(), processor()
        act()
        best = min(best, (time.perf_counter() - begin, processor() - worked))
    return best


def processor() -> float:
    """Processor time of this program and its readers."""
    own, others = (resource.getrusage(who) for who in (0, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def bench(count_of_tables: int = 700) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = read_table_csv(table(1))
        forms = {
            ".csv": table(1).encode(),
            ".docx": write_table_docx(one),
            ".xlsx": write_table_xlsx(one),
        }
        print(f"{'what':<44} {'seconds':>8} {'processor':>9} {'goal':>6} {'of it':>6}")
        for ending, data in forms.items():
            file = folder / f"one{ending}"
            file.write_bytes(data)
            took = seconds(lambda f=file: import_table(f, code="9.000001", out=folder / "x.bpmn"))
            line(f"20 rows of {ending} to a checked diagram", took, 1.0)
        big = folder / "big.csv"
        big.write_text(table(2, 85), encoding="utf-8")
        import_table(big, code="9.000002", out=folder / "big.bpmn")
        diagram = read_diagram((folder / "big.bpmn").read_bytes())
        count = len(diagram.processes[0].nodes)
        line(f"lint of {count} elements, soundness included", seconds(lambda: lint(diagram)), 0.5)
        bpmn = (folder / "big.bpmn").read_bytes()
        line(
            "annex of it as DOCX with picture",
            seconds(lambda: exported(bpmn, form="table.docx"), 1),
            5.0,
        )
        many = folder / "many"
        many.mkdir()
        for number in range(count_of_tables):
            ending = (".docx", ".xlsx", ".csv")[number % 3]
            data = table(number + 10)
            made = read_table_csv(data)
            write = {".docx": write_table_docx, ".xlsx": write_table_xlsx}.get(ending)
            (many / f"t{number:03}{ending}").write_bytes(write(made) if write else data.encode())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        def all_of_them() -> None:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                main(["procedure", "import-all", str(many), "--out", str(folder / "out")])

        took = seconds(all_of_them, 1)
        line(f"{count_of_tables} tables, DOCX, XLSX and CSV", took, 180.0 * count_of_tables / 700)
        written = len(list((folder / "out").rglob("*.bpmn")))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"diagrams written: {written} of {count_of_tables}")
        print(
            f"peak memory: {peak // 1024} MB here (before {before // 1024}), "
            f"{child // 1024} MB in the reader; goal 300 MB in all"
        )


def line(what: str, took: tuple[float, float], goal: float) -> None:
    print(f"{what:<44} {took[0]:>8.3f} {took[1]:>9.3f} {goal:>6.1f} {took[0] / goal:>6.2f}")


if __name__ == "__main__":
    bench(*map(int, sys.argv[1:2]))

"""A workbook of 100,000 rows: time and the most memory the process ever held.

Goals: ≤ 30 s, ≤ 200 MB.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from engine.reports.print.sheet import Column
from engine.reports.print.xlsx import write_rows

ROWS = 100_000
COLUMNS = tuple(Column(str(n), f"Cột {n}", width=18, text=n < 6) for n in range(12))


def main() -> None:
    """Print seconds and megabytes."""
    rows = (
        (
            f"H35.12-261120-{n:06}",
            "Cấp giấy phép xây dựng nhà ở riêng lẻ",
            "Nguyễn Văn Ứng",
            f"=1+{n}",
            "đúng hạn",
            "H35.12",
            n,
            n % 7,
            n % 11,
            n % 13,
            n % 17,
            n % 19,
        )
        for n in range(ROWS)
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "x.xlsx"
        start, worked = time.perf_counter(), time.process_time()
        count = write_rows(out, title="Danh sách", columns=COLUMNS, rows=rows)
        spent, worked = time.perf_counter() - start, time.process_time() - worked
        size = out.stat().st_size / 1024**2
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'rows':>8} {'cells':>10} {'file MB':>8} {'seconds':>8} {'cpu s':>7} {'most MB':>8}  goal"
    )
    print(
        f"{count:>8,} {count * len(COLUMNS):>10,} {size:>8.1f} {spent:>8.1f} {worked:>7.1f}"
        f" {most:>8.0f}  ≤ 30 s, ≤ 200 MB"
    )


if __name__ == "__main__":
    main()

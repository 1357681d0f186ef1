"""R44 on the step tables that decisions published: some add up, some do not."""

from __future__ import annotations

import pytest
from bpmn_texts import chain, definitions, end, extension, head, node, process, start, step
from linter_findings import codes

SUMS = {"steps-exceed-limit", "steps-below-limit", "total-in-calendar-days"}

P3_HOURS = ["4", "12", "4", "8", "4", "0", "4", "16", "4", "4", "4", "0"]
P4_HOURS = ["8", "32", "8", "8", "8", "0", "4", "16", "4", "4", "4", "0"]
P8_HOURS = ["4", "8", "4", "4", "16", "4", "16", "8", "4", "0"]
P12_HOURS = ["2", "12", "4", "4", "4", "12", "4", "8", "0"]


def table(total: str, hours: list[str]) -> bytes:
    """A straight diagram of a table's steps; a pause of the clock stands where nothing counts."""
    ids = [f"buoc_{at}" for at in range(len(hours))]
    steps = [
        step(each, "Thẩm định", "examine", "chuyen_vien", f"{amount}wh")
        if amount != "pause"
        else node("intermediateCatchEvent", each)
        for each, amount in zip(ids, hours, strict=True)
    ]
    return definitions(
        process(
            extension(head(total=total)),
            start(),
            *steps,
            end(),
            chain("bat_dau", *ids, "ket_thuc"),
        )
    )


@pytest.mark.parametrize(
    ("name", "total", "hours", "verdict"),
    [
        ("P1 copies from the register", "same-day", ["2", "3", "2", "1"], set()),
        ("P3 with its pause", "8wd", [*P3_HOURS[:5], "pause", *P3_HOURS[6:]], set()),
        ("P4 twelve of seventeen", "17wd", P4_HOURS, {"steps-below-limit"}),
        ("P5 leases", "3wd", ["4", "12", "4", "4", "0"], set()),
        ("P6 private firms", "8wd", ["4", "36", "12", "8", "4", "0"], set()),
        ("P8 eight and a half of seven", "7wd", P8_HOURS, {"steps-exceed-limit"}),
        ("P9 twelve of ten", "10wd", ["4", "72", "16", "4", "0"], {"steps-exceed-limit"}),
        ("P9 the other file", "10wd", ["4", "12", "4", "8", "4"], {"steps-below-limit"}),
        ("P12 a larger plot", "20wd", P12_HOURS, {"steps-below-limit"}),
        ("P7 calendar days", "15d", ["86"], {"total-in-calendar-days", "steps-below-limit"}),
        ("R2 a month", "1mo", ["241"], {"steps-exceed-limit"}),
    ],
)
def test_r44_a_published_table_gets_its_verdict(
    name: str, total: str, hours: list[str], verdict: set[str]
) -> None:
    assert codes(table(total, hours)) & SUMS == verdict, name

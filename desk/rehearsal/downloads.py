"""What can be taken home from a rehearsal: JSON, CSV, and every picture as SVG and PNG."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from desk.rehearsal.pictures import diagram, pictures_of
from desk.rehearsal.watched import events_of
from engine.catalog.picture import png_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PNG_WIDTH = 1440
CSV, JSON, SVG, PNG = "text/csv; charset=utf-8", "application/json", "image/svg+xml", "image/png"
TABLES = ("report.json", "estimates.csv", "steps.csv", "day.csv")


def download(result: Mapping[str, Any], name: str) -> tuple[bytes, str] | None:
    """The bytes of a file and its kind; None when there is no such file."""
    made = result["document"]
    if name == "report.json":
        return json.dumps(made, ensure_ascii=False, indent=1).encode(), JSON
    if name == "estimates.csv":
        rows = [{"figure": key, **each} for key, each in made["estimates"].items()]
        rows += [
            {"figure": f"difference:{key}", **each}
            for key, each in made.get("differences", {}).items()
        ]
        return _csv(list(rows[0]), (list(row.values()) for row in rows)), CSV
    if name == "steps.csv":
        steps = made["steps"]
        return _csv(list(steps[0]) if steps else [], (list(s.values()) for s in steps)), CSV
    if name == "day.csv" and result["day"] is not None:
        rows_of_day = ((e.clock, e.case, e.step, e.what) for e in events_of(result["day"]))
        return _csv(["time", "case", "step", "event"], rows_of_day), CSV
    stem, _, kind = name.rpartition(".")
    if kind not in {"svg", "png"}:
        return None
    pictures = {each.name: each for each in [*pictures_of(result), diagram(result, None)[1]]}
    if stem not in pictures:
        return None
    drawn = pictures[stem].svg.encode()
    return (drawn, SVG) if kind == "svg" else (png_of(drawn, width=PNG_WIDTH), PNG)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"}:
        return f"'{cell}"
    return cell

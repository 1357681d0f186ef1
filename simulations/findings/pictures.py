"""Small pictures as SVG text: lines, values with intervals, a heat map. No outside program."""

from __future__ import annotations

import html
import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulations.intervals import Estimate

COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf")
FONT = "Be Vietnam Pro, Noto Sans, DejaVu Sans, sans-serif"
WIDTH, HEIGHT, MARGIN = 720, 280, 50
INK, QUIET, LINE, STRIPE = "#0b0c0c", "#505a5f", "#d5dade", "#f4f6f8"
STOPS = (
    (0.0, (255, 255, 255)),
    (0.5, (255, 236, 158)),
    (0.8, (250, 170, 90)),
    (1.0, (226, 92, 74)),
)
"""Colours of a share of time at work."""
WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
HOURS_A_WEEK = 168


def _frame(title: str, inside: str, height: int = HEIGHT) -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' "
        f"font-family='{FONT}' font-size='12' role='img'><title>{html.escape(title)}</title>"
        f"<rect width='{WIDTH}' height='{height}' fill='white'/>"
        f"<text x='{MARGIN}' y='20' font-size='14'>{html.escape(title)}</text>{inside}</svg>"
    )


def line_chart(title: str, lines: Mapping[str, Sequence[float]], *, x_name: str) -> str:
    """Lines over whole numbers from 0."""
    most = max((max(line, default=0.0) for line in lines.values()), default=0.0) or 1.0
    count = max((len(line) for line in lines.values()), default=1)
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 110
    parts = [
        f"<path d='M{MARGIN} 40V{40 + high}H{MARGIN + wide}' fill='none' stroke='#888'/>",
        f"<text x='{MARGIN - 6}' y='46' text-anchor='end'>{most:.3g}</text>",
        f"<text x='{MARGIN - 6}' y='{40 + high}' text-anchor='end'>0</text>",
        f"<text x='{MARGIN + wide}' y='{58 + high}' text-anchor='end'>{html.escape(x_name)}</text>",
    ]
    for number, (name, line) in enumerate(lines.items()):
        points = " ".join(
            f"{MARGIN + wide * k / max(count - 1, 1):.1f},{40 + high * (1 - value / most):.1f}"
            for k, value in enumerate(line)
        )
        colour = COLOURS[number % len(COLOURS)]
        parts.append(
            f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='1.5'/>"
        )
        x = MARGIN + (number % 3) * wide / 3
        y = 78 + high + (number // 3) * 16
        parts.append(
            f"<rect x='{x:.0f}' y='{y - 9:.0f}' width='10' height='10' fill='{colour}'/>"
            f"<text x='{x + 14:.0f}' y='{y:.0f}'>{html.escape(name)}</text>"
        )
    return _frame(title, "".join(parts))


def heat_map(
    title: str, rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[float]]
) -> str:
    """Shares of time at work, with the figure in each cell: colour never stands alone."""
    size_x, size_y, left = 36, 22, 222
    height = 60 + size_y * len(rows)
    parts = [
        f"<text x='{left + k * size_x + size_x / 2}' y='40' text-anchor='middle' fill='{QUIET}'>"
        f"{html.escape(name)}</text>"
        for k, name in enumerate(columns)
    ]
    for row, name in enumerate(rows):
        y = 46 + row * size_y
        parts.append(
            f"<text x='{left - 8}' y='{y + 15}' text-anchor='end' fill='{INK}'>"
            f"{html.escape(_short(name, 32))}</text>"
        )
        for column, value in enumerate(cells[row]):
            share = min(max(value, 0.0), 1.0)
            x = left + column * size_x
            parts.append(
                f"<rect x='{x}' y='{y}' width='{size_x - 1}' height='{size_y - 1}'"
                f" fill='{use_colour(share)}' stroke='{LINE}'><title>{share:.0%}</title></rect>"
                f"<text x='{x + size_x / 2 - 0.5}' y='{y + 15}' text-anchor='middle' font-size='10'"
                f" fill='{INK}'>{round(share * 100)}</text>"
            )
    return _frame(title, "".join(parts), height)


def week_chart(title: str, lines: Mapping[str, Sequence[float]]) -> str:
    """Means by hour of the week, from Monday 0 o'clock, with a stripe for each day."""
    most = max((max(line, default=0.0) for line in lines.values()), default=0.0)
    top = _round_up(most)
    left, wide, high, up = 52, WIDTH - 70, 170, 40
    parts = []
    for day, name in enumerate(WEEKDAYS):
        x = left + wide * day / 7
        if day % 2 == 0:
            parts.append(
                f"<rect x='{x:.1f}' y='{up}' width='{wide / 7:.1f}' height='{high}'"
                f" fill='{STRIPE}'/>"
            )
        parts.append(
            f"<text x='{x + wide / 14:.1f}' y='{up + high + 18}' text-anchor='middle'"
            f" fill='{QUIET}'>{name}</text>"
        )
    for share in (0.0, 0.5, 1.0):
        y = up + high * (1 - share)
        parts.append(
            f"<path d='M{left} {y:.1f}H{left + wide}' stroke='{LINE}'/>"
            f"<text x='{left - 8}' y='{y + 4:.1f}' text-anchor='end' fill='{QUIET}'>"
            f"{_number(top * share)}</text>"
        )
    for number, (name, line) in enumerate(lines.items()):
        points = " ".join(
            f"{left + wide * (hour + 0.5) / HOURS_A_WEEK:.1f},{up + high * (1 - value / top):.1f}"
            for hour, value in enumerate(line[:HOURS_A_WEEK])
        )
        colour = COLOURS[number % len(COLOURS)]
        dashes = ("", " stroke-dasharray='7 3'", " stroke-dasharray='2 3'")[number // 2 % 3]
        parts.append(
            f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='1.8'"
            f" stroke-linejoin='round'{dashes}/>"
        )
        x, y = left + (number % 2) * wide / 2, up + high + 42 + (number // 2) * 18
        parts.append(
            f"<path d='M{x:.0f} {y - 4:.0f}h20' stroke='{colour}' stroke-width='3'{dashes}/>"
            f"<text x='{x + 26:.0f}' y='{y:.0f}' fill='{INK}'>"
            f"{html.escape(_short(name, 44))}</text>"
        )
    rows = -(-len(lines) // 2)
    return _frame(title, "".join(parts), up + high + 36 + 18 * rows)


def interval_plot(title: str, rows: Sequence[tuple[str, Estimate, str]]) -> str:
    """Shares in percent with their intervals, on one scale that shows the difference.

    A row is a name, the share, and the share as people read it. One without an honest interval is
    a hollow point.
    """
    known = [row for row in rows if not math.isnan(row[1].value)]
    ends = [
        share * 100
        for _, each, _ in known
        for share in (each.value, each.low, each.high)
        if share is not None
    ]
    low, high = _ends(ends)
    digits = max(0, 2 - math.floor(math.log10(high - low)))
    left, wide, up, step = 250, WIDTH - 250 - 110, 46, 40

    def place(value: float) -> float:
        return left + wide * (value * 100 - low) / (high - low)

    height = up + step * len(known) + 34
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + wide * share
        parts.append(
            f"<path d='M{x:.1f} {up - 8}V{height - 30}' stroke='{LINE}'/>"
            f"<text x='{x:.1f}' y='{height - 12}' text-anchor='middle' fill='{QUIET}'>"
            f"{_decimals(low + (high - low) * share, digits)}</text>"
        )
    for number, (name, each, shown) in enumerate(known):
        y = up + step * number + step / 2 - 6
        colour = COLOURS[number % len(COLOURS)]
        parts.append(
            f"<text x='{left - 12}' y='{y + 4}' text-anchor='end' fill='{INK}'>"
            f"{html.escape(_short(name, 36))}</text>"
        )
        sure = each.low is not None and each.high is not None
        if each.low is not None and each.high is not None:
            one, other = place(each.low), place(each.high)
            parts.append(
                f"<path d='M{one:.1f} {y}H{other:.1f}M{one:.1f} {y - 6}v12M{other:.1f} {y - 6}v12'"
                f" stroke='{colour}' stroke-width='2.5' fill='none'/>"
            )
        parts.append(
            f"<circle cx='{place(each.value):.1f}' cy='{y}' r='6' stroke='{colour}'"
            f" stroke-width='2.5' fill='{colour if sure else 'white'}'/>"
            f"<text x='{left + wide + 14}' y='{y + 4}' font-weight='700' fill='{INK}'>"
            f"{html.escape(shown)}</text>"
        )
    return _frame(title, "".join(parts), height)


def use_colour(share: float) -> str:
    """From white (idle) over yellow to red (busy all the time); one scale for all pictures."""
    share = min(max(share, 0.0), 1.0)
    for (one, a), (other, b) in pairwise(STOPS):
        if share <= other:
            part = (share - one) / (other - one)
            mixed = [round(x + (y - x) * part) for x, y in zip(a, b, strict=True)]
            return "#" + "".join(f"{value:02x}" for value in mixed)
    return "#e25c4a"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 100.0
    low, high = min(values), max(values)
    room = (high - low) * 0.15 or 0.5
    low, high = max(low - room, 0.0), min(high + room, 100.0)
    return (low, high) if high > low else (max(low - 1.0, 0.0), low)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 5, 10) if step * size >= value)


def _number(value: float) -> str:
    text = f"{value:.3g}" if abs(value) < 100 else f"{value:.5g}"  # noqa: PLR2004 (three figures)
    return text.replace(".", ",")


def _decimals(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

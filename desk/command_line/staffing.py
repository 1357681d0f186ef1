"""`motcua staffing`: the smallest staff, or the shortest limits, that keep an on-time rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.forecast import progress_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--search",
    type=click.Choice(["staff", "limits"]),
    default="staff",
    show_default=True,
    help="What is made small.",
)
@click.option(
    "--keep-rate",
    type=click.FloatRange(0, 100, min_open=True, max_open=True),
    required=True,
    help="Percent of cases on time that are to be kept, such as 97.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(50, 99.99, min_open=True),
    default=95.0,
    show_default=True,
    help="Percent of certainty.",
)
@click.option(
    "--budget",
    type=click.IntRange(10, 1_000_000),
    default=2000,
    show_default=True,
    help="Replications in all; the search stops when they are used up.",
)
@click.option("--dask", "address", help="Address of a dask scheduler, such as tcp://host:8786.")
@json_option
def staffing(
    *,
    scenario: Path,
    search: str,
    keep_rate: float,
    confidence: float,
    budget: int,
    address: str | None,
    as_json: bool,
) -> None:
    """Search SCENARIO.yaml for what is just enough."""
    from simulations.cluster import mapped_on  # noqa: PLC0415 (numba takes a second to load)
    from simulations.inputs.scenario_file import load_scenario  # noqa: PLC0415
    from simulations.staffing import Wanted, search_limits, search_staff  # noqa: PLC0415

    wanted = Wanted(rate=keep_rate / 100, confidence=confidence / 100, budget=budget)
    made = {"staff": search_staff, "limits": search_limits}[search](
        load_scenario(scenario),
        wanted,
        mapped=None if address is None else mapped_on(address),
        progress=None if as_json else progress_line(),
    )
    document = {
        "search": search,
        "keep_rate": keep_rate,
        "confidence": confidence,
        "kept": made.kept,
        "finished": made.finished,
        "spent": made.spent,
        "budget": budget,
        "before": made.before,
        "found": made.values,
        "looks": {
            name: {"rate": each.rate, "low": each.low, "replications": each.replications}
            for name, each in made.looks.items()
        },
        "steps": made.steps,
    }
    answer(document, as_json=as_json, lines=lambda: _lines(document))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    title = "biên chế nhỏ nhất" if found["search"] == "staff" else "thời hạn ngắn nhất"
    wanted = f"{_vn(found['keep_rate'])} % đúng hạn với độ tin cậy {_vn(found['confidence'])} %"
    if not found["kept"]:
        yield f"Không tìm được {title} giữ {wanted} trong {found['spent']} lần chạy"
    elif not found["finished"]:
        yield f"Giữ được {wanted}, nhưng hết ngân sách trước khi chắc là {title}"
    else:
        yield f"Tìm được {title} giữ {wanted}"
    for name, value in found["found"].items():
        before = found["before"][name]
        yield f"  {name}: {value}" + ("" if value == before else f" (trước: {before})")
    for name, each in found["looks"].items():
        of = "" if name == "all" else f"{name}: "
        yield (
            f"  {of}đúng hạn {_vn(each['rate'] * 100, 2)} %, cận dưới {_vn(each['low'] * 100, 2)} %"
            f" ({each['replications']} lần chạy)"
        )
    yield f"  Đã dùng {found['spent']} trên {found['budget']} lần chạy"


def _vn(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace(".", ",")

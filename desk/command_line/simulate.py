"""`motcua simulate`: what would happen if, with intervals; an overlay is set beside its base."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from engine.errors import OfficeError
from simulations.cluster import mapped_on
from simulations.experiment import bottlenecks, compare, experiment
from simulations.findings.report import document, label, shown, write_report
from simulations.inputs.scenario_file import base_of, compiled_error, load_scenario
from simulations.inputs.scenario_schema import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--replications", type=click.IntRange(1, 100_000), help="How often to repeat.")
@click.option("--seed", type=click.IntRange(0), help="The first seed.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report.")
@click.option("--bottleneck", is_flag=True, help="Also try one more person in each group.")
@click.option("--png", is_flag=True, help="Each picture of the report as PNG too.")
@click.option("--dask", metavar="ADDRESS", help="Run on a dask cluster: tcp://HOST:PORT.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _option, wanted: _print_schema(ctx) if wanted else None,
    help="Print the JSON schema of a scenario file and end.",
)
@click.option("--alone", is_flag=True, help="Do not set an overlay beside its base.")
@json_option
def simulate(
    *,
    scenario: Path,
    replications: int | None,
    seed: int | None,
    out: Path | None,
    bottleneck: bool,
    alone: bool,
    png: bool,
    dask: str | None,
    as_json: bool,
) -> None:
    """Rehearse SCENARIO.yaml: on-time rates, times, queues and use of people."""
    try:
        comparison = None
        mapped = mapped_on(dask) if dask is not None else None
        found = load_scenario(scenario)
        base = None if alone else base_of(scenario)
        wanted = replications
        if base is not None:
            wanted = replications or found.precision.replications
        made = experiment(
            found,
            replications=wanted,
            seed=seed,
            progress=_progress("kịch bản", as_json),
            mapped=mapped,
        )
        if base is not None:
            other = experiment(
                base,
                replications=wanted,
                seed=made.runs[0].seed,
                progress=_progress("bản gốc", as_json),
                mapped=mapped,
            )
            comparison = compare(other, made)
        gains = (
            bottlenecks(made, progress=_progress("thêm người", as_json), mapped=mapped)
            if bottleneck
            else ()
        )
    except OfficeError as refusal:
        raise compiled_error(refusal, scenario) from refusal
    if out is not None:
        write_report(out, made, comparison, gains, png=png)
    told = document(made, comparison, gains)
    answer(told, as_json=as_json, lines=lambda: _lines(told, out))


def _print_schema(ctx: click.Context) -> None:
    click.echo(schema_text(), nl=False)
    ctx.exit()


def _progress(what: str, quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, most: int) -> None:
        click.echo(f"\r{what}: {done}/{most} lần chạy", nl=done >= most, err=True)

    return show


def _lines(told: Mapping[str, Any], out: Path | None) -> Iterator[str]:
    yield told["scenario"]
    yield f"  {told['replications']} lần chạy, {told['cases_per_replication']:.0f} hồ sơ mỗi lần"
    for change in told["changes"]:
        yield f"  • {change}"
    for name, each in told["estimates"].items():
        if name.startswith("queue_most"):
            continue
        value, span = shown(name, each, told["rates"].get(name))
        yield f"  {label(name)}: {value} ({span})"
    if "differences" in told:
        yield f"So với “{told['compared_with']}”"
        for name, each in told["differences"].items():
            value, span = shown(name, each, None, signed=True)
            yield f"  {label(name)}: {value} ({span})"
    for each in told.get("bottlenecks", ()):
        value, span = shown("R_solved", each["gain"], None, signed=True)
        yield f"  Thêm một người ở {each['group']}: {value} ({span})"
    if out is not None:
        yield f"Báo cáo: {out / 'report.html'}"

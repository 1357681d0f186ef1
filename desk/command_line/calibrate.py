"""`motcua calibrate`: a scenario fitted to the office's journal or to a log, with its fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking
from engine.open_office import TRAINING_AGENCY
from engine.reports.forecasts import agencies_with_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@click.command()
@click.option("--log", type=click.Path(path_type=Path), help="An XES or CSV log, packed or not.")
@click.option("--office", is_flag=True, help="The office's own journal.")
@click.option("--agency", help="With --office: its code; by default the only one with cases.")
@click.option("--days", type=click.IntRange(1, 36_500), default=365, show_default=True)
@click.option("--limit", help="With --log: the time limit, as 10d; by default what 90 % keep.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The scenario file to write."
)
@json_option
def calibrate(
    *,
    log: Path | None,
    office: bool,
    agency: str | None,
    days: int,
    limit: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """A scenario of what happened: hours, arrivals, work, choices, delays and people."""
    if (log is None) == (not office):
        raise click.UsageError("give either --log FILE or --office")
    from simulations.calibrating.calibrate import (  # noqa: PLC0415 (numba takes a second to load)
        calibrate_log,
        calibrate_office,
    )

    if log is not None:
        document = calibrate_log(log, out, limit=limit)
    else:
        with looking() as (db, clock):
            known = agencies_with_cases(db)
            if agency is None and len(known) > 1:
                raise click.UsageError(f"--agency is one of {', '.join(known)}")
            chosen = agency or (known[0] if known else TRAINING_AGENCY)
            document = calibrate_office(db, clock, out, agency=chosen, days=days)
    answer(document, as_json=as_json, lines=lambda: _lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{document.get('log') or document.get('agency')}: {document['cases']} hồ sơ,"
        f" {document['events']} bước; kịch bản {document['out']}"
    )
    for activity, each in document.get("fits", {}).items():
        delay = ""
        if each["delay"]:
            minutes = _vn(each["delay_mean_minutes"])
            delay = f"; chậm không rõ nguyên nhân {minutes} phút ({each['delay']})"
        yield (
            f"  {activity}: {each['samples']} mẫu, làm {_vn(each['work_mean_minutes'])} phút"
            f" ({each['work']}){delay}"
        )
    for group in document.get("groups", []):
        hours = group["hours"] if isinstance(group["hours"], str) else ", ".join(group["hours"])
        yield f"  {group['key']}: {group['people']} người, giờ làm {hours}"
    found = document["validation"]
    if found is not None:
        yield (
            f"  Thử trên {found['held_out']} hồ sơ giữ lại (khớp từ {found['seen']} hồ sơ trước):"
        )
        yield (
            f"    thời gian trung bình {_vn(found['simulated_lead_mean'])} giờ, thực tế"
            f" {_vn(found['lead_mean'])} ± {_vn(found['lead_mean_error'])}; P95"
            f" {_vn(found['simulated_lead_p95'])}, thực tế {_vn(found['lead_p95'])}"
        )
        for name, title in (
            ("cycle_time", "phân bố thời gian giải quyết"),
            ("relative_events", "thời điểm các bước"),
        ):
            yield (
                f"    {title}: lệch {_vn(found[name], 2)} giờ; mức nhiễu"
                f" {_vn(found[name + '_floor'], 2)} giờ"
            )
    yield "  ĐÃ KIỂM CHỨNG" if document["validated"] else "  CHƯA KIỂM CHỨNG"
    yield from (f"    - {each}" for each in document["assumptions"])


def _vn(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace(".", ",")

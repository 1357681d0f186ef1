"""`motcua forecast`: open cases with their probability to be late, worst first; and the score."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened
from desk.command_line.wording import day_and_hour
from engine.cases.training import clock_of
from engine.database import reading
from engine.errors import OfficeError
from engine.migrations.upgrade import check_revision
from engine.reports.forecast_score import score_forecasts
from engine.reports.forecasts import agencies_with_open_cases, stale_agencies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

KINDNESS = 10
"""How much a forecast of the scheduler gives way to the desk and the sweep."""
SHOWN = 30
"""Cases printed for people; --json has all."""


@click.command()
@click.option("--agency", help="Its code; by default every agency that has open cases.")
@click.option("--horizon", default="10wd", show_default=True, help="How far to look: 10wd, 14d.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--replications", type=click.IntRange(1, 10_000), default=200, show_default=True)
@click.option("--no-officers", is_flag=True, help="Leave out what one more officer would save.")
@click.option("--no-keep", is_flag=True, help="Do not keep it for the boards and the score.")
@click.option(
    "--older-than-hours",
    type=click.FloatRange(0),
    help="Only agencies whose last forecast is older; what the scheduler calls.",
)
@click.option("--score", is_flag=True, help="How true the kept forecasts were; makes no new one.")
@json_option
def forecast(
    *,
    agency: str | None,
    horizon: str,
    seed: int,
    replications: int,
    no_officers: bool,
    no_keep: bool,
    older_than_hours: float | None,
    score: bool,
    as_json: bool,
) -> None:
    """Every open case: how likely it becomes late, when it will end; the worst first."""
    if score:
        with looking() as (db, _clock):
            document = score_forecasts(db, agency=agency)
        answer(document, as_json=as_json, lines=lambda: _score_lines(document))
        return
    from simulations.office.forecast import (  # noqa: PLC0415 (numba takes a second; --score needs none)
        NothingToForecastError,
        refresh_forecast,
    )

    with opened() as (_settings, books):
        check_revision(books)
        with reading(books) as db:
            clock = clock_of(db)
            if older_than_hours is not None:
                os.nice(KINDNESS)
                agencies = stale_agencies(db, clock, hours=older_than_hours)
            else:
                agencies = [agency] if agency is not None else agencies_with_open_cases(db)
        if not agencies and older_than_hours is None:
            raise NothingToForecastError("Expected open cases to forecast, but there are none")
        found, refusals = [], []
        for each in agencies:
            try:
                made = refresh_forecast(
                    books,
                    clock,
                    agency=each,
                    horizon=horizon,
                    seed=seed,
                    replications=replications,
                    officers=not no_officers,
                    keep=not no_keep,
                    progress=progress_line(),
                )
            except OfficeError as refusal:
                # One agency that cannot be simulated must not take the others' forecast away.
                refusals.append(refusal)
            else:
                found.append(made)
    if refusals and not found:
        raise refusals[0]
    for each_refusal in refusals:
        click.echo(f"Bỏ qua: {each_refusal.message}", err=True)
    document = {"forecasts": found}
    answer(document, as_json=as_json, lines=lambda: _lines(document))


def progress_line() -> Callable[[str, int, int], None] | None:
    """Progress on the terminal's error stream; silent where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def show(what: str, done: int, of: int) -> None:
        if done == of or done % 10 == 0:
            click.echo(f"\r  {what}: {done}/{of} lần chạy   ", err=True, nl=done == of)

    return show


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    for each in document["forecasts"]:
        yield from _agency_lines(each)


def _agency_lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{found['agency']}: {found['open_cases']} hồ sơ đang giải quyết;"
        f" {found['due_inside']} đến hạn từ nay đến {found['horizon_until']} hoặc đã quá hạn"
    )
    interval = ""
    if found["expected_late_low"] is not None:
        low, high = max(found["expected_late_low"], 0), found["expected_late_high"]
        interval = f" (trung bình trong khoảng {_vn(low)} đến {_vn(high)}, tin cậy 95 %)"
    yield (
        f"  Dự báo {_vn(found['expected_late'])} hồ sơ trong số đó quá hạn{interval},"
        f" {found['replications']} lần chạy"
    )
    yield "  Khả năng trễ  Hồ sơ                        Hẹn trả            Dự kiến xong (80 %)"
    for item in found["items"][:SHOWN]:
        finish = item["p80_finish_at"]
        yield (
            f"  {_percent(item['late_probability']):>12}  {item['number']:<27}"
            f"  {day_and_hour(item['due_at'])}  "
            f"{day_and_hour(finish) if finish else 'sau thời gian xem xét'}"
        )
    rest = len(found["items"]) - SHOWN
    if rest > 0:
        yield f"  … và {rest} hồ sơ khác (--json có đủ)"
    for more in found["one_more_officer"]:
        interval = (
            ""
            if more["low"] is None
            else f" ({_vn(more['low'])} đến {_vn(more['high'])}, tin cậy 95 %)"
        )
        yield (
            f"  Thêm một người vai trò {more['role']} đến hết {more['until']}: bớt"
            f" {_vn(more['saves_late_cases'])} hồ sơ quá hạn{interval}"
        )
    for out in found["left_out"][:SHOWN]:
        yield f"  Không dự báo {out['number']}: {out['why']}"
    if found["assumptions"]:
        yield f"  {len(found['assumptions'])} giả định vì chưa đủ số liệu, đầu tiên:"
        yield from (f"    - {each}" for each in found["assumptions"][:5])


def _score_lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"Đã đối chiếu {document['scored']} dự báo; {document['not_ended_yet']} chưa biết kết quả;"
        f" {document['late_before_the_forecast']} đã quá hạn từ trước nên không tính"
    )
    if not document["scored"]:
        return
    yield (
        f"  Điểm Brier {_vn(document['brier'], 4)}; nếu luôn nói tỷ lệ chung"
        f" ({_percent(document['became_late'])}): {_vn(document['brier_of_base_rate'], 4)}"
    )
    if document["skill"] is not None:
        yield f"  Hơn tỷ lệ chung {_percent(document['skill'])}"
    for each in document["bins"]:
        yield (
            f"  nói {_percent(each['said'])}: thực tế {_percent(each['became_late'])}"
            f" ({each['cases']} hồ sơ)"
        )


def _vn(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _percent(share: float) -> str:
    return f"{_vn(share * 100)} %"

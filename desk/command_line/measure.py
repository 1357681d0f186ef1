"""`motcua measure`: counts of biểu 06 and the three named on-time rates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking
from desk.command_line.values import DATE
from engine.reports.figures import PERIOD, figures, holder_figures, step_figures
from engine.reports.observed.office import Compare, observe, observed_figures
from engine.reports.steps import STEP_GROUPS
from engine.sla.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

BY = ["agency", "field", "level", "procedure", "officer", "channel", "month", "period"]

_COMPARISONS = {
    str(Compare.MOMENTS): "So thời điểm kết thúc với thời điểm đến hạn (moments)",
    str(Compare.DATES): "So ngày kết thúc với ngày đến hạn, như R47 (dates)",
}
_SHORT = {str(Compare.MOMENTS): "thời điểm", str(Compare.DATES): "ngày"}


@click.command()
@click.option("--from", "first", type=DATE, help="First date, inclusive; a log's own by default.")
@click.option("--to", "last", type=DATE, help="Last date, inclusive; a log's own by default.")
@click.option("--by", type=click.Choice(BY), default=None, help="A row a key.")
@click.option(
    "--steps", type=click.Choice(list(STEP_GROUPS)), help="Finished steps too, a row a key."
)
@click.option(
    "--processes", type=click.IntRange(1, 10), default=1, help="Count in so many processes."
)
@click.option("--holders", is_flag=True, help="Whose time the late cases were, too.")
@click.option("--log", type=click.Path(path_type=Path), help="A log from elsewhere: XES or CSV.")
@click.option("--deadline-attribute", help="Of a log: the case attribute that holds its deadline.")
@click.option("--start-attribute", help="Of a log: the case attribute that holds its start.")
@click.option("--end-attribute", help="Of a log: the case attribute that holds its end.")
@click.option("--limit", help="Of a log: the deadline as calendar days from its start, as 56d.")
@click.option(
    "--compare",
    type=click.Choice([str(each) for each in Compare]),
    default=str(Compare.DATES),
    show_default=True,
    help="Of a log: which lateness its rows count; both are always named.",
)
@json_option
def measure(
    *,
    first: date | None,
    last: date | None,
    by: str | None,
    steps: str | None,
    holders: bool,
    processes: int,
    as_json: bool,
    **of_log: Any,
) -> None:
    """Figures from the journal for the dates given, or from a log of another system."""
    if of_log["log"] is not None:
        if steps is not None or holders or by == PERIOD:
            raise click.UsageError("--steps, --holders and --by period are for the journal")
        _measure_log(first=first, last=last, by=by, as_json=as_json, **of_log)
        return
    for name in ("deadline_attribute", "start_attribute", "end_attribute", "limit"):
        if of_log[name] is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} goes with --log")
    if first is None or last is None:
        raise click.UsageError("--from and --to are needed")
    with looking() as (db, clock):
        document = figures(db, clock, first=first, last=last, by=by, processes=processes)
        if steps is not None:
            document["steps"] = step_figures(db, clock, first=first, last=last, by=steps)
        if holders:
            document["holders"] = holder_figures(db, clock, first=first, last=last)
    answer(document, as_json=as_json, lines=lambda: _office_lines(document))


def _office_lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield from measure_lines(document)
    coverage = document["coverage"]
    silent = ", ".join(coverage["silent"])
    yield (
        f"Đơn vị có số liệu: {coverage['reporting']}/{coverage['expected']}"
        + (f" (chưa có: {silent})" if silent else "")
    )
    for row in document.get("steps", ()):
        rate, minutes = row["rates"]["R_step"], row["working_minutes"]
        percent = rate["percent"]
        shown = "không có mẫu số" if percent is None else _vietnamese(percent)
        yield f"Bước {row['key']}: {row['done']} lượt"
        yield (
            f"  trước hạn {row['early']}, đúng hạn {row['on_time']}, quá hạn {row['late']}, không"
            f" định mức {row['without_limit']}; R_step = {rate['numerator']}/{rate['denominator']}"
            f" = {shown}; P50 {minutes['p50']} phút, P90 {minutes['p90']} phút làm việc"
        )
    if "holders" in document:
        held = document["holders"]
        yield f"Thời gian của {held['late_cases']} hồ sơ quá hạn nằm ở:"
        for name, hours in held["hours"].items():
            share = held["percent"][name]
            yield (
                f"  {held['names'][name]}: {_plain(hours)} giờ"
                f"{'' if share is None else f' ({_plain(share)} %)'}"
            )


def _measure_log(
    *,
    log: Path,
    deadline_attribute: str | None,
    start_attribute: str | None,
    end_attribute: str | None,
    limit: str | None,
    compare: str,
    first: date | None,
    last: date | None,
    by: str | None,
    as_json: bool,
) -> None:
    observed = observe(
        log,
        deadline_attribute=deadline_attribute,
        start_attribute=start_attribute,
        end_attribute=end_attribute,
        limit=None if limit is None else Limit.parse(limit),
    )
    document = observed_figures(observed, compare=Compare(compare), first=first, last=last, by=by)
    answer(document, as_json=as_json, lines=lambda: _log_lines(document))


def _log_lines(document: Mapping[str, Any]) -> Iterator[str]:
    read = document["attributes"]
    yield f"Nhật ký {document['log']}: {document['cases']} hồ sơ, {document['events']} sự kiện"
    yield (
        f"  bắt đầu = {read['start'] or 'sự kiện đầu'}, kết thúc = {read['end'] or 'sự kiện cuối'},"
        f" hạn = {read['deadline'] or 'không có thuộc tính (theo --limit, hoặc không hạn)'}"
    )
    for compare, title in _COMPARISONS.items():
        late = document["late"][compare]
        shown = "không có mẫu số" if late["percent"] is None else _vietnamese(late["percent"])
        yield (
            f"  {title}: {late['late']} quá hạn trên {late['closed']} đã xong;"
            f" R_solved = {late['on_time']}/{late['closed']} = {shown}"
        )
    if document["without_due"]:
        yield f"  không có hạn: {document['without_due']} (R47 tính là đúng hạn)"
    lead = document["lead_time_days"]
    if lead["cases"]:
        yield (
            f"  Thời gian từ đầu đến cuối: P50 {_plain(lead['p50'])} ngày,"
            f" P90 {_plain(lead['p90'])} ngày; {document['variants']['count']} biến thể"
        )
    yield f"Các dòng dưới đây so theo {_SHORT[document['compare']]}:"
    yield from measure_lines(document)


def measure_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A table for people; every rate carries its name, numerator and denominator."""
    for row in document["items"]:
        received, solved, still_open = row["received"], row["solved"], row["open"]
        yield f"{row['name']}"
        yield (
            f"  Tiếp nhận {received['total']} (trực tuyến {received['online']}, trực tiếp và bưu "
            f"chính {received['direct_post']}, kỳ trước {received['carried']})"
        )
        yield (
            f"  Đã giải quyết {solved['total']} (trước hạn {solved['early']}, đúng hạn "
            f"{solved['on_time']}, quá hạn {solved['late']})"
        )
        yield (
            f"  Đang giải quyết {still_open['total']} (trong hạn {still_open['in_time']}, "
            f"quá hạn {still_open['late']})"
        )
        for name, rate in row["rates"].items():
            percent = rate["percent"]
            shown = "không có mẫu số" if percent is None else _vietnamese(percent)
            yield f"  {name} = {rate['numerator']}/{rate['denominator']} = {shown}"


def _vietnamese(percent: str) -> str:
    return percent.replace(".", ",") + " %"


def _plain(value: float) -> str:
    return str(value).replace(".", ",")

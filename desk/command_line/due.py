"""`motcua due`: the due instant of a limit and why, from calendar and catalogue files alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.values import INSTANT
from engine.catalog.agencies import load_agencies
from engine.catalog.procedure_yaml import read_procedure_yaml
from engine.catalog.regime import default_pause_policy, regime_on
from engine.catalog.years import seed_calendar
from engine.clock import iso_office, office_date, office_instant
from engine.errors import BadInputError
from engine.sla.alerts import apology_due_at
from engine.sla.calendar import YearStatus
from engine.sla.ledger import ledger_of, short_reason
from engine.sla.limit import Limit
from engine.sla.office_hours import DEFAULT_HOURS, OfficeTime
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import Reckoning, reckon
from engine.sla.transfer import transfer_due_at
from engine.sla.wording import moment
from engine.staff.hours import read_hours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.catalog.procedure_yaml import ProcedureData
    from engine.sla.office_hours import OfficeHours

POLICIES = {
    "wd": PausePolicy.PAUSE_WD,
    "calendar": PausePolicy.PAUSE_CALENDAR,
    "restart": PausePolicy.RESTART,
}
_ROOT = Path(__file__).resolve().parent.parent.parent / "bpmn"


class _LimitText(click.ParamType[Any]):
    """A limit such as 10wd, 3.5wh, 15d, 1mo or same-day."""

    name = "LIMIT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Limit:
        """The limit."""
        try:
            return Limit.parse(str(value))
        except BadInputError as refusal:
            self.fail(refusal.message, param, ctx)


class _Stretch(click.ParamType[Any]):
    """FROM/TO, and after another slash the document that paused the clock."""

    name = "FROM/TO[/DOCUMENT]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, datetime, str | None]:
        """Both instants and the document."""
        parts = str(value).split("/", 2)
        if len(parts) == 1:
            shown = "2026-11-18T09:00/2026-11-27T09:00"
            self.fail(f"Expected two times such as {shown}, but got {value!r}", param, ctx)
        try:
            start, end = office_instant(parts[0]), office_instant(parts[1])
        except BadInputError as refusal:
            self.fail(refusal.message, param, ctx)
        document = parts[2].strip() if len(parts) > 2 else ""  # noqa: PLR2004 (the third part)
        return start, end, document or None


@click.command()
@click.option("--procedure", metavar="CODE", help="A procedure of the catalogue: its time limit.")
@click.option("--limit", type=_LimitText(), help="10wd, 24wh, 3.5wh, 15d, 1mo or same-day.")
@click.option("--received", type=INSTANT, required=True, help="When the clock started.")
@click.option("--agency", metavar="CODE", help="By its hours; else 07:00-11:30, 13:30-17:00.")
@click.option("--pause", "stretches", type=_Stretch(), multiple=True, help="May be repeated.")
@click.option(
    "--pause-policy",
    type=click.Choice(list(POLICIES)),
    help="How the clock goes on; by default as the decree in force at receipt has it.",
)
@click.option("--restart-at", type=INSTANT, help="The whole limit is counted again from then on.")
@click.option("--explain", is_flag=True, help="Show day by day how it was counted.")
@click.option(
    "--procedures-root",
    type=click.Path(path_type=Path),
    envvar="MOTCUA_PROCEDURES_ROOT",
    default=_ROOT,
    show_default="bpmn/",
    help="Folder with procedures/ and agencies.yaml.",
)
@json_option
def due(
    *,
    procedure: str | None,
    limit: Limit | None,
    received: datetime,
    agency: str | None,
    stretches: tuple[tuple[datetime, datetime, str | None], ...],
    pause_policy: str | None,
    restart_at: datetime | None,
    explain: bool,
    procedures_root: Path,
    as_json: bool,
) -> None:
    """When a dossier is due, and why. Reads files only; no books are opened."""
    known: ProcedureData | None = None
    if procedure is not None and limit is None:
        known = _procedure(procedures_root, procedure)
        limit = known.committed_limit or known.limit
    elif procedure is not None or limit is None:
        raise click.UsageError("there must be one of --procedure and --limit")
    regime = regime_on(office_date(received))
    policy = default_pause_policy(regime)
    if pause_policy is not None:
        policy = POLICIES[pause_policy]
    elif known is not None and known.pause_policy is not None:
        policy = PausePolicy(known.pause_policy)
    pauses = [Pause(start, end, policy, document) for start, end, document in stretches]
    if restart_at is not None:
        pauses.append(Pause(restart_at, restart_at, PausePolicy.RESTART))
    pauses.sort(key=lambda each: each.start)
    office = OfficeTime(seed_calendar(), _hours(procedures_root, agency))
    counted = reckon(limit, received, office, pauses)
    document = {
        "procedure": procedure,
        "limit": str(limit),
        "received_at": iso_office(received),
        "due_at": iso_office(counted.due_at),
        "apology_due_at": iso_office(apology_due_at(counted.due_at, received, office)),
        "transfer_due_at": iso_office(transfer_due_at(received, office)),
        "regime": str(regime),
        "pause_policy": str(policy),
        "calendar": [
            {"year": each.year, "status": str(each.status), "decision": each.decision}
            for each in counted.calendar_years()
        ],
        "ledger": [line.as_json() for line in ledger_of(counted)],
    }
    answer(
        document,
        as_json=as_json,
        lines=lambda: _lines(counted, known.procedure.name if known else None, explain=explain),
    )


def _procedure(root: Path, code: str) -> ProcedureData:
    """A procedure of the catalogue's files."""
    folder = root / "procedures"
    known = sorted(each.parent.name for each in folder.glob("*/procedure.yaml"))
    if code not in known:
        listed = ", ".join(known) or "none"
        raise BadInputError(
            f"Expected a procedure of the catalogue ({listed}), but got {code!r}", procedure=code
        )
    path = folder / code / "procedure.yaml"
    return read_procedure_yaml(path.read_bytes(), file=f"{code}/{path.name}")


def _hours(root: Path, code: str | None) -> OfficeHours:
    """The hours of an agency of the files; the default ones without an agency."""
    if code is None:
        return DEFAULT_HOURS
    agencies = {each.code: each for each in load_agencies(root / "agencies.yaml")}
    if code not in agencies:
        listed = ", ".join(agencies)
        raise BadInputError(
            f"Expected an agency of agencies.yaml ({listed}), but got {code!r}", agency=code
        )
    hours = agencies[code].hours
    return DEFAULT_HOURS if hours is None else read_hours(hours)


def _lines(counted: Reckoning, name: str | None, *, explain: bool) -> Iterator[str]:
    office = counted.office
    if name:
        yield name
    yield f"Hạn trả kết quả: {moment(counted.due_at)}"
    if explain:
        yield from _ledger_lines(counted)
    else:
        yield f"  {short_reason(counted)}"
    apology = apology_due_at(counted.due_at, counted.received_at, office)
    yield f"Chuyển hồ sơ chậm nhất: {moment(transfer_due_at(counted.received_at, office))}"
    yield f"Nếu trễ, gửi thư xin lỗi chậm nhất: {moment(apology)}"
    for year in counted.calendar_years():
        ground = f" ({year.decision})" if year.decision else ""
        if explain or year.status is not YearStatus.CONFIRMED:
            yield f"Lịch nghỉ năm {year.year}: {year.status.in_vietnamese()}{ground}"


def _ledger_lines(counted: Reckoning) -> Iterator[str]:
    yield (
        f"Thời hạn {counted.limit.in_vietnamese()}, nhận lúc {moment(counted.received_at)}."
        " Cách tính:"
    )
    for number, line in enumerate(ledger_of(counted), start=1):
        yield f"  {number}. {line.why}"
    yield f"  Vậy hạn trả là {moment(counted.due_at)}."

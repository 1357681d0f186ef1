"""`motcua staff …`: agencies, units, officers, roles, deputies, absences and moved days."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from desk.command_line.answer import answer, json_option
from desk.command_line.books import looking, opened, writing
from desk.command_line.values import DATE
from engine.cases.lateness.calendar_change import DayMove, HoursMove, Promises
from engine.cases.lateness.recount import change_calendar, changes, recount_some
from engine.cases.training import clock_of
from engine.clock import office_date
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.journal.seal import seal_journal
from engine.migrations.upgrade import check_revision
from engine.sla.calendar import DayKind
from engine.staff import agency_changes, commands, lists

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from engine.cases.lateness.calendar_change import Change

by_option = click.option(
    "--as", "by", default="admin", show_default=True, metavar="NAME", help="Who changes it."
)
since_option = click.option("--since", type=DATE, help="First day; today by default.")
until_option = click.option("--until", type=DATE, help="Last day; open by default.")
recount_option = click.option(
    "--recount", is_flag=True, help="Open deadlines follow too, as MOTCUA_CALENDAR_PROMISES says."
)
officer_argument = click.argument("officer")

LISTS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "officers": lists.officers,
    "units": lists.units,
    "roles": lists.roles,
    "agencies": lists.agencies,
    "days": lists.moved_days,
}


@click.group()
def staff() -> None:
    """Who works here, in which role, and on which days."""


@staff.command("list")
@click.argument("what", type=click.Choice(list(LISTS)), default="officers")
@click.option("--on", type=DATE, help="As of a day; today by default.")
@json_option
def list_them(*, what: str, on: date | None, as_json: bool) -> None:
    """Officers, units, roles held, agencies, or days moved by a decision."""
    with looking() as (db, clock):
        items = LISTS[what](db, on=on or office_date(clock.now()))
    answer(
        {"items": items},
        as_json=as_json,
        lines=lambda: [_row(each) for each in items] or ["Chưa có gì."],
    )


@staff.command("add-agency")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--level", required=True, metavar="LEVEL", help="xã or tỉnh.")
@click.option("--parent", metavar="CODE", help="The agency above it.")
@click.option("--accepts-all", is_flag=True, help="It takes dossiers of every procedure.")
@click.option(
    "--hours",
    metavar="JSON",
    help='Dated office hours: [{"from": "2026-01-01", "hours": ["07:30-11:30", "13:30-17:30"]}].',
)
@by_option
@json_option
def add_agency(*, as_json: bool, hours: str | None, **given: Any) -> None:
    """Enter an agency."""
    _change(commands.add_agency, {**given, "hours": _list_of(hours)}, as_json=as_json)


@staff.command("set-hours")
@click.argument("agency")
@click.option("--since", type=DATE, required=True, help="First day of the new hours.")
@click.option("--hours", multiple=True, required=True, help="07:30-11:30; may be repeated.")
@click.option("--saturday", multiple=True, help="Opening for intake; no limit runs in it.")
@recount_option
@by_option
@json_option
def set_hours(*, as_json: bool, agency: str, recount: bool, **given: Any) -> None:
    """Let an agency keep other office hours from a date on."""
    if recount:
        hours, saturday = tuple(given["hours"]), tuple(given["saturday"])
        change = HoursMove(agency, given["since"], hours, saturday)
        _recount(change, by=given["by"], as_json=as_json)
        return
    given |= {"hours": list(given["hours"]), "saturday": list(given["saturday"])}
    _change(agency_changes.set_hours, {"agency_code": agency, **given}, as_json=as_json)


@staff.command("take-procedure")
@click.argument("agency")
@click.argument("procedure")
@by_option
@json_option
def take_procedure(*, as_json: bool, agency: str, procedure: str, by: str) -> None:
    """Let an agency take dossiers of a procedure."""
    given = {"agency_code": agency, "procedure_code": procedure, "by": by}
    _change(agency_changes.take_procedure, given, as_json=as_json)


@staff.command("add-unit")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--agency", "agency_code", required=True, metavar="CODE")
@click.option("--parent", metavar="UNIT", help="The unit above it.")
@by_option
@json_option
def add_unit(*, as_json: bool, **given: Any) -> None:
    """Enter a unit of an agency."""
    _change(commands.add_unit, given, as_json=as_json)


@staff.command("add-officer")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--unit", "unit_code", required=True, metavar="UNIT")
@click.option("--heads-unit", is_flag=True, help="This officer is the head of the unit.")
@since_option
@by_option
@json_option
def add_officer(*, as_json: bool, **given: Any) -> None:
    """Enter an officer of a unit."""
    _change(commands.add_officer, given, as_json=as_json)


@staff.command("grant-role")
@officer_argument
@click.argument("role")
@since_option
@until_option
@by_option
@json_option
def grant_role(*, as_json: bool, officer: str, **given: Any) -> None:
    """Give an officer a role for a period."""
    _change(commands.grant_role, {**given, "officer_code": officer}, as_json=as_json)


@staff.command("end-role")
@officer_argument
@click.argument("role")
@click.option("--last-on", type=DATE, required=True, help="The last day the role is held.")
@by_option
@json_option
def end_role(*, as_json: bool, officer: str, **given: Any) -> None:
    """Let a role end; what was done in it stays."""
    _change(commands.end_role, {**given, "officer_code": officer}, as_json=as_json)


@staff.command("name-deputy")
@officer_argument
@click.argument("deputy")
@since_option
@until_option
@by_option
@json_option
def name_deputy(*, as_json: bool, officer: str, deputy: str, **given: Any) -> None:
    """Name who stands in for an officer while he is absent."""
    _change(
        commands.name_deputy,
        {**given, "officer_code": officer, "deputy_code": deputy},
        as_json=as_json,
    )


@staff.command("record-absence")
@officer_argument
@click.option("--from", "first_on", type=DATE, required=True)
@click.option("--to", "last_on", type=DATE, required=True)
@click.option("--reason", required=True)
@by_option
@json_option
def record_absence(*, as_json: bool, officer: str, **given: Any) -> None:
    """Write down that an officer is away; his deputies act meanwhile."""
    _change(commands.record_absence, {**given, "officer_code": officer}, as_json=as_json)


@staff.command("override-day")
@click.argument("on", type=DATE)
@click.argument("kind", type=click.Choice([str(each) for each in DayKind]))
@click.option("--name", required=True, help="Why, as a ledger tells it to a citizen.")
@click.option("--decision", required=True, help="Number of the decision that moves the day.")
@recount_option
@by_option
@json_option
def override_day(*, as_json: bool, recount: bool, **given: Any) -> None:
    """Make a day off or worked by a decision; due dates counted from now on follow it."""
    if recount:
        change = DayMove(given["on"], given["kind"], given["name"], given["decision"])
        _recount(change, by=given["by"], as_json=as_json)
        return
    _change(commands.override_day, given, as_json=as_json)


def _change(command: Callable[..., None], given: dict[str, Any], *, as_json: bool) -> None:
    """Run a command of the staff room; a missing first day is today."""
    with writing() as (db, clock):
        if "since" in given and given["since"] is None:
            given["since"] = office_date(clock.now())
        command(db, clock, **given)
    values = {name.removesuffix("_code"): value for name, value in given.items()}
    order = [
        str(each.name).removesuffix("_code") for each in click.get_current_context().command.params
    ]
    document = {name: values[name] for name in order if values.get(name) is not None}
    answer(document, as_json=as_json, lines=lambda: [f"Đã ghi: {_row(document)}"])


def _recount(change: Change, *, by: str, as_json: bool) -> None:
    """Order a change of the calendar and carry it into every open case, a batch a transaction."""
    with opened() as (settings, books):
        check_revision(books)
        promises = Promises(settings.calendar_promises)
        with transaction(books) as db:
            number = change_calendar(db, clock_of(db), change=change, promises=promises, by=by)
        is_last = False
        while not is_last:
            with transaction(books) as db:
                is_last = recount_some(db, clock_of(db), number)
        seal_journal(books, settings.anchor_file)
        with reading(books) as db:
            done = next(each for each in changes(db) if each.id == number)
    counts = {name: getattr(done, name) for name in ("looked_at", "moved", "kept", "failed")}
    document = {"change": number, "why": change.why, **counts}
    answer(
        document,
        as_json=as_json,
        lines=lambda: [
            change.why,
            (
                f"đã tính lại {done.looked_at} hồ sơ: chuyển hạn {done.moved}, giữ hạn đã hẹn "
                f"{done.kept}, không tính được {done.failed}"
            ),
        ],
    )


def _list_of(text: str | None) -> list[Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise BadInputError(f"Expected office hours as JSON, but {cause}") from cause
    if not isinstance(found, list):
        raise BadInputError(f"Expected a JSON list of office hours, but got {text[:60]!r}")
    return found


def _row(values: dict[str, Any]) -> str:
    return "  ".join(
        name
        if value is True
        else ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value)
        for name, value in values.items()
        if value is not None and value is not False and value != []
    )

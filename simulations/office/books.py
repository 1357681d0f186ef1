"""What an agency's books say for a simulation: its history, its diagrams, its officers."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.cases.tables import case
from engine.catalog.diagram import read_diagram
from engine.catalog.tables import procedure, procedure_version
from engine.errors import OfficeError
from engine.journal.tables import journal
from engine.staff.tables import absence, officer, officer_role, unit
from simulations.calibrating.history import CaseSample, History, StepSample
from simulations.compiling.flattening import tables_of
from simulations.compiling.tables import DiagramTable, Kind
from simulations.office.model import OfficeProcedure, OfficeStaff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

HISTORY_DAYS = 365
"""Days of the journal that durations, arrivals and shares are fitted to."""
_TYPES = (
    "CaseReceived",
    "StepCompleted",
    "StepTakenBack",
    "GatewayTaken",
    "SupplementReceived",
    "PaymentConfirmed",
    "CaseWithdrawn",
    "CaseRefused",
    "CaseFinished",
)
_PAGE = 20_000


def office_history(
    db: Connection, *, agency: str | None, since: datetime, until: datetime
) -> History:
    """What the journal says of an agency's cases between two instants, in order."""
    history = History(since=since, until=until)
    reader = _Reader(history)
    columns = (
        journal.c.sequence,
        journal.c.stream,
        journal.c.type,
        journal.c.at,
        journal.c.data,
        case.c.procedure_code,
        case.c.received_at,
        case.c.finished_at,
        case.c.channel,
    )
    rows = (
        select(*columns)
        .join(case, case.c.number == journal.c.stream)
        .where(journal.c.type.in_(_TYPES), journal.c.at >= since, journal.c.at <= until)
        .order_by(journal.c.sequence)
        .limit(_PAGE)
    )
    if agency is not None:
        rows = rows.where(case.c.agency_code == agency)
    last = 0
    while True:
        page = db.execute(rows.where(journal.c.sequence > last)).all()
        for row in page:
            reader.take(row, json.loads(row.data))
        if len(page) < _PAGE:
            break
        last = page[-1].sequence
    if history.cases:
        # A young office has no empty days before its first case.
        history.since = max(history.since, min(each.arrived_at for each in history.cases))
    return history


class _Reader:
    def __init__(self, history: History) -> None:
        self._history = history
        # Ways taken since the last finished step: with the step they are taken back.
        self._since: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)

    def take(self, row: Any, data: dict[str, Any]) -> None:
        """One entry of the journal."""
        history, procedure = self._history, row.procedure_code
        match row.type:
            case "CaseReceived":
                history.cases.append(
                    CaseSample(
                        name=row.stream,
                        procedure=procedure,
                        arrived_at=row.received_at or row.at,
                        ended_at=row.finished_at,
                        online=row.channel == "online",
                    )
                )
            case "StepCompleted":
                self._since[row.stream] = []
                history.steps.append(
                    StepSample(
                        case=row.stream,
                        procedure=procedure,
                        step=data["step"],
                        role=data.get("role") or "",
                        officer=data["officer"],
                        enabled_at=_instant(data["created_at"]),
                        started_at=_instant(data["started_at"]) if "started_at" in data else None,
                        ended_at=row.at,
                    )
                )
            case "StepTakenBack":
                self._annul(row.stream, data["step"])
                for way, gateway, flow in self._since.pop(row.stream, []):
                    history.ways[way, gateway][flow] -= 1
            case "GatewayTaken":
                history.ways[procedure, data["gateway"]][data["flow"]] += 1
                self._since[row.stream].append((procedure, data["gateway"], data["flow"]))
            case "SupplementReceived" | "PaymentConfirmed":
                kind = "supplement" if row.type == "SupplementReceived" else "payment"
                waited = (row.at - _instant(data["requested_at"])).total_seconds()
                history.waits[procedure, kind].append(max(waited, 0.0))
            case "CaseWithdrawn" | "CaseRefused" if row.received_at is not None:
                message = (
                    procedure,
                    "rut_ho_so" if row.type == "CaseWithdrawn" else "tu_choi",
                )
                history.interruptions[message] += 1
                after = (row.at - row.received_at).total_seconds()
                history.interrupted_after[message].append(max(after, 0.0))
            case _:
                pass

    def _annul(self, number: str, step: str) -> None:
        """A step that was taken back was not finished."""
        steps = self._history.steps
        for place in range(len(steps) - 1, -1, -1):
            if (steps[place].case, steps[place].step) == (number, step):
                del steps[place]
                return


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def key_of(code: str, version_id: int, limit: str, policy: str) -> str:
    """What tells procedures of a scenario apart."""
    return f"{code}@{version_id} {limit} {policy}"


def procedures_of(
    db: Connection,
    wanted: Mapping[str, tuple[int, str, str, str]],
    history: History,
    today: date,
    folder: Path,
) -> tuple[list[OfficeProcedure], dict[int, str]]:
    """The wanted (version, code, limit, policy) as diagrams; versions refused, and why."""
    current: dict[str, int] = {}
    coming = {each.procedure for each in history.cases}
    rows = db.execute(
        select(
            procedure_version.c.id,
            procedure_version.c.procedure_code,
            procedure_version.c.bpmn,
            procedure.c.name,
            procedure_version.c.effective_on,
        )
        .join(procedure, procedure.c.code == procedure_version.c.procedure_code)
        .order_by(procedure_version.c.effective_on, procedure_version.c.number)
    ).all()
    versions = {row.id: row for row in rows}
    for row in rows:
        if row.effective_on <= today and row.procedure_code in coming:
            current[row.procedure_code] = row.id
    followed: dict[str, str] = {}
    for key, (version_id, code, _, _) in wanted.items():
        # New dossiers follow the newest version, with the limit most of its cases have.
        if current.get(code) == version_id:
            followed.setdefault(code, key)
    specs: list[OfficeProcedure] = []
    refused: dict[int, str] = {}
    tables: dict[int, DiagramTable] = {}
    for key, (version_id, code, limit, policy) in sorted(wanted.items()):
        row = versions[version_id]
        if version_id not in tables and version_id not in refused:
            try:
                tables[version_id] = tables_of(read_diagram(row.bpmn), None)
            except OfficeError as refusal:
                refused[version_id] = refusal.message
                continue
            (folder / f"v{version_id}.bpmn").write_bytes(row.bpmn)
        if version_id in refused:
            continue
        specs.append(
            OfficeProcedure(
                key=key,
                code=code,
                name=row.name,
                diagram=f"v{version_id}.bpmn",
                process_id=None,
                limit=limit,
                policy=policy,
                table=tables[version_id],
                in_force=followed.get(code) == key,
            )
        )
    return specs, refused


def staff_of(
    db: Connection, agency: str, today: date, specs: Sequence[OfficeProcedure]
) -> list[OfficeStaff]:
    """Officers by what they may do and when they are away; deputies are not counted twice."""
    needed = {node.role for spec in specs for node in spec.table.nodes if node.kind is Kind.TASK}
    roles: dict[str, set[str]] = {}
    for row in db.execute(
        select(officer.c.code, officer_role.c.role)
        .join(officer_role, officer_role.c.officer_code == officer.c.code)
        .join(unit, unit.c.code == officer.c.unit_code)
        .where(
            unit.c.agency_code == agency,
            officer.c.active_from <= today,
            officer.c.active_to.is_(None) | (officer.c.active_to >= today),
            officer_role.c.valid_from <= today,
            officer_role.c.valid_to.is_(None) | (officer_role.c.valid_to >= today),
        )
    ):
        if row.role in needed:
            roles.setdefault(row.code, set()).add(row.role)
    away: dict[str, list[tuple[date, date]]] = {}
    for gone in db.execute(
        select(absence.c.officer_code, absence.c.first_on, absence.c.last_on)
        .where(absence.c.last_on >= today)
        .order_by(absence.c.first_on)
    ):
        away.setdefault(gone.officer_code, []).append((gone.first_on, gone.last_on))
    alike: dict[tuple[Any, ...], int] = {}
    for code, own in roles.items():
        key = (tuple(sorted(own)), tuple(away.get(code, ())))
        alike[key] = alike.get(key, 0) + 1
    return [OfficeStaff(roles=key[0], count=n, leave=key[1]) for key, n in sorted(alike.items())]


def newest_cases(
    db: Connection, agency: str, history: History
) -> dict[str, tuple[int, str, str, str]]:
    """What the newest case of each procedure follows: (version, code, limit, pause policy)."""
    newest: dict[str, tuple[int, str, str, str]] = {}
    for row in db.execute(
        select(case.c.version_id, case.c.procedure_code, case.c.limit_text, case.c.pause_policy)
        .where(
            case.c.agency_code == agency,
            case.c.received_at >= history.since,
            case.c.received_at <= history.until,
        )
        .order_by(case.c.received_at, case.c.id)
    ):
        newest[row.procedure_code] = (
            row.version_id, row.procedure_code, row.limit_text, row.pause_policy,
        )  # fmt: skip
    return {
        key_of(code, version, limit, policy): (version, code, limit, policy)
        for version, code, limit, policy in newest.values()
    }

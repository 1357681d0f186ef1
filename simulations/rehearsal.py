"""What is rehearsed on the desk's pages: a shipped scenario, or the office as its books know it.

An office's scenario has every procedure that had cases, because they compete for the same people;
changes of work and arrivals are made to the chosen procedure alone. What the books do not tell is
an assumption in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.catalog.diagram import read_diagram
from engine.catalog.proposals import Proposal
from engine.catalog.regime import default_pause_policy, regime_on
from engine.catalog.versions import ProcedureUnknownError, version_in_force
from engine.clock import office_date
from engine.sla.limit import Limit
from engine.staff.queries import agency_by_code, office_time_of
from simulations.compiling.flattening import tables_of
from simulations.errors import ScenarioError
from simulations.inputs.changes import CutTime, RemoveStaff, ScaleArrivals
from simulations.inputs.scenario import Arrivals, Group, Scenario, Window
from simulations.inputs.scenario_file import load_scenario
from simulations.office.books import (
    HISTORY_DAYS,
    key_of,
    newest_cases,
    office_history,
    procedures_of,
    staff_of,
)
from simulations.office.model import (
    MANY,
    OUTSIDE,
    OfficePicture,
    OfficeProcedure,
    scenario_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.catalog.drafts import Draft
    from engine.clock import Clock

SHIPPED = Path(__file__).resolve().parent / "scenarios"
ASSUMED_PER_DAY = 3.0
"""Dossiers a working day of a procedure nobody has asked for yet."""
WARM_UP_DAYS = 28
MOST_CASES = 300_000
"""Dossiers of one replication, on average."""
MOST_CASE_RUNS = 6_000_000
"""Dossiers of all replications together: some minutes of two cores."""


@dataclass(frozen=True)
class Rehearsed:
    """What is run: a scenario, beside its base when something is changed."""

    scenario: Scenario
    base: Scenario | None
    focus: str | None
    """The procedure the question is about; None: the whole set."""


def shipped(name: str, overlay: str = "") -> Rehearsed:
    """A scenario file that comes with the program, or an overlay of it beside it.

    Raises:
        ScenarioError: there is no such file.
    """
    base = load_scenario(_file(name))
    if not overlay:
        return Rehearsed(base, None, None)
    return Rehearsed(load_scenario(_file(overlay)), base, None)


def _file(name: str) -> Path:
    path = SHIPPED / f"{name}.yaml"
    if path.parent != SHIPPED or not path.is_file():
        raise ScenarioError(f"Expected a scenario that comes with the program, but got {name!r}")
    return path


def office_rehearsal(
    db: Connection,
    clock: Clock,
    *,
    agency: str,
    code: str | None,
    drawn: Draft | Proposal | None,
    folder: Path,
    weeks: int,
    per_day: float | None,
    seed: int,
) -> Rehearsed:
    """The office from today on: all it does, or one procedure beside the rest.

    What is `drawn` and not in force is set beside the version that is, when there is one.
    `per_day` dossiers of the procedure come on a working day; None: as many as came, or an assumed
    few.

    Raises:
        ScenarioError: nothing can be rehearsed. ProcedureUnknownError,
        NotSimulatedError: the diagram draws what the tables cannot express.
    """
    today = office_date(clock.now())
    now = clock.now()
    history = office_history(db, agency=agency, since=now - timedelta(days=HISTORY_DAYS), until=now)
    wanted = newest_cases(db, agency, history)
    focus: str | None = None
    drafted: OfficeProcedure | None = None
    if code is not None:
        try:
            version = version_in_force(db, code, today)
        except ProcedureUnknownError:
            if drawn is None:
                raise
        else:
            policy = version.meta.get("pause_policy") or default_pause_policy(regime_on(today))
            focus = key_of(code, version.id, str(version.limit), str(policy))
            wanted = {key: each for key, each in wanted.items() if each[1] != code}
            wanted[focus] = (version.id, code, str(version.limit), str(policy))
        if drawn is not None:
            # The same key as the version in force: both then meet the same random numbers.
            drafted = _drafted(drawn, code, today, folder, key=focus or f"{code} bản thảo")
    specs, refused = procedures_of(db, wanted, history, today, folder)
    notes = [f"Không diễn tập: {why}" for why in refused.values()]
    own = next((each for each in specs if each.key == focus), None)
    if focus is not None and own is None and drafted is None:
        raise ScenarioError(
            f"Expected a diagram that can be simulated, but {next(iter(refused.values()))}",
            procedure=code,
        )
    if not specs and drafted is None:
        raise ScenarioError(
            f"Expected cases received at {agency} to rehearse the whole office, but there are none",
            agency=agency,
        )
    rest = [each for each in specs if each.key != focus]
    window = _window(db, agency, today, weeks)

    def scenario_with(spec: OfficeProcedure | None) -> Scenario:
        chosen = [*rest, replace(spec, in_force=True)] if spec is not None else rest
        picture = OfficePicture(
            agency=agency,
            level=agency_by_code(db, agency).level,
            office=office_time_of(db, agency),
            procedures=chosen,
            staff=staff_of(db, agency, today, chosen),
            notes=list(notes),
        )
        made = scenario_of(picture, history, window, seed=seed, about=_about(picture, today, weeks))
        made = made.model_copy(update={"folder": folder})
        return made if spec is None else _arriving(made, spec.key, per_day)

    if drafted is None:
        return Rehearsed(scenario_with(own), None, focus)
    base = scenario_with(own) if own is not None else None
    name = f"{called(drawn)} {drafted.code}"
    other = scenario_with(drafted).model_copy(update={"name": name, "changes_made": (name,)})
    return Rehearsed(other, base, drafted.key)


def called(drawn: Draft | Proposal | None) -> str:
    """How a diagram that is not in force is named in results."""
    return f"Đề nghị số {drawn.id} của" if isinstance(drawn, Proposal) else "Bản thảo"


def _drafted(
    found: Draft | Proposal, code: str, today: date, folder: Path, *, key: str
) -> OfficeProcedure:
    limit = found.meta.get("committed_limit") or found.meta.get("limit")
    if not limit:
        raise ScenarioError(
            f"Expected the draft of {code} to say its limit, but it does not", procedure=code
        )
    policy = str(found.meta.get("pause_policy") or default_pause_policy(regime_on(today)))
    (folder / "draft.bpmn").write_bytes(found.bpmn)
    amount = str(Limit.parse(str(limit)))
    return OfficeProcedure(
        key=key,
        code=code,
        name=str(found.meta.get("name") or code),
        diagram="draft.bpmn",
        process_id=None,
        limit=amount,
        policy=policy,
        table=tables_of(read_diagram(found.bpmn), None),
        in_force=True,
    )


def _window(db: Connection, agency: str, today: date, weeks: int) -> Window:
    years = [each.year for each in office_time_of(db, agency).calendar.years]
    last = min(today + timedelta(weeks=weeks), date(max(years), 12, 31))
    first = max(today, date(min(years), 1, 1))
    warm_up = min(WARM_UP_DAYS, (first - date(min(years), 1, 1)).days)
    return Window(first_on=first, last_on=last, warm_up_days=warm_up)


def _about(picture: OfficePicture, today: date, weeks: int) -> str:
    count = len(picture.procedures)
    return f"{count} thủ tục của {picture.agency}, {weeks} tuần từ {today:%d/%m/%Y}"


def _arriving(scenario: Scenario, key: str, per_day: float | None) -> Scenario:
    procedure = scenario.procedure(key)
    if procedure is None:
        return scenario
    seen = procedure.arrivals.per_working_day
    note = None
    if per_day is None and not seen:
        per_day = ASSUMED_PER_DAY
        note = f"{key}: chưa có hồ sơ nào trong sổ, giả định {per_day:g} hồ sơ mỗi ngày làm việc"
    if per_day is None:
        return scenario
    arrivals = (
        procedure.arrivals.model_copy(update={"per_working_day": per_day})
        if seen
        else Arrivals(per_working_day=per_day)
    )
    changed = procedure.model_copy(update={"arrivals": arrivals})
    return scenario.model_copy(
        update={
            "procedures": tuple(
                changed if each.key == key else each for each in scenario.procedures
            ),
            "assumptions": (*scenario.assumptions, *([note] if note else [])),
        }
    )


# -- changes -----------------------------------------------------------------------


def with_changes(
    asked: Rehearsed,
    *,
    time_cut_percent: float = 0.0,
    arrivals_percent: float = 100.0,
    staff: Mapping[str, int] | None = None,
    names: Mapping[str, str] | None = None,
) -> Rehearsed:
    """What is asked with changes made, beside what it was without them.

    `staff`: a group's key or a role → people more (or fewer); `names`: roles in words. Legal: R61

    Raises:
        ScenarioError: there is no such group or role, or fewer people than are taken away.
    """
    scenario = asked.scenario
    if time_cut_percent:
        cut = CutTime(percent=time_cut_percent, procedure=asked.focus)
        words = f"Cắt giảm {_vn(time_cut_percent)} % thời gian làm việc của mọi bước{_whose(asked)}"
        scenario = _said(cut.apply(scenario), words)
    if arrivals_percent != 100.0:  # noqa: PLR2004 (as many as before)
        more = ScaleArrivals(factor=arrivals_percent / 100.0, procedure=asked.focus)
        words = f"Số hồ sơ bằng {_vn(arrivals_percent)} % hiện nay{_whose(asked)}"
        scenario = _said(more.apply(scenario), words)
    for key, count in (staff or {}).items():
        if count:
            group = scenario.group(key)
            name = (names or {}).get(key) or (group.name if group else "") or key
            words = f"{'Thêm' if count > 0 else 'Bớt'} {abs(count)} người: {name}"
            scenario = _said(_people(scenario, key, count), words)
    if scenario is asked.scenario:
        return asked
    name = f"{asked.scenario.name}, thay đổi"
    base = asked.base or asked.scenario
    return Rehearsed(scenario.model_copy(update={"name": name}), base, asked.focus)


def _people(scenario: Scenario, key: str, count: int) -> Scenario:
    holders = [
        each
        for each in scenario.staff
        if each.key == key or (key in each.roles and each.key != OUTSIDE)
    ]
    if not holders:
        raise ScenarioError(f"Expected a group or role of the staff, but got {key!r}", key="staff")
    if count > 0:
        own = next((each for each in holders if each.key == key), None)
        added = (
            own.model_copy(update={"count": own.count + count})
            if own is not None
            else Group(key=f"+{count} {key}"[:80], count=count, roles=(key,))
        )
        staff = tuple(added if each is own else each for each in scenario.staff)
        if own is None:
            staff = (*staff, added)
        return scenario.model_copy(update={"staff": staff})
    left = -count
    # Those who do nothing else go first: taking them away changes the least beside the question.
    for each in sorted(holders, key=lambda group: (group.key != key, len(group.roles))):
        gone = min(left, each.count if each.count < MANY else 0)
        if gone:
            scenario = RemoveStaff(group=each.key, count=gone).apply(scenario)
            left -= gone
    if left:
        raise ScenarioError(
            f"Expected at least {-count} people in {key!r}, but there are {-count - left}",
            key="staff",
        )
    return scenario


def _said(scenario: Scenario, words: str) -> Scenario:
    return scenario.model_copy(update={"changes_made": (*scenario.changes_made, words)})


def _whose(asked: Rehearsed) -> str:
    procedure = asked.scenario.procedure(asked.focus) if asked.focus else None
    return f" của thủ tục {procedure.name or procedure.key}" if procedure is not None else ""


def _vn(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def cases_expected(scenario: Scenario) -> float:
    """Dossiers of one replication, about: to refuse what would take hours."""
    days = (scenario.window.last_on - scenario.window.first_on).days + 1
    days += scenario.window.warm_up_days
    found = 0.0
    for each in scenario.procedures:
        arrivals = each.arrivals
        if arrivals.total is not None:
            found += arrivals.total
        else:
            most = max([1.0, *(peak.factor for peak in arrivals.peaks)])
            found += (arrivals.per_working_day or 0.0) * days * most
    return found


def check_size(scenario: Scenario, replications: int) -> None:
    """Refuse what would take hours.

    Raises:
        ScenarioError: it says how many dossiers it would be.
    """
    each = cases_expected(scenario)
    if each > MOST_CASES or each * replications > MOST_CASE_RUNS:
        raise ScenarioError(
            f"Expected at most {MOST_CASES} dossiers a replication and {MOST_CASE_RUNS} in all, but"
            f" this would be {each:.0f} times {replications}",
            cases=round(each),
        )

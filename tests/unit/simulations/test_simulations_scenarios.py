"""Scenario files: what cannot be is refused in one line; what is changed is changed as said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from simulation_builders import Drawing, minutes, one_queue, prepared, random_drawing, scenario_of

from engine.errors import OfficeError
from engine.sla.calendar import CalendarYearMissingError
from simulations.compiling.model import compile_model
from simulations.errors import NotSimulatedError, OverloadError, RunStoppedError, ScenarioError
from simulations.experiment import check_load
from simulations.findings.figures import figures_of
from simulations.inputs.changes import (
    AddStaff,
    Change,
    CutLimits,
    CutTime,
    MergeUnits,
    MoveStaff,
    RemoveStaff,
    Retrain,
    ScaleArrivals,
    SetSigning,
    SwitchOnTheSpot,
    changed,
)
from simulations.inputs.scenario import Duration, Group, Scenario, Window
from simulations.inputs.scenario_file import base_of, compiled_error, load_scenario
from simulations.inputs.scenario_schema import schema
from simulations.layout import (
    BEGUN,
    CANCELLED,
    COMPLETED,
    ENDED_AT,
    N_ROLE,
    N_WORK,
    OPENED,
)
from simulations.run import play

SCENARIOS = Path(__file__).parents[3] / "simulations" / "scenarios"
BPMN = SCENARIOS.parents[1] / "bpmn" / "procedures" / "2.001610" / "2.001610.bpmn"

SOUND = f"""name: thử
window: {{first_on: 2026-03-02, last_on: 2026-03-31}}
procedures:
  - key: p
    diagram: {BPMN}
    arrivals: {{per_working_day: 5}}
    default_duration: {{value_minutes: 10}}
    shares: {{du_dieu_kien: {{f_du_dieu_kien__gui_phieu_bo_sung: 0.1}}}}
    waits: {{cho_bo_sung: {{value_days: 2}}}}
staff:
  - {{key: a, count: 3, roles: [mot_cua, chuyen_vien]}}
  - {{key: b, count: 2, roles: [truong_phong, van_thu, lanh_dao]}}
"""


def play_file(path: Path) -> None:
    try:
        scenario = load_scenario(path)
        model, cases = prepared(scenario, 1)
        check_load(model, figures_of(model, cases, play(model, cases, reference=True), 1))
    except OfficeError as error:
        raise compiled_error(error, path) from error


def refusal(tmp_path: Path, text: str) -> OfficeError:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OfficeError) as caught:
        play_file(path)
    assert "\n" not in caught.value.message
    return caught.value


def test_the_sound_scenario_of_these_tests_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SOUND, encoding="utf-8")
    model, cases = prepared(load_scenario(path), 1)
    assert (play(model, cases, reference=True).cases[:, ENDED_AT] >= 0).sum() > 50


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("key: p\n", "key: p\n    steps: {xyz: {}}\n", 5, "'xyz'"),
        ("count: 3", "count: -3", 11, "greater than or equal to 0"),
        ("{value_minutes: 10}", "{value_minutes: -10}", 7, "greater than or equal to 0"),
        ("{value_minutes: 10}", "{mean_minutes: 10}", 7, "fixed needs value"),
        ("[mot_cua, chuyen_vien]", "[mot_cua]", 10, "'chuyen_vien'"),
        ("gui_phieu_bo_sung: 0.1", "gui_phieu_bo_sung: 1.4", 8, "less than or equal to 1"),
        ("gui_phieu_bo_sung: 0.1", "khong_co: 0.1", 8, "khong_co"),
        ("name: thử", "name: thử\nnope: 1", 2, "known key"),
        ("last_on: 2026-03-31", "last_on: 2026-02-01", 2, "not before"),
        ("{value_days: 2}", "{value_days: soon}", 9, "valid number"),
        (f"diagram: {BPMN}", "diagram: nirgends.bpmn", 5, "cannot be read"),
        ("key: b", "key: a", 1, "twice"),
        ("per_working_day: 5", "per_working_day: 5, total: 7", 6, "either"),
        ("name: thử", "name: thử\nname: thử", 2, "twice"),
        ("name: thử", "name: [", 3, "YAML"),
        ("  - {key: a,", "  - {key: a, hours: ['9-5'],", 11, "07:00-11:30"),
    ],
)
def test_a_bad_scenario_is_refused_in_one_line_with_file_line_and_key(
    tmp_path: Path, before: str, after: str, line: int, words: str
) -> None:
    assert before in SOUND
    error = refusal(tmp_path, SOUND.replace(before, after, 1))
    assert words in error.message
    assert f"line {line}" in error.message, error.message
    assert error.message.startswith("Expected")


def test_overload_without_end_is_refused_and_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, SOUND.replace("per_working_day: 5", "per_working_day: 500"))
    assert isinstance(error, OverloadError)
    assert "% of their time" in error.message


def test_a_year_without_a_calendar_is_refused_and_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, SOUND.replace("2026-03", "2031-03"))
    assert isinstance(error, CalendarYearMissingError)
    assert "2031" in error.message


def test_a_run_that_outlives_the_calendars_is_refused(tmp_path: Path) -> None:
    text = SOUND.replace(
        "first_on: 2026-03-02, last_on: 2026-03-31",
        "first_on: 2027-12-01, last_on: 2027-12-31, run_out: true",
    )
    error = refusal(tmp_path, text)
    assert isinstance(error, CalendarYearMissingError)
    assert "2028" in error.message


def test_a_loop_without_end_is_stopped_and_named(tmp_path: Path) -> None:
    drawing = Drawing()
    start, entry = drawing.element("startEvent"), drawing.element("exclusiveGateway")
    gate, step, end = (
        drawing.element("exclusiveGateway"),
        drawing.task("a"),
        drawing.element("endEvent"),
    )
    drawing.flow(start, entry)
    drawing.flow(entry, step)
    drawing.flow(step, gate)
    again = drawing.flow(gate, entry, "x == 1")
    out = drawing.flow(gate, end, "x == 2")
    drawing.shares = {gate: {again: 1.0, out: 0.0}}
    made = scenario_of(drawing, tmp_path, per_working_day=1)
    procedure = made.procedures[0]
    steps = {
        k: v.model_copy(update={"duration": minutes(0, None), "delay": None})
        for k, v in procedure.steps.items()
    }
    made = made.model_copy(update={"procedures": (procedure.model_copy(update={"steps": steps}),)})
    model, cases = prepared(made, 1)
    with pytest.raises(RunStoppedError, match="goes round without one"):
        play(model, cases, reference=True)


def test_what_the_tables_cannot_express_is_refused_by_name(tmp_path: Path) -> None:
    drawing = random_drawing(1)
    text = (
        drawing.xml()
        .decode()
        .replace(
            "</userTask>",
            "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
            "</multiInstanceLoopCharacteristics></userTask>",
            1,
        )
    )
    made = scenario_of(drawing, tmp_path)
    (tmp_path / "drawing.bpmn").write_text(text)
    with pytest.raises(NotSimulatedError, match="are not simulated") as caught:
        compile_model(made)
    assert caught.value.details["element"] in text


def test_the_json_schema_describes_every_key() -> None:
    text = json.dumps(schema())
    for key in ("per_working_day", "mean_minutes", "pause_policy", "on_the_spot", "leave"):
        assert key in text


def small(tmp_path: Path) -> Scenario:
    return scenario_of(random_drawing(5), tmp_path, seed=5)


def test_a_scenario_without_change_differs_by_exactly_nothing(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    again = changed(scenario, Change(cut_time=CutTime(percent=0)))
    one, two = (prepared(each, 4) for each in (scenario, again))
    assert np.array_equal(play(*one, reference=True).cases, play(*two, reference=True).cases)


def test_r61_a_cut_of_time_cuts_every_drawn_work_by_that_share(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    cut = changed(scenario, Change(cut_time=CutTime(percent=30)))
    before = [each.duration.mean_seconds for each in scenario.procedures[0].steps.values()]
    after = [each.duration.mean_seconds for each in cut.procedures[0].steps.values()]
    assert after == pytest.approx([each * 0.7 for each in before])
    assert cut.changes_made == ("Cắt giảm 30 % thời gian làm việc của mọi bước",)


def test_staff_is_added_removed_moved_and_retrained(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    made = changed(
        scenario,
        Change(add_staff=AddStaff(group="a", count=2)),
        Change(remove_staff=RemoveStaff(group="b")),
        Change(move_staff=MoveStaff(group="a", to="b", count=1)),
        Change(retrain=Retrain(group="c", roles=("a",))),
    )
    assert {each.key: each.count for each in made.staff} == {
        "ab": 1,
        "a": 3,
        "b": 2,
        "c": 1,
        "c+a": 1,
    }
    assert made.group("c+a").roles == ("c", "b", "a")
    with pytest.raises(ScenarioError, match="at least 9"):
        changed(scenario, Change(remove_staff=RemoveStaff(group="b", count=9)))
    with pytest.raises(ScenarioError, match="'zz'"):
        changed(scenario, Change(add_staff=AddStaff(group="zz")))


def test_merged_units_share_one_queue(tmp_path: Path) -> None:
    made = changed(small(tmp_path), Change(merge_units=MergeUnits(roles=("b", "c"), into="bc")))
    model, cases = prepared(made, 2)
    assert set(model.roles) == {"a", "bc"}
    assert (play(model, cases, reference=True).cases[:, ENDED_AT] >= 0).any()


def test_limits_are_cut_and_never_below_one_unit(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    procedure = scenario.procedures[0].model_copy(update={"limit": "10wd"})
    scenario = scenario.model_copy(update={"procedures": (procedure,)})
    cut = changed(scenario, Change(cut_limits=CutLimits(percent=30)))
    assert cut.procedures[0].limit == "7wd"
    assert changed(scenario, Change(cut_limits=CutLimits(percent=99))).procedures[0].limit == "1wd"


def test_signing_in_batches_begins_at_the_hours_of_signing_only(tmp_path: Path) -> None:
    made = changed(small(tmp_path), Change(signing=SetSigning(role="c", at=("10:00", "15:30"))))
    model, cases = prepared(made, 2)
    found = play(model, cases, trace=True, reference=True)
    role, opened, begun = model.roles.index("c"), {}, 0
    for second, _, what, node, serial, _ in found.log.tolist():
        if what == OPENED:
            opened[serial] = second
        elif what == BEGUN and model.flow.nodes[node, N_ROLE] == role:
            place = np.searchsorted(model.times.signing_at, opened[serial])
            assert model.times.signing_at[place] <= second
            begun += 1
    assert begun > 5


def test_more_arrivals_leave_the_dossiers_that_came_before_as_they_are(tmp_path: Path) -> None:
    """Common random numbers: a dossier keeps its work when others come beside it."""
    scenario = small(tmp_path)
    more = changed(
        scenario,
        Change(
            scale_arrivals=ScaleArrivals(
                factor=2, first_on=date(2026, 2, 20), last_on=date(2026, 2, 27)
            )
        ),
    )
    _, one = prepared(scenario, 3)
    _, two = prepared(more, 3)
    early = one.at < (18 + 10) * 86_400
    assert set(one.key[early].tolist()) <= set(two.key.tolist())
    assert len(two.at) > len(one.at)


def test_the_switch_of_5_tai_cho_needs_a_scenario_that_has_it(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="on_the_spot"):
        changed(small(tmp_path), Change(on_the_spot=SwitchOnTheSpot(enabled=True)))


def test_every_shipped_scenario_loads_and_says_what_it_assumes() -> None:
    files = sorted(SCENARIOS.glob("*.yaml"))
    assert len(files) >= 5
    for path in files:
        scenario = load_scenario(path)
        assert scenario.assumptions
        assert (base_of(path) is None) == (not scenario.changes_made)
        compile_model(scenario)


# -- the two faults of other simulators ---------------------------------------------


def test_a_mornings_only_clerk_does_not_keep_afternoon_files_waiting(tmp_path: Path) -> None:
    """A file that comes in the afternoon goes to the one who is there, whoever is longer free."""
    scenario = one_queue(tmp_path, servers=1, mean_minutes=20, load=0.1, days=40).model_copy(
        update={
            "staff": (
                Group(key="sang", count=1, roles=("r",), hours=("07:00-11:30",)),
                Group(key="ca", count=1, roles=("r",)),
            ),
            "window": Window(first_on=date(2026, 3, 2), last_on=date(2026, 4, 24)),
        }
    )
    procedure = scenario.procedures[0]
    arrivals = procedure.arrivals.model_copy(update={"every_day": False, "per_working_day": 9.0})
    procedure = procedure.model_copy(update={"arrivals": arrivals})
    model, cases = prepared(scenario.model_copy(update={"procedures": (procedure,)}), 1)
    found = play(model, cases, reference=True)
    done = found.cases[:, ENDED_AT]
    afternoon = (cases.at % 86_400 > 13.6 * 3600) & (cases.at % 86_400 < 15 * 3600) & (done >= 0)
    next_day = done // 86_400 > cases.at // 86_400
    assert afternoon.sum() > 60
    assert next_day[afternoon].mean() < 0.05
    assert found.idle_beside_queue == 0


def test_no_file_waits_beside_an_idle_qualified_person_on_shift(tmp_path: Path) -> None:
    """Seen from the log alone: at every beginning of work nobody fitting was idle before."""
    for number in range(6):
        model, cases = prepared(scenario_of(random_drawing(number), tmp_path, seed=number), 1)
        found = play(model, cases, trace=True, reference=True)
        assert waits_beside_idle(model, found.log.tolist()) == 0


def waits_beside_idle(model, log) -> int:
    """Replays who works when, and looks at each waiting step every time something changes."""
    people, groups = model.people, model.people.groups
    working: dict[int, int] = {}
    waiting: dict[int, tuple[int, int]] = {}
    wrong = 0
    times = sorted({row[0] for row in log})
    rows = iter(log)
    row = next(rows, None)
    for t in times:
        while row is not None and row[0] == t:
            _, _, what, node, serial, person = row
            if what == OPENED and model.flow.nodes[node, N_WORK + 1] < 0:
                waiting[serial] = (node, t)
            elif what == BEGUN:
                waiting.pop(serial, None)
                working[serial] = person
            elif what in {COMPLETED, CANCELLED}:
                waiting.pop(serial, None)
                working.pop(serial, None)
            row = next(rows, None)
        busy = set(working.values())
        for node, _ in waiting.values():
            role = model.flow.nodes[node, N_ROLE]
            for person, group in enumerate(people.group_of):
                own = people.lists[groups[group, 3] : groups[group, 4]]
                if person not in busy and role in own and on_shift(model, groups[group, 2], t):
                    wrong += 1
    return wrong


def on_shift(model, calendar: int, t: int) -> bool:
    k = int(model.people.shift_first[calendar, t // 86_400])
    while model.people.shifts[k, 1] <= t:
        k += 1
    return bool(model.people.shifts[k, 0] <= t)


def test_an_exact_total_of_dossiers_is_exact(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    procedure = scenario.procedures[0]
    arrivals = procedure.arrivals.model_copy(update={"per_working_day": None, "total": 321})
    made = scenario.model_copy(
        update={"procedures": (procedure.model_copy(update={"arrivals": arrivals}),)}
    )
    for seed in range(3):
        assert len(prepared(made, seed)[1].at) == 321


def test_durations_have_the_means_they_say() -> None:
    from simulations.draws import DrawsBuilder, amount

    builder = DrawsBuilder()
    kinds = [
        Duration(distribution="lognormal", mean_minutes=30, cv=0.9),
        Duration(distribution="gamma", mean_minutes=30, cv=0.7),
        Duration(distribution="exponential", mean_minutes=30),
        Duration(distribution="uniform", low_minutes=10, high_minutes=50),
        Duration(distribution="triangular", low_minutes=10, mode_minutes=20, high_minutes=60),
        Duration(distribution="quantiles", quantiles_minutes=(10, 20, 30, 50)),
        Duration(value_minutes=30, scale=0.5),
    ]
    numbers = [each.add_to(builder) for each in kinds]
    draws = builder.arrays()
    steps = (np.arange(20_000) + 0.5) / 20_000
    for kind, number in zip(kinds, numbers, strict=True):
        mean = np.mean([amount(draws.rows[number], draws.values, float(u)) for u in steps])
        assert mean == pytest.approx(kind.mean_seconds, rel=0.003), kind

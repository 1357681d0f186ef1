"""The smallest staff and the shortest limits that keep a rate; replications elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from simulations.calibrating.discovery import discover
from simulations.calibrating.log_diagram import diagram_of
from simulations.cluster import HAS_DASK, ClusterError, mapped_on, parcel_of, run_parcel
from simulations.inputs.scenario import Arrivals, Duration, Group, Procedure, Scenario, Step, Window
from simulations.run import Summary
from simulations.staffing import (
    Wanted,
    _Runs,
    look_of,
    on_threads,
    search_limits,
    search_staff,
    with_counts,
)

WANTED = Wanted(rate=0.95, confidence=0.95, budget=3000)


def office(folder: Path, *, examiners: int, signers: int, limit: str = "2wd") -> Scenario:
    (folder / "d.bpmn").write_bytes(diagram_of(discover([("examine", "sign")]).tree).bpmn)
    return Scenario(
        name="tiny",
        window=Window(first_on=date(2026, 3, 2), last_on=date(2026, 4, 10), warm_up_days=14),
        procedures=(
            Procedure(
                key="P",
                diagram="d.bpmn",
                limit=limit,
                arrivals=Arrivals(per_working_day=40),
                steps={
                    "b01": Step(
                        duration=Duration(distribution="exponential", mean_minutes=30), role="A"
                    ),
                    "b02": Step(
                        duration=Duration(distribution="exponential", mean_minutes=5), role="S"
                    ),
                },
            ),
        ),
        staff=(
            Group(key="examiners", count=examiners, roles=("A",)),
            Group(key="signers", count=signers, roles=("S",)),
        ),
        allow_overload=True,
    ).model_copy(update={"folder": folder})


def keeps(scenario: Scenario, counts: dict[str, int]) -> bool:
    look, _ = _Runs(WANTED, None, None).look(with_counts(scenario, counts), "")
    return look.keeps(WANTED)


@pytest.mark.parametrize(("examiners", "signers"), [(9, 4), (2, 1)])
def test_the_smallest_staff_keeps_the_rate_and_one_fewer_does_not(
    tmp_path: Path, examiners: int, signers: int
) -> None:
    scenario = office(tmp_path, examiners=examiners, signers=signers)
    found = search_staff(scenario, WANTED)
    assert found.kept
    assert found.finished
    assert found.values["signers"] == 1
    assert keeps(scenario, found.values)
    fewer = {**found.values, "examiners": found.values["examiners"] - 1}
    assert not keeps(scenario, fewer)


def test_the_shortest_limit_keeps_the_rate_and_a_day_less_does_not(tmp_path: Path) -> None:
    scenario = office(tmp_path, examiners=3, signers=1, limit="12wd")
    found = search_limits(scenario, WANTED)
    assert found.kept
    assert found.finished
    days = int(found.values["P"].removesuffix("wd"))
    assert days < 12
    if days > 1:
        shorter = office(tmp_path, examiners=3, signers=1, limit=f"{days - 1}wd")
        assert not keeps(shorter, {"examiners": 3, "signers": 1})


def test_the_budget_is_never_passed_and_an_unfinished_search_says_so(tmp_path: Path) -> None:
    scenario = office(tmp_path, examiners=9, signers=4)
    found = search_staff(scenario, Wanted(rate=0.95, confidence=0.95, budget=20))
    assert found.spent <= 20
    assert not found.finished
    hopeless = search_staff(
        office(tmp_path, examiners=1, signers=1), Wanted(rate=0.95, confidence=0.95, budget=10)
    )
    assert not hopeless.kept


def test_progress_tells_how_much_of_the_budget_is_spent(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    search_staff(
        office(tmp_path, examiners=5, signers=1),
        Wanted(rate=0.95, confidence=0.95, budget=100),
        progress=lambda _what, spent, of: told.append((spent, of)),
    )
    assert told
    assert [spent for spent, _ in told] == sorted(spent for spent, _ in told)
    assert {of for _, of in told} == {100}


@dataclass(frozen=True)
class Counted:
    """The columns a look reads."""

    early: int
    on_time: int
    late: int


def test_the_lower_bound_is_below_the_true_rate_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    below = 0
    experiments = 600
    for _ in range(experiments):
        # Late cases in clumps: each replication has a rate of its own around 97 %.
        rates = random.beta(97, 3, 20)
        late = random.binomial(1000, 1 - rates)
        look = look_of([Counted(0, 1000 - int(n), int(n)) for n in late], 0.95)
        below += look.low <= 0.97
    assert 0.92 <= below / experiments <= 0.99


def test_no_late_case_is_no_certainty() -> None:
    look = look_of([Counted(0, 100, 0)] * 10, 0.95)
    assert look.rate == 1.0
    assert look.low < 1.0


def elsewhere(scenario: Scenario, seeds: Sequence[int]) -> Sequence[Summary]:
    parcel = parcel_of(scenario)
    return [run_parcel(parcel, seed) for seed in reversed(seeds)][::-1]


def test_replications_elsewhere_give_the_same_figures(tmp_path: Path) -> None:
    scenario = office(tmp_path, examiners=4, signers=1)
    here, there = on_threads(scenario, [3, 4]), elsewhere(scenario, [3, 4])
    for one, other in zip(here, there, strict=True):
        assert one.runs[0].cases == other.runs[0].cases
        assert one.runs[0].lead_mean == other.runs[0].lead_mean
    assert search_staff(scenario, WANTED).values == (
        search_staff(scenario, WANTED, mapped=elsewhere).values
    )


if HAS_DASK:

    def test_a_local_cluster_gives_the_same_figures(tmp_path: Path) -> None:
        from distributed import LocalCluster

        scenario = office(tmp_path, examiners=4, signers=1)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            there = mapped_on(cluster.scheduler_address)(scenario, [3, 4, 5])
        here = on_threads(scenario, [3, 4, 5])
        assert [each.runs[0].cases for each in there] == [each.runs[0].cases for each in here]

    def test_a_scheduler_that_does_not_answer_is_one_refusal() -> None:
        with pytest.raises(ClusterError, match="Expected a dask scheduler"):
            mapped_on("tcp://127.0.0.1:9")

else:

    def test_without_the_extra_other_machines_are_refused() -> None:
        with pytest.raises(ClusterError, match=r"motcua\[cluster\]"):
            mapped_on("tcp://127.0.0.1:8786")

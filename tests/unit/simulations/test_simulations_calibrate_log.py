"""Calibration from logs of other systems, held against the part it has not seen.

The two real logs are not part of the project and lie beside it; the same proofs are made on a log
written here by an office that is known.
"""

from __future__ import annotations

import csv
import heapq
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.errors import OfficeError
from engine.reports.observed.table import csv_cases
from simulations.calibrating.calibrate import calibrate_log
from simulations.calibrating.log_scenario import fit_log, validate_log, wasserstein
from simulations.calibrating.observed_log import lead_hours, observed_log

DELAY_MINUTES = 45
EARLY = datetime.fromisoformat("2000-01-01T00:00")


def written(path: Path, *, cases: int = 1000, starts: bool = True) -> Path:
    """A log of two examiners and one signer, with a hidden delay before signing."""
    chance = random.Random(5)
    rows = []
    free = {"A1": EARLY, "A2": EARLY, "S": EARLY}
    queue: list[tuple[datetime, int, str]] = []
    on = datetime.fromisoformat("2024-01-08T08:00")
    for number in range(cases):
        on += timedelta(minutes=chance.expovariate(1 / 50))
        if on.hour >= 16:
            on = (on + timedelta(days=3 if on.weekday() == 4 else 1)).replace(hour=8, minute=0)
        heapq.heappush(queue, (on, number, "examine"))
    while queue:
        at, number, step = heapq.heappop(queue)
        who = "S" if step == "sign" else min(("A1", "A2"), key=lambda p: free[p])
        start = inside(max(at, free[who]))
        mean = 12 if step == "sign" else 40
        end = worked(start, chance.expovariate(1 / mean))
        free[who] = end
        rows.append((number, step, who, start, end))
        if step == "examine":
            again = chance.random() < 0.2
            wait = 0 if again else DELAY_MINUTES
            name = "examine" if again else "sign"
            heapq.heappush(queue, (end + timedelta(minutes=wait), number, name))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "activity", "resource", "start_time", "end_time"])
        for number, step, who, start, end in rows:
            writer.writerow(
                [number, step, who, start.isoformat() if starts else "", end.isoformat()]
            )
    return path


def inside(at: datetime) -> datetime:
    while at.weekday() > 4 or at.hour >= 16:
        at = (at + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    return at.replace(hour=8, minute=0, second=0, microsecond=0) if at.hour < 8 else at


def worked(start: datetime, minutes: float) -> datetime:
    left = timedelta(minutes=minutes)
    while True:
        closing = start.replace(hour=16, minute=0, second=0, microsecond=0)
        if start + left <= closing:
            return start + left
        left -= closing - start
        start = inside(closing)


def test_hours_people_work_and_the_hidden_delay_are_found(tmp_path: Path) -> None:
    log = observed_log(csv_cases(written(tmp_path / "log.csv")))
    found = fit_log(log, name="x", diagram_file="x.bpmn", folder=tmp_path)
    pools = {tuple(sorted(g.name.split(", "))): g for g in found.scenario.staff}
    assert set(pools) == {("A1", "A2"), ("S",)}
    assert pools["A1", "A2"].count == 2
    for group in pools.values():
        assert group.hours == ("08:00-16:00",)
        assert group.weekdays == ("mon", "tue", "wed", "thu", "fri")
    assert found.fits["sign"]["delay_mean_minutes"] == pytest.approx(DELAY_MINUTES, rel=0.05)
    assert found.fits["examine"]["delay"] is None
    assert found.fits["examine"]["work_mean_minutes"] == pytest.approx(40, rel=0.1)


def test_a_known_office_is_met_on_the_half_not_seen(tmp_path: Path) -> None:
    log = observed_log(csv_cases(written(tmp_path / "log.csv", cases=3000)))
    found = validate_log(log, tmp_path)
    assert abs(found.simulated_lead_mean - found.lead_mean) <= max(
        0.05 * found.lead_mean, found.lead_mean_error
    )
    assert found.cycle_time <= 2 * found.cycle_time_floor
    assert found.validated, found.reasons


def test_without_the_hidden_delay_it_would_say_not_validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulations.calibrating.log_scenario.SHORTEST_DELAY_SECONDS", 1e9)
    found = validate_log(observed_log(csv_cases(written(tmp_path / "log.csv"))), tmp_path)
    assert not found.validated


def test_the_written_scenario_is_read_again_and_a_second_writing_refused(tmp_path: Path) -> None:
    from simulations.compiling.model import compile_model
    from simulations.inputs.scenario_file import load_scenario

    log, out = written(tmp_path / "log.csv", cases=200), tmp_path / "made.yaml"
    document = calibrate_log(log, out)
    assert document["validation"]["held_out"] == 100
    scenario = load_scenario(out)
    assert compile_model(scenario).roles
    before = out.read_bytes()
    with pytest.raises(OfficeError, match="Expected a new file"):
        calibrate_log(log, out)
    assert out.read_bytes() == before


def test_a_log_without_starts_is_never_called_validated(tmp_path: Path) -> None:
    log = written(tmp_path / "log.csv", cases=200, starts=False)
    document = calibrate_log(log, tmp_path / "made.yaml")
    assert not document["has_starts"]
    assert not document["validated"]


def test_a_clock_changed_by_an_hour_inside_a_log_is_put_right(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv")
    lines = path.read_text().splitlines()
    hour = timedelta(hours=1)
    changed = [lines[0]]
    for line in lines[1:]:
        *head, start, end = line.split(",")
        moved = [datetime.fromisoformat(each) for each in (start, end)]
        if moved[0] >= datetime.fromisoformat("2024-02-12T00:00"):
            moved = [each + hour for each in moved]
        changed.append(",".join([*head, *(each.isoformat() for each in moved)]))
    path.write_text("\n".join(changed))
    log = observed_log(csv_cases(path))
    assert any("đổi +1 giờ" in note for note in log.notes)
    found = fit_log(log, name="x", diagram_file="x.bpmn", folder=tmp_path)
    assert {group.hours for group in found.scenario.staff} == {("08:00-16:00",)}


def test_a_broken_log_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("case_id,activity\n1,a\n")
    with pytest.raises(OfficeError, match="Expected"):
        calibrate_log(tmp_path / "log.csv", tmp_path / "made.yaml")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["log.csv"]


def test_the_distance_is_the_area_between_the_distribution_functions() -> None:
    assert wasserstein(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0.0
    assert wasserstein(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == pytest.approx(2.0)
    from scipy.stats import wasserstein_distance

    a, b = np.random.default_rng(1).gamma(2, 3, 300), np.random.default_rng(2).gamma(3, 2, 170)
    assert wasserstein(a, b) == pytest.approx(wasserstein_distance(a, b))


def published(first: Any, second: Any, *, minutes: int) -> float:
    """The cycle-time distance of the published package, in hours; it counts in whole bins."""
    from log_distance_measures.config import EventLogIDs
    from log_distance_measures.cycle_time_distribution import cycle_time_distribution_distance

    ids = EventLogIDs(case="case", start_time="start", end_time="end")
    begin = pd.Timestamp("2024-01-08T08:00")
    logs = [
        pd.DataFrame(
            {
                "case": range(len(hours)),
                "start": begin,
                "end": begin + pd.to_timedelta(hours, unit="h"),
            }
        )
        for hours in (first, second)
    ]
    distance = cycle_time_distribution_distance(
        logs[0], ids, logs[1], ids, bin_size=timedelta(minutes=minutes)
    )
    return float(distance) * minutes / 60


def test_our_cycle_time_distance_is_that_of_the_published_package(tmp_path: Path) -> None:
    log = observed_log(csv_cases(written(tmp_path / "log.csv", cases=600)))
    first, second = lead_hours(log.part(0, 300)), lead_hours(log.part(300, 600))
    assert wasserstein(first, second) > 0.1
    assert wasserstein(first, second) == pytest.approx(
        published(first, second, minutes=1), abs=1 / 60
    )


# -- the two real logs ---------------------------------------------------------------

LOGS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "logs"


def shared(name: str) -> Path:
    file = LOGS / name
    assert file.exists(), f"{file} is not there: put shared/data beside the project"
    return file


def test_loan_applications_are_met_on_the_half_not_seen(tmp_path: Path) -> None:
    log = observed_log(csv_cases(shared("LoanApp_simplified_train.csv.gz")))
    found = validate_log(log, tmp_path)
    assert abs(found.simulated_lead_mean - found.lead_mean) <= max(
        0.05 * found.lead_mean, found.lead_mean_error
    )
    assert found.cycle_time <= 2 * found.cycle_time_in_time
    assert found.validated
    seen, held = log.part(0, len(log.cases) // 2), log.part(len(log.cases) // 2, len(log.cases))
    floor = published(lead_hours(seen), lead_hours(held), minutes=1)
    assert found.cycle_time_in_time == pytest.approx(floor, abs=1 / 60)
    fits = fit_log(log, name="x", diagram_file="x.bpmn", folder=tmp_path).fits
    hidden = {name for name, each in fits.items() if each["delay"]}
    assert hidden == {"Approve application", "Cancel application", "Reject application"}
    assert all(fits[n]["delay_mean_minutes"] == pytest.approx(60, rel=0.01) for n in hidden)
    assert lead_hours(log).mean() == pytest.approx(12.47, abs=0.01)


def test_the_receipt_phase_is_imported_and_never_called_validated(tmp_path: Path) -> None:
    document = calibrate_log(shared("receipt.xes.gz"), tmp_path / "receipt.yaml")
    assert (document["cases"], document["events"]) == (1434, 8577)
    assert not document["validated"]
    assert any("giờ bắt đầu" in each for each in document["assumptions"])

"""What a scenario file may say: typed, units in the names, nothing unknown is passed over."""

from __future__ import annotations

import math
import re
from datetime import date  # noqa: TC003 (pydantic needs it at run time)
from itertools import pairwise
from pathlib import Path  # noqa: TC003 (pydantic needs it at run time)
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulations.draws import (
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    TABLE,
    TRIANGULAR,
    UNIFORM,
    DrawsBuilder,
)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
_CLOSE = 1e-9
GAMMA_POINTS = 2049
"""Quantiles kept of a gamma distribution."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Share = Annotated[float, Field(strict=True, ge=0.0, le=1.0)]
Positive = Annotated[float, Field(strict=True, gt=0.0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(strict=True, ge=0.0, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
"""True or false, and nothing that could be taken for it."""
Key = Annotated[str, Field(min_length=1, max_length=80)]
LimitText = Annotated[str, Field(pattern=r"^(same-day|\d{1,7}([.,]\d{1,4})?(wd|wh|wm|d|mo))$")]


class Part(BaseModel):
    """A part of a scenario: immutable, and every key it has is named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_UNITS = {"minutes": MINUTE, "hours": HOUR, "days": DAY}


class Duration(Part):
    """An amount of time that varies. Which keys it needs follows from `distribution`."""

    distribution: Literal[
        "fixed", "uniform", "exponential", "lognormal", "gamma", "triangular", "quantiles"
    ] = "fixed"
    value_minutes: NotNegative | None = None
    value_hours: NotNegative | None = None
    value_days: NotNegative | None = None
    mean_minutes: NotNegative | None = None
    mean_hours: NotNegative | None = None
    mean_days: NotNegative | None = None
    low_minutes: NotNegative | None = None
    low_hours: NotNegative | None = None
    low_days: NotNegative | None = None
    mode_minutes: NotNegative | None = None
    mode_hours: NotNegative | None = None
    mode_days: NotNegative | None = None
    high_minutes: NotNegative | None = None
    high_hours: NotNegative | None = None
    high_days: NotNegative | None = None
    quantiles_minutes: tuple[NotNegative, ...] | None = None
    """At equally spaced probabilities from 0 to 1."""
    quantiles_hours: tuple[NotNegative, ...] | None = None
    cv: NotNegative | None = None
    """Standard deviation over mean."""
    scale: NotNegative = 1.0
    """A factor on everything drawn: 0.9 is 10 % less."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needs = {
            "fixed": {"value"},
            "uniform": {"low", "high"},
            "exponential": {"mean"},
            "lognormal": {"mean", "cv"},
            "gamma": {"mean", "cv"},
            "triangular": {"low", "mode", "high"},
            "quantiles": {"quantiles"},
        }[self.distribution]
        given = {
            name.rpartition("_")[0] or name
            for name in type(self).model_fields
            if name not in {"distribution", "scale"} and getattr(self, name) is not None
        }
        if given != needs:
            raise ValueError(
                f"{self.distribution} needs {', '.join(sorted(needs))} with a unit such as"
                f" _minutes, and got {', '.join(sorted(given)) or 'nothing'}"
            )
        if self.cv == 0 and self.distribution in {"lognormal", "gamma"}:
            raise ValueError("cv is above 0; without variation use fixed")
        if self.distribution == "quantiles":
            values = self.seconds_list()
            if len(values) <= 1 or any(b < a for a, b in pairwise(values)):
                raise ValueError("quantiles rise, and there are at least two")
        if self.distribution in {"uniform", "triangular"}:
            edges = [self.seconds(n) for n in ("low", "mode", "high") if n in needs]
            if sorted(edges) != edges or edges[0] == edges[-1]:
                raise ValueError("low, mode and high rise")
        return self

    def seconds(self, name: str) -> float:
        """A value in seconds, from whichever unit it is given in; the sum of several."""
        found = [
            value * factor
            for unit, factor in _UNITS.items()
            if (value := getattr(self, f"{name}_{unit}", None)) is not None
        ]
        return math.fsum(found)

    def seconds_list(self) -> list[float]:
        """The quantiles in seconds."""
        if self.quantiles_hours is not None:
            return [each * HOUR for each in self.quantiles_hours]
        return [each * MINUTE for each in self.quantiles_minutes or ()]

    def scaled(self, factor: float) -> Duration:
        """The same, everything times a factor."""
        return self.model_copy(update={"scale": self.scale * factor})

    @property
    def mean_seconds(self) -> float:
        """The expected value."""
        return self._mean() * self.scale

    def _mean(self) -> float:
        match self.distribution:
            case "fixed":
                return self.seconds("value")
            case "uniform":
                return (self.seconds("low") + self.seconds("high")) / 2
            case "triangular":
                return (self.seconds("low") + self.seconds("mode") + self.seconds("high")) / 3
            case "quantiles":
                values = self.seconds_list()
                return (math.fsum(values) - (values[0] + values[-1]) / 2) / (len(values) - 1)
            case _:
                return self.seconds("mean")

    def add_to(self, draws: DrawsBuilder) -> int:
        """The number of this distribution in the tables."""
        mean = self._mean()
        match self.distribution:
            case "fixed":
                return draws.add(FIXED, mean, scale=self.scale, mean=mean)
            case "uniform":
                return draws.add(
                    UNIFORM,
                    self.seconds("low"),
                    self.seconds("high"),
                    scale=self.scale,
                    mean=mean,
                )
            case "exponential":
                return draws.add(EXPONENTIAL, mean, scale=self.scale, mean=mean)
            case "lognormal":
                if mean == 0:
                    return draws.add(FIXED, 0.0, mean=0.0)
                spread = math.log1p((self.cv or 0.0) ** 2)
                return draws.add(
                    LOGNORMAL,
                    math.log(mean) - spread / 2,
                    math.sqrt(spread),
                    scale=self.scale,
                    mean=mean,
                )
            case "triangular":
                return draws.add(
                    TRIANGULAR,
                    self.seconds("low"),
                    self.seconds("high"),
                    self.seconds("mode"),
                    scale=self.scale,
                    mean=mean,
                )
            case "gamma":
                values = _gamma_quantiles(mean, self.cv or 1.0)
                return draws.add(TABLE, 0.0, scale=self.scale, mean=mean, values=values)
            case _:
                return draws.add(
                    TABLE, 0.0, scale=self.scale, mean=mean, values=self.seconds_list()
                )


def _gamma_quantiles(mean: float, cv: float) -> list[float]:
    from scipy.special import gammaincinv  # noqa: PLC0415 (a second to import, seldom needed)

    shape = 1.0 / cv**2
    steps = (np.arange(GAMMA_POINTS) + 0.0) / (GAMMA_POINTS - 1)
    steps[-1] = 1.0 - 0.25 / (GAMMA_POINTS - 1)
    values = gammaincinv(shape, steps) * mean / shape
    # The cut tail is given back, so that the mean is kept exactly.
    area = (values.sum() - (values[0] + values[-1]) / 2) / (GAMMA_POINTS - 1)
    return [float(each) for each in values * (mean / area)]


class Window(Part):
    """The dates that are measured, both inclusive. Before them the office warms up unmeasured."""

    first_on: date
    last_on: date
    warm_up_days: Annotated[int, Field(strict=True, ge=0, le=3660)] = 0
    run_out: Flag = False
    """Whether to go on after the last date until every dossier is finished."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.last_on < self.first_on:
            raise ValueError(f"last_on {self.last_on} is not before first_on {self.first_on}")
        return self


class Peak(Part):
    """Dates with more or fewer arrivals than usual."""

    first_on: date
    last_on: date
    factor: NotNegative


class Arrivals(Part):
    """How many dossiers are accepted, and when. Either a rate or a total for the window."""

    per_working_day: NotNegative | None = None
    total: Annotated[int, Field(strict=True, ge=0, le=100_000_000)] | None = None
    """Exactly so many in the whole time simulated; each draws its day and hour by itself."""
    months: dict[Annotated[int, Field(ge=1, le=12)], NotNegative] = {}
    """Factors; 1 where nothing is said."""
    weekdays: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], NotNegative] = {}
    hours: dict[Annotated[int, Field(ge=0, le=23)], NotNegative] = {}
    """Weights by hour of the day; without them evenly over the office hours."""
    peaks: tuple[Peak, ...] = ()
    dispersion: Annotated[float, Field(strict=True, ge=1.0, le=1000.0)] = 1.0
    """Variance of a day's number over its mean; 1 is Poisson, more is negative binomial."""
    spacing: Literal["random", "even"] = "random"
    """Even: nearly the same number every day, at even distances, as by appointment."""
    every_day: Flag = False
    """Whether days off have arrivals too, and the clock round."""
    online_share: Share = 0.0

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.per_working_day is None) == (self.total is None):
            raise ValueError("give either per_working_day or total")
        if self.hours and not any(self.hours.values()):
            raise ValueError("an hour of the day has a weight above 0")
        return self


class CaseClass(Part):
    """A kind of dossier with shares and priority of its own."""

    name: Key
    share: Share
    priority: Annotated[int, Field(strict=True, ge=0, le=15)] = 0
    """Lower goes first under the rule `class`."""


class Step(Part):
    """What a step takes. Work is in the officer's working time, delays in real time."""

    duration: Duration | None = None
    duration_by_class: dict[Key, Duration] = {}
    delay: Duration | None = None
    """Time that neither queue nor calendar explains, before the step can be taken up."""
    role: Key | None = None
    limit: LimitText | None = None


class Interruption(Part):
    """An event that comes from outside for a share of the dossiers: a refusal, a withdrawal."""

    share: Share
    after: Duration
    """Real time after the event begins to be waited for, moved into office hours."""
    outcome: Literal["refused", "withdrawn", "other"] = "other"


class Procedure(Part):
    """A procedure as it is rehearsed: a diagram with arrivals, work and shares."""

    key: Key
    name: str = ""
    diagram: str
    """The .bpmn file, relative to the scenario file."""
    process_id: str | None = None
    field: str = ""
    arrivals: Arrivals
    limit: LimitText | None = None
    pause_policy: Literal["RESTART", "PAUSE_WD", "PAUSE_CALENDAR"] | None = None
    roles: dict[Key, Key] = {}
    """Role of the diagram → role of the staff."""
    classes: tuple[CaseClass, ...] = (CaseClass(name="all", share=1.0),)
    steps: dict[Key, Step] = {}
    default_duration: Duration | None = None
    """For steps that are not named."""
    work_share_of_limit: Share | None = None
    """Else: the mean work of a step as a share of its allotted time, with `work_cv`."""
    work_cv: Positive = 1.0
    shares: dict[Key, dict[Key, Share | dict[Key, Share]]] = {}
    """Gateway → way → share, or class → share."""
    waits: dict[Key, Duration] = {}
    """Waiting event → the applicant's (or another's) real time."""
    interruptions: dict[Key, Interruption] = {}
    limits: dict[Key, LimitText] = {}
    """Named limit → amount, for those the diagram gives none."""
    on_the_spot: Flag = False
    """Whether it is on the list of "5 tại chỗ"."""
    fee_dong: NotNegative = 0.0
    trips: NotNegative = 2.0
    """Journeys of the applicant, for the compliance cost."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        names = [each.name for each in self.classes]
        if len(set(names)) != len(names):
            raise ValueError("classes have names of their own")
        if self.classes and abs(math.fsum(each.share for each in self.classes) - 1.0) > _CLOSE:
            raise ValueError("the shares of the classes add up to 1")
        if not self.classes:
            raise ValueError("there is at least one class")
        return self


class Leave(Part):
    """Days on which some people of a group are away."""

    first_on: date
    last_on: date
    people: Annotated[int, Field(strict=True, ge=1)] = 1


class Group(Part):
    """Officers who are alike: same roles, same hours."""

    key: Key
    name: str = ""
    count: Annotated[int, Field(strict=True, ge=0, le=100_000)]
    roles: tuple[Key, ...]
    hours: Literal["office", "always"] | tuple[str, ...] = "office"
    """Stretches such as "07:00-11:30" on working days; else as the office, or the clock round."""
    weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] | None = None
    """Only on these days of the week."""
    leave: tuple[Leave, ...] = ()
    speed: Positive = 1.0
    """Work done in an hour, against the durations of the steps."""
    available_share: Annotated[float, Field(strict=True, gt=0.0, le=1.0)] = 1.0
    """The part of working time that is not taken by other duties."""
    dong_per_hour: NotNegative = 0.0


class OnTheSpot(Part):
    """The "5 tại chỗ" switch: examining, approving and sealing move to the centre.

    Legal: R64
    """

    enabled: Flag = True
    role: Key
    """The role at the centre that does the moved steps."""
    kinds: tuple[str, ...] = ("examine", "assign", "draft", "sign", "seal")
    removed: tuple[str, ...] = ("other",)
    """Kinds of steps that only hand the file on: they take no time at the centre."""


class Costs(Part):
    """What time costs, for the comparison of procedures (R62, R63)."""

    applicant_dong_per_hour: NotNegative = 0.0
    hours_per_trip: NotNegative = 0.0
    dong_per_trip: NotNegative = 0.0


class Signing(Part):
    """Steps of a role that are done in batches: files wait for the next hour of signing."""

    role: Key
    at: tuple[Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], ...]
    """Hours on every working day."""


class Precision(Part):
    """How often to repeat, and when to stop."""

    replications: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 30
    most_replications: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 300
    half_width_percent: Positive | None = None
    """Go on until the interval of the on-time rate is this narrow (percentage points)."""
    confidence: Annotated[float, Field(strict=True, gt=0.5, lt=1.0)] = 0.95


class Scenario(Part):
    """Everything a rehearsal needs. `folder` is where relative paths start."""

    name: str
    about: str = ""
    sources: tuple[str, ...] = ()
    """What is taken from where."""
    assumptions: tuple[str, ...] = ()
    """What no source says, each in a sentence."""
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = 1
    window: Window
    agency: str = "DIỄN-TẬP"
    level: str = "tỉnh"
    office_hours: tuple[str, ...] | None = None
    """Stretches of every working day; by default 07:00-11:30 and 13:30-17:00."""
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1)]
    staff: Annotated[tuple[Group, ...], Field(min_length=1)]
    priority: Literal["first_come", "due_date", "class", "class_then_due_date"] = "first_come"
    signing: tuple[Signing, ...] = ()
    on_the_spot: OnTheSpot | None = None
    costs: Costs = Costs()
    precision: Precision = Precision()
    allow_overload: Flag = False
    changes_made: tuple[str, ...] = ()
    """What overlays changed, in their order."""
    folder: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _has_no_twins(self) -> Self:
        for what, keys in (
            ("procedures", [each.key for each in self.procedures]),
            ("staff", [each.key for each in self.staff]),
        ):
            twice = {key for key in keys if keys.count(key) > 1}
            if twice:
                raise ValueError(f"{what} have keys of their own, and {min(twice)!r} is twice")
        return self

    def procedure(self, key: str) -> Procedure | None:
        """The procedure of a key."""
        return next((each for each in self.procedures if each.key == key), None)

    def group(self, key: str) -> Group | None:
        """The staff group of a key."""
        return next((each for each in self.staff if each.key == key), None)


STRETCH = re.compile(r"^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$", re.ASCII)

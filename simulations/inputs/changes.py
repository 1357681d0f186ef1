"""What an overlay may change: each change makes a new scenario and says in words what it did."""

from __future__ import annotations

from datetime import date  # noqa: TC003 (pydantic needs it at run time)
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from engine.sla.limit import CountingRule, Limit
from simulations.errors import ScenarioError
from simulations.inputs.scenario import (
    CaseClass,
    Duration,
    Flag,
    Group,
    Key,
    LimitText,
    NotNegative,
    Part,
    Peak,
    Procedure,
    Scenario,
    Signing,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Percent = Annotated[float, Field(strict=True, ge=0.0, lt=100.0)]


class CutTime(Part):
    """Work takes less: of all steps, of one procedure, or of one step. Legal: R61"""

    percent: Percent
    procedure: Key | None = None
    step: Key | None = None
    kinds: tuple[str, ...] = ()

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with shorter work."""
        factor = 1.0 - self.percent / 100.0
        if self.procedure is not None:
            _procedure(scenario, self.procedure)
        return scenario.model_copy(
            update={
                "procedures": tuple(
                    self._cut(each, factor) if self.procedure in {None, each.key} else each
                    for each in scenario.procedures
                )
            }
        )

    def _cut(self, procedure: Procedure, factor: float) -> Procedure:
        if self.step is None:
            return procedure.model_copy(
                update={
                    "steps": {k: _cut_step(v, factor) for k, v in procedure.steps.items()},
                    "default_duration": procedure.default_duration.scaled(factor)
                    if procedure.default_duration
                    else None,
                    "work_share_of_limit": None
                    if procedure.work_share_of_limit is None
                    else procedure.work_share_of_limit * factor,
                }
            )
        step = procedure.steps.get(self.step)
        if step is None:
            raise ScenarioError(
                f"Expected a step of '{procedure.key}' with a duration of its own, but"
                f" '{self.step}' is none",
                key=f"procedures.{procedure.key}.steps.{self.step}",
            )
        return procedure.model_copy(
            update={"steps": {**procedure.steps, self.step: _cut_step(step, factor)}}
        )

    def in_words(self) -> str:
        """For people."""
        what = "mọi bước"
        if self.step:
            what = f"bước {self.step}"
        elif self.procedure:
            what = f"thủ tục {self.procedure}"
        return f"Cắt giảm {_vn(self.percent)} % thời gian làm việc của {what}"


def _cut_step(step: Step, factor: float) -> Step:
    return step.model_copy(
        update={
            "duration": step.duration.scaled(factor) if step.duration else None,
            "duration_by_class": {k: v.scaled(factor) for k, v in step.duration_by_class.items()},
        }
    )


class CutDelays(Part):
    """The time nobody can explain gets shorter."""

    percent: Annotated[float, Field(strict=True, ge=0.0, le=100.0)]

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with shorter delays."""
        factor = 1.0 - self.percent / 100.0
        return _each_step(
            scenario,
            lambda step: step.model_copy(
                update={"delay": step.delay.scaled(factor) if step.delay else None}
            ),
        )

    def in_words(self) -> str:
        """For people."""
        return f"Giảm {_vn(self.percent)} % thời gian chậm trễ không rõ nguyên nhân"


class CutLimits(Part):
    """Limits get shorter by a share, rounded up to whole units."""

    percent: Percent
    procedure: Key | None = None

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with shorter limits."""
        found = []
        for each in scenario.procedures:
            if self.procedure not in {None, each.key}:
                found.append(each)
                continue
            if each.limit is None:
                raise ScenarioError(
                    f"Expected '{each.key}' to give its limit in the scenario, so that it can be"
                    " cut, but it does not",
                    key=f"procedures.{each.key}.limit",
                )
            limit = Limit.parse(each.limit)
            if limit.rule is CountingRule.SAME_DAY:
                found.append(each)
                continue
            units = -(-int(limit.amount * 1000) * (1000 - round(self.percent * 10)) // 1_000_000)
            found.append(each.model_copy(update={"limit": f"{max(units, 1)}{limit.rule}"}))
        return scenario.model_copy(update={"procedures": tuple(found)})

    def in_words(self) -> str:
        """For people."""
        return f"Rút ngắn {_vn(self.percent)} % thời hạn giải quyết" + (
            f" của {self.procedure}" if self.procedure else ""
        )


class SetLimit(Part):
    """Another limit for a procedure."""

    procedure: Key
    limit: LimitText

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with that limit."""
        found = _procedure(scenario, self.procedure)
        return _with_procedure(scenario, found.model_copy(update={"limit": self.limit}))

    def in_words(self) -> str:
        """For people."""
        return f"Thời hạn của {self.procedure}: {Limit.parse(self.limit).in_vietnamese()}"


class AddStaff(Part):
    """More people in a group."""

    group: Key
    count: Annotated[int, Field(strict=True, ge=1)] = 1

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with more people."""
        found = _group(scenario, self.group)
        return _with_group(scenario, found.model_copy(update={"count": found.count + self.count}))

    def in_words(self) -> str:
        """For people."""
        return f"Thêm {self.count} người vào nhóm {self.group}"


class RemoveStaff(Part):
    """Fewer people in a group."""

    group: Key
    count: Annotated[int, Field(strict=True, ge=1)] = 1

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with fewer people."""
        found = _enough(scenario, self.group, self.count)
        return _with_group(scenario, found.model_copy(update={"count": found.count - self.count}))

    def in_words(self) -> str:
        """For people."""
        return f"Bớt {self.count} người ở nhóm {self.group}"


class MoveStaff(Part):
    """People of one group become people of another."""

    group: Key
    to: Key
    count: Annotated[int, Field(strict=True, ge=1)] = 1

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario after the move."""
        target = _group(scenario, self.to)
        found = _enough(scenario, self.group, self.count)
        scenario = _with_group(
            scenario, found.model_copy(update={"count": found.count - self.count})
        )
        return _with_group(scenario, target.model_copy(update={"count": target.count + self.count}))

    def in_words(self) -> str:
        """For people."""
        return f"Chuyển {self.count} người từ nhóm {self.group} sang nhóm {self.to}"


class Retrain(Part):
    """Some people of a group learn more roles; they become a group of their own."""

    group: Key
    count: Annotated[int, Field(strict=True, ge=1)] = 1
    roles: Annotated[tuple[Key, ...], Field(min_length=1)]
    """What they learn; they keep what they know."""

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with people of more roles."""
        found = _enough(scenario, self.group, self.count)
        trained = found.model_copy(
            update={
                "key": f"{found.key}+{'+'.join(self.roles)}",
                "count": self.count,
                "roles": (*found.roles, *(r for r in self.roles if r not in found.roles)),
                "leave": (),
            }
        )
        rest = found.model_copy(update={"count": found.count - self.count})
        scenario = _with_group(scenario, rest)
        return _checked(scenario, {"staff": (*scenario.staff, trained)})

    def in_words(self) -> str:
        """For people."""
        return f"Đào tạo {self.count} người nhóm {self.group} làm thêm {', '.join(self.roles)}"


class SwitchOnTheSpot(Part):
    """The "5 tại chỗ" on or off. Legal: R64"""

    enabled: Flag

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the switch set."""
        if scenario.on_the_spot is None:
            raise ScenarioError(
                "Expected on_the_spot in the scenario to switch, but there is none",
                key="on_the_spot",
            )
        switch = scenario.on_the_spot.model_copy(update={"enabled": self.enabled})
        return scenario.model_copy(update={"on_the_spot": switch})

    def in_words(self) -> str:
        """For people."""
        return f"“5 tại chỗ”: {'áp dụng' if self.enabled else 'không áp dụng'}"


class MergeUnits(Part):
    """Roles become one: everybody who had one of them does the work of all."""

    roles: Annotated[tuple[Key, ...], Field(min_length=2)]
    into: Key

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the merged unit."""
        known = {role for group in scenario.staff for role in group.roles}
        for role in self.roles:
            if role not in known:
                raise ScenarioError(
                    f"Expected a role of the staff to merge, but got '{role}'", key="staff"
                )

        def renamed(role: str) -> str:
            return self.into if role in self.roles else role

        staff = tuple(
            group.model_copy(
                update={"roles": tuple(dict.fromkeys(renamed(r) for r in group.roles))}
            )
            for group in scenario.staff
        )
        procedures = tuple(
            each.model_copy(
                update={
                    "roles": {
                        **dict.fromkeys(self.roles, self.into),
                        **{key: renamed(role) for key, role in each.roles.items()},
                    },
                }
            )
            for each in scenario.procedures
        )
        switch = scenario.on_the_spot
        if switch is not None:
            switch = switch.model_copy(update={"role": renamed(switch.role)})
        return scenario.model_copy(
            update={"staff": staff, "procedures": procedures, "on_the_spot": switch}
        )

    def in_words(self) -> str:
        """For people."""
        return f"Hợp nhất {', '.join(self.roles)} thành {self.into}"


class SetHours(Part):
    """Other office hours."""

    hours: Annotated[tuple[str, ...], Field(min_length=1)]

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with those hours."""
        return scenario.model_copy(update={"office_hours": self.hours})

    def in_words(self) -> str:
        """For people."""
        return f"Giờ làm việc: {', '.join(self.hours)}"


class SetSigning(Part):
    """A role signs in batches at given hours; without hours at any time."""

    role: Key
    at: tuple[Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], ...] = ()

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with those hours of signing."""
        rest = tuple(each for each in scenario.signing if each.role != self.role)
        added = (Signing(role=self.role, at=self.at),) if self.at else ()
        return scenario.model_copy(update={"signing": rest + added})

    def in_words(self) -> str:
        """For people."""
        return f"{self.role} ký theo đợt lúc {', '.join(self.at) or 'bất cứ lúc nào'}"


class ScaleArrivals(Part):
    """More or fewer dossiers, of all or one procedure, all the time or between dates."""

    factor: NotNegative
    procedure: Key | None = None
    first_on: date | None = None
    last_on: date | None = None

    @model_validator(mode="after")
    def _has_both(self) -> ScaleArrivals:
        if (self.first_on is None) != (self.last_on is None):
            raise ValueError("give both first_on and last_on, or neither")
        return self

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with other arrivals."""
        if self.procedure is not None:
            _procedure(scenario, self.procedure)
        return scenario.model_copy(
            update={
                "procedures": tuple(
                    each.model_copy(update={"arrivals": self._scaled(each.arrivals)})
                    if self.procedure in {None, each.key}
                    else each
                    for each in scenario.procedures
                )
            }
        )

    def _scaled(self, arrivals: Any) -> Any:
        if self.first_on is not None and self.last_on is not None:
            peak = Peak(first_on=self.first_on, last_on=self.last_on, factor=self.factor)
            return arrivals.model_copy(update={"peaks": (*arrivals.peaks, peak)})
        if arrivals.total is not None:
            return arrivals.model_copy(update={"total": round(arrivals.total * self.factor)})
        rate = arrivals.per_working_day * self.factor
        return arrivals.model_copy(update={"per_working_day": rate})

    def in_words(self) -> str:
        """For people."""
        when = f" từ {self.first_on} đến {self.last_on}" if self.first_on else ""
        whose = f" của {self.procedure}" if self.procedure else ""
        return f"Số hồ sơ{whose}{when} nhân {_vn(self.factor)}"


class SetPriority(Part):
    """Another order in which waiting files are taken."""

    rule: Literal["first_come", "due_date", "class", "class_then_due_date"]

    _words: ClassVar[dict[str, str]] = {
        "first_come": "đến trước làm trước",
        "due_date": "hạn sớm làm trước",
        "class": "theo loại hồ sơ",
        "class_then_due_date": "theo loại, rồi theo hạn",
    }

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with that order."""
        return scenario.model_copy(update={"priority": self.rule})

    def in_words(self) -> str:
        """For people."""
        return f"Thứ tự xử lý: {self._words[self.rule]}"


class Change(Part):
    """One change; exactly one key."""

    cut_time: CutTime | None = None
    cut_delays: CutDelays | None = None
    cut_limits: CutLimits | None = None
    set_limit: SetLimit | None = None
    add_staff: AddStaff | None = None
    remove_staff: RemoveStaff | None = None
    move_staff: MoveStaff | None = None
    retrain: Retrain | None = None
    on_the_spot: SwitchOnTheSpot | None = None
    merge_units: MergeUnits | None = None
    set_hours: SetHours | None = None
    signing: SetSigning | None = None
    scale_arrivals: ScaleArrivals | None = None
    priority: SetPriority | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Change:
        if len(self._given()) != 1:
            raise ValueError(f"one of {', '.join(type(self).model_fields)} and no other")
        return self

    def _given(self) -> list[Any]:
        return [v for name in type(self).model_fields if (v := getattr(self, name)) is not None]

    def apply(self, scenario: Scenario) -> Scenario:
        """The changed scenario, which remembers the change.

        Raises:
            ScenarioError: it names what is not there.
        """
        (change,) = self._given()
        changed: Scenario = change.apply(scenario)
        return changed.model_copy(
            update={"changes_made": (*changed.changes_made, change.in_words())}
        )


class Overlay(Part):
    """A file that changes another scenario."""

    base: str
    """The other file, relative to this one."""
    name: str
    about: str = ""
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def changed(scenario: Scenario, *changes: Change, name: str | None = None) -> Scenario:
    """A scenario with changes, in their order.

    Raises:
        ScenarioError: one names what is not there.
    """
    for change in changes:
        scenario = change.apply(scenario)
    return scenario if name is None else scenario.model_copy(update={"name": name})


def _procedure(scenario: Scenario, key: str) -> Procedure:
    found = scenario.procedure(key)
    if found is None:
        known = ", ".join(each.key for each in scenario.procedures)
        raise ScenarioError(
            f"Expected one of the procedures {known}, but got '{key}'", key="procedures"
        )
    return found


def _group(scenario: Scenario, key: str) -> Group:
    found = scenario.group(key)
    if found is None:
        known = ", ".join(each.key for each in scenario.staff)
        raise ScenarioError(
            f"Expected one of the staff groups {known}, but got '{key}'", key="staff"
        )
    return found


def _enough(scenario: Scenario, key: str, count: int) -> Group:
    found = _group(scenario, key)
    if found.count < count:
        raise ScenarioError(
            f"Expected at least {count} people in '{key}', but there are {found.count}",
            key=f"staff.{key}",
        )
    return found


def _with_group(scenario: Scenario, group: Group) -> Scenario:
    return scenario.model_copy(
        update={"staff": tuple(group if each.key == group.key else each for each in scenario.staff)}
    )


def _with_procedure(scenario: Scenario, procedure: Procedure) -> Scenario:
    return scenario.model_copy(
        update={
            "procedures": tuple(
                procedure if each.key == procedure.key else each for each in scenario.procedures
            )
        }
    )


def _checked(scenario: Scenario, update: dict[str, Any]) -> Scenario:
    made = scenario.model_copy(update=update)
    keys = [each.key for each in made.staff]
    if len(set(keys)) != len(keys):
        raise ScenarioError(f"Expected groups with keys of their own, but got {keys}", key="staff")
    return made


def _each_step(scenario: Scenario, change: Callable[[Step], Step]) -> Scenario:
    return scenario.model_copy(
        update={
            "procedures": tuple(
                each.model_copy(update={"steps": {k: change(v) for k, v in each.steps.items()}})
                for each in scenario.procedures
            )
        }
    )


def _vn(number: float) -> str:
    return f"{number:g}".replace(".", ",")


__all__ = ["CaseClass", "Change", "Duration", "Overlay", "changed"]

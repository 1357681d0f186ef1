"""What the rehearsal hall refuses: a scenario, a diagram it cannot play, a run that never ends."""

from __future__ import annotations

from typing import ClassVar

from engine.errors import OfficeError


class ScenarioError(OfficeError):
    """A scenario says something that cannot be; names file, line and key."""

    code: ClassVar[str] = "scenario_refused"


class NotSimulatedError(OfficeError):
    """A diagram draws something the tables cannot express; names the element."""

    code: ClassVar[str] = "diagram_not_simulated"


class OverloadError(OfficeError):
    """The staff of a scenario cannot do the work: its queues would grow without end."""

    code: ClassVar[str] = "overload"


class RunStoppedError(OfficeError):
    """A run cannot go on, such as steps that follow one another for ever in no time."""

    code: ClassVar[str] = "run_stopped"


class IntervalRefusedError(OfficeError):
    """Too few replications or late cases for an interval that would be true."""

    code: ClassVar[str] = "interval_refused"

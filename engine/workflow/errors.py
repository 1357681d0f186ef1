"""What can go wrong when a diagram is run; the stored state is untouched in every case."""

from __future__ import annotations

from typing import ClassVar

from engine.errors import BadInputError, OfficeError


class EngineError(OfficeError):
    """A diagram cannot go on from where it stands: no condition holds, a value is missing."""

    code: ClassVar[str] = "engine_stopped"

    def __init__(self, message: str, *, element_id: str | None = None) -> None:
        super().__init__(message, element_id=element_id)
        self.element_id = element_id


class StepBudgetError(EngineError):
    """A diagram goes round without a person: more automatic steps than one call may take."""

    code: ClassVar[str] = "step_budget_spent"


class StepNotOpenError(OfficeError):
    """Someone tried to complete a step that is not open."""

    code: ClassVar[str] = "step_not_open"

    def __init__(self, task_id: str) -> None:
        super().__init__(f"Expected an open step with id {task_id}, but there is none")


class NotWaitingError(OfficeError):
    """A message, timer or start came that nothing waits for."""

    code: ClassVar[str] = "not_waiting"


class SnapshotCorruptError(OfficeError):
    """A stored state is damaged, of another format, or belongs to another diagram."""

    code: ClassVar[str] = "snapshot_corrupt"


class DataRefusedError(BadInputError):
    """Data for a case is not made of plain JSON values with harmless names."""

    code: ClassVar[str] = "data_refused"

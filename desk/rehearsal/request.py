"""What a rehearsal on the pages may ask for, with its bounds; kept as JSON beside the run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TIME_CUT = 90.0
LEAST_ARRIVALS, MOST_ARRIVALS = 10.0, 1000.0
MOST_PER_DAY = 5000.0
MOST_PEOPLE = 100
LEAST_WEEKS, MOST_WEEKS = 2, 52
LEAST_RUNS, MOST_RUNS = 10, 200
MOST_SEED = 2**31 - 1


class Source(StrEnum):
    """Where the scenario comes from."""

    SCENARIO = "kich-ban"
    PROCEDURE = "thu-tuc"
    DRAFT = "ban-thao"
    PROPOSAL = "de-nghi"
    AGENCY = "co-quan"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is rehearsed and what is changed. Percents are of what it is without the change."""

    source: Source
    key: str = ""
    """File name of a scenario, code of a procedure, number of a proposal; nothing for an office."""
    overlay: str = ""
    time_cut_percent: float = 0.0
    arrivals_percent: float = 100.0
    arrivals_per_day: float | None = None
    staff: Mapping[str, int] = field(default_factory=dict)
    """Group or role → people more or fewer."""
    weeks: int = 12
    replications: int = 30
    seed: int = 1

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def read(cls, text: str) -> Request:
        """As it was kept."""
        given = json.loads(text)
        return cls(**given | {"source": Source(given["source"])})

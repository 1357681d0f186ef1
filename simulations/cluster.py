"""Replications on other machines by `dask.distributed`, an optional extra (`motcua[cluster]`).

A replication is pure and its summary small, so this is all there is to it: the scenario goes to
the workers as text with the diagrams it names, and summaries come back in the order of the seeds.
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import OfficeError
from simulations.inputs.scenario import Scenario
from simulations.run import Summary, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HAS_DASK = find_spec("distributed") is not None
CONNECT_SECONDS = 10


class ClusterError(OfficeError):
    """Other machines were asked for, but cannot be reached."""

    code = "cluster_unreachable"


Parcel = tuple[str, tuple[tuple[str, bytes], ...]]
"""A scenario as text, and its diagrams by name."""


def parcel_of(scenario: Scenario) -> Parcel:
    """Everything a worker needs of a scenario."""
    folder = scenario.folder or Path()
    names = sorted({each.diagram for each in scenario.procedures})
    return scenario.model_dump_json(), tuple((name, (folder / name).read_bytes()) for name in names)


def run_parcel(parcel: Parcel, seed: int) -> Summary:
    """One replication, wherever this is called."""
    return run(_unpacked(parcel), seed)


@lru_cache(maxsize=8)
def _unpacked(parcel: Parcel) -> Scenario:
    text, diagrams = parcel
    folder = Path(tempfile.mkdtemp(prefix="motcua-worker-"))
    renamed = {}
    for name, data in diagrams:
        # The name may hold folders of another machine; its content is name enough.
        renamed[name] = f"{hashlib.sha256(data).hexdigest()[:16]}.bpmn"
        (folder / renamed[name]).write_bytes(data)
    found = Scenario.model_validate_json(text)
    procedures = tuple(
        each.model_copy(update={"diagram": renamed[each.diagram]}) for each in found.procedures
    )
    return found.model_copy(update={"procedures": procedures, "folder": folder})


def mapped_on(address: str) -> Callable[[Scenario, Sequence[int]], Sequence[Summary]]:
    """A function that runs seeds of a scenario on the cluster at an address.

    Raises:
        ClusterError: the extra is not installed, or nobody answers.
    """
    if not HAS_DASK:
        raise ClusterError(
            "Expected the extra motcua[cluster] for --dask, but dask.distributed is not installed"
        )
    from distributed import Client  # noqa: PLC0415 (an optional extra)

    try:
        client: Any = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as cause:
        raise ClusterError(
            f"Expected a dask scheduler at {address}, but nobody answers", address=address
        ) from cause

    def mapped(scenario: Scenario, seeds: Sequence[int]) -> Sequence[Summary]:
        parcel = client.scatter([parcel_of(scenario)], broadcast=True, hash=False)[0]
        waiting = client.map(lambda seed, one: run_parcel(one, seed), seeds, one=parcel, pure=False)
        found: list[Summary] = client.gather(waiting)
        return found

    return mapped

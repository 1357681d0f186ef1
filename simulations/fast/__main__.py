"""`python -m simulations.fast`: compile the loop and keep it on disk, so that no request waits."""

from __future__ import annotations

from pathlib import Path

from simulations.inputs.scenario_file import load_scenario
from simulations.run import model_of, run_model

SHIPPED = Path(__file__).parent.parent / "scenarios" / "lai_chau_2021.yaml"


def main() -> None:
    """Play a shipped scenario once; any would do, for all have the same types."""
    scenario = load_scenario(SHIPPED)
    run_model(model_of(scenario), scenario.seed)


if __name__ == "__main__":
    main()

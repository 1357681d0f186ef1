"""The JSON schema of a scenario file, for editors: made from the reader's own types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from simulations.inputs.changes import Overlay
from simulations.inputs.scenario import Scenario

FILE = Path(__file__).resolve().parents[1] / "scenarios" / "scenario.schema.json"


def schema() -> dict[str, Any]:
    """What a file may say: a scenario, or an overlay that changes another file.

    What the reader checks beyond a schema's reach (sums of shares, order of dates, names that must
    exist) is not in it: a file that fits may still be refused, one that does not fit always is.
    """
    made = TypeAdapter(Scenario | Overlay).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of a rehearsal, or an overlay of one",
        **made,
    }


def schema_text() -> str:
    """As it is kept beside the scenarios."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

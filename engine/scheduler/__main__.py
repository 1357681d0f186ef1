"""`python -m engine.scheduler`: the clock process alone; `motcua scheduler` also forecasts."""

from __future__ import annotations

import logging
import sys

from engine.config import Settings
from engine.errors import OfficeError
from engine.scheduler.process import run_scheduler


def main() -> int:
    """Run until a signal ends it; a refusal is one line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        run_scheduler(Settings.from_env())
    except OfficeError as refusal:
        sys.stderr.write(f"error: {refusal.code}: {refusal.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Starts the process that runs rehearsals, beside the desk and not inside it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.config import Settings

COMMAND = (sys.executable, "-m", "desk.command_line.main", "rehearse", "--json")


def start_worker(books: Engine, settings: Settings) -> None:
    """Start one; when another is at work already it finds nothing to take and ends."""
    subprocess.Popen(  # noqa: S603 (this program, by its own name)
        COMMAND,
        env=os.environ
        | {
            "MOTCUA_DATABASE_URL": books.url.render_as_string(hide_password=False),
            "MOTCUA_REHEARSAL_SECONDS": f"{settings.rehearsal_seconds:g}",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # what goes wrong is told on the desk's own error stream
    )

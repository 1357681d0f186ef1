"""The desk on a training office's books, and browsers of its people without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import TrainingOffice
from tests.databases import copy_of
from tests.visitors import DeskOffice, new_desk, office_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

from engine.database import open_database

__all__ = ["office_file"]


@pytest.fixture
def desk(books: Engine, tmp_path: Path) -> DeskOffice:
    """A desk of its own, on SQLite and on PostgreSQL in turn."""
    return new_desk(TrainingOffice(books), tmp_path)


@pytest.fixture
def quick_desk(office_file: Path, tmp_path: Path) -> Iterator[DeskOffice]:
    """A desk of its own on a copied SQLite file: for what no database changes."""
    engine = open_database(copy_of(office_file, tmp_path / "office.db"), lock_wait_seconds=30)
    yield new_desk(TrainingOffice(engine, opened=True), tmp_path)
    engine.dispose()

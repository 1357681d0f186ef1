"""A training office in books of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import TrainingOffice

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture
def office(books: Engine) -> TrainingOffice:
    return TrainingOffice(books)

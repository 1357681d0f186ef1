"""A real office opens with decided procedures only, and never becomes a training office."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.catalog.versions import procedures_in_force
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.open_office import OfficeKindError, open_office
from tests.builders import PROJECT

if TYPE_CHECKING:
    from sqlalchemy import Engine


def _open(books: Engine, *, training: bool) -> None:
    with transaction(books) as db:
        open_office(db, SystemClock(), root=PROJECT / "bpmn", training=training, revision="test")


def test_r3_a_real_office_takes_no_sample_into_force(books: Engine) -> None:
    _open(books, training=False)
    with reading(books) as db:
        versions = procedures_in_force(db, date(2026, 11, 16))
    assert [version.procedure_code for version in versions] == ["2.000908"]
    assert not any(version.sample for version in versions)
    assert all(version.decision.number and version.decision.decided_on for version in versions)


def test_books_of_one_kind_of_office_do_not_become_the_other(books: Engine) -> None:
    _open(books, training=False)
    with pytest.raises(OfficeKindError, match="a real office"):
        _open(books, training=True)

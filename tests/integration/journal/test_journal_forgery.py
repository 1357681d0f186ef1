"""Whoever owns the database cannot change the record unseen (P14)."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from forgery import FORGERIES, cut_the_tail, rechain, unlock
from sqlalchemy import text

from engine.journal.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import History


def _found(history: History, seed: int) -> None:
    random = Random(seed)
    forge = FORGERIES[seed % len(FORGERIES)]
    with history.books.connect() as db:
        unlock(db)
        forgery = forge(random, db)
        result = verify(db, history.anchor)
        db.rollback()
    assert not result.ok, f"{seed}: nobody noticed: {forgery.what}"
    if forgery.where:
        named = [finding.where for finding in result.findings]
        assert forgery.where in named, f"{seed}: {forgery.what} at {forgery.where}: {named}"


def test_p14_two_hundred_forgeries_are_found(history: History) -> None:
    assert history.verified().ok
    for seed in range(208):
        _found(history, seed)
    assert history.verified().ok


@pytest.mark.slow
def test_p14_a_thousand_forgeries_are_found(history: History) -> None:
    for seed in range(10_000, 11_000):
        _found(history, seed)


def test_p14_history_chained_anew_is_found_by_the_anchor_alone(history: History) -> None:
    with history.books.connect() as db:
        unlock(db)
        db.execute(text("UPDATE journal SET actor = 'somebody else' WHERE sequence = 5"))
        rechain(db, batches=True)
        assert verify(db, None).ok
        assert not verify(db, history.anchor).ok


def test_p14_a_cut_tail_names_the_batches_that_are_gone(history: History) -> None:
    with history.books.connect() as db:
        unlock(db)
        cut_the_tail(Random(2), db)
        rechain(db, batches=True)
        result = verify(db, history.anchor)
    assert "batch 6 was anchored, but is gone from the books" in [
        finding.message for finding in result.findings
    ]


@pytest.mark.parametrize("table", ["journal", "journal_batch", "case_file"])
def test_p14_a_dropped_table_is_a_finding(history: History, table: str) -> None:
    with history.books.begin() as db:
        if db.dialect.name == "sqlite":
            db.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
        assert [finding.where for finding in verify(db, history.anchor).findings] == [table]


def test_p14_findings_are_counted_up_to_a_hundred(history: History) -> None:
    with history.books.begin() as db:
        unlock(db)
        db.execute(text("UPDATE journal SET actor = 'forger'"))
        assert len(verify(db, history.anchor).findings) <= 100


def _drop_line(lines: list[str]) -> list[str]:
    return lines[:3] + lines[4:]


def _change_line(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[3][:-1] + ("0" if lines[3][-1] != "0" else "1"), *lines[4:]]


def _invent_line(lines: list[str]) -> list[str]:
    return [*lines, lines[-1].replace("6 ", "7 ", 1)]


def _write_rubbish(lines: list[str]) -> list[str]:
    return [*lines, "what is this"]


@pytest.mark.parametrize("change", [_drop_line, _change_line, _invent_line, _write_rubbish])
def test_p14_a_changed_anchor_is_found(
    history: History, change: Callable[[list[str]], list[str]]
) -> None:
    lines = history.anchor.read_text().splitlines()
    history.anchor.write_text("\n".join(change(lines)) + "\n")
    assert not history.verified().ok


def test_p14_an_anchor_that_was_taken_away_is_found(history: History) -> None:
    history.anchor.unlink()
    assert [finding.where for finding in history.verified().findings] == ["anchor"]

"""One reader of the wall clock, one place that commits, few places that open a transaction."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.project import PACKAGES, dotted, imported, method_calls, python_files, tree_of

WALL = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "time.ctime",
        "sqlalchemy.func.now",
        "sqlalchemy.func.current_timestamp",
        "sqlalchemy.func.current_date",
    }
)

MAY_OPEN = {
    "desk/transaction.py": "one request of the web, one transaction",
    "desk/command_line/": "one command of the shell, one transaction",
    "desk/rehearsal/work.py": "a run beats, and is kept when it has ended",
    "engine/scheduler/": "one due thing, one transaction",
    "engine/journal/seal.py": "sealing holds every writer back",
    "engine/migrations/upgrade.py": "a migration is there whole or not at all",
    "engine/backup.py": "a refused restore empties the books again",
    "webhooks/": "one delivery, one transaction",
    "simulations/office/forecast.py": "reads, counts for minutes without books, then is kept",
}
"""Where `transaction` may be opened, and why; commands are given the connection."""

BOOKLESS = ("simulations/reference/", "simulations/compiling/")
"""The fast simulation knows no books (an import contract): cases and scopes begin there."""


def _wall_reads(tree: ast.Module) -> list[str]:
    names = imported(tree)
    read = {n: dotted(n, names) for n in ast.walk(tree) if isinstance(n, ast.Attribute | ast.Name)}
    return [f"line {n.lineno}: {name}" for n, name in read.items() if name in WALL]


def _opens(tree: ast.Module) -> list[int]:
    names = imported(tree)
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and dotted(node.func, names)
        in ("engine.database.transaction", "transaction", "database.transaction")
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "from datetime import datetime as moment\nread = moment.utcnow",
        "import time\ntime.time()",
        "from time import time\ntime()",
        "from sqlalchemy import func\nfunc.now()",
    ],
)
def test_a_planted_look_at_the_wall_is_seen(code: str) -> None:
    assert len(_wall_reads(ast.parse(code))) == 1


def test_only_the_clock_reads_the_wall() -> None:
    readers = {
        str(path): reads
        for path in python_files(*PACKAGES)
        if (reads := _wall_reads(tree_of(path)))
    }
    assert list(readers) == ["engine/clock.py"], readers
    assert len(readers["engine/clock.py"]) == 1


def test_commit_is_written_once() -> None:
    commits = [
        (str(path), line)
        for path in python_files(*PACKAGES)
        for line in method_calls(tree_of(path), "commit")
    ]
    assert [path for path, _ in commits] == ["engine/database.py"], commits


def test_nothing_commits_without_saying_so() -> None:
    # `with engine.begin()` and autocommit keep what was written without the word "commit".
    begins = [
        (str(path), line)
        for path in python_files(*PACKAGES)
        for line in method_calls(tree_of(path), "begin")
        if path != Path("engine/database.py")
        if path.parts[:2] != ("engine", "workflow")  # it knows no books: a token begins there
        if not str(path).startswith(BOOKLESS)
    ]
    spoken = [
        (str(path), node.value)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and node.value == "AUTOCOMMIT"
    ]
    assert begins == []
    assert spoken == []


def test_a_transaction_is_opened_in_few_places_only() -> None:
    opened = {str(path): _opens(tree_of(path)) for path in python_files(*PACKAGES)}
    strangers = {
        path: lines
        for path, lines in opened.items()
        if lines and not path.startswith(tuple(MAY_OPEN))
    }
    assert strangers == {}
    assert opened["desk/command_line/books.py"], "the test still knows an opened transaction"

"""docs/linter.md lists every kind of finding as the code declares it."""

from __future__ import annotations

from pathlib import Path

from engine.catalog import diagram_codes, extension_reader, xml
from engine.catalog.finding import Blocks, Code, Severity
from engine.catalog.linter import (
    READER_CODES,
    RULES,
    gate,
    runnable,
    staffing,
    version_dates,
)
from engine.procedures.check_diagram import STOPPED
from engine.workflow import trial

PAGE = Path(__file__).parents[3] / "docs" / "linter.md"


def declared() -> list[Code]:
    of_rules = [code for rule in RULES for code in rule.codes]
    of_engine: tuple[Code, ...] = getattr(runnable, "CODES", ())
    return [
        *READER_CODES,
        *of_rules,
        *of_engine,
        *gate.CODES,
        *trial.CODES,
        *staffing.CODES,
        *version_dates.CODES,
        STOPPED,
    ]


def row(code: Code) -> str:
    """The line of the manual for a kind of finding."""
    cells = (
        f"`{code.code}`",
        code.severity.value,
        code.blocks.value if code.blocks else "–",
        code.rule or "–",
        f"{code.meaning} {code.meaning_en}",
        code.hint or "–",
    )
    return "| " + " | ".join(cells) + " |"


def test_the_manual_has_the_row_of_every_kind_of_finding() -> None:
    lines = set(PAGE.read_text("utf-8").splitlines())
    missing = [row(code) for code in declared() if row(code) not in lines]
    assert not missing, "docs/linter.md lacks these lines:\n" + "\n".join(missing)


def test_the_manual_has_no_row_of_a_kind_that_does_not_exist() -> None:
    known = {row(code) for code in declared()}
    lines = PAGE.read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `") and line not in known] == []


def test_every_code_is_declared_once() -> None:
    codes = [code.code for code in declared()]
    assert len(codes) == len(set(codes))


def test_every_kind_of_finding_says_how_it_is_mended() -> None:
    assert [code.code for code in declared() if not code.hint] == []


def test_every_error_blocks_something_and_no_note_does() -> None:
    for code in declared():
        if code.severity is Severity.ERROR:
            assert code.blocks is not None, code.code
        if code.severity is Severity.NOTE:
            assert code.blocks is None, code.code


def test_what_is_broken_in_a_file_blocks_the_run() -> None:
    for code in (*xml.CODES, *diagram_codes.CODES):
        assert code.severity is Severity.WARNING or code.blocks is Blocks.RUN, code.code


def test_readers_list_all_their_codes() -> None:
    for module in (xml, diagram_codes, extension_reader, gate):
        own = [value for value in vars(module).values() if isinstance(value, Code)]
        assert sorted(code.code for code in own) == sorted(code.code for code in module.CODES)

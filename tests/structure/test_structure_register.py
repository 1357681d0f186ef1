"""The legal register is true: one row a rule, code that cites it, a test that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.project import PACKAGES, PROJECT, python_files, text_of

RULES = range(1, 73)
WRITTEN = ("done", "partly")


@dataclass(frozen=True)
class Entry:
    """A row of the register."""

    rule: int
    what: str
    source: str
    how_sure: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    state: str


def _paths(cell: str) -> tuple[str, ...]:
    return tuple(part.strip(" `") for part in re.split(r"[,;]", cell) if part.strip(" `–"))


def _register() -> list[Entry]:
    text = (PROJECT / "docs/legal/register.md").read_text(encoding="utf-8")
    entries = []
    for line in text.splitlines():
        if re.match(r"\| R\d+ \|", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rule, what, source, how_sure, code, tests, state = cells
            entries.append(
                Entry(int(rule[1:]), what, source, how_sure, _paths(code), _paths(tests), state)
            )
    return entries


REGISTER = _register()
OBEYED = [entry for entry in REGISTER if entry.state.startswith(WRITTEN)]


def cited(text: str) -> set[int]:
    """Numbers of the rules a text cites: R28, R25–R29, R25-29, R1/R2."""
    found = {int(n) for n in re.findall(r"\bR(\d{1,2})\b", text)}
    for first, last in re.findall(r"\bR(\d{1,2})\s*[–-]\s*R?(\d{1,2})\b", text):
        found |= set(range(int(first), int(last) + 1))
    return found


def named(text: str) -> set[int]:
    """Numbers of the rules that the tests of a file name."""
    return {
        int(number)
        for name in re.findall(r"def (test_\w+)", text)
        for number in re.findall(r"(?:^|_)r(\d{1,2})(?=_|$)", name)
    }


def test_citations_are_read() -> None:
    assert cited("Legal: R25–R29, R32") == {25, 26, 27, 28, 29, 32}
    assert named("def test_r27_and_r28_hold() -> None:") == {27, 28}
    assert named("def test_error27() -> None: R27") == set()


def test_every_rule_has_exactly_one_row() -> None:
    assert [entry.rule for entry in REGISTER] == list(RULES)


def test_every_row_says_its_source_its_certainty_and_its_state() -> None:
    certain = re.compile(r"^(FOUND|MEMORY-(high|med|low)|DERIVED|DESIGN)\b")
    for entry in REGISTER:
        assert entry.what, entry
        assert entry.source, entry
        assert certain.match(entry.how_sure), entry
        assert entry.state in WRITTEN or re.match(r"later: \S", entry.state), entry


@pytest.mark.parametrize("entry", OBEYED, ids=lambda entry: f"R{entry.rule}")
def test_a_rule_that_is_obeyed_has_code_that_cites_it_and_a_test_that_names_it(
    entry: Entry,
) -> None:
    assert entry.code, "no code is named"
    assert entry.tests, "no test is named"
    for path in (*entry.code, *entry.tests):
        assert (PROJECT / path).is_file(), f"{path} does not exist"
    for path in entry.code:
        code = (PROJECT / path).read_text(encoding="utf-8")
        assert entry.rule in cited(code), f"{path} does not cite R{entry.rule}"
    for path in entry.tests:
        test = (PROJECT / path).read_text(encoding="utf-8")
        assert entry.rule in named(test), f"no test in {path} names R{entry.rule}"


def test_code_and_tests_cite_rules_that_exist() -> None:
    unknown = {
        f"{path}: R{rule}"
        for path in python_files(*PACKAGES)
        for rule in cited(text_of(path))
        if rule not in RULES
    }
    assert unknown == set()
    assert {
        f"{path}: r{rule}"
        for path in python_files("tests")
        for rule in named(text_of(path))
        if rule not in RULES
    } == set()

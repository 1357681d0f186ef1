"""bpmn/README.md says what the program does."""

from __future__ import annotations

import re
from typing import Final

from table_texts import PROJECT

from engine.catalog.extension import HoldKind, HoldPolicy, Relation, SignerRule, StepKind
from engine.catalog.forms import FieldType, fields_of, read_form
from engine.catalog.procedure_yaml import REGIMES, read_procedure_yaml
from engine.catalog.table import codes, words

PAGE: Final = (PROJECT / "bpmn" / "README.md").read_text("utf-8")


def test_every_kind_of_finding_has_its_row() -> None:
    for code in codes.CODES:
        assert re.search(rf"^\| `{code.code}` \| {code.severity} \|", PAGE, re.MULTILINE), code.code


def test_no_row_speaks_of_a_finding_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `((?:table|row)-[a-z-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(code.code for code in codes.CODES)


def test_codes_of_the_table_are_declared_once_and_listed() -> None:
    own = [value for value in vars(codes).values() if hasattr(value, "meaning_en")]
    assert {code.code for code in own} == {code.code for code in codes.CODES}
    assert len({code.code for code in codes.CODES}) == len(codes.CODES)


def test_every_allowed_value_is_named() -> None:
    for kind in (StepKind, HoldKind, HoldPolicy, Relation, SignerRule, FieldType):
        for value in kind:
            assert f"`{value.value}`" in PAGE, value
    for regime in REGIMES:
        assert f"`{regime}`" in PAGE


def test_every_role_of_the_word_list_is_named() -> None:
    for role in (words.ONE_STOP, *(role for role, _ in words.ROLE_WORDS)):
        assert f"`{role}`" in PAGE, role


def test_the_example_of_a_procedure_yaml_is_sound() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert read_procedure_yaml(example.encode()).procedure.code == "2.000908"


def test_the_example_of_a_form_is_sound() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert [field.name for field in fields_of(read_form(example.encode()))] == [
        "ket_luan",
        "y_kien",
    ]

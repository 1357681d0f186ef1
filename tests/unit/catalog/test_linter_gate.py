"""R3: only an approved version is put in force."""

from __future__ import annotations

from datetime import date

import pytest
from bpmn_texts import bare, chain, end, head, lawful, start, task

from engine.catalog.diagram import read_diagram
from engine.catalog.finding import Severity, forbids_publication, forbids_run
from engine.catalog.linter.gate import publish_findings

APPROVED: dict[str, object] = {
    "decision": "663/QĐ-TTPVHCC",
    "decided_on": date(2026, 5, 13),
    "authority": "Giám đốc TTPVHCC",
    "effective_on": "2026-05-20",
}


def gate_codes(data: bytes, **meta: object) -> list[str]:
    return [finding.code for finding in publish_findings(read_diagram(data), APPROVED | meta)]


def test_r3_an_approved_lawful_procedure_may_be_published() -> None:
    assert gate_codes(lawful()) == []


@pytest.mark.parametrize("missing", ["decision", "decided_on", "authority", "effective_on"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_r3_each_missing_part_of_the_decision_blocks_publication(
    missing: str, nothing: str | None
) -> None:
    (finding,) = publish_findings(read_diagram(lawful()), APPROVED | {missing: nothing})
    assert (finding.code, finding.severity) == ("publish-without-decision", Severity.ERROR)
    assert dict(finding.details)["missing"] == missing
    assert forbids_publication([finding])
    assert not forbids_run([finding])


def test_r3_the_decision_given_at_publication_settles_the_linter_s_warning() -> None:
    assert gate_codes(lawful(head=head(decision=""))) == []


def test_r46_a_missing_basis_blocks_publication_until_the_procedure_file_names_it() -> None:
    without = lawful(head=head(basis=""))
    assert gate_codes(without) == ["basis-missing"]
    assert gate_codes(without, basis="NĐ 280/2025/NĐ-CP") == []


@pytest.mark.parametrize("text", ["20/5/2026", "2026-02-30", "mai"])
def test_r3_a_date_that_does_not_exist_blocks_publication(text: str) -> None:
    assert gate_codes(lawful(), effective_on=text) == ["publish-date-unreadable"]


def test_r3_an_effective_date_before_the_decision_is_a_warning() -> None:
    (finding,) = publish_findings(
        read_diagram(lawful()), APPROVED | {"effective_on": date(2026, 5, 1)}
    )
    assert (finding.code, finding.severity) == (
        "publish-effective-before-decision",
        Severity.WARNING,
    )
    assert not forbids_publication([finding])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("code", "2.000909"),
        ("name", "Tên khác"),
        ("field", "Đất đai"),
        ("level", "tinh"),
        ("total", "9wd"),
        ("basis", "NĐ 1/2000"),
        ("regime", "ND61"),
        ("decision", "1/QĐ"),
    ],
)
def test_r2_a_head_that_differs_from_the_procedure_file_blocks_publication(
    name: str, other: str
) -> None:
    (finding,) = publish_findings(read_diagram(lawful()), APPROVED | {name: other})
    assert finding.code == "head-disagrees"
    assert other in finding.message
    assert forbids_publication([finding])


def test_blanks_do_not_make_a_head_differ() -> None:
    assert gate_codes(lawful(), name=" Cấp bản sao  từ sổ gốc ") == []


def test_a_lone_diagram_may_not_be_published() -> None:
    alone = bare(start(), task("xem"), end(), chain("bat_dau", "xem", "ket_thuc"))
    assert gate_codes(alone) == ["no-procedure-head"]
    assert forbids_publication(publish_findings(read_diagram(alone), APPROVED))


def test_r44_steps_above_the_total_block_publication() -> None:
    assert "steps-exceed-limit" in gate_codes(lawful(head=head(total="7wd")))

"""The office's own elements in a diagram, read into values."""

from __future__ import annotations

import pytest
from bpmn_texts import definitions, extension, head, named_limit, node, process

from engine.catalog.diagram import Diagram, Node, read_diagram
from engine.catalog.extension import (
    DocumentRule,
    Extension,
    HoldKind,
    HoldPolicy,
    Relation,
    SignerRule,
    StepKind,
)


def read(*inner: str, process_inner: str = "") -> Diagram:
    own = extension(process_inner)
    return read_diagram(definitions(process(own, node("userTask", "b", extension(*inner)))))


def task_of(*inner: str) -> Node:
    diagram = read(*inner)
    assert diagram.findings == ()
    return diagram.processes[0].nodes["b"]


def faults(diagram: Diagram) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.element_id) for finding in diagram.findings]


def test_a_step_carries_what_the_table_says() -> None:
    rule = task_of(
        '<mc:step kind="examine" role="chuyen_vien" unit="Chuyên viên" limit="16wh" '
        'text="02 ngày" stage="GĐ1" row="3" result="Phiếu chuyển" generated="true"/>'
    ).rule
    assert rule is not None
    assert (rule.kind, rule.role, rule.unit) == (StepKind.EXAMINE, "chuyen_vien", "Chuyên viên")
    assert (rule.limit, rule.text, rule.stage) == ("16wh", "02 ngày", "GĐ1")
    assert (rule.row, rule.result, rule.generated) == ("3", "Phiếu chuyển", True)


def test_what_a_step_does_not_say_is_absent() -> None:
    rule = task_of('<mc:step kind="sign"/>').rule
    assert rule is not None
    assert (rule.role, rule.limit, rule.text, rule.generated) == (None, None, None, False)


def test_a_task_without_office_elements_has_no_rule() -> None:
    bare = task_of()
    assert bare.extension == Extension()
    assert bare.rule is None


def test_form_documents_silence_and_signer_are_read() -> None:
    own = task_of(
        '<mc:form ref="tham_dinh"/><mc:document code="D1" name="Tờ khai" original="1"/>'
        '<mc:document code="D2" name="Bản vẽ" copy="2"/><mc:silence limit="im_lang"/>'
        '<mc:signer rule="not-preparer"/>'
    ).extension
    assert own.form == "tham_dinh"
    assert own.documents == (
        DocumentRule("D1", "Tờ khai", 1, 0),
        DocumentRule("D2", "Bản vẽ", 0, 2),
    )
    assert (own.silence, own.signer) == ("im_lang", SignerRule.NOT_PREPARER)


def test_r21_a_hold_carries_kind_policy_and_ground() -> None:
    hold = task_of('<mc:hold kind="payment" policy="PAUSE_WD" ground="Điều 17"/>').hold
    assert hold is not None
    assert (hold.kind, hold.policy, hold.ground) == (
        HoldKind.PAYMENT,
        HoldPolicy.PAUSE_WD,
        "Điều 17",
    )


def test_r21_a_hold_without_policy_follows_the_regime() -> None:
    hold = task_of('<mc:hold kind="supplement"/>').hold
    assert hold is not None
    assert hold.policy is HoldPolicy.REGIME


def test_the_head_of_a_procedure_is_read() -> None:
    own = read(process_inner=head(sample="true", agency="UBND xã")).processes[0].extension
    assert own is not None
    assert (own.code, own.total, own.regime) == ("2.000908", "8wd", "ND118_309")
    assert (own.sample, own.agency, own.decision) == (True, "UBND xã", "663/QĐ-TTPVHCC")


def test_named_limits_are_read_with_their_relation() -> None:
    limits = (
        read(
            process_inner=named_limit("a", "2wd", "before-due")
            + named_limit("b", "", "apology-due")
            + '<mc:namedLimit name="c" amount="1wd"/>'
        )
        .processes[0]
        .limits
    )
    assert [(each.name, each.amount, each.relation) for each in limits.values()] == [
        ("a", "2wd", Relation.BEFORE_DUE),
        ("b", None, Relation.APOLOGY_DUE),
        ("c", "1wd", Relation.AFTER_ARMING),
    ]


def test_a_procedure_lists_its_documents() -> None:
    made = read(process_inner='<mc:document code="D1" name="Tờ khai" original="1"/>')
    assert made.processes[0].documents == (DocumentRule("D1", "Tờ khai", 1, 0),)


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ('<mc:step kind="ky"/>', "extension-value"),
        ("<mc:step/>", "extension-attribute-missing"),
        ('<mc:step kind="sign" role="Lãnh đạo"/>', "extension-value"),
        ('<mc:step kind="sign"/><mc:step kind="sign"/>', "extension-repeated"),
        ('<mc:hold kind="nghi"/>', "extension-value"),
        ('<mc:hold kind="payment" policy="STOP"/>', "extension-value"),
        ("<mc:form/>", "extension-attribute-missing"),
        ('<mc:silence limit=" "/>', "extension-attribute-missing"),
        ('<mc:signer rule="anybody"/>', "extension-value"),
        ('<mc:document code="D"/>', "extension-attribute-missing"),
        ('<mc:document code="D" name="N" original="một"/>', "extension-value"),
        ('<mc:document code="D" name="N" copy="9999"/>', "extension-value"),
        ("<mc:buoc/>", "extension-unknown"),
        (head(), "extension-unknown"),
    ],
)
def test_what_the_office_does_not_know_is_a_finding_at_its_element(inner: str, code: str) -> None:
    assert faults(read(inner)) == [(code, "b")]


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (head() + head(), "extension-repeated"),
        (named_limit("a") + named_limit("a", "3wd"), "limit-name-duplicate"),
        ('<mc:namedLimit amount="1wd"/>', "extension-attribute-missing"),
        ('<mc:namedLimit name="a" relation="sau"/>', "extension-value"),
        ('<mc:step kind="sign"/>', "extension-unknown"),
    ],
)
def test_what_a_process_says_wrongly_is_a_finding(inner: str, code: str) -> None:
    assert faults(read(process_inner=inner)) == [(code, "quy_trinh")]


def test_other_makers_elements_are_listed_not_judged() -> None:
    own = task_of(
        '<c:formData xmlns:c="http://camunda.org/schema/1.0/bpmn"/><k xmlns=""/>'
    ).extension
    assert [(each.namespace, each.name) for each in own.foreign] == [
        ("http://camunda.org/schema/1.0/bpmn", "formData"),
        ("", "k"),
    ]

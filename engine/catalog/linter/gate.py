"""The gate of publication: what the law wants before a version may start cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from engine.catalog.finding import Blocks, Code, Finding, Severity
from engine.catalog.linter import lint
from engine.catalog.linter.rule import procedures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.catalog.diagram import Diagram
    from engine.catalog.extension import ProcedureHead

_NO_DECISION = Code(
    "publish-without-decision",
    Severity.ERROR,
    "Ban hành mà thiếu số quyết định, ngày ký, người ký hoặc ngày hiệu lực.",
    "Publication lacks the decision's number, its date, its authority or the effective date.",
    blocks=Blocks.PUBLISH,
    rule="R3",
    hint="Nêu đủ số quyết định, ngày ký, cơ quan phê duyệt và ngày có hiệu lực.",
)
_DATE = Code(
    "publish-date-unreadable",
    Severity.ERROR,
    "Ngày ký hoặc ngày hiệu lực không phải một ngày có thật.",
    "The decision's date or the effective date is not a real date.",
    blocks=Blocks.PUBLISH,
    rule="R3",
    hint="Viết ngày như 2026-11-20.",
)
_ORDER = Code(
    "publish-effective-before-decision",
    Severity.WARNING,
    "Ngày hiệu lực trước ngày ký quyết định.",
    "The effective date is before the date of the decision.",
    rule="R3",
    hint="Kiểm tra lại hai ngày.",
)
_DISAGREES = Code(
    "head-disagrees",
    Severity.ERROR,
    "Thông tin thủ tục trong sơ đồ khác với procedure.yaml.",
    "The head in the diagram differs from procedure.yaml.",
    blocks=Blocks.PUBLISH,
    rule="R2",
    hint="Sửa một trong hai nơi cho khớp nhau.",
)

CODES: Final = (_NO_DECISION, _DATE, _ORDER, _DISAGREES)

_DECISION_PARTS: Final = (
    ("decision", "số quyết định", "the decision's number"),
    ("decided_on", "ngày ký quyết định", "the date of the decision"),
    ("authority", "cơ quan phê duyệt", "the approving authority"),
    ("effective_on", "ngày có hiệu lực", "the effective date"),
)
_SHARED: Final = (
    ("code", "mã"),
    ("name", "tên"),
    ("field", "lĩnh vực"),
    ("level", "cấp"),
    ("total", "tổng thời gian"),
    ("basis", "căn cứ"),
    ("regime", "chế độ pháp lý"),
)
_SETTLED_BY_META: Final = {"decision-missing": "decision", "basis-missing": "basis"}


def publish_findings(diagram: Diagram, procedure_meta: Mapping[str, object]) -> tuple[Finding, ...]:
    """All findings that count when a version is put in force; `forbids_publication` judges them.

    `procedure_meta` has the decision (`decision`, `decided_on`, `authority`, `effective_on`;
    dates as dates or ISO text) and the values of procedure.yaml by the head's names (`code`,
    `name`, `field`, `level`, `total`, `basis`, `regime`); absent ones are not compared. A decision
    or basis given here settles the linter's warning that the diagram lacks it.

    Legal: R3, R46
    """
    kept = [
        finding
        for finding in lint(diagram)
        if not _given(procedure_meta, _SETTLED_BY_META.get(finding.code, ""))
    ]
    headed = procedures(diagram)
    head = headed[0].extension if headed else None
    owner = headed[0].id if headed else None
    own = [*_decision_findings(procedure_meta, owner)]
    if head is not None:
        own.extend(_agreement_findings(head, procedure_meta, owner))
    errors = [finding for finding in own if finding.severity is Severity.ERROR]
    rest = [finding for finding in own if finding.severity is not Severity.ERROR]
    return (*errors, *kept, *rest)


def _given(meta: Mapping[str, object], name: str) -> str:
    """A value of the mapping as text without outer blanks; absent is empty."""
    value = meta.get(name)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _decision_findings(meta: Mapping[str, object], owner: str | None) -> Iterator[Finding]:
    for name, vietnamese, english in _DECISION_PARTS:
        if not _given(meta, name):
            yield _NO_DECISION.found(
                owner,
                f"Thiếu {vietnamese}.",
                f"There is no {english.removeprefix('the ')}.",
                missing=name,
            )
    dates: dict[str, date] = {}
    for name in ("decided_on", "effective_on"):
        text = _given(meta, name)
        if not text:
            continue
        try:
            dates[name] = date.fromisoformat(text)
        except ValueError:
            yield _DATE.found(
                owner,
                f"“{text}” không phải một ngày như 2026-11-20.",
                f"'{text}' is not a date such as 2026-11-20.",
                field=name,
            )
    decided, effective = dates.get("decided_on"), dates.get("effective_on")
    if decided is not None and effective is not None and effective < decided:
        yield _ORDER.found(
            owner,
            f"Ngày hiệu lực {effective} trước ngày ký {decided}.",
            f"The effective date {effective} is before the decision's date {decided}.",
        )


def _agreement_findings(
    head: ProcedureHead, meta: Mapping[str, object], owner: str | None
) -> Iterator[Finding]:
    pairs = [(name, shown, str(getattr(head, name))) for name, shown in _SHARED]
    if head.decision is not None:
        pairs.append(("decision", "số quyết định", head.decision))
    for name, shown, drawn in pairs:
        written = _given(meta, name)
        if drawn and written and " ".join(drawn.split()) != " ".join(written.split()):
            yield _DISAGREES.found(
                owner,
                f"Trong sơ đồ {shown} là “{drawn}”, trong procedure.yaml là “{written}”.",
                f"The diagram has {name} '{drawn}', procedure.yaml has '{written}'.",
                field=name,
            )

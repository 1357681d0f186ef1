"""Reads the office's own elements (urn:motcua:bpmn:1) out of a parsed diagram."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from lxml import etree

from engine.catalog.extension import (
    BPMN,
    MOTCUA,
    DocumentRule,
    Extension,
    Foreign,
    HoldKind,
    HoldPolicy,
    HoldRule,
    NamedLimit,
    ProcedureHead,
    ProcessExtension,
    Relation,
    SignerRule,
    StepKind,
    StepRule,
)
from engine.catalog.finding import Blocks, Code, Finding, Severity
from engine.catalog.xml import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_Choice = TypeVar("_Choice", bound=StrEnum)

Report = Callable[[Finding], None]
"""Where a reader leaves what it found wrong."""

_ROLE: Final = re.compile(r"[a-z0-9_]+")
_NODE_ELEMENTS: Final = frozenset({"step", "form", "hold", "silence", "signer", "lane"})

_UNKNOWN = Code(
    "extension-unknown",
    Severity.WARNING,
    "Phần tử mở rộng mc: không có trong quy ước hoặc đặt sai chỗ.",
    "An mc: extension element is unknown or stands where it means nothing.",
    hint="Xem bpmn/README.md về các phần tử mc: được dùng.",
)
_REPEATED = Code(
    "extension-repeated",
    Severity.ERROR,
    "Một phần tử có hai khai báo mc: cùng loại.",
    "One element carries two mc: declarations of the same kind.",
    blocks=Blocks.PUBLISH,
    hint="Giữ lại một khai báo.",
)
_VALUE = Code(
    "extension-value",
    Severity.ERROR,
    "Giá trị của thuộc tính mc: không nằm trong danh sách cho phép.",
    "The value of an mc: attribute is not one of the allowed ones.",
    blocks=Blocks.PUBLISH,
    hint="Chọn một trong các giá trị được liệt kê trong thông báo.",
)
_MISSING = Code(
    "extension-attribute-missing",
    Severity.ERROR,
    "Thiếu thuộc tính bắt buộc của phần tử mc:.",
    "An mc: element lacks an attribute it needs.",
    blocks=Blocks.PUBLISH,
    hint="Điền thuộc tính còn thiếu.",
)
_LIMIT_TWICE = Code(
    "limit-name-duplicate",
    Severity.ERROR,
    "Hai thời hạn có tên (mc:namedLimit) trùng tên.",
    "Two named limits (mc:namedLimit) have the same name.",
    blocks=Blocks.RUN,
    hint="Đổi tên một trong hai thời hạn.",
)

CODES: Final = (_UNKNOWN, _REPEATED, _VALUE, _MISSING, _LIMIT_TWICE)


def read_extension(element: _Element, owner: str | None, report: Report) -> Extension:
    """What the office says of a node or lane; other makers' elements are listed, not judged."""
    own: dict[str, _Element] = {}
    documents: list[DocumentRule] = []
    foreign: list[Foreign] = []
    for child in _children(element):
        name = etree.QName(child)
        if name.namespace != MOTCUA:
            foreign.append(_foreign(child))
        elif name.localname == "document":
            documents.append(_document(child, owner, report))
        elif name.localname not in _NODE_ELEMENTS:
            report(_unknown(child, owner))
        elif name.localname in own:
            report(_repeated(child, owner))
        else:
            own[name.localname] = child
    silence, form, lane = own.get("silence"), own.get("form"), own.get("lane")
    return Extension(
        step=_step(own["step"], owner, report) if "step" in own else None,
        form=None if form is None else _needed(form, "ref", owner, report) or None,
        documents=tuple(documents),
        hold=_hold(own["hold"], owner, report) if "hold" in own else None,
        silence=None if silence is None else _needed(silence, "limit", owner, report) or None,
        signer=_signer(own["signer"], owner, report) if "signer" in own else None,
        lane_role=None if lane is None else _role(lane, owner, report),
        foreign=tuple(foreign),
    )


def read_process_extension(
    element: _Element, owner: str | None, report: Report
) -> ProcessExtension:
    """The head, the named limits and the documents a process declares."""
    head: ProcedureHead | None = None
    limits: dict[str, NamedLimit] = {}
    documents: list[DocumentRule] = []
    foreign: list[Foreign] = []
    for child in _children(element):
        name = etree.QName(child)
        if name.namespace != MOTCUA:
            foreign.append(_foreign(child))
        elif name.localname == "procedure":
            if head is None:
                head = _head(child)
            else:
                report(_repeated(child, owner))
        elif name.localname == "namedLimit":
            limit = _named_limit(child, owner, report)
            if limit.name in limits:
                report(
                    _LIMIT_TWICE.found(
                        owner,
                        f"Thời hạn “{limit.name}” được khai báo hai lần.",
                        f"The named limit '{limit.name}' is declared twice.",
                        line=line_of(child),
                    )
                )
            elif limit.name:
                limits[limit.name] = limit
        elif name.localname == "document":
            documents.append(_document(child, owner, report))
        else:
            report(_unknown(child, owner))
    return ProcessExtension(head, limits, tuple(documents), tuple(foreign))


def _children(element: _Element) -> Iterator[_Element]:
    for holder in element.findall(f"{{{BPMN}}}extensionElements"):
        yield from holder.iterchildren("*")


def _foreign(child: _Element) -> Foreign:
    name = etree.QName(child)
    return Foreign(name.namespace or "", name.localname, line_of(child))


def _text(child: _Element, name: str) -> str | None:
    """An attribute's text without outer blanks; an empty one counts as absent."""
    return (child.get(name) or "").strip() or None


def _needed(child: _Element, name: str, owner: str | None, report: Report) -> str:
    given = _text(child, name)
    if given is None:
        tag = etree.QName(child).localname
        report(
            _MISSING.found(
                owner,
                f"mc:{tag} thiếu thuộc tính “{name}”.",
                f"mc:{tag} lacks the attribute '{name}'.",
                line=line_of(child),
            )
        )
    return given or ""


def _choice(
    child: _Element,
    name: str,
    kinds: type[_Choice],
    fallback: _Choice,
    owner: str | None,
    report: Report,
) -> _Choice:
    given = _text(child, name)
    if given is None:
        return fallback
    try:
        return kinds(given)
    except ValueError:
        tag = etree.QName(child).localname
        allowed = ", ".join(kind.value for kind in kinds)
        report(
            _VALUE.found(
                owner,
                f"mc:{tag} có {name}=“{given}”; giá trị cho phép: {allowed}.",
                f"mc:{tag} has {name}='{given}'; allowed are: {allowed}.",
                line=line_of(child),
            )
        )
        return fallback


def _role(child: _Element, owner: str | None, report: Report) -> str | None:
    given = _text(child, "role")
    if given is not None and not _ROLE.fullmatch(given):
        tag = etree.QName(child).localname
        report(
            _VALUE.found(
                owner,
                f"mc:{tag} có role=“{given}”; vai trò chỉ gồm chữ thường không dấu, số và _.",
                f"mc:{tag} has role='{given}'; a role has lower-case letters, digits and _ only.",
                line=line_of(child),
            )
        )
    return given


def _count(child: _Element, name: str, owner: str | None, report: Report) -> int:
    given = _text(child, name)
    if given is None:
        return 0
    if given.isascii() and given.isdigit() and len(given) <= 3:  # noqa: PLR2004 - 999 sheets
        return int(given)
    report(
        _VALUE.found(
            owner,
            f"mc:document có {name}=“{given}”; cần một số từ 0 đến 999.",
            f"mc:document has {name}='{given}'; a number from 0 to 999 is needed.",
            line=line_of(child),
        )
    )
    return 0


def _head(child: _Element) -> ProcedureHead:
    return ProcedureHead(
        code=_text(child, "code") or "",
        name=_text(child, "name") or "",
        field=_text(child, "field") or "",
        level=_text(child, "level") or "",
        total=_text(child, "total") or "",
        basis=_text(child, "basis") or "",
        regime=_text(child, "regime") or "",
        sample=_text(child, "sample") == "true",
        decision=_text(child, "decision"),
        agency=_text(child, "agency"),
        line=line_of(child),
    )


def _named_limit(child: _Element, owner: str | None, report: Report) -> NamedLimit:
    relation = _choice(child, "relation", Relation, Relation.AFTER_ARMING, owner, report)
    return NamedLimit(
        name=_needed(child, "name", owner, report),
        amount=_text(child, "amount"),
        relation=relation,
        line=line_of(child),
    )


def _step(child: _Element, owner: str | None, report: Report) -> StepRule:
    _needed(child, "kind", owner, report)
    return StepRule(
        kind=_choice(child, "kind", StepKind, StepKind.OTHER, owner, report),
        role=_role(child, owner, report),
        unit=_text(child, "unit"),
        limit=_text(child, "limit"),
        text=_text(child, "text"),
        stage=_text(child, "stage"),
        row=_text(child, "row"),
        result=_text(child, "result"),
        generated=_text(child, "generated") == "true",
        line=line_of(child),
    )


def _document(child: _Element, owner: str | None, report: Report) -> DocumentRule:
    return DocumentRule(
        code=_needed(child, "code", owner, report),
        name=_needed(child, "name", owner, report),
        original=_count(child, "original", owner, report),
        copy=_count(child, "copy", owner, report),
    )


def _hold(child: _Element, owner: str | None, report: Report) -> HoldRule:
    _needed(child, "kind", owner, report)
    return HoldRule(
        kind=_choice(child, "kind", HoldKind, HoldKind.SUPPLEMENT, owner, report),
        policy=_choice(child, "policy", HoldPolicy, HoldPolicy.REGIME, owner, report),
        ground=_text(child, "ground"),
        line=line_of(child),
    )


def _signer(child: _Element, owner: str | None, report: Report) -> SignerRule:
    _needed(child, "rule", owner, report)
    return _choice(child, "rule", SignerRule, SignerRule.LEADER, owner, report)


def _unknown(child: _Element, owner: str | None) -> Finding:
    tag = etree.QName(child).localname
    return _UNKNOWN.found(
        owner,
        f"mc:{tag} không có nghĩa ở đây.",
        f"mc:{tag} means nothing here.",
        line=line_of(child),
    )


def _repeated(child: _Element, owner: str | None) -> Finding:
    tag = etree.QName(child).localname
    return _REPEATED.found(
        owner,
        f"mc:{tag} được khai báo hơn một lần.",
        f"mc:{tag} is declared more than once.",
        line=line_of(child),
    )

"""Reads single BPMN elements: names, event definitions, loops; not how they are joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.catalog.diagram_codes import EVENT_REFERENCE, ID_DUPLICATE
from engine.catalog.extension import BPMN
from engine.catalog.graph import EventDefinition, Item, LoopRule, TextKind
from engine.catalog.xml import line_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.catalog.extension_reader import Report
    from engine.catalog.finding import Finding

_SUFFIX: Final = "EventDefinition"
_TIMER_TEXTS: Final[tuple[TextKind, ...]] = ("timeDuration", "timeDate", "timeCycle")


def is_bpmn(element: _Element) -> bool:
    """Whether an element is of BPMN 2.0 itself."""
    return etree.QName(element).namespace == BPMN


def local(element: _Element) -> str:
    """An element's tag without its namespace."""
    return etree.QName(element).localname


def content(element: _Element | None) -> str | None:
    """The text inside an element without outer blanks; None when there is none."""
    if element is None:
        return None
    return "".join(str(part) for part in element.itertext()).strip() or None


def child(element: _Element, tag: str) -> _Element | None:
    """The first child of that BPMN tag."""
    return element.find(f"{{{BPMN}}}{tag}")


def unprefixed(reference: str | None) -> str | None:
    """The id in a reference that may be a qualified name ("tns:Message_1")."""
    return (reference or "").strip().rpartition(":")[2] or None


def is_true(text: str | None, *, absent: bool = False) -> bool:
    """An XML boolean; anything but true, 1, false, 0 counts as absent."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip(), absent)


@dataclass
class Names:
    """The named things of a file that nodes refer to, and the ids already taken."""

    messages: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, EventDefinition] = field(default_factory=dict)
    ids: dict[str, _Element] = field(default_factory=dict)
    other: list[Item] = field(default_factory=list)
    _invented: int = 0

    @classmethod
    def of(cls, root: _Element, report: Report) -> Names:
        """Collect the names of a file; ids used twice are reported."""
        names = cls()
        for element in root.iter(f"{{{BPMN}}}*"):
            given = element.get("id")
            if given is None:
                continue
            first = names.ids.setdefault(given, element)
            if first is not element:
                report(
                    ID_DUPLICATE.found(
                        given,
                        f"Mã “{given}” đã dùng ở dòng {line_of(first)}.",
                        f"The id '{given}' is already used in line {line_of(first)}.",
                        line=line_of(element),
                    )
                )
        tables = {
            "message": names.messages,
            "signal": names.signals,
            "error": names.errors,
            "escalation": names.escalations,
        }
        for element in root.iterchildren("*"):
            given = element.get("id")
            if given is None or not is_bpmn(element):
                continue
            tag = local(element)
            if tag in tables:
                tables[tag].setdefault(given, element.get("name") or given)
            if tag in {"error", "escalation"}:
                names.codes.setdefault(given, element.get(f"{tag}Code") or "")
        for element in root.iterchildren("*"):
            if is_bpmn(element) and local(element).endswith(_SUFFIX):
                given = element.get("id")
                if given is not None:
                    definition = event_definition(element, names, given, report)
                    names.definitions.setdefault(given, definition)
        return names

    def is_first(self, element: _Element) -> bool:
        """Whether no earlier element has this element's id."""
        given = element.get("id")
        return given is None or self.ids.get(given) is element

    def invented(self, element: _Element) -> str:
        """An id for an element that has none; no id of the file is the same."""
        while True:
            self._invented += 1
            made = f"{local(element)}_khong_ma_{self._invented}"
            if made not in self.ids:
                return made

    def behind(self, kind: str, ref: str) -> str | None:
        """The name of the message, signal, error or escalation of that id."""
        tables = {
            "message": self.messages,
            "signal": self.signals,
            "error": self.errors,
            "escalation": self.escalations,
        }
        return tables.get(kind, {}).get(ref)


def event_definition(
    element: _Element, names: Names, owner: str, report: Report
) -> EventDefinition:
    """One event definition; a reference to nothing is reported, its id stands for its name."""
    kind = local(element).removesuffix(_SUFFIX)
    ref = name = text = None
    text_kind: TextKind | None = None
    if kind == "timer":
        for each in _TIMER_TEXTS:
            found = child(element, each)
            if found is not None:
                text_kind, text = each, content(found)
                break
    elif kind == "conditional":
        text_kind, text = "condition", content(child(element, "condition"))
    elif kind == "link":
        name = element.get("name")
    elif kind == "compensate":
        ref = unprefixed(element.get("activityRef"))
    else:
        ref = unprefixed(element.get(f"{kind}Ref"))
        if ref is not None:
            name = names.behind(kind, ref)
            if name is None:
                report(missing_reference(owner, ref, line_of(element)))
                name = ref
    return EventDefinition(
        kind=kind,
        ref=ref,
        name=name,
        text=text,
        text_kind=text_kind,
        id=element.get("id"),
        line=line_of(element),
    )


def event_definitions(
    element: _Element, names: Names, owner: str, report: Report
) -> tuple[EventDefinition, ...]:
    """The event definitions of an event, shared ones resolved, in file order."""
    found: list[EventDefinition] = []
    for each in element.iterchildren(f"{{{BPMN}}}*"):
        tag = local(each)
        if tag.endswith(_SUFFIX):
            found.append(event_definition(each, names, owner, report))
        elif tag == "eventDefinitionRef":
            ref = unprefixed(content(each))
            shared = names.definitions.get(ref or "")
            if shared is None:
                report(missing_reference(owner, ref or "", line_of(each)))
            else:
                found.append(shared)
    return tuple(found)


def missing_reference(owner: str, ref: str, line: int | None) -> Finding:
    """The finding that something names `ref`, and nothing is called so."""
    return EVENT_REFERENCE.found(
        owner,
        f"“{owner}” dẫn tới “{ref}” không có trong tệp.",
        f"'{owner}' names '{ref}', which is not in the file.",
        line=line,
    )


def loop_rule(element: _Element) -> LoopRule | None:
    """How an activity repeats, or None."""
    standard = child(element, "standardLoopCharacteristics")
    if standard is not None:
        return LoopRule(
            kind="standard",
            condition=content(child(standard, "loopCondition")),
            maximum=standard.get("loopMaximum"),
            test_before=is_true(standard.get("testBefore")),
        )
    several = child(element, "multiInstanceLoopCharacteristics")
    if several is None:
        return None
    return LoopRule(
        kind="sequential" if is_true(several.get("isSequential")) else "parallel",
        cardinality=content(child(several, "loopCardinality")),
        condition=content(child(several, "completionCondition")),
        behavior=several.get("behavior"),
        data_input=_beyond(element, several, "Input"),
        data_output=_beyond(element, several, "Output"),
        input_item=_item(child(several, "inputDataItem")),
        output_item=_item(child(several, "outputDataItem")),
    )


def _beyond(element: _Element, several: _Element, side: str) -> str | None:
    """The data a repetition reads or fills: behind the activity's own data input or output."""
    ref = content(child(several, f"loopData{side}Ref"))
    inner, outer = ("targetRef", "sourceRef") if side == "Input" else ("sourceRef", "targetRef")
    for association in element.iterchildren(f"{{{BPMN}}}data{side}Association"):
        if ref is not None and content(child(association, inner)) == ref:
            return content(child(association, outer)) or ref
    return ref


def _item(element: _Element | None) -> str | None:
    if element is None:
        return None
    return element.get("name") or element.get("id")

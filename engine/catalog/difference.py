"""What changed between two versions of a procedure, by meaning, for programs and for officials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.catalog.graph import ACTIVITIES
from engine.catalog.linter.limits import read_limit
from engine.catalog.linter.rule import called
from engine.catalog.linter.words import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.catalog.graph import Node, Process

_KINDS: Final = {
    "added": "Thêm",
    "removed": "Bỏ",
    "renamed": "Đổi mã",
    "changed": "Sửa",
    "moved": "Chuyển",
}
_FIELDS: Final = {
    "name": "tên",
    "kind": "loại phần tử",
    "step": "loại bước",
    "role": "vai trò",
    "unit": "đơn vị thực hiện",
    "limit": "thời gian",
    "form": "biểu mẫu",
    "result": "kết quả",
    "stage": "giai đoạn",
    "signer": "quy tắc ký",
    "silence": "im lặng là đồng ý",
    "hold": "tạm dừng",
    "waits": "sự kiện chờ",
    "documents": "thành phần hồ sơ",
    "lane": "làn",
    "position": "thứ tự",
    "code": "mã thủ tục",
    "field": "lĩnh vực",
    "level": "cấp",
    "total": "tổng thời gian",
    "basis": "căn cứ pháp lý",
    "regime": "chế độ",
    "agency": "cơ quan",
    "decision": "quyết định",
    "sample": "mẫu",
    "amount": "lượng thời gian",
    "relation": "cách tính",
    "condition": "điều kiện",
    "default": "nhánh mặc định",
}


@dataclass(frozen=True)
class Change:
    """One change. `element` is the new id where there is one; `what` is the sort of thing."""

    change: str
    what: str
    element: str
    name: str
    field: str | None = None
    before: str | None = None
    after: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The change as JSON values, with its sentence."""
        return {**vars(self), "text": self.text()}

    def text(self) -> str:
        """The change in a sentence an official can read."""
        verb = _KINDS[self.change]
        if self.field is None:
            if self.change == "renamed":
                return f"{verb} của {self.what} “{self.name}”: {self.before} thành {self.after}."
            more = f" ({self.after or self.before})" if self.after or self.before else ""
            return f"{verb} {self.what} “{self.name}”{more}."
        label = _FIELDS.get(self.field, self.field)
        before, after = (self.before or "không có"), (self.after or "không có")
        return f"{verb} {label} của {self.what} “{self.name}”: {before} → {after}."


def differences(old: Process, new: Process) -> tuple[Change, ...]:
    """All changes of meaning from one version to another; the drawing does not count.

    An element whose id changed but whose name and kind are the only ones alike is the same one
    ("renamed").
    """
    same = same_elements(old, new)
    return (
        *_head(old, new),
        *_nodes(old, new, same),
        *_order(old, new, same),
        *_flows(old, new, same),
        *_limits(old, new),
    )


def same_elements(old: Process, new: Process) -> dict[str, str]:
    """Which element of the new version each one of the old is: by id, else by name and kind."""
    same = {key: key for key, node in old.nodes.items() if _alike(node, new.nodes.get(key))}
    left = [node for key, node in old.nodes.items() if key not in same]
    free = [node for key, node in new.nodes.items() if key not in same.values()]
    for node in left:
        wanted = _look(node)
        found = [other for other in free if _look(other) == wanted]
        if len(found) == 1 and len([each for each in left if _look(each) == wanted]) == 1:
            same[node.id] = found[0].id
    return same


def _alike(node: Node, other: Node | None) -> bool:
    return other is not None and other.kind == node.kind


def _look(node: Node) -> tuple[object, ...]:
    rule = node.rule
    name = folded(node.name) or node.id
    return (node.kind, name, rule.kind if rule is not None else None, bool(node.attached_to))


def _sort(node: Node) -> str:
    if node.kind in ACTIVITIES:
        return "bước" if node.rule is not None else "hoạt động"
    return "cổng" if node.kind.endswith("Gateway") else "sự kiện"


def _head(old: Process, new: Process) -> Iterator[Change]:
    name = new.extension.name if new.extension is not None else new.name
    yield from _fields("thủ tục", new.id, name, _head_values(old), _head_values(new))


def _head_values(process: Process) -> dict[str, str | None]:
    head = process.extension
    if head is None:
        return {}
    return {
        "name": head.name,
        "code": head.code,
        "field": head.field,
        "level": head.level,
        "total": _shown(head.total),
        "basis": head.basis,
        "regime": head.regime,
        "agency": head.agency,
        "sample": "có" if head.sample else None,
        "documents": _papers(process.documents),
    }


def _nodes(old: Process, new: Process, same: Mapping[str, str]) -> Iterator[Change]:
    for key, node in old.nodes.items():
        if key not in same:
            yield Change("removed", _sort(node), key, called(node), before=_brief(node))
    taken = set(same.values())
    for key, node in new.nodes.items():
        if key not in taken:
            yield Change("added", _sort(node), key, called(node), after=_brief(node))
    for before_id, after_id in same.items():
        before, after = old.nodes[before_id], new.nodes[after_id]
        if before_id != after_id:
            yield Change(
                "renamed", _sort(after), after_id, called(after), before=before_id, after=after_id
            )
        yield from _fields(_sort(after), after_id, called(after), _values(before), _values(after))
        lanes = tuple(_lane(process, node) for process, node in ((old, before), (new, after)))
        if lanes[0] != lanes[1]:
            yield Change("moved", _sort(after), after_id, called(after), "lane", *lanes)


def _order(old: Process, new: Process, same: Mapping[str, str]) -> Iterator[Change]:
    """Steps that come before another one than they did, among those in both versions."""
    was = [same[key] for key in _steps(old) if key in same]
    now = [key for key in _steps(new) if key in set(was)]
    kept = set(_longest_common(was, now))
    for key in now:
        if key not in kept:
            yield Change(
                "moved", "bước", key, called(new.nodes[key]), "position",
                _after(was, key, new), _after(now, key, new),
            )  # fmt: skip


def _after(order: list[str], key: str, process: Process) -> str:
    at = order.index(key)
    return f"sau “{called(process.nodes[order[at - 1]])}”" if at else "đầu tiên"


def _longest_common(one: list[str], other: list[str]) -> list[str]:
    """The longest row of entries in the same order in both; entries are unique."""
    place = {key: at for at, key in enumerate(one)}
    best: list[list[str]] = []
    for key in other:
        before = [row for row in best if place[row[-1]] < place[key]]
        best.append([*max(before, key=len, default=[]), key])
    return max(best, key=len, default=[])


def _steps(process: Process) -> list[str]:
    return [key for key, node in process.nodes.items() if node.kind in ACTIVITIES and node.rule]


def _flows(old: Process, new: Process, same: Mapping[str, str]) -> Iterator[Change]:
    was = {
        (same.get(f.source, f.source), same.get(f.target, f.target), f.condition or ""): f
        for f in old.flows.values()
    }
    now = {(f.source, f.target, f.condition or ""): f for f in new.flows.values()}
    known = set(same.values())
    for key in was.keys() - now.keys():
        if key[0] in known and key[1] in known:
            yield Change("removed", "luồng", was[key].id, _ends(new, key), before=key[2] or None)
    for key in now.keys() - was.keys():
        if key[0] in known and key[1] in known:
            yield Change("added", "luồng", now[key].id, _ends(new, key), after=key[2] or None)
    for before_id, after_id in same.items():
        defaults = (
            _default(old, old.nodes[before_id]),
            _default(new, new.nodes[after_id]),
        )
        first = same.get(defaults[0] or "", defaults[0])
        if first != defaults[1]:
            node = new.nodes[after_id]
            yield Change(
                "changed", _sort(node), after_id, called(node), "default", first, defaults[1]
            )


def _default(process: Process, node: Node) -> str | None:
    flow = process.flows.get(node.default_flow or "")
    return flow.target if flow is not None else None


def _ends(process: Process, key: tuple[str, str, str]) -> str:
    return " → ".join(called(process.nodes[each]) for each in key[:2])


def _limits(old: Process, new: Process) -> Iterator[Change]:
    for name in old.limits.keys() - new.limits.keys():
        yield Change("removed", "thời hạn có tên", name, name, before=old.limits[name].amount)
    for name, limit in new.limits.items():
        was = old.limits.get(name)
        if was is None:
            yield Change("added", "thời hạn có tên", name, name, after=limit.amount)
            continue
        yield from _fields(
            "thời hạn có tên",
            name,
            name,
            {"amount": _shown(was.amount), "relation": was.relation.value},
            {"amount": _shown(limit.amount), "relation": limit.relation.value},
        )


def _fields(
    what: str,
    element: str,
    name: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> Iterator[Change]:
    for field in dict.fromkeys([*before, *after]):
        one, other = before.get(field) or None, after.get(field) or None
        if one != other:
            yield Change("changed", what, element, name, field, one, other)


def _values(node: Node) -> dict[str, str | None]:
    rule, extension, hold = node.rule, node.extension, node.hold
    return {
        "name": node.name,
        "step": rule.kind.value if rule else None,
        "role": rule.role if rule else None,
        "unit": rule.unit if rule else None,
        "limit": _shown(rule.limit) if rule else None,
        "stage": rule.stage if rule else None,
        "result": rule.result if rule else None,
        "form": extension.form,
        "signer": extension.signer.value if extension.signer else None,
        "silence": extension.silence,
        "hold": f"{hold.kind.value}, {hold.policy.value}, {hold.ground or ''}" if hold else None,
        "documents": _papers(extension.documents),
        "waits": "; ".join(f"{e.kind} {e.text or e.name or ''}".strip() for e in node.events),
        "kind": "không ngắt" if not node.interrupting else None,
    }


def _papers(documents: Iterable[Any]) -> str:
    return "; ".join(f"{d.name} ({d.original} bản chính, {d.copy} bản sao)" for d in documents)


def _brief(node: Node) -> str | None:
    rule = node.rule
    if rule is None:
        return None
    parts = (rule.unit or rule.role, _shown(rule.limit))
    return ", ".join(part for part in parts if part) or None


def _lane(process: Process, node: Node) -> str | None:
    lane = process.lane(node)
    return lane.name if lane is not None else None


def _shown(limit: str | None) -> str | None:
    known = read_limit(limit)
    return known.in_vietnamese() if known is not None and known.amount else limit

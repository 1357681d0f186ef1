"""The stored state of a case: a few rows, compressed, tied to its diagram, sealed by a digest."""

# ruff: noqa: SLF001 - SpiffWorkflow's states are underscored

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.workflow.errors import SnapshotCorruptError
from engine.workflow.runtime import READY, STARTED, WAITING, OfficeCase, OfficeScope, OfficeTask

if TYPE_CHECKING:
    from engine.workflow.blueprint import Blueprint

FORMAT: Final = b"MC01"
_DIGEST: Final = 16
_HEAD: Final = len(FORMAT) + _DIGEST
_LARGEST: Final = 16 * 1024 * 1024
_SMALL: Final = 8 * 1024
_STATES: Final = frozenset({WAITING, READY, STARTED})
_HEX: Final = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
)
_ROW: Final = 5
_SCOPE: Final = 4


def save(bp: Blueprint, case: OfficeCase) -> bytes:
    """The blob of a case that stands still: nothing automatic is left to do."""
    scopes = [
        [
            None if scope.host is None else scope.host.id,
            scope.spec.name,
            scope.completed,
            [
                [task.id, task.task_spec.name, task._state, task.internal_data, task.data]
                for task in scope.tasks.values()
                if task is not scope.task_tree
            ],
        ]
        for scope in case.scopes
    ]
    text = _ENCODER.encode([bp.key, case.data, scopes])
    body = _packed(text.encode())
    return FORMAT + _digest(body) + body


def load(bp: Blueprint, blob: bytes) -> OfficeCase:
    """The case of a blob, ready to go on.

    Raises:
        SnapshotCorruptError: the blob is damaged, of another format or another diagram's.
    """
    key, data, scopes = _opened(blob)
    if key != bp.key:
        raise SnapshotCorruptError(
            f"Expected a state of the diagram {bp.key}, but it belongs to {key}"
        )
    case = OfficeCase(bp.spec, bp.scopes, conditional=bp.conditional, gathering=bp.gathering)
    case.data = data
    for place, row in enumerate(scopes):
        host_id, name, completed, rows = _checked_scope(row)
        scope: OfficeCase | OfficeScope = case
        if place > 0:
            host = case.register.get(_id(host_id))
            if host is None or name not in bp.scopes:
                raise SnapshotCorruptError(f"Expected a scope of this case, but got {name!r}")
            scope = OfficeScope(bp.scopes[name], host)
            case.adopt(scope)
        elif name != bp.spec.name or host_id is not None:
            raise SnapshotCorruptError(f"Expected the process first, but got {name!r}")
        scope.plant()
        scope.completed = completed
        _restore(scope, rows)
    return case


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one token of a stored case stands, without building the case."""

    element: str
    called_by: tuple[str, ...]
    """Elements of the scopes around it, outermost first."""
    flow: str | None
    """At a join: the flow it came by."""
    raced: bool
    """Whether it waits behind an event-based gateway, whose own token stands as well."""


def standings(blob: bytes) -> tuple[Standing, ...]:
    """The tokens of a stored state, those that only listen on borders among them.

    Raises:
        SnapshotCorruptError: the blob is damaged or of another format.
    """
    _key, _data, scopes = _opened(blob)
    hosts: dict[str, tuple[str, ...]] = {}
    found = []
    for scope in scopes:
        host_id, _name, _completed, rows = _checked_scope(scope)
        around = hosts.get(host_id, ()) if host_id is not None else ()
        for row in rows:
            if not isinstance(row, list) or len(row) != _ROW or not isinstance(row[3], dict):
                raise SnapshotCorruptError("Expected a row of five values, but got another")
            hosts[_id(row[0])] = (*around, str(row[1]))
            found.append(Standing(str(row[1]), around, row[3].get("flow"), "race" in row[3]))
    return tuple(found)


def _packed(text: bytes) -> bytes:
    # A small state needs no large window; setting one up would cost more than packing it.
    bits, memory = (12, 5) if len(text) < _SMALL else (zlib.MAX_WBITS, 8)
    packer = zlib.compressobj(6, zlib.DEFLATED, -bits, memory)
    return packer.compress(text) + packer.flush()


def _restore(scope: OfficeCase | OfficeScope, rows: list[Any]) -> None:
    specs = scope.spec.task_specs
    for row in rows:
        if not isinstance(row, list) or len(row) != _ROW:
            raise SnapshotCorruptError("Expected a row of five values, but got another")
        task_id, name, state, internal, own = row
        spec = specs.get(name)
        known = spec is not None and state in _STATES
        if not known or not isinstance(internal, dict) or not isinstance(own, dict):
            raise SnapshotCorruptError(f"Expected a node of the diagram, but got {name!r}")
        task = OfficeTask(scope, spec, scope.task_tree, state, _id(task_id))
        task.internal_data = internal
        task.data = own


def _opened(blob: bytes) -> tuple[str, dict[str, Any], list[Any]]:
    if len(blob) <= _HEAD or blob[: len(FORMAT)] != FORMAT:
        raise SnapshotCorruptError("Expected a state of format MC01, but the blob is not one")
    body = blob[_HEAD:]
    if _digest(body) != blob[len(FORMAT) : _HEAD]:
        raise SnapshotCorruptError("Expected an undamaged state, but its digest differs")
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = reader.decompress(body, _LARGEST)
        parts = json.loads(text)
    except (zlib.error, ValueError, RecursionError) as cause:
        raise SnapshotCorruptError("Expected a readable state, but it is not") from cause
    sound = (
        isinstance(parts, list)
        and len(parts) == 3  # noqa: PLR2004 - key, values, scopes
        and isinstance(parts[0], str)
        and isinstance(parts[1], dict)
        and isinstance(parts[2], list)
        and parts[2]
    )
    if not sound:
        raise SnapshotCorruptError("Expected key, values and scopes, but the state has others")
    return parts[0], parts[1], parts[2]


def _checked_scope(row: object) -> tuple[str | None, str, bool, list[Any]]:
    if not isinstance(row, list) or len(row) != _SCOPE:
        raise SnapshotCorruptError("Expected a scope of four values, but got another")
    host, name, completed, rows = row
    sound = (
        (host is None or isinstance(host, str))
        and isinstance(name, str)
        and isinstance(completed, bool)
        and isinstance(rows, list)
    )
    if not sound:
        raise SnapshotCorruptError("Expected a scope's host, name and rows, but got others")
    return host, name, completed, rows


def _id(text: object) -> str:
    if not isinstance(text, str) or _HEX(text) is None:
        raise SnapshotCorruptError(f"Expected an id of 32 hex digits, but got {text!r}")
    return text


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(FORMAT + body, digest_size=_DIGEST).digest()

"""Reads procedure.yaml: every wrong value named with its line and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

import yaml

from engine.catalog.model import Component, Decision, Fee, Procedure, Verification
from engine.errors import BadInputError
from engine.sla.limit import Limit

REGIMES: Final = ("QD93_2007", "QD09_2015", "ND61", "ND118", "ND118_309")
PAUSE_POLICIES: Final = ("RESTART", "PAUSE_WD", "PAUSE_CALENDAR")
SAMPLE_WORD: Final = "MẪU"
"""Marks a value that no source gives. Legal: R3"""

_MAX_CHARACTERS: Final = 200_000
_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,63}")
_COMPONENT: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOST_SHEETS: Final = 99

Check = Callable[[Any], str | None]
"""Says what a value should have been, or None when it is right."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file of a procedure's folder; lines count from 1."""

    file: str
    message: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        """`procedure.yaml:12: limit: Expected …`"""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ProcedureYamlError(BadInputError):
    """A procedure.yaml cannot be used; `problems` has all reasons."""

    code = "procedure_yaml"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        listed = "; ".join(str(problem) for problem in problems)
        super().__init__(f"Expected a procedure.yaml, but {listed}", problems=listed)


@dataclass(frozen=True)
class ProcedureData:
    """The checked content of a procedure.yaml; `plain` are its JSON values, dates as ISO text."""

    procedure: Procedure
    limit: Limit
    committed_limit: Limit | None
    hard_area_limit: Limit | None
    verification: Verification | None
    regime: str
    immediate_result: bool
    pause_policy: str | None
    components: tuple[Component, ...]
    fees: tuple[Fee, ...]
    legal_basis: tuple[str, ...]
    decision: Decision
    sample: bool
    plain: Mapping[str, Any]

    @property
    def basis(self) -> str:
        """The legal basis as the diagram's head has it."""
        return "; ".join(self.legal_basis)


def read_procedure_yaml(data: bytes, *, file: str = "procedure.yaml") -> ProcedureData:
    """The content of a procedure.yaml.

    Raises:
        ProcedureYamlError: with every problem, each with its line and key.
    """
    document, lines = _parse(data, file)
    found: list[tuple[str, str]] = []
    _check_mapping(document, _TOP, "", found)
    if not found:
        _check_together(document, found)
    if found:
        raise ProcedureYamlError(
            tuple(Problem(file, message, _line(lines, key), key) for key, message in found)
        )
    return _data(document)


def _parse(data: bytes, file: str) -> tuple[dict[str, Any], dict[str, int]]:
    lines: dict[str, int] = {}
    repeated: list[Problem] = []
    try:
        text = data.decode("utf-8")
        if len(text) > _MAX_CHARACTERS:
            raise ProcedureYamlError((Problem(file, "the file is larger than any procedure"),))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode):
            raise ProcedureYamlError((Problem(file, "Expected keys and values, but got none", 1),))
        _walk(node, "", lines, repeated, file)
        document = yaml.safe_load(text)
    except UnicodeDecodeError as cause:
        raise ProcedureYamlError((Problem(file, "Expected UTF-8, but it is not"),)) from cause
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        what = getattr(cause, "problem", None) or str(cause)
        raise ProcedureYamlError((Problem(file, f"Expected YAML, but {what}", line),)) from cause
    if repeated:
        raise ProcedureYamlError(tuple(repeated))
    return document, lines


def _walk(
    node: yaml.Node, path: str, lines: dict[str, int], repeated: list[Problem], file: str
) -> None:
    """Note on which line each key stands, and which keys stand twice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = f"{path}.{key.value}" if path else str(key.value)
            if key.value in seen:
                line = key.start_mark.line + 1
                repeated.append(Problem(file, "the key stands twice", line, name))
            seen.add(key.value)
            lines[name] = key.start_mark.line + 1
            _walk(value, name, lines, repeated, file)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value, start=1):
            name = f"{path}[{place}]"
            lines[name] = value.start_mark.line + 1
            _walk(value, name, lines, repeated, file)


def _line(lines: Mapping[str, int], key: str) -> int | None:
    """The line of a key, or of the nearest thing around it when it is missing."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


def _text(value: Any) -> str | None:
    if isinstance(value, str) and value.strip():
        return None
    hint = "; put it in quotes" if isinstance(value, (int, float, date)) else ""
    return f"Expected text, but got {value!r}{hint}"


def _code(value: Any) -> str | None:
    wrong = _text(value)
    if wrong is None and not _CODE.fullmatch(value):
        return f"Expected a code such as 2.000908, but got {value!r}"
    return wrong


def _slug(value: Any) -> str | None:
    if isinstance(value, str) and _COMPONENT.fullmatch(value):
        return None
    return f"Expected lower-case letters, digits and _, but got {value!r}"


def _limit(value: Any) -> str | None:
    if not isinstance(value, str):
        return f"Expected a limit such as 8wd, but got {value!r}"
    try:
        Limit.parse(value)
    except BadInputError as wrong:
        return wrong.message
    return None


def _bool(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"Expected true or false, but got {value!r}"


def _date(value: Any) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return None
    return f"Expected a date such as 2026-11-20, but got {value!r}"


def _date_or_none(value: Any) -> str | None:
    return None if value is None else _date(value)


def _sheets(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_SHEETS:
        return None
    return f"Expected a number from 0 to {_MOST_SHEETS}, but got {value!r}"


def _amount(value: Any) -> str | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return None
    return f"Expected whole đồng or null, but got {value!r}"


def _texts(value: Any) -> str | None:
    if isinstance(value, list) and value and all(_text(each) is None for each in value):
        return None
    return f"Expected a list of texts, but got {value!r}"


def _one_of(*allowed: str) -> Check:
    def check(value: Any) -> str | None:
        if value in allowed:
            return None
        return f"Expected one of {', '.join(allowed)}, but got {value!r}"

    return check


@dataclass(frozen=True)
class _Key:
    check: Check | None = None
    needed: bool = False
    inner: Mapping[str, _Key] | None = None
    """The keys of a mapping, or of each mapping in a list when `many`."""
    many: bool = False


_COMPONENT_KEYS: Final = {
    "code": _Key(_slug, needed=True),
    "name": _Key(_text, needed=True),
    "original": _Key(_sheets),
    "certified": _Key(_sheets),
    "copy": _Key(_sheets),
    "required": _Key(_bool),
    "give_back": _Key(_bool),
    "sample": _Key(_bool),
}
_FEE_KEYS: Final = {
    "name": _Key(_text, needed=True),
    "amount": _Key(_amount),
    "note": _Key(_text),
    "sample": _Key(_bool),
}
_TOP: Final = {
    "code": _Key(_code, needed=True),
    "name": _Key(_text, needed=True),
    "field": _Key(_text, needed=True),
    "level": _Key(_text, needed=True),
    "agency": _Key(_text),
    "limit": _Key(_limit, needed=True),
    "committed_limit": _Key(_limit),
    "hard_area_limit": _Key(_limit),
    "verification": _Key(inner={"limit": _Key(_limit), "extra": _Key(_limit)}),
    "regime": _Key(_one_of(*REGIMES), needed=True),
    "immediate_result": _Key(_bool),
    "pause_policy": _Key(_one_of(*PAUSE_POLICIES)),
    "sets": _Key(_sheets),
    "components": _Key(needed=True, inner=_COMPONENT_KEYS, many=True),
    "fees": _Key(inner=_FEE_KEYS, many=True),
    "legal_basis": _Key(_texts, needed=True),
    "decision": _Key(
        needed=True,
        inner={
            "number": _Key(_text, needed=True),
            "decided_on": _Key(_date_or_none),
            "authority": _Key(_text, needed=True),
            "effective_on": _Key(_date, needed=True),
        },
    ),
    "sample": _Key(_bool, needed=True),
    "notes": _Key(_texts),
}


def _check_mapping(
    given: Any, keys: Mapping[str, _Key], path: str, found: list[tuple[str, str]]
) -> None:
    if not isinstance(given, dict):
        found.append((path, f"Expected keys and values, but got {given!r}"))
        return
    prefix = f"{path}." if path else ""
    found.extend(
        (f"{prefix}{key}", f"Expected one of {', '.join(keys)}, but got this key")
        for key in given
        if key not in keys
    )
    for name, key in keys.items():
        if name not in given:
            if key.needed:
                found.append((f"{prefix}{name}", "Expected this key, but it is missing"))
        elif key.inner is None:
            wrong = key.check(given[name]) if key.check is not None else None
            if wrong is not None:
                found.append((f"{prefix}{name}", wrong))
        elif not key.many:
            _check_mapping(given[name], key.inner, f"{prefix}{name}", found)
        elif isinstance(given[name], list):
            for place, each in enumerate(given[name], start=1):
                _check_mapping(each, key.inner, f"{prefix}{name}[{place}]", found)
        else:
            found.append((f"{prefix}{name}", f"Expected a list, but got {given[name]!r}"))


def _check_together(document: Mapping[str, Any], found: list[tuple[str, str]]) -> None:
    """What is only seen when several values are looked at."""
    codes: set[str] = set()
    for place, component in enumerate(document["components"], start=1):
        key = f"components[{place}]"
        if component["code"] in codes:
            found.append(
                (f"{key}.code", f"Expected another code, but {component['code']!r} is taken")
            )
        codes.add(component["code"])
        if not any(component.get(kind, 0) for kind in ("original", "certified", "copy")):
            found.append((key, "Expected original, certified or copy of at least 1, but all are 0"))
    limit = Limit.parse(document["limit"])
    committed = Limit.parse(document.get("committed_limit", document["limit"]))
    if committed.rule is limit.rule and committed.amount > limit.amount:
        found.append(("committed_limit", f"Expected at most {limit}, but got {committed}"))
    decision = document["decision"]
    if not document["sample"]:
        if decision.get("decided_on") is None:
            found.append(("decision.decided_on", "Expected the date of the decision, but none"))
        unmarked = "Expected 'sample: true' beside {!r}, but the version is not marked as a sample"
        found.extend(
            (f"decision.{name}", unmarked.format(decision[name]))
            for name in ("number", "authority")
            if SAMPLE_WORD in decision[name].upper()
        )


def _data(document: dict[str, Any]) -> ProcedureData:
    def limit(name: str, of: Mapping[str, Any] = document) -> Limit | None:
        return Limit.parse(of[name]) if of.get(name) else None

    verification = document.get("verification")
    decision = document["decision"]
    return ProcedureData(
        procedure=Procedure(
            code=document["code"],
            name=document["name"],
            field=document["field"],
            level=document["level"],
            agency=document.get("agency"),
        ),
        limit=Limit.parse(document["limit"]),
        committed_limit=limit("committed_limit"),
        hard_area_limit=limit("hard_area_limit"),
        verification=Verification(limit("limit", verification), limit("extra", verification))
        if verification
        else None,
        regime=document["regime"],
        immediate_result=document.get("immediate_result", False),
        pause_policy=document.get("pause_policy"),
        components=tuple(_value(Component, each) for each in document["components"]),
        fees=tuple(_value(Fee, each) for each in document.get("fees", [])),
        legal_basis=tuple(document["legal_basis"]),
        decision=Decision(
            number=decision["number"],
            decided_on=decision.get("decided_on"),
            authority=decision["authority"],
            effective_on=decision["effective_on"],
        ),
        sample=document["sample"],
        plain=_plain(document),
    )


def _value(kind: type[Any], given: Mapping[str, Any]) -> Any:
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in given.items() if name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value

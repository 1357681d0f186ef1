"""Reads bpmn/agencies.yaml: the agencies a training office begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import yaml

from engine.errors import OfficeError

if TYPE_CHECKING:
    from pathlib import Path

_CODE: Final = re.compile(
    r"(?:[A-Y]\d{2}(?:\.[A-Z0-9]+)*|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})", re.ASCII
)
_LONGEST_CODE: Final = 35
_LONGEST_LEVEL: Final = 10
_KEYS: Final = frozenset({"code", "name", "parent", "level", "hours"})


class AgenciesFileError(OfficeError):
    """The file of agencies cannot be used; all that is wrong in it is listed."""

    code: ClassVar[str] = "agencies_file"


@dataclass(frozen=True)
class AgencyFile:
    """An agency (cơ quan) as the file has it; `hours` are dated office hours, None the default.

    Legal: R7
    """

    code: str
    name: str
    parent: str | None
    level: str
    hours: Any = None


def load_agencies(path: Path) -> tuple[AgencyFile, ...]:
    """The agencies of a file in its order.

    Raises:
        AgenciesFileError: with every problem. Legal: R7
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as cause:
        raise AgenciesFileError(f"Expected a file of agencies, but {path}: {cause}") from cause
    listed = document.get("agencies") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        raise AgenciesFileError(f"Expected a list 'agencies', but {path.name} has none")
    problems: list[str] = []
    for place, each in enumerate(listed, start=1):
        shown = f"{path.name}: agency {place}"
        problems.extend(f"{shown}: {problem}" for problem in _problems(each))
    codes = [str(each.get("code")) for each in listed if isinstance(each, dict)]
    problems.extend(
        f"{code} stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})
    )
    if problems:
        raise AgenciesFileError(f"Expected sound agencies, but {'; '.join(problems)}")
    return tuple(
        AgencyFile(
            code=each["code"],
            name=each["name"],
            parent=each.get("parent"),
            level=each["level"],
            hours=each.get("hours"),
        )
        for each in listed
    )


def _problems(given: object) -> list[str]:
    if not isinstance(given, dict):
        return ["it is no mapping"]
    problems = [f"the key {key!r} is not known" for key in given if key not in _KEYS]
    for name in ("code", "parent"):
        value = given.get(name)
        if value is None and name == "parent":
            continue
        if not isinstance(value, str) or not _CODE.fullmatch(value) or len(value) > _LONGEST_CODE:
            problems.append(f"the {name} {value!r} is no agency code such as H35.12")
    if not isinstance(given.get("name"), str) or not given["name"].strip():
        problems.append("there is no name")
    level = given.get("level")
    if not isinstance(level, str) or not 0 < len(level) <= _LONGEST_LEVEL:
        problems.append("there is no level such as xã or tỉnh")
    return problems

"""Reads scenario files: YAML, a base and overlays; every error names file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from engine.errors import OfficeError
from simulations.errors import ScenarioError
from simulations.inputs.changes import Overlay
from simulations.inputs.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_BASES = 10
"""Overlays on overlays."""
LARGEST_FILE = 4_000_000

_M = TypeVar("_M", bound=BaseModel)


def load_scenario(path: Path) -> Scenario:
    """The scenario of a file, with its overlays' changes made.

    Raises:
        ScenarioError: it cannot be read, or says what cannot be; names file, line and key.
    """
    return _load(path, depth=0)


def base_of(path: Path) -> Scenario | None:
    """The scenario an overlay changes; None for a file that stands alone.

    Raises:
        ScenarioError: as `load_scenario`.
    """
    document = _Document.read(path)
    if not document.is_overlay:
        return None
    return load_scenario(path.parent / document.as_model(Overlay).base)


def _load(path: Path, *, depth: int) -> Scenario:
    if depth > MOST_BASES:
        raise ScenarioError(
            f"Expected at most {MOST_BASES} overlays on each other, but {path.name} is one more"
        )
    document = _Document.read(path)
    if not document.is_overlay:
        scenario = document.as_model(Scenario)
        return scenario.model_copy(update={"folder": path.parent})
    overlay = document.as_model(Overlay)
    scenario = _load(path.parent / overlay.base, depth=depth + 1)
    for number, change in enumerate(overlay.changes):
        try:
            scenario = change.apply(scenario)
        except ScenarioError as refusal:
            raise document.error(refusal.message, ("changes", number)) from refusal
    return scenario.model_copy(
        update={
            "name": overlay.name,
            "about": overlay.about or scenario.about,
            "sources": (*scenario.sources, *overlay.sources),
            "assumptions": (*scenario.assumptions, *overlay.assumptions),
        }
    )


class _Document:
    """A YAML document with the line of every key."""

    def __init__(self, path: Path, root: Any) -> None:
        self.path = path
        self.lines: dict[tuple[Any, ...], int] = {}
        self.content = self._value(root, ())

    @classmethod
    def read(cls, path: Path) -> _Document:
        try:
            data = path.read_bytes()
        except OSError as cause:
            raise ScenarioError(
                f"Expected a scenario file, but {path.name} cannot be read: {cause.strerror}"
            ) from cause
        if len(data) > LARGEST_FILE:
            raise ScenarioError(f"Expected a scenario of at most 4 MB, but {path.name} is larger")
        try:
            root = yaml.compose(data, Loader=_LOADER)
        except (yaml.YAMLError, UnicodeDecodeError) as cause:
            mark = getattr(cause, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark is not None else ""
            why = getattr(cause, "problem", None) or str(cause)
            raise ScenarioError(f"Expected YAML, but {path.name}{line}: {why}") from cause
        document = cls(path, root)
        if not isinstance(document.content, dict):
            raise ScenarioError(f"Expected keys and values, but {path.name} has none")
        return document

    @property
    def is_overlay(self) -> bool:
        """Whether it changes another file."""
        return "base" in self.content

    def _value(self, node: Any, place: tuple[Any, ...]) -> Any:
        if node is None:
            return None
        if len(place) > 50:  # noqa: PLR2004 (nobody nests so deep)
            raise self.error("values nested at most 50 deep", place, plain=True)
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            found: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = _scalar(key_node)
                self.lines[*place, key] = key_node.start_mark.line + 1
                if not isinstance(key, (str, int)) or key in found:
                    raise self.error(
                        f"each key once, but {key!r} is twice", (*place, key), plain=True
                    )
                found[key] = self._value(value_node, (*place, key))
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, (*place, number)) for number, each in enumerate(node.value)]
        return _scalar(node)

    def as_model(self, kind: type[_M]) -> _M:
        """The content as a typed value.

        Raises:
            ScenarioError: the first thing that is wrong, by line.
        """
        try:
            return kind.model_validate(self.content)
        except ValidationError as cause:
            wrong = min(
                cause.errors(include_url=False),
                # A list whose parts are wrong is also told to be too short: that is no news.
                key=lambda each: (
                    each["type"] == "too_short",
                    self.line(each["loc"]),
                    len(each["loc"]),
                ),
            )
            raise self.error(_in_english(wrong), wrong["loc"]) from cause
        except OfficeError as cause:
            raise self.error(cause.message, ()) from cause

    def line(self, place: Sequence[Any]) -> int:
        """The line of a place, or of what is nearest around it."""
        there = tuple(place)
        while there and there not in self.lines:
            there = there[:-1]
        return self.lines.get(there, 1)

    def error(self, text: str, place: Sequence[Any], *, plain: bool = False) -> ScenarioError:
        """A refusal that names file, line and key."""
        shown = [str(each) for each in place]
        key = ".".join(shown) or "the file"
        if not text.startswith("Expected"):
            text = f"Expected {text}" if plain else text
        where = f"{self.path.name}, line {self.line(place)}, key '{key}'"
        message = text if text.startswith("Expected") else f"Expected a sound scenario, but {text}"
        return ScenarioError(
            f"{message} ({where})", file=self.path.name, line=self.line(place), key=key
        )


def _scalar(node: Any) -> Any:
    return _LOADER("").construct_object(node)


def _in_english(wrong: Any) -> str:
    given = wrong.get("input")
    shown = repr(given) if isinstance(given, (str, int, float, bool)) else ""
    text = str(wrong["msg"]).removeprefix("Value error, ")
    kind = wrong["type"]
    if kind == "extra_forbidden":
        return "Expected a known key, but this one is not"
    if kind == "missing":
        return "Expected this key, but it is missing"
    if kind == "value_error":
        return f"Expected that {text}"
    text = text.removeprefix("Input should be ")
    return f"Expected {text}, but got {shown[:80] or 'something else'}"


def find_line(scenario_path: Path, key: str) -> int | None:
    """The line of a key such as "procedures.khdt.limit" in a scenario file, if it has one."""
    document = _Document.read(scenario_path)
    place: list[Any] = []
    value: Any = document.content
    for word in key.split("."):
        if isinstance(value, list):
            number = next(
                (
                    n
                    for n, each in enumerate(value)
                    if isinstance(each, dict) and each.get("key") == word
                ),
                None,
            )
            if number is None:
                break
            place.append(number)
            value = value[number]
        elif isinstance(value, dict) and word in value:
            place.append(word)
            value = value[word]
        else:
            break
    return document.line(place) if place else None


def compiled_error(refusal: OfficeError, path: Path) -> OfficeError:
    """A refusal of a compiled scenario, with file and line of the key it is about."""
    key = refusal.details.get("key")
    if not isinstance(refusal, ScenarioError) or not isinstance(key, str):
        return refusal
    if "line" in refusal.details:
        return refusal
    at = path
    for _ in range(MOST_BASES):
        document = _Document.read(at)
        if not document.is_overlay:
            break
        at = at.parent / str(document.content["base"])
    line = find_line(at, key)
    return ScenarioError(
        f"{refusal.message} ({at.name}, line {line or 1}, key '{key}')",
        file=at.name,
        line=line or 1,
        key=key,
    )


__all__ = ["Path", "base_of", "compiled_error", "find_line", "load_scenario"]

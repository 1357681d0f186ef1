"""Every word the editor's libraries ask for, or have fixed in their source, is in Vietnamese."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

FRONTEND = Path(desk.__file__).parent / "frontend"
MODULES = FRONTEND / "node_modules"
WORDS: dict[str, str] = json.loads((FRONTEND / "designer/words/vi.json").read_text("utf-8"))
SIMULATION = json.loads((FRONTEND / "designer/words/simulation.json").read_text("utf-8"))
SOURCES = (
    "bpmn-js/lib",
    "diagram-js/lib",
    "diagram-js-direct-editing/lib",
    "diagram-js-minimap/dist/index.esm.js",
    "bpmn-js-bpmnlint/dist/index.esm.js",
    "@bpmn-io/properties-panel/dist/index.esm.js",
    "bpmn-js-properties-panel/dist/index.esm.js",
)
ASKED = re.compile(r"translate\(\s*(['\"`])((?:\\.|(?!\1).)+)\1")
LISTED = re.compile(r"\b(?:label|title):\s*(['\"])([A-Z](?:\\.|(?!\1).)+)\1")
REPORTED = re.compile(r"report\([\w.]+,\s*'([^']+)'")
HEADING = re.compile(r"^  '?(?:bpmn:)?(\w+)'?: \w+Icon", re.MULTILINE)
SIDES = ("left", "center", "right", "top", "middle", "bottom")
NOT_WORDS = re.compile(r"^\s|^[\d\s,()]|\bscale\b|^translate")


def texts() -> Iterator[tuple[str, str]]:
    for source in SOURCES:
        place = MODULES / source
        for path in sorted(place.rglob("*.js")) if place.is_dir() else [place]:
            text = path.read_text("utf-8")
            if source.startswith("bpmn-js-properties-panel"):
                text = text[: text.index("var index$2 = {")]  # as the bundle cuts it
            yield source, text


def test_every_word_that_a_library_asks_for_has_a_translation() -> None:
    asked = {
        found[1].replace("\\'", "'")
        for _, text in texts()
        for pattern in (ASKED, LISTED)
        for found in pattern.findall(text)
    }
    words = {word for word in asked if not NOT_WORDS.search(word)} - {"Align elements "}
    words |= {f"Align elements {side}" for side in SIDES}
    assert len(words) > 150, "the libraries ask in another way now"
    assert sorted(words - WORDS.keys()) == []


def test_every_heading_of_the_panel_has_a_translation() -> None:
    source = next(text for name, text in texts() if name.startswith("bpmn-js-properties-panel"))
    begin = source.index("var iconsByType")
    kinds = re.findall(r"^  '?(\w+)'?:", source[begin : source.index("};", begin)], re.MULTILINE)
    assert len(kinds) > 60
    heads = {
        re.sub(r"(?<=\w)([A-Z])", r" \1", kind).replace("Non Interrupting", "(Non Interrupting)")
        for kind in kinds
    }
    assert sorted(heads - WORDS.keys()) == []


def test_every_remark_of_the_shape_rules_has_a_translation() -> None:
    bundle = (FRONTEND / "designer/bundle.mjs").read_text("utf-8")
    begin = bundle.index("const SHAPE_RULES")
    rules = re.findall(r'"([\w-]+)": "warn"', bundle[begin : bundle.index("};", begin)])
    assert rules
    for rule in rules:
        source = (MODULES / "bpmnlint/rules" / f"{rule}.js").read_text("utf-8")
        said = REPORTED.findall(source)
        assert said, rule
        assert [word for word in said if word not in WORDS] == []


@pytest.mark.parametrize("pattern", [r"text: [^'\n]*'([^']+)'", r'title="([A-Z][^"$]+)"'])
def test_every_word_fixed_in_the_simulation_is_replaced(pattern: str) -> None:
    left = []
    for path in sorted((MODULES / "bpmn-js-token-simulation/lib").rglob("*.js")):
        name = str(path.relative_to(MODULES / "bpmn-js-token-simulation/lib"))
        if name == "features/toggle-mode/viewer/ToggleMode.js":
            continue  # of the viewer, which is not bundled
        text = path.read_text("utf-8")
        for old, new in SIMULATION.get(name, {}).items():
            assert old in text, (name, old)
            text = text.replace(old, new)
        left += [(name, word) for word in re.findall(pattern, text) if word.isascii()]
    assert left == []


def test_no_translation_is_empty_or_loses_a_value() -> None:
    for word, vietnamese in WORDS.items():
        assert vietnamese.strip(), word
        asked = set(re.findall(r"\{(\w+)\}", word))
        assert set(re.findall(r"\{(\w+)\}", vietnamese)) <= asked

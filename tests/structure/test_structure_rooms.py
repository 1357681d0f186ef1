"""The rooms: import contracts hold, one door to SpiffWorkflow, data without code."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.project import (
    PACKAGES,
    PROJECT,
    dotted,
    files,
    imported,
    modules_imported,
    python_files,
    tree_of,
)

CONTRACTS = {
    "floors",
    "rooms",
    "legal-clock",
    "engine-room",
    "engine-room-alone",
    "no-web",
    "desk-and-courier",
    "fast-simulation",
}
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "shared", "tools", "stuff"}
DESERIALISERS = {"deserialize_json", "deserialize_workflow", "from_dict", "restore", "deserialize"}


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    told = subprocess.run(
        [str(lint), "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_contract_was_taken_away() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(PROJECT / ".importlinter")
    there = {s.rpartition(":")[2] for s in contracts.sections() if ":contract:" in s}
    assert there >= CONTRACTS


def test_spiffworkflow_has_one_door() -> None:
    through = {
        "/".join(path.parts[:2])
        for path in python_files(*PACKAGES)
        for module in modules_imported(tree_of(path))
        if module.partition(".")[0] == "SpiffWorkflow"
    }
    assert through == {"engine/workflow"}


def test_spiffworkflow_never_deserialises_a_state() -> None:
    # Its serializer builds objects by the names a state carries and its migrations run code;
    # the office's own snapshot is plain rows.
    users = []
    for path in python_files(*PACKAGES):
        tree = tree_of(path)
        if any("serializer" in module.lower() for module in modules_imported(tree)):
            users.append(f"{path} imports a serializer")
        names = imported(tree)
        users += [
            f"{path}:{node.lineno} {node.func.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in DESERIALISERS
            and (dotted(node.func, names) or "").startswith("SpiffWorkflow")
        ]
        users += [
            f"{path}:{node.lineno} {node.func.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"deserialize_json", "deserialize_workflow"}
        ]
    assert users == []


def test_no_room_unpickles_or_evaluates() -> None:
    banned = {"pickle", "marshal", "shelve", "dill"}
    found = [
        f"{path} imports {module}"
        for path in python_files(*PACKAGES)
        for module in modules_imported(tree_of(path))
        if module in banned
    ]
    found += [
        f"{path}:{node.lineno} {node.func.id}"
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile"}
    ]
    assert found == []


def test_no_drawer_for_everything() -> None:
    assert [p for p in python_files() if DRAWERS & {p.stem, *p.parent.parts}] == []


def test_bpmn_holds_no_code() -> None:
    kinds = {path.suffix for path in files() if path.parts[0] == "bpmn"}
    assert kinds <= {".bpmn", ".yaml", ".json", ".csv", ".md", ".dmn"}


def test_every_module_opens_with_a_sentence() -> None:
    first = {
        path: (ast.get_docstring(tree_of(path)) or "").partition("\n\n")[0].rstrip()
        for path in python_files()
    }
    assert len(first) > 150
    unsaid = [
        f"{path}: {said!r}"
        for path, said in first.items()
        if len(said.split()) < 3 or not said.endswith((".", ")"))
    ]
    assert unsaid == []


def test_no_test_imports_from_conftest() -> None:
    # Every folder has one, and Python knows only the first it met by that name.
    assert [
        str(path)
        for path in python_files("tests")
        for node in tree_of(path).body
        if isinstance(node, ast.ImportFrom) and node.module == "conftest"
    ] == []


def test_every_test_file_has_a_name_of_its_own() -> None:
    names = Counter(p.name for p in python_files("tests") if p.name.startswith("test_"))
    assert [name for name, times in names.items() if times > 1] == []

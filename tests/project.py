"""The project itself as tests read it: its files, its modules, what a module imports and calls."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "desk", "webhooks", "simulations")

_NOT_OURS = frozenset(
    {
        ".git",
        ".venv",
        ".venv-mining",
        "var",
        "node_modules",
        "__pycache__",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".import_linter_cache",
        ".hypothesis",
    }
)


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, as a path from its root; nothing that tools leave behind."""
    found = []
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = sorted(f for f in folders if f not in _NOT_OURS and "egg-info" not in f)
        here = Path(folder).relative_to(PROJECT)
        found += [here / name for name in sorted(names) if name != ".git"]
    return tuple(found)


def python_files(*roots: str) -> tuple[Path, ...]:
    """Python files under these folders of the project; all of them when none is named."""
    return tuple(
        path for path in files() if path.suffix == ".py" and (not roots or path.parts[0] in roots)
    )


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file of the project."""
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"), filename=str(path))


def text_of(path: Path) -> str:
    """A file as text; what is no text gives nothing."""
    try:
        return (PROJECT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def imported(tree: ast.Module) -> dict[str, str]:
    """What a module's local names stand for: `dt` → `datetime`, `now` → `datetime.datetime.now`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                bound = each.asname or each.name.partition(".")[0]
                names[bound] = each.name if each.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                names[each.asname or each.name] = f"{node.module}.{each.name}"
    return names


def modules_imported(tree: ast.Module) -> set[str]:
    """Dotted names of the modules a module imports, anywhere in it."""
    return {
        name
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom) and node.module
            else []
        )
    }


def dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """The full dotted name an expression stands for; None when it is no plain name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else None
    return None


def method_calls(tree: ast.Module, name: str) -> list[int]:
    """Lines on which something's method of this name is called."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]

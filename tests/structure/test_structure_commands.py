"""Every setting has its help, every command of the shell is where the table says."""

from __future__ import annotations

import importlib
import re

import click
import pytest

from desk.command_line.main import COMMANDS
from engine.config import Settings
from tests.project import PROJECT


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_says_what_it_is_for(name: str) -> None:
    words = Settings.model_fields[name].description or ""
    assert len(words.split()) >= 3, f"{name}: {words!r}"
    if re.search(r"(seconds|minutes|days|bytes)$", name):
        assert name.rpartition("_")[2] in words, f"{name} says its unit"


def _commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            found += _commands(below, f"{path} {name}")
    return found


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_is_where_the_table_says_and_says_what_it_does(name: str) -> None:
    module, attribute = COMMANDS[name].split(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    for path, each in _commands(command, name):
        assert (each.help or "").strip(), f"motcua {path} has no help"


def test_readme_names_commands_that_exist() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"motcua ([a-z][a-z-]*)", readme))
    assert named
    assert named <= set(COMMANDS)

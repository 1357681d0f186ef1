"""What the project's files must not hold: addresses of registries, paths of one machine."""

from __future__ import annotations

import json
import re

import pytest

from tests.project import PROJECT, files, text_of

# In halves, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    a + b
    for a, b in (
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("registry.npmjs", ".org"),
        ("registry.yarnpkg", ".com"),
        ("deb.debian", ".org"),
        ("archive.ubuntu", ".com"),
        ("proxy.golang", ".org"),
        ("ghcr", ".io"),
        ("docker", ".io"),
        ("conda.anaconda", ".org"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.:/<-])/(?:work|root|home)/\w")


def test_no_file_names_a_registry() -> None:
    found = [
        f"{path}: {host}"
        for path in files()
        if (text := text_of(path).lower())
        for host in REGISTRIES
        if host in text
    ]
    assert found == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in files()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_a_planted_path_of_one_machine_is_seen() -> None:
    assert MACHINE_PATH.search("open('" + "/ho" + "me/an/x')")
    assert not MACHINE_PATH.search("/about" + "/ho" + "me/an")


def test_there_is_no_lock_file_with_addresses() -> None:
    assert [path for path in files() if path.name in ("uv.lock", "yarn.lock")] == []
    for path in files():
        if path.name in ("package-lock.json", "npm-shrinkwrap.json"):
            packages = json.loads(text_of(path)).get("packages", {})
            assert packages, path
            assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-mining.lock"])
def test_the_lock_holds_hashes_and_no_addresses(name: str) -> None:
    lock = (PROJECT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*(--(extra-)?index-url|-i|--find-links|-f)\b", lock, re.MULTILINE)
    pins = re.split(r"\n(?=\S)", lock.strip())
    assert len(pins) > 20
    assert [pin.partition("\n")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY:((?:[^\n]*\\\n)*[^\n]*)", text, re.MULTILINE)
    named = {word for line in phony for word in line.replace("\\\n", " ").split()}
    helped = set(re.findall(r"^([a-z-]+):[^\n]*## \S", text, re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))
    assert targets == named == helped
    assert {"help", "setup", "run", "test", "test-slow", "check", "lock"} <= helped


def test_ci_runs_what_the_readme_says() -> None:
    assert "make test" in (PROJECT / ".ci/run").read_text(encoding="utf-8")
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme

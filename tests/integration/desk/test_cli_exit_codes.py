"""What a command leaves the shell with, beside its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk.command_line.main import main

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    b'<process id="P"/></definitions>'
)


def test_check_exits_1_when_a_finding_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "trong.bpmn"
    file.write_bytes(EMPTY)
    with pytest.raises(SystemExit) as left:
        main(["procedure", "check", str(file)])
    assert left.value.code == 1

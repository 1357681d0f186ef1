"""How a command answers: readable Vietnamese lines, or one JSON document with --json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from engine.catalog.finding import Finding

json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output."
)


def answer(
    document: Mapping[str, Any], *, as_json: bool, lines: Callable[[], Iterable[str]]
) -> None:
    """Print the answer in the form that was asked for."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines():
        click.echo(line)


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Findings for people, one a line."""
    empty = True
    for finding in findings:
        empty = False
        where = f" [{finding.element_id}]" if finding.element_id else ""
        yield f"{finding.severity}: {finding.code}{where}: {finding.message}"
    if empty:
        yield "Không có phát hiện nào."

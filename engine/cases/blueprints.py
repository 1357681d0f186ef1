"""The engine room's blueprint of a published version, made once a process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.workflow.blueprint import Blueprint, blueprint

if TYPE_CHECKING:
    from engine.catalog.versions import PublishedVersion


def blueprint_of(version: PublishedVersion) -> Blueprint:
    """The executable form of a version."""
    return _made(version.bpmn, version.process.id)


@lru_cache(maxsize=512)
def _made(bpmn: bytes, process_id: str) -> Blueprint:
    return blueprint(bpmn, process_id)

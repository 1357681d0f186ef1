"""The designer's room with all its routes."""

from __future__ import annotations

from desk.designer import drafts, editor, files, publication
from desk.designer.room import designer

__all__ = ["designer", "drafts", "editor", "files", "publication"]

"""The procedures' room with all its pages."""

from __future__ import annotations

from desk.procedures import abolishing, approval, bulk, heat, importing, moving, views
from desk.procedures.room import procedures

__all__ = ["abolishing", "approval", "bulk", "heat", "importing", "moving", "procedures", "views"]

"""The portal's dates: `yyyyMMddHHmmss`, by the clock on the office's wall (R67)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.clock import office_time

if TYPE_CHECKING:
    from datetime import datetime


def portal_date(at: datetime) -> str:
    """2026-11-20 09:05:07 in the office → `20261120090507`. Legal: R67"""
    return office_time(at).strftime("%Y%m%d%H%M%S")

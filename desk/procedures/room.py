"""The blueprint of the procedures' room, and who may do what in it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from desk.access import ADMIN, DESIGNER, HEAD, LEADER

READERS: Final = (DESIGNER, HEAD, LEADER, ADMIN)
AUTHORS: Final = (DESIGNER, HEAD, ADMIN)
"""Who drafts: the sector's unit and the unit that controls procedures (TT 01/2018 Đ.8)."""
CHECKERS: Final = (DESIGNER, HEAD)
APPROVERS: Final = (LEADER,)
MOVERS: Final = (DESIGNER, ADMIN, LEADER)
"""Who takes running cases to another version."""

procedures = Blueprint("procedures", __name__)

"""The room of reports: its blueprint, who may enter, and who may close a period."""

from __future__ import annotations

from flask import Blueprint

from desk.access import ADMIN, HEAD, LEADER, staff

reports = Blueprint("reports", __name__)

READS = staff(LEADER, HEAD, ADMIN)
CLOSES = staff(LEADER, ADMIN)

"""All tables of the office in one place, so that a comparison sees every one of them."""

from __future__ import annotations

from engine.cases import tables as cases
from engine.cases.intake import attachment_tables as attachments
from engine.cases.telling import duty_tables as duties
from engine.catalog import tables as catalog
from engine.citizens import tables as citizens
from engine.database import metadata
from engine.documents import tables as documents
from engine.journal import tables as journal
from engine.reports import forecasts, rehearsals
from engine.reports import tables as reports
from engine.staff import tables as staff

__all__ = [
    "attachments",
    "cases",
    "catalog",
    "citizens",
    "documents",
    "duties",
    "forecasts",
    "journal",
    "metadata",
    "rehearsals",
    "reports",
    "staff",
]

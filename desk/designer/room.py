"""The editor's blueprint, its access rule, and how large a file it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request

from desk.access import ADMIN, DESIGNER, me, staff
from desk.procedures.room import AUTHORS
from desk.transaction import books
from engine.cases.training import clock_of
from engine.catalog.xml import MAX_BYTES
from engine.clock import office_date
from engine.database import reading
from engine.procedures.check_diagram import check_diagram
from engine.staff.queries import roles_held

if TYPE_CHECKING:
    from collections.abc import Collection

RULE: Final = staff(*AUTHORS)
PUBLISHERS: Final = (DESIGNER, ADMIN)
"""Who publishes at once in a training office; in a real one a proposal is approved."""
_FORM_BYTES: Final = 100_000
"""What a form has around its file."""

designer = Blueprint("designer", __name__)


@designer.url_value_preprocessor
def _take_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A diagram may be larger than other forms; said before anybody reads the request."""
    request.max_content_length = MAX_BYTES + _FORM_BYTES


def held_roles() -> Collection[str]:
    """The roles that somebody of the designer's agency holds today."""
    with reading(books()) as db:
        return roles_held(db, me().agency, office_date(clock_of(db).now()))


def findings(bpmn: bytes) -> list[dict[str, Any]]:
    """All findings of a file, roles without people included; checked in a child.

    No write of the request may be open: the check may take seconds.

    Raises:
        CheckerBusyError: see `check_diagram`.
    """
    return check_diagram(bpmn, people={me().agency: held_roles()})

"""A filled-in form: what it asks for is done once, or it is shown again with what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from desk.access import me
from desk.errors import UNPROCESSABLE, refusal_said
from desk.transaction import db, office_clock
from engine.cases.idempotency import once
from engine.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.typing import ResponseReturnValue

    from desk.forms import ActForm

UNTOLD = frozenset({"csrf_token", "key", "case_version", "back"})
"""Fields that say nothing of what is asked: they do not make a second press another request."""


def submitted(
    form: ActForm,
    act: Callable[[], Mapping[str, Any]],
    *,
    page: Callable[[str | None], str],
    done: Callable[[Mapping[str, Any]], ResponseReturnValue],
) -> ResponseReturnValue:
    """Do it once, however often the button is pressed, and answer with `done` of what it gave.

    What is filled in wrongly, or refused for what it says, comes back on `page`; every other
    refusal has a page of its own.
    """
    if not form.validate():
        return page(None), UNPROCESSABLE
    told = sorted((n, v) for n, v in request.form.items(multi=True) if n not in UNTOLD)
    try:
        found = once(
            db(),
            office_clock(),
            key=f"desk:{me().code}:{form.key.data}" if form.key.data else None,
            request={"path": request.path, "form": told},
            act=lambda: dict(act()),
        )
    except OfficeError as refusal:
        status, said = refusal_said(refusal)
        if status != UNPROCESSABLE:
            raise
        return page(said), status
    return done(found)

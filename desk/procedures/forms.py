"""The form of a decision: its number, its date, who decided, from when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from desk.forms import day, long_text, text
from engine.catalog.model import Decision

if TYPE_CHECKING:
    from typing import Any


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A decision that approves or abolishes. Legal: R3"""

    decision = text(_l("Số quyết định"), needed=True, hint=_l("Ví dụ: 690/QĐ-UBND"))
    decided_on = day(_l("Ngày quyết định"), needed=True)
    authority = text(_l("Cơ quan, người quyết định"), needed=True)
    effective_on = day(_l("Có hiệu lực từ ngày"), needed=True)


class ReturnForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why a proposal goes back."""

    note = long_text(_l("Lý do trả lại"), needed=True)


def decision_of(form: Any) -> Decision:
    """The decision a valid form holds."""
    return Decision(
        form.decision.data, form.decided_on.data, form.authority.data, form.effective_on.data
    )

"""What the editor offers to choose from: kinds of steps, roles, forms, regimes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from desk.access import ADMIN, DESIGNER, ROLE_NAMES
from desk.wording import KIND_NAMES
from engine.catalog.procedure_yaml import REGIMES
from engine.catalog.table.form_drafts import DRAFTS
from engine.catalog.table.words import FORM_OF_KIND, ROLE_WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NO_WORK: Final = frozenset({ADMIN, DESIGNER})
"""Roles that do no step of a case."""


def choices(*, held: Collection[str], forms: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of the properties panel; `held` are roles that somebody holds."""
    known = dict.fromkeys([*ROLE_NAMES, *(role for role, _ in ROLE_WORDS), *sorted(held)])
    titles = {**DRAFTS, **forms}
    return {
        "kinds": [(kind.value, str(words)) for kind, words in KIND_NAMES.items()],
        "roles": [
            (role, f"{ROLE_NAMES[role]} ({role})" if role in ROLE_NAMES else role)
            for role in known
            if role not in _NO_WORK
        ],
        "forms": [(name, f"{titles[name].get('title', name)} ({name})") for name in sorted(titles)],
        "formOfKind": {kind.value: form for kind, form in FORM_OF_KIND.items()},
        "regimes": list(REGIMES),
    }

"""The component checklist (thành phần hồ sơ) of a dossier at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.catalog.versions import PublishedVersion

STATES = ("original", "certified", "copy", "missing")
"""Bản chính, bản chứng thực, bản chụp, còn thiếu."""


def checked_components(version: PublishedVersion, given: Any) -> dict[str, str]:
    """The state of every component; without data each required one was handed in as asked.

    Raises:
        BadInputError: an unknown component or state.
    """
    asked = {str(item["code"]): item for item in version.meta.get("components", [])}
    if given is None:
        return {code: _as_asked(item) for code, item in asked.items()}
    if not isinstance(given, dict):
        raise BadInputError(f"Expected 'components' as code and state, but got {given!r}")
    wrong = [f"{k}={v!r}" for k, v in given.items() if k not in asked or v not in STATES]
    if wrong:
        raise BadInputError(
            f"Expected components of {', '.join(asked) or 'none'} with a state of "
            f"{', '.join(STATES)}, but got {', '.join(wrong)}",
            components=list(asked),
        )
    return {
        code: given.get(code, "missing" if item.get("required", True) else "copy")
        for code, item in asked.items()
        if code in given or item.get("required", True)
    }


def missing_components(version: PublishedVersion, states: Mapping[str, str]) -> list[str]:
    """Codes of required components that were not handed in."""
    return [
        str(item["code"])
        for item in version.meta.get("components", [])
        if item.get("required", True) and states.get(str(item["code"]), "missing") == "missing"
    ]


def check_codes(version: PublishedVersion, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Components to be completed, as the request names them.

    Raises:
        BadInputError: none was named.
    """
    named = tuple(code.strip() for code in codes if code.strip())
    if not named:
        known = ", ".join(str(i["code"]) for i in version.meta.get("components", []))
        raise BadInputError(
            f"Expected the components to complete (--components), but none was named; "
            f"the procedure asks for {known}"
        )
    return named


def originals_to_give_back(version: PublishedVersion, states: Mapping[str, str]) -> list[str]:
    """Components of which the applicant left an original that belongs to him. Legal: R39"""
    return [
        str(item["code"])
        for item in version.meta.get("components", [])
        if item.get("give_back") and states.get(str(item["code"])) == "original"
    ]


def _as_asked(item: Mapping[str, Any]) -> str:
    if item.get("copy"):
        return "copy"
    return "certified" if item.get("certified") else "original"

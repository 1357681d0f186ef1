"""The family of refusals: every error a person may meet has a stable code and one sentence."""

from __future__ import annotations

from typing import ClassVar


class OfficeError(Exception):
    """The office refuses an action; nothing was changed.

    The message reads "Expected X, but Y". `details` are JSON values for programs.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BadInputError(OfficeError):
    """A value given from outside cannot be read as what it should be."""

    code = "bad_input"

"""Signing in by somebody else's word: what any identity provider gives, and how it may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.errors import OfficeError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class SignInStaleError(OfficeError):
    """An answer came back that belongs to no sign-in this browser began, or to an old one."""

    code = "sign_in_stale"


class SignInCancelledError(OfficeError):
    """The provider says no: the person gave up, or is not let in there."""

    code = "sign_in_cancelled"


class SignInUnreachableError(OfficeError):
    """The provider does not answer."""

    code = "sign_in_unreachable"


class SignInInvalidError(OfficeError):
    """The provider's answer cannot be trusted: signature, issuer, audience, time or nonce."""

    code = "sign_in_invalid"


class SignInNobodyError(OfficeError):
    """The provider vouches for somebody who is no officer on duty here; none is made."""

    code = "sign_in_nobody"


class PasswordSignInOffError(OfficeError):
    """Somebody sent a password where only the provider lets people in."""

    code = "password_sign_in_off"


@dataclass(frozen=True)
class Account:
    """Who the provider says it is: the one value by which an officer is found."""

    value: str


class SignInProvider(Protocol):
    """One provider; the desk knows no more of it."""

    name: str
    """What the button says."""

    def lead_away(self, back: str) -> ResponseReturnValue:
        """Send the browser there; it comes back to the address `back`.

        Raises:
            SignInUnreachableError, SignInInvalidError.
        """
        ...

    def learn_who(self) -> Account:
        """Who came back with the request under way.

        Raises:
            SignInStaleError, SignInCancelledError, SignInUnreachableError, SignInInvalidError.
        """
        ...

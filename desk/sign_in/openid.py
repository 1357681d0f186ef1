"""OpenID Connect by Authlib: code flow with PKCE, state, nonce; issuer, audience, time checked."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import request, session
from joserfc.errors import JoseError
from requests import RequestException

from desk.sign_in.provider import (
    Account,
    SignInCancelledError,
    SignInInvalidError,
    SignInStaleError,
    SignInUnreachableError,
)
from desk.transaction import wall
from engine.errors import BadInputError

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from desk.sign_in.provider import SignInProvider
    from engine.config import Settings

NAME = "motcua_oidc"
STATE_PREFIX = f"_state_{NAME}_"
TOTAL_SECONDS = 10
LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Only a key that the provider alone holds: no shared secret, no unsigned token."""
LONGEST_VALUE = 200


def provider_of(app: Flask, settings: Settings) -> SignInProvider | None:
    """The provider that the settings name; None when there is none.

    Raises:
        BadInputError: settings with which nobody could sign in, or not safely.
    """
    issuer = settings.oidc_issuer.strip()
    if not issuer:
        if not settings.password_sign_in:
            raise BadInputError(
                "Expected MOTCUA_OIDC_ISSUER when MOTCUA_PASSWORD_SIGN_IN is off, but it is "
                "empty: nobody could sign in"
            )
        return None
    address = urlsplit(issuer)
    if address.scheme != "https" and not (
        address.scheme == "http" and _is_this_machine(address.hostname)
    ):
        raise BadInputError(f"Expected an https address in MOTCUA_OIDC_ISSUER, but got {issuer!r}")
    if not settings.oidc_client_id:
        raise BadInputError("Expected MOTCUA_OIDC_CLIENT_ID with the issuer, but it is empty")
    if "openid" not in settings.oidc_scope.split():
        raise BadInputError("Expected 'openid' in MOTCUA_OIDC_SCOPE, but it is not there")
    return OpenIdProvider(app, settings)


class OpenIdProvider:
    """One issuer; its addresses and keys are fetched when somebody first signs in."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.name = settings.oidc_name
        self._issuer = settings.oidc_issuer.strip()
        self._claim = settings.oidc_claim
        self._client_id = settings.oidc_client_id
        self._client = OAuth(app).register(
            NAME,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value() or None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scope,
                "code_challenge_method": "S256",
                "default_timeout": TOTAL_SECONDS,
                "verify": str(settings.oidc_certificates or "") or True,
            },
        )

    def lead_away(self, back: str) -> ResponseReturnValue:
        """Send the browser to the issuer; only the newest attempt of a browser counts."""
        for key in [each for each in session if each.startswith(STATE_PREFIX)]:
            del session[key]
        try:
            self._check_issuer()
            answer: ResponseReturnValue = self._client.authorize_redirect(back)
        except RequestException as error:
            raise _unreachable(error) from error
        except _CANNOT_BE_TRUSTED as error:
            raise _invalid(error) from error
        return answer

    def learn_who(self) -> Account:
        """Exchange the code and read the token that the issuer signed."""
        if "error" in request.args:
            raise SignInCancelledError(
                f"Expected a code from the provider, but it says {request.args['error'][:60]!r}"
            )
        if request.args.get("iss", self._issuer).rstrip("/") != self._issuer.rstrip("/"):
            raise SignInInvalidError("Expected an answer of the issuer, but another one is named")
        begun = session.get(STATE_PREFIX + request.args.get("state", ""))
        if begun is not None and begun["exp"] < wall().now().timestamp():
            raise SignInStaleError("Expected an answer within the hour, but it came later")
        try:
            issuer = self._check_issuer()
            token = self._client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                leeway=LEEWAY_SECONDS,
            )
        except MismatchingStateError as error:
            raise SignInStaleError(
                "Expected an answer to a sign-in of this browser, but its state is unknown"
            ) from error
        except RequestException as error:
            raise _unreachable(error) from error
        except _CANNOT_BE_TRUSTED as error:
            raise _invalid(error) from error
        return self._account(token.get("userinfo"))

    def _check_issuer(self) -> str:
        """The issuer as it names itself; it is the one we were told, and signs with its own key."""
        known = self._client.load_server_metadata()
        issuer = str(known["issuer"])
        if issuer.rstrip("/") != self._issuer.rstrip("/"):
            known.clear()  # asked anew next time: it may have been mended
            raise ValueError("the issuer names itself otherwise")
        offered = known.get("id_token_signing_alg_values_supported") or SIGNED_BY
        usable = [each for each in SIGNED_BY if each in offered]
        if not usable:
            known.clear()
            raise ValueError("the issuer signs with none of the known algorithms")
        known["id_token_signing_alg_values_supported"] = usable
        return issuer

    def _account(self, claims: Any) -> Account:
        if not claims:
            raise SignInInvalidError("Expected an identity token, but the answer holds none")
        value = claims.get(self._claim)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_VALUE:
            raise SignInInvalidError(f"Expected '{self._claim}' in the token, but it is not there")
        if self._claim == "email" and claims.get("email_verified") is not True:
            raise SignInInvalidError("Expected an e-mail address that was verified, but it is not")
        return Account(value)


_CANNOT_BE_TRUSTED = (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RuntimeError)
"""What Authlib and its parts raise on answers that are not as they should be."""


def _unreachable(error: Exception) -> SignInUnreachableError:
    return SignInUnreachableError(
        f"Expected an answer of the provider, but {type(error).__name__}"  # its text names keys
    )


def _invalid(error: Exception) -> SignInInvalidError:
    return SignInInvalidError(f"Expected an answer to trust, but {type(error).__name__}: {error}")


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False

"""Signing in by an identity provider: a local issuer with real keys, honest and lying (OIDC)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select, text, update

from desk.app import create_app
from engine.clock import FrozenClock, SystemClock
from engine.database import reading, transaction
from engine.errors import BadInputError
from engine.staff.tables import officer, sign_in_session
from tests.fake_issuer import CLIENT, SECRET, Issuer, fake_issuer
from tests.visitors import ADMIN, CLERK, PASSWORD, DeskOffice, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.test import TestResponse

STALE, CANCELLED, UNREACHABLE, INVALID, NOBODY = (
    "đã cũ hoặc không bắt đầu từ trình duyệt này",
    "không cho đăng nhập, hoặc việc này bị hủy",
    "Chưa liên hệ được nơi cấp tài khoản",
    "không tin được, nên chưa đăng nhập",
    "chưa gắn với cán bộ nào đang làm việc",
)
BUTTON = "Đăng nhập bằng tài khoản công vụ"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with fake_issuer() as here:
        yield here


def with_provider(desk: DeskOffice, issuer: Issuer, **given: Any) -> DeskOffice:
    """The same office with a desk that knows the issuer."""
    settings = desk.settings.model_copy(
        update={
            "oidc_issuer": issuer.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": type(desk.settings.oidc_client_secret)(SECRET),
            **given,
        }
    )
    desk.settings = settings
    desk.app = create_app(settings, SystemClock(), books=desk.books)
    return desk


def go(visitor: Visitor, aim: str = "") -> str:
    """Press the button; gives where the browser is sent."""
    answer = visitor.get("/sign-in/elsewhere" + (f"?next={aim}" if aim else ""))
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(visitor: Visitor, issuer: Issuer, aim: str = "") -> TestResponse:
    """The whole way there and back."""
    return visitor.get("/sign-in/back", query_string=issuer.consent(go(visitor, aim)))


def sessions(desk: DeskOffice) -> int:
    with reading(desk.books) as db:
        return db.scalar(select(func.count()).select_from(sign_in_session)) or 0


def test_an_officer_comes_in_by_his_account(desk: DeskOffice, issuer: Issuer) -> None:
    visitor = with_provider(desk, issuer).stranger()
    assert BUTTON in visitor.get("/").text
    answer = come_back(visitor, issuer)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk")
    page = visitor.get("/desk").text
    assert "Đăng xuất" in page
    assert sessions(desk) == 1
    visitor.post("/sign-out")
    assert visitor.get("/desk").status_code == 302


def test_the_page_he_wanted_opens_and_no_other_site(quick_desk: DeskOffice, issuer: Issuer) -> None:
    desk = with_provider(quick_desk, issuer)
    answer = come_back(desk.stranger(), issuer, "/returns")
    assert answer.headers["Location"] == "/returns"
    answer = come_back(desk.stranger(), issuer, "https://evil.example.vn")
    assert answer.headers["Location"] == "/desk"
    answer = come_back(desk.stranger(), issuer, "//evil.example.vn")
    assert answer.headers["Location"] == "/desk"


def test_without_a_provider_there_is_no_button_and_no_page(quick_desk: DeskOffice) -> None:
    stranger = quick_desk.stranger()
    assert "sign-in/elsewhere" not in stranger.get("/").text
    assert stranger.get("/sign-in/elsewhere").status_code == 404
    assert stranger.get("/sign-in/back?code=x&state=y").status_code == 404


def test_passwords_can_be_switched_off(quick_desk: DeskOffice, issuer: Issuer) -> None:
    desk = with_provider(quick_desk, issuer, password_sign_in=False)
    stranger = desk.stranger()
    page = stranger.get("/").text
    assert BUTTON in page
    assert 'name="password"' not in page
    refused = stranger.client.post(
        "/", data={"csrf_token": stranger.token(), "officer": CLERK, "password": PASSWORD}
    )
    assert refused.status_code == 403
    assert "không đăng nhập bằng mật khẩu" in refused.text
    assert sessions(desk) == 0
    assert come_back(stranger, issuer).status_code == 302


def test_an_officer_is_found_by_his_e_mail_when_so_set(
    quick_desk: DeskOffice, issuer: Issuer
) -> None:
    with transaction(quick_desk.books) as db:
        named = update(officer).where(officer.c.code == ADMIN)
        db.execute(named.values(email="Quan.Tri@xa.example.vn"))
    desk = with_provider(quick_desk, issuer, oidc_claim="email", oidc_matches="email")
    issuer.user = {"email": "quan.tri@XA.example.vn", "email_verified": True}
    assert come_back(desk.stranger(), issuer).headers["Location"] == "/admin"
    issuer.user = {"email": "quan.tri@xa.example.vn", "email_verified": False}
    assert INVALID in come_back(desk.stranger(), issuer).text
    with transaction(desk.books) as db:
        named = update(officer).where(officer.c.code == CLERK)
        db.execute(named.values(email="quan.tri@xa.example.vn"))
    issuer.user = {"email": "quan.tri@xa.example.vn", "email_verified": True}
    assert NOBODY in come_back(desk.stranger(), issuer).text, "of two it is neither"


@pytest.mark.parametrize("name", ["nguoi.la", "", "CB.TIEPNHAN1", "' OR 1=1 --"])
def test_who_is_no_officer_is_not_let_in_and_not_made(
    quick_desk: DeskOffice, issuer: Issuer, name: str
) -> None:
    desk = with_provider(quick_desk, issuer)
    issuer.user = {"preferred_username": name}
    answer = come_back(desk.stranger(), issuer)
    assert answer.status_code == (403 if name else 401)
    assert (NOBODY if name else INVALID) in answer.text
    assert sessions(desk) == 0
    with reading(desk.books) as db:
        assert db.execute(select(officer).where(officer.c.code == name)).first() is None


def test_an_officer_who_has_left_is_nobody(quick_desk: DeskOffice, issuer: Issuer) -> None:
    desk = with_provider(quick_desk, issuer)
    with transaction(desk.books) as db:
        db.execute(
            text("UPDATE officer SET active_to = '2026-01-01' WHERE code = :c"), {"c": CLERK}
        )
    assert NOBODY in come_back(desk.stranger(), issuer).text
    assert sessions(desk) == 0


def expired(claims: dict[str, Any]) -> dict[str, Any]:
    past = SystemClock().now() - timedelta(minutes=10)
    return claims | {"exp": int(past.timestamp())}


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another issuer": lambda claims: claims | {"iss": "https://evil.example.vn"},
    "another audience": lambda claims: claims | {"aud": "another-desk"},
    "ours among others, for another": lambda claims: (
        claims | {"aud": [CLIENT, "other"], "azp": "other"}
    ),
    "expired": expired,
    "another nonce": lambda claims: claims | {"nonce": "an-older-one"},
    "no nonce": without("nonce"),
    "no audience": without("aud"),
    "no issuer": without("iss"),
    "no end": without("exp"),
    "no subject": without("sub"),
    "no name": without("preferred_username"),
    "a name that is no text": lambda claims: claims | {"preferred_username": ["cb.tiepnhan1"]},
    "a name too long": lambda claims: claims | {"preferred_username": "x" * 201},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    quick_desk: DeskOffice, issuer: Issuer, lie: str
) -> None:
    desk = with_provider(quick_desk, issuer)
    issuer.claims = LIES[lie]
    answer = come_back(desk.stranger(), issuer)
    assert answer.status_code == 401
    assert INVALID in answer.text
    assert sessions(desk) == 0


@pytest.mark.parametrize("way", ["another key", "a shared secret", "no signature", "no token"])
def test_a_token_that_the_issuer_did_not_sign_lets_nobody_in(
    quick_desk: DeskOffice, issuer: Issuer, way: str
) -> None:
    # Even when the issuer's own description would allow it.
    issuer.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    desk = with_provider(quick_desk, issuer)
    stranger = RSAKey.generate_key(2048)
    issuer.sign = {
        "another key": lambda claims: issuer.signed(claims, stranger),
        "a shared secret": issuer.signed_by_secret,
        "no signature": issuer.unsigned,
        "no token": lambda _claims: "",
    }[way]
    answer = come_back(desk.stranger(), issuer)
    assert answer.status_code == 401
    assert INVALID in answer.text
    assert sessions(desk) == 0


def test_an_answer_counts_once_and_in_the_browser_that_asked(
    quick_desk: DeskOffice, issuer: Issuer
) -> None:
    desk = with_provider(quick_desk, issuer)
    mine, other = desk.stranger(), desk.stranger()
    answer = issuer.consent(go(mine))
    stolen = other.get("/sign-in/back", query_string=answer)
    assert stolen.status_code == 401
    assert STALE in stolen.text
    assert mine.get("/sign-in/back", query_string=answer).status_code == 302
    mine.post("/sign-out")
    assert STALE in mine.get("/sign-in/back", query_string=answer).text
    for wrong in ({}, {"code": "x"}, {"state": "y"}, {"code": "x", "state": "y"}):
        assert STALE in other.get("/sign-in/back", query_string=wrong).text
    assert sessions(desk) == 0


def test_an_answer_that_comes_after_the_hour_is_stale(
    quick_desk: DeskOffice, issuer: Issuer
) -> None:
    desk = with_provider(quick_desk, issuer)
    wall = FrozenClock(SystemClock().now())
    desk.app = create_app(desk.settings, wall, books=desk.books)
    visitor = desk.stranger()
    answer = issuer.consent(go(visitor))
    wall.advance(timedelta(minutes=61))
    assert STALE in visitor.get("/sign-in/back", query_string=answer).text


def test_a_newer_attempt_ends_the_older_ones(quick_desk: DeskOffice, issuer: Issuer) -> None:
    visitor = with_provider(quick_desk, issuer).stranger()
    first = issuer.consent(go(visitor))
    for _ in range(10):
        last = go(visitor)
    assert STALE in visitor.get("/sign-in/back", query_string=first).text
    assert visitor.get("/sign-in/back", query_string=issuer.consent(last)).status_code == 302


def test_a_code_without_its_proof_is_worth_nothing(quick_desk: DeskOffice, issuer: Issuer) -> None:
    visitor = with_provider(quick_desk, issuer).stranger()
    answer = issuer.consent(go(visitor))
    issuer.codes[answer["code"]]["code_challenge"] = "of-another-browser"
    assert INVALID in visitor.get("/sign-in/back", query_string=answer).text
    assert issuer.refusals == ["invalid_grant"]


def test_a_wrong_client_secret_is_said_in_one_sentence(
    quick_desk: DeskOffice, issuer: Issuer
) -> None:
    secret = type(quick_desk.settings.oidc_client_secret)
    desk = with_provider(quick_desk, issuer, oidc_client_secret=secret("khác"))
    assert INVALID in come_back(desk.stranger(), issuer).text
    assert issuer.refusals == ["invalid_client"]


def test_a_no_of_the_provider_is_told(quick_desk: DeskOffice, issuer: Issuer) -> None:
    visitor = with_provider(quick_desk, issuer).stranger()
    go(visitor)
    said = {"error": "access_denied", "error_description": "<b>không</b>", "state": "x"}
    answer = visitor.get("/sign-in/back", query_string=said)
    assert answer.status_code == 401
    assert CANCELLED in answer.text
    assert "<b>" not in answer.text[answer.text.index("<main") :]


def test_an_issuer_that_is_away_is_told_and_passwords_still_work(
    quick_desk: DeskOffice, issuer: Issuer
) -> None:
    desk = with_provider(quick_desk, issuer)
    issuer.is_down = True
    visitor = desk.stranger()
    answer = visitor.get("/sign-in/elsewhere")
    assert answer.status_code == 503
    assert UNREACHABLE in answer.text
    assert visitor.post("/", {"officer": CLERK, "password": PASSWORD}).status_code == 302
    issuer.is_down = False
    fresh = desk.stranger()
    code = issuer.consent(go(fresh))
    issuer.is_down = True
    answer = fresh.get("/sign-in/back", query_string=code)
    assert (UNREACHABLE in answer.text) or (INVALID in answer.text)
    assert answer.status_code in (401, 503)


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example.vn"},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_an_issuer_that_describes_itself_wrongly_is_not_followed(
    quick_desk: DeskOffice, issuer: Issuer, lie: dict[str, Any]
) -> None:
    issuer.metadata = lie
    answer = with_provider(quick_desk, issuer).stranger().get("/sign-in/elsewhere")
    assert answer.status_code == 401
    assert INVALID in answer.text


def test_keys_that_were_changed_are_fetched_anew(quick_desk: DeskOffice, issuer: Issuer) -> None:
    desk = with_provider(quick_desk, issuer)
    assert come_back(desk.stranger(), issuer).status_code == 302
    issuer.key = RSAKey.generate_key(2048, auto_kid=True)
    assert come_back(desk.stranger(), issuer).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oidc_issuer": "http://dangnhap.example.vn"}, "an https address"),
        ({"oidc_issuer": "dangnhap.example.vn"}, "an https address"),
        ({"oidc_issuer": "https://a.vn", "oidc_client_id": ""}, "MOTCUA_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "https://a.vn", "oidc_scope": "profile"}, "'openid'"),
        ({"oidc_issuer": "", "password_sign_in": False}, "nobody could sign in"),
    ],
    ids=str,
)
def test_settings_with_which_nobody_could_sign_in_safely_are_refused(
    quick_desk: DeskOffice, wrong: dict[str, Any], said: str
) -> None:
    settings = quick_desk.settings.model_copy(update={"oidc_client_id": "x"} | wrong)
    with pytest.raises(BadInputError, match=said):
        create_app(settings, SystemClock(), books=quick_desk.books)

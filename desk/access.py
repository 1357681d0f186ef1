"""Who may open which page: one rule a route, one function that decides, refused when in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from desk.transaction import frame, look, wall
from engine.cases.tables import case
from engine.clock import office_date
from engine.staff.queries import officer_in_place, roles_of
from engine.staff.sign_in import officer_of_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection

View = TypeVar("View", bound="Callable[..., Any]")

ONE_STOP = "mot_cua"
LEADER = "lanh_dao"
HEAD = "truong_phong"
ADMIN = "quan_tri"
DESIGNER = "kiem_soat_tthc"
"""The unit that controls procedures builds and checks them; law.md names it (TT 01/2018 Đ.8)."""

ROLE_NAMES = {
    ONE_STOP: "Một cửa",
    "chuyen_vien": "Chuyên viên",
    HEAD: "Trưởng phòng",
    LEADER: "Lãnh đạo",
    "van_thu": "Văn thư",
    "don_vi_phoi_hop": "Đơn vị phối hợp",
    "doan_kiem_tra": "Đoàn kiểm tra",
    "van_phong_ubnd": "Văn phòng UBND",
    "lanh_dao_ubnd": "Lãnh đạo UBND",
    DESIGNER: "Kiểm soát thủ tục hành chính",
    ADMIN: "Quản trị",
}

NOT_HANDLING = frozenset({DESIGNER, ADMIN})
"""Roles that draw procedures or run the machines; every other one, an office's own too, handles
cases."""


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The officer who is signed in; `id` is his session's token."""

    id: str
    code: str
    name: str
    unit: str
    unit_name: str
    agency: str
    agency_name: str
    roles: frozenset[str]

    @property
    def role_names(self) -> str:
        """The roles he holds today, in words."""
        return ", ".join(ROLE_NAMES.get(role, role) for role in sorted(self.roles))

    @property
    def handles_cases(self) -> bool:
        """True when a role of today is one that cases pass through."""
        return not self.roles <= NOT_HANDLING

    def holds(self, *roles: str) -> bool:
        """True when he holds one of the roles today, in his own name or as a deputy."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class Rule:
    """Who may use a route.

    `of_case`: the case in its address must be of the person's agency; `handlers`: only whoever
    handles cases.
    """

    public: bool = False
    roles: frozenset[str] = frozenset()
    of_case: bool = False
    handlers: bool = False


class Decision(Enum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    SIGN_IN = "sign_in"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    """A case of another agency is answered like one that does not exist."""


ANYBODY = Rule(public=True)
STAFF = Rule()


def staff(*roles: str, of_case: bool = False, handlers: bool = False) -> Rule:
    """Signed in, with one of the roles when any is named."""
    return Rule(roles=frozenset(roles), of_case=of_case, handlers=handlers)


def allow(rule: Rule) -> Callable[[View], View]:
    """Give a view its access rule; a route without one is refused to everybody."""

    def given(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]  # read back in `rule_of`
        return view

    return given


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The access rule of a route; None refuses."""
    if endpoint == "static":
        return ANYBODY
    return getattr(app.view_functions.get(endpoint), "access_rule", None)


def decide(rule: Rule | None, person: Person | None, *, case_agency: str | None = None) -> Decision:
    """The one place where access is decided: role × agency × own or other case."""
    if rule is None:
        return Decision.FORBIDDEN
    if rule.public:
        return Decision.ALLOWED
    if person is None:
        return Decision.SIGN_IN
    if rule.of_case and case_agency != person.agency:
        return Decision.UNKNOWN
    if rule.roles and not person.holds(*rule.roles):
        return Decision.FORBIDDEN
    if rule.handlers and not person.handles_cases:
        return Decision.FORBIDDEN
    return Decision.ALLOWED


def me() -> Person:
    """The signed-in officer; only for views whose rule wants one."""
    person: Person = current_user._get_current_object()  # noqa: SLF001 (werkzeug's public name)
    return person


def install_access(app: Flask) -> None:
    """Guard every route of the application."""
    manager = LoginManager(app)
    manager.session_protection = None  # a moving address must not sign a clerk out
    manager.user_loader(person_of)
    app.before_request(_guard)


def person_of(token: str) -> Person | None:
    """The officer of a session's token; None when it has ended or he is not on duty."""
    today = office_date(frame().clock.now())
    with look() as db:
        code = officer_of_session(db, token=token, now=wall().now(), today=today)
        if code is None:
            return None
        return officer_as_person(db, code, session=token, today=today)


def officer_as_person(db: Connection, code: str, *, session: str, today: date) -> Person:
    """An officer on duty with his unit and the roles he holds today."""
    known = officer_in_place(db, code)
    return Person(
        id=session,
        code=code,
        name=known.name,
        unit=known.unit_code,
        unit_name=known.unit_name,
        agency=known.agency_code,
        agency_name=known.agency_name,
        roles=frozenset(roles_of(db, code, today)),
    )


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: Flask answers

    rule = rule_of(current_app, request.endpoint)
    if rule is not None and rule.public:
        return None
    person = me() if current_user.is_authenticated else None
    found = decide(rule, person, case_agency=agency_of_case() if rule and rule.of_case else None)
    if found is Decision.ALLOWED:
        return None
    if found is Decision.SIGN_IN:
        if request.headers.get("HX-Request"):
            return "", 401
        return redirect(url_for("sign_in.page", next=request.full_path.rstrip("?")))
    raise NotFound if found is Decision.UNKNOWN else Forbidden


def agency_of_case() -> str | None:
    """The agency of the case in the request's address; None when there is no such case."""
    number = (request.view_args or {}).get("number", "")
    with look() as db:
        agency: str | None = db.scalar(select(case.c.agency_code).where(case.c.number == number))
    return agency

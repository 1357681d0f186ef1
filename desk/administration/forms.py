"""What an administrator may change: people, roles with periods, deputies, absences, passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.validators import Length

from desk.access import me
from desk.forms import CHOSEN, NEEDED, ActForm, day, text, tick
from engine.staff.commands import (
    add_officer,
    add_unit,
    end_role,
    grant_role,
    name_deputy,
    record_absence,
)
from engine.staff.sign_in import LONGEST_PASSWORD, SHORTEST_PASSWORD, set_password

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from engine.clock import Clock


def _password() -> PasswordField:
    return PasswordField(
        _l("Mật khẩu"),
        [
            NEEDED,
            Length(
                SHORTEST_PASSWORD,
                LONGEST_PASSWORD,
                _l("Mật khẩu cần từ 8 đến 128 ký tự."),
            ),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class OfficerForm(ActForm):
    """A new officer of a unit."""

    code = text(_l("Mã cán bộ"), needed=True, longest=64, hint=_l("Chữ thường, số, dấu chấm."))
    name = text(_l("Họ tên"), needed=True)
    unit = SelectField(_l("Đơn vị"), [CHOSEN])
    role = SelectField(_l("Vai trò"), [CHOSEN])
    since = day(_l("Từ ngày"), needed=True)
    heads_unit = tick(_l("Phụ trách đơn vị"))
    password = _password()


class UnitForm(ActForm):
    """A new unit of the agency."""

    code = text(_l("Mã đơn vị"), needed=True, longest=64)
    name = text(_l("Tên đơn vị"), needed=True)


class RoleForm(ActForm):
    """A role for a period."""

    officer = SelectField(_l("Cán bộ"), [CHOSEN])
    role = SelectField(_l("Vai trò"), [CHOSEN])
    since = day(_l("Từ ngày"), needed=True)
    until = day(_l("Đến ngày"))


class EndRoleForm(ActForm):
    """A role ends on a date."""

    officer = SelectField(_l("Cán bộ"), [CHOSEN])
    role = SelectField(_l("Vai trò"), [CHOSEN])
    last_on = day(_l("Ngày cuối"), needed=True)


class DeputyForm(ActForm):
    """Who stands in while somebody is away."""

    officer = SelectField(_l("Cán bộ"), [CHOSEN])
    deputy = SelectField(_l("Người thay"), [CHOSEN])
    since = day(_l("Từ ngày"), needed=True)
    until = day(_l("Đến ngày"))


class AbsenceForm(ActForm):
    """When somebody is away."""

    officer = SelectField(_l("Cán bộ"), [CHOSEN])
    first_on = day(_l("Từ ngày"), needed=True)
    last_on = day(_l("Đến ngày"), needed=True)
    reason = text(_l("Lý do"), needed=True)


class PasswordForm(ActForm):
    """A new password; open sessions of the officer end."""

    officer = SelectField(_l("Cán bộ"), [CHOSEN])
    password = _password()


@dataclass(frozen=True)
class Change:
    """One change of staff: its page, its form and its command."""

    slug: str
    title: Any
    form: type[ActForm]
    act: Callable[[Connection, Clock, Any], None]


def _officer(db: Connection, clock: Clock, form: Any) -> None:
    by = me().code
    code = form.code.data
    add_officer(
        db,
        clock,
        code=code,
        name=form.name.data,
        unit_code=form.unit.data,
        since=form.since.data,
        by=by,
        heads_unit=form.heads_unit.data,
    )
    grant_role(db, clock, officer_code=code, role=form.role.data, since=form.since.data, by=by)
    set_password(db, clock, officer_code=code, password=form.password.data, by=by)


def _unit(db: Connection, clock: Clock, form: Any) -> None:
    person = me()
    add_unit(
        db,
        clock,
        code=form.code.data,
        name=form.name.data,
        agency_code=person.agency,
        by=person.code,
    )


def _role(db: Connection, clock: Clock, form: Any) -> None:
    grant_role(
        db,
        clock,
        officer_code=form.officer.data,
        role=form.role.data,
        since=form.since.data,
        until=form.until.data,
        by=me().code,
    )


def _end_role(db: Connection, clock: Clock, form: Any) -> None:
    end_role(
        db,
        clock,
        officer_code=form.officer.data,
        role=form.role.data,
        last_on=form.last_on.data,
        by=me().code,
    )


def _deputy(db: Connection, clock: Clock, form: Any) -> None:
    name_deputy(
        db,
        clock,
        officer_code=form.officer.data,
        deputy_code=form.deputy.data,
        since=form.since.data,
        until=form.until.data,
        by=me().code,
    )


def _absence(db: Connection, clock: Clock, form: Any) -> None:
    record_absence(
        db,
        clock,
        officer_code=form.officer.data,
        first_on=form.first_on.data,
        last_on=form.last_on.data,
        reason=form.reason.data,
        by=me().code,
    )


def _new_password(db: Connection, clock: Clock, form: Any) -> None:
    set_password(
        db, clock, officer_code=form.officer.data, password=form.password.data, by=me().code
    )


CHANGES: tuple[Change, ...] = (
    Change("officer", _l("Thêm cán bộ"), OfficerForm, _officer),
    Change("unit", _l("Thêm đơn vị"), UnitForm, _unit),
    Change("role", _l("Giao vai trò"), RoleForm, _role),
    Change("end-role", _l("Thôi vai trò"), EndRoleForm, _end_role),
    Change("deputy", _l("Cử người thay"), DeputyForm, _deputy),
    Change("absence", _l("Ghi vắng mặt"), AbsenceForm, _absence),
    Change("password", _l("Đặt mật khẩu"), PasswordForm, _new_password),
)
"""Changes in the order they are offered."""

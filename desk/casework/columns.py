"""Which columns the work list shows to the person who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from desk.access import STAFF, allow, me
from desk.transaction import db
from engine.cases.lists.list_columns import COLUMNS, USUAL, columns_of, keep_columns

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

columns = Blueprint("columns", __name__)

NAMES = {
    "chu": _l("Thủ tục, chủ hồ sơ"),
    "buoc": _l("Đang ở bước"),
    "giu-tu": _l("Giữ từ"),
    "tiep-nhan": _l("Tiếp nhận"),
    "kenh": _l("Kênh"),
    "han": _l("Hạn trả"),
    "con": _l("Thời gian còn"),
    "nguy-co": _l("Nguy cơ trễ"),
}


@columns.get("/desk/columns")
@allow(STAFF)
def choose() -> ResponseReturnValue:
    """The columns there are, and which are shown."""
    shown = columns_of(db(), me().code)
    return render_template("columns.html", columns=COLUMNS, names=NAMES, shown=shown)


@columns.post("/desk/columns")
@allow(STAFF)
def keep() -> ResponseReturnValue:
    """Keep the choice for the person, on every machine."""
    usual = request.form.get("lam") == "thuong"
    keep_columns(db(), officer=me().code, columns=USUAL if usual else request.form.getlist("cot"))
    return redirect(url_for("casework.worklist"))

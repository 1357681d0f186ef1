"""Running cases go to another version: looked at first, then each one wholly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from desk.access import allow, me, staff
from desk.errors import refusal_said
from desk.procedures.room import MOVERS, procedures
from desk.transaction import apart, books, seal
from engine.cases.training import clock_of
from engine.catalog.catalogue import entry_of
from engine.clock import office_date
from engine.database import reading
from engine.errors import BadInputError, OfficeError
from engine.procedures.migrate_procedure import Migration, Outlook, migration
from engine.procedures.running import running_by_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection

MOST_LOOKED_AT = 1_000
"""Cases of one look; the command line looks at all of them."""
MOST_AT_ONCE = 200
"""Cases of one press of the button, each in a transaction of its own."""
MOST_SHOWN = 200
_LONGEST = 2_000


@dataclass(frozen=True)
class Asked:
    """From where to where; `names` are elements that have another id there."""

    to: int | None
    source: int | None
    decision: str
    names: Mapping[str, str]
    typed_names: str

    def plan(self, db: Connection, code: str) -> Migration:
        """The migration it stands for; see `migration` for what it may refuse."""
        if self.to is None:
            raise BadInputError("Expected a version to move to, but there is none")
        return migration(
            db,
            clock_of(db),
            code=code,
            to=self.to,
            names=dict(self.names),
            decision=self.decision or None,
        )

    def address(self, code: str, **more: Any) -> str:
        """The page with what is asked."""
        asked: dict[str, Any] = {
            "to": self.to,
            "from": self.source,
            "decision": self.decision or None,
            "map": self.typed_names or None,
        }
        return url_for("procedures.migration", code=code, **asked, **more)


@procedures.get("/designer/<code>/migration", endpoint="migration")
@allow(staff(*MOVERS))
def look(code: str) -> ResponseReturnValue:
    """A dry run: what would move where, what stays and why, which deadlines would change."""
    with reading(books()) as db:
        entry = entry_of(db, code)
        running = running_by_version(db, code)
        today = office_date(clock_of(db).now())
        looked, refused, status = None, None, 200
        names: dict[str, str] = {}
        try:
            asked = _asked(request.args)
            if asked.to is not None:
                plan = asked.plan(db, code)
                names = {node.id: node.name for node in plan.target.process.nodes.values()}
                looked = list(islice(plan.outlooks(db, only=asked.source), MOST_LOOKED_AT + 1))
        except OfficeError as refusal:
            asked = Asked(None, None, "", {}, "")
            status, refused = refusal_said(refusal)
    more = looked is not None and len(looked) > MOST_LOOKED_AT
    cases = (looked or [])[:MOST_LOOKED_AT]
    moving = [each for each in cases if each.can_move]
    page = render_template(
        "procedure_migration.html",
        entry=entry,
        running=running,
        today=today,
        asked=asked,
        looked=looked is not None,
        more=more,
        most=MOST_LOOKED_AT,
        cases=sorted(cases, key=lambda each: each.can_move)[:MOST_SHOWN],
        shown=min(len(cases), MOST_SHOWN),
        total=len(cases),
        moving=len(moving),
        staying=len(cases) - len(moving),
        recounted=sum(bool(each.recounted) for each in moving),
        refused=refused,
        element_names=names,
        done=_count("da"),
        failed=_count("hong"),
    )
    return page, status


@procedures.post("/designer/<code>/migration", endpoint="migrate")
@allow(staff(*MOVERS))
def move(code: str) -> ResponseReturnValue:
    """Move what can move, at most MOST_AT_ONCE cases; the page then shows what is left."""
    asked = _asked(request.form)
    if not request.form.get("confirmed"):
        raise BadInputError("Expected the dry run to be confirmed, but it is not")
    with reading(books()) as db:
        plan = asked.plan(db, code)
        movable = (each for each in plan.outlooks(db, only=asked.source) if each.can_move)
        chosen = list(islice(movable, MOST_AT_ONCE))
    moved = [_moved(plan, each) for each in chosen]
    seal()
    return redirect(asked.address(code, da=sum(moved), hong=len(moved) - sum(moved)))


def _moved(plan: Migration, outlook: Outlook) -> bool:
    """One case in its own transaction: looked at again, moved or left as it was."""
    try:
        with apart() as db:
            done = plan.apply(db, clock_of(db), number=outlook.number, by=me().code)
    except OfficeError:
        return False
    return done.can_move


def _asked(given: Mapping[str, str]) -> Asked:
    typed = given.get("map", "").strip()
    decision = " ".join(given.get("decision", "").split())
    if len(typed) > _LONGEST or len(decision) > 200:  # noqa: PLR2004 - as the column holds
        raise BadInputError("Expected a decision's number and a short list of elements")
    names: dict[str, str] = {}
    for line in typed.splitlines():
        old, sign, new = (part.strip() for part in line.partition("="))
        if not (old and sign and new):
            raise BadInputError(f"Expected lines of OLD=NEW, but got {line[:80]!r}")
        names[old] = new
    return Asked(_version(given, "to"), _version(given, "from"), decision, names, typed)


def _version(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - its digits
        raise BadInputError(f"Expected the number of a version, but got {text[:20]!r}")
    return int(text)


def _count(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None  # noqa: PLR2004

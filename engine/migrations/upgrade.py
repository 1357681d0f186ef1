"""Bring the books to the newest schema, and refuse to work on one that is not known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from engine.database import transaction
from engine.errors import OfficeError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

FOLDER = Path(__file__).resolve().parent
VERSION_TABLE = "alembic_version"


class SchemaUnknownError(OfficeError):
    """The books have another schema than this program knows."""

    code = "schema_unknown"


def upgrade(books: Engine, *, to: str = "head") -> None:
    """Run every missing revision, version row included, in one transaction.

    A kill in between leaves the books as they were; running it again is always right. Two
    processes that upgrade at once do it one after the other.

    Raises:
        SchemaUnknownError: the books are newer than this program, or hold foreign tables.
    """
    # Alembic takes half a second to load, and every command imports this module.
    from alembic import command  # noqa: PLC0415 (see above)

    with transaction(books, alone=True) as db:
        _refuse_foreign(db)
        config = _config()
        config.attributes["connection"] = db
        command.upgrade(config, to)


def newest_revision() -> str:
    """The revision this program works with."""
    return (FOLDER / "HEAD").read_text(encoding="utf-8").strip()


def known_revisions() -> tuple[str, ...]:
    """Every revision this program can upgrade from or to, oldest first."""
    return tuple(sorted(path.name.split("_")[0] for path in FOLDER.glob("revisions/[0-9]*.py")))


def revision_of(books: Engine) -> str | None:
    """The revision the books are at; None for empty ones."""
    with books.connect() as db:
        return _revision(db)


def check_revision(books: Engine) -> None:
    """Refuse books of another schema.

    Raises:
        SchemaUnknownError: they are empty, older or newer than this program.
    """
    found, known = revision_of(books), newest_revision()
    if found is None:
        raise SchemaUnknownError(
            "Expected an office in these books, but they are empty: run 'motcua init'"
        )
    if found not in known_revisions():
        raise _newer(found)
    if found != known:
        raise SchemaUnknownError(
            f"Expected books at revision {known}, but they are at {found}: run 'motcua init'",
            found=found,
            known=known,
        )


def _refuse_foreign(db: Connection) -> None:
    found = _revision(db)
    if found is not None and found not in known_revisions():
        raise _newer(found)
    tables = set(inspect(db).get_table_names()) - {VERSION_TABLE}
    if found is None and tables:
        raise SchemaUnknownError(
            f"Expected empty books or an office's, but they hold {min(tables)} and no revision",
            tables=sorted(tables),
        )


def _newer(found: str) -> SchemaUnknownError:
    known = newest_revision()
    return SchemaUnknownError(
        f"Expected books up to revision {known}, but they are at {found}: use a newer program",
        found=found,
        known=known,
    )


def _revision(db: Connection) -> str | None:
    if not inspect(db).has_table(VERSION_TABLE):
        return None
    found: str | None = db.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 (a constant)
    return found


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 (slow to load)

    config = Config()
    for option, value in (
        ("script_location", str(FOLDER)),
        ("version_locations", str(FOLDER / "revisions")),
        ("path_separator", "newline"),
    ):
        config.set_main_option(option, value.replace("%", "%%"))
    return config

"""Core statements for the office's busiest path: compiled once, run on the driver's own cursor.

SQLAlchemy spends ten times longer on a small statement than SQLite does. A prepared statement is
the same Core statement, with the same types on the way in and out, but without that round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, SelectBase
from sqlalchemy.engine import Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql.dml import UpdateBase

    Values = Mapping[str, Any]


class Prepared:
    """A SELECT (or a union of them), INSERT or UPDATE whose values are all bound by name.

    It must be a statement that needs nothing of SQLAlchemy when it runs: no `in_` list of varying
    length, no default made in Python, no `returning`.
    """

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}

    def all(self, db: Connection, values: Values) -> list[Row[Any]]:
        """Every row found."""
        form = self._form(db, values)
        cursor = _executed(db, form.sql, form.bound(values))
        try:
            return form.rows(cursor.fetchall())
        finally:
            cursor.close()

    def column(self, db: Connection, values: Values) -> list[Any]:
        """The first value of every row found: a thousand keys want no thousand rows."""
        form = self._form(db, values)
        cursor = _executed(db, form.sql, form.bound(values))
        try:
            return form.column(cursor.fetchall())
        finally:
            cursor.close()

    def first(self, db: Connection, values: Values) -> Row[Any] | None:
        """The first row found."""
        return next(iter(self.all(db, values)), None)

    def run(self, db: Connection, values: Values) -> int:
        """Write; gives how many rows it met."""
        form = self._form(db, values)
        cursor = _executed(db, form.sql, form.bound(values))
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_all(self, db: Connection, rows: Sequence[Values]) -> None:
        """Write rows of the same columns, in this order, in one call of the driver."""
        if not rows:
            return
        form = self._form(db, rows[0])
        _executed(db, form.sql, [form.bound(row) for row in rows], many=True).close()

    def _form(self, db: Connection, values: Values) -> _Form:
        key = (db.dialect.name, tuple(values))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form(self._statement, db.dialect, list(values))
        return form


class _Form:
    """A statement as one database's driver wants it, for one set of columns."""

    def __init__(
        self, statement: SelectBase | UpdateBase, dialect: Dialect, columns: list[str]
    ) -> None:
        reads = isinstance(statement, SelectBase)
        compiled: Any = statement.compile(dialect=dialect, column_keys=None if reads else columns)
        if not reads and (compiled.insert_prefetch or compiled.update_prefetch):
            raise ValueError(f"a prepared statement makes no defaults: {compiled}")
        self.sql = str(compiled)
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None
        processors: dict[str, Callable[[Any], Any] | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        constants = {
            name: bind.value if processors[name] is None else processors[name](bind.value)  # type: ignore[misc]
            for name, bind in compiled.binds.items()
            if not bind.required and name not in columns
        }
        names = self._order if self._order is not None else list(compiled.binds)
        self._names = names
        self._blank = [constants.get(name) for name in names]
        self._given = [
            (place, name, processors[name])
            for place, name in enumerate(names)
            if name not in constants
        ]
        if isinstance(statement, SelectBase):
            selected = list(statement.selected_columns)
            self._meta: Any = SimpleResultMetaData([column.name for column in selected])
            readers = [
                column.type.dialect_impl(dialect).result_processor(dialect, None)
                for column in selected
            ]
            self._readers = readers if any(readers) else None

    def bound(self, values: Values) -> Any:
        """The values as the driver takes them."""
        row = self._blank.copy()
        for place, name, process in self._given:
            value = values[name]
            row[place] = value if process is None else process(value)
        return tuple(row) if self._order is not None else dict(zip(self._names, row, strict=True))

    def column(self, fetched: Sequence[Sequence[Any]]) -> list[Any]:
        """The first values alone."""
        read = self._readers[0] if self._readers else None
        return [row[0] if read is None else read(row[0]) for row in fetched]

    def rows(self, fetched: Sequence[Sequence[Any]]) -> list[Row[Any]]:
        """Rows as the rest of the office knows them."""
        meta = self._meta
        places = meta._key_to_index  # noqa: SLF001 (what Row's own makers pass to it)
        return [Row(meta, self._readers, places, row) for row in fetched]


def run_plain(db: Connection, sql: str) -> None:
    """Run SQL text that takes no values and whose answer nobody reads."""
    _executed(db, sql, ()).close()


def _executed(db: Connection, sql: str, values: Any, *, many: bool = False) -> Any:
    raw: Any = db.connection
    cursor = raw.cursor()
    for heard in db.dispatch.before_cursor_execute:
        heard(db, cursor, sql, values, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(sql, values)
    except db.dialect.loaded_dbapi.Error as cause:
        if db.dialect.is_disconnect(cause, raw, cursor):
            db.invalidate(cause)
        raise DBAPIError.instance(
            sql, None, cause, db.dialect.loaded_dbapi.Error, dialect=db.dialect
        ) from cause
    return cursor

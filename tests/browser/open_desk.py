"""A real browser at a real desk: Debian's chromium driven by Playwright, on a server of its own."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from engine.database import open_database
from tests.builders import PROJECT, TrainingOffice
from tests.databases import copy_of
from tests.visitors import PASSWORD, DeskOffice, new_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

logging.getLogger("werkzeug").setLevel(logging.ERROR)

expect.set_options(timeout=60_000)  # a busy machine is no reason for a test to fail

SCREENS = PROJECT / "var" / "screens"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no browser on this machine: apt-get install chromium (make browser)")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


class OpenDesk:
    """A desk that listens, and its visitors."""

    def __init__(self, desk: DeskOffice, browser: Browser, address: str) -> None:
        self.desk = desk
        self.office = desk.office
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []

    def visitor(self, code: str | None = None, *, width: int = 1280, script: bool = True) -> Page:
        """A new browser window; signed in through the form when a code is given."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 860},
            locale="vi-VN",
            java_script_enabled=script,
        )
        page = context.new_page()
        page.set_default_timeout(60_000)  # the machine may be busy; a wrong page still fails
        page.on("console", self._heard)
        page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        if code is not None:
            page.goto("/")
            page.fill("#officer", code)
            page.fill("#password", PASSWORD)
            page.click("main button.govuk-button")
        return page

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)


def keep(page: Page, name: str) -> None:
    """Write a screenshot for people to look at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


@pytest.fixture
def open_desk(browser: Browser, office_file: Path, tmp_path: Path) -> Iterator[OpenDesk]:
    """A desk on SQLite that listens on a free port until the test ends."""
    books = open_database(copy_of(office_file, tmp_path / "office.db"), lock_wait_seconds=30)
    desk = new_desk(TrainingOffice(books, opened=True), tmp_path)
    server = make_server("127.0.0.1", 0, desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found = OpenDesk(desk, browser, f"http://127.0.0.1:{server.server_port}")
    yield found
    server.shutdown()
    thread.join()
    books.dispose()
    assert found.complaints == [], "the browser complained"

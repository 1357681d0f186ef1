"""The administrator in a real browser: with and without script, and in by a provider."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from open_desk import OpenDesk, keep
from playwright.sync_api import expect
from pydantic import SecretStr
from werkzeug.serving import make_server

from desk.app import create_app
from engine.clock import SystemClock
from tests.fake_issuer import CLIENT, SECRET, fake_issuer
from tests.visitors import ADMIN

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

PERMIT = "1.009994"


def clean(page: Page) -> None:
    found = [
        (v["id"], [node["target"] for node in v["nodes"]][:3])
        for v in Axe().run(page).response["violations"]
    ]
    assert found == [], page.url


def test_a_partner_is_added_and_its_secret_is_gone_with_the_page(open_desk: OpenDesk) -> None:
    page = open_desk.visitor(ADMIN)
    page.goto("/admin/webhooks")
    page.click("text=Thêm đối tác")
    page.fill("#code", "so.tnmt")
    page.fill("#url", "ftp://so.example.vn")
    page.click("main button.govuk-button")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    clean(page)
    page.fill("#url", "https://so.example.vn/nhan")
    page.click("main button.govuk-button")
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("whsec_")
    clean(page)
    page.click("text=Đã chép, tiếp tục")
    assert secret not in page.content()
    clean(page)
    keep(page, "admin-partner")


def test_a_day_is_moved_without_script(open_desk: OpenDesk) -> None:
    number = open_desk.office.receive(PERMIT)
    page = open_desk.visitor(ADMIN, script=False)
    page.goto("/admin/calendar")
    page.click("text=Chuyển ngày nghỉ, ngày làm bù")
    page.fill("#on", "2026-11-21")
    page.check("text=Làm việc (làm bù)")
    page.fill("#name", "Làm bù")
    page.fill("#decision", "TB 9/TB-BNV")
    page.click("text=Xem hồ sơ nào bị chuyển hạn")
    expect(page.locator(f"tr:has-text('{number}')")).to_contain_text("17:00 25/11/2026")
    keep(page, "admin-calendar-preview")
    page.click("text=Áp dụng và tính lại")
    expect(page.locator("#progress")).to_contain_text("xong")
    assert open_desk.office.case(number)["due_at"] == "2026-11-25T17:00:00+07:00"


def test_an_officer_comes_in_by_the_provider(open_desk: OpenDesk, tmp_path: Path) -> None:
    with fake_issuer() as issuer:
        server = make_server("127.0.0.1", 0, open_desk.desk.app, threaded=True)
        address = f"http://127.0.0.1:{server.server_port}"
        settings = open_desk.desk.settings.model_copy(
            update={
                "base_url": address,
                "oidc_issuer": issuer.url,
                "oidc_client_id": CLIENT,
                "oidc_client_secret": SecretStr(SECRET),
                "secret_file": tmp_path / "another.key",
            }
        )
        server.app = create_app(settings, SystemClock(), books=open_desk.desk.books)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        page = open_desk.visitor()
        page.goto(f"{address}/")
        clean(page)
        page.click("text=Đăng nhập bằng tài khoản công vụ")
        page.wait_for_url("**/desk")
        expect(page.locator(".desk-header__person")).to_contain_text("Lò Thị Hoa")
        page.click("text=Đăng xuất")
        issuer.user = {"preferred_username": "nguoi.la"}
        page.click("text=Đăng nhập bằng tài khoản công vụ")
        expect(page.locator(".govuk-error-summary")).to_contain_text("chưa gắn với cán bộ nào")
        clean(page)
        keep(page, "sign-in-refused")
        server.shutdown()
        thread.join()

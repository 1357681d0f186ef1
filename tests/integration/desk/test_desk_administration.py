"""What an administrator changes: people, roles, deputies, absences; each is journalled."""

from __future__ import annotations

from datetime import date

from engine.database import reading
from engine.staff.queries import holds_role, officers_with_role
from tests.visitors import ADMIN, CLERK, PASSWORD, DeskOffice

TODAY = date(2026, 11, 16)


def test_a_new_officer_signs_in_and_holds_his_role(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    answer = admin.submit(
        "/admin/officer",
        {"code": "cv.moi", "name": "Người Mới", "unit": "chuyen_mon", "role": "chuyen_vien",
         "since": "2026-11-16", "password": "đủ dài rồi"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert "Người Mới" in admin.get("/admin").text
    with reading(quick_desk.books) as db:
        assert holds_role(db, "cv.moi", "chuyen_vien", "H35.12", TODAY)
    visitor = quick_desk.stranger()
    assert visitor.post("/", {"officer": "cv.moi", "password": "đủ dài rồi"}).status_code == 302


def test_bad_input_is_shown_in_the_form_and_changes_nothing(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    for data in (
        {},
        {"code": "Có Dấu", "name": "A", "unit": "chuyen_mon", "role": "chuyen_vien",
         "since": "2026-11-16", "password": PASSWORD},
        {"code": "x", "name": "A", "unit": "khong_co", "role": "chuyen_vien",
         "since": "2026-11-16", "password": PASSWORD},
        {"code": "x", "name": "A", "unit": "chuyen_mon", "role": "chuyen_vien",
         "since": "2026-13-16", "password": PASSWORD},
        {"code": "x", "name": "A", "unit": "chuyen_mon", "role": "chuyen_vien",
         "since": "2026-11-16", "password": "ngắn"},
    ):  # fmt: skip
        answer = admin.submit("/admin/officer", data)
        assert answer.status_code == 422, data
        assert "Chưa thực hiện được" in answer.text
    with reading(quick_desk.books) as db:
        assert officers_with_role(db, "chuyen_vien", "H35.12", TODAY) == [
            "cv.thamdinh1",
            "cv.thamdinh2",
        ]


def test_a_deputy_acts_while_the_officer_is_away(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    clerk = quick_desk.person("cv.thamdinh1")
    assert clerk.get("/desk/receive").status_code == 403
    assert admin.submit(
        "/admin/deputy", {"officer": CLERK, "deputy": "cv.thamdinh1", "since": "2026-11-16"}
    ).status_code == 302  # fmt: skip
    assert admin.submit(
        "/admin/absence",
        {"officer": CLERK, "first_on": "2026-11-16", "last_on": "2026-11-17", "reason": "Đi họp"},
    ).status_code == 302  # fmt: skip
    assert clerk.get("/desk/receive").status_code == 200


def test_a_role_ends_from_the_page(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    done = admin.submit(
        "/admin/end-role", {"officer": CLERK, "role": "mot_cua", "last_on": "2026-11-16"}
    )
    assert done.status_code == 302
    quick_desk.office.until("2026-11-17T08:00")
    assert quick_desk.person(CLERK).get("/desk/receive").status_code == 403


def test_the_journal_is_proved_on_the_page(quick_desk: DeskOffice) -> None:
    page = quick_desk.person(ADMIN).get("/admin/journal?kiem-tra=1").text
    assert "Nhật ký nguyên vẹn" in page


def test_procedures_and_calendar_name_their_decisions(quick_desk: DeskOffice) -> None:
    admin = quick_desk.person(ADMIN)
    assert "1.009994" in admin.get("/admin/procedures").text
    calendar = admin.get("/admin/calendar").text
    assert "02/01/2026" in calendar
    assert "đã xác nhận" in calendar


def test_health_and_metrics_name_nobody(quick_desk: DeskOffice) -> None:
    quick_desk.office.receive(owner="Không Lộ Tên")
    stranger = quick_desk.stranger()
    assert stranger.get("/health").json == {
        "ok": True,
        "scheduler_beat_age_seconds": None,
        "oldest_due_delay_seconds": 0,
        "incidents": 0,
    }
    metrics = stranger.get("/metrics").text
    assert "motcua_open_cases 1.0" in metrics
    assert "Không Lộ Tên" not in metrics

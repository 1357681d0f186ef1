"""Incidents on the administrator's page: what happened, who looks into it, trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from engine.cases.tables import case, timer
from engine.cases.watch.incidents import open_incident, open_incidents
from engine.database import reading
from tests.visitors import ADMIN, CLERK, LEADER, DeskOffice

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.clock import Clock


def parked(desk: DeskOffice) -> str:
    """A case one of whose timers failed again and again; gives its number."""
    number = desk.office.receive()

    def fail(db: Connection, clock: Clock) -> None:
        case_id = db.scalar(select(case.c.id).where(case.c.number == number))
        broken = db.execute(select(timer.c.id).where(timer.c.case_id == case_id)).first()
        assert broken is not None
        assert case_id is not None
        db.execute(
            update(timer).where(timer.c.id == broken.id).values(failures=5, retry_at=clock.now())
        )
        for _ in range(2):
            open_incident(
                db, clock, case_id=case_id, what=f"timer:{broken.id}",
                error=ValueError("<b>hỏng</b>"),
            )  # fmt: skip

    desk.office.do(fail)
    return number


def failures(desk: DeskOffice) -> int:
    with reading(desk.books) as db:
        return max(db.scalars(select(timer.c.failures)))


def waiting(desk: DeskOffice) -> list[dict[str, object]]:
    with reading(desk.books) as db:
        return open_incidents(db)


def test_an_incident_says_what_happened_and_since_when(desk: DeskOffice) -> None:
    number = parked(desk)
    page = desk.person(ADMIN).get("/admin/incidents").text
    assert number in page
    assert "không" in page
    assert "ValueError: &lt;b&gt;hỏng&lt;/b&gt;" in page
    assert "2 lần" in page
    assert "chưa ai" in page


def test_who_looks_into_it_is_seen_and_nothing_is_tried(desk: DeskOffice) -> None:
    number = parked(desk)
    admin = desk.person(ADMIN)
    assert admin.post(f"/admin/incidents/{number}/acknowledge").status_code == 302
    page = admin.get("/admin/incidents").text
    assert "chưa ai" not in page
    assert "Tôi đang xem" not in page
    assert len(waiting(desk)) == 1
    assert failures(desk) == 5
    entry = desk.office.case(number)["journal"][-1]
    assert (entry["type"], entry["actor"]) == ("IncidentAcknowledged", ADMIN)


def test_a_case_tried_again_is_no_incident_any_more(desk: DeskOffice) -> None:
    number = parked(desk)
    admin = desk.person(ADMIN)
    assert admin.post(f"/admin/incidents/{number}/retry").status_code == 302
    assert waiting(desk) == []
    assert failures(desk) == 0
    entry = desk.office.case(number)["journal"][-1]
    assert (entry["type"], entry["actor"]) == ("IncidentClosed", ADMIN)
    page = admin.get("/admin/incidents").text
    assert "Không có sự cố nào." in page
    assert "Đã xem gần đây" in page
    before = len(desk.office.case(number)["journal"])
    admin.post(f"/admin/incidents/{number}/retry")
    assert len(desk.office.case(number)["journal"]) == before, "nothing to close, nothing told"


def test_an_acknowledgement_does_not_outlive_its_incident(quick_desk: DeskOffice) -> None:
    number = parked(quick_desk)
    admin = quick_desk.person(ADMIN)
    admin.post(f"/admin/incidents/{number}/acknowledge")
    admin.post(f"/admin/incidents/{number}/retry")
    quick_desk.office.until("2026-11-16T14:00")

    def again(db: Connection, clock: Clock) -> None:
        case_id = db.scalar(select(case.c.id).where(case.c.number == number))
        assert case_id is not None
        open_incident(db, clock, case_id=case_id, what="sweep", error=ValueError("x"))

    quick_desk.office.do(again)
    assert "chưa ai" in admin.get("/admin/incidents").text


def test_only_an_administrator_tries_again(quick_desk: DeskOffice) -> None:
    number = parked(quick_desk)
    for code in (CLERK, LEADER):
        visitor = quick_desk.person(code)
        assert visitor.get("/admin/incidents").status_code == 403
        assert visitor.post(f"/admin/incidents/{number}/retry").status_code == 403
        assert visitor.post(f"/admin/incidents/{number}/acknowledge").status_code == 403
    assert len(waiting(quick_desk)) == 1
    assert quick_desk.person(ADMIN).post("/admin/incidents/nope/retry").status_code == 404

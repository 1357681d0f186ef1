"""Running cases go to another version from the page; where the steps' time goes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from desk.procedures.heat import heat_of
from engine.catalog.model import Decision
from engine.catalog.versions import version_in_force
from engine.database import reading
from engine.journal.verify import verify
from engine.procedures.publish_procedure import publish_procedure
from engine.reports.steps import StepRow
from tests.builders import PROJECT
from tests.visitors import DESIGNER, HEAD, LEADER, DeskOffice

if TYPE_CHECKING:
    from tests.visitors import Visitor

CODE = "2.001610"
BPMN = (PROJECT / "bpmn" / "procedures" / CODE / f"{CODE}.bpmn").read_text("utf-8")
PAGE = f"/designer/{CODE}/migration"


def publish(desk: DeskOffice, bpmn: str) -> None:
    with reading(desk.books) as db:
        meta = version_in_force(db, CODE, date(2026, 11, 16)).meta
    desk.office.do(
        publish_procedure,
        bpmn=bpmn.encode(),
        meta=meta,
        decision=Decision("9/QĐ", date(2026, 11, 1), "Chủ tịch UBND tỉnh", date(2026, 11, 16)),
        sample=False,
        by="test",
    )


def without_assignment() -> str:
    """The same procedure with another id for the assignment."""
    return BPMN.replace("b02_phan_cong", "b02_giao_viec").replace("Phân công", "Giao việc")


def cases(desk: DeskOffice) -> list[str]:
    """One at its first step, one at the assignment, one behind it."""
    numbers = []
    for done in range(3):
        number = desk.office.receive(CODE)
        for _ in range(done):
            desk.office.complete(number, desk.office.open(number)[0])
        numbers.append(number)
    return numbers


def move(visitor: Visitor, **given: str) -> str:
    answer = visitor.post(PAGE, {"to": "2", "confirmed": "1", **given})
    assert answer.status_code == 302, answer.text
    return answer.location


def test_a_dry_run_tells_what_moves_and_what_stays_and_changes_nothing(desk: DeskOffice) -> None:
    first, second, third = cases(desk)
    publish(desk, without_assignment())
    page = desk.person(DESIGNER).get(f"{PAGE}?to=2").text
    assert "<strong>2</strong><span>chuyển được" in page
    assert "<strong>1</strong><span>cần quyết định" in page
    assert "<strong>0</strong><span>thời hạn thay đổi" in page
    stays = page.split(f'data-row="{second}"')[1].split("</tr>")[0]
    assert "không còn trong phiên bản mới" in stays
    assert "! ở lại" in stays
    assert "✓ chuyển được" in page.split(f'data-row="{first}"')[1].split("</tr>")[0]
    assert {desk.office.case(n)["version"] for n in (first, second, third)} == {1}


def test_r2_what_can_move_moves_wholly_and_due_dates_stay(desk: DeskOffice) -> None:
    numbers = cases(desk)
    publish(desk, without_assignment())
    before = [desk.office.case(n)["due_original_at"] for n in numbers]
    designer = desk.person(DESIGNER)
    assert move(designer).endswith("da=2&hong=0")
    assert [desk.office.case(n)["version"] for n in numbers] == [2, 1, 2]
    assert desk.office.events(numbers[0])[-1] == "CaseMigrated"
    assert "CaseMigrated" not in desk.office.events(numbers[1])
    given = {"map": "b02_phan_cong=b02_giao_viec", "from": "1"}
    again = designer.get(PAGE, query_string={"to": "2", **given}).text
    assert "<strong>1</strong><span>chuyển được" in again
    assert "da=1" in move(designer, **given)
    assert desk.office.open(numbers[1]) == ["b02_giao_viec"]
    assert [desk.office.case(n)["due_original_at"] for n in numbers] == before
    with reading(desk.books) as db:
        checked = verify(db, desk.settings.anchor_file)
    assert checked.ok, checked.findings
    for number in numbers:
        desk.office.work_until(number)


@pytest.mark.parametrize(
    "given",
    [
        {"to": "9"},
        {"to": "x"},
        {"to": "2", "from": "-1"},
        {"to": "2", "map": "ab"},
        {"to": "2", "map": "a=khong_co"},
        {"to": "2", "decision": "x" * 300},
        {"to": ""},
    ],
)
def test_wrong_wishes_are_refused_and_nothing_moves(
    quick_desk: DeskOffice, given: dict[str, str]
) -> None:
    number = quick_desk.office.receive(CODE)
    publish(quick_desk, BPMN.replace("Thẩm định", "Thẩm tra"))
    designer = quick_desk.person(DESIGNER)
    answer = designer.post(PAGE, {**given, "confirmed": "1"})
    assert answer.status_code in (404, 422)
    assert designer.get(PAGE, query_string=given).status_code in (200, 404, 422)
    assert designer.post(PAGE, {"to": "2"}).status_code == 422  # the dry run was not confirmed
    assert quick_desk.office.case(number)["version"] == 1


def test_the_heads_of_units_do_not_move_cases(quick_desk: DeskOffice) -> None:
    head = quick_desk.person(HEAD)
    assert head.get(PAGE).status_code == 403
    assert head.post(PAGE, {"to": "1", "confirmed": "1"}).status_code == 403


def test_r45_the_heat_of_a_step_is_its_time_against_its_allowance(desk: DeskOffice) -> None:
    number = desk.office.receive(CODE)  # Monday 07:30; two hours are allowed
    desk.office.until("2026-11-16T09:00")
    desk.office.complete(number, desk.office.open(number)[0])
    desk.office.until("2026-11-17T09:00")  # the assignment took a day instead of an hour
    desk.office.complete(number, desk.office.open(number)[0])
    page = desk.person(LEADER).get(f"/designer/{CODE}/heat").text
    rows = {
        part[: part.index('"')]: part.split("</tr>")[0] for part in page.split('data-step="')[1:]
    }
    assert "2 giờ" in rows["b01_tiep_nhan"]
    assert "≤" in rows["b01_tiep_nhan"]
    assert "≫" in rows["b02_phan_cong"]
    assert "0 / 1" in rows["b02_phan_cong"]
    assert 'class="task heat4"' in page
    assert 'class="task heat1"' in page
    assert "2 lượt bước đã xong" in page
    assert f"/designer/{CODE}/heat" in desk.person(LEADER).get("/board").text
    empty = desk.person(LEADER).get(f"/designer/{CODE}/heat?tu=2026-01-01&den=2026-01-31").text
    assert "0 lượt bước đã xong" in empty
    for wrong in ("phien-ban=x", "phien-ban=9", "tu=x", "tu=2026-12-01&den=2026-11-01"):
        answer = desk.person(LEADER).get(f"/designer/{CODE}/heat?{wrong}")
        assert answer.status_code in (404, 422), wrong


@pytest.mark.parametrize(
    ("p50", "p90", "limit", "heat"),
    [
        (30, 60, 60, 1),
        (60, 61, 60, 2),
        (61, 61, 60, 3),
        (120, 500, 60, 3),
        (121, 500, 60, 4),
        (121, 500, None, 0),
    ],
)
def test_heat_has_four_degrees(p50: int, p90: int, limit: int | None, heat: int) -> None:
    row = StepRow(
        key="a",
        done=10,
        early=0,
        on_time=0,
        late=0,
        without_limit=0,
        p50_minutes=p50,
        p90_minutes=p90,
    )
    assert heat_of(row, limit) == heat
    assert heat_of(None, limit) == 0

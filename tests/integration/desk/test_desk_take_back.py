"""Taking a step back on the page: offered only while it is possible, refused clearly after."""

from __future__ import annotations

from test_desk_journey import complete, receive

from tests.visitors import CLERK, HEAD, DeskOffice


def test_a_step_is_taken_back_on_the_page_until_the_next_person_has_it(desk: DeskOffice) -> None:
    clerk, head = desk.person(CLERK), desk.person(HEAD)
    number = receive(clerk)
    page = f"/desk/cases/{number}"
    assert "Thu hồi bước" not in clerk.get(page).text
    first = desk.next_step(number)
    complete(desk, clerk, number, du_thanh_phan="y")
    assert "Thu hồi bước «Tiếp nhận»" in clerk.get(page).text
    assert "Thu hồi bước" not in head.get(page).text
    back = f"{page}/steps/{first}/take-back"

    silent = clerk.submit(page, {"take_back_reason": ""}, to=back)
    assert silent.status_code == 422
    assert "Hãy nhập nội dung này" in silent.text
    assert clerk.submit(page, {"take_back_reason": "Bấm nhầm"}, to=back).status_code == 302
    assert desk.next_step(number) == first
    shown = clerk.get(page).text
    assert "Thu hồi bước: Tiếp nhận" in shown
    assert "Bấm nhầm" in shown

    complete(desk, clerk, number, du_thanh_phan="y")
    stale = clerk.get(page).text
    assert "Thu hồi bước «Tiếp nhận»" in stale
    step = desk.next_step(number)
    assert head.post(f"{page}/steps/{step}/claim").status_code == 302
    late = clerk.post(back, {"take_back_reason": "Bấm nhầm"})
    assert late.status_code == 409
    assert "Không thu hồi được nữa" in late.text
    assert "Thu hồi bước «" not in clerk.get(page).text

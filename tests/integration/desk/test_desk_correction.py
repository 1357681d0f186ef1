"""A clerk corrects a receipt on the page; the first letter stays as it was handed out."""

from __future__ import annotations

from test_desk_journey import NAME, receive

from tests.visitors import CLERK, SPECIALIST, DeskOffice, hidden_fields

RIGHT = "Nguyễn Thị Bưởi Lan"


def known(number: str) -> dict[str, str]:
    """What the form shows of a case received by `receive`."""
    return {
        "owner": NAME,
        "phone": "0912 345 678",
        "channel": "counter",
        "procedure": "1.009994",
        "c_don_de_nghi": "original",
        "c_giay_to_dat": "certified",
        "c_ban_ve": "original",
    }


def test_a_wrong_name_gets_a_new_receipt_and_the_first_stays_readable(desk: DeskOffice) -> None:
    clerk = desk.person(CLERK)
    number = receive(clerk)
    page = f"/desk/cases/{number}/correct"
    shown = clerk.get(page).text
    assert f'value="{NAME}"' in shown
    given = known(number) | {"owner": RIGHT, "reason": "Gõ nhầm tên"}
    assert clerk.submit(page, given).status_code == 302
    first, second = (d for d in desk.office.case(number)["documents"])
    old = clerk.get(f"/desk/cases/{number}/letters/{first['id']}").text
    new = clerk.get(f"/desk/cases/{number}/letters/{second['id']}").text
    assert NAME in old
    assert RIGHT not in old
    assert f"thay bằng giấy số {second['number']}" in old
    assert RIGHT in new
    assert "Cấp lại lần 1" in new
    assert "Gõ nhầm tên" in new
    case = clerk.get(f"/desk/cases/{number}").text
    assert "Sửa thông tin tiếp nhận: họ tên" in case
    assert "cấp lại lần 1" in case
    assert RIGHT in clerk.get("/desk?viec=co-quan&tim=buoi lan").text


def test_an_unchanged_or_unexplained_form_changes_nothing(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    number = receive(clerk)
    page = f"/desk/cases/{number}/correct"
    same = clerk.submit(page, known(number) | {"reason": "Không có gì"})
    assert same.status_code == 422
    assert "Có nội dung nhập chưa đúng" in same.text
    silent = clerk.submit(page, known(number) | {"owner": RIGHT, "reason": ""})
    assert silent.status_code == 422
    assert f'value="{RIGHT}"' in silent.text, "nothing typed is lost"
    assert len(quick_desk.office.case(number)["documents"]) == 1
    assert quick_desk.person(SPECIALIST).get(page).status_code == 403


def test_the_procedure_is_changed_on_the_page_and_the_form_sent_twice_has_one_effect(
    quick_desk: DeskOffice,
) -> None:
    clerk = quick_desk.person(CLERK)
    number = receive(clerk)
    page = f"/desk/cases/{number}/correct"
    given = known(number) | {"procedure": "2.001610", "reason": "Chọn nhầm thủ tục"}
    form = hidden_fields(clerk.get(page).text) | given
    answers = [clerk.client.post(page, data=form) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert quick_desk.office.case(number)["procedure"] == "2.001610"
    assert quick_desk.office.events(number).count("CaseCorrected") == 1
    quick_desk.office.complete(number, quick_desk.office.open(number)[0])
    assert 'name="procedure"' not in clerk.get(page).text

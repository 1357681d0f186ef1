"""Returns: who was told, receiver, proof by channel, originals one by one, satisfaction."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.cases.return_result import return_result
from tests.visitors import CLERK, SPECIALIST, DeskOffice

PHONE = "0912 333 444"


def ready(desk: DeskOffice, procedure: str = "1.009994", **owner: str) -> str:
    number = desk.office.receive(procedure, data={"owner": owner})
    desk.office.work_until(number)
    return number


def hand_over(desk: DeskOffice, number: str, **given: Any) -> Any:
    page = f"/desk/cases/{number}/return"
    return desk.person(CLERK).submit(
        page, {"receiver": "Nguyễn Văn A", "channel": "counter", "satisfied": "", **given}
    )


def test_r36_the_page_says_who_was_told_and_whom_to_call(quick_desk: DeskOffice) -> None:
    number = ready(quick_desk, phone=PHONE)
    mailed = ready(quick_desk, email="a@b.vn")
    clerk = quick_desk.person(CLERK)
    rows = dict(re.findall(r'data-row="([^"]+)">(.*?)</tr>', clerk.get("/returns").text, re.DOTALL))
    assert "Chưa báo được" in rows[number]
    assert f"Gọi {PHONE}" in rows[number]
    assert "trước hạn: phải báo trước khi trả" in rows[number]
    assert "Thư điện tử đang chờ gửi" in rows[mailed]
    clerk.submit(f"/desk/cases/{number}/notify")
    page = clerk.get("/returns").text
    assert "Cán bộ đã báo" in page
    assert f"Gọi {PHONE}" not in page
    words = quick_desk.office.events(number)
    assert words.count("ApplicantNotified") == 2


@pytest.mark.parametrize("channel", ["postal", "online"])
def test_r39_a_channel_without_its_proof_is_not_taken(quick_desk: DeskOffice, channel: str) -> None:
    number = ready(quick_desk)
    refused = hand_over(quick_desk, number, channel=channel)
    assert refused.status_code == 422
    assert "bằng chứng đã trả" in refused.text
    assert quick_desk.office.case(number)["status"] == 9
    done = hand_over(quick_desk, number, channel=channel, proof="EA123456789VN")
    assert done.status_code == 302
    page = quick_desk.person(CLERK).get(f"/desk/cases/{number}").text
    panel = page.partition('id="handed-over"')[2].partition("</section>")[0]
    for words in ("Nguyễn Văn A", "EA123456789VN", "chưa hỏi"):
        assert words in panel


def test_r39_every_original_is_ticked(quick_desk: DeskOffice) -> None:
    number = ready(quick_desk, "2.000815")
    shown = quick_desk.person(CLERK).get(f"/desk/cases/{number}/return").text
    asked = re.findall(r'name="originals"[^>]*value="([^"]+)"', shown)
    if not asked:
        pytest.fail("the procedure has an original to give back")
    refused = hand_over(quick_desk, number)
    assert refused.status_code == 422
    assert "Chưa đánh dấu đã trả" in refused.text
    assert hand_over(quick_desk, number, originals=asked).status_code == 302
    assert quick_desk.office.event(number, "ResultReturned")["originals_returned"] is True


def test_r60_the_answer_goes_with_the_hand_over_and_is_asked_once(quick_desk: DeskOffice) -> None:
    number = ready(quick_desk)
    assert hand_over(quick_desk, number, satisfied="satisfied").status_code == 302
    assert quick_desk.office.event(number, "SatisfactionRecorded")["channel"] == "counter"
    clerk = quick_desk.person(CLERK)
    page = clerk.get(f"/desk/cases/{number}").text
    assert "Mức độ hài lòng: Hài lòng" in page
    assert f"/desk/cases/{number}/satisfaction" not in page
    again = clerk.submit(f"/desk/cases/{number}/satisfaction", {"satisfied": "dissatisfied"})
    assert again.status_code == 409
    assert quick_desk.office.events(number).count("SatisfactionRecorded") == 1


def test_r60_who_was_not_asked_can_be_asked_later(quick_desk: DeskOffice) -> None:
    number = ready(quick_desk)
    quick_desk.office.do(return_result, number=number, originals_returned=True)
    clerk = quick_desk.person(CLERK)
    assert f"/desk/cases/{number}/satisfaction" in clerk.get(f"/desk/cases/{number}").text
    answer = clerk.submit(
        f"/desk/cases/{number}/satisfaction",
        {"satisfied": "dissatisfied", "themes": ["time", "place"], "comment": "Chậm"},
    )
    assert answer.status_code == 302
    said = quick_desk.office.event(number, "SatisfactionRecorded")
    assert (said["answer"], said["themes"]) == ("dissatisfied", ["place", "time"])
    other = quick_desk.person(SPECIALIST).get(f"/desk/cases/{number}/satisfaction")
    assert other.status_code == 403

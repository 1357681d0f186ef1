"""The ledger: what a clerk reads to a citizen, and that it adds up."""

from __future__ import annotations

import pytest
from clock_words import OFFICE, at, pause, shown

from engine.sla.ledger import LedgerLine, ledger, ledger_of, short_reason
from engine.sla.limit import Limit
from engine.sla.pauses import Pause, PausePolicy
from engine.sla.reckoning import reckon


def _told(limit: str, received: str, *pauses: Pause) -> tuple[LedgerLine, ...]:
    return ledger(Limit.parse(limit), at(received), OFFICE, pauses)


def test_r42_ten_working_days_are_told_day_by_day() -> None:
    lines = _told("10wd", "2026-11-16 08:00")
    assert [line.why for line in lines] == [
        "Ngày nhận thứ hai 16/11/2026 không tính (BLDS Đ.147).",
        "Ngày làm việc thứ 1: thứ ba 17/11/2026.",
        "Ngày làm việc thứ 2: thứ tư 18/11/2026.",
        "Ngày làm việc thứ 3: thứ năm 19/11/2026.",
        "Ngày làm việc thứ 4: thứ sáu 20/11/2026.",
        "Không tính: thứ bảy 21/11, chủ nhật 22/11.",
        "Ngày làm việc thứ 5: thứ hai 23/11/2026.",
        "Không tính: 24/11 Ngày Văn hóa Việt Nam (NQ 28/2026/QH16).",
        "Ngày làm việc thứ 6: thứ tư 25/11/2026.",
        "Ngày làm việc thứ 7: thứ năm 26/11/2026.",
        "Ngày làm việc thứ 8: thứ sáu 27/11/2026.",
        "Không tính: thứ bảy 28/11, chủ nhật 29/11.",
        "Ngày làm việc thứ 9: thứ hai 30/11/2026.",
        "Ngày làm việc thứ 10: thứ ba 01/12/2026.",
    ]
    assert shown(lines[-1].end) == "2026-12-01 17:00"


def test_r41_a_worked_saturday_and_its_swap_are_told_with_their_decision() -> None:
    told = " ".join(line.why for line in _told("7wd", "2026-08-21 08:00"))
    swapped = "Làm bù cho thứ hai 31/08/2026 (CV 3383/BNV-CVL 10/4/2026)"
    assert f"Ngày làm việc thứ 1: thứ bảy 22/08/2026, {swapped}" in told
    assert "31/08 Nghỉ hoán đổi với thứ bảy 22/08/2026 (CV 3383/BNV-CVL 10/4/2026)" in told
    assert "01/09–02/09 Quốc khánh (TB 9441/TB-BNV 16/10/2025)" in told


def test_r41_a_year_that_is_not_confirmed_says_so_in_the_ledger() -> None:
    told = " ".join(line.why for line in _told("5wd", "2026-12-28 08:00"))
    assert "01/01 Tết Dương lịch (lịch năm 2027 dự kiến, chưa có quyết định)" in told
    past = " ".join(line.why for line in _told("5wd", "2021-04-28 08:00"))
    assert "(lịch năm 2021 chưa đối chiếu quyết định)" in past


def test_r41_a_ground_common_to_a_run_of_days_is_said_once() -> None:
    (why,) = (each.why for each in _told("1wd", "2026-02-13 08:00") if "Tết" in each.why)
    assert why == (
        "Không tính: thứ bảy 14/02, chủ nhật 15/02, 16/02 Giao thừa Tết Nguyên Đán, 17/02 Tết"
        " Nguyên Đán, 18/02 Mùng hai Tết Nguyên Đán, 19/02 Mùng ba Tết Nguyên Đán, 20/02 Mùng bốn"
        " Tết Nguyên Đán (TB 9441/TB-BNV 16/10/2025), thứ bảy 21/02, chủ nhật 22/02."
    )


def test_r21_a_pause_names_its_ground_and_its_document() -> None:
    stood = pause(
        "2026-11-18 09:00", "2026-11-27 14:00", document="Phiếu 12/PYC", ground="bổ sung hồ sơ"
    )
    lines = _told("10wd", "2026-11-16 08:00", stood)
    (told,) = [line for line in lines if "Tạm dừng" in line.why]
    assert told.why == (
        "Tạm dừng từ 09:00 thứ tư 18/11/2026 đến 14:00 thứ sáu 27/11/2026 (bổ sung hồ sơ theo"
        " Phiếu 12/PYC): 6 ngày làm việc không tính."
    )
    assert told.counted_days == 0
    assert sum(line.counted_days or 0 for line in lines) == 10


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (PausePolicy.RESTART, "Tính lại từ đầu từ 14:00 thứ sáu 27/11/2026 (theo Phiếu 12/PYC)"),
        (PausePolicy.PAUSE_WD, "(theo Phiếu 12/PYC): 6 ngày làm việc không tính"),
        (PausePolicy.PAUSE_CALENDAR, "(theo Phiếu 12/PYC): hạn lùi 9 ngày, từ 17:00 thứ ba"),
    ],
)
@pytest.mark.parametrize("limit", ["10wd", "20d", "2mo", "80wh"])
def test_r21_each_policy_is_told_with_its_document(
    policy: PausePolicy, words: str, limit: str
) -> None:
    stood = pause("2026-11-18 09:00", "2026-11-27 14:00", policy, document="Phiếu 12/PYC")
    told = [line.why for line in _told(limit, "2026-11-16 08:00", stood)]
    assert any("theo Phiếu 12/PYC" in why for why in told)
    if limit == "10wd":
        assert any(words in why for why in told), told


def test_r43_hours_are_told_with_their_stretches() -> None:
    lines = _told("8wh", "2026-11-23 10:00")
    assert [(line.why, line.counted_minutes) for line in lines] == [
        ("Thứ hai 23/11/2026: 10:00–11:30, 13:30–17:00, tính 5 giờ.", 300),
        (
            "Không tính: ngoài giờ làm việc, 24/11 Ngày Văn hóa Việt Nam (NQ 28/2026/QH16).",
            0,
        ),
        ("Thứ tư 25/11/2026: 07:00–10:00, tính 3 giờ.", 180),
    ]


def test_r16_a_same_day_case_tells_of_15_00() -> None:
    early = _told("same-day", "2026-11-20 10:00")
    assert [line.why for line in early] == [
        "Nhận lúc 10:00 thứ sáu 20/11/2026, trước 15:00: trả kết quả trong ngày."
    ]
    late = _told("same-day", "2026-11-20 15:01")
    assert late[0].why.endswith("sau 15:00: tính cho ngày làm việc tiếp theo.")
    off = _told("same-day", "2026-11-21 09:00")
    assert off[0].why == ("Nhận vào ngày nghỉ (thứ bảy 21/11): tính cho ngày làm việc tiếp theo.")


def test_r42_calendar_days_that_end_on_a_day_off_tell_why_they_roll() -> None:
    lines = _told("10d", "2026-04-16 08:00")
    assert lines[1].why == (
        "Ngày thứ 1–10: từ thứ sáu 17/04/2026 đến hết chủ nhật 26/04/2026, kể cả ngày nghỉ."
    )
    assert lines[2].why == (
        "Ngày cuối chủ nhật 26/04/2026 là ngày nghỉ (chủ nhật 26/04, 27/04 Ngày Giỗ Tổ Hùng Vương"
        " (nghỉ bù) (TB 9441/TB-BNV 16/10/2025)): hạn chuyển sang ngày làm việc tiếp theo, thứ ba"
        " 28/04/2026."
    )


def test_the_receipt_gets_it_in_one_sentence() -> None:
    stood = pause("2026-11-18 09:00", "2026-11-27 14:00", document="Phiếu 12/PYC")
    assert short_reason(reckon(Limit.parse("10wd"), at("2026-11-16 08:00"), OFFICE, [stood])) == (
        "10 ngày làm việc; tính từ 08:00 thứ hai 16/11/2026; không tính 24/11 Ngày Văn hóa Việt"
        " Nam (NQ 28/2026/QH16); tạm dừng từ 09:00 thứ tư 18/11/2026 đến 14:00 thứ sáu 27/11/2026"
        " (theo Phiếu 12/PYC): hạn trả 17:00 thứ tư 09/12/2026."
    )


def test_a_line_has_minutes_or_days_in_office_time() -> None:
    day_line = _told("1wd", "2026-11-20 08:00")[-1].as_json()
    assert day_line == {
        "from": "2026-11-23T00:00:00+07:00",
        "to": "2026-11-23T17:00:00+07:00",
        "counted_days": 1,
        "why": "Ngày làm việc thứ 1: thứ hai 23/11/2026.",
    }
    hour_line = _told("1wh", "2026-11-20 08:00")[0].as_json()
    assert hour_line["counted_minutes"] == 60
    assert "counted_days" not in hour_line


def test_the_ledger_of_a_reckoning_ends_at_its_due() -> None:
    found = reckon(Limit.parse("10wd"), at("2026-11-16 08:00"), OFFICE)
    assert ledger_of(found)[-1].end == found.due_at

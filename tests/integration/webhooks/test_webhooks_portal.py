"""The national portal is told each dossier and its progress (R66, R67, R68)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from couriers import FastClock, add, courier_at_work, eventually, standing
from speakers import Speaker

from engine.cases.intake.correct_case import Correction, correct_case
from engine.cases.intake.refuse_case import refuse_case
from engine.cases.lateness.issue_apology import issue_apology
from engine.cases.return_result import return_result
from engine.clock import SystemClock
from engine.database import reading, transaction
from engine.errors import BadInputError
from tests.simulated_portal import FIRST, UPDATE, said, simulated_portal
from webhooks import deliveries
from webhooks.endpoints import Format
from webhooks.inbound.apply import apply_stored
from webhooks.portal.messages import MANDATORY

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.builders import TrainingOffice
    from tests.partners import Came, Reply

REGISTERED: dict[str, Any] = {"form": Format.PORTAL, "personal_register": "SĐK-1/2026"}


def test_r67_a_dossier_is_told_from_its_receipt_to_its_return(office: TrainingOffice) -> None:
    with simulated_portal() as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        owner = {"id_number": "012345678901", "kind": "enterprise", "email": "a@b.vn"}
        number = office.receive(channel="online", data={"owner": owner})
        office.work_until(number)
        office.do(return_result, number=number)
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["behind"] == 0)
        assert portal.statuses(number) == ["2", "4", "9", "10"]
        received, *_, finished, returned = portal.dossiers[number]
        assert received["KenhThucHien"] == "2"
        assert received["LoaiDoiTuong"] == "2"
        assert received["ChuHoSo"] == "Nguyễn Văn A"
        assert received["SoGiayToChuHoSo"] == "012345678901"
        assert received["NgayTiepNhan"] == "20261116073000"
        assert received["NgayHenTra"] == "20261126170000"
        assert "NgayKetThucXuLy" not in received
        assert finished["NgayKetThucXuLy"]
        assert "NgayTra" not in finished
        assert returned["NgayTra"]
        for message in portal.dossiers[number]:
            assert all(message[name] for name in MANDATORY)
            assert len(message["TrichYeuHoSo"]) <= 1000
            for name, value in message.items():
                if name.startswith("Ngay"):
                    assert re.fullmatch(r"\d{14}", value), name
        steps = portal.progress[number]
        assert [step["TrangThai"] for step in steps][:2] == ["2", "4"]
        assert steps[0]["NoiDungXuLy"]
        assert all(len(step["NguoiXuLy"]) <= 50 for step in steps)
        paths = [call.path for call in portal.calls if call.path in (FIRST, UPDATE)]
        assert paths[:2] == [FIRST, FIRST]
        assert UPDATE in paths  # "đã tồn tại" led to the update call


def test_r67_a_corrected_name_is_told_again(office: TrainingOffice) -> None:
    with simulated_portal() as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        number = office.receive(owner="Nguyễn Văn Ba")
        right = Correction(owner="Nguyễn Văn Bá")
        office.do(correct_case, number=number, reason="gõ nhầm", correction=right)
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["behind"] == 0)
        assert len(portal.dossiers[number]) == 2
        assert portal.dossiers[number][-1]["ChuHoSo"] == "Nguyễn Văn Bá"


def test_r68_whatever_is_not_done_is_tried_again_with_the_same_message_id(
    office: TrainingOffice,
) -> None:
    from tests.partners import Reply

    hiccups = iter(
        [
            said("500", "Lỗi hệ thống"),
            Reply(200, body=b"<html>bao tri</html>"),
            Reply(503),
            Reply(200, body=b'{"message": "done"}'),
        ]
    )

    def disturb(_came: Came) -> Reply | None:
        return next(hiccups, None)

    with simulated_portal(disturb) as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        number = office.receive()
        office.work_until(number, "examine")
        with courier_at_work(office.books, clock=FastClock(3000)):
            eventually(lambda: portal.statuses(number) == ["2", "4"])
            eventually(lambda: standing(office.books, "cong-dvc")["waiting"] == 0)
        first = [call for call in portal.calls if call.said.get("TrangThaiHoSo") == "2"]
        assert len(first) == 5
        assert len({call.id for call in first}) == 1
        assert [call.said["TrangThaiHoSo"] for call in portal.calls[:5]] == ["2"] * 5  # in order


def test_r67_a_new_appointment_is_told_and_the_original_date_is_not_sent_again(
    office: TrainingOffice,
) -> None:
    with simulated_portal() as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        number = office.receive()
        office.until("2026-11-26T09:00")
        office.do(
            issue_apology,
            number=number,
            reason="Chờ kết quả kiểm tra thực địa",
            cause="HO_SO_PHUC_TAP",
            new_date=date(2026, 12, 1),
        )
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["behind"] == 0)
        assert portal.dossiers[number][-1]["NgayHenTra"] == "20261201170000"


def test_a_dossier_that_was_not_received_is_not_told(office: TrainingOffice) -> None:
    with simulated_portal() as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        number = office.receive(submitted_only=True)
        office.do(refuse_case, number=number, reason="Không thuộc thẩm quyền")
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["behind"] == 0)
        assert portal.calls == []


def test_r66_a_word_without_a_code_is_a_dead_letter_not_a_guess(office: TrainingOffice) -> None:
    with simulated_portal() as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        office.receive(data={"owner": {"kind": "ngoài hành tinh"}})
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["dead"] > 0)
        assert portal.dossiers == {}
        with reading(office.books) as db:
            (dead, *_) = deliveries.dead_letters(db)
        assert dead["error"].startswith("portal_message_incomplete: Expected a kind of owner")


def test_the_portal_is_entered_only_with_its_registration(books: Engine) -> None:
    with pytest.raises(BadInputError, match="registration"):
        add(books, "cong-dvc", "https://portal.example", form=Format.PORTAL)


def test_a_later_answer_of_the_portal_settles_its_message(office: TrainingOffice) -> None:
    with simulated_portal(lambda _came: said("9", "Đang kiểm tra")) as portal:
        add(office.books, "cong-dvc", portal.url, **REGISTERED)
        voice = Speaker(office.books, "cong-dvc")
        number = office.receive()
        with courier_at_work(office.books):
            eventually(lambda: standing(office.books, "cong-dvc")["waiting"] == 1)
            eventually(lambda: standing(office.books, "cong-dvc")["behind"] == 0)
        message_id = portal.calls[0].id
        voice.say("a1", "portal.answered", message_id=message_id, error_code="0")
        assert apply_stored(office.books) == 1
        assert standing(office.books, "cong-dvc")["waiting"] == 0
        voice.say(
            "a2", "portal.answered", message_id=message_id, error_code="7", message="Sai mã TTHC"
        )
        assert apply_stored(office.books) == 1
        with transaction(office.books) as db:
            (dead,) = deliveries.dead_letters(db, code="cong-dvc")
            assert dead["error"] == "error_code 7: Sai mã TTHC"
            assert dead["subject"] == number
            deliveries.resend(db, now=SystemClock().now(), code="cong-dvc")
        forged = message_id[:-1] + ("0" if message_id[-1] != "0" else "1")
        for wrong in (forged, "evt_1", "x", "evt_999999_aa"):
            voice.say(f"w-{wrong}", "portal.answered", message_id=wrong, error_code="0")
        assert apply_stored(office.books) == 0
        assert {w["reason_code"] for w in voice.waiting()} == {"delivery_unknown"}

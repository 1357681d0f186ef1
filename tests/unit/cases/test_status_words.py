"""The statuses in the words of partners, officers and applicants (R66, R69)."""

from __future__ import annotations

import pytest

from engine.cases.status import CaseStatus, StatusUnknownError

R66 = {
    1: ("new", "Mới đăng ký"),
    2: ("receiving", "Được tiếp nhận"),
    3: ("denied", "Không được tiếp nhận"),
    4: ("processing", "Đang xử lý"),
    5: ("waiting", "Yêu cầu bổ sung giấy tờ"),
    6: ("paying", "Yêu cầu thực hiện nghĩa vụ tài chính"),
    7: ("cancelled", "Công dân yêu cầu rút hồ sơ"),
    8: ("unresolved", "Dừng xử lý"),
    9: ("releasing", "Đã xử lý xong"),
    10: ("done", "Đã trả kết quả"),
}


@pytest.mark.parametrize(("code", "words"), R66.items())
def test_r66_every_status_has_its_word_and_its_name(code: int, words: tuple[str, str]) -> None:
    assert (CaseStatus(code).word, CaseStatus(code).vietnamese) == words


@pytest.mark.parametrize("status", CaseStatus)
def test_r66_a_word_leads_back_to_its_status(status: CaseStatus) -> None:
    assert CaseStatus.of_word(status.word) is status


@pytest.mark.parametrize("word", ["interoperating", "posting", "", "DONE", "0"])
def test_r66_an_unknown_word_is_an_error_and_not_zero(word: str) -> None:
    with pytest.raises(StatusUnknownError, match="Expected a status of"):
        CaseStatus.of_word(word)


@pytest.mark.parametrize("status", CaseStatus)
def test_r69_every_status_has_a_sentence_for_the_citizen(status: CaseStatus) -> None:
    sentence = status.for_the_applicant
    assert sentence.endswith(".")
    assert len(sentence.split()) >= 4
    assert not any(letter.isdigit() for letter in sentence)


def test_r69_no_two_statuses_tell_the_citizen_the_same() -> None:
    assert len({status.for_the_applicant for status in CaseStatus}) == len(CaseStatus)

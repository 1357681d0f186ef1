"""Running numbers of letters and codes of cases, on real books (R4, R6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, update

from engine.cases.intake.case_number import next_number
from engine.cases.tables import case_counter
from engine.catalog.regime import FormMeaning
from engine.database import transaction
from engine.documents.numbering import next_letter_number

TODAY, TOMORROW = date(2026, 1, 5), date(2026, 1, 6)


def _take(books: Engine, agency: str = "H35.12", on: date = TODAY) -> str:
    with transaction(books) as db:
        return next_number(db, agency, on)


def test_r4_numbers_run_by_agency_and_day(books: Engine) -> None:
    assert _take(books) == "H35.12-260105-0001"
    assert _take(books) == "H35.12-260105-0002"
    assert _take(books, on=TOMORROW) == "H35.12-260106-0001"
    assert _take(books, "000.00.22.H38") == "000.00.22.H38-260105-0001"
    assert _take(books) == "H35.12-260105-0003"


def test_r5_the_ten_thousandth_of_a_day_has_five_digits(books: Engine) -> None:
    _take(books)
    with transaction(books) as db:
        db.execute(update(case_counter).values(last=9998))
    assert [_take(books) for _ in range(3)] == [
        "H35.12-260105-9999",
        "H35.12-260105-10000",
        "H35.12-260105-10001",
    ]


def test_r6_fifty_intakes_at_once_get_fifty_codes(books: Engine) -> None:
    with ThreadPoolExecutor(10) as clerks:
        taken = list(clerks.map(lambda _: _take(books), range(50)))
    assert len(set(taken)) == 50


def test_r6_a_refused_intake_does_not_give_its_code_to_two(books: Engine) -> None:
    class RefusedError(Exception):
        pass

    def refused_intake() -> None:
        with transaction(books) as db:
            next_number(db, "H35.12", TODAY)
            raise RefusedError

    first = _take(books)
    with pytest.raises(RefusedError):
        refused_intake()
    assert _take(books) != first


def test_letters_are_numbered_by_agency_year_and_kind(books: Engine) -> None:
    def take(meaning: FormMeaning, on: date = TODAY, agency: str = "H35.12") -> str:
        with transaction(books) as db:
            return next_letter_number(db, agency=agency, on=on, meaning=meaning)

    assert take(FormMeaning.XIN_LOI) == "1/2026/XL-H35.12"
    assert take(FormMeaning.XIN_LOI) == "2/2026/XL-H35.12"
    assert take(FormMeaning.TU_CHOI) == "1/2026/TC-H35.12"
    assert take(FormMeaning.XIN_LOI, agency="H35.13") == "1/2026/XL-H35.13"
    assert take(FormMeaning.XIN_LOI, date(2027, 1, 4)) == "1/2027/XL-H35.12"


def test_fifty_letters_at_once_get_fifty_numbers(books: Engine) -> None:
    def take(_: int) -> str:
        with transaction(books) as db:
            return next_letter_number(db, agency="H35.12", on=TODAY, meaning=FormMeaning.TIEP_NHAN)

    with ThreadPoolExecutor(10) as clerks:
        taken = list(clerks.map(take, range(50)))
    assert sorted(int(number.split("/")[0]) for number in taken) == list(range(1, 51))

"""Dossier codes and agency codes (R4, R5, R7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases.intake.case_number import (
    AgencyCodeError,
    CaseNumber,
    CaseNumberError,
    check_agency_code,
    parse_case_number,
)

GROUP = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=5)
NEW_STYLE = st.builds(
    lambda letter, number, groups: ".".join([f"{letter}{number:02}", *groups]),
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXY"),
    st.integers(0, 99),
    st.lists(GROUP, max_size=5),
)


@pytest.mark.parametrize(
    ("agency", "on", "running", "text"),
    [
        ("H35.12", date(2026, 1, 5), 1, "H35.12-260105-0001"),
        ("H35.12", date(2026, 1, 5), 2, "H35.12-260105-0002"),
        ("000.00.22.H38", date(2021, 6, 15), 7, "000.00.22.H38-210615-0007"),
        ("H35.12", date(2026, 1, 5), 9999, "H35.12-260105-9999"),
        ("H35.12", date(2026, 1, 5), 10000, "H35.12-260105-10000"),
    ],
)
def test_r4_a_code_is_agency_date_and_running_number(
    agency: str, on: date, running: int, text: str
) -> None:
    assert str(CaseNumber(agency, on, running)) == text
    assert parse_case_number(text) == CaseNumber(agency, on, running)


@given(NEW_STYLE, st.dates(date(2000, 1, 1), date(2068, 12, 31)), st.integers(1, 10**6))
def test_r5_what_is_composed_can_be_read(agency: str, on: date, running: int) -> None:
    number = CaseNumber(agency, on, running)
    assert parse_case_number(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "H35-261332-0001",
        "H35-260230-0001",
        "H35-260105-001",
        "H35-260105",
        "h35-260105-0001",
        "Z35-260105-0001",
        "H35.12-260105-0001 ",
        "H35.12-260105-0001\n",
        "H35.12-2６0105-0001",
        "00.00.22.H38-210615-0007",
        "",
        "H35.12-260105-" + "9" * 5000,
    ],
)
def test_r5_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CaseNumberError, match="Expected a dossier code"):
        parse_case_number(text)


@pytest.mark.parametrize("code", ["H35", "H35.12", "G01.003", "000.00.22.H38", "A00", "Y99.A.B"])
def test_r7_valid_agency_codes(code: str) -> None:
    assert check_agency_code(code) == code


@pytest.mark.parametrize(
    "code",
    ["h35", "Z35", "H3", "H355", "H35.", "H35..1", "H35.a", ".H35", "", "H35." + "1" * 32, "H35\n"],
)
def test_r7_invalid_agency_codes(code: str) -> None:
    with pytest.raises(AgencyCodeError, match="Expected an agency code"):
        check_agency_code(code)


def test_r7_35_characters_are_the_longest_code() -> None:
    longest = "H35." + "1" * 31
    assert len(longest) == 35
    assert check_agency_code(longest) == longest

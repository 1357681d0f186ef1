"""Which decree and which form a day of receipt gives, and how pauses count then (R1, R8, R21)."""

from __future__ import annotations

from datetime import date

import pytest

from engine.catalog.procedure_yaml import REGIMES
from engine.catalog.regime import (
    Circular,
    FormMeaning,
    Regime,
    circular_on,
    default_pause_policy,
    form,
    regime_on,
)
from engine.sla.pauses import PausePolicy


@pytest.mark.parametrize(
    ("received", "regime"),
    [
        ("2021-06-15", Regime.ND61),
        ("2018-06-20", Regime.QD09_2015),
        ("2018-06-21", Regime.ND61),
        ("2025-06-30", Regime.ND61),
        ("2025-07-01", Regime.ND118),
        ("2026-08-04", Regime.ND118),
        ("2026-08-05", Regime.ND118_309),
        ("2014-12-31", Regime.QD93_2007),
    ],
)
def test_r1_the_day_of_receipt_picks_the_decree(received: str, regime: Regime) -> None:
    assert regime_on(date.fromisoformat(received)) is regime


def test_r1_files_of_procedures_know_the_same_decrees() -> None:
    assert set(REGIMES) == {str(each) for each in Regime}


@pytest.mark.parametrize(
    ("regime", "policy"),
    [
        (Regime.QD93_2007, PausePolicy.RESTART),
        (Regime.QD09_2015, PausePolicy.RESTART),
        (Regime.ND61, PausePolicy.RESTART),
        (Regime.ND118, PausePolicy.PAUSE_WD),
        (Regime.ND118_309, PausePolicy.PAUSE_WD),
    ],
)
def test_r21_the_decree_says_how_the_clock_goes_on(regime: Regime, policy: PausePolicy) -> None:
    assert default_pause_policy(regime) is policy


@pytest.mark.parametrize(
    ("meaning", "received", "number"),
    [
        (FormMeaning.KIEM_SOAT, "2025-08-01", "Mẫu 05"),
        (FormMeaning.KIEM_SOAT, "2025-09-14", "Mẫu 05"),
        (FormMeaning.KIEM_SOAT, "2025-09-15", "Mẫu 06"),
        (FormMeaning.SO_THEO_DOI, "2025-09-14", "Mẫu 06"),
        (FormMeaning.SO_THEO_DOI, "2025-09-15", "Mẫu 07"),
        (FormMeaning.DUNG_GIAI_QUYET, "2025-09-14", None),
        (FormMeaning.DUNG_GIAI_QUYET, "2025-09-15", "Mẫu 05"),
        (FormMeaning.XIN_LOI, "2025-09-14", "Mẫu 04"),
        (FormMeaning.XIN_LOI, "2025-09-15", "Mẫu 04"),
    ],
)
def test_r8_a_form_is_found_by_meaning_and_circular(
    meaning: FormMeaning, received: str, number: str | None
) -> None:
    found = form(meaning, date.fromisoformat(received))
    assert (found.number if found else None) == number


def test_r8_the_apology_keeps_its_number_and_changes_its_title() -> None:
    old = form(FormMeaning.XIN_LOI, date(2025, 8, 1))
    new = form(FormMeaning.XIN_LOI, date(2026, 8, 1))
    assert old is not None
    assert new is not None
    assert old.number == new.number
    assert old.title != new.title
    assert (old.circular, new.circular) == (Circular.TT01, Circular.TT03)


def test_r8_forms_follow_their_circular_and_not_the_decree() -> None:
    between = date(2025, 8, 1)
    assert regime_on(between) is Regime.ND118
    assert circular_on(between) is Circular.TT01

"""Recognises who and what a Vietnamese label speaks of, without regard to case and marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

ONE_STOP_WORDS: Final = (
    "mot cua",
    "tiep nhan va tra ket qua",
    "tiep nhan va giao tra ket qua",
    "trung tam phuc vu hanh chinh cong",
    "trung tam hanh chinh cong",
    "ttpvhcc",
    "ttphcc",
    "one stop",
)
APPLICANT_WORDS: Final = (
    "nguoi dan",
    "cong dan",
    "ca nhan",
    "to chuc",
    "doanh nghiep",
    "nguoi nop",
    "nguoi yeu cau",
    "nguoi de nghi",
    "chu ho so",
    "khach hang",
    "applicant",
    "citizen",
)
AGENCY_WORDS: Final = (
    "uy ban",
    "ubnd",
    "so",
    "phong",
    "co quan",
    "chi cuc",
    "cuc",
    "chi nhanh",
    "van phong",
    "trung tam",
    "bo phan",
    "ban quan ly",
    "thue",
    "cong an",
    "toa an",
    "kho bac",
    "mot cua",
)
REFUSAL_WORDS: Final = ("tu choi", "khong dong y giai quyet", "refuse", "refused", "refusal")
OTHER_RESULT_WORDS: Final = (
    "tra ket qua",
    "da tra",
    "tra lai ho so",
    "rut ho so",
    "dung giai quyet",
    "dung ho so",
    "huy ho so",
    "het han bo sung",
    "withdrawn",
    "returned",
    "stopped",
)


@lru_cache(maxsize=1024)
def folded(text: str) -> str:
    """The text in lower case without marks, words parted by blanks: "Một-cửa" → "mot cua"."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def names_agency(text: str) -> bool:
    """Whether a label names an office of the state; "hồ sơ" and "cơ sở" are not "sở"."""
    padded = f" {folded(text)} ".replace(" ho so ", " ").replace(" co so ", " ")
    return any(f" {phrase} " in padded for phrase in AGENCY_WORDS)


def speaks_of(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text as whole words."""
    padded = f" {folded(text)} "
    return any(f" {phrase} " in padded for phrase in words)

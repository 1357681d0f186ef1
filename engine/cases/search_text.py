"""What the search box looks in: number and owner in small letters without accents."""

from __future__ import annotations

import unicodedata

LONGEST = 300


def folded(text: str) -> str:
    """Small letters without accents: "Đỗ Thị Hằng" becomes "do thi hang"."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def search_text(number: str, owner: str) -> str:
    """The text a case is found by."""
    return f"{number.casefold()} {folded(owner)}"[:LONGEST]

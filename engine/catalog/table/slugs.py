"""Readable ids for elements: "Đối chiếu với sổ gốc" becomes doi_chieu_voi_so_goc."""

from __future__ import annotations

import re
from typing import Final

from engine.catalog.linter.words import folded

LONGEST: Final = 36
"""Letters of one slug; a prefix and a number still fit in the 64 letters of an id."""


def slug(text: str, longest: int = LONGEST) -> str:
    """Lower-case letters, digits and _ only; what stands in brackets is left out; never empty."""
    words = folded(re.sub(r"\([^()]*\)", " ", text)).split() or folded(text).split()
    taken: list[str] = []
    for word in words:
        if taken and len("_".join([*taken, word])) > longest:
            break
        taken.append(word[:longest])
    return "_".join(taken) or "buoc"


class Names:
    """Hands out ids, each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """The wanted id, or with a number when it is taken."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name

"""Turns the SVG of a diagram into a PNG, with a font that has all Vietnamese letters."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import pymupdf_fonts  # type: ignore[import-untyped]
import resvg_py

MOST_PIXELS: Final = 40_000_000
FONT_NAME: Final = "Noto Sans"


def png_of(svg: bytes, *, width: int) -> bytes:
    """The picture, `width` pixels wide, on white."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, data in _fonts().items():
            file = Path(folder) / f"{name}.ttf"
            file.write_bytes(data)
            files.append(str(file))
        made: bytes = resvg_py.svg_to_bytes(
            svg_string=svg.decode(),
            background="#ffffff",
            skip_system_fonts=True,
            font_files=files,
            font_family=FONT_NAME,
            sans_serif_family=FONT_NAME,
            width=width,
        )
    return bytes(made)


@lru_cache(maxsize=1)
def _fonts() -> dict[str, bytes]:
    """Noto Sans, regular and bold."""
    return {name: bytes(pymupdf_fonts.fontbuffers[name]()) for name in ("notos", "notosbo")}

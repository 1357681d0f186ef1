"""Gives the browser's tests their desk."""

from __future__ import annotations

from open_desk import browser, open_desk

from tests.visitors import office_file

__all__ = ["browser", "office_file", "open_desk"]

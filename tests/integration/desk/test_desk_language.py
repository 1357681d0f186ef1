"""Vietnamese first, English by a switch; no text without its translation."""

from __future__ import annotations

import io
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import session

import desk
from tests.visitors import CLERK, DeskOffice

FOLDER = Path(desk.__file__).parent
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def texts() -> set[str]:
    found = extract_from_dir(str(FOLDER), METHODS, {}, KEYWORDS)
    return {
        text[0] if isinstance(text, tuple) else text
        for file, _line, text, *_ in found
        if "node_modules" not in file
    }


def english() -> dict[str, object]:
    catalogue = read_po(io.BytesIO((FOLDER / "translations" / "en.po").read_bytes()), locale="en")
    return {(m.id[0] if isinstance(m.id, tuple) else m.id): m.string for m in catalogue if m.id}


def test_every_text_has_an_english_one_that_is_not_empty() -> None:
    known = english()
    assert sorted(texts() - set(known)) == []
    empty = [
        text for text, said in known.items() if not (all(said) if isinstance(said, tuple) else said)
    ]
    assert empty == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(english()) - texts()) == []


def test_translations_keep_the_places_for_values() -> None:
    wrong = [
        text
        for text, said in english().items()
        for each in (said if isinstance(said, tuple) else (said,))
        if places(text) != places(str(each))
    ]
    assert wrong == []


def places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[ds]", text))


def test_the_switch_changes_the_language_and_stays(quick_desk: DeskOffice) -> None:
    clerk = quick_desk.person(CLERK)
    assert "Danh sách việc" in clerk.get("/desk").text
    answer = clerk.post("/language", {"language": "en", "next": "/desk"})
    assert answer.headers["Location"] == "/desk"
    page = clerk.get("/desk").text
    assert "Work list" in page
    assert 'lang="en"' in page
    assert "Overdue" in page
    clerk.post("/language", {"language": "vi", "next": "https://evil.test"})
    assert "Danh sách việc" in clerk.get("/desk").text


def test_a_language_nobody_offers_changes_nothing(quick_desk: DeskOffice) -> None:
    stranger = quick_desk.stranger()
    stranger.post("/language", {"language": "xx", "next": "/"})
    assert 'lang="vi"' in stranger.get("/").text


def test_a_text_of_a_page_escapes_its_values_and_means_its_percents(quick_desk: DeskOffice) -> None:
    app = quick_desk.app
    page = app.jinja_env.from_string(
        "{{ _('Trả lúc %(time)s.', time=time) }} {{ _('Khoảng tin cậy 95 %%') }}"
    )
    with app.test_request_context():
        assert page.render(time="<b>") == "Trả lúc &lt;b&gt;. Khoảng tin cậy 95 %"
    with app.test_request_context():
        session["language"] = "en"
        assert page.render(time="<b>") == "Handed over at &lt;b&gt;. 95 % confidence interval"

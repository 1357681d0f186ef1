"""Vietnamese first, English by a switch; translations are read from their text files."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Blueprint, g, redirect, request, session
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup

from desk.access import ANYBODY, allow

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

FOLDER = Path(__file__).resolve().parent / "translations"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"

language = Blueprint("language", __name__)


class TextDomain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Translations straight from the .po file: nothing to compile, nothing to forget."""

    def get_translations(self) -> Any:
        """The translations of the request's language; Vietnamese is what the pages say.

        Looked up once a request: a page of the list says a hundred texts.
        """
        if "texts" not in g:
            g.texts = catalogue(get_locale().language)
        return g.texts


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(locale: str) -> Translations:
    """One language's texts."""
    path = FOLDER / f"{locale}.po"
    if locale == DEFAULT or not path.exists():
        return Translations()
    with path.open("rb") as file:
        texts = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return Translations(compiled)


def install_language(app: Flask) -> None:
    """Choose the language of every request."""
    babel = Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=_chosen,
    )
    babel.domain_instance = domain = TextDomain()

    def said(text: str, **values: object) -> Markup:
        """`_` of the templates: Flask-Babel's, less its way to the domain for every text."""
        words = Markup(domain.get_translations().gettext(text))  # noqa: S704 (our own texts)
        return words % values if values or "%%" in words else words

    app.jinja_env.globals["_"] = said
    app.register_blueprint(language)


def _chosen() -> str:
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else DEFAULT


def local_path(given: str | None) -> str:
    """A path on this site to go back to; anything else becomes the front page."""
    if given and given.startswith("/") and not given.startswith(("//", "/\\")):
        return given
    return "/"


@language.post("/language")
@allow(ANYBODY)
def switch() -> ResponseReturnValue:
    """Change the language of the pages and go back."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(local_path(request.form.get("next")))

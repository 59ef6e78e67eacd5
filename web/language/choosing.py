"""Which language a request is answered in: by the person's setting, else by their browser."""

from typing import Final

from flask import g, has_request_context, request
from flask_babel import get_locale

ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "ko": "한국어", "id": "Bahasa Indonesia"}
"""Code → what a language calls itself."""


def chosen() -> str:
    """The language of this request; English where there is none."""
    if not has_request_context():
        return ENGLISH
    setting = getattr(g.get("principal"), "language", None)
    return setting if setting in LANGUAGES else _of_browser()


def current() -> str:
    """The code of the language that texts are made in right now."""
    locale = get_locale()
    return locale.language if locale is not None else ENGLISH


def _of_browser() -> str:
    return request.accept_languages.best_match(list(LANGUAGES), ENGLISH) or ENGLISH

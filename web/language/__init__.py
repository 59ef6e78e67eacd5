"""The language of a page: what people read goes through ``_`` and ``_n``.

Outside a request, as on the command line, everything stays English.
"""

from typing import Final

from flask import Flask, request
from flask_babel import Babel
from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_babel import ngettext as _n

LANGUAGES: Final = {"en": "English", "ko": "한국어", "id": "Bahasa Indonesia"}

__all__ = ["LANGUAGES", "_", "_n", "install", "lazy"]


def chosen() -> str:
    """The language of this request, from what the browser asks for."""
    return request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


def install(app: Flask) -> None:
    """Choose the language of every page."""
    Babel(app, default_locale="en", locale_selector=chosen)

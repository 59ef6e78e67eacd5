"""Translations, read from the ``.po`` files themselves: nothing compiled lies beside them."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

FOLDER: Final = Path(__file__).parent


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The catalogues of this folder, each read once."""

    def get_translations(self) -> NullTranslations:
        """Those of the language of this request."""
        locale = get_locale()
        return translations(locale.language if locale is not None else "en")


def path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is written; empty for one without any."""
    if not path(language).exists():
        return Catalog(locale=language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """What turns English messages into a language; English itself stays as it is."""
    if not path(language).exists():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)

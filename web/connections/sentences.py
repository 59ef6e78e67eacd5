"""Sentences of these pages among those of lower layers: they are in the page's language already."""

from web.language import Told
from web.language.telling import Part


def ours(text: str) -> Told:
    """A sentence that was made here; telling it once more leaves it as it is."""
    return Told((Part(text, known=True),))

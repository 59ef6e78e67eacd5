"""What is wrong in the form that connects a tracker, each problem at its field."""

from collections.abc import Collection, Mapping, Sequence

from connector.errors import Refused, Unfit
from connector.store.tables import Connection
from web.connections.sentences import ours
from web.language import Told, _

PAGE_WORDS = (
    (" (plain http needs --allow-private)", " (plain http needs the tick below)"),
    (" if that is meant (--allow-private)", " by the tick below if that is meant"),
)
"""What sentences say of the command line, and what the page has for it."""


def at_fields(refused: Refused, address: str) -> dict[str, list[str]]:
    """The problems by field; under "" what is of none. ``address`` is the field of the URL."""
    field = refused.field if isinstance(refused, Unfit) else ""
    told = [_in_page_words(each, field) for each in refused.problems]
    return {address if field == "url" else field: told}


def told_where(found: Mapping[str, Sequence[str]], shown: Collection[str]) -> dict[str, list[str]]:
    """The problems at the fields that are shown; those of others are of the whole form."""
    told: dict[str, list[str]] = {}
    for field, sentences in found.items():
        told.setdefault(field if field in shown else "", []).extend(sentences)
    return told


def taken(held: Connection) -> str:
    """That a name is another connection's; a link to that one follows."""
    return ours(
        _(
            "There is a connection %(name)s already, to %(url)s. Choose another name, or change"
            " that one:",
            name=held.name,
            url=held.url,
        )
    )


def _in_page_words(sentence: str, field: str) -> str:
    """A sentence that names its field or an option of the command line, as the form has it."""
    if isinstance(sentence, Told):
        return sentence
    for words, here in PAGE_WORDS:
        sentence = sentence.replace(words, here)
    return sentence.removeprefix(f"{field}: ") if field else sentence

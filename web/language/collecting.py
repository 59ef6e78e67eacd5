"""``python -m web.language.collecting``: finds what is marked and brings the catalogues up to date.

New messages are added without a translation, those that are gone are removed, and whatever was
translated stays as it is.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import write_po

from web.language.catalogues import catalogue, path
from web.language.choosing import ENGLISH, LANGUAGES
from web.language.known import SAID
from web.language.patterns import CONTEXT
from web.language.sentences import sentences

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Dates at the head of a catalogue change nothing but its text."""
ROOT: Final = Path(__file__).parents[2]
KEYWORDS: Final[dict[str, Any]] = {
    **DEFAULT_KEYWORDS,
    "_n": (1, 2),
    "_p": ((1, "c"), 2),
    "lazy": None,
}
TEMPLATES: Final = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
HOW: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    ".py": ("python", {"encoding": "utf-8"}),
    ".html": ("jinja2", TEMPLATES),
}


def collected(root: Path = ROOT) -> Catalog:
    """Everything that is marked in the pages, and every sentence of the layers below."""
    found = Catalog(project="Worklift", charset="utf-8")
    for file in sorted((root / "web").rglob("*")):
        if file.suffix in HOW and "commands" not in file.parts:
            _add_marked(found, file, file.relative_to(root).as_posix())
    for place, sentence in sentences(root):
        found.add(sentence, context=CONTEXT, locations=[(place, 0)])
    for sentence in SAID:
        found.add(sentence, context=CONTEXT, locations=[("web/language/known.py", 0)])
    return found


def update(language: str, found: Catalog) -> tuple[int, int]:
    """Bring one catalogue up to date; gives how many messages it has and how many are missing."""
    held = catalogue(language)
    _sign(held, language)
    held.update(found, no_fuzzy_matching=True, update_creation_date=False)
    held.obsolete.clear()
    path(language).parent.mkdir(parents=True, exist_ok=True)
    with path(language).open("wb") as file:
        write_po(file, held, width=100, include_lineno=False, sort_by_file=True)
    catalogue.cache_clear()
    return len(held), sum(1 for each in held if each.id and not _is_whole(each.string))


def _sign(held: Catalog, language: str) -> None:
    """Say at its head what the catalogue is, and nothing of who wrote it when."""
    held.header_comment = f"# Worklift in {Locale.parse(language).english_name}."
    held.project, held.version, held.fuzzy = "Worklift", "1", False
    held.last_translator = held.language_team = "The Worklift authors"
    held.msgid_bugs_address = "docs/languages.md"
    held.creation_date = held.revision_date = EPOCH


def _add_marked(found: Catalog, file: Path, place: str) -> None:
    method, options = HOW[file.suffix]
    for _, message, _, context in extract_from_file(method, file, KEYWORDS, options=options):
        found.add(message, context=context, locations=[(place, 0)])


def _is_whole(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> None:
    """Bring all catalogues up to date and say what is still to be translated."""
    found = collected()
    for language in LANGUAGES:
        if language != ENGLISH:
            number, missing = update(language, found)
            sys.stdout.write(f"{language}: {number} messages, {missing} to be translated\n")


if __name__ == "__main__":
    main()

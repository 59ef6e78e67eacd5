"""A field mapping that is being edited: by form one part at a time, or whole as a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from flask import request

from connector.errors import Refused
from connector.mapping import fold
from sync import mappings
from sync.mappings import Saving, Version
from web.connections.sentences import ours
from web.fields import typed
from web.language import _, told_plainly

_LINE = re.compile(r"[^:]*:(\d+): ([^:]*): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the editor holds: the whole ``document``, and the ``part`` of it that the form shows.

    ``place`` is the project or repository whose own rules it is, '' for the whole connection.
    ``base`` is the version it was begun from, 0 for none. ``text`` is set where the document is
    edited as one. ``problems`` are by field and entry, ``wrong`` those of nothing in particular.
    """

    document: Mapping[str, Any]
    place: str = ""
    base: int = 0
    text: str | None = None
    reason: str = ""
    reapply: bool = False
    problems: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()

    @property
    def part(self) -> Mapping[str, Any]:
        """What the form shows."""
        return part_of(self.document, self.place)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong with what was typed."""
        return not self.problems and not self.wrong

    def saving(self, author: str) -> Saving:
        """Who saves it and why, over the version it was begun from."""
        return Saving(author=author, reason=self.reason, reapply=self.reapply, over=self.base)


def of(versions: list[Version], *, place: str = "") -> Draft:
    """The newest version, to be edited."""
    newest = versions[0] if versions else None
    return Draft(
        document=newest.body if newest else {}, base=newest.version if newest else 0, place=place
    )


def part_of(document: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """The rules of one place, or those of the whole connection."""
    if not place:
        return {name: each for name, each in document.items() if name != "places"}
    places: Mapping[str, Any] = document.get("places", {})
    return next((rules for each, rules in places.items() if fold(each) == fold(place)), {})


def posted(stored: Mapping[str, Any]) -> Draft:
    """What was sent: a text of the whole, or a form of one part over what is ``stored``."""
    form = request.form
    base = form.get("base", "0")
    draft = Draft(
        document=stored,
        place=form.get("place", "").strip(),
        base=int(base) if base.isdecimal() and len(base) < 9 else 0,
        reason=form.get("reason", ""),
        reapply="reapply" in form,
    )
    return _texted(draft, form["text"]) if "text" in form else _formed(draft)


def _texted(draft: Draft, text: str) -> Draft:
    text = text.replace("\r\n", "\n")
    try:
        return replace(draft, text=text, document=mappings.parse(text, "mapping"))
    except Refused as refused:
        return replace(draft, text=text, wrong=tuple(map(_by_line, refused.problems)))


def _by_line(sentence: str) -> str:
    """``mapping:3: places.PLAT: …`` as people read it beside their text."""
    found = _LINE.fullmatch(sentence)
    if found is None:
        return sentence
    line, where, said = found.groups()
    said_here = told_plainly(said)
    if where.startswith("places."):
        place = where.removeprefix("places.")
        told = _("Line %(line)s, %(place)s: %(said)s", line=line, place=place, said=said_here)
        return ours(told)
    return ours(_("Line %(line)s: %(said)s", line=line, said=said_here))


def _formed(draft: Draft) -> Draft:
    found = typed.part(request.form)
    return replace(
        draft,
        document=laid(draft.document, draft.place, found.body),
        problems=typed.problems(found),
    )


def laid(document: Mapping[str, Any], place: str, part: Mapping[str, Any]) -> dict[str, Any]:
    """The document with one part in the place of what it was; a place without rules is none."""
    places = dict(document.get("places", {}))
    if not place:
        return {**part, **({"places": places} if places else {})}
    written = next((name for name in places if fold(name) == fold(place)), place)
    if part:
        places[written] = dict(part)
    else:
        places.pop(written, None)
    whole = {name: each for name, each in document.items() if name != "places"}
    return {**whole, **({"places": places} if places else {})}


def as_text(document: Mapping[str, Any]) -> str:
    """The document as a file; '' where it says nothing."""
    if not document:
        return ""
    plain = _plain(document)
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)).rstrip()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

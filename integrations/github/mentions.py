"""The key results that a milestone or a label names itself: by a line of its description such as
``Key-Result: KR-1, KR-2``, or by a label's name ``okr:KR-1``. Pure."""

import re

from integrations.github.scopes import repository
from integrations.kit.mentions import is_key, kept, lines, named

PREFIX = "okr:"
_LINK = re.compile(r"\[([^\[\]\n]{0,200})\]\([^()\n]{0,2000}\)")
_HIDDEN, _SHOWN = re.compile("<!--"), re.compile("-->")
_QUOTED = re.compile(r"^\s*(?:>\s*)+|^\s*[-*+]\s+\[[ xX]\]\s+")


def places(option: str) -> tuple[str, ...]:
    """The repositories that may name key results, of the setting's text; raises ``Refused``."""
    found = (part.strip() for part in option.split(","))
    return tuple(sorted({repository(part) for part in found if part}))


def in_text(description: object) -> frozenset[str]:
    """The keys that a text in Markdown names, as they are written there; at most 20."""
    if not isinstance(description, str):
        return frozenset()
    shown = _LINK.sub(r"\1", visible(description))
    return kept(key for line in lines(shown) for key in named(_QUOTED.sub("", line)))


def in_label(name: str) -> str | None:
    """The key that a label's name holds."""
    if name[: len(PREFIX)].casefold() != PREFIX:
        return None
    key = name[len(PREFIX) :].strip()
    return key if is_key(key) else None


def visible(text: str) -> str:
    """A text without what its author hid in it, as templates do."""
    return without(text[:100_000], _HIDDEN, _SHOWN)


def without(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """A text without what stands between two marks; a mark without its end takes all the rest."""
    kept, at = [], 0
    while opened := begin.search(text, at):
        kept.append(text[at : opened.start()])
        closed = end.search(text, opened.end())
        if closed is None:
            return "".join(kept)
        at = closed.end()
    return "".join([*kept, text[at:]])

"""The key results that a milestone or a label names itself: by a line of its description such as
``Key-Result: KR-1, KR-2``, or by a label's name ``okr:KR-1``. Pure."""

import re

from integrations.github.scopes import repository
from integrations.kit.mentions import is_key, kept, lines, named

PREFIX = "okr:"
_LINK = re.compile(r"\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
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
    return _HIDDEN.sub("", text[:100_000])

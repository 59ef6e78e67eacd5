"""The commands in a comment: lines ``/okr link KR-1``, ``/okr unlink KR-1`` and ``/okr why``. Pure;
any text is safe to pass."""

import re
from collections.abc import Iterator
from typing import Literal

from integrations.github.mentions import visible, without
from integrations.kit.mentions import is_key, keys_of, lines

MOST = 5
"""Commands of one comment that are heard, counting every key result."""
Verb = Literal["link", "unlink", "why"]
Said = tuple[Verb, str]
"""What is asked, and the key result it is asked of."""
_LINE = re.compile(r"/okr[ \t]+(link|unlink|why)(?:[ \t]+(\S.{0,299}))?", re.IGNORECASE)
_SAMPLE = re.compile(r"<pre\b", re.IGNORECASE), re.compile(r"</pre\s*>", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def commands(body: object) -> tuple[Said, ...]:
    """What a comment says to us, in order; of what it says of one key result, the last word."""
    if not isinstance(body, str) or "/okr" not in body.casefold():
        return ()
    found: dict[str, Said] = {}
    for verb, key in _said(body):
        found.pop(key.casefold(), None)
        found[key.casefold()] = (verb, key)
        if len(found) >= MOST:
            break
    return tuple(found.values())


def _said(body: str) -> Iterator[Said]:
    for line in _outside(lines(without(visible(body), *_SAMPLE))):
        told = _LINE.fullmatch(line.rstrip(" \t"))
        if told is None:
            continue
        verb = told[1].lower()
        if verb == "why":
            yield "why", ""
        elif verb == "link":
            yield from (("link", key) for key in keys_of(told[2] or "") if is_key(key))
        else:
            yield from (("unlink", key) for key in keys_of(told[2] or "") if is_key(key))


def _outside(shown: list[str]) -> Iterator[str]:
    """The lines that are no code shown to others."""
    fence = ""
    for line in shown:
        mark = _FENCE.match(line)
        if mark is None:
            if not fence:
                yield line
        elif not fence:
            fence = mark[1]
        elif mark[1].startswith(fence):
            fence = ""

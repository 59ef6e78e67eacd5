"""Notes in Markdown: what people wrote stays text, so that it links, calls and refers to nobody."""

import re
from collections.abc import Sequence

from connector.notes import WHY, Body, Teller, Told

_MARKUP = re.compile(r"[!\"#$&'()*+<=>@\[\\\]^_`{|}~]")
"""What Markdown and HTML are made of, wherever it stands."""
_CALLS = re.compile(r"(?<=[@#:])|(?<=\bgh)(?=-\d)|(?<=\bwww)(?=\.)", re.IGNORECASE)
"""After these a name, a number or an address would call somebody or refer to something, even
where the sign itself is written as a character reference."""
_GAP = "\u200b"
_LONGEST_TITLE = 250
_MOST = 50
"""Key results that are told one by one."""


def escaped(text: str) -> str:
    """Text that Markdown leaves alone: no mention, no reference, no link, no HTML, no emoji."""
    apart = _CALLS.sub(_GAP, text)
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", apart)


def served(each: Told) -> str:
    """A key result in one line, its key leading to its page."""
    title = f" ({escaped(each.title)})" if each.title else ""
    return f"Serves [{escaped(each.key)}]({each.url}): {escaped(each.words)}{title}"


def comment(several: Sequence[Told], teller: Teller) -> Body:
    """The text of our one comment on an item."""
    ours = f"[Worklift]({teller.public_url}/)"
    last = f"<sub>{ours} keeps this comment up to date while this is open.</sub>"
    return {"text": "\n".join([*_lines(several), "", last])}


def comment_at(body: Body, item: str) -> Body:
    """A comment that also leads to the page of the item which carries it."""
    words, blank, ours = body["text"].rpartition("\n\n")
    return {**body, "text": f"{words}\n\n[{WHY}]({item}){blank}{ours}"}


def check_at(body: Body, item: str) -> Body:
    """A check that leads to the page of the change which carries it."""
    return {**body, "url": item}


def block(several: Sequence[Told], _teller: Teller) -> Body:
    """The lines we keep in a text that people write."""
    return {"text": "\n".join(_lines(several))}


def check(several: Sequence[Told], teller: Teller) -> Body:
    """What a check on a change says of the key results it serves; its title is plain text."""
    title = "; ".join(f"Serves {each.key}: {each.words}" for each in several)
    short = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
    url = several[0].url if len(several) == 1 else f"{teller.public_url}/"
    return {"title": short, "summary": "\n".join(_lines(several)), "url": url}


def _lines(several: Sequence[Told]) -> list[str]:
    lines = [f"- {served(each)}" for each in several[:_MOST]]
    more = len(several) - _MOST
    return [*lines, f"- and {more} more"] if more > 0 else lines

"""Answers to somebody who asks at a work item what it serves: words in Markdown, each said once."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.notes import Body, Teller, Told, one_line, plain
from connector.notes_markdown import escaped, served

_MOST = 20
"""Key results told in one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A key result that an item serves through the link ``by``, and what it contributes there.

    ``counts`` is False where the link holds the item and does not count it, for that ``reason``.
    ``parent`` says that the link counts what lies below the item; ``waiting`` that the link was
    made just now and nothing of it was read yet.
    """

    told: Told
    by: str
    of: str = "count"
    done: float = 0.0
    total: float = 0.0
    counts: bool = True
    reason: str = ""
    parent: bool = False
    waiting: bool = False


def answer(several: Sequence[Served], teller: Teller) -> Body:
    """The text of an answer."""
    lines = [f"- {served(each.told)}. {_part(each)}" for each in several[:_MOST]]
    if len(several) > _MOST:
        lines.append(f"- and {len(several) - _MOST} more")
    if not lines:
        lines = ["This serves no key result now: no link holds it."]
    last = f"<sub>[Worklift]({teller.public_url}/) answers a question once; ask again later.</sub>"
    return {"text": "\n".join([*lines, "", last])}


def _part(each: Served) -> str:
    by = _words(each.by)
    if each.waiting:
        return f"It was linked just now by {by} and counts as soon as that was read."
    if each.parent:
        return f"What lies below it counts: {_amount(each)} done."
    if not each.counts:
        return f"It lies in {by} and is not counted: {_words(plain(each.reason))}."
    return f"It counts there by {by}: {_amount(each)} done."


def _amount(each: Served) -> str:
    one = each.total == 1
    names = {"points": "point" if one else "points", "count": "item" if one else "items"}
    return f"{_short(each.done)} of {_short(each.total)} {names.get(each.of) or _words(each.of)}"


def _words(text: str) -> str:
    """What people wrote: on a line of its own it could be a command to us."""
    return escaped(one_line(text))


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

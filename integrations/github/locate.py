"""From an address people paste to the scope its page shows: pure."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from connector.errors import Refused
from integrations.github.places import api_url, web_url
from integrations.github.scopes import (
    conditions,
    issue,
    label,
    milestone,
    project,
    repository,
)
from integrations.github.views import ours

Scope = tuple[str, str]
_LONGEST = 20_000
PROJECT = re.compile(r"(orgs|users)/([^/]+)/projects/([0-9]+)(?:/.*)?")
_PART = re.compile(r"([^/]+/[^/]+)/(milestone|issues|pull|labels|label)/([^/]+)(?:/.*)?")
_REPOSITORY = re.compile(r"([^/]+/[^/]+)(?:/(?:issues|milestones|labels)?)?")
_WORD = re.compile(r'[^\s":]+:"[^"]*"|\S+')
_PLAIN = frozenset({"is:issue", "is:open", "state:open", "type:issue"})
"""Words that every list of issues bears, or that a scope does not need."""
# What stands first in addresses of GitHub itself, where owners stand in others.
_OURS = frozenset(
    """about account apps codespaces collections contact dashboard enterprise events explore
    features issues login logout marketplace new notifications orgs organizations pricing pulls
    search security settings signup site sponsors stars topics trending users""".split()
)


def home(browse: str) -> str:
    """The address people open, of a web address or an API address; raises ``Refused``."""
    return web_url(api_url(browse, allow_private=True))


def locate(browse: str, url: str) -> Scope | None:
    """(kind, value) of the scope a page of this GitHub shows; None for any other address."""
    try:
        found = inside(browse, url)
        return None if found is None else _scope(*found)
    except (Refused, ValueError):
        return None


def inside(browse: str, url: str) -> tuple[str, Mapping[str, str]] | None:
    """The path of a page of this GitHub and what its address asks; None for one of another site.

    Raises ``Refused`` and ``ValueError`` for what is no address.
    """
    if len(url) > _LONGEST:
        return None
    ours, there = urlsplit(home(browse)), urlsplit(url.strip())
    host = (there.hostname or "").removeprefix("www.")
    if there.scheme not in ("http", "https") or (host, there.port) != (ours.hostname, ours.port):
        return None
    asked = parse_qs(there.query, max_num_fields=100)
    return there.path.strip("/"), {name: values[-1] for name, values in asked.items()}


def _scope(path: str, asked: Mapping[str, str]) -> Scope | None:
    words = _words(asked.get("q", ""))
    if words is None:
        return None
    if {"milestone"} < words.keys() <= {"milestone", "user", "org"}:
        value = f"{words.get('user') or words.get('org')}/*/{words['milestone']}"
        milestone(value)
        return "milestone", value
    if on_board := PROJECT.fullmatch(path):
        return "project", _on_board(on_board, asked.get("filterQuery", ""))
    if path.partition("/")[0].lower() in _OURS:
        return None
    if part := _PART.fullmatch(path):
        return _part(*part.groups())
    if place := _REPOSITORY.fullmatch(path):
        repository(place[1])
        if words.keys() == {"label"}:
            return "label", f"{place[1]}/{words['label']}"
        return None if words else ("repo", place[1])
    return None


def _words(text: str) -> dict[str, str] | None:
    """The words of a search that narrow it; None where one cannot be part of a scope: what is
    dropped without a word would count other work than the page shows."""
    found, wrong = apart(text)
    return None if wrong else found


def apart(text: str) -> tuple[dict[str, str], list[str]]:
    """The words of a search that can narrow a scope, each once, and those that cannot."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for word in _WORD.findall(text):
        if word.lower() in _PLAIN or word.lower().startswith("sort:"):
            continue
        name, _, value = word.partition(":")
        if name not in ("label", "milestone", "user", "org") or name in found or not value:
            wrong.append(word)
        else:
            found[name] = value.strip('"')
    return found, wrong


def _on_board(found: re.Match[str], words: str) -> str:
    """The project of a page, narrowed by the filter of its view."""
    whose, owner, number = found.groups()
    value = f"users/{owner}/{number}" if whose == "users" else f"{owner}/{number}"
    value += f"?{ours(words)}" if words.strip() else ""
    conditions(value)
    project(value)
    return value


def _part(place: str, word: str, name: str) -> Scope:
    value = f"{place}/{unquote(name)}"
    if word == "milestone":
        milestone(value)
        return "milestone", value
    if word in ("labels", "label"):
        label(value)
        return "label", value
    issue(value)
    return "issue", value

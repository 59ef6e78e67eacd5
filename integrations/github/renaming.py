"""What is called by a repository's name, once the repository has another one: pure."""

from integrations.github.filters import in_repository
from integrations.github.scopes import tag, titled
from integrations.tracker import Renaming

_WITHIN = ("milestone", "label", "issue", "repo")


def _value(kind: str, value: str, was: str, now: str) -> str:
    """``acme/api/7`` → ``acme/web/7``; the title of ``acme/*/v2`` names no repository, the filter
    of a project may name some."""
    if kind == "project":
        project, mark, text = value.partition("?")
        return f"{project}{mark}{in_repository(text, {was: now})}"
    parts = value.split("/", 2)
    if kind not in _WITHIN or "/".join(parts[:2]).lower() != was:
        return value
    return "/".join([now, *parts[2:]])


def _tag(name: str, was: str, now: str) -> str:
    kind, _, place = name.partition(":")
    if kind in _WITHIN and place == was:
        return tag(kind, now)
    if kind in _WITHIN and place.startswith(f"{was}/"):
        return tag(kind, now, place.removeprefix(f"{was}/"))
    owners = was.partition("/")[0]
    if kind == "milestones" and place.startswith(f"{owners}/"):
        return titled(now, place.removeprefix(f"{owners}/"))
    return name


def _key(key: str, was: str, now: str) -> str:
    place, mark, number = key.rpartition("#")
    return f"{now}{mark}{number}" if place.lower() == was else key


def _parent(key: str) -> str:
    """``acme/api#7`` → ``acme/api/7``"""
    return key.replace("#", "/")


def _aside(place: str, ident: str) -> str:
    return f"{place}.formerly-{ident}"


def _owner(place: str) -> str:
    return place.partition("/")[0].lower()


RENAMING = Renaming(
    value=_value,
    tag=_tag,
    key=_key,
    parent=_parent,
    aside=_aside,
    owner=_owner,
    asking=frozenset({"project"}),
)

"""Issues that name key results themselves: one small query more, in the projects that allow it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from integrations.jira import cursors
from integrations.jira.accepted import Accepted
from integrations.jira.asked import Asked
from integrations.jira.cursors import Cursor
from integrations.jira.jql import quote
from integrations.jira.listing import Listing
from integrations.jira.mentions import mentions
from integrations.jira.profile import Profile
from integrations.jira.query import Condition, Name, together
from integrations.jira.reading import page
from integrations.jira.scopes import is_project_key
from integrations.tracker import Listed, Look, Need, Page

LEAST = 1
"""The lowest level of an issue that may name key results: an epic's."""
Part = Page | Listed | Look


def besides(
    asked: Asked, need: Need, held: Cursor | None, parts: Iterator[Part], *, sweep: bool
) -> Iterator[Part]:
    """The parts of a look, and before its end the issues that may name key results, with what
    they mention: those that changed, or all; their ids too when everything is listed."""
    for part in parts:
        if not isinstance(part, Look):
            yield part
            continue
        before = held or Cursor(since=0)
        known = {} if sweep else before.refused
        reading = _Naming(asked, need, cursors.cursor(part.cursor) or before, known)
        yield from reading.pages(held.start(sweep=sweep) if held else None)
        if sweep:
            yield from reading.mended(before)
            yield from reading.listed()
        yield reading.end(part, before)


class _Naming:
    """The reading of issues that may name key results."""

    def __init__(self, asked: Asked, need: Need, told: Cursor, refused: Mapping[Name, str]) -> None:
        self._client, self._site = asked.client, asked.profile
        self._told, self._alone = told, not need.scopes
        high = (ident for ident, level in asked.profile.levels.items() if level >= LEAST)
        types = {*(_types(told) or asked.parent_types()), *high}
        self._asked = Accepted(_conditions(need.conventions, types, asked.profile), refused)
        self._newest: int | None = None
        self._started: int | None = None

    def pages(self, since: int | None) -> Iterator[Page]:
        """The issues that changed, or all."""
        yield from self._pages(self._asked, since)

    def mended(self, before: Cursor) -> Iterator[Page]:
        """All issues of the projects that Jira did not show before and does now."""
        yield from self._pages(Accepted(self._asked.named(before.refused), {}), None)

    def _pages(self, asked: Accepted, since: int | None) -> Iterator[Page]:
        listings = asked.ask(
            self._client,
            self._site,
            lambda good: self._client.search(
                together(good, since), self._site, more=["description"]
            ),
        )
        for listing in listings:
            self._note(listing)
            found = _mentioning(listing.issues, self._site)
            self._newest = cursors.newest((item.updated_at for item in found.items), self._newest)
            if found.items or found.unreadable:
                yield found

    def listed(self) -> Iterator[Listed]:
        """The ids of all of them."""
        pages = self._asked.ask(
            self._client,
            self._site,
            lambda good: self._client.id_pages(together(good), self._site),
        )
        yield from (Listed(frozenset(found.ids)) for found in pages)

    def end(self, look: Look, before: Cursor) -> Look:
        """The look; where nothing else was read, the next one goes on from here."""
        since = cursors.after(self._newest, self._started, before.since)
        refused = {**self._told.refused, **self._asked.refused}
        told = replace(self._told, refused=refused)
        return replace(look, cursor=(replace(told, since=since) if self._alone else told).text())

    def _note(self, listing: Listing) -> None:
        if self._started is None and listing.date:
            self._started = cursors.milliseconds(listing.date)


def _types(told: Cursor) -> list[str]:
    """The ids of the issue types that may, as the small lists know them."""
    known = told.lists.entries.get("issuetype", {}) if told.lists else {}
    return [ident for ident, (_, level, _) in known.items() if _is_high(level)]


def _is_high(level: str) -> bool:
    return level.isascii() and level.isdigit() and int(level) >= LEAST


def _conditions(
    places: Iterable[str], types: Collection[str], site: Profile
) -> tuple[Condition, ...]:
    """One condition a project, so that one that is not there does not stop the others."""
    kinds = [f"issuetype in ({', '.join(map(quote, sorted(types)))})"] if types else []
    if site.epic_name:
        kinds.append(f"cf[{site.epic_name.removeprefix('customfield_')}] is not EMPTY")
    if not kinds:
        return ()
    return tuple(
        Condition("", f"project = {quote(place)} AND ({' OR '.join(kinds)})")
        for place in sorted(places)
        if is_project_key(place)
    )


def _mentioning(issues: Sequence[Any], site: Profile) -> Page:
    named = {str(each.get("id")): each for each in issues if isinstance(each, dict)}
    found = page(list(issues), site)
    items = (
        replace(item, mentions=_named(named.get(item.external_id, {})) if item.level >= LEAST
                else frozenset())
        for item in found.items
    )  # fmt: skip
    return replace(found, items=tuple(items))


def _named(issue: Mapping[str, Any]) -> frozenset[str]:
    fields = issue.get("fields")
    known = fields if isinstance(fields, dict) else {}
    labels = known.get("labels")
    return mentions(labels if isinstance(labels, list) else (), known.get("description"))

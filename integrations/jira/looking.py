"""One look at a Jira: everything, or what changed, and what is learnt on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from connector.errors import Unavailable
from integrations.jira import cursors, lists, renamed
from integrations.jira.accepted import Accepted, sentence
from integrations.jira.client import JiraClient
from integrations.jira.cursors import Cursor
from integrations.jira.homes import Homes
from integrations.jira.listing import Listing
from integrations.jira.profile import Profile
from integrations.jira.query import (
    Condition,
    Name,
    Scope,
    check,
    conditions,
    either,
    failure,
    queries,
    together,
)
from integrations.jira.reading import page
from integrations.jira.spec import SPEC
from integrations.jira.titles import Titles
from integrations.jira.walking import Walk, begun, by_ids, changed, whole
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.kit.needs import readable
from integrations.tracker import Listed, Look, Need, Page, Unreadable

_LISTS_EVERY = 15 * 60 * 1000
_MOST_HELD = 500
NO_SPRINTS = (
    "Jira shows no sprint field: sprints need Jira Software, and a token that may see them."
)


class Looking:
    """One look under way: what it asks, and what it has learnt so far."""

    def __init__(
        self, client: JiraClient, site: Profile, need: Need, held: Cursor | None, *, sweep: bool
    ) -> None:
        self._client, self._site, self._sweep = client, site, sweep
        self._need, self._broken = _possible(need, site)
        # What was read without its sprints or parents does not say what lies there.
        stale = held is not None and not held.fits(site, self._need)
        self._held = None if stale or _is_bare(held, self._need, site) else held
        known = held or cursors.remembered(need.before)
        self._lists = known.lists if known else None
        self._asked = Accepted(conditions(self._need, site), self._known())
        self._titles = Titles(self._need.scopes)
        self._homes = Homes(self._need, self._held.homes if self._held else ())
        self._matches: dict[str, frozenset[str]] = {}
        self._failed: dict[str, str] = {}
        self._newest: int | None = None
        self._started: int | None = None

    def parts(self) -> Iterator[Page | Listed | Look]:
        """The pages, with ``sweep`` the ids of all there is, and the look."""
        self._match()
        if self._held is None:
            yield from self._everything()
        else:
            yield from self._news(self._held)
            if self._sweep:
                yield from self._listed()
        yield from self._once_more()
        yield self._look()

    def _known(self) -> dict[Name, str]:
        """What need not be asked: a sweep asks again what Jira refused before, but not for names
        that the small lists do not have."""
        if self._held is None:
            return {}
        if not self._sweep:
            return dict(self._held.refused)
        return dict(self._lost())

    def _lost(self) -> Iterator[tuple[Name, str]]:
        """The conditions of names that are no longer there, with what became of them."""
        found = renamed.lost_scopes(self._lists, self._need.scopes) if self._lists else {}
        for scope, said in found.items():
            if name := check(scope):
                yield name, said

    def _match(self) -> None:
        """The ids that the queries of people list now."""
        refused = self._asked.refused
        wanted = [query for query in queries(self._need) if ("", query) not in refused]
        for query, found in abreast(self._listing, wanted, width=self._client.width):
            if isinstance(found, Rejected):
                refused["", query] = sentence(found)
            else:
                self._matches[query] = found

    def _listing(self, query: str) -> tuple[str, frozenset[str] | Rejected]:
        try:
            return query, self._client.ids(query, self._site)
        except Rejected as error:
            return query, error

    def _everything(self) -> Iterator[Page]:
        if self._need.narrow:
            yield from self._pages(self._walked(whole, self._asked))
            return
        listings = self._walked(begun, self._asked)
        for first in listings:
            self._note(first)
            read = self._names()
            # Before the issues: what is renamed meanwhile is then found by the next look.
            self._learn()
            yield from self._pages(listings)
            yield from self._besides(read)

    def _news(self, held: Cursor) -> Iterator[Page]:
        """What changed: in the issues, in the names they show, and in what can be asked."""
        since = held.start(sweep=self._sweep)
        yield from self._changed(since)
        read = self._names()
        if self._due(held):
            before = self._lists
            self._learn()
            yield from self._renamed(before)
        fresh = {name for name in read if name[1] in self._need.fresh}
        yield from self._besides(read - held.refused.keys() - fresh)

    def _changed(self, since: int) -> Iterator[Page]:
        """What changed in the scopes, and around them: no query lists what left a sprint."""
        mine = {each.name for each in self._asked.wanted}
        around = [each for each in self._homes.conditions if each.name not in mine]
        wanted = (*self._asked.wanted, *(around if self._asked.good else ()))
        asked = Accepted(wanted, self._asked.refused)
        yield from self._pages(self._walked(changed, asked, since=since))
        self._homes.drop(each.value for each in around if each.name in asked.refused)
        self._asked.refused.update({k: v for k, v in asked.refused.items() if k in mine})

    def _names(self) -> frozenset[Name]:
        return frozenset(each.name for each in self._asked.good)

    def _besides(self, read: frozenset[Name]) -> Iterator[Page]:
        """All issues of the conditions that were not asked so far, and can be now."""
        mended = Accepted((each for each in self._asked.good if each.name not in read), {})
        yield from self._pages(self._walked(whole, mended))
        self._asked.refused |= mended.refused

    def _listed(self) -> Iterator[Listed]:
        """The ids of all that is in the scopes now."""
        pages = self._asked.ask(
            self._client,
            self._site,
            lambda good: self._client.id_pages(together(good), self._site),
        )
        for found in pages:
            yield Listed(frozenset(found.ids))

    def _walked(
        self, walk: Walk, asked: Accepted, *, since: int | None = None
    ) -> Iterator[Listing]:
        return asked.ask(
            self._client,
            self._site,
            lambda good: walk(self._client, self._site, together(good, since)),
        )

    def _pages(self, listings: Iterable[Listing]) -> Iterator[Page]:
        for listing in listings:
            self._note(listing)
            found = listing.page or page(listing.issues, self._site)
            self._titles.of_issues(listing.issues)
            self._titles.of_items(found.items)
            self._homes.of_items(found.items)
            changes = (item.updated_at for item in found.items)
            self._newest = cursors.newest(changes, self._newest)
            if found.items or found.unreadable:
                yield found

    def _note(self, listing: Listing) -> None:
        if self._started is None and listing.date:
            self._started = cursors.milliseconds(listing.date)
        self._failed.update((ident, key) for ident, key in listing.held if ident)

    def _due(self, held: Cursor) -> bool:
        """Whether the small lists are to be read: by the server's clock, or for a reason."""
        if self._need.narrow:
            return False
        if self._need.lists or self._lists is None or self._sweep:
            return True
        named = {check(scope) for scope in self._need.scopes}
        if named & (self._asked.refused.keys() - held.refused.keys()):
            return True  # Jira no longer knows a name: the lists may tell the new one
        return self._clock() - (self._lists.read_at or 0) >= _LISTS_EVERY

    def _clock(self) -> int:
        """The server's time, or where it tells none our own: enough to tell minutes by."""
        return cursors.milliseconds(datetime.now(UTC)) if self._started is None else self._started

    def _learn(self) -> None:
        """Read the small lists, and what they say of scopes."""
        scopes = self._need.scopes
        self._lists = lists.read(self._client, scopes, self._lists, self._clock())
        refused = self._asked.refused
        for scope in renamed.titles(self._lists, scopes):
            refused.pop(check(scope) or ("", ""), None)
        refused.update(self._lost())

    def _renamed(self, before: lists.Lists | None) -> Iterator[Page]:
        """Issues that show another name than they did, since that changes no ``updated``."""
        if before is None or self._lists is None or not self._asked.good:
            return
        found = renamed.affected(before, self._lists)
        if found.all:
            yield from self._pages(self._walked(whole, self._asked))
            return
        good = self._asked.good
        asked = Accepted((Condition("", each) for each in found.queries), {})
        yield from self._pages(
            asked.ask(
                self._client,
                self._site,
                lambda fit: whole(self._client, self._site, together(good, only=either(fit))),
            )
        )
        # A project that is not shown has no issues to read now: the next look asks again.
        unread = [found.queries[query] for _, query in asked.refused]
        self._lists = renamed.unlearnt(self._lists, before, unread)

    def _once_more(self) -> Iterator[Page]:
        """What Jira could not read just now, here or the last time; the next look tries again."""
        ids = dict.fromkeys((*(self._held.again if self._held else ()), *self._failed))
        self._failed = {}
        if ids and self._site.cloud:
            yield from self._pages(by_ids(self._client, self._site, ids))
        if len(self._failed) > _MOST_HELD:
            raise Unavailable(f"Jira could not read {len(self._failed)} issues just now.")
        if self._failed:
            message = "Jira could not read it just now"
            told = self._failed.items()
            yield Page((), tuple(Unreadable(each, key, "issue", message) for each, key in told))

    def _look(self) -> Look:
        refused, held = self._asked.refused, self._held
        said = {each: failure(each, self._asked.wanted, refused) for each in self._need.scopes}
        known = renamed.titles(self._lists, self._need.scopes) if self._lists else {}
        since = cursors.after(self._newest, self._started, held.since if held else None)
        found = Cursor(
            since=since,
            swept=self._swept(since),
            refused=refused,
            again=tuple(self._failed),
            sprint_field=held.sprint_field if held else self._site.sprint_field,
            parent_link=None if self._site.cloud else self._site.parent_link or "",
            levels=self._site.levels,
            lists=self._lists,
            homes=self._homes.places,
        )
        return Look(
            cursor=found.text(),
            complete=self._sweep or held is None,
            matches=self._matches,
            broken=self._broken | {scope: why for scope, why in said.items() if why},
            titles=known | self._titles.found,
        )

    def _swept(self, since: int) -> int | None:
        """When the last look at everything began; where no time is told, by what it saw."""
        if self._held is not None and not self._sweep:
            return self._held.swept
        return (since or None) if self._started is None else self._started


def _is_bare(held: Cursor | None, need: Need, site: Profile) -> bool:
    """Whether something was read without the small lists: what was renamed since is not known."""
    if held is None or held.lists is not None or need.narrow:
        return False
    return any(each.name not in held.refused for each in conditions(need, site))


def _possible(need: Need, site: Profile) -> tuple[Need, dict[Scope, str]]:
    """The scopes that can be asked for at all, and a sentence for each of the others."""
    known, broken = readable(SPEC, need)
    if not site.sprint_field:
        broken |= {scope: NO_SPRINTS for scope in known.scopes if scope[0] == "sprint"}
    return replace(known, scopes=known.scopes - broken.keys()), broken

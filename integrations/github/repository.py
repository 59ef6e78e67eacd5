"""Reading the source that is one repository."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from integrations.github import features, lists, parts
from integrations.github.client import GitHubClient
from integrations.github.cursors import EPOCH, Cursor, remembered
from integrations.github.families import Families, elsewhere
from integrations.github.features import ALL
from integrations.github.issues import Changes
from integrations.github.lists import FIELDS, LABELS, MILESTONES, TYPES, Lists
from integrations.github.met import Met
from integrations.github.reading import Place
from integrations.github.renamed import affected
from integrations.github.repositories import identity
from integrations.github.scopes import label, milestone
from integrations.github.spec import SPEC
from integrations.github.sweeping import counted, fresh, lost_any
from integrations.kit.needs import readable
from integrations.tracker import Look, Need, Page

Only = dict[str, str]
_LISTS_EVERY = timedelta(minutes=15)
_LATE = timedelta(hours=1)
"""How far before the last sweep the next one asks for changes: for what showed late."""


class Repository:
    """One look at a repository: everything, or what changed, and what is learnt on the way."""

    def __init__(
        self,
        client: GitHubClient,
        place: Place,
        need: Need,
        before: Cursor | None,
        *,
        has: frozenset[str] = ALL,
    ) -> None:
        self._client, self._place, self._before, self._has = client, place, before, has
        self._need, self._broken = readable(SPEC, need)
        self._families = Families(client, place.repo, self._need, before)
        known = before or remembered(need.before)
        self._lists = self._held = known.lists if known else None
        self._place_id: str | None = None
        self._is_ours = False

    def parts(self, *, sweep: bool = False) -> Iterator[Page | Look]:
        """The pages, then the look. A sweep asks how many issues there are, and reads everything
        where some are gone."""
        if self._before is None:
            yield from self._everything(None)
            return
        if sweep:
            self._known()
        count = counted(self._client, self._place.repo) if sweep else None
        changes = Changes(self._client, self._place, self._start(self._before, sweep=sweep))
        yield from self._families.note(self._ours(changes.pages()))
        if sweep and lost_any(self._before, changes.met, count):
            yield from self._everything(count)
            return
        yield from self._families.again(changes.met.parents, sweep=sweep)
        yield from self._renamed(changes, sweep=sweep)
        yield self._look(changes, sweep=sweep)

    def _start(self, before: Cursor, *, sweep: bool) -> Cursor:
        if not sweep or before.swept is None:
            return before
        return replace(before, since=min(before.since, before.swept - _LATE), etag=None)

    def _known(self) -> None:
        """Make sure that the name is still that of the repository we read."""
        self._place_id = identity(self._client, self._place.repo, self._need.place_id)
        self._is_ours = True

    def _ours(self, pages: Iterator[Page]) -> Iterator[Page]:
        """What changed, once it is known that another repository did not take the name."""
        for page in pages:
            if not self._is_ours and (page.items or page.unreadable):
                self._make_sure()
            yield page

    def _make_sure(self) -> None:
        """By the lists that scopes hang on, which show at once whether what issues have left is
        still there: what they were word for word, they are those of our repository."""
        names, before = parts.lists_of(self._need.scopes), self._lists
        if names and before:
            self._learn(names, None)
            now = self._lists or before
            held = [before.pages.get(name) for name in names if before.entries.get(name)]
            if len(held) == len(names) and all(held):
                self._is_ours = held == [now.pages.get(name) for name in names]
        if not self._is_ours:
            self._known()

    def _everything(self, count: int | None) -> Iterator[Page | Look]:
        self._before = None
        if not self._is_ours or self._place_id is None:
            self._known()
        # Before the issues: what is renamed meanwhile is then found by the next look.
        self._learn((MILESTONES, LABELS), None)
        changes = Changes(self._client, self._place, None)
        yield from self._families.note(changes.pages())
        now = changes.started or datetime.now(UTC)
        self._lists = replace(self._lists or Lists(), read_at=now)
        yield from self._families.pages(changes.met.parents)
        yield self._look(changes, sweep=True, count=count)

    def _learn(self, names: tuple[str, ...], at: datetime | None) -> None:
        self._lists = lists.read(
            self._client,
            self._place.repo,
            names,
            self._lists,
            at=at,
            linked=parts.linked(self._need.scopes),
        )

    def _renamed(self, changes: Changes, *, sweep: bool) -> Iterator[Page]:
        """Issues that show another name than they did, since that changes no ``updated_at``."""
        before, now = self._held or Lists(), changes.started or datetime.now(UTC)
        before = lists.met(before, changes.met.shown)
        is_due = before.read_at is None or now - before.read_at >= _LISTS_EVERY
        if is_due or sweep or self._need.lists:
            there = {TYPES: features.TYPES in self._has, FIELDS: features.FIELDS in self._has}
            shown = (name for name, has in there.items() if has and before.entries.get(name))
            self._lists = lists.met(self._lists or Lists(), changes.met.shown)
            self._learn((MILESTONES, LABELS, *shown), now)
            if not self._is_ours and self._lists.pages != before.pages:
                self._known()
        for only in affected(before, self._lists or before):
            again = Changes(self._client, self._place, None, only=only)
            yield from again.pages()

    def _look(self, changes: Changes, *, sweep: bool, count: int | None = None) -> Look:
        full, scopes = self._before is None, self._need.scopes
        found = lists.met(self._lists or Lists(), changes.met.shown)
        number, top = _numbers(self._before, changes.met, count)
        after = replace(
            changes.cursor(),
            tagged=self._families.abroad,
            children=self._families.below,
            lists=found,
            count=number,
            top=top,
        )
        if sweep or full:
            after = replace(after, swept=changes.started or after.since)
        return Look(
            cursor=after.text(),
            complete=full,
            whole=sweep and not full,
            broken=self._broken | parts.broken(found, scopes) | self._families.broken,
            titles=parts.titles(found, scopes) | self._families.titles,
            place_id=self._place_id,
            called=parts.called(found, scopes),
            moved=self._families.moved,
            left=frozenset(self._families.left),
        )


def _numbers(before: Cursor | None, met: Met, count: int | None) -> tuple[int | None, int]:
    """How many issues there are as far as we know, and the highest number."""
    top = max(met.numbers, default=0)
    if before is None:
        return len(met.numbers) if count is None else count, top
    known = None if before.count is None else before.count + len(fresh(before, met))
    return known, max(before.top, top)


def glance(client: GitHubClient, place: Place, need: Need) -> Iterator[Page | Look]:
    """Once, only what lies in the scopes now."""
    asked, broken = readable(SPEC, need)
    wanted = {"milestone": MILESTONES, "label": LABELS}
    names = sorted({wanted[kind] for kind, _ in asked.scopes if kind in wanted})
    known = lists.read(client, place.repo, names, None, at=None)
    broken |= parts.broken(known, asked.scopes)
    families = Families(client, place.repo, asked, None)
    shown = [scope for scope in sorted(asked.scopes) if scope[0] != "issue" and scope not in broken]
    since, filters, parents = EPOCH, _filters(shown), set[str]()
    for only in filters:
        changes = Changes(client, place, None, only=only)
        yield from families.note(changes.pages())
        since, parents = changes.cursor().since, parents | changes.met.parents
    # With the whole repository, only sub-issues in others are left to read.
    yield from families.pages(parents) if {} in filters else families.children()
    yield Look(
        cursor=Cursor(since).text(),
        complete=True,
        broken=broken | families.broken | elsewhere(families.moved, asked.scopes),
        titles=parts.titles(known, asked.scopes) | families.titles,
    )


def _filters(scopes: list[tuple[str, str]]) -> list[Only]:
    """How GitHub narrows its list to each scope; once without, where one cannot be narrowed."""
    narrowed = [_filter(*scope) for scope in scopes]
    return [{}] if {} in narrowed else narrowed


def _filter(kind: str, value: str) -> Only:
    if kind == "milestone":
        return {"milestone": milestone(value)[1]}
    name = label(value)[1] if kind == "label" else ""
    # A comma would name two labels.
    return {"labels": name} if name and "," not in name else {}

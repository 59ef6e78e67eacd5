"""A tracker for tests: a shelf of items that lists, hides and forgets them as it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from connector.errors import TrackerError, Unavailable
from connector.scopes import Below, Matching, Tagged
from connector.store.tables import Hint, Source
from connector.work import Ref, WorkItem
from integrations.tracker import (
    Account,
    Budget,
    Fetched,
    Identity,
    Listed,
    Look,
    Need,
    Page,
    ScopeKind,
    Spec,
    Survey,
)
from tests.world import World

PAGE = 2


def _kind(name: str, select: Any) -> ScopeKind:
    return ScopeKind(name, name, name, select, source=lambda _value: "", url=lambda _at, _v: "")


SPEC = Spec(
    key="shelf",
    label="Shelf",
    settings=(),
    scope_kinds=(
        _kind("box", lambda value: Tagged(f"box:{value}")),
        _kind("under", Below),
        _kind("asked", Matching),
    ),
    dropped=frozenset(),
    capabilities=frozenset({"absence"}),
)


@dataclass
class Shelf:
    """What is there, and every call made: ``reads`` as (cursor, sweep), ``fetches`` as ids."""

    clock: Any
    items: dict[str, WorkItem] = field(default_factory=dict)
    matches: dict[str, set[str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    """What reads still show out of an index, and reading by id does not."""
    broken: dict[tuple[str, str], str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    reads: list[tuple[str | None, bool]] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    fetches: list[list[str]] = field(default_factory=list)
    budget: Budget | None = None
    error: TrackerError | None = None
    breaks_after: int | None = None
    """Pages after which a read ends in an error."""
    spec: Spec = SPEC
    consent: None = None
    calls: int = 0

    def put(self, number: int, box: str, *, at: datetime | None = None, **more: Any) -> None:
        """Add an item or change it."""
        key, now = str(number), at or self.clock()
        held = self.items.get(key)
        made = {
            "external_id": key, "key": f"S-{key}", "title": f"Item {key}", "url": "",
            "status": "Open", "category": "todo", "type": "Story", "state_at": now,
            "created_at": held.created_at if held else now, "updated_at": now, "place": box,
            "tags": frozenset({f"box:{box}"}),
        }  # fmt: skip
        self.items[key] = WorkItem(**{**made, **more})

    def done(self, number: int, *, at: datetime) -> None:
        """Finish an item."""
        held = self.items[str(number)]
        told = {"status": "Done", "category": "done", "updated_at": at, "state_at": at}
        self.items[str(number)] = replace(held, **told)

    def open(self, _account: Account) -> "Shelf":
        """The session is the shelf itself."""
        self.calls = 0
        return self

    def close(self) -> None:
        """Nothing is held."""

    def check(self) -> Identity:
        """Anybody may look."""
        return Identity(who="anybody")

    def survey(self) -> Survey:
        """Nothing to map."""
        return Survey(statuses=(), types=(), resolutions=(), fields=())

    def read(
        self, _source: str, need: Need, cursor: str | None, *, sweep: bool = False
    ) -> Iterator[Page | Listed | Look]:
        """What changed; with a sweep the ids of all."""
        self.reads.append((cursor, sweep))
        self.needs.append(need)
        self.calls += 1
        if self.error is not None:
            raise self.error
        sound = need.scopes - self.broken.keys()
        inside = sorted(key for key in self.items if self._lies_in(key, sound))
        since = datetime.fromisoformat(cursor) if cursor else None
        fresh = [k for k in inside if since is None or self.items[k].updated_at >= since]
        for first in range(0, len(fresh), PAGE):
            if first // PAGE == self.breaks_after:
                raise Unavailable("half a list")
            yield Page(tuple(self.items[key] for key in fresh[first : first + PAGE]))
        if sweep and cursor is not None:
            for first in range(0, len(inside) or 1, PAGE):
                yield Listed(frozenset(inside[first : first + PAGE]))
        yield Look(
            cursor=self.clock().isoformat(),
            complete=sweep or cursor is None,
            matches={
                value: frozenset(self.matches.get(value, ()))
                for kind, value in sound
                if kind == "asked"
            },
            broken={each: self.broken[each] for each in need.scopes & self.broken.keys()},
        )

    def _lies_in(self, key: str, scopes: frozenset[tuple[str, str]]) -> bool:
        item = self.items[key]
        named = {("box", tag.removeprefix("box:")) for tag in item.tags}
        named |= {("under", item.parent_key or ""), ("under", item.key)}
        asked = {("asked", query) for query, found in self.matches.items() if key in found}
        return key not in self.hidden and bool((named | asked) & scopes)

    def fetch(self, _source: str, refs: Sequence[Ref]) -> Fetched:
        """By id, hidden ones told apart."""
        self.calls += 1
        self.fetches.append([ref.external_id or ref.key or "" for ref in refs])
        there = {each.key: each.external_id for each in self.items.values()}
        ids = {ref: ref.external_id or there.get(ref.key or "", "") for ref in refs}
        shown = self.items.keys() - self.hidden - self.deleted
        found = [self.items[i] for i in ids.values() if i in shown]
        missing = tuple(ref for ref, i in ids.items() if i not in shown)
        return Fetched(
            tuple(found),
            missing,
            why={ref: self.why[ids[ref]] for ref in missing if ids[ref] in self.why},
            hidden=frozenset(ref for ref in missing if ids[ref] in self.hidden & self.items.keys()),
        )

    def history(self, _source: str, _refs: Sequence[Ref]) -> Iterator[Any]:
        """None is kept."""
        yield from ()


def states(world: World) -> dict[str, str | None]:
    """By key, why an item is gone; None while it is there."""
    return {row.key: row.gone_reason for row in world.rows("item")}


def hint(world: World, external_id: str, **more: Any) -> None:
    """A delivery about an item, stored as the inbox stores it."""
    (source,) = world.sources()
    with world.runtime.store.write() as session:
        session.execute(update(Source).values(dirty_seq=Source.dirty_seq + 1))
        row = session.get_one(Source, source)
        more = {"updated_at": None, **more}
        session.add(Hint(source_id=source, seq=row.dirty_seq, external_id=external_id, **more))

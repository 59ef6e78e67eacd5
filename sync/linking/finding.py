"""What can be linked: found by words, by key, or by the address of its page."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from connector import scopes
from connector.errors import Refused, TrackerError
from connector.store.tables import Connection
from integrations.tracker import Finder, Found, Tracker
from sync import grants
from sync.connections import find
from sync.planning.scopes import checker
from sync.runtime import Runtime
from sync.sources import beside

T = TypeVar("T")
ADDRESS = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One scope ready to link: ``scope`` is its whole text, ``label`` what kind of thing it is."""

    scope: str
    kind: str
    label: str
    title: str
    note: str = ""
    url: str = ""

    def as_json(self) -> dict[str, str]:
        """The stable shape of ``find --json``."""
        return {name: getattr(self, name) for name in ("scope", "kind", "title", "note", "url")}


def search(
    runtime: Runtime, connection: str, text: str, kind: str | None = None
) -> tuple[Offer, ...]:
    """At most 20 scopes of a connection that fit words, a key or an address, best first.

    Raises ``Refused`` with what to write instead, and ``TrackerError`` kinds.
    """
    with runtime.store.read() as session:
        row = find(session, connection)
        several = len(_rows_of(runtime, row.tracker)) > 1
    tracker = runtime.tracker(row.tracker)
    if kind is not None and tracker.spec.kind(kind) is None:
        known = ", ".join(each.kind for each in tracker.spec.scope_kinds)
        raise Refused(f"{tracker.spec.label} has no scope {kind!r}; there are: {known}")
    answer = _asked(runtime, row, lambda finder: finder.search(text, kind))
    found = _by_hand(tracker, row, text) if answer is None else answer
    return tuple(_offer(row, tracker, each, several=several) for each in found)


def located(runtime: Runtime, url: str) -> str | None:
    """The scope whose page this is, at whatever connection; None for any other address."""
    for row, tracker in _connected(runtime):
        shown = tracker.spec.locate(_browse(row), url)
        if shown is not None:
            return _text(row, *shown, several=len(_rows_of(runtime, row.tracker)) > 1)
    return None


def offered(runtime: Runtime, text: str) -> Offer:
    """The one scope a text means: a scope as it is written, or the address of a page.

    An address is looked up for its title where the tracker can be asked. Raises ``Refused``.
    """
    wanted = text.strip()
    if wanted.startswith(ADDRESS):
        return _at(runtime, wanted)
    parsed = scopes.parse(wanted)
    with runtime.store.read() as session:
        problem = checker(session, runtime.trackers)(parsed)
    if problem:
        raise Refused(problem)
    kind = runtime.tracker(parsed.tracker).spec.kind(parsed.kind)
    label = kind.label if kind else parsed.kind
    return Offer(scope=parsed.text, kind=parsed.kind, label=label, title=parsed.value)


def meant(runtime: Runtime, url: str) -> frozenset[str]:
    """Every scope that an address may have been linked as."""
    found = {located(runtime, url)}
    with contextlib.suppress(Refused):
        found.add(_at(runtime, url).scope)
    return frozenset(each for each in found if each is not None)


def _at(runtime: Runtime, url: str) -> Offer:
    for row, tracker in _connected(runtime):
        several = len(_rows_of(runtime, row.tracker)) > 1
        shown = tracker.spec.locate(_browse(row), url)
        found = _looked_up(runtime, row, url)
        if not found and shown is not None:
            found = (Found(kind=shown[0], value=shown[1], title=shown[1], url=url),)
        if found:
            return _offer(row, tracker, found[0], several=several)
    names = ", ".join(row.name for row, _ in _connected(runtime)) or "none"
    raise Refused(
        f"{url[:200]} shows nothing that can be linked at any connection (there are: {names}); "
        "open the epic, version, board, filter or milestone itself and copy its address"
    )


def _looked_up(runtime: Runtime, row: Connection, url: str) -> Sequence[Found]:
    """What the tracker says an address shows; nothing where it cannot be asked now."""
    if row.broken_at is not None:
        return ()
    try:
        return _asked(runtime, row, lambda finder: finder.search(url)) or ()
    except TrackerError:
        return ()


def _asked(runtime: Runtime, row: Connection, ask: Callable[[Finder], T]) -> T | None:
    """What a connection's finder answers; None where its tracker cannot search."""
    tracker = runtime.tracker(row.tracker)
    if "finding" not in tracker.spec.capabilities:
        return None
    with runtime.store.read() as reading:
        linked = beside(reading, row.id)
    session = tracker.open(grants.account(runtime, row, scopes=linked))
    try:
        return ask(session.finder) if session.finder is not None else None
    finally:
        session.close()


def judged(runtime: Runtime, row: Connection, kind: str, value: str) -> str | None:
    """The tracker's own sentence against a scope; raises ``TrackerError`` when it does not say."""
    return _asked(runtime, row, lambda finder: finder.judge(kind, value))


def _by_hand(tracker: Tracker, row: Connection, text: str) -> Sequence[Found]:
    """For trackers that cannot search: an address, or a scope's value as it is written."""
    if text.strip().startswith(ADDRESS):
        shown = tracker.spec.locate(_browse(row), text)
        return (Found(kind=shown[0], value=shown[1], title=shown[1], url=text),) if shown else ()
    examples = ", ".join(f"{row.tracker}:{each.kind}:{each.example}" for each in
                         tracker.spec.scope_kinds)  # fmt: skip
    raise Refused(
        f"{tracker.spec.label} cannot be searched by words; paste the address of the page, "
        f"or write the scope, such as {examples}"
    )


def _connected(runtime: Runtime) -> list[tuple[Connection, Tracker]]:
    with runtime.store.read() as session:
        query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.id)
        rows = session.scalars(query).all()
    return [(row, runtime.trackers[row.tracker]) for row in rows if row.tracker in runtime.trackers]


def _rows_of(runtime: Runtime, tracker: str) -> list[Connection]:
    return [row for row, _ in _connected(runtime) if row.tracker == tracker]


def _browse(row: Connection) -> str:
    """The address people open."""
    return str(row.options.get("detected", {}).get("browse_url") or row.url)


def _offer(row: Connection, tracker: Tracker, found: Found, *, several: bool) -> Offer:
    kind = tracker.spec.kind(found.kind)
    return Offer(
        scope=_text(row, found.kind, found.value, several=several),
        kind=found.kind,
        label=kind.label if kind else found.kind,
        title=found.title,
        note=found.note,
        url=found.url,
    )


def _text(row: Connection, kind: str, value: str, *, several: bool) -> str:
    """A scope as text; which connection is only said where there are several."""
    return f"{row.tracker}{f'@{row.name}' if several else ''}:{kind}:{value}"

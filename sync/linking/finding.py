"""What can be linked: found by words, by key, or by the address of its page."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import select

from connector import scopes
from connector.errors import BadScope, Refused, TrackerError
from connector.okr import LinkRule
from connector.store.tables import Connection
from integrations.tracker import Found, Tracker
from sync import verdict
from sync.asking import asked
from sync.connections import find
from sync.linking.titles import title_of
from sync.planning.scopes import checker
from sync.runtime import Runtime

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
    if not any(each.isalnum() for each in text):
        raise Refused("say what to look for: words of its title, a key, or the address of its page")
    with runtime.store.read() as session:
        row = find(session, connection)
        several = len(_rows_of(runtime, row.tracker)) > 1
    tracker = runtime.tracker(row.tracker)
    if kind is not None and tracker.spec.kind(kind) is None:
        known = ", ".join(each.kind for each in tracker.spec.scope_kinds)
        raise Refused(f"{tracker.spec.label} has no scope {kind!r}; there are: {known}")
    if text.strip().startswith(ADDRESS):
        return (_shown(runtime, [(row, tracker)], text.strip()),)
    answer = asked(runtime, row, lambda finder: finder.search(text, kind))
    if answer is None:
        _by_hand(tracker, row)
    return tuple(_offer(row, tracker, each, several=several) for each in answer)


def located(runtime: Runtime, url: str) -> str | None:
    """The scope whose page this is, at whatever connection; None for any other address."""
    for row, tracker in _connected(runtime):
        shown = tracker.spec.locate(_browse(row), url)
        if shown is not None:
            return _text(row, *shown, several=len(_rows_of(runtime, row.tracker)) > 1)
    return None


def offered(runtime: Runtime, text: str, *, judge: bool = False) -> Offer:
    """The one scope a text means: a scope as it is written, or the address of a page.

    An address is looked up for its title where the tracker can be asked, a scope only to
    ``judge`` whether it is there. Raises ``Refused``.
    """
    wanted = text.strip()
    if wanted.startswith(ADDRESS):
        return _shown(runtime, _connected(runtime), wanted)
    parsed = scopes.parse(wanted)
    with runtime.store.read() as session:
        problem = checker(session, runtime.trackers)(parsed)
        title = title_of(session, parsed)
    if problem:
        raise Refused(problem)
    if judge:
        verdict.refuse(runtime, parsed, LinkRule())
    kind = runtime.tracker(parsed.tracker).spec.kind(parsed.kind)
    label = kind.label if kind else parsed.kind
    shown = title or parsed.value
    return Offer(scope=parsed.text, kind=parsed.kind, label=label, title=shown)


def meant(runtime: Runtime, url: str) -> frozenset[str]:
    """Every scope that an address may have been linked as."""
    found = {located(runtime, url)}
    with contextlib.suppress(Refused):
        found.add(_shown(runtime, _connected(runtime), url).scope)
    return frozenset(each for each in found if each is not None)


def _shown(runtime: Runtime, rows: Sequence[tuple[Connection, Tracker]], url: str) -> Offer:
    """The scope that an address shows at one of these connections; raises ``Refused``."""
    for row, tracker in rows:
        several = len(_rows_of(runtime, row.tracker)) > 1
        shown = tracker.spec.locate(_browse(row), url)
        found = _looked_up(runtime, row, url)
        if not found and shown is not None:
            found = (Found(kind=shown[0], value=shown[1], title=shown[1], url=url),)
        if found:
            return _offer(row, tracker, found[0], several=several)
    said = (tracker.spec.astray(_browse(row), url) for row, tracker in rows)
    raise Refused(next(filter(None, said), None) or _elsewhere(rows, url))


def _elsewhere(rows: Sequence[tuple[Connection, Tracker]], url: str) -> str:
    names = ", ".join(f"{row.name} ({_browse(row)})" for row, _ in rows) or "none"
    return (
        f"{url[:200]} is a page of none of your trackers, so it shows nothing that can be linked;"
        f" connected: {names}"
    )


def _looked_up(runtime: Runtime, row: Connection, url: str) -> Sequence[Found]:
    """What the tracker says an address shows; nothing where it cannot be asked now.

    Raises ``Refused`` with its word on what cannot be read.
    """
    if row.broken_at is not None:
        return ()
    try:
        return asked(runtime, row, lambda finder: finder.search(url)) or ()
    except BadScope as error:
        raise Refused(str(error)) from None
    except TrackerError:
        return ()


def _by_hand(tracker: Tracker, row: Connection) -> NoReturn:
    """For trackers that cannot search by words: what to write instead."""
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

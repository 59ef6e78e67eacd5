"""Field mappings of connections: saved whole or not at all, every version kept and restorable."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.mapping import checked, read_mapping
from connector.store.chunks import chunks
from connector.store.tables import (
    Connection,
    Link,
    MappingVersion,
    Reading,
    Source,
)
from sync import history, lease, values, wording
from sync.connections import find
from sync.reckon import reckon, rescore
from sync.runtime import Runtime
from sync.scores import alone
from sync.sources import attach, bound, standing

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving did: the version made, how many links follow it now, and how many only once
    the tracker has been read again (another field is needed); of those whose past was to be told
    anew, ``not_retold`` have none that can be (a query's, say)."""

    version: int
    links: int
    waiting: int
    not_retold: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a connection's field mapping; ``restores`` is the version it brought back."""

    version: int
    body: Mapping[str, Any]
    author: str
    reason: str
    at: datetime
    restores: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two documents differ, such as ``statuses.In Review``; None: not there."""

    name: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """Who saves, why, and whether the open cycles' past is told anew by it.

    ``over`` is the version that was looked at, 0 for none: where there is a newer one by now, it
    is not written over unseen. None takes any.
    """

    author: str
    reason: str
    reapply: bool = False
    over: int | None = None


class Overtaken(Refused):
    """Somebody saved a version meanwhile: ``version`` is the newest one."""

    def __init__(self, newest: Version) -> None:
        super().__init__(
            f"version {newest.version} was saved by {newest.author} meanwhile: {newest.reason}"
        )
        self.version = newest.version


def parse(text: str, name: str) -> dict[str, Any]:
    """The document of a mapping file; raises ``Refused`` with all problems."""
    return read_mapping(text, name)


def save(
    runtime: Runtime, name: str, document: object, saving: Saving, *, restores: int | None = None
) -> Saved:
    """Save a mapping as the newest version; numbers follow in the same transaction."""
    body = checked(document)
    if not saving.reason.strip() or len(saving.reason) > LONGEST_REASON:
        raise Refused(f"reason: say why in up to {LONGEST_REASON} characters, for the history")
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = find(session, name)
        lease.together(session, row.id)
        newest = session.scalar(_newest(row.id)) or 0
        if saving.over is not None and saving.over != newest:
            raise Overtaken(versions(session, name)[0])
        made = MappingVersion(
            connection_id=row.id,
            version=newest + 1,
            body=body,
            author=saving.author,
            reason=saving.reason.strip(),
            recorded_at=now,
            restores=restores,
        )
        session.add(made)
        row.options = {**row.options, "mapping": body}
        session.flush()
        links, waiting, dirty = _follow(runtime, session, row, now, saving)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    untold = len(_untold(runtime, name)) if saving.reapply else 0
    return Saved(version=made.version, links=links, waiting=waiting, not_retold=untold)


def _untold(runtime: Runtime, name: str) -> list[int]:
    """The links of a connection whose past cannot be told."""
    with runtime.store.read() as session:
        row = find(session, name)
        return [link.id for link in standing(session, row.id) if link.history == "untold"]


def restore(runtime: Runtime, name: str, version: int, saving: Saving) -> Saved:
    """Save an earlier version as the newest one; raises ``Refused`` naming those there are."""
    with runtime.store.read() as session:
        known = {each.version: each for each in versions(session, name)}
    if version not in known:
        there = ", ".join(map(str, sorted(known))) or "none"
        raise Refused(f"version: {name} has no mapping version {version}; there are: {there}")
    return save(runtime, name, known[version].body, saving, restores=version)


def versions(session: Session, name: str) -> list[Version]:
    """All versions of a connection's mapping, newest first."""
    row = find(session, name)
    query = select(MappingVersion).where(MappingVersion.connection_id == row.id)
    return [
        Version(each.version, each.body, each.author, each.reason, each.recorded_at, each.restores)
        for each in session.scalars(query.order_by(MappingVersion.version.desc()))
    ]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The places in which two documents differ."""
    return tuple(_differing(before, after, ""))


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any], under: str
) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _differing(was, now, f"{under}{name}.")
        elif was != now or (name in before) != (name in after):
            yield Difference(f"{under}{name}", was, now)


def _newest(connection_id: int) -> Any:
    mine = MappingVersion.connection_id == connection_id
    return select(func.max(MappingVersion.version)).where(mine)


def _follow(
    runtime: Runtime, session: Session, row: Connection, now: datetime, saving: Saving
) -> tuple[int, int, set[int]]:
    """Bring every link up to the mapping; returns (links, those that wait, dirty sources)."""
    tracker = runtime.tracker(row.tracker)
    links = standing(session, row.id)
    for link in links:
        link.pending = link.pending or link.looked_at is not None
    dirty = attach(session, row, tracker)
    session.flush()
    lacking = {
        source.id
        for source in session.scalars(select(Source).where(Source.connection_id == row.id))
        if source.cursor is None
    }
    read = [link for link in links if link.looked_at is not None and not link.broken]
    ready = [link for link in read if not _waits(link, lacking)]
    waiting = [link for link in read if _waits(link, lacking)]
    mapping = values.field_mapping(row, tracker.spec)
    reckon(session, [bound(link, tracker) for link in ready], mapping, now)
    _unknown(session, waiting, saving.author, now)
    rescore(session, {link.key_result_id for link in waiting}, now)
    if saving.reapply:
        dirty |= history.reapply(session, links, runtime.settings.zone)
    return len(ready), len(waiting), dirty


def _waits(link: Link, lacking: Collection[int]) -> bool:
    """Whether a link measures what a source now reads anew: its number is unknown till then."""
    return link.source_id in lacking and values.rule(link).measure.of != "count"


def _unknown(session: Session, links: Iterable[Link], author: str, now: datetime) -> None:
    """A reading made by another mapping is no longer one."""
    found = list(links)
    for link in found:
        link.looked_at = None
        wording.keep(session, "link", link, author=author, at=now, more={"waiting": True})
    session.flush()
    for chunk in chunks([link.id for link in found]):
        by_other = update(Reading).where(Reading.link_id.in_(chunk))
        session.execute(by_other.values(done=None, total=None, value=None, coverage=None))

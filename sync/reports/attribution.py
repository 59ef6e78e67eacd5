"""What a work item serves: links, key results, objectives and teams, up to the company."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import Effect, ItemServes, Named, OnceReport, ServingReport
from connector.explained import ContributionReport
from connector.mapping import FieldMapping
from connector.serving import why_nothing
from connector.store.chunks import chunks
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Objective,
)
from connector.work import State
from integrations.tracker import Tracker
from sync import values
from sync.reports.ancestry import Ancestry, ancestry
from sync.reports.finishing import Reader, Unfinished, effects
from sync.reports.items import Found, find_item, item_report
from sync.reports.person import person_work
from sync.tags import tags_of

__all__ = ["item_serves", "person_work"]

ENDED = "the link was taken off the key result"


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest version of an item's contribution to a link, with all that it is part of."""

    version: Contribution
    link: Link
    key_result: KeyResult
    objective: Objective
    cycle: Cycle

    @property
    def holds(self) -> bool:
        """Whether the link holds the item now."""
        counts = self.link.ended_at is None and not self.key_result.retired
        return self.version.in_scope and counts

    @property
    def is_open(self) -> bool:
        """Whether finishing it can still move something."""
        return self.version.state != "done"


@dataclass(frozen=True, slots=True)
class Serves:
    """What a work item serves now, and what it served once."""

    now: tuple[ServingReport, ...] = ()
    once: tuple[OnceReport, ...] = ()


def item_serves(session: Session, name: str, *, trackers: Mapping[str, Tracker]) -> ItemServes:
    """What the work item of that name serves now, and once did; raises ``Refused``.

    ``name`` is a key (``PLAT-43``), one at a tracker or connection (``jira@eu:PLAT-43``), or the
    address of its page.
    """
    return what_serves(session, find_item(session, name), trackers)


def what_serves(session: Session, found: Found, trackers: Mapping[str, Tracker]) -> ItemServes:
    """The same for an item that was found."""
    item, read = found.item, readers([found.connection], trackers)
    serves = served(session, [found], read).get(item.id, Serves())
    reader = read.get(found.connection.id)
    mapping = reader.mapping if reader else FieldMapping()
    tags = tags_of(session, [item.id])[item.id] if mapping.reads_boards else ()
    report = item_report(found, mapping, tags)
    return ItemServes(
        item=report,
        serves=serves.now,
        once=serves.once,
        reason=why_nothing(serves.now, gone=report.gone, level=item.level),
    )


def readers(
    connections: Iterable[Connection], trackers: Mapping[str, Tracker]
) -> dict[int, Reader]:
    """By id, how connections are read; nothing for one whose tracker is not installed."""
    found = {}
    for each in connections:
        tracker = trackers.get(each.tracker)
        if tracker is not None:
            found[each.id] = Reader(tracker, values.field_mapping(each, tracker.spec))
    return found


def served(
    session: Session, found: Sequence[Found], read: Mapping[int, Reader]
) -> dict[int, Serves]:
    """By item what it serves, in as many statements for many as for one."""
    held = _held(session, [each.item.id for each in found])
    serving = {key: [each for each in several if each.holds] for key, several in held.items()}
    above = ancestry(session, [each.objective for several in serving.values() for each in several])
    moves = effects(
        session,
        [
            Unfinished(each.item, [one.link for one in still], read[each.connection.id])
            for each in found
            if each.connection.id in read
            and (still := [one for one in serving.get(each.item.id, ()) if one.is_open])
        ],
    )
    items = {each.item.id: each.item for each in found}
    return {
        key: Serves(
            now=tuple(_serving(each, items[key], above, moves) for each in serving[key]),
            once=tuple(_once(each, above) for each in several if not each.holds),
        )
        for key, several in held.items()
    }


def _held(session: Session, items: Collection[int]) -> dict[int, list[_Held]]:
    """By item every link that ever held it, in the order of cycles (newest first) and keys."""
    found: dict[int, list[_Held]] = defaultdict(list)
    for chunk in chunks(items):
        query = (
            select(Contribution, Link, KeyResult, Objective, Cycle)
            .join(Link, Link.id == Contribution.link_id)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .join(Objective, Objective.id == KeyResult.objective_id)
            .join(Cycle, Cycle.id == KeyResult.cycle_id)
            .where(Contribution.item_id.in_(chunk), Contribution.replaced_at.is_(None))
            .order_by(Cycle.start.desc(), Cycle.key, KeyResult.key, Link.position, Link.id)
        )
        for row in session.execute(query):
            found[row[0].item_id].append(_Held(*row))
    return found


def _serving(
    held: _Held, item: Item, above: Ancestry, moves: Mapping[tuple[int, int], Effect]
) -> ServingReport:
    key_result, objective = held.key_result, held.objective
    return ServingReport(
        link=held.link.id,
        scope=held.link.scope,
        measure=values.rule(held.link).measure.as_json(),
        cycle=held.cycle.key,
        cycle_state=held.cycle.state,
        key_result=Named(key_result.key, key_result.title),
        objective=Named(objective.key, objective.title),
        objective_state=objective.state,
        above=above.above(objective.id),
        teams=above.teams(objective.team_id),
        contribution=_contribution(held.version, item),
        effect=moves.get((item.id, held.link.id)),
        title=held.link.title,
        url=held.link.url,
    )


def _contribution(version: Contribution, item: Item) -> ContributionReport:
    return ContributionReport(
        item=version.item_key,
        title=item.title,
        url=item.url,
        status=version.status,
        state=cast("State", version.state),
        done=version.done,
        total=version.total,
        included=version.included,
        reason=version.reason,
        since=version.valid_from,
    )


def _once(held: _Held, above: Ancestry) -> OnceReport:
    version, ended = held.version, held.link.ended_at
    return OnceReport(
        link=held.link.id,
        scope=held.link.scope,
        cycle=held.cycle.key,
        key_result=Named(held.key_result.key, held.key_result.title),
        objective=Named(held.objective.key, held.objective.title),
        left_at=ended if version.in_scope and ended else version.valid_from,
        reason=ENDED if version.in_scope else version.reason,
        team=above.named[held.objective.team_id].key,
        objective_state=held.objective.state,
        cycle_state=held.cycle.state,
    )

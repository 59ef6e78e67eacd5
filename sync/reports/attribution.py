"""What a work item serves: links, key results, objectives and teams, up to the company."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import Effect, ItemServes, Named, OnceReport, ServingReport
from connector.explained import ContributionReport
from connector.mapping import FieldMapping
from connector.serving import why_nothing
from connector.store.tables import Contribution, Cycle, Item, KeyResult, Link, Objective
from connector.work import State
from integrations.tracker import Tracker
from sync import values
from sync.reports.ancestry import Ancestry, ancestry
from sync.reports.finishing import Reader, effects
from sync.reports.items import find_item, item_report
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
        return self.version.in_scope and self.link.ended_at is None


def item_serves(session: Session, name: str, *, trackers: Mapping[str, Tracker]) -> ItemServes:
    """What the work item of that name serves now, and once did; raises ``Refused``.

    ``name`` is a key (``PLAT-43``), one at a tracker or connection (``jira@eu:PLAT-43``), or the
    address of its page.
    """
    found = find_item(session, name)
    item = found.item
    tracker = trackers.get(found.connection.tracker)
    mapping = values.field_mapping(found.connection, tracker.spec) if tracker else FieldMapping()
    held = _held(session, item)
    serving = [each for each in held if each.holds]
    above = ancestry(session, [each.objective for each in serving])
    moves: Mapping[int, Effect] = {}
    if tracker is not None:
        still = [each.link for each in serving if each.version.state != "done"]
        moves = effects(session, item, still, Reader(tracker, mapping))
    serves = tuple(_serving(each, item, above, moves) for each in serving)
    tags = tags_of(session, [item.id])[item.id] if mapping.reads_boards else ()
    report = item_report(found, mapping, tags)
    return ItemServes(
        item=report,
        serves=serves,
        once=tuple(_once(each) for each in held if not each.holds),
        reason=why_nothing(serves, gone=report.gone, level=item.level),
    )


def _held(session: Session, item: Item) -> list[_Held]:
    """Every link that ever held the item, in the order of cycles (newest first) and keys."""
    query = (
        select(Contribution, Link, KeyResult, Objective, Cycle)
        .join(Link, Link.id == Contribution.link_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Contribution.item_id == item.id, Contribution.replaced_at.is_(None))
        .order_by(Cycle.start.desc(), Cycle.key, KeyResult.key, Link.position, Link.id)
    )
    return [_Held(*row) for row in session.execute(query)]


def _serving(
    held: _Held, item: Item, above: Ancestry, moves: Mapping[int, Effect]
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
        effect=moves.get(held.link.id),
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


def _once(held: _Held) -> OnceReport:
    version, ended = held.version, held.link.ended_at
    return OnceReport(
        link=held.link.id,
        scope=held.link.scope,
        cycle=held.cycle.key,
        key_result=Named(held.key_result.key, held.key_result.title),
        objective=Named(held.objective.key, held.objective.title),
        left_at=ended if version.in_scope and ended else version.valid_from,
        reason=ENDED if version.in_scope else version.reason,
    )

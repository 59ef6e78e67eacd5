"""Why somebody works on an item: all that its page tells."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import ItemServes, ServingReport
from connector.report import KeyResultReport
from connector.store.tables import Contribution, Cycle, KeyResult, Link
from sync.reports.attribution import what_serves
from sync.reports.cycle import key_result_reports
from sync.reports.eyes import Eyes
from sync.reports.facts import Facts, facts
from sync.reports.items import find_item
from sync.reports.parents import Upward, carried
from sync.reports.working import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A work item with what it serves; ``key_results`` are by (cycle, key), as they stand now.

    ``below``: what the items below it serve, where a link names it as their parent.
    """

    serves: ItemServes
    facts: Facts
    below: tuple[Upward, ...]
    key_results: Mapping[tuple[str, str], KeyResultReport]

    @property
    def counting(self) -> tuple[ServingReport, ...]:
        """The links in which it counts now."""
        return tuple(each for each in self.serves.serves if each.counts)

    @property
    def left_out(self) -> tuple[ServingReport, ...]:
        """The links that hold it and do not count it now."""
        return tuple(each for each in self.serves.serves if not each.counts)


def why(session: Session, name: str, frame: Frame, eyes: Eyes | None = None) -> Why:
    """All about the work item of that name; raises ``Refused`` as ``find_item`` does."""
    seeing = eyes or Eyes()
    found = find_item(session, name, seeing.hidden)
    below = carried(session, [found.item.id]).get(found.item.id, ())
    return Why(
        serves=seeing.serves(what_serves(session, found, frame.trackers), found.item.level),
        facts=facts(session, [found], frame.now, frame.settings)[found.item.id],
        below=tuple(seeing.upward(each.upward) for each in below),
        key_results=_key_results(session, found.item.id, frame),
    )


def _key_results(
    session: Session, item: int, frame: Frame
) -> dict[tuple[str, str], KeyResultReport]:
    """Every key result with a link that holds the item now."""
    query = (
        select(KeyResult.id, Cycle)
        .join(Link, Link.key_result_id == KeyResult.id)
        .join(Contribution, Contribution.link_id == Link.id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Contribution.item_id == item, Contribution.replaced_at.is_(None))
        .where(Contribution.in_scope, Link.ended_at.is_(None))
    )
    wanted: dict[Cycle, set[int]] = defaultdict(set)
    for key, cycle in session.execute(query):
        wanted[cycle].add(key)
    return {
        (cycle.key, each.key): each
        for cycle, ids in wanted.items()
        for each in key_result_reports(session, cycle, ids, frame.now, frame.settings).values()
    }

"""Why a key result is what it is, now or at any past instant, from the ledger alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr
from connector.explained import ContributionReport, Explanation, LinkExplanation, MovementReport
from connector.settings import Settings
from connector.store.chunks import chunks
from connector.store.tables import Item, Person, Team
from sync import values
from sync.gone import came_from
from sync.reports.changes import changes
from sync.reports.ground import Asked, Ground, ground
from sync.reports.key_results import Beside, days_of, key_result_report, old
from sync.reports.links import link_report
from sync.reports.made import stale
from sync.reports.past import snapshot_at
from sync.reports.snapshot import Snapshot, snapshot


def explanation(
    session: Session,
    cycle_key: str,
    key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> Explanation:
    """The key result with items and movements behind each link; ``at`` is a past instant."""
    asked = Asked(now=now, settings=settings, at=at)
    return explained(session, ground(session, cycle_key, key, asked))


def explained(session: Session, stood: Ground) -> Explanation:
    """The same of one whose ground is known."""
    found, shown, frame = stood.found, stood.shown, stood.frame
    links = _links(session, stood)
    beside = Beside(
        kind=cast("okr.ObjectiveKind", stood.objective.kind),
        owner=_owner(session, stood),
        links=tuple(each.link for each in links),
        override=found.overrides.get(shown.id),
        confidence=found.confidence.get(shown.id),
        days=days_of(frame, (link.connection_id for link in stood.links)),
        stale=_is_stale(session, stood, links),
    )
    number = found.numbers.get(("key_result", shown.id))
    return Explanation(
        at=found.at,
        cycle=found.cycle.key,
        team=_team(session, stood),
        objective=stood.objective.key,
        key_result=key_result_report(frame, shown, number, beside),
        links=links,
        changes=changes(session, stood),
    )


def _owner(session: Session, stood: Ground) -> str | None:
    """Whoever owns it; of a past day nobody's name is in the snapshot."""
    owner_id = stood.shown.owner_id
    if not owner_id or not stood.found.is_past:
        return stood.found.people.get(owner_id or 0)
    owner = session.get(Person, owner_id)
    return owner.name if owner else None


def _team(session: Session, stood: Ground) -> str:
    team_id = stood.objective.team_id
    known = {team.id: team.key for team in stood.found.teams}
    return known[team_id] if team_id in known else session.get_one(Team, team_id).key


def _is_stale(session: Session, stood: Ground, links: Sequence[LinkExplanation]) -> bool:
    """Whether its links, or what supports it, were not read for too long."""
    if stood.shown.progress_from != "supports":
        return old(each.link for each in links)
    found, settings = stood.found, stood.frame.settings
    if not stood.whole:
        found = (snapshot_at if found.is_past else snapshot)(session, found.cycle, found.at)
    return stood.row.id in stale(found, stood.where, settings)


def _links(session: Session, stood: Ground) -> tuple[LinkExplanation, ...]:
    told = [_told(stood, link) for link in stood.links]
    rows = _contributions(session, [each.holding for each in told], stood.found)
    return tuple(
        LinkExplanation(
            link=link_report(link, stood.found, stood.where, stood.frame.settings),
            contributions=tuple(held),
            movements=movement_reports(each.movements),
            past=movement_reports(each.past),
        )
        for link, each, held in zip(stood.links, told, rows, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What a link held then, and what moved it: since it was read, and before."""

    holding: Sequence[ledger.Version]
    movements: Sequence[ledger.Movement]
    past: Sequence[ledger.Movement]


def _told(stood: Ground, link: Any) -> _Told:
    found, measure = stood.found, values.rule(link).measure
    told = stood.versions.get(link.id, [])
    known = [each for each in told if not found.is_past or each.recorded_at <= found.at]
    moved = ledger.movements(measure, known)
    if link.id in found.rebuilt:
        past = [each for each in ledger.rebuilt(measure, told) if each.at <= found.at]
        return _Told(list(ledger.Course(told).at(found.at)), list(moved), past)
    holding = ledger.recorded(told, found.at if found.is_past else None)
    return _Told(list(holding), list(moved), list(ledger.rebuilt(measure, known)))


def movement_reports(found: Iterable[ledger.Movement]) -> tuple[MovementReport, ...]:
    """Movements as people see them, newest first."""
    return tuple(
        MovementReport(
            at=each.at,
            recorded_at=each.recorded_at,
            kind=each.kind,
            item=each.key,
            delta=each.delta,
            nature=each.nature,
            done=each.done,
            total=each.total,
            why=each.why,
        )
        for each in reversed(list(found))
    )


def _contributions(
    session: Session, holdings: Sequence[Sequence[ledger.Version]], snapshot: Snapshot
) -> list[list[ContributionReport]]:
    """What each of several links holds, as people see it."""
    items: dict[int, Item] = {}
    for chunk in chunks({each.item_id for held in holdings for each in held}):
        items.update(
            {row.id: row for row in session.scalars(select(Item).where(Item.id.in_(chunk)))}
        )
    came = came_from(session, items.values(), snapshot.at if snapshot.is_past else None)

    def report(each: ledger.Version) -> ContributionReport:
        return ContributionReport(
            item=each.key,
            title=items[each.item_id].title,
            url=items[each.item_id].url,
            status=each.status,
            state=each.state,
            done=each.done,
            total=each.total,
            included=each.included,
            reason=each.reason or came.get(each.item_id, ""),
            since=each.valid_from,
        )

    return [list(map(report, sorted(held, key=_counting_first))) for held in holdings]


def _counting_first(each: ledger.Version) -> tuple[bool, bool, str]:
    return not each.included, not each.in_scope, each.key

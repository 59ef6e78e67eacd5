"""Why a key result is what it is, now or at any past instant, from the ledger alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr
from connector.errors import Refused
from connector.explained import ContributionReport, Explanation, LinkExplanation, MovementReport
from connector.settings import Settings
from connector.store.chunks import chunks
from connector.store.tables import Cycle, Item, KeyResult, Link, Objective, Person, Revision, Team
from sync import values
from sync.gone import came_from
from sync.reports.changes import changes
from sync.reports.key_results import Beside, days_of, key_result_report, old
from sync.reports.links import Places, link_report, places
from sync.reports.made import frame_of, stale
from sync.reports.past import snapshot_at, versions_of
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
    row, cycle = _find(session, cycle_key, key)
    found = _snapshot(session, row, cycle, at, now)
    (shown,) = [each for each in found.key_results if each.id == row.id]
    objective = next((each for each in found.objectives if each.id == shown.objective_id), None)
    if objective is None:
        raise Refused(f"the objective of {key} was not recorded yet at {found.at.isoformat()}")
    where, links = places(session), found.links.get(row.id, ())
    explained = _links(session, links, found, where, settings)
    frame = frame_of(session, found, where, settings)
    owner = session.get(Person, shown.owner_id) if shown.owner_id else None
    beside = Beside(
        kind=cast("okr.ObjectiveKind", objective.kind),
        owner=owner.name if owner else None,
        links=tuple(each.link for each in explained),
        override=found.overrides.get(row.id),
        confidence=found.confidence.get(row.id),
        days=days_of(frame, (link.connection_id for link in links)),
        stale=_is_stale(session, shown, found, explained, settings),
    )
    number = found.numbers.get(("key_result", row.id))
    return Explanation(
        at=found.at,
        cycle=cycle.key,
        team=session.get_one(Team, objective.team_id).key,
        objective=objective.key,
        key_result=key_result_report(frame, shown, number, beside),
        links=explained,
        changes=changes(session, row, found.at, is_past=found.is_past),
    )


def _snapshot(
    session: Session, row: KeyResult, cycle: Cycle, at: datetime | None, now: datetime
) -> Snapshot:
    """The key result now or then; raises ``Refused`` for a time of which nothing is known."""
    if at is None:
        return snapshot(session, cycle, now, only=[row.id])
    found = snapshot_at(session, cycle, at, only=[row.id])
    if not found.rebuilt:
        _refuse_unrecorded(session, row, at)
    return found


def _is_stale(
    session: Session,
    row: KeyResult,
    found: Snapshot,
    explained: Sequence[LinkExplanation],
    settings: Settings,
) -> bool:
    """Whether its links, or what supports it, were not read for too long."""
    if row.progress_from != "supports":
        return old(each.link for each in explained)
    whole = snapshot_at if found.is_past else snapshot
    return row.id in stale(whole(session, found.cycle, found.at), places(session), settings)


def _find(session: Session, cycle_key: str, key: str) -> tuple[KeyResult, Cycle]:
    query = (
        select(KeyResult, Cycle)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(_missing(session, cycle_key, key))
    key_result, cycle = found
    return key_result, cycle


def _refuse_unrecorded(session: Session, row: KeyResult, at: datetime) -> None:
    """Before a key result was recorded there is nothing to tell, unless its links have a past."""
    known = select(Revision.id).where(
        Revision.kind == "key_result", Revision.subject_id == row.id, Revision.recorded_at <= at
    )
    if session.scalars(known.limit(1)).first() is None:
        raise Refused(f"{row.key} was not recorded yet at {at.isoformat()}")


def _missing(session: Session, cycle_key: str, key: str) -> str:
    query = (
        select(KeyResult.key)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, Objective.key == key)
    )
    children = session.scalars(query.order_by(KeyResult.position)).all()
    if children:
        return f"{key} is an objective; explain one of its key results: {', '.join(children)}"
    return f"there is no key result {key!r} in cycle {cycle_key}"


def _links(
    session: Session,
    links: Sequence[Link],
    found: Snapshot,
    where: Places,
    settings: Settings,
) -> tuple[LinkExplanation, ...]:
    versions = versions_of(session, [link.id for link in links])
    explained = []
    for link in links:
        measure, told = values.rule(link).measure, versions.get(link.id, [])
        known = [each for each in told if not found.is_past or each.recorded_at <= found.at]
        if link.id in found.rebuilt:
            holding, past = ledger.Course(told).at(found.at), ledger.rebuilt(measure, told)
            past = [each for each in past if each.at <= found.at]
        else:
            holding, past = (
                ledger.recorded(told, found.at if found.is_past else None),
                ledger.rebuilt(measure, known),
            )
        explained.append(
            LinkExplanation(
                link=link_report(link, found, where, settings),
                contributions=tuple(_contributions(session, holding, found)),
                movements=movement_reports(ledger.movements(measure, known)),
                past=movement_reports(past),
            )
        )
    return tuple(explained)


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
    session: Session, versions: Iterable[ledger.Version], snapshot: Snapshot
) -> list[ContributionReport]:
    found = list(versions)
    items: dict[int, Item] = {}
    for chunk in chunks({each.item_id for each in found}):
        items.update(
            {row.id: row for row in session.scalars(select(Item).where(Item.id.in_(chunk)))}
        )
    came = came_from(session, items.values(), snapshot.at if snapshot.is_past else None)
    ordered = sorted(found, key=lambda each: (not each.included, not each.in_scope, each.key))
    return [
        ContributionReport(
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
        for each in ordered
    ]

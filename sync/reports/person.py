"""What a person works on, and which key results that serves. Nobody is counted or ranked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from connector.attribution import ItemReport, Named, PersonItem, PersonWork, ServedReport
from connector.mapping import FieldMapping
from connector.serving import unheld
from connector.store.chunks import chunks
from connector.store.tables import (
    Account,
    Connection,
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Objective,
    Team,
    TrackerAccount,
)
from integrations.tracker import Tracker
from sync import values
from sync.people.finding import person
from sync.reports.items import Found, item_report
from sync.reports.works import Read, reopened
from sync.tags import tags_of

JUST_FINISHED = timedelta(days=14)
AT_MOST = 1000
"""Items of people that are looked at, those changed last first."""
OPEN_CYCLES = ("active", "review")


@dataclass(frozen=True, slots=True)
class Current:
    """An open or just finished item, with its state."""

    found: Found
    report: ItemReport


@dataclass(frozen=True, slots=True)
class Holding:
    """One link of an open cycle that holds an item now; ``key_result`` is its id."""

    version: Contribution
    served: ServedReport
    counts: bool
    state: str
    key_result: int
    cycle: int


def person_work(
    session: Session, person_key: str, *, now: datetime, trackers: Mapping[str, Tracker]
) -> PersonWork:
    """The open and just finished items of a person's accounts, newest change first.

    Raises ``Refused`` for somebody who is not there.
    """
    somebody = person(session, person_key)
    accounts = accounts_of(session, [somebody.id])
    current = current_items(session, accounts, now=now, trackers=trackers)
    held = holdings(session, [each.found.item.id for each in current])
    items = [_item(each, held[each.found.item.id]) for each in current]
    reason = "" if accounts else f"no tracker account is known to be {somebody.name}'s yet"
    return PersonWork(
        person=Named(somebody.key, somebody.name),
        accounts=tuple((row.tracker, row.external_id) for row in accounts),
        serving=tuple(each for each in items if each.serves),
        untied=tuple(each for each in items if not each.serves),
        reason=reason,
    )


def accounts_of(session: Session, persons: Collection[int]) -> list[Account]:
    """The tracker accounts that are said to be these people's."""
    query = select(Account).where(Account.person_id.in_(persons))
    return list(session.scalars(query.order_by(Account.tracker, Account.external_id)))


def current_items(
    session: Session,
    accounts: Sequence[Account],
    *,
    now: datetime,
    trackers: Mapping[str, Tracker],
) -> list[Current]:
    """The open and just finished items of these accounts, those changed last first."""
    since = now - JUST_FINISHED
    read = _read(session, {row.tracker for row in accounts}, trackers)
    rows = _assigned(session, read, accounts, since)
    boards = [row.id for row in rows if read[row.connection_id].mapping.reads_boards]
    tags = tags_of(session, boards) if boards else {}
    found = []
    for row in rows:
        here = read[row.connection_id]
        shown = Found(row, here.connection)
        each = Current(shown, item_report(shown, here.mapping, tags.get(row.id, ())))
        if _is_current(each, since):
            found.append(each)
    return found


def _read(
    session: Session, wanted: Collection[str], trackers: Mapping[str, Tracker]
) -> dict[int, Read]:
    """The connections to these trackers that still stand, by id."""
    query = select(Connection).where(Connection.tracker.in_(wanted), Connection.ended_at.is_(None))
    found = {}
    for row in session.scalars(query.order_by(Connection.id)):
        tracker = trackers.get(row.tracker)
        mapping = values.field_mapping(row, tracker.spec) if tracker else FieldMapping()
        found[row.id] = Read(row, mapping)
    return found


def _is_current(each: Current, since: datetime) -> bool:
    """Whether it is open, or was finished since."""
    just_finished = each.report.state == "done" and each.found.item.state_at >= since
    return just_finished or each.report.state in {"todo", "doing"}


def _assigned(
    session: Session, read: Mapping[int, Read], accounts: Sequence[Account], since: datetime
) -> list[Item]:
    """By the account as it was said and as it is spelt on items: case does not matter."""
    mine = _mine(session, read, accounts)
    if not mine:
        return []
    may_be_open = or_(Item.category != "done", Item.state_at >= since, *reopened(read.values()))
    query = select(Item).where(Item.gone_at.is_(None), or_(*mine), may_be_open)
    newest = query.order_by(Item.updated_at.desc(), Item.key.desc())
    return list(session.scalars(newest.limit(AT_MOST)))


def _mine(
    session: Session, read: Mapping[int, Read], accounts: Sequence[Account]
) -> list[ColumnElement[bool]]:
    """Conditions, by connection, for what is assigned to these accounts."""
    spelt: dict[int, set[str]] = defaultdict(set)
    for connection, here in read.items():
        tracker = here.connection.tracker
        spelt[connection].update(row.external_id for row in accounts if row.tracker == tracker)
    folded = {row.external_id.lower() for row in accounts}
    seen = select(TrackerAccount.connection_id, TrackerAccount.external_id).where(
        TrackerAccount.connection_id.in_(read),
        func.lower(TrackerAccount.external_id).in_(folded),
    )
    for connection, external_id in session.execute(seen) if read else ():
        if external_id.lower() in {each.lower() for each in spelt[connection]}:
            spelt[connection].add(external_id)
    return [
        and_(Item.connection_id == connection, Item.assignee.in_(names))
        for connection, names in spelt.items()
        if names
    ]


def holdings(session: Session, ids: Collection[int]) -> dict[int, list[Holding]]:
    """By item the links of open cycles that hold it now."""
    found: dict[int, list[Holding]] = defaultdict(list)
    for chunk in chunks(ids, size=AT_MOST):
        query = (
            select(Contribution, Link.scope, KeyResult, Objective, Team, Cycle.key)
            .join(Link, Link.id == Contribution.link_id)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .join(Objective, Objective.id == KeyResult.objective_id)
            .join(Team, Team.id == Objective.team_id)
            .join(Cycle, Cycle.id == KeyResult.cycle_id)
            .where(Contribution.item_id.in_(chunk), Contribution.replaced_at.is_(None))
            .where(Contribution.in_scope, Link.ended_at.is_(None), Cycle.state.in_(OPEN_CYCLES))
            .order_by(Cycle.start.desc(), Cycle.key, KeyResult.key, Link.position, Link.id)
        )
        for version, scope, key_result, objective, team, cycle in session.execute(query):
            served = ServedReport(
                scope=scope,
                cycle=cycle,
                key_result=Named(key_result.key, key_result.title),
                objective=Named(objective.key, objective.title),
                team=Named(team.key, team.name),
                done=version.done,
                total=version.total,
            )
            counts = version.included and objective.state == "active"
            place = key_result.id, key_result.cycle_id
            found[version.item_id].append(Holding(version, served, counts, objective.state, *place))
    return found


def why_unserved(each: Current, held: Sequence[Holding]) -> str:
    """Why an item serves no key result of an open cycle, or "" where it serves one."""
    if any(one.counts for one in held):
        return ""
    why = dict.fromkeys(map(_why_not, held)) or [unheld(each.found.item.level)]
    return "; ".join(why)


def _item(each: Current, held: Sequence[Holding]) -> PersonItem:
    return PersonItem(
        item=each.report,
        finished_at=each.found.item.state_at if each.report.state == "done" else None,
        serves=tuple(one.served for one in held if one.counts),
        reason=why_unserved(each, held),
    )


def _why_not(holding: Holding) -> str:
    if holding.version.included:
        return f"objective {holding.served.objective.key} is {holding.state}"
    return f"{holding.served.scope} does not count it ({holding.version.reason})"

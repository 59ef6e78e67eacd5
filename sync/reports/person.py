"""What a person works on, and which key results that serves. Nobody is counted or ranked."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
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
from sync.tags import tags_of

JUST_FINISHED = timedelta(days=7)
OPEN_CYCLES = ("active", "review")


@dataclass(frozen=True, slots=True)
class _Holding:
    """One link of an open cycle that holds an item now."""

    version: Contribution
    served: ServedReport
    counts: bool
    state: str


def person_work(
    session: Session, person_key: str, *, now: datetime, trackers: Mapping[str, Tracker]
) -> PersonWork:
    """The open and just finished items of a person's accounts, newest change first.

    Raises ``Refused`` for somebody who is not there.
    """
    somebody = person(session, person_key)
    said = select(Account).where(Account.person_id == somebody.id).order_by(Account.tracker)
    accounts = tuple((row.tracker, row.external_id) for row in session.scalars(said))
    current = []
    for connection in _connections(session, [tracker for tracker, _ in accounts]):
        tracker = trackers.get(connection.tracker)
        mapping = values.field_mapping(connection, tracker.spec) if tracker else FieldMapping()
        account = dict(accounts)[connection.tracker]
        found = _reports(session, connection, account, mapping)
        current += [each for each in found if _is_current(*each, since=now - JUST_FINISHED)]
    current.sort(key=lambda each: (each[0].item.updated_at, each[0].item.key), reverse=True)
    holdings = _holdings(session, [found.item.id for found, _ in current])
    items = [_item(found, report, holdings[found.item.id]) for found, report in current]
    reason = "" if accounts else f"no tracker account is known to be {somebody.name}'s yet"
    return PersonWork(
        person=Named(somebody.key, somebody.name),
        accounts=accounts,
        serving=tuple(each for each in items if each.serves),
        untied=tuple(each for each in items if not each.serves),
        reason=reason,
    )


def _connections(session: Session, trackers: Collection[str]) -> list[Connection]:
    query = select(Connection).where(
        Connection.tracker.in_(trackers), Connection.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(Connection.id)))


def _reports(
    session: Session, connection: Connection, account: str, mapping: FieldMapping
) -> list[tuple[Found, ItemReport]]:
    """The items of an account at a connection, with their state."""
    rows = _assigned(session, connection, account)
    tags = tags_of(session, [row.id for row in rows]) if mapping.reads_boards else {}
    found = [Found(row, connection) for row in rows]
    return [(each, item_report(each, mapping, tags.get(each.item.id, ()))) for each in found]


def _is_current(found: Found, report: ItemReport, since: datetime) -> bool:
    """Whether it is open, or was finished since."""
    just_finished = report.state == "done" and found.item.state_at >= since
    return just_finished or report.state in {"todo", "doing"}


def _assigned(session: Session, connection: Connection, account: str) -> list[Item]:
    """By the account as it was said and as it is spelt on items: case does not matter."""
    spelt = select(TrackerAccount.external_id).where(
        TrackerAccount.connection_id == connection.id,
        func.lower(TrackerAccount.external_id) == account.lower(),
    )
    query = select(Item).where(
        Item.connection_id == connection.id,
        Item.gone_at.is_(None),
        Item.assignee.in_({account, *session.scalars(spelt)}),
    )
    return list(session.scalars(query))


def _holdings(session: Session, ids: Collection[int]) -> dict[int, list[_Holding]]:
    found: dict[int, list[_Holding]] = defaultdict(list)
    for chunk in chunks(ids):
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
            found[version.item_id].append(_Holding(version, served, counts, objective.state))
    return found


def _item(found: Found, report: ItemReport, holdings: list[_Holding]) -> PersonItem:
    serves = tuple(each.served for each in holdings if each.counts)
    why = dict.fromkeys(map(_why_not, holdings)) or [unheld(found.item.level)]
    return PersonItem(
        item=report,
        finished_at=found.item.state_at if report.state == "done" else None,
        serves=serves,
        reason="" if serves else "; ".join(why),
    )


def _why_not(holding: _Holding) -> str:
    if holding.version.included:
        return f"objective {holding.served.objective.key} is {holding.state}"
    return f"{holding.served.scope} does not count it ({holding.version.reason})"

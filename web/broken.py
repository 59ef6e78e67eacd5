"""Links whose scope cannot be read any more: where they are, and what the tracker says of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.report import CycleReport
from connector.store.tables import Connection, Cycle, KeyResult, Link, Objective, Team
from sync.reports.beside import once
from web import access
from web.tree import places


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One such link; ``name`` is its title, or its scope where it has none."""

    id: int
    name: str
    sentence: str
    connection: str
    cycle: str
    team: str
    key: str
    title: str


def broken(session: Session, cycle: str | None = None) -> tuple[Broken, ...]:
    """Those of one cycle, or of every cycle that is not closed."""
    query = (
        select(Link, Connection.name, Cycle.key, Team.key, KeyResult, Objective.state, Cycle.state)
        .join(Connection, Connection.id == Link.connection_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.ended_at.is_(None), Link.broken.is_not(None), Connection.ended_at.is_(None))
        .where(Cycle.key == cycle if cycle is not None else Cycle.state != "closed")
        .order_by(KeyResult.key, Link.position)
    )
    return tuple(
        _seen(_broken(link, connection, cycle, team, row))
        for link, connection, cycle, team, row, *states in session.execute(query)
        if access.sees_state(team, *map(str, states))
    )


def broken_of(session: Session, report: CycleReport) -> tuple[Broken, ...]:
    """Those of a cycle as it stands; no query while no link is broken, nor when closed."""
    links = (link for each in places(report) for link in each.key_result.links)
    some = once(report, "broken", lambda: any(link.broken for link in links))
    if report.state == "closed" or not some:
        return ()
    return broken(session, report.cycle)


def _seen(one: Broken) -> Broken:
    """Without the scope, and what the tracker says of it, where that is not theirs to see."""
    sight, at = access.sight(), one.connection
    if sight.sees_named(at):
        return one
    return replace(one, name=sight.words.work(at), sentence=sight.words.error(at))


def by_connection(found: Sequence[Broken]) -> dict[str, list[Broken]]:
    """The same by the name of the connection."""
    names = dict.fromkeys(each.connection for each in found)
    return {name: [each for each in found if each.connection == name] for name in names}


def _broken(link: Link, connection: str, cycle: str, team: str, row: KeyResult) -> Broken:
    return Broken(
        id=link.id,
        name=link.title or link.scope,
        sentence=link.broken or "",
        connection=connection,
        cycle=cycle,
        team=team,
        key=row.key,
        title=row.title,
    )

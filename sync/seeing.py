"""Who sees the work items of which connection: kept with it, and looked up for one person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector import sight
from connector.errors import Refused
from connector.sight import Bound, Circle, Onlooker
from connector.store.tables import Connection, Cycle, KeyResult, Link, Objective, Team
from connector.veil import HiddenLink
from sync.connections import find
from sync.people import footing
from sync.runtime import Runtime

DRAFTS = frozenset({"draft", "candidate"})
"""States of objectives that are not decided yet."""


def hidden(session: Session, who: Onlooker) -> dict[int, str]:
    """The connections, by id with their names, whose work items somebody may not see."""
    if who.role == "admin":
        return {}
    narrowed = select(Connection).where(Connection.seen_by.is_not(None))
    rows = {row.id: row for row in session.scalars(narrowed)}
    bound = _bound(session, rows) if rows else {}
    tree = _tree(session) if rows else {}
    return {key: rows[key].name for key, each in bound.items() if not sight.sees(who, each, tree)}


def hidden_links(session: Session, connections: Mapping[int, str]) -> dict[int, HiddenLink]:
    """Every link of these connections, those that ended too."""
    if not connections:
        return {}
    query = (
        select(Link, Cycle.key, KeyResult.key)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Link.connection_id.in_(connections))
    )
    return {
        link.id: HiddenLink(
            connection=connections[link.connection_id or 0],
            scope=link.scope,
            notes=tuple(each for each in (link.history_note, link.broken) if each),
            key_result=(cycle, key),
        )
        for link, cycle, key in session.execute(query)
    }


def onlooker(session: Session, user_id: int, role: str) -> Onlooker:
    """Somebody signed in, as the person they are."""
    if role in {"admin", "viewer"}:
        return Onlooker(role=role)
    found = footing(session, user_id)
    if found is None:
        return Onlooker(role=role)
    return Onlooker(role=role, person=found.person, member_of=found.member_of, leads=found.leads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Who sees a connection: ``everybody``, or those bound to it and beside them ``let`` (keys of
    teams) and ``viewers``. ``bound`` are the teams with links to it, ``teams`` all (key, name)."""

    everybody: bool
    let: frozenset[str]
    viewers: bool
    bound: tuple[str, ...]
    teams: tuple[tuple[str, str], ...]


def shown(session: Session, name: str) -> Shown:
    """Who sees a connection's work items, and who could; raises ``Refused``."""
    row = find(session, name)
    teams = session.scalars(select(Team).order_by(Team.position, Team.id)).all()
    bound = _bound(session, {row.id: row})[row.id]
    circle = bound.circle
    return Shown(
        everybody=row.seen_by is None,
        let=frozenset(each.key for each in teams if each.id in circle.teams),
        viewers=circle.viewers,
        bound=tuple(each.name for each in teams if each.id in bound.teams),
        teams=tuple((each.key, each.name) for each in teams),
    )


def is_draft_cycle(session: Session, cycle: str) -> bool:
    """Whether a cycle is not begun yet."""
    return session.scalar(select(Cycle.state).where(Cycle.key == cycle)) == "draft"


def is_draft(session: Session, cycle: str, objective: str) -> bool:
    """Whether an objective is not decided yet."""
    query = select(Objective.state).join(Cycle, Cycle.id == Objective.cycle_id)
    state = session.scalar(query.where(Cycle.key == cycle, Objective.key == objective))
    return state in DRAFTS


def draft_keys(session: Session, cycle: str, teams: Collection[str]) -> frozenset[str]:
    """The keys of a cycle's drafts, and of what is in them, but for those of these teams."""
    undecided = or_(Cycle.state == "draft", Objective.state.in_(DRAFTS))
    query = (
        select(Objective.key, KeyResult.key)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .outerjoin(KeyResult, KeyResult.objective_id == Objective.id)
        .where(Cycle.key == cycle, undecided, Team.key.not_in(teams))
    )
    return frozenset(key for row in session.execute(query) for key in row if key is not None)


def let_see(
    runtime: Runtime, name: str, teams: Collection[str] = (), *, viewers: bool = False
) -> Circle:
    """Show a connection's work items only to those bound to it, to these teams and (if so)
    viewers; raises ``Refused``."""
    with runtime.store.write() as session:
        row = find(session, name)
        known = dict(session.execute(select(Team.key, Team.id)).all())
        unknown = sorted(set(teams) - set(known))
        if unknown:
            raise Refused(f"there is no team {unknown[0]!r}")
        chosen = Circle(frozenset(known[key] for key in teams), viewers)
        row.seen_by = chosen.as_json()
        return chosen


def let_all_see(runtime: Runtime, name: str) -> None:
    """Show a connection's work items to everybody signed in; raises ``Refused``."""
    with runtime.store.write() as session:
        find(session, name).seen_by = None


def _bound(session: Session, rows: Mapping[int, Connection]) -> dict[int, Bound]:
    """By connection: the teams with links to it, and the people who own what those count for."""
    query = (
        select(Link.connection_id, Objective.team_id, Objective.owner_id, KeyResult.owner_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Link.connection_id.in_(rows), Link.ended_at.is_(None))
        .distinct()
    )
    teams: dict[int | None, set[int]] = defaultdict(set)
    owners: dict[int | None, set[int]] = defaultdict(set)
    for at, team, *owning in session.execute(query):
        teams[at].add(team)
        owners[at].update(each for each in owning if each is not None)
    return {
        key: Bound(
            sight.circle(row.seen_by) or Circle(), frozenset(teams[key]), frozenset(owners[key])
        )
        for key, row in rows.items()
    }


def _tree(session: Session) -> dict[int, int | None]:
    return {row.id: row.parent_id for row in session.execute(select(Team.id, Team.parent_id))}

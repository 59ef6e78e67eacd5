"""What is to be tried: key results as they would be, and which of their links are new."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr, scopes
from connector.errors import Refused
from connector.ledger import Candidate
from connector.mapping import FieldMapping
from connector.okr import LinkRule
from connector.store.tables import Connection, Cycle, KeyResult, Link, Objective
from integrations.tracker import ScopeKind, Tracker
from sync import values
from sync.planning.scopes import checker
from sync.runtime import Runtime


@dataclass(slots=True)
class Tried:
    """One link as it would be. ``row`` is the stored one, if any; ``changed`` whether it differs.

    ``candidates`` are found by a look; ``problem`` says why none could be.
    """

    scope: str
    kind: ScopeKind | None
    value: str
    rule: LinkRule
    connection: Connection | None
    row: Link | None = None
    changed: bool = True
    mapping: FieldMapping = field(default_factory=FieldMapping)
    candidates: list[Candidate] | None = None
    problem: str | None = None


@dataclass(slots=True)
class Trial:
    """One key result as it would be, with all its links; ``row`` is the stored one, if any."""

    cycle: Cycle
    definition: okr.KeyResult
    kind: okr.ObjectiveKind
    row: KeyResult | None
    links: list[Tried]


def tried(
    runtime: Runtime, session: Session, scope: str, rule: LinkRule, row: Link | None = None
) -> Tried:
    """A link that would be made or changed; raises ``Refused`` for a scope that cannot be."""
    parsed = scopes.parse(scope)
    problem = checker(session, runtime.trackers)(parsed)
    if problem:
        raise Refused(problem)
    tracker = runtime.tracker(parsed.tracker)
    connection = _connection(session, parsed)
    return Tried(
        scope=scope,
        kind=tracker.spec.kind(parsed.kind),
        value=(row.today if row else None) or parsed.value,
        rule=rule,
        connection=connection,
        row=row,
        mapping=_mapping(connection, tracker),
        problem=None if connection else f"no connection to {parsed.tracker} yet: connect one first",
    )


def standing(runtime: Runtime, session: Session, row: Link) -> Tried:
    """A stored link that stays as it is."""
    tracker = runtime.tracker(row.tracker)
    connection = session.get(Connection, row.connection_id) if row.connection_id else None
    return Tried(
        scope=row.scope,
        kind=tracker.spec.kind(row.kind),
        value=row.today or row.value,
        rule=values.rule(row),
        connection=connection,
        row=row,
        changed=False,
        mapping=_mapping(connection, tracker),
    )


def links_of(session: Session, key_result_id: int) -> Sequence[Link]:
    """The links of a key result that stand now, in order."""
    query = select(Link).where(Link.key_result_id == key_result_id, Link.ended_at.is_(None))
    return session.scalars(query.order_by(Link.position, Link.id)).all()


def stored(session: Session, cycle_key: str, key: str) -> tuple[Cycle, Objective, KeyResult]:
    """A key result with what it hangs on; raises ``Refused``."""
    query = (
        select(Cycle, Objective, KeyResult)
        .join(Objective, Objective.cycle_id == Cycle.id)
        .join(KeyResult, KeyResult.objective_id == Objective.id)
        .where(Cycle.key == cycle_key, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(f"there is no key result {key!r} in cycle {cycle_key}")
    return found[0], found[1], found[2]


def _connection(session: Session, scope: scopes.Scope) -> Connection | None:
    query = select(Connection).where(
        Connection.tracker == scope.tracker, Connection.ended_at.is_(None)
    )
    rows = session.scalars(query.order_by(Connection.id)).all()
    return next((row for row in rows if scope.connection in {None, row.name}), None)


def _mapping(connection: Connection | None, tracker: Tracker) -> FieldMapping:
    return values.field_mapping(connection, tracker.spec) if connection else FieldMapping()

"""Writes the changes of a plan into the store, each with the wording people can go back to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from connector.okr import rule_as_json
from connector.plans import Change, PlanLink
from connector.store.tables import (
    Account,
    Base,
    Connection,
    Cycle,
    KeyResult,
    Link,
    Membership,
    Objective,
    Person,
    Revision,
    Team,
)
from sync.planning.stored import KEY_RESULT_FIELDS

CYCLE_TABLES = {"objective": Objective, "key_result": KeyResult}
TABLES = {"cycle": Cycle, "team": Team, "person": Person}


@dataclass(slots=True)
class Writer:
    """One application of a plan; collects which key results, links and cycles it touched."""

    session: Session
    now: datetime
    author: str
    key_results: set[int] = field(default_factory=set)
    cycles: set[int] = field(default_factory=set)
    touched_links: list[Link] = field(default_factory=list)

    def write(self, change: Change) -> None:
        """Create or update one object."""
        row = self._row(change)
        getattr(self, f"_{change.kind}")(row, change)
        self.session.flush()
        if change.kind in CYCLE_TABLES:
            self._revise(change.kind, row)

    def _row(self, change: Change) -> Any:
        table: type[Any] = TABLES.get(change.kind) or CYCLE_TABLES[change.kind]
        query = select(table).where(table.key == change.key)
        fixed: dict[str, Any] = {"key": change.key}
        if change.kind in CYCLE_TABLES:
            fixed["cycle_id"] = self._id(Cycle, change.cycle)
            self.cycles.add(fixed["cycle_id"])
            query = query.where(table.cycle_id == fixed["cycle_id"])
        row = self.session.scalars(query).one_or_none()
        if row is not None:
            return row
        if hasattr(table, "position"):
            fixed["position"] = self.session.scalar(select(func.count()).select_from(table))
        row = table(**fixed)
        with self.session.no_autoflush:
            self.session.add(row)
        return row

    def _id(self, table: type[Any], key: str | None) -> int | None:
        if key is None:
            return None
        with self.session.no_autoflush:
            found: int = self.session.scalars(select(table.id).where(table.key == key)).one()
        return found

    def _cycle(self, row: Cycle, change: Change) -> None:
        row.start, row.end = change.fields["start"], change.fields["end"]

    def _team(self, row: Team, change: Change) -> None:
        row.name, row.kind = change.fields["name"], change.fields["kind"]
        row.parent_id = self._id(Team, change.fields["parent"])
        self.cycles.update(self.session.scalars(select(Cycle.id)))

    def _person(self, row: Person, change: Change) -> None:
        row.name, row.role = change.fields["name"], change.fields["role"]
        self.session.flush()
        for table in (Membership, Account):
            self.session.execute(delete(table).where(table.person_id == row.id))
        for team in dict.fromkeys(change.fields["teams"]):
            self.session.add(Membership(person_id=row.id, team_id=self._id(Team, team)))
        for tracker, external_id in change.fields["accounts"].items():
            account = Account(person_id=row.id, tracker=tracker, external_id=external_id)
            self.session.add(account)

    def _objective(self, row: Objective, change: Change) -> None:
        for name in ("title", "kind", "supports", "weight"):
            setattr(row, name, change.fields[name])
        row.team_id = self._id(Team, change.fields["team"]) or 0
        row.owner_id = self._id(Person, change.fields["owner"])

    def _key_result(self, row: KeyResult, change: Change) -> None:
        with self.session.no_autoflush:
            for name in KEY_RESULT_FIELDS:
                setattr(row, name, change.fields[name])
            row.limit_low, row.limit_high = change.fields["limits"] or (None, None)
            row.objective_id = self._objective_id(row.cycle_id, change.fields["objective"])
            row.owner_id = self._id(Person, change.fields["owner"])
        if "value" in change.changed:
            row.value_at = self.now if row.value is not None else None
        self.session.flush()
        self.key_results.add(row.id)
        if "links" in change.changed:
            self._links(row, change.fields["links"])

    def _objective_id(self, cycle_id: int, key: str) -> int:
        query = select(Objective.id).where(Objective.cycle_id == cycle_id, Objective.key == key)
        return self.session.scalars(query).one()

    def _links(self, row: KeyResult, wanted: Sequence[PlanLink]) -> None:
        """The list given is the whole list; a link keeps its history while its scope stays."""
        query = select(Link).where(Link.key_result_id == row.id, Link.ended_at.is_(None))
        held = list(self.session.scalars(query.order_by(Link.position)))
        rules = [rule_as_json(each.rule) for each in wanted]
        kept = _matched(held, wanted, rules)
        for position, (each, rule) in enumerate(zip(wanted, rules, strict=True)):
            link = kept.get(position)
            if link is None or link.rule != rule:
                link = self._ruled(link or self._new_link(row, each), rule)
            link.position = position
            self.touched_links.append(link)
        for link in held:
            if link not in kept.values():
                link.ended_at = self.now

    def _ruled(self, link: Link, rule: dict[str, Any]) -> Link:
        link.pending = link.rule is not None
        link.rule = rule
        self.session.flush()
        self._revise("link", link)
        return link

    def _new_link(self, row: KeyResult, wanted: PlanLink) -> Link:
        scope = wanted.scope
        link = Link(
            key_result_id=row.id,
            scope=scope.text,
            tracker=scope.tracker,
            kind=scope.kind,
            value=scope.value,
            connection_id=self._connection_id(scope.tracker, scope.connection),
            created_at=self.now,
            title="",
            url="",
        )
        with self.session.no_autoflush:
            self.session.add(link)
        return link

    def _connection_id(self, tracker: str, name: str | None) -> int | None:
        query = select(Connection.id).where(
            Connection.tracker == tracker, Connection.ended_at.is_(None)
        )
        if name is not None:
            query = query.where(Connection.name == name)
        with self.session.no_autoflush:
            return self.session.scalars(query).one_or_none()

    def _revise(self, kind: str, row: Base) -> None:
        columns = row.__table__.columns.keys()
        body = {name: _plain(getattr(row, name)) for name in columns if name not in {"id", "key"}}
        subject_id: int = row.id  # type: ignore[attr-defined]
        self.session.add(
            Revision(
                kind=kind,
                subject_id=subject_id,
                recorded_at=self.now,
                author=self.author,
                body=body,
            )
        )


def _matched(
    held: Sequence[Link], wanted: Sequence[PlanLink], rules: Sequence[dict[str, Any]]
) -> dict[int, Link]:
    """Position → the link that goes on there: those with the very same rule choose first."""
    kept: dict[int, Link] = {}
    for exact in (True, False):
        for position, each in enumerate(wanted):
            free = [
                link
                for link in held
                if link not in kept.values()
                and link.scope == each.scope.text
                and (link.rule == rules[position] or not exact)
            ]
            if position not in kept and free:
                kept[position] = free[0]
    return kept


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value

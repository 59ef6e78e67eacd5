"""Writes the changes of a plan into the store, each with the wording people can go back to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, event
from sqlalchemy.orm import Session, UOWTransaction

from connector.okr import rule_as_json
from connector.plans import Change, PlanLink
from connector.store.tables import (
    Account,
    Base,
    Cycle,
    KeyResult,
    Link,
    Membership,
    Objective,
    Person,
    Revision,
    Team,
)
from sync.planning.known import Known
from sync.planning.stored import KEY_RESULT_FIELDS

CYCLE_TABLES = {"objective": Objective, "key_result": KeyResult}
TABLES = {"cycle": Cycle, "team": Team, "person": Person}
REVISED = {"cycle", *CYCLE_TABLES}
FIXED = {"id", "key"}


@dataclass(slots=True)
class Writer:
    """One application of a plan; collects which key results, links and cycles it touched.

    Key results and their links wait for the next flush, so that thousands are written at once.
    """

    session: Session
    now: datetime
    author: str
    cycles: set[int] = field(default_factory=set)
    touched_links: list[Link] = field(default_factory=list)
    _touched: list[KeyResult] = field(default_factory=list)
    _known: Known = field(init=False)
    _unrevised: list[tuple[str, Base]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what is there as it is asked for, and write wordings once their rows have ids."""
        self._known = Known(self.session)
        event.listen(self.session, "after_flush_postexec", self._revise)

    @property
    def key_results(self) -> set[int]:
        """The ids of the key results touched; they have one after a flush."""
        return {row.id for row in self._touched}

    def write(self, change: Change) -> None:
        """Create or update one object."""
        with self.session.no_autoflush:
            row = self._row(change)
            getattr(self, f"_{change.kind}")(row, change)
            if change.kind in REVISED:
                self._unrevised.append((change.kind, row))
        if change.kind != "key_result":
            self.session.flush()  # others refer to it by its id

    def _row(self, change: Change) -> Any:
        table: type[Any] = TABLES.get(change.kind) or CYCLE_TABLES[change.kind]
        fixed: dict[str, Any] = {"key": change.key}
        if change.kind in CYCLE_TABLES:
            fixed["cycle_id"] = cycle_id = self._known.id(Cycle, change.cycle)
            self.cycles.add(cycle_id or 0)
        rows, place = self._known.rows(table), (fixed.get("cycle_id"), change.key)
        if place not in rows:
            if hasattr(table, "position"):
                fixed["position"] = len(rows)
            rows[place] = table(**fixed)
            self.session.add(rows[place])
        return rows[place]

    def _cycle(self, row: Cycle, change: Change) -> None:
        row.start, row.end = change.fields["start"], change.fields["end"]

    def _team(self, row: Team, change: Change) -> None:
        row.name, row.kind = change.fields["name"], change.fields["kind"]
        row.parent_id = self._known.id(Team, change.fields["parent"])
        self.cycles.update(self._known.cycle_ids())

    def _person(self, row: Person, change: Change) -> None:
        row.name, row.role = change.fields["name"], change.fields["role"]
        self.session.flush()
        for table in (Membership, Account):
            self.session.execute(delete(table).where(table.person_id == row.id))
        for team in dict.fromkeys(change.fields["teams"]):
            self.session.add(Membership(person_id=row.id, team_id=self._known.id(Team, team)))
        for tracker, external_id in change.fields["accounts"].items():
            account = Account(person_id=row.id, tracker=tracker, external_id=external_id)
            self.session.add(account)

    def _objective(self, row: Objective, change: Change) -> None:
        for name in ("title", "kind", "supports", "weight"):
            setattr(row, name, change.fields[name])
        row.team_id = self._known.id(Team, change.fields["team"]) or 0
        row.owner_id = self._known.id(Person, change.fields["owner"])

    def _key_result(self, row: KeyResult, change: Change) -> None:
        for name in KEY_RESULT_FIELDS:
            setattr(row, name, change.fields[name])
        row.limit_low, row.limit_high = change.fields["limits"] or (None, None)
        objective = self._known.id(Objective, change.fields["objective"], row.cycle_id)
        row.objective_id = objective or 0
        row.owner_id = self._known.id(Person, change.fields["owner"])
        if "value" in change.changed:
            row.value_at = self.now if row.value is not None else None
        self._touched.append(row)
        if "links" in change.changed:
            self._links(row, change.fields["links"])

    def _links(self, row: KeyResult, wanted: Sequence[PlanLink]) -> None:
        """The list given is the whole list; a link keeps its history while its scope stays."""
        held = self._known.links(row)
        rules = [rule_as_json(each.rule) for each in wanted]
        kept = _matched(held, wanted, rules)
        for position, (each, rule) in enumerate(zip(wanted, rules, strict=True)):
            link = kept.get(position) or self._new_link(row, each)
            link.position = position
            if link.rule != rule:
                link.pending = link.rule is not None
                link.rule = rule
                self._unrevised.append(("link", link))
            self.touched_links.append(link)
        for link in held:
            if link not in kept.values():
                link.ended_at = self.now

    def _new_link(self, row: KeyResult, wanted: PlanLink) -> Link:
        scope = wanted.scope
        link = Link(
            key_result=row,
            scope=scope.text,
            tracker=scope.tracker,
            kind=scope.kind,
            value=scope.value,
            connection_id=self._known.connection_id(scope.tracker, scope.connection),
            created_at=self.now,
            title="",
            url="",
        )
        self.session.add(link)
        return link

    def _revise(self, session: Session, _flushed: UOWTransaction) -> None:
        """Keep the wordings of what was just flushed."""
        waiting, self._unrevised = self._unrevised, []
        for kind, row in waiting:
            columns = row.__table__.columns.keys()
            body = {name: _plain(getattr(row, name)) for name in columns if name not in FIXED}
            subject_id: int = row.id  # type: ignore[attr-defined]
            wording = {"recorded_at": self.now, "author": self.author, "body": body}
            session.add(Revision(kind=kind, subject_id=subject_id, **wording))


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

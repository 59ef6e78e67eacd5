"""Writes a company straight into the tables: teams, objectives, links, items, movements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.okr import LinkRule, Measure, rule_as_json
from connector.store import tables as t
from sync.scores import rescore_cycle, rescore_key_results

T = TypeVar("T")
WORDS = (
    "Retry the queue after a broker restart",
    "Move invoices to the new ledger",
    "Remove the old scheduler",
    "Alert when a payment waits longer than a minute",
    "Write the runbook for failover",
    "Measure the time from click to receipt",
    "Give every refund its own page",
    "Drop support for the first API version",
)
STATUS = {"todo": "To Do", "doing": "In Review", "done": "Done", "dropped": "Won't Do"}


@dataclass
class Company:
    """Adds rows one by one and keeps what later rows point to."""

    session: Session
    now: datetime
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    teams: dict[str, t.Team] = field(default_factory=dict)

    def cycle(self, key: str, start: date, end: date) -> t.Cycle:
        return self._add(t.Cycle(key=key, start=start, end=end))

    def team(self, key: str, name: str, kind: str, parent: str | None = None) -> t.Team:
        above = self.teams[parent].id if parent else None
        team = t.Team(key=key, name=name, kind=kind, parent_id=above, position=next(self.ids))
        self.teams[key] = self._add(team)
        return team

    def person(self, key: str, name: str) -> t.Person:
        return self._add(t.Person(key=key, name=name, role="lead"))

    def objective(
        self, cycle: t.Cycle, team: str, key: str, title: str, *, supports: str = "", **more: str
    ) -> t.Objective:
        """``supports``: keys with spaces between them, the first leads the way up."""
        more.setdefault("kind", "committed")
        row = t.Objective(
            cycle_id=cycle.id, team_id=self.teams[team].id, key=key, title=title, state="active"
        )
        for name, value in more.items():
            setattr(row, name, value)
        row.position = next(self.ids)
        self._add(row)
        for position, target in enumerate(supports.split()):
            self.support(row, target, position)
        return row

    def support(self, objective: t.Objective, target: str, position: int = 0) -> None:
        """An objective supports one, or a key result, of its cycle."""
        for kind, table in (("objective", t.Objective), ("key_result", t.KeyResult)):
            query = select(table.id).where(
                table.cycle_id == objective.cycle_id, table.key == target
            )
            found = self.session.scalars(query).one_or_none()
            if found is not None:
                edge = t.Support(objective_id=objective.id, target_kind=kind, target_id=found)
                edge.weight, edge.position = 1.0, position
                self._add(edge)

    def worded(self, kind: str, row: t.Objective | t.KeyResult, at: datetime) -> None:
        """A row was written down as it is now, at an instant."""
        kept = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
        body = {name: value for name, value in kept.items() if not isinstance(value, datetime)}
        revision = t.Revision(kind=kind, subject_id=row.id, author="plan", body=body)
        revision.recorded_at = at
        self._add(revision)

    def key_result(
        self, objective: t.Objective, key: str, title: str, **more: object
    ) -> t.KeyResult:
        values = {"kind": "increase", "start": 0.0, "target": 100.0, "unit": "%", **more}
        row = t.KeyResult(
            cycle_id=objective.cycle_id, objective_id=objective.id, key=key, title=title, **values
        )
        row.position = next(self.ids)
        row.value_at = self.now
        return self._add(row)

    def connection(self, name: str, tracker: str, url: str, **more: object) -> t.Connection:
        row = t.Connection(uid=f"{name:0>32}"[-32:], name=name, tracker=tracker, url=url)
        row.options, row.token_cipher, row.hook_cipher = {}, b"", b""
        row.created_at, row.who = self.now, "worklift"
        for column, value in more.items():
            setattr(row, column, value)
        return self._add(row)

    def source(self, connection: t.Connection, key: str, **more: object) -> t.Source:
        row = t.Source(connection_id=connection.id, key=key, need={"scopes": [[key, key]]})
        row.looked_at = self.now - timedelta(seconds=20)
        row.due_at = self.now + timedelta(seconds=40)
        for column, value in more.items():
            setattr(row, column, value)
        return self._add(row)

    def link(
        self, key_result: t.KeyResult, source: t.Source, scope: str, title: str = "", **rule: object
    ) -> t.Link:
        tracker, kind, value = scope.split(":", 2)
        row = t.Link(
            key_result_id=key_result.id,
            scope=scope,
            tracker=tracker,
            kind=kind,
            value=value,
            title=title,
            connection_id=source.connection_id,
            source_id=source.id,
            rule=rule_as_json(LinkRule(**rule)),
            created_at=self.now - timedelta(days=40),
            looked_at=source.looked_at,
        )
        row.position = next(self.ids)
        return self._add(row)

    def work(self, link: t.Link, source: t.Source, prefix: str, states: str) -> None:
        """Items in one letter each: t(odo), g (doing), d(one), x (dropped); then the reading."""
        letters = {"t": "todo", "g": "doing", "d": "done", "x": "dropped"}
        for number, letter in enumerate(states, 1):
            self.item(link, source, f"{prefix}{number}", letters[letter])
        self.read(link)

    def item(self, link: t.Link, source: t.Source, key: str, state: str, title: str = "") -> t.Item:
        place = next(self.ids)
        moved = self.now - timedelta(hours=7 * (place % 40) + 1)
        item = self._add(
            t.Item(
                connection_id=source.connection_id,
                source_id=source.id,
                external_id=str(place),
                key=key,
                title=title or WORDS[place % len(WORDS)],
                url=f"https://tracker.example.com/browse/{key}",
                status=STATUS[state],
                category="todo",
                type="Story",
                level=0,
                pull_request=False,
                labels=[],
                numbers={},
                created_at=link.created_at,
                updated_at=moved,
                state_at=moved,
            )
        )
        self._version(link, item, "todo", link.created_at, until=None if state == "todo" else moved)
        if state != "todo":
            self._version(link, item, state, moved, until=None)
        return item

    def finish(self, link: t.Link, key: str) -> None:
        """Close an item, as a sync would after the tracker said so."""
        query = select(t.Contribution).where(
            t.Contribution.item_key == key, t.Contribution.replaced_at.is_(None)
        )
        held = self.session.scalars(query).one()
        held.valid_to = held.replaced_at = self.now
        item = self.session.get_one(t.Item, held.item_id)
        self._version(link, item, "done", self.now, until=None)
        self.read(link)

    def told(self, link: t.Link, item: t.Item, *, state: str, since: datetime) -> None:
        """A version from before the link was read, as the tracker's own history tells it."""
        made = link.created_at
        self._version(link, item, state, since, until=made, cause="history", recorded=made)

    def _version(
        self,
        link: t.Link,
        item: t.Item,
        state: str,
        since: datetime,
        *,
        until: datetime | None,
        cause: str = "",
        recorded: datetime | None = None,
    ) -> None:
        included = state != "dropped"
        self._add(
            t.Contribution(
                link_id=link.id,
                item_id=item.id,
                item_key=item.key,
                state=state,
                status=STATUS[state],
                done=float(state == "done"),
                total=float(included),
                in_scope=True,
                included=included,
                sized=True if included else None,
                reason="" if included else "dropped in the tracker: Won't Do",
                cause=cause or ("linked" if since == link.created_at else "tracker"),
                valid_from=since,
                valid_to=until,
                recorded_at=recorded or since,
                replaced_at=until,
            )
        )

    def read(self, link: t.Link) -> None:
        """Compute the link's reading, its key result's score and all above it."""
        query = select(t.Contribution).where(
            t.Contribution.link_id == link.id, t.Contribution.replaced_at.is_(None)
        )
        rows = list(self.session.scalars(query))
        found = ledger.reading(Measure(**link.rule["measure"]), rows)
        reading = self.session.get(t.Reading, link.id) or t.Reading(link_id=link.id)
        reading.done, reading.total, reading.value = found.done, found.total, found.value
        reading.coverage, reading.items = found.coverage, found.items
        reading.excluded, reading.computed_at = found.excluded, self.now
        reading.since = reading.since or link.created_at
        self._add(reading)
        self.score()

    def score(self) -> None:
        """Compute every score of every cycle."""
        ids = set(self.session.scalars(select(t.KeyResult.id)))
        rescore_key_results(self.session, ids, self.now)
        for cycle_id in self.session.scalars(select(t.Cycle.id)).all():
            rescore_cycle(self.session, cycle_id, self.now)

    def _add(self, row: T) -> T:
        self.session.add(row)
        self.session.flush()
        return row

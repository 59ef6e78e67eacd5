"""The works that are measured, each against reading the rows it is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Select, case, select, update
from sqlalchemy.orm import Session

from benchmarks.speed import company
from benchmarks.speed.timing import Ratio, medians
from connector import ledger, rollup
from connector.mapping import FieldMapping, NumberField, Words
from connector.okr import Measure
from connector.store import Store
from connector.store.tables import (
    Contribution,
    Cycle,
    Item,
    ItemTag,
    KeyResult,
    Link,
    Objective,
    Override,
    Reading,
    Score,
    Support,
    Team,
)
from integrations.jira import SPEC
from sync import standings, values
from sync.reckon import reckon
from sync.reports.past import versions_of
from sync.scores import alone, rescore_cycle, rescore_key_results
from sync.sources import Bound

ROUNDS, FEW = 7, 3
MAPPING = FieldMapping(Words(points=(NumberField("points"),)))
OF_COMPANY = (KeyResult, Link, Reading, Score, Objective, Support, Team, Override)
ITEMS, MOVEMENTS = 1_000, 10_000
WORK, MOVED = 1, 2  # ids of links


@dataclass(frozen=True)
class Cases:
    """A company in a store, and a clock that goes on with every change."""

    store: Store
    tick: Any = field(default_factory=count)

    def scored(self) -> None:
        """Score the company for the first time."""
        with self.store.write() as session:
            self._reckon(session, WORK)
            self._score(session)

    def one_item(self, name: str) -> Ratio:
        """A link of 1,000 items after one of them changed."""
        return self._link(name, [next(iter(self._ids()))], target=3)

    def every_item(self) -> Ratio:
        """The same link after all of its items changed."""
        return self._link("link of 1,000 items, all changed", self._ids(), target=None)

    def unchanged(self) -> Ratio:
        """The whole company where nothing changed."""
        return self._company("company, nothing changed", None, target=3)

    def changed(self) -> Ratio:
        """The whole company after every reading changed."""
        return self._company("company, everything changed", self._move_readings, target=3)

    def pure(self) -> Ratio:
        """The numbers of the company alone, from values that are there."""
        with self.store.read() as session:
            rows = {each: session.scalars(select(each)).all() for each in OF_COMPANY}
        readings = {row.link_id: row for row in rows[Reading]}
        given = [
            (row.id, values.key_result(row), [values.rule(link)], [readings[link.id]])
            for row, link in zip(rows[KeyResult], rows[Link], strict=True)
        ]

        def compute() -> None:
            found = {}
            for key, definition, rules, read in given:
                value, partial = ledger.computed(definition, rules, read)
                number = ledger.number(definition, value, partial=partial, linked=True)
                found[key] = number.score
            above = (rows[each] for each in (Objective, Support, Team))
            rollup.roll_up(standings.tree(rows[KeyResult], *above, scores=found))

        read = (lambda: self._read(OF_COMPANY), lambda: self._objects(OF_COMPANY))
        times = medians([compute, *read], rounds=FEW)
        return Ratio("company, computed only", *times, 3)

    def quarter(self) -> Ratio:
        """The movement list of a link with 10,000 of them, with its query."""
        mine = select(Contribution).where(Contribution.link_id == MOVED)
        read = (self._reader(mine, plain=True), self._reader(mine, plain=False))
        times = medians([self._listed, *read], rounds=ROUNDS)
        return Ratio("10,000 movements, against plain rows", *times, None)

    def quarter_as_loaded(self) -> Ratio:
        """The same against its own query, as the code loads its versions."""
        mine = select(Contribution).where(Contribution.link_id == MOVED)
        with self.store.read() as session:
            works = [
                self._listed,
                lambda: versions_of(session, [MOVED]),
                self._reader(mine, plain=False),
            ]
            times = medians(works, rounds=ROUNDS)
        return Ratio("10,000 movements, against its own query", *times, 2)

    def _listed(self) -> None:
        with self.store.read() as session:
            found = ledger.movements(Measure(of="points"), versions_of(session, [MOVED])[MOVED])
        if len(found) != MOVEMENTS:
            raise SystemExit(f"{len(found)} movements instead of {MOVEMENTS}")

    def _link(self, name: str, ids: list[int], *, target: float | None) -> Ratio:
        items = (
            select(Item)
            .join(ItemTag, ItemTag.item_id == Item.id)
            .where(ItemTag.tag == f"project:P{WORK}")
        )
        held = select(Contribution).where(
            Contribution.link_id == WORK, Contribution.replaced_at.is_(None)
        )

        def reading(*, plain: bool) -> Callable[[], None]:
            readers = [self._reader(each, plain=plain) for each in (items, held)]

            def read() -> None:
                for each in readers:
                    each()
                self._commit()

            return read

        works = [self._recompute, reading(plain=True), reading(plain=False)]
        times = medians(works, rounds=ROUNDS, before=lambda: self._turn(ids))
        return Ratio(name, *times, target)

    def _recompute(self) -> None:
        with self.store.write() as session:
            alone(session)
            self._reckon(session, WORK)

    def _reckon(self, session: Session, link_id: int) -> None:
        link = session.get_one(Link, link_id)
        kind = SPEC.kind(link.kind)
        if kind is None:
            raise SystemExit(f"there is no scope kind {link.kind}")
        now = company.NOW + timedelta(minutes=next(self.tick))
        reckon(session, [Bound(link, kind, "")], MAPPING, now)

    def _turn(self, ids: list[int]) -> None:
        """Finish these items, or open them again."""
        is_done = Item.category == "done"
        with self.store.write() as session:
            turned = {
                "category": case((is_done, "todo"), else_="done"),
                "status": case((is_done, "To Do"), else_="Done"),
            }
            session.execute(update(Item).where(Item.id.in_(ids)).values(turned))

    def _ids(self) -> list[int]:
        first = WORK * 100_000
        return list(range(first, first + ITEMS))

    def _commit(self) -> None:
        with self.store.write() as session:
            number = next(self.tick)
            session.execute(update(Cycle).values(state="active" if number % 2 else "review"))

    def _company(self, name: str, before: Callable[[], None] | None, *, target: float) -> Ratio:
        def rescore() -> None:
            with self.store.write() as session:
                alone(session)
                self._score(session)

        works = [rescore, lambda: self._read(OF_COMPANY), lambda: self._objects(OF_COMPANY)]
        return Ratio(name, *medians(works, rounds=FEW, before=before), target)

    def _score(self, session: Session) -> None:
        ids = session.scalars(select(KeyResult.id)).all()
        now = company.NOW + timedelta(minutes=next(self.tick))
        rescore_key_results(session, ids, now)
        rescore_cycle(session, company.CYCLE, now)

    def _move_readings(self) -> None:
        other = {"done": Reading.total - Reading.done, "value": 1 - Reading.value}
        with self.store.write() as session:
            session.execute(update(Reading).values(other))

    def _read(self, tables: tuple[type[Any], ...]) -> None:
        for each in tables:
            self._reader(select(each), plain=True)()

    def _objects(self, tables: tuple[type[Any], ...]) -> None:
        with self.store.read() as session:
            for each in tables:
                session.scalars(select(each)).all()

    def _reader(self, query: Select[Any], *, plain: bool) -> Callable[[], None]:
        """Reads whole rows, as tuples or as objects."""

        def read() -> None:
            with self.store.read() as session:
                if plain:
                    session.connection().execute(query).all()
                else:
                    session.scalars(query).all()

        return read

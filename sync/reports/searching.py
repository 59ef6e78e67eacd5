"""Search: people, teams, objectives, key results and work items, by key or words."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from connector.store.folding import Folded, fold
from connector.store.tables import (
    Connection,
    Cycle,
    Item,
    KeyResult,
    Membership,
    Objective,
    Person,
    Team,
)
from sync.reports.items import is_page

Kind = Literal["people", "teams", "objectives", "key_results", "items"]
KINDS: Final[tuple[Kind, ...]] = ("key_results", "objectives", "items", "teams", "people")
SHOWN: Final = 8
"""Of each kind, where all kinds are shown."""
PORTION: Final = 25
"""Of one kind, where only that one is."""
LONGEST, MOST_WORDS = 200, 8
UNSETTLED = ("draft", "candidate")
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: in one ``kind`` alone its portions can be turned, from 0 on.

    ``hidden`` are connections whose items are left out. ``drafts`` are the teams whose drafts may
    be seen; None for all.
    """

    text: str
    kind: Kind | None = None
    portion: int = 0
    hidden: Collection[int] = ()
    drafts: Collection[str] | None = None

    @property
    def folded(self) -> str:
        """The text as it is compared."""
        return " ".join(fold(self.text[:LONGEST]).split())

    @property
    def span(self) -> tuple[int, int]:
        """(how many, from where): one more than is shown tells whether there are more."""
        if self.kind is None:
            return SHOWN, 0
        return PORTION, PORTION * max(0, self.portion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found; ``exact``: by its whole key. ``cycle`` is "" outside cycles.

    ``team`` and ``team_name`` say where an objective or key result belongs, ``teams`` are a
    person's by key and name. ``state`` is an objective's, ``status`` a work item's.
    """

    kind: Kind
    key: str
    title: str
    exact: bool
    cycle: str = ""
    team: str = ""
    team_name: str = ""
    teams: tuple[tuple[str, str], ...] = ()
    state: str = ""
    status: str = ""
    tracker: str = ""
    connection: str = ""
    url: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found of one kind; ``more``: there is another portion."""

    kind: Kind
    hits: tuple[Hit, ...]
    more: bool

    @property
    def exact(self) -> bool:
        """Whether the text is the whole key of one of them."""
        return any(each.exact for each in self.hits)


def search(session: Session, wanted: Wanted) -> tuple[Hits, ...]:
    """What was found, by kind; what has the text as its key comes first. One statement a kind."""
    if not wanted.folded:
        return ()
    found = []
    for kind in KINDS if wanted.kind is None else (wanted.kind,):
        hits = _OF_KIND[kind](session, wanted)
        if hits:
            size = wanted.span[0]
            found.append(Hits(kind=kind, hits=tuple(hits[:size]), more=len(hits) > size))
    return tuple(sorted(found, key=lambda each: not each.exact))


Column = InstrumentedAttribute[str]


def _all_words(wanted: Wanted, key: Column, title: Column) -> ColumnElement[bool]:
    """Each word is somewhere in the key or the title."""
    text: ColumnElement[str] = Folded(key + " " + title)
    words = wanted.folded.split()[:MOST_WORDS]
    return and_(*(text.contains(each, autoescape=True) for each in words))


def _rank(wanted: Wanted, key: Column, title: Column | None = None) -> ColumnElement[int]:
    """The whole key, then the beginning of a key, then of a title, then the rest."""
    begins = wanted.folded
    whole = case((func.length(key) == len(begins), 0), else_=1)
    ranks: list[tuple[ColumnElement[bool], ColumnElement[int] | int]] = [
        (Folded(key).startswith(begins, autoescape=True), whole)
    ]
    if title is not None:
        ranks.append((Folded(title).startswith(begins, autoescape=True), 2))
    return case(*ranks, else_=3)


def _portion(query: Select[*Columns], wanted: Wanted) -> Select[*Columns]:
    size, first = wanted.span
    return query.limit(size + 1).offset(first)


def _is_seen(wanted: Wanted) -> ColumnElement[bool]:
    """Drafts only of teams whose drafts may be seen."""
    settled = and_(Cycle.state != "draft", Objective.state.not_in(UNSETTLED))
    return or_(settled, Team.key.in_(wanted.drafts or ()))


def _people(session: Session, wanted: Wanted) -> list[Hit]:
    words = _all_words(wanted, Person.key, Person.name)
    query = select(Person).where(words, ~Person.retired)
    ranked = query.order_by(_rank(wanted, Person.key, Person.name), Person.name, Person.key)
    rows = session.scalars(_portion(ranked, wanted)).all()
    teams = _teams_of(session, [row.id for row in rows])
    return [
        Hit(
            kind="people",
            key=row.key,
            title=row.name,
            exact=fold(row.key) == wanted.folded,
            teams=tuple((key, name) for person, key, name in teams if person == row.id),
        )
        for row in rows
    ]


def _teams_of(session: Session, people: Sequence[int]) -> list[tuple[int, str, str]]:
    """(person, team's key and name) for all of these."""
    query = (
        select(Membership.person_id, Team.key, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.person_id.in_(people), ~Team.retired)
        .order_by(Team.position, Team.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)] if people else []


def _teams(session: Session, wanted: Wanted) -> list[Hit]:
    query = select(Team).where(_all_words(wanted, Team.key, Team.name), ~Team.retired)
    ranked = query.order_by(_rank(wanted, Team.key, Team.name), Team.position, Team.id)
    return [
        Hit(kind="teams", key=row.key, title=row.name, exact=fold(row.key) == wanted.folded,
            state=row.kind)
        for row in session.scalars(_portion(ranked, wanted))
    ]  # fmt: skip


def _objectives(session: Session, wanted: Wanted) -> list[Hit]:
    query = (
        select(Objective, Team, Cycle)
        .join(Team, Team.id == Objective.team_id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(_all_words(wanted, Objective.key, Objective.title))
    )
    if wanted.drafts is not None:
        query = query.where(_is_seen(wanted))
    rank = _rank(wanted, Objective.key, Objective.title)
    ranked = query.order_by(rank, Cycle.start.desc(), Objective.position, Objective.id)
    found = session.execute(_portion(ranked, wanted))
    return [_placed(wanted, row[0], team=row[1], cycle=row[2]) for row in found]


def _key_results(session: Session, wanted: Wanted) -> list[Hit]:
    query = (
        select(KeyResult, Team, Cycle)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(_all_words(wanted, KeyResult.key, KeyResult.title), ~KeyResult.retired)
    )
    if wanted.drafts is not None:
        query = query.where(_is_seen(wanted))
    rank = _rank(wanted, KeyResult.key, KeyResult.title)
    ranked = query.order_by(rank, Cycle.start.desc(), KeyResult.position, KeyResult.id)
    found = session.execute(_portion(ranked, wanted))
    return [_placed(wanted, row[0], team=row[1], cycle=row[2]) for row in found]


def _placed(wanted: Wanted, row: Objective | KeyResult, *, team: Team, cycle: Cycle) -> Hit:
    is_objective = isinstance(row, Objective)
    return Hit(
        kind="objectives" if is_objective else "key_results",
        key=row.key,
        title=row.title,
        exact=fold(row.key) == wanted.folded,
        cycle=cycle.key,
        team=team.key,
        team_name=team.name,
        state=row.state if isinstance(row, Objective) else "",
    )


def _items(session: Session, wanted: Wanted) -> list[Hit]:
    text = wanted.text.strip()
    is_address = text.lower().startswith(("http://", "https://"))
    meant = is_page(text) if is_address else _all_words(wanted, Item.key, Item.title)
    query = (
        select(Item, Connection)
        .join(Connection, Connection.id == Item.connection_id)
        .where(meant, Connection.ended_at.is_(None), Connection.id.not_in(wanted.hidden))
    )
    rank = _rank(wanted, Item.key)  # there are many: each further word of SQL is felt
    newest = (Item.gone_at.is_not(None), Item.updated_at.desc(), Item.id)
    rows: Iterable[Any] = session.execute(_portion(query.order_by(rank, *newest), wanted))
    return [_item(item, at, wanted) for item, at in rows]


def _item(item: Item, connection: Connection, wanted: Wanted) -> Hit:
    return Hit(
        kind="items",
        key=item.key,
        title=item.title,
        exact=wanted.folded in {fold(item.key), fold(item.url)},
        status=item.status,
        tracker=connection.tracker,
        connection=connection.name,
        url=item.url,
        gone=item.gone_at is not None,
    )


_OF_KIND = {
    "people": _people,
    "teams": _teams,
    "objectives": _objectives,
    "key_results": _key_results,
    "items": _items,
}

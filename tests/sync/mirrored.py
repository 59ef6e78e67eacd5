"""Work in the mirror laid out at will, and its coverage reckoned item by item."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.coverage import Period, is_work
from connector.mapping import FieldMapping
from connector.okr import LinkRule, rule_as_json
from connector.store import tables as t
from connector.work import WorkItem
from integrations.tracker import Tracker
from sync import values

PERIOD = Period(
    datetime.fromisoformat("2026-01-01T00:00Z"), datetime.fromisoformat("2026-04-01T00:00Z")
)
NOW = PERIOD.begin + timedelta(days=50)
CYCLE = "2026-Q1"
MAPPINGS: tuple[dict[str, Any], ...] = (
    {},
    {"labels": {"Parked": "dropped", "Go": "doing"}, "statuses": {"Released": "todo"}},
    {"places": {"acme/API": {"labels": {"Parked": "dropped"}, "statuses": {"To Do": "dropped"}}}},
    {"boards": {"acme/3/Done": "done", "Later": "dropped"}, "categories": {"done": "doing"}},
    {"types": {"Epic": {"counts": "item"}, "Bug": {"counts": "never"}}, "dropped": ["Duplicate"]},
)
"""Field mappings, each of which reads something else of an item."""
STATUSES = (
    ("To Do", "todo"),
    ("Doing", "doing"),
    ("Done", "done"),
    ("Released ", "done"),
    ("?", "unknown"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One item of ordinary work, as it is reckoned by itself."""

    connection: str
    place: str
    key: str
    created_at: datetime
    linked: datetime | None


def lay_plan(session: Session) -> None:
    """Two cycles with two objectives each, one of them put off; a link each, and one that ended."""
    session.add(t.Team(id=1, key="acme", name="Acme", kind="company", position=0))
    first = (date(2026, 1, 1), date(2026, 4, 1))
    for number, begin in enumerate(first, 1):
        session.add(
            t.Cycle(id=number, key=f"2026-Q{number}", start=begin, end=begin + timedelta(days=89))
        )
    session.flush()
    for number in range(1, 6):
        state = "postponed" if number == 4 else "active"
        cycle = 2 if number == 5 else 1
        session.add(t.Objective(id=number, key=f"O{number}", cycle_id=cycle, team_id=1, title="Pay",
                                kind="committed", state=state, position=number))  # fmt: skip
        session.flush()
        session.add(t.KeyResult(id=number, key=f"K{number}", cycle_id=cycle, objective_id=number,
                                title="Paid", kind="increase", retired=number == 3, steps=[],
                                value_at=NOW, position=number))  # fmt: skip
    session.flush()


def lay_work(session: Session, seed: int, items: int) -> None:
    """Connections with a mapping each and items of any kind, some of which links hold or held."""
    chance = Random(seed)
    for table in (t.Contribution, t.ItemTag, t.Item, t.Link, t.Source, t.Connection):
        session.execute(delete(table))
    for number, tracker in enumerate(("jira", "github"), 1):
        row = t.Connection(id=number, uid=f"{number:032}", name=tracker, tracker=tracker, who="")
        row.url, row.token_cipher, row.hook_cipher = "https://tracker.example.com", b"", b""
        row.options = {"mapping": MAPPINGS[(seed + number) % len(MAPPINGS)]}
        row.created_at, row.ended_at = NOW, NOW if seed > len(MAPPINGS) and number == 2 else None
        session.add(row)
        session.flush()
        session.add(t.Source(id=number, connection_id=number, key="", need={}))
    session.flush()
    for number in range(1, 7):
        ended = NOW if number == 6 else None
        session.add(t.Link(id=number, key_result_id=min(number, 5), scope=f"jira:label:P/{number}",
                           tracker="jira", kind="label", value=f"P/{number}", connection_id=1,
                           source_id=1, rule=rule_as_json(LinkRule()), created_at=NOW,
                           ended_at=ended))  # fmt: skip
    for number in range(1, items + 1):
        _lay_item(session, chance, number)
    session.flush()


def _lay_item(session: Session, chance: Random, number: int) -> None:
    made = PERIOD.begin + timedelta(days=chance.randrange(-40, 100), minutes=number % 3)
    status, category = chance.choice(STATUSES)
    row = t.Item(
        id=number, connection_id=chance.choice((1, 2)), source_id=1, external_id=str(number),
        key=f"P-{number}", title="Work 100%" if number % 7 == 0 else f"Work {number}", url="",
        status=status, category=category, type=chance.choice(("Story", "bug", "Epic")),
        place=chance.choice(("", "acme/api", "PLAT", "plat")), level=chance.choice((0, 0, 0, 1)),
        pull_request=chance.random() < 0.1, resolution=chance.choice((None, "Done", "duplicate")),
        labels=chance.choice(([], ["go"], ["parked", "x"])), numbers={}, created_at=made,
        updated_at=made, state_at=made + timedelta(days=chance.randrange(60)),
        gone_at=NOW if chance.random() < 0.05 else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for tag in chance.sample(
        ("board:acme/3/Done", "board:acme/4/Later", "label:P/go"), chance.randrange(4)
    ):
        session.add(t.ItemTag(item_id=number, tag=tag))
    for link in chance.sample(range(1, 7), chance.choice((0, 0, 1, 2))):
        at = PERIOD.begin + timedelta(days=chance.randrange(45))
        until = chance.choice((None, NOW))
        session.add(t.Contribution(
            link_id=link, item_id=number, item_key=row.key, state="todo", status=status, done=0.0,
            total=1.0, in_scope=chance.random() < 0.9, included=True, sized=True, reason="",
            cause="tracker", valid_from=at, recorded_at=at, replaced_at=until,
        ))  # fmt: skip


def reckoned(session: Session, trackers: dict[str, Tracker]) -> list[Seen]:
    """The ordinary work, item by item."""
    found = []
    for connection in session.scalars(select(t.Connection).where(t.Connection.ended_at.is_(None))):
        mapping = values.field_mapping(connection, trackers[connection.tracker].spec)
        mine = select(t.Item).where(t.Item.connection_id == connection.id, t.Item.gone_at.is_(None))
        for row in session.scalars(mine):
            if row.created_at < PERIOD.end and _is_work(session, row, mapping):
                linked = _linked(session, row)
                found.append(Seen(connection.name, row.place, row.key, row.created_at, linked))
    return found


def _is_work(session: Session, row: t.Item, mapping: FieldMapping) -> bool:
    tags = session.scalars(select(t.ItemTag.tag).where(t.ItemTag.item_id == row.id))
    names = ("key", "title", "url", "status", "category", "type", "created_at", "updated_at",
             "state_at", "resolution", "place", "level", "pull_request")  # fmt: skip
    held: dict[str, Any] = {name: getattr(row, name) for name in names}
    item = WorkItem(external_id="", labels=tuple(row.labels), tags=frozenset(tags), **held)
    return is_work(item, mapping, PERIOD)


def _linked(session: Session, row: t.Item) -> datetime | None:
    """Since when it serves a key result of the first cycle; None for what serves none."""
    query = select(t.Contribution).where(t.Contribution.item_id == row.id, t.Contribution.in_scope)
    # Of the links only the first two are of an active objective of the cycle, and still stand.
    held = [each for each in session.scalars(query) if each.link_id in {1, 2}]
    if all(each.replaced_at is not None for each in held):
        return None
    return max(row.created_at, min(each.recorded_at for each in held))


def by_week(found: list[Seen], ends: list[datetime]) -> list[tuple[int, int]]:
    """(what had come, what had been linked) until the end of each week."""
    came = [bisect_left(ends, each.created_at) for each in found]
    tied = [bisect_left(ends, each.linked) for each in found if each.linked]
    return [
        (sum(one <= n for one in came), sum(one <= n for one in tied)) for n in range(len(ends))
    ]

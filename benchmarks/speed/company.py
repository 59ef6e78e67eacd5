"""A company written straight into the tables: teams, objectives, key results, links, readings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from connector.okr import LinkRule, Measure, rule_as_json
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    Item,
    ItemTag,
    KeyResult,
    Link,
    Objective,
    Override,
    Reading,
    Source,
    Support,
    Team,
)

NOW = datetime(2026, 2, 15, 12, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CYCLE = 1
STATES = {"todo": "To Do", "doing": "In Progress", "done": "Done"}


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each a company has; every key result has one link."""

    teams: int = 500
    objectives: int = 2_500
    key_results: int = 10_000


def write(session: Session, size: Size) -> None:
    """A cycle with all its teams, objectives, key results, links and readings."""
    random = Random(8)
    _place(session)
    # Each team lies below an earlier one; the first is the company.
    teams = [(n, None if n == 1 else 1 + (n - 2) // 7) for n in range(1, size.teams + 1)]
    _rows(session, Team, (_team(number, above) for number, above in teams))
    objectives = range(1, size.objectives + 1)
    _rows(session, Objective, (_objective(n, 1 + n % size.teams) for n in objectives))
    # Every tenth objective supports an earlier one that takes children as well.
    supports = range(10, size.objectives + 1, 10)
    rows = ({"objective_id": n, "target_kind": "objective", "target_id": n // 10, "weight": 1.0,
             "position": 0} for n in supports)  # fmt: skip
    _rows(session, Support, rows)
    key_results = range(1, size.key_results + 1)
    _rows(session, KeyResult, (_key_result(n, 1 + n % size.objectives) for n in key_results))
    _rows(session, Link, (_link(n, n) for n in key_results))
    _rows(session, Reading, (_reading(n, random) for n in key_results))
    over = range(100, size.key_results + 1, 100)
    _rows(session, Override, (_override(n) for n in over))


def work(session: Session, link_id: int, items: int) -> None:
    """A link with its items, each finished or not; every item has a former version too."""
    random = Random(link_id)
    first = link_id * 100_000
    ids = range(first, first + items)
    states = {n: random.choice(list(STATES)) for n in ids}
    points = {n: float(random.choice((1, 2, 3, 5, 8))) for n in ids}
    _rows(session, Item, (_item(n, states[n], points[n]) for n in ids))
    _rows(session, ItemTag, ({"item_id": n, "tag": f"project:P{link_id}"} for n in ids))
    then = BEGIN + timedelta(days=1)
    old = (_version(link_id, n, "todo", points[n], (then, NOW)) for n in ids)
    new = (_version(link_id, n, states[n], points[n], (NOW, None)) for n in ids)
    _rows(session, Contribution, old)
    _rows(session, Contribution, new)


def moved(session: Session, link_id: int, movements: int) -> None:
    """A link whose items changed so often in a quarter that it has that many movements."""
    items, first = movements // 10, link_id * 100_000
    _rows(session, Item, (_item(first + n, "todo", 1.0) for n in range(items)))
    step = timedelta(days=90) / movements
    rows = []
    for number in range(movements):
        at, place = BEGIN + number * step, first + number % items
        state = "todo" if number // items % 2 == 0 else "done"
        ends = at + items * step if number + items < movements else None
        rows.append(_version(link_id, place, state, 1.0 + number % 5, (at, ends)))
    _rows(session, Contribution, rows)


def _rows(session: Session, into: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    session.execute(insert(into), list(rows))


def _place(session: Session) -> None:
    cycle = {"id": CYCLE, "key": "2026-Q1", "start": date(2026, 1, 1), "end": date(2026, 3, 31)}
    _rows(session, Cycle, [cycle])
    connection = {"id": 1, "uid": "0" * 32, "name": "jira", "tracker": "jira", "who": "",
                  "url": "https://tracker.example.com", "options": {}, "token_cipher": b"",
                  "hook_cipher": b"", "created_at": BEGIN}  # fmt: skip
    _rows(session, Connection, [connection])
    _rows(session, Source, [{"id": 1, "connection_id": 1, "key": "", "need": {}}])


def _team(number: int, above: int | None) -> dict[str, Any]:
    kind = "company" if above is None else "team"
    return {"id": number, "key": f"T{number}", "name": f"Team {number}", "kind": kind,
            "parent_id": above, "position": number}  # fmt: skip


def _objective(number: int, team_id: int) -> dict[str, Any]:
    takes = "both" if number % 9 == 1 else "key_results"
    return {"id": number, "cycle_id": CYCLE, "key": f"O{number}", "team_id": team_id,
            "title": f"Objective {number}", "kind": "committed", "takes": takes,
            "weight": 1.0 + number % 3, "position": number}  # fmt: skip


def _key_result(number: int, objective_id: int) -> dict[str, Any]:
    return {"id": number, "cycle_id": CYCLE, "objective_id": objective_id, "key": f"K{number}",
            "title": f"Key result {number}", "kind": "increase", "start": 0.0, "target": 100.0,
            "unit": "%", "weight": 1.0 + number % 2, "steps": [], "position": number,
            "value_at": BEGIN}  # fmt: skip


def _link(number: int, key_result_id: int) -> dict[str, Any]:
    measure = Measure(of="points" if number == 1 else "count")
    return {"id": number, "key_result_id": key_result_id, "scope": f"jira:project:P{number}",
            "tracker": "jira", "kind": "project", "value": f"P{number}", "connection_id": 1,
            "source_id": 1, "rule": rule_as_json(LinkRule(measure=measure)), "created_at": BEGIN,
            "looked_at": NOW}  # fmt: skip


def _reading(link_id: int, random: Random) -> dict[str, Any]:
    total = float(random.randrange(5, 60))
    done = float(random.randrange(0, int(total)))
    return {"link_id": link_id, "done": done, "total": total, "value": done / total,
            "coverage": 1.0, "items": int(total), "excluded": 0, "since": BEGIN,
            "computed_at": BEGIN}  # fmt: skip


def _override(key_result_id: int) -> dict[str, Any]:
    return {"key_result_id": key_result_id, "value": 40.0, "reason": "Counted by hand",
            "author": "Platform lead", "made_at": BEGIN}  # fmt: skip


def _item(number: int, state: str, points: float) -> dict[str, Any]:
    return {"id": number, "connection_id": 1, "source_id": 1, "external_id": str(number),
            "key": f"P-{number}", "title": f"Work item {number}", "status": STATES[state],
            "url": f"https://tracker.example.com/browse/P-{number}", "category": state,
            "type": "Story", "place": "P", "level": 0, "pull_request": False,
            "labels": ["backend"], "numbers": {"points": points}, "created_at": BEGIN,
            "updated_at": NOW, "state_at": NOW, "unreckoned": False}  # fmt: skip


def _version(
    link_id: int, item_id: int, state: str, points: float,
    recorded: tuple[datetime, datetime | None],
) -> dict[str, Any]:  # fmt: skip
    at, until = recorded
    return {"link_id": link_id, "item_id": item_id, "item_key": f"P-{item_id}", "state": state,
            "status": STATES[state], "done": points if state == "done" else 0.0, "total": points,
            "in_scope": True, "included": True, "sized": True, "reason": "", "cause": "tracker",
            "valid_from": at, "valid_to": until, "recorded_at": at,
            "replaced_at": until}  # fmt: skip

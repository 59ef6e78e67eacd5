"""A report that takes again what did not change is the one that is made from nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.policy import DEFAULT, policy_as_json
from connector.report import CycleReport, KeyResultReport
from connector.settings import Settings
from connector.store import Store
from connector.store import tables as t
from sync.reports.cycle import cycle_report, made_now
from sync.reports.memory import Memory
from sync.scores import alone
from tests.web import acme
from tests.web.company import Company

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SETTINGS = Settings(home=Path(), database_url="")
CYCLE = "2026-Q4"
STRICT = policy_as_json(replace(DEFAULT, pass_marks={"committed": 0.9, "aspirational": 0.9}))
Change = Callable[[Session], object]


@pytest.fixture(autouse=True)
def company(store: Store) -> None:
    with store.write() as session:
        alone(session)
        acme.build(Company(session, NOW))


def first(session: Session, table: type[t.Base]) -> t.Base:
    return session.scalars(select(table).order_by(*table.__table__.primary_key)).first()  # type: ignore[return-value]


def said(session: Session) -> None:
    row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-2")).one()
    override = t.Override(key_result_id=row.id, value=9, reason="Counted", author="lead")
    override.made_at = NOW
    word = t.CheckIn(key_result_id=row.id, made_at=NOW, author="lead", confidence=3)
    word.blockers = "A licence is missing."
    session.add_all([override, word])


def finished(session: Session) -> None:
    alone(session)
    link = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")).one()
    Company(session, NOW, ids=count(20_000)).finish(link, "PLAT-45")


CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    "a title": lambda s: setattr(first(s, t.KeyResult), "title", "Another one"),
    "the order": lambda s: s.execute(update(t.KeyResult).values(position=-t.KeyResult.id)),
    "a retired one": lambda s: setattr(first(s, t.KeyResult), "retired", True),
    "an objective that waits": lambda s: setattr(first(s, t.Objective), "state", "draft"),
    "a weight": lambda s: setattr(first(s, t.KeyResult), "weight", 0.0),
    "a team": lambda s: setattr(first(s, t.Team), "name", "Another team"),
    "a person": lambda s: s.execute(update(t.Person).values(name="Somebody else")),
    "words": said,
    "work": finished,
    "a look": lambda s: s.execute(update(t.Link).values(looked_at=NOW)),
    "old looks": lambda s: s.execute(update(t.Link).values(looked_at=NOW - timedelta(days=9))),
    "a broken link": lambda s: setattr(first(s, t.Link), "broken", "It is not there."),
    "an ended link": lambda s: setattr(first(s, t.Link), "ended_at", NOW),
    "no supports": lambda s: s.execute(delete(t.Support)),
    "a refusal": lambda s: s.execute(update(t.Connection).values(error="It refuses.")),
    "a policy": lambda s: s.merge(t.Policy(id=1, body=STRICT)),
    "another number": lambda s: s.execute(update(t.Score).values(score=0.25, progress=0.25)),
    "a later reading": lambda s: s.execute(update(t.Reading).values(computed_at=NOW)),
}


def both(store: Store, memory: Memory, now: datetime) -> tuple[CycleReport, CycleReport]:
    with store.read() as session:
        taken = made_now(session, CYCLE, now, SETTINGS, memory, paced=now)[1]
        return taken, cycle_report(session, CYCLE, now, SETTINGS)


def test_it_says_what_one_from_nothing_says(store: Store) -> None:
    memory = Memory()
    both(store, memory, NOW)
    for name, change in CHANGES.items():
        with store.write() as session:
            change(session)
        taken, made = both(store, memory, NOW)
        assert taken == made, name
    later, anew = both(store, memory, NOW + timedelta(days=3))
    assert later == anew


def rows(report: CycleReport) -> dict[str, KeyResultReport]:
    held = (each for team in report.teams for each in team.objectives)
    return {row.key: row for each in held for row in each.key_results}


def test_what_did_not_change_is_not_made_again(store: Store) -> None:
    memory = Memory()
    before = rows(both(store, memory, NOW)[0])
    with store.write() as session:
        finished(session)
    after = rows(both(store, memory, NOW)[0])
    anew = {key for key, row in after.items() if row is not before[key]}
    assert anew == {"KR-1"}

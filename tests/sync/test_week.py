"""What moved most in a week, and how scores went, read in one statement each on both databases."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.report import CycleReport
from connector.settings import Settings
from connector.store import Store
from connector.store import tables as t
from sync import reports
from sync.reports import week
from sync.reports.trend import trends
from sync.reports.week import moved_most
from sync.scores import alone
from tests.web import acme
from tests.web.company import Company

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def company(store: Store) -> None:
    with store.write() as session:
        alone(session)
        acme.build(Company(session, NOW))


def report(session: Session, now: datetime) -> CycleReport:
    settings = Settings(home=Path(), database_url="")
    return reports.cycle_report(session, "2026-Q4", now, settings)


def link_of(store: Store, scope: str) -> t.Link:
    with store.read() as session:
        return session.scalars(select(t.Link).where(t.Link.scope == scope)).one()


def finish(store: Store, scope: str, key: str, now: datetime) -> None:
    with store.write() as session:
        alone(session)
        c = Company(session, now, ids=count(20_000))
        c.finish(session.scalars(select(t.Link).where(t.Link.scope == scope)).one(), key)


def tell_past(store: Store, link: t.Link) -> None:
    """As a read of the tracker's own history does: the reading stays what it is."""
    with store.write() as session:
        held = select(t.Contribution.item_id).where(t.Contribution.link_id == link.id)
        item = session.get_one(t.Item, session.scalars(held).first())
        Company(session, NOW).told(link, item, state="done", since=NOW - timedelta(days=2))
        past = select(t.Contribution).where(t.Contribution.cause == "history")
        told = session.scalars(past.where(t.Contribution.link_id == link.id)).one()
        told.recorded_at = told.replaced_at = NOW - timedelta(minutes=1)
        session.get_one(t.Link, link.id).history_from = told.valid_from


def test_links_that_moved_come_with_their_movements(store: Store) -> None:
    later = NOW + timedelta(days=30)
    finish(store, "jira:epic:PLAT-42", "PLAT-45", later)
    with store.read() as session:
        found = moved_most(session, report(session, later), later - WEEK)
        before = moved_most(session, report(session, later - WEEK), later - 2 * WEEK)
    assert set(found) == {link_of(store, "jira:epic:PLAT-42").id}
    (told,) = found.values()
    newest = told.movements[0]
    assert (newest.kind, newest.item) == ("finished", "PLAT-45")
    assert before == {}


def test_what_changed_since_is_compared_with_what_is_known(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week, "MOST", 1)
    monkeypatch.setattr(week, "READ", 2)
    later, kept = NOW + timedelta(days=30), week.Ranks()

    def most(now: datetime) -> tuple[list[int], list[int]]:
        with store.read() as session:
            shown = report(session, now)
            known = moved_most(session, shown, now - WEEK, kept)
            return list(known), list(moved_most(session, shown, now - WEEK))

    assert most(later) == ([], [])
    finish(store, "jira:epic:PLAT-42", "PLAT-45", later)
    first = link_of(store, "jira:epic:PLAT-42").id
    assert most(later) == ([first], [first])
    with store.write() as session:
        row = session.get_one(t.KeyResult, link_of(store, "jira:epic:PLAT-42").key_result_id)
        row.retired = True
    assert most(later) == ([], [])
    with store.write() as session:
        session.get_one(t.KeyResult, row.id).retired = False
    assert most(later + timedelta(minutes=1)) == ([first], [first])
    assert most(later + 2 * WEEK) == ([], [])


def test_a_past_that_is_told_meanwhile_is_told(store: Store) -> None:
    kept, link = week.Ranks(), link_of(store, "jira:epic:PLAT-42")

    def past() -> list[int]:
        with store.read() as session:
            known = moved_most(session, report(session, NOW), NOW - WEEK, kept)
            whole = moved_most(session, report(session, NOW), NOW - WEEK)
        return [len(found[link.id].past) if link.id in found else 0 for found in (known, whole)]

    assert past() == [0, 0]
    tell_past(store, link)
    assert past() == [1, 1]


def test_what_is_read_for_the_first_time_has_not_moved(store: Store) -> None:
    with store.write() as session:
        for row in session.scalars(select(t.Contribution)):
            row.recorded_at = NOW - timedelta(days=1)
        for reading in session.scalars(select(t.Reading)):
            reading.since = NOW - timedelta(days=1)
    with store.read() as session:
        assert moved_most(session, report(session, NOW), NOW - WEEK) == {}


def test_a_trend_is_told_until_an_instant(store: Store) -> None:
    finish(store, "jira:epic:PLAT-42", "PLAT-45", NOW + timedelta(days=1))
    with store.read() as session:
        known = trends(session, "2026-Q4", ["O-1", "O-2"], NOW)
        later = trends(session, "2026-Q4", ["O-1", "O-2"], NOW + WEEK)
    assert (len(known["O-1"]), len(later["O-1"])) == (1, 2)
    assert later["O-1"][1][1] > known["O-1"][0][1]  # type: ignore[operator]
    assert len(later["O-2"]) == 1


def test_a_whole_cycle_reads_the_same_on_both(store: Store) -> None:
    with store.read() as session:
        found = report(session, NOW)
    rows = {
        row.key: row
        for team in found.teams
        for objective in team.objectives
        for row in objective.key_results
    }
    assert rows["KR-1"].value == pytest.approx(52.22, abs=0.01)
    assert rows["KR-1"].links[0].measure["share"] == "count"
    assert rows["KR-1"].moved_at is not None
    assert [each.connection for each in found.failing] == ["jira-eu"]
    assert [each.key for each in found.cycles] == ["2026-Q4", "2026-Q3"]

"""The coverage page: how much of the work serves a key result, and what serves none."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store import tables as t
from sync.runtime import Trackers
from tests.web.test_pages import text
from tests.web.test_trouble import statements
from tests.web.world import World

PAGE = "/2026-Q4/-/coverage"


def lay(
    world: World, place: str, number: int, *, source: str, title: str = "Move the wiki"
) -> None:
    """Some items of a place that no link holds, one a day."""
    with world.runtime.store.write() as session:
        query = select(t.Source).join(t.Connection, t.Connection.id == t.Source.connection_id)
        row = session.scalars(query.where(t.Connection.name == source)).first()
        assert row is not None
        for each in range(number):
            made = world.clock() - timedelta(days=each)
            session.add(
                t.Item(
                    connection_id=row.connection_id,
                    source_id=row.id,
                    external_id=f"{place}-{each}",
                    key=f"{place}-{each}",
                    title=f"{title} {each}",
                    url="https://tracker.example.com/1",
                    status="To Do",
                    category="todo",
                    type="Story",
                    place=place,
                    level=0,
                    pull_request=False,
                    labels=[],
                    numbers={},
                    created_at=made,
                    updated_at=made,
                    state_at=made,
                )
            )


@pytest.fixture
def covered(filled: World) -> World:
    """The company with both trackers known, and work of two places that serves nothing."""
    filled.runtime = replace(filled.runtime, trackers=Trackers())
    lay(filled, "OPS", 30, source="jira", title="Answer the auditors")
    lay(filled, "acme/web", 4, source="code")
    return filled


def rows(client: FlaskClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.content_type.startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_way_to_it_leads_to_the_cycle_that_runs(covered: World) -> None:
    answer = covered.client("member").get("/coverage")
    assert (answer.status_code, answer.location) == (303, PAGE)


def test_without_a_cycle_it_says_what_comes_first(world: World) -> None:
    page = world.client("viewer").get("/coverage")
    assert page.status_code == 200
    assert "There is no cycle yet" in text(page.text)


def test_places_come_with_the_most_work_that_serves_nothing_first(covered: World) -> None:
    page = text(covered.client("viewer").get(PAGE).text)
    tied = 64 + 8 + 38 + 5 + 8
    assert f"{tied} of {tied + 34} items serve a key result." in page
    assert "34 items serve none." in page
    assert page.index("OPS jira 30 30") < page.index("acme/web code 4 4")
    assert "jira-eu was last read completely 3 days ago" in page
    assert "Only projects and repositories that a link or a connection’s settings name" in page


def test_weeks_tell_what_was_there_and_what_was_linked_by_then(covered: World) -> None:
    page = text(covered.client("viewer").get(PAGE).text)
    weeks = page[page.index("Over the weeks") : page.index("Work that serves no key result")]
    assert "now 157 123" in weeks
    assert "15 Nov 148 123" in weeks  # five days of OPS and four of the repository came since
    assert "18 Oct 123 123" in weeks
    assert "4 Oct" not in weeks  # nothing was linked yet


def test_the_items_are_paged_searched_and_narrowed(covered: World) -> None:
    client = covered.client("lead")
    first = text(client.get(PAGE).text)
    assert "OPS-0 Answer the auditors 0" in first
    assert "1–25 of 34" in first
    assert "acme/web-0" not in first
    assert "acme/web-0" in text(client.get(f"{PAGE}?items=2").text)
    found = text(client.get(f"{PAGE}?q=AUDITORS 7").text)
    assert "OPS-7" in found
    assert "OPS-6 " not in found
    assert "No item that serves nothing fits" in text(client.get(f"{PAGE}?q=100%25").text)
    place = text(client.get(f"{PAGE}?connection=code&place=acme/web").text)
    assert "Work of acme/web that serves no key result" in place
    assert "Answer the auditors" not in place


def test_both_lists_are_files(covered: World) -> None:
    client = covered.client("viewer")
    places = rows(client, f"{PAGE}.csv")
    assert places[0][:3] == ["tracker", "connection", "place"]
    assert places[1] == ["jira", "jira", "OPS", "30", "0", "30"]
    items = rows(client, f"{PAGE}.csv?of=items&place=acme/web")
    assert [row[3] for row in items[1:]] == [f"acme/web-{each}" for each in range(4)]


def test_a_place_leads_to_the_link_editor(covered: World) -> None:
    way = f"{PAGE}/link?connection=jira&place=OPS"
    assert covered.client("member").get(way).status_code == 403
    client = covered.client("lead")
    assert 'connection=jira&amp;place=OPS">Link its work' in client.get(PAGE).text
    page = client.get(way).text
    assert '/2026-Q4/platform/KR-1/links?scope=jira@jira:project:OPS"' in page
    assert "KR-6" not in client.get(f"{way}&q=queue").text
    with covered.runtime.store.write() as session:
        session.query(t.KeyResult).filter_by(key="KR-1").update({"retired": True})
    assert "KR-1/links" not in client.get(way).text
    repo = client.get(f"{PAGE}/link?connection=code&place=acme/web").text
    assert "scope=github:repo:acme/web" in repo
    for other in ("connection=jira", "connection=x&place=OPS"):
        assert client.get(f"{PAGE}/link?{other}").status_code == 404
    assert client.get("/1999/-/coverage").status_code == 404
    assert "Link its work" not in covered.client("viewer").get(PAGE).text


def test_where_key_results_miss_the_work_is_told_too(covered: World) -> None:
    page = text(covered.client("viewer").get(PAGE).text)
    assert "Key results nothing moves" in page
    assert "KR-8 has no link and no value." in page


def test_it_costs_as_many_statements_however_much_there_is(covered: World) -> None:
    client = covered.client("admin")
    before = statements(client, PAGE)
    assert statements(client, f"{PAGE}?items=2") < before  # a page of what is known already
    for number in range(20):
        lay(covered, f"P{number}", 5, source="jira")
    assert statements(client, PAGE) == before <= 30

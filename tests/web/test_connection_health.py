"""Connections at a glance: one row each, its last runs, and a word beside the way there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.store import tables as t
from tests.web.test_pages import text
from tests.web.world import World


@pytest.fixture
def healthy(filled: World) -> World:
    """The company with every connection well."""
    with filled.runtime.store.write() as session:
        for row in session.scalars(select(t.Connection)):
            row.error = row.broken_at = None
        for source in session.scalars(select(t.Source)):
            source.error = source.failing_since = None
            source.looked_at = filled.clock()
    return filled


def side(page: str) -> str:
    return text(page[page.index("<nav") : page.index("</nav>")])


def test_a_word_beside_the_way_tells_of_trouble_and_goes_with_it(healthy: World) -> None:
    client = healthy.client("viewer")
    assert "in trouble" not in side(client.get("/2026-Q4").text)
    with healthy.runtime.store.write() as session:
        row = session.scalars(select(t.Connection).where(t.Connection.name == "jira")).one()
        row.error, row.broken_at = "the token was refused (401)", healthy.clock()
    assert "in trouble" not in side(client.get("/2026-Q4").text)  # looked up now and then
    healthy.clock.turn(minutes=1)
    client.get("/2026-Q4")
    assert "Connections 1 in trouble" in side(client.get("/2026-Q4").text)
    with healthy.runtime.store.write() as session:
        row = session.scalars(select(t.Connection).where(t.Connection.name == "jira")).one()
        row.error = row.broken_at = None
    healthy.clock.turn(minutes=10)
    assert "in trouble" not in side(client.get("/2026-Q4").text)


def test_an_error_leads_admins_straight_to_a_new_token(filled: World) -> None:
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.Connection).where(t.Connection.name == "jira-eu")).one()
        row.error_kind = "denied"
    admin = filled.client("admin")
    for path in ("/connections", "/connections/jira-eu"):
        page = admin.get(path).text
        assert 'href="/connect/jira?way=token&amp;name=jira-eu">Give a new token' in page
    assert "Give a new token" not in filled.client("member").get("/connections").text


def test_others_see_health_and_no_settings(filled: World) -> None:
    page = filled.client("viewer").get("/connections").text
    assert "broken" in text(page)
    for hidden in ("https://acme.example.com", "as worklift", "Field mapping", "Last runs"):
        assert hidden not in page


def test_what_is_left_of_a_limit_says_until_when(filled: World) -> None:
    resets = filled.clock() + timedelta(minutes=24)
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.Connection).where(t.Connection.name == "code")).one()
        left = {"limit": 5000.0, "remaining": 120.0, "near": True, "resets_at": resets.isoformat()}
        row.budget = left
    page = text(filled.client("viewer").get("/connections").text)
    assert "Calls left 120 of 5,000 until 10:24 nearly used up" in page


def test_the_last_runs_are_paged_and_narrowed(filled: World) -> None:
    with filled.runtime.store.write() as session:
        source = session.scalars(select(t.Source).where(t.Source.key == "acme/api")).one()
        for number in range(60):
            run = t.Run(
                source_id=source.id, started_at=filled.clock() - timedelta(minutes=number),
                seconds=1.25, calls=number, items_read=5, items_changed=2, items_gone=0, error=None,
            )  # fmt: skip
            run.error = "GitHub did not answer" if number == 55 else None
            session.add(run)
    client = filled.client("admin")
    first = text(client.get("/connections/code/runs").text)
    assert "10:00 acme/api 1.2 s 0 5 2 0 good" in first.replace("\u202f", " ")
    assert "1–50 of 60" in first
    assert "GitHub did not answer" not in first
    assert "GitHub did not answer." in text(client.get("/connections/code/runs?page=2").text)
    failed = text(client.get("/connections/code/runs?failed=yes&source=*").text)
    assert "GitHub did not answer." in failed
    assert "good" not in failed
    none = text(client.get("/connections/code/runs?source=acme/other").text)
    assert "No look that is kept fits" in none
    assert "It was not looked at yet" in text(client.get("/connections/jira/runs").text)
    assert client.get("/connections/nowhere/runs").status_code == 404
    assert filled.client("lead").get("/connections/code/runs").status_code == 403


def test_the_sync_page_says_it_at_a_glance(filled: World) -> None:
    page = text(filled.client("admin").get("/sync").text)
    assert "2 sources read 1 source stopped 1 item set aside" in page

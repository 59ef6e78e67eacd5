"""The page of a work item: why somebody does it, in one screen."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from connector.store import tables as t
from sync import seeing
from tests.web import staff
from tests.web.company import Company
from tests.web.test_pages import text
from tests.web.world import World


@pytest.fixture
def staffed(filled: World) -> World:
    staff.engage(filled)
    return filled


def page_of(world: World, path: str) -> str:
    return world.client("member").get(path).text


def test_it_says_what_it_serves_up_to_the_company_and_what_closing_changes(
    staffed: World,
) -> None:
    page = page_of(staffed, "/item/jira/PLAT-41")
    plain = text(page)
    assert "PLAT-41 " in plain
    assert "To Do" in plain
    assert "Story assigned to Platform engineer in this state since" in plain
    assert "KR-1 Finish the queue migration O-1 Payments never wait O-0 Customers trust" in plain
    assert "Closing it: KR-1 52 % → 53 %" in plain
    assert "Linked by Queue migration jira:epic:PLAT-42" in plain
    assert "counts as one item, 0 % done" in plain
    assert "Team Platform" in plain
    assert 'href="https://tracker.example.com/browse/PLAT-41"' in page
    assert 'class="tail"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/item/github/acme/api/5",
        "/item/github@code/acme/api/5",
        "/item/github/acme/api%235",
    ],
)
def test_an_issue_of_github_has_a_plain_address(staffed: World, path: str) -> None:
    plain = text(page_of(staffed, path))
    assert "acme/api#5" in plain
    assert "Closing it: KR-1 52 % → 61 %" in plain


def test_other_spellings_and_old_keys_lead_to_the_key_of_now(staffed: World) -> None:
    client = staffed.client("member")
    assert client.get("/item/jira/plat-41").headers["Location"] == "/item/jira/PLAT-41"
    upper = client.get("/item/github/ACME/Api/5").headers["Location"]
    assert upper == "/item/github/acme/api/5"
    with staffed.runtime.store.write() as session:
        session.scalars(select(t.Item).where(t.Item.key == "PLAT-41")).one().key = "OPS-7"
    moved = client.get("/item/jira@jira/PLAT-41")
    assert (moved.status_code, moved.headers["Location"]) == (302, "/item/jira@jira/OPS-7")
    assert "OPS-7" in client.get("/item/jira/OPS-7").text


@pytest.mark.parametrize("path", ["/item/jira/PLAT-999", "/item/trello/1", "/item/github/a/b/c/9"])
def test_what_is_not_known_is_calmly_not_there(staffed: World, path: str) -> None:
    answer = staffed.client("member").get(path)
    assert answer.status_code == 404
    assert "Only projects and repositories that some key result is linked to are read" in text(
        answer.text
    )


def test_what_may_not_be_seen_is_as_unknown(staffed: World) -> None:
    seeing.let_see(staffed.runtime, "jira")
    answer = staffed.client("viewer").get("/item/jira/PLAT-41")
    assert answer.status_code == 404
    assert "is known here" in text(answer.text)
    assert "Queue" not in text(answer.text)
    assert staffed.client("admin").get("/item/jira/PLAT-41").status_code == 200


def test_an_item_that_was_never_read_says_why(staffed: World) -> None:
    answer = staffed.client("member").get("/item/github/acme/api/9")
    plain = text(answer.text)
    assert "acme/api/9 is set aside" in plain
    assert "acme/api#9 could not be read" in plain
    assert "state is neither open nor closed" in plain


def test_an_item_whose_last_change_could_not_be_read_counts_as_last_seen(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        row = session.scalars(select(t.Item).where(t.Item.key == "PLAT-41")).one()
        session.add(
            t.UnreadableItem(
                source_id=row.source_id,
                external_id=row.external_id,
                key=row.key,
                field="status",
                message="has no name",
                since=staffed.clock(),
            )
        )
    assert "could not be read (status has no name), so it counts as last seen" in text(
        page_of(staffed, "/item/jira/PLAT-41")
    )


def test_a_name_that_two_connections_know_asks_which(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        at = session.scalars(select(t.Source).where(t.Source.connection_id == 3)).first()
        assert at is not None
        place = {"connection_id": at.connection_id, "source_id": at.id}
        staff.loose(session, "PLAT-41", "Its namesake", **place, assignee=None)
    client = staffed.client("member")
    answer = client.get("/item/jira/PLAT-41")
    assert answer.status_code == 300
    assert 'href="/item/jira@jira-eu/PLAT-41"' in answer.text
    assert "Its namesake" in client.get("/item/jira@jira-eu/PLAT-41").text
    hidden = staffed.client("viewer")
    seeing.let_see(staffed.runtime, "jira-eu")
    assert hidden.get("/item/jira/PLAT-41").status_code == 200


def test_it_says_where_it_does_not_count_and_what_it_served_once(staffed: World) -> None:
    plain = text(page_of(staffed, "/item/jira/PLAT-61"))
    assert "It serves nothing: jira:epic:PLAT-42 does not count it" in plain
    assert "Won't Do" in plain
    with staffed.runtime.store.write() as session:
        query = select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")
        session.scalars(query).one().ended_at = staffed.clock() - timedelta(days=1)
    with staffed.runtime.store.read() as session:
        assert session.scalars(select(t.User)).first() is not None
    once = text(staffed.client("lead").get("/item/jira/PLAT-41").text)
    assert "It serves nothing: no link of any key result holds it" in once
    assert "KR-1 Finish the queue migration until 19 Nov" in once
    assert "the link was taken off the key result" in once


def test_a_finished_item_has_nothing_left_to_close(staffed: World) -> None:
    plain = text(page_of(staffed, "/item/jira/PLAT-1"))
    assert "It is finished and counts." in plain
    assert "Closing it" not in plain


def test_an_old_look_says_since_when_and_why(staffed: World) -> None:
    plain = text(page_of(staffed, "/item/jira@jira-eu/PAY-4"))
    assert "no word for 3 days" in plain
    assert "it expired or was revoked" in plain
    assert "unknown" in plain


def test_an_item_that_is_gone_says_so(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        row = session.scalars(select(t.Item).where(t.Item.key == "PLAT-900")).one()
        row.gone_at, row.gone_reason = staffed.clock(), "deleted in the tracker"
    plain = text(page_of(staffed, "/item/jira/PLAT-900"))
    assert "Deleted in the tracker." in plain


def test_a_tracker_that_is_not_installed_any_more_still_shows_its_items(filled: World) -> None:
    staff.engage(filled)
    filled.runtime = replace(filled.runtime, trackers={})
    plain = text(page_of(filled, "/item/jira/PLAT-41"))
    assert "KR-1 Finish the queue migration" in plain
    assert "Closing it" not in plain


def test_more_items_of_a_link_cost_no_more_statements(staffed: World) -> None:
    client = staffed.client("member")
    client.get("/item/jira/PLAT-41")
    with staff.counted(staffed) as few:
        client.get("/item/jira/PLAT-41")
    with staffed.runtime.store.write() as session:
        link = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")).one()
        source = session.get_one(t.Source, link.source_id)
        company = Company(session, staffed.clock(), ids=count(5000))
        for number in range(40):
            company.item(link, source, f"PLAT-5{number:02}", "todo")
        company.read(link)
    with staff.counted(staffed) as many:
        client.get("/item/jira/PLAT-41")
    assert len(many) <= len(few) < 60


def test_what_it_would_serve_in_a_draft_is_for_who_may_see_drafts(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        row = session.scalars(select(t.Objective).where(t.Objective.key == "O-1")).one()
        row.state = "draft"
    plain = text(page_of(staffed, "/item/jira/PLAT-41"))
    assert "It serves nothing: no link of any key result holds it" in plain
    assert "Finish the queue migration" not in plain
    lead = text(staffed.client("lead").get("/item/jira/PLAT-41").text)
    assert "It serves nothing: objective O-1 is draft" in lead

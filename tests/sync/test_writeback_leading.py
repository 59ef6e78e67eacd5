"""Notes lead from the tracker to the page of the item that carries them."""

import pytest
from sqlalchemy import select

from connector.store.tables import Note
from tests.noted import ALL, PUBLIC, Noted, noted
from tests.noted_github import Noted as NotedThere
from tests.noted_github import noted as noted_there
from tests.world import World

KEY_RESULT = f"{PUBLIC}/now/platform/KR-1"


@pytest.fixture
def told(connected: World) -> Noted:
    return noted(connected)


@pytest.fixture
def there(connected: World, monkeypatch: pytest.MonkeyPatch) -> NotedThere:
    return noted_there(connected, monkeypatch)


def led(told: Noted, key: str) -> str:
    """Where the remote link of an item leads."""
    (shown,) = told.notes.remote_links(told.site.find(key).id)
    return str(shown["object"]["url"])


def test_items_lead_to_why_they_are_done_and_what_is_linked_to_the_key_result(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    assert led(told, "PLAT-1") == KEY_RESULT
    assert led(told, "PLAT-2") == f"{PUBLIC}/item/jira/PLAT-2"
    (comment,) = told.comments()
    assert f"|{KEY_RESULT}]" in comment
    assert f"\n\n[Why am I doing this&#63;|{PUBLIC}/item/jira/PLAT-1]\n\n[Worklift|" in comment


def test_each_comment_on_github_leads_to_its_own_item(there: NotedThere) -> None:
    there.ask("comments")
    there.send()
    for number in (2, 3):
        (comment,) = there.comments(number)
        lines = comment.split("\n")
        assert f"[Why am I doing this?]({PUBLIC}/item/github/acme/api/{number})" in lines
        assert f"]({KEY_RESULT})" in comment


def test_what_is_written_already_is_not_written_anew_for_an_address(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    # As an earlier version wrote them: the same words, and they led to the key result alone.
    with told.world.runtime.store.write() as session:
        for row in session.scalars(select(Note).where(Note.kind == "remote_link")):
            row.wanted = {**(row.wanted or {}), "url": KEY_RESULT}
    told.world.connect("jira", "spare")  # and each item's page is called otherwise by now
    told.world.clock.turn(minutes=20)
    told.world.sync()
    assert told.send() == []
    told.finish("PLAT-3")
    told.send()
    assert led(told, "PLAT-2") == f"{PUBLIC}/item/jira@jira/PLAT-2"

"""What was done is told once, on a page of its own, so that loading it again does nothing again."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from connector.store.tables import Agreement
from sync import once
from tests.web.connecting import connect, typed
from tests.web.test_pages import text
from tests.web.test_signing_in import came_back, sent_to, signing
from tests.web.world import World

DOINGS = ("test", "mapping", "hooks", "write-back")


def test_connecting_leads_to_what_was_found_and_tells_it_once(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    answer = admin.post("/connect/jira", data=typed(jira))
    assert (answer.status_code, answer.location) == (303, "/connections/jira/connected")
    shown = admin.get(answer.location)
    (secret,) = re.findall(r"<pre>([\w-]{43})</pre>", shown.text)
    again = admin.get(answer.location)
    assert (again.status_code, again.location) == (303, "/connections/jira")
    assert secret not in admin.get(again.location).text
    assert not [each for each in answer.headers.getlist("Set-Cookie") if secret in each]


def test_what_is_told_is_sealed_and_for_who_did_it(service: World) -> None:
    runtime = service.runtime
    key = once.keep(runtime, {"secret": "open the calm gate"}, "user/1")
    with runtime.store.read() as session:
        (row,) = session.query(Agreement).all()
    assert b"calm gate" not in row.cipher
    assert key.encode() not in row.mark + row.cipher
    assert once.take(runtime, key, "user/2") is None
    key = once.keep(runtime, {"secret": "open the calm gate"}, "user/1")
    assert once.look(runtime, key, "user/1") == {"secret": "open the calm gate"}
    assert once.take(runtime, key, "user/1") == {"secret": "open the calm gate"}
    assert once.take(runtime, key, "user/1") is None
    late = once.keep(runtime, {}, "user/1")
    service.clock.turn(minutes=11)
    assert once.take(runtime, late, "user/1") is None


@pytest.mark.parametrize("doing", DOINGS)
def test_every_change_leads_back_to_the_page(admin: FlaskClient, jira: Any, doing: str) -> None:
    connect(admin, jira)
    answer = admin.post(f"/connections/jira/{doing}", data={"do": "rotate"})
    assert (answer.status_code, answer.location) == (303, "/connections/jira")
    first, second = (text(admin.get(answer.location).text) for _ in range(2))
    assert first != second


def test_a_new_secret_is_on_one_page_only(admin: FlaskClient, jira: Any) -> None:
    connect(admin, jira)
    admin.post("/connections/jira/hooks", data={"do": "rotate"})
    assert admin.get("/connections").status_code == 200  # looked at something else meanwhile
    pages = [admin.get("/connections/jira").text for _ in range(2)]
    assert [len(re.findall(r"<pre>[\w-]{43}</pre>", page)) for page in pages] == [1, 0]


def test_words_that_were_lost_are_no_error(service: World, admin: FlaskClient, jira: Any) -> None:
    connect(admin, jira)
    admin.post("/connections/jira/test")
    with service.runtime.store.write() as session:
        session.execute(delete(Agreement))
    assert admin.get("/connections/jira").status_code == 200


@pytest.mark.parametrize("path", ["/connect/leave", "/connect/sites"])
def test_a_page_without_its_beginning_leads_to_the_choice(admin: FlaskClient, path: str) -> None:
    answer = admin.get(path)
    assert (answer.status_code, answer.location) == (303, "/connect")
    for name in ("left", "connected"):
        assert admin.get(f"/connections/jira/{name}").status_code == 303


def test_the_way_to_a_sign_in_may_be_loaded_again(admin: FlaskClient, jira: Any) -> None:
    answer = admin.post("/connect/jira", data=signing(jira))
    assert (answer.status_code, answer.location) == (303, "/connect/leave")
    first, second = (admin.get("/connect/leave").text for _ in range(2))
    assert "Now sign in at Jira" in first
    assert re.findall(r"state=[\w-]+", first) == re.findall(r"state=[\w-]+", second) != []


def test_the_choice_of_a_site_may_be_loaded_again(admin: FlaskClient, jira: Any) -> None:
    jira.site.passes.others.append({"id": "o", "url": "https://o.example", "name": "other"})
    path = came_back(sent_to(admin, jira))
    page = admin.get(path).text
    given = dict(re.findall(r'name="(state|code)" value="([^"]+)"', page))
    answer = admin.post("/connect/signed-in", data=given)
    assert (answer.status_code, answer.location) == (303, "/connect/sites")
    for _ in range(2):
        assert "Which site is cloud?" in text(admin.get("/connect/sites").text)


def test_what_is_refused_is_said_at_once_with_what_was_ticked(
    admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    answer = admin.post("/connections/jira/write-back", data={"kind": ["epic", "comment"]})
    assert answer.status_code == 422
    assert "WORKLIFT_PUBLIC_URL" in text(answer.text)
    assert len(re.findall(r'name="kind"[^>]* checked', answer.text)) == 2

"""The page on which an admin allows what is written back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from integrations.tracker import Tracker
from sync import runtime as composition
from sync import writeback
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.noted import ALL, PUBLIC, Noted, noted
from tests.world import Clock, World, settings
from web.accounts import people
from web.app import create_app

PASSWORD = "open the calm gate"
PAGE = "/connections/jira"


@pytest.fixture
def told(tmp_path: Path, clock: Clock, jira: Any, github: Any) -> Iterator[Noted]:
    """A whole service: the page tests' own world has no tracker."""
    for running in (jira, github):
        running.site.now = clock
    lay_out(tmp_path)
    made = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    world = World(made, clock, {"jira": jira, "github": github})
    assert world.connect("jira").error is world.connect("github").error is None
    yield noted(world)
    made.store.close()


def browser(told: Noted, role: str = "admin") -> FlaskClient:
    runtime = told.world.runtime
    with runtime.store.write() as session:
        people.add_user(session, role, PASSWORD, role, runtime.clock())
    app = create_app(replace(runtime, settings=replace(runtime.settings, public_url=None)))
    app.extensions["worklift"] = runtime
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    assert client.post("/sign-in", data={"name": role, "password": PASSWORD}).status_code == 303
    return client


def ticked(page: str) -> int:
    """How many kinds of notes are allowed, as the form shows it."""
    return len(re.findall(r'name="kind"[^>]* checked', page))


def test_kinds_are_ticked_and_saved(told: Noted) -> None:
    client = browser(told)
    page = client.get(PAGE).text
    assert all(f'value="{kind}"' in page for kind in ALL)
    assert ticked(page) == 0
    told.ask("epic", "comment", allow=[])
    assert page.count("not allowed") == 0
    assert client.get(PAGE).text.count("not allowed") == 2

    saved = client.post(
        f"{PAGE}/write-back", data={"kind": ["epic", "comment"]}, follow_redirects=True
    ).text
    assert "Links may ask for: epic, comment." in saved
    assert ticked(saved) == 2
    told.send()
    assert "Key result KR-1" in told.titles()[0]
    assert '<td class="num" data-label="Written">2</td>' in client.get(PAGE).text
    assert (
        "Nothing is written back."
        in client.post(f"{PAGE}/write-back", data={}, follow_redirects=True).text
    )


def test_what_is_missing_is_said_and_reading_goes_on(told: Noted) -> None:
    told.notes.denied.add("LINK_ISSUES")
    told.ask(*ALL)
    told.send()
    page = browser(told).get(PAGE).text
    assert "it needs the project permission “Link issues”" in page
    assert "4 notes not written" in page
    assert "Save and try again" in page
    assert "fresh" in page


def test_only_admins_may_allow(told: Noted) -> None:
    client = browser(told, "lead")
    assert (
        client.post(f"{PAGE}/write-back", data={"kind": "epic"}, follow_redirects=True).status_code
        == 403
    )
    assert told.world.rows("connection", name="jira")[0].write_back == []


def test_nonsense_is_refused_with_a_sentence(told: Noted) -> None:
    page = (
        browser(told).post(f"{PAGE}/write-back", data={"kind": "<b>"}, follow_redirects=True).text
    )
    assert "there is no kind &#39;&lt;b&gt;&#39;" in page


class Mute:
    """A tracker like another, that nothing is written back to."""

    def __init__(self, like: Tracker) -> None:
        self._like = like
        without = like.spec.capabilities - {"writeback"}
        self.spec = replace(like.spec, notes=(), capabilities=without)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._like, name)


def test_a_tracker_that_takes_no_notes_offers_none(told: Noted) -> None:
    runtime = told.world.runtime
    mute = {**runtime.trackers, "github": Mute(runtime.tracker("github"))}
    told.world.runtime = replace(runtime, trackers=mute)
    client = browser(told)
    assert "Write-back" not in client.get("/connections/github").text
    refused = client.post("/connections/github/write-back", data={"kind": "comment"})
    assert refused.status_code == 422
    assert told.world.rows("connection", name="github")[0].write_back == []


def test_each_tracker_offers_its_own_kinds(told: Noted) -> None:
    client = browser(told)
    page = client.get("/connections/github").text
    offered = re.findall(r'name="kind" id="kind-\w+" value="(\w+)"', page)
    assert offered == ["milestone", "comment", "comments", "check"]
    refused = client.post("/connections/github/write-back", data={"kind": "epic"})
    assert refused.status_code == 422
    assert "GitHub has no kind &#39;epic&#39;" in refused.text


def test_notes_lead_to_the_pages_there_are(told: Noted) -> None:
    told.ask("epic")
    told.send()
    (shown,) = told.notes.remote_links(told.site.find("PLAT-1").id)
    with create_app(told.world.runtime).test_request_context():
        page = url_for("key_result.page", cycle="now", team="platform", key="KR-1")
        icon = url_for("static", filename="mark.svg").partition("?")[0]
    assert shown["object"]["url"] == f"{PUBLIC}{page}"
    assert shown["object"]["icon"]["url16x16"] == f"{PUBLIC}{icon}"
    assert writeback.waiting(told.world.runtime) == []

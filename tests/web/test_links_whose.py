"""Leads edit the links of what they own or lead, and of the teams below; admins all of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from sync import people as persons
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.web.test_links import PAGE, form, text
from tests.web.world import PASSWORD
from tests.world import Clock, World, key_result, plan, settings
from web.accounts import people
from web.app import create_app

NAME = "lead@example.com"
TEAMS: list[dict[str, Any]] = [
    {"key": "acme", "name": "Acme", "kind": "company", "lead": "head"},
    {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme", "lead": "here"},
    {"key": "web", "name": "Web shop", "kind": "team", "parent": "acme", "lead": "there"},
]
PEOPLE = ("head", "here", "there", "owner", "maker")


@pytest.fixture
def planned(tmp_path: Path, jira: Any) -> Iterator[World]:
    clock = Clock()
    jira.site.now = clock
    lay_out(tmp_path)
    runtime = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    world = World(runtime, clock, {"jira": jira})
    assert world.connect("jira").error is None
    jira.site.add_issue("PLAT", "Move the queue", "Epic")
    whole = yaml.safe_load(plan(key_result("KR-1", owner="owner")))
    whole["teams"] = TEAMS
    whole["people"] = [{"key": each, "name": f"The {each}", "role": "lead"} for each in PEOPLE]
    whole["people"][4]["email"] = NAME
    whole["objectives"][0]["owner"] = "maker"
    world.apply_text(yaml.safe_dump(whole))
    yield world
    runtime.store.close()


def browser(world: World, person: str | None, *, name: str = "one", role: str = "lead") -> Any:
    app = create_app(world.runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    with world.runtime.store.write() as session:
        number = people.add_user(session, name, PASSWORD, role, world.clock()).id
    if person is not None:
        persons.tie_user(world.runtime, number, person)
    client: FlaskClient = app.test_client()
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def saved(client: FlaskClient) -> int:
    return client.post(PAGE, data=form(do="save", scope="jira:epic:PLAT-1")).status_code


@pytest.mark.parametrize("person", ["head", "here", "owner", "maker"])
def test_who_owns_it_or_leads_the_team_or_one_above_edits(planned: World, person: str) -> None:
    client = browser(planned, person)
    assert 'id="q"' in client.get(PAGE).text
    assert saved(client) == 303


def test_an_admin_edits_all(planned: World) -> None:
    assert saved(browser(planned, None, role="admin")) == 303


def test_who_leads_another_team_sees_why_not_and_changes_nothing(planned: World) -> None:
    client = browser(planned, "there")
    page = client.get(f"{PAGE}?scope=jira:epic:PLAT-1")
    assert "KR-1 is a key result of Platform, which The there neither owns nor leads" in text(page)
    assert "<textarea" not in page.text
    assert 'id="q"' not in page.text
    for do in ("save", "look", "end"):
        answer = client.post(PAGE, data=form(do=do, scope="jira:epic:PLAT-1"))
        assert "neither owns nor leads" in text(answer, 403)
    assert planned.rows("link") == []


def test_who_may_not_edit_them_sees_nothing_of_the_tracker(planned: World, jira: Any) -> None:
    client = browser(planned, "there")
    before = len(jira.site.calls)
    for asked in ("q=queue", f"q={jira.url}/browse/PLAT-1", f"scope={jira.url}/browse/PLAT-1"):
        page = client.get(f"{PAGE}?connection=jira&{asked}")
        assert "neither owns nor leads" in text(page)
        assert "Move the queue" not in page.text
    assert len(jira.site.calls) == before


def test_who_is_nobody_of_the_plan_is_told_what_an_admin_types(planned: World) -> None:
    client = browser(planned, None, name="product lead")
    said = text(client.post(PAGE, data=form(do="save")), 403)
    assert 'worklift user person "product lead" PERSON' in said


def test_who_signs_in_by_the_e_mail_of_a_person_is_that_person(planned: World) -> None:
    assert saved(browser(planned, None, name=NAME)) == 303


def test_an_e_mail_serves_nobody_else(planned: World) -> None:
    browser(planned, "maker", name="two")
    assert saved(browser(planned, None, name=NAME)) == 403

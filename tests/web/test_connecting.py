"""Connecting on pages: the form, its test, signing in, and one connection's own page."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store.tables import Connection, Source
from integrations.simulators import start_jira
from sync import connections, planning
from sync.runtime import Trackers
from tests.web.connecting import PAGES, connect, row, typed, value
from tests.web.test_pages import text
from tests.web.world import World
from tests.world import key_result, link, plan


@pytest.mark.parametrize("role", ["member", "lead", "viewer"])
def test_connecting_is_for_admins(service: World, jira: Any, role: str) -> None:
    connect(service.client("admin"), jira)
    client = service.client(role)
    for path in PAGES:
        assert client.get(path).status_code == 403
    for path in ("/connect/jira", "/connect/signed-in", "/connections/jira/test",
                 "/connections/jira/mapping", "/connections/jira/hooks",
                 "/connections/jira/disconnect"):  # fmt: skip
        assert client.post(path, data=typed(jira)).status_code == 403
    shown = client.get("/connections")
    assert "Connect a tracker" not in shown.text
    assert "/connections/jira" not in shown.text


def test_no_form_works_without_its_token(service: World, jira: Any) -> None:
    client = service.client("admin")
    client.application.config["WTF_CSRF_ENABLED"] = True
    for path in ("/connect/jira", "/connect/signed-in", "/connections/jira/test",
                 "/connections/jira/disconnect"):  # fmt: skip
        assert "out of date" in text(client.post(path, data=typed(jira)).text)
    assert row(service) is None


def test_both_trackers_are_offered_in_each_of_their_ways(admin: FlaskClient) -> None:
    page = admin.get("/connect")
    assert set(re.findall(r'href="(/connect/[^"]+)"', unescape(page.text))) == {
        "/connect/github?way=token", "/connect/github?way=consent",
        "/connect/jira?way=token", "/connect/jira?way=consent",
    }  # fmt: skip
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("tracker", ["jira", "github"])
def test_the_form_has_every_setting_its_tracker_declares(admin: FlaskClient, tracker: str) -> None:
    settings = Trackers()[tracker].spec.settings
    page = admin.get(f"/connect/{tracker}").text
    for each in settings:
        assert (f'name="{each.name}"' in page) == (each.way in {"", "token"}), each.name
    for name in re.findall(r'id="(f-[^"]+)"', page):
        assert f'for="{name}"' in page or name.endswith("-help")


def test_a_way_or_tracker_there_is_not(admin: FlaskClient) -> None:
    for path in ("/connect/gitlab", "/connect/github?way=app", "/connect/jira?way=x"):
        assert admin.get(path).status_code == 404


def test_connecting_tells_what_was_found_and_the_secret_once(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    page = connect(admin, jira)
    shown = text(page)
    assert "we are Simulated user there" in shown
    assert "The token sees 1 project: PLAT." in shown
    assert "field:customfield_10016" in shown
    assert "The webhook’s secret, shown only now" in shown
    (secret,) = re.findall(r"<pre>([\w-]{43})</pre>", page)
    found = row(service)
    assert found is not None
    assert found.broken_at is None
    for path in ("/connections/jira", "/connections"):
        again = admin.get(path).text
        assert secret not in again
        assert "jira-token" not in again


def test_a_failed_test_keeps_what_was_typed_and_saves_nothing(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    given = typed(jira, token="scoped-token", story_points="customfield_1")
    answer = admin.post("/connect/jira", data=given, follow_redirects=True)
    assert answer.status_code == 422
    shown = text(answer.text)
    assert f"use {jira.url}/ex/jira/" in shown
    assert "Nothing was saved" in shown
    assert value(answer.text, "email") == "admin@example.com"
    assert value(answer.text, "story_points") == "customfield_1"
    assert value(answer.text, "token") == ""
    assert "scoped-token" not in answer.text
    assert "checked" in re.findall(r'<input [^>]*name="allow_private"[^>]*>', answer.text)[0]
    assert row(service) is None


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("name", "", "Fill this in."),
        ("token", " ", "Fill this in."),
        ("token", "two words", "The token holds a space"),
        ("name", "Bad Name", "use up to 32 of a-z"),
        ("expires_on", "soon", "'soon' is not a date"),
        ("deployment", "moon", "'moon' is not one of cloud, datacenter"),
        ("url", "ftp://x", "must start with https:// (plain http needs the tick below)"),
        ("url", "<script>alert(1)</script>", "must start with https://"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    service: World, admin: FlaskClient, jira: Any, *, field: str, given: str, said: str
) -> None:
    wrong = typed(jira, **{"story_points": "customfield_1", field: given})
    answer = admin.post("/connect/jira", data=wrong, follow_redirects=True)
    assert answer.status_code == 400
    assert said in text(told_at(answer.text, field))
    assert f'href="#f-{field}"' in answer.text
    assert value(answer.text, "story_points") == "customfield_1"
    assert value(answer.text, "token") == ""
    assert "<script>" not in answer.text
    assert row(service) is None


def told_at(page: str, field: str) -> str:
    """What stands at a field that is marked as wrong."""
    found = re.search(rf'<div id="f-{field}-wrong">(.*?)</div>', page, re.DOTALL)
    assert found
    control = re.search(rf'<(?:input|select)[^>]* id="f-{field}"[^>]*>', page)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert f'aria-describedby="f-{field}-wrong' in control[0]
    return found[1]


def test_every_problem_is_said_at_once_and_folded_fields_open(
    admin: FlaskClient, jira: Any
) -> None:
    page = admin.post("/connect/jira", data=typed(jira, name="", token="", url="")).text
    assert all("Fill this in" in told_at(page, each) for each in ("name", "token", "url"))
    folded = admin.post("/connect/jira", data=typed(jira, deployment="moon")).text
    assert re.search(r'<details[^>]* id="more" open>', folded)
    assert re.search(r'<details[^>]* id="more">', page)


def test_private_addresses_need_the_tick(admin: FlaskClient, jira: Any) -> None:
    given = {name: each for name, each in typed(jira).items() if name != "allow_private"}
    answer = admin.post("/connect/jira", data=given, follow_redirects=True)
    assert answer.status_code == 400
    assert jira.site.calls == []


def test_settings_are_changed_without_the_token_and_only_at_the_same_url(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    page = admin.get("/connect/jira?way=token&name=jira").text
    assert value(page, "url") == jira.url
    assert value(page, "token") == ""
    connect(admin, jira, change="yes", token="", number_fields="timespent")
    found = row(service)
    assert found is not None
    assert found.options["number_fields"] == "timespent"
    assert connections.check(service.runtime, "jira").who == "Simulated user"
    away = typed(jira, change="yes", elsewhere="yes", token="", url=f"{jira.url}/other")
    moved = admin.post("/connect/jira", data=away, follow_redirects=True)
    assert moved.status_code == 400
    assert "give it again for this URL" in text(moved.text)


def test_a_token_that_ends_soon_is_said_on_both_pages(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    end = (service.clock() + timedelta(days=30)).date()
    connect(admin, jira, expires_on=end.isoformat())
    assert "token good until" in text(admin.get("/connections/jira").text)
    assert "The token ends" not in text(admin.get("/connections").text)
    service.clock.turn(days=20)
    admin = service.client("lead")
    assert f"The token ends in 10 days, on {end:%-d %B %Y}" in text(admin.get("/connections").text)
    service.clock.turn(days=11)
    assert "The token ended on" in text(service.client("viewer").get("/connections").text)


def test_testing_again_tells_and_lets_calls_go_on(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    jira.faults.add("unauthorized")
    shown = text(admin.post("/connections/jira/test", follow_redirects=True).text)
    assert "Jira refused the sign-in: Bad credentials" in shown
    found = row(service)
    assert found is not None
    assert found.broken_at is not None
    jira.faults.clear()
    assert "jira answers; we are Simulated user there" in text(
        admin.post("/connections/jira/test", follow_redirects=True).text
    )
    found = row(service)
    assert found is not None
    assert found.broken_at is None


def test_the_proposed_mapping_is_used_by_one_click(admin: FlaskClient, jira: Any) -> None:
    connect(admin, jira)
    assert "Use this mapping" in text(admin.get("/connections/jira").text)
    said = text(admin.post("/connections/jira/mapping", follow_redirects=True).text)
    assert "Version 1 of the mapping is in use" in said
    after = text(admin.get("/connections/jira").text)
    assert "by admin: The mapping proposed when the connection was made." in after
    assert "Use this mapping" not in after
    assert "no proposal" in text(
        admin.post("/connections/jira/mapping", follow_redirects=True).text
    )


def test_what_the_limits_left_is_shown(service: World, admin: FlaskClient, jira: Any) -> None:
    connect(admin, jira)
    assert "Jira told none" not in text(admin.get("/connections/jira").text)
    with service.runtime.store.write() as session:
        session.scalars(select(Connection)).one().budget = None
    assert "Jira told none" in text(admin.get("/connections/jira").text)
    with service.runtime.store.write() as session:
        found = session.scalars(select(Connection)).one()
        found.budget = {"limit": 65000, "remaining": 1200, "resets_at": None, "near": True}
    for path in ("/connections/jira", "/connections"):
        assert "1,200 of 65,000" in text(admin.get(path).text)
    assert "nearly used up" in text(admin.get("/connections/jira").text)


def test_disconnecting_asks_once_and_forgets_the_token(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    asked = text(admin.get("/connections/jira/disconnect").text)
    assert "the token is forgotten" in asked
    found = row(service)
    assert found is not None
    assert found.ended_at is None
    assert admin.post("/connections/jira/disconnect", follow_redirects=True).status_code in {
        200,
        303,
    }
    found = row(service)
    assert found is not None
    assert (found.token_cipher, found.ended_at is None) == (b"", False)
    for path in ("/connections/jira", "/connections/nowhere"):
        assert admin.get(path).status_code == 404


def test_a_name_that_is_taken_leads_to_its_own_form_and_changes_nothing(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    for tracker in ("jira", "github"):
        answer = admin.post(
            f"/connect/{tracker}", data=typed(jira, url=f"{jira.url}/other"), follow_redirects=True
        )
        assert answer.status_code == 400
        assert "There is a connection jira already" in text(told_at(answer.text, "name"))
        assert "Change jira" in text(told_at(answer.text, "name"))
        assert 'href="/connect/jira?way=token&amp;name=jira"' in answer.text
    found = row(service)
    assert found is not None
    assert (found.url, found.error) == (jira.url, None)


def test_another_site_needs_its_tick(service: World, admin: FlaskClient, jira: Any) -> None:
    connect(admin, jira)
    assert 'name="change"' in admin.get("/connect/jira?way=token&name=jira").text
    with start_jira() as other:
        away = typed(jira, change="yes", url=other.url)
        answer = admin.post("/connect/jira", data=away, follow_redirects=True)
        assert answer.status_code == 400
        assert "its numbers begin anew" in text(answer.text)
        assert other.site.calls == []
        connect(admin, jira, change="yes", url=other.url, elsewhere="yes")
        found = row(service)
        assert found is not None
        assert found.url == other.url


def test_sentences_beside_the_form_name_what_the_form_has(admin: FlaskClient, jira: Any) -> None:
    given = {name: each for name, each in typed(jira).items() if name != "allow_private"}
    shown = text(admin.post("/connect/jira", data=given, follow_redirects=True).text)
    assert "the tick below" in shown
    assert "--allow-private" not in shown
    assert "The token is not kept in the form: type it again." in shown


def test_the_address_of_something_done_leads_back_to_its_connection(
    admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    for doing in ("test", "mapping", "hooks", "write-back"):
        answer = admin.get(f"/connections/jira/{doing}")
        assert (answer.status_code, answer.location) == (303, "/connections/jira")
        assert admin.get(f"/connections/nowhere/{doing}").status_code == 404


def test_a_pause_is_told_on_both_pages_and_ended_by_a_test_that_passes(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    connect(admin, jira)
    text_of = plan(key_result("KR-1", link("jira:project:PLAT")))
    planning.apply(service.runtime, text_of, name="plan.yaml", author="lead")
    until = service.clock() + timedelta(minutes=30)
    with service.runtime.store.write() as session:
        found = session.scalars(select(Connection)).one()
        found.budget = {"limit": 65000, "remaining": 1200, "resets_at": None, "near": True}
        for source in session.scalars(select(Source)):
            source.not_before = source.due_at = until
    for path in ("/connections/jira", "/connections"):
        shown = text(admin.get(path).text)
        assert "Jira asked Worklift to wait until" in shown
        assert "1,200" not in shown
    jira.faults.add("error")
    assert "to wait until" in text(admin.post("/connections/jira/test", follow_redirects=True).text)
    jira.faults.clear()
    assert "to wait until" not in text(
        admin.post("/connections/jira/test", follow_redirects=True).text
    )


def test_the_page_of_an_issue_leads_to_the_part_before_it(admin: FlaskClient, jira: Any) -> None:
    answer = admin.post(
        "/connect/jira", data=typed(jira, url=f"{jira.url}/browse/PLAT-1"), follow_redirects=True
    )
    assert answer.status_code == 422
    assert f"use the part before it, {jira.url}." in text(answer.text)
    assert jira.site.calls == []


def test_connecting_leads_on_while_nothing_is_linked_yet(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    assert "Next step to the first score" in text(connect(admin, jira))
    planned = plan(key_result("KR-1", link("jira:project:PLAT")))
    planning.apply(service.runtime, planned, name="plan.yaml", author="lead")
    assert "Next step to the first score" not in text(connect(admin, jira, change="yes"))

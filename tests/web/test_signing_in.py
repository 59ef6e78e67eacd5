"""Signing in on pages: there and back, by who began it, and nothing told that is secret."""

import logging
import re
from html import unescape
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from tests.web.connecting import PAGES, SECRETS, connect, row, typed, value
from tests.web.test_pages import text
from tests.web.world import World


def signing(jira: Any, **more: str) -> dict[str, str]:
    return {
        "way": "consent", "name": "cloud", "client_id": "client-id",
        "client_secret": "client-secret", "auth_server": jira.url, "allow_private": "yes", **more,
    }  # fmt: skip


def sent_to(admin: FlaskClient, jira: Any, **more: str) -> str:
    """The address a person is sent to: a plain link, since a form may not lead elsewhere."""
    answer = admin.post("/connect/jira", data=signing(jira, **more), follow_redirects=True)
    assert answer.status_code == 200, text(answer.text)
    assert signing(jira, **more)["client_secret"] not in answer.text
    (address,) = re.findall(rf'<a [^>]*href="({re.escape(jira.url)}/authorize[^"]+)"', answer.text)
    return unescape(address)


def came_back(address: str, which: str = "accept") -> str:
    """The path a person comes back to."""
    page = requests.get(address, timeout=5).text
    (link,) = re.findall(rf'id="{which}" href="([^"]+)"', page)
    return unescape(link).removeprefix("http://localhost")


def test_signing_in_goes_there_and_back_and_changes_nothing_by_a_get(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    path = came_back(sent_to(admin, jira))
    assert path.startswith("/connect/signed-in?")
    page = admin.get(path)
    assert admin.get(path).status_code == 200
    assert row(service, "cloud") is None
    given = {name: value(page.text, name) for name in ("state", "code")}
    done = admin.post("/connect/signed-in", data=given, follow_redirects=True)
    assert "cloud is connected" in text(done.text)
    found = row(service, "cloud")
    assert found is not None
    assert found.grant_cipher is not None
    twice = admin.post("/connect/signed-in", data=given, follow_redirects=True)
    assert (twice.status_code, "finished already" in text(twice.text)) == (400, True)
    shown = text(admin.get("/connections/cloud").text)
    assert "renews itself" in shown
    assert "Sign in again" in shown
    again = admin.get("/connect/jira?way=consent&name=cloud").text
    assert value(again, "client_id") == "client-id"
    assert value(again, "client_secret") == ""


def test_a_sign_in_belongs_to_the_browser_session_that_began_it(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    path = came_back(sent_to(admin, jira))
    service.add("other", "admin")
    app = service.app()
    app.config["WTF_CSRF_ENABLED"] = False
    other = app.test_client()
    other.post("/sign-in", data={"name": "other", "password": "open the calm gate"})
    answer = other.get(path)
    assert answer.status_code == 400
    assert "begun by somebody else" in text(answer.text)
    stolen = dict(pair.split("=") for pair in path.partition("?")[2].split("&"))
    assert other.post("/connect/signed-in", data=stolen).status_code == 400
    assert row(service, "cloud") is None
    assert admin.get(path).status_code == 200


def test_who_does_not_agree_is_told_that_nothing_happened(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    answer = admin.get(came_back(sent_to(admin, jira), "refuse"))
    assert answer.status_code == 400
    assert "You did not agree, so nothing was connected" in text(answer.text)


def test_a_wrong_client_secret_leads_back_to_the_form_as_it_was_typed(
    service: World, admin: FlaskClient, jira: Any
) -> None:
    path = came_back(sent_to(admin, jira, client_secret="client-secret-mistyped", writing="yes"))
    page = admin.get(path).text
    given = {name: value(page, name) for name in ("state", "code")}
    answer = admin.post("/connect/signed-in", data=given, follow_redirects=True)
    assert answer.status_code == 400
    said = re.findall(r"role=.alert.*?</div>", answer.text, re.DOTALL)
    assert "The client id or client secret was refused" in text(str(said))
    for name, typed_before in (("name", "cloud"), ("client_id", "client-id"),
                               ("auth_server", jira.url), ("client_secret", "")):  # fmt: skip
        assert value(answer.text, name) == typed_before
    assert "checked" in re.findall(r'<input [^>]*name="writing"[^>]*>', answer.text)[0]
    assert "mistyped" not in answer.text
    assert row(service, "cloud") is None


def test_of_several_sites_one_is_chosen(service: World, admin: FlaskClient, jira: Any) -> None:
    other = {"id": "o", "url": "https://o.atlassian.net", "name": "other"}
    jira.site.passes.others.append(other)
    page = admin.get(came_back(sent_to(admin, jira))).text
    given = {name: value(page, name) for name in ("state", "code")}
    choice = admin.post("/connect/signed-in", data=given, follow_redirects=True).text
    assert "Which site is cloud?" in text(choice)
    first = re.findall(r'type="radio"[^>]*value="([^"]+)"', choice)[0]
    done = admin.post(
        "/connect/signed-in", data={"state": given["state"], "site": first}, follow_redirects=True
    )
    assert "cloud is connected" in text(done.text)


def test_no_secret_comes_into_a_page_or_the_log(
    service: World, admin: FlaskClient, jira: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pages = [connect(admin, jira)]
    pages.append(
        admin.post(
            "/connect/jira", data=typed(jira, token="wrong-token"), follow_redirects=True
        ).text
    )
    path = came_back(sent_to(admin, jira))
    pages.append(admin.get(path).text)
    given = {name: value(pages[-1], name) for name in ("state", "code")}
    pages.append(admin.post("/connect/signed-in", data=given, follow_redirects=True).text)
    pages += [admin.get(each).text for each in (*PAGES, "/connections", "/connections/cloud")]
    passes = jira.site.passes
    secrets = [*SECRETS, *(each for each in passes.service if each.startswith("access-"))]
    held = "\n".join([*pages, *(record.getMessage() for record in caplog.records)])
    assert len(secrets) == 5
    assert [each for each in (*secrets, *passes.refresh) if each in held] == []

"""Connecting with a GitHub App on pages: made, installed, finished, and nothing told that is
secret."""

import json
import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient

from integrations.simulators import Running, start_github
from sync.hook_secret import opened
from tests.web.connecting import row, value
from tests.web.test_pages import text
from tests.web.world import World

HOME = "http://localhost"


@pytest.fixture
def github() -> Iterator[Running[Any]]:
    """By the real clock: the app's own tokens hold the real time."""
    with start_github() as running:
        running.site.add_repo("acme/api", private=True)
        yield running


def asked(github: Any, **more: str) -> dict[str, str]:
    return {"way": "consent", "name": "gh", "owner": "acme", "auth_server": github.url,
            "allow_private": "yes", **more}  # fmt: skip


def hidden(page: str, name: str) -> str:
    return value(page, name)


def proposed(admin: FlaskClient, github: Any, **more: str) -> Any:
    """The page with the form that leads to GitHub."""
    answer = admin.post("/connect/github", data=asked(github, **more), follow_redirects=True)
    assert answer.status_code == 200, text(answer.text)
    return answer


def pressed(answer: Any) -> str:
    """What a person does at GitHub to create the app; the path they come back to."""
    (address,) = re.findall(r'<form method="post" action="(http[^"]+)"', answer.text)
    sent = {"manifest": hidden(answer.text, "manifest")}
    state = unescape(address).partition("state=")[2]
    page = requests.post(unescape(address), data=sent, timeout=5)
    assert page.status_code == 200, page.text
    create = f"{unescape(address).partition('/new?')[0]}/create"
    made = requests.post(create, data={**sent, "state": state}, timeout=5, allow_redirects=False)
    return made.headers["Location"].removeprefix(HOME)


def installed(address: str, account: str = "acme", act: str = "install") -> str:
    """What a person does on GitHub's page to install it; the path they come back to."""
    state = address.partition("state=")[2]
    form = {"account": account, "selection": "all", "act": act, "state": state}
    done = requests.post(address, data=form, timeout=5, allow_redirects=False)
    return done.headers["Location"].removeprefix(HOME)


def given(page: str) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("state", "code")}


def to_install(admin: FlaskClient, path: str) -> str:
    """The address of the page that installs the app just made."""
    answer = admin.post("/connect/signed-in", data=given(admin.get(path).text))
    assert answer.status_code == 303, text(answer.text)
    return str(answer.headers["Location"])


def test_an_app_is_made_installed_and_connected(
    service: World, admin: FlaskClient, github: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = proposed(admin, github)
    pages = [page.text]
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {github.url};" in policy
    manifest = json.loads(hidden(page.text, "manifest"))
    assert manifest["redirect_url"] == f"{HOME}/connect/signed-in"
    path = pressed(page)
    back = admin.get(path)
    pages.append(back.text)
    assert "The app is made" in text(back.text)
    assert row(service, "gh") is None
    where = to_install(admin, path)
    assert where.startswith(f"{github.url}/apps/worklift-gh/installations/new?state=")
    again = installed(where)
    back = admin.get(again)
    pages.append(back.text)
    assert "Finish connecting gh" in text(back.text)
    assert github.url not in back.headers["Content-Security-Policy"]
    done = admin.post("/connect/signed-in", data=given(back.text), follow_redirects=True)
    pages.append(done.text)
    assert "gh is connected" in text(done.text)
    assert "Worklift gh for acme" in text(done.text)
    found = row(service, "gh")
    assert found is not None
    assert (found.url, found.error) == (github.url, None)
    (app,) = github.site.apps.known.values()
    assert found.options["client_id"] == str(app.id)
    assert found.options["installation"] == str(next(iter(app.installations)))
    paths = ("/connections/gh", "/connections", "/connect/github?way=consent&name=gh")
    pages += [admin.get(each).text for each in paths]
    assert "renews itself" in pages[-3]
    body = app.pem.split("\n")[1]
    told = "\n".join([*pages, *(each.getMessage() for each in caplog.records), str(found.options)])
    secrets = (body, app.webhook_secret, app.client_secret, *github.site.apps.granted)
    assert len(secrets) >= 4
    assert [each for each in secrets if each in told] == []


def test_the_hook_secret_is_the_one_github_made(
    service: World, admin: FlaskClient, github: Any
) -> None:
    back = admin.get(installed(to_install(admin, pressed(proposed(admin, github)))))
    done = admin.post("/connect/signed-in", data=given(back.text), follow_redirects=True)
    (app,) = github.site.apps.known.values()
    assert app.webhook_secret not in done.text
    found = row(service, "gh")
    assert found is not None
    assert opened(service.runtime.vault, found).now == app.webhook_secret


def test_each_step_serves_once_and_only_who_began_it(
    service: World, admin: FlaskClient, github: Any
) -> None:
    path = pressed(proposed(admin, github))
    service.add("other", "admin")
    app = service.app()
    app.config["WTF_CSRF_ENABLED"] = False
    other = app.test_client()
    other.post("/sign-in", data={"name": "other", "password": "open the calm gate"})
    assert other.get(path).status_code == 400
    stolen = dict(pair.split("=") for pair in path.partition("?")[2].split("&"))
    assert other.post("/connect/signed-in", data=stolen).status_code == 400
    where = to_install(admin, path)
    replayed = admin.post("/connect/signed-in", data=stolen, follow_redirects=True)
    assert replayed.status_code == 400
    assert "names no installation" in text(replayed.text)
    again = installed(where)
    mine = given(admin.get(again).text)
    assert other.post("/connect/signed-in", data=mine).status_code == 400
    assert row(service, "gh") is None
    assert admin.post("/connect/signed-in", data=mine).status_code == 303
    twice = admin.post("/connect/signed-in", data=mine)
    assert (twice.status_code, "finished already" in text(twice.text)) == (400, True)


def test_too_late_is_too_late(service: World, admin: FlaskClient, github: Any) -> None:
    path = pressed(proposed(admin, github))
    service.clock.turn(minutes=11)
    assert "is over" in text(admin.get(path).text)
    stolen = dict(pair.split("=") for pair in path.partition("?")[2].split("&"))
    assert admin.post("/connect/signed-in", data=stolen).status_code == 400
    assert github.site.calls == []


def test_no_form_of_it_works_without_its_token(
    service: World, admin: FlaskClient, github: Any
) -> None:
    path = pressed(proposed(admin, github))
    mine = given(admin.get(path).text)
    admin.application.config["WTF_CSRF_ENABLED"] = True
    assert "out of date" in text(admin.post("/connect/signed-in", data=mine).text)
    assert "out of date" in text(admin.post("/connect/github", data=asked(github)).text)
    assert github.site.calls == []


def test_an_installation_that_waits_for_an_owner_is_told(
    service: World, admin: FlaskClient, github: Any
) -> None:
    where = to_install(admin, pressed(proposed(admin, github)))
    answer = admin.get(installed(where, act="request"))
    assert answer.status_code == 400
    assert "an owner of the organization has to agree" in text(answer.text)
    assert row(service, "gh") is None


def test_a_failure_at_the_end_can_be_tried_again(
    service: World, admin: FlaskClient, github: Any
) -> None:
    path = installed(to_install(admin, pressed(proposed(admin, github))))
    (app,) = github.site.apps.known.values()
    (where,) = app.installations.values()
    github.site.suspend(where)
    mine = given(admin.get(path).text)
    answer = admin.post("/connect/signed-in", data=mine)
    assert answer.status_code == 400
    assert "has to unsuspend it" in text(answer.text)
    (link,) = re.findall(r'href="(/connect/signed-in[^"]+)"', answer.text)
    github.site.unsuspend(where)
    again = given(admin.get(unescape(link)).text)
    done = admin.post("/connect/signed-in", data=again, follow_redirects=True)
    assert "gh is connected" in text(done.text)


def test_an_app_that_is_there_is_connected_at_once(
    service: World, admin: FlaskClient, github: Any
) -> None:
    app = github.site.add_app()
    github.site.install_app(app, "acme")
    typed = asked(github, client_id=str(app.id), client_secret="no key at all")
    wrong = admin.post("/connect/github", data=typed)
    assert wrong.status_code == 400
    assert "The private key is no key in PEM form" in text(wrong.text)
    assert (value(wrong.text, "client_id"), value(wrong.text, "owner")) == (str(app.id), "acme")
    assert "no key at all" not in wrong.text
    elsewhere = admin.post("/connect/github", data={**typed, "client_secret": app.pem,
                                                    "owner": "nope"})  # fmt: skip
    assert "not installed for nope, but for acme" in text(elsewhere.text)
    done = admin.post(
        "/connect/github", data={**typed, "client_secret": app.pem}, follow_redirects=True
    )
    assert "gh is connected" in text(done.text)
    assert app.pem.split("\n")[1] not in done.text
    kept = admin.post("/connect/github", follow_redirects=True,
                      data={**typed, "client_secret": "", "change": "yes",
                            "repositories": "acme/api"})  # fmt: skip
    assert "gh is connected" in text(kept.text)
    found = row(service, "gh")
    assert found is not None
    assert found.options["repositories"] == "acme/api"


def test_another_server_needs_the_tick(service: World, admin: FlaskClient, github: Any) -> None:
    app = github.site.add_app()
    github.site.install_app(app, "acme")
    typed = asked(github, client_id=str(app.id), client_secret=app.pem)
    admin.post("/connect/github", data=typed, follow_redirects=True)
    with start_github() as other:
        far = {**typed, "auth_server": other.url, "change": "yes"}
        answer = admin.post("/connect/github", data=far)
        assert answer.status_code == 400
        assert "This is another site than" in text(answer.text)
        assert value(answer.text, "auth_server") == other.url
    assert urlsplit(row(service, "gh").url) == urlsplit(github.url)  # type: ignore[union-attr]


def test_an_app_of_another_server_is_asked_about_at_the_end(
    service: World, admin: FlaskClient, github: Any
) -> None:
    token = {"way": "token", "name": "gh", "url": github.url, "token": "github-token",
             "allow_private": "yes"}  # fmt: skip
    admin.post("/connect/github", data=token, follow_redirects=True)
    with start_github() as other:
        other.site.add_repo("acme/api")
        path = installed(to_install(admin, pressed(proposed(admin, other, change="yes"))))
        mine = given(admin.get(path).text)
        choice = admin.post("/connect/signed-in", data=mine, follow_redirects=True)
        assert f"None of them is {github.url}" in text(choice.text)
        assert row(service, "gh").url == github.url  # type: ignore[union-attr]
        sent = {"state": mine["state"], "site": other.url}
        done = admin.post("/connect/signed-in", data=sent, follow_redirects=True)
        assert "gh is connected" in text(done.text)
        assert row(service, "gh").url == other.url  # type: ignore[union-attr]


@pytest.mark.parametrize("server", ["http://169.254.169.254", "https://a.example;script-src *"])
def test_a_server_that_may_not_be_called_is_refused(
    admin: FlaskClient, github: Any, server: str
) -> None:
    answer = admin.post("/connect/github", data=asked(github, auth_server=server),
                        follow_redirects=True)  # fmt: skip
    assert answer.status_code == 400
    assert "script-src *" not in answer.headers["Content-Security-Policy"]
    assert "169.254" not in answer.headers["Content-Security-Policy"]


def test_a_token_needs_no_address_for_github_itself(admin: FlaskClient) -> None:
    page = admin.get("/connect/github").text
    assert "https://github.com when left empty" in text(page)
    assert " required" not in re.findall(r'<input [^>]*name="url"[^>]*>', page)[0]

"""Signing in as a GitHub App: made by manifest, installed, renewed, and told what is wrong."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import responses

from connector.errors import AccessDenied, Refused, TrackerError, Unavailable
from integrations import catalogue
from integrations.simulators import Running, start_github
from integrations.tracker import Account, Client, Consent, Identity, Maker, Plan

REDIRECT = "https://here.example/connect/signed-in"


@pytest.fixture
def github() -> Iterator[Running[Any]]:
    with start_github() as running:
        running.site.add_repo("acme/api", private=True)
        running.site.add_repo("acme/web", private=True)
        yield running


@pytest.fixture
def consent() -> Consent:
    found = catalogue.get("github").consent
    assert found is not None
    return found


@pytest.fixture
def maker(consent: Consent) -> Maker:
    assert consent.maker is not None
    return consent.maker


@pytest.fixture
def app(github: Any) -> Any:
    return github.site.add_app()


def client(github: Any, app: Any, **more: Any) -> Client:
    return Client(**{"id": str(app.id), "secret": app.pem, "redirect": REDIRECT,
                     "server": github.url, "allow_private": True, **more})  # fmt: skip


def plan(**more: Any) -> Plan:
    mine = Client(id="", secret="", redirect=REDIRECT, **more)
    return Plan(name="work", client=mine, home="https://here.example", owner="acme",
                door="https://here.example/hooks/work")  # fmt: skip


def manifest(maker: Maker, planned: Plan) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(maker.form(planned, "s").fields["manifest"])
    return found


def checked(github: Any, app: Any, consent: Consent, where: Any, *scopes: Any) -> Identity:
    grant = consent.exchange(client(github, app), str(where.id))
    account = Account(
        name="m", url=github.url, token=grant.token, allow_private=True,
        options={"installation": grant.renewal}, scopes=frozenset(scopes),
        client=client(github, app),
    )  # fmt: skip
    session = catalogue.get("github").open(account)
    try:
        return session.check()
    finally:
        session.close()


def test_the_manifest_asks_for_reading_and_nothing_of_code(maker: Maker) -> None:
    found = manifest(maker, plan())
    assert found["default_permissions"] == {
        "issues": "read", "metadata": "read", "organization_projects": "read",
        "pull_requests": "read",
    }  # fmt: skip
    assert found["hook_attributes"] == {"url": "https://here.example/hooks/work", "active": True}
    assert (found["redirect_url"], found["setup_url"], found["public"]) == (REDIRECT,) * 2 + (
        False,
    )
    assert {"issues", "milestone", "sub_issues", "projects_v2_item"} <= {*found["default_events"]}
    writes = manifest(maker, plan(extras=frozenset({"writeback"})))["default_permissions"]
    assert (writes["issues"], writes["checks"]) == ("write", "write")
    deaf = manifest(maker, replace(plan(), door=""))
    assert not {"hook_attributes", "default_events"} & deaf.keys()


@pytest.mark.parametrize(
    ("server", "owner", "address"),
    [
        ("", "acme", "https://github.com/organizations/acme/settings/apps/new?state=a%26b"),
        ("", "", "https://github.com/settings/apps/new?state=a%26b"),
        ("https://git.example.com/", "", "https://git.example.com/settings/apps/new?state=a%26b"),
        ("https://acme.ghe.com", "", "https://acme.ghe.com/settings/apps/new?state=a%26b"),
    ],
)
def test_the_form_goes_to_the_chosen_github(maker: Maker, server, owner, address) -> None:
    planned = replace(plan(server=server), owner=owner)
    assert maker.form(planned, "a&b").address == address


@pytest.mark.parametrize(
    "changed", [{"owner": "a/b"}, {"client": Client(id="", secret="", redirect=REDIRECT,
                                                    server="http://127.0.0.1:1")}]
)  # fmt: skip
def test_what_cannot_be_an_organization_or_a_server_is_refused(maker: Maker, changed) -> None:
    with pytest.raises(Refused):
        maker.form(replace(plan(), **changed), "s")


def test_a_server_is_not_called_at_a_private_address_unless_that_is_allowed(
    github: Any, maker: Maker
) -> None:
    local = github.url.replace("http://127.0.0.1", "https://localhost")
    with pytest.raises(AccessDenied, match="not a public address"):
        maker.made(plan(server=local), "code")
    assert github.site.calls == []


def test_a_code_becomes_an_app_once(github: Any, app: Any, maker: Maker) -> None:
    github.site.apps.codes["c0de"] = app
    planned = plan(server=github.url, allow_private=True)
    made = maker.made(planned, "c0de")
    assert (made.client.id, made.client.secret) == (str(app.id), app.pem)
    assert made.hook_secret == app.webhook_secret
    assert made.client.page == f"{github.url}/apps/worklift"
    assert app.pem not in repr(made)
    assert app.webhook_secret not in repr(made)
    for code in ("c0de", "../../user", ""):
        with pytest.raises(AccessDenied, match="used already"):
            maker.made(planned, code)


def test_an_installation_gives_tokens_that_read(github: Any, app: Any, consent: Consent) -> None:
    where = github.site.install_app(app, "acme")
    grant = consent.exchange(client(github, app), str(where.id))
    assert (grant.lasts, grant.renewal) == (timedelta(hours=1), str(where.id))
    newer = consent.renew(client(github, app), grant.renewal)
    assert newer.token != grant.token
    (site,) = consent.sites(client(github, app), grant)
    assert (site.url, site.options) == (github.url, {"installation": str(where.id)})
    assert consent.vouches(client(github, app), {"Authorization": "x"}, datetime.now(UTC)) is None


def test_the_test_tells_what_the_app_may_and_sees(github: Any, app: Any, consent: Consent) -> None:
    where = github.site.install_app(app, "acme", ["acme/web"])
    found = checked(github, app, consent, where, ("repo", "acme/web"), ("repo", "acme/api"))
    assert found.who == "Worklift for acme"
    assert "sees 1 repository: acme/web." in found.notes[0]
    assert "Issues (Read and write)" in found.notes[1]
    (told,) = found.warnings
    assert "the repository acme/api, which the sign-in cannot see" in told
    assert f"installation at {github.url}/" in told
    assert found.token_until is None


def test_permissions_asked_for_later_wait_for_the_owner(
    github: Any, app: Any, consent: Consent
) -> None:
    where = github.site.install_app(app, "acme")
    github.site.permit(where, {"metadata": "read", "issues": "read", "pull_requests": "read"})
    (told,) = checked(github, app, consent, where).warnings
    assert "Checks: Read and write, Issues: Read and write" in told
    assert "acme has yet to accept" in told


def test_what_the_app_never_asked_for_is_told(github: Any, consent: Consent) -> None:
    small = github.site.add_app("Small", permissions={"metadata": "read", "issues": "read"})
    where = github.site.install_app(small, "acme")
    told = checked(github, small, consent, where).warnings
    assert ["Pull requests" in each or "Projects" in each for each in told] == [True, True]


def refused(github: Any, app: Any, consent: Consent, number: object, **more: Any) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        consent.exchange(client(github, app, **more), str(number))
    assert "PRIVATE KEY" not in str(caught.value)
    return caught.value


def test_each_refusal_of_an_app_says_what_to_do(github: Any, app: Any, consent: Consent) -> None:
    site = github.site
    where = site.install_app(app, "acme")
    site.suspend(where)
    assert "has to unsuspend it" in str(refused(github, app, consent, where.id))
    site.unsuspend(where)
    other = site.add_app("Other")
    found = refused(github, app, consent, where.id, secret=other.pem)
    assert isinstance(found, AccessDenied)
    assert "revoked, or is another app's" in str(found)
    assert "knows no GitHub App 12" in str(refused(github, app, consent, where.id, id="12"))
    site.uninstall(where)
    assert "is not installed there any more" in str(refused(github, app, consent, where.id))
    assert "names no installation" in str(refused(github, app, consent, "../user"))


@pytest.mark.parametrize(
    ("minutes", "told"), [(20, "is 20 minutes behind"), (-20, "is 20 minutes ahead of")]
)
def test_a_wrong_clock_is_told_by_how_much(app: Any, consent: Consent, minutes, told) -> None:
    there = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    said = {"message": "'Expiration time' claim ('exp') is too far in the future"}
    mine = Client(id="1", secret=app.pem, redirect=REDIRECT)
    with responses.RequestsMock() as network:
        network.post("https://api.github.com/app/installations/7/access_tokens", status=401,
                     json=said, headers={"Date": there})  # fmt: skip
        with pytest.raises(Unavailable, match=f"{told} GitHub's"):
            consent.exchange(mine, "7")
        sent = network.calls[0].request.headers["Authorization"]
    body = sent.removeprefix("Bearer ").split(".")[1]
    claims = json.loads(urlsafe_b64decode(body + "=="))
    now = datetime.now(UTC).timestamp()
    assert claims["iss"] == "1"
    assert now - 70 < claims["iat"] <= now - 59
    assert now < claims["exp"] <= now + 600


@pytest.mark.parametrize(
    "key", ["secret", "-----BEGIN RSA PRIVATE KEY-----\nbm8=\n-----END RSA PRIVATE KEY-----"]
)
def test_a_text_that_is_no_key_is_refused_and_never_told(
    github: Any, app: Any, consent: Consent, key: str
) -> None:
    with pytest.raises(Refused, match="private key") as caught:
        consent.exchange(client(github, app, secret=key), "1")
    assert key not in str(caught.value)


def test_an_installation_beyond_the_first_hundred_is_found(app: Any, maker: Maker) -> None:
    mine = Client(id="1", secret=app.pem, redirect=REDIRECT)
    listed = "https://api.github.com/app/installations"
    rows = [{"id": n, "account": {"login": f"owner-{n}"}} for n in range(1, 103)]
    more = {"Link": f'<{listed}?per_page=100&page=2>; rel="next"'}
    with responses.RequestsMock() as network:
        query = responses.matchers.query_param_matcher
        network.get(listed, json=rows[:100], headers=more, match=[query({"per_page": "100"})])
        second = query({"per_page": "100", "page": "2"})
        network.get(listed, json=rows[100:], match=[second])
        assert maker.place(mine, "Owner-102") == "102"


def test_an_installation_is_found_by_its_owner(github: Any, app: Any, maker: Maker) -> None:
    mine = client(github, app)
    with pytest.raises(AccessDenied, match="installed nowhere"):
        maker.place(mine, "")
    first = github.site.install_app(app, "acme")
    assert maker.place(mine, "") == maker.place(mine, "ACME") == str(first.id)
    github.site.add_repo("beta/x")
    second = github.site.install_app(app, "beta")
    assert maker.place(mine, "beta") == str(second.id)
    for owner, told in (("", "installed for acme, beta"), ("nope", "not installed for nope")):
        with pytest.raises(Refused, match=told):
            maker.place(mine, owner)


def test_an_app_of_a_server_is_made_and_tested_there(consent: Consent, maker: Maker) -> None:
    with start_github(enterprise=True) as server:
        server.site.add_repo("acme/api", private=True)
        mine = server.site.add_app()
        server.site.apps.codes["c0de"] = mine
        made = maker.made(plan(server=server.url, allow_private=True), "c0de")
        where = server.site.install_app(mine, "acme")
        assert consent.address(made.client, "s").startswith(server.url)
        found = checked(server, mine, consent, where, ("repo", "acme/api"))
    assert found.options == {"deployment": "server", "version": "3.19.0", "features": "none"}
    assert found.notes[0] == "The sign-in sees 1 repository: acme/api."

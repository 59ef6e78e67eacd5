"""Signing in at Atlassian: its messages, its refusals, and nothing said twice."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from connector.errors import AccessDenied, BadReading, RateLimited, TrackerError, Unavailable
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID
from integrations.tracker import Client, Consent

CLIENT = Client(id="app", secret="very secret", redirect="https://here.example/connect/signed-in")
TOKEN = "https://auth.atlassian.com/oauth/token"
GRANT = {"access_token": "a", "refresh_token": "r2", "expires_in": 3600, "token_type": "Bearer"}


@pytest.fixture
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


@pytest.fixture
def consent() -> Consent:
    found = catalogue.get("jira").consent
    assert found is not None
    return found


def test_people_are_sent_to_atlassian_with_what_is_asked_for(consent):
    parts = urlsplit(consent.address(CLIENT, "the state"))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://auth.atlassian.com/authorize"
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked == {
        "audience": "api.atlassian.com", "client_id": "app", "prompt": "consent",
        "redirect_uri": CLIENT.redirect, "response_type": "code", "state": "the state",
        "scope": "read:jira-work read:jira-user offline_access",
    }  # fmt: skip


def test_more_is_asked_for_only_when_it_is_wanted(consent):
    more = Client(id="app", secret="s", redirect=CLIENT.redirect,
                  extras=frozenset({"writeback", "registering"}))  # fmt: skip
    scopes = parse_qs(urlsplit(consent.address(more, "s")).query)["scope"][0].split()
    assert scopes[3:] == ["write:jira-work", "manage:jira-webhook"]


def test_a_code_becomes_a_grant(network, consent):
    network.post(TOKEN, json=GRANT)
    grant = consent.exchange(CLIENT, "the code")
    assert (grant.token, grant.renewal, grant.lasts) == ("a", "r2", timedelta(hours=1))
    assert "very secret" not in repr((grant, CLIENT))
    body = parse_qs(network.calls[0].request.body)
    assert body == {
        "grant_type": ["authorization_code"], "code": ["the code"], "client_id": ["app"],
        "client_secret": ["very secret"], "redirect_uri": [CLIENT.redirect],
    }  # fmt: skip


def test_a_renewal_sends_the_old_one_and_takes_the_new_one(network, consent):
    network.post(TOKEN, json=GRANT)
    assert consent.renew(CLIENT, "r1").renewal == "r2"
    body = parse_qs(network.calls[0].request.body)
    assert (body["grant_type"], body["refresh_token"]) == (["refresh_token"], ["r1"])
    kept = {name: value for name, value in GRANT.items() if name != "refresh_token"}
    network.replace("POST", TOKEN, json=kept)
    assert consent.renew(CLIENT, "r1").renewal == "r1"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (403, {"error": "unauthorized_client", "error_description": "refresh_token is invalid"}),
        (400, {"error": "invalid_grant", "error_description": "refresh_token is invalid"}),
        (401, {"error": "invalid_client", "error_description": "refresh_token is invalid"}),
    ],
)
def test_a_refused_renewal_wants_a_person(network, consent, status, answer):
    network.post(TOKEN, json=answer, status=status)
    with pytest.raises(AccessDenied, match=r"\(refresh_token is invalid\); sign in again"):
        consent.renew(CLIENT, "r1")
    assert len(network.calls) == 1


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"status": 503}, Unavailable),
        ({"status": 429, "headers": {"Retry-After": "60"}}, RateLimited),
        ({"body": requests.ConnectionError()}, Unavailable),
        ({"json": {**GRANT, "access_token": None}}, BadReading),
        ({"json": {**GRANT, "access_token": 7}}, BadReading),
        ({"json": {**GRANT, "refresh_token": ["x"]}}, BadReading),
        ({"json": {**GRANT, "expires_in": "soon"}}, TrackerError),
        ({"json": {**GRANT, "expires_in": -5}}, BadReading),
        ({"json": {"error": "server_error"}}, BadReading),
        ({"json": []}, Unavailable),
        *[({"status": status, "body": "<html>"}, Unavailable) for status in (400, 403, 404, 405)],
        *[
            ({"status": status, "json": {"message": "blocked"}}, Unavailable)
            for status in (400, 403)
        ],
        ({"status": 401, "json": {"error": "access_denied"}}, Unavailable),
        ({"status": 404, "json": {"error": "invalid_grant"}}, Unavailable),
        ({"status": 302, "headers": {"Location": "https://proxy.example/?s=1"}}, Unavailable),
    ],
)
def test_other_answers_are_no_grant_and_are_never_asked_for_twice(network, consent, how, kind):
    network.post(TOKEN, **how)
    with pytest.raises(kind) as caught:
        consent.renew(CLIENT, "r1")
    assert "very secret" not in str(caught.value)
    assert len(network.calls) == 1


def test_nothing_that_was_sent_is_repeated_in_an_error(network, consent):
    said = "very secret, very%20secret, the/old+one, the%2Fold%2bone"
    for status in (400, 403, 503):
        for error in ("invalid_grant", "the/old+one"):
            answer = {"error": error, "error_description": said}
            network.upsert("POST", TOKEN, json=answer, status=status)
            for call in (consent.renew, consent.exchange):
                with pytest.raises(TrackerError) as caught:
                    call(CLIENT, "the/old+one")
                assert "***, ***, ***, ***" in str(caught.value)
                assert "old" not in str(caught.value)


def test_a_grant_that_cannot_be_renewed_is_none(network, consent):
    network.post(TOKEN, json={"access_token": "a", "expires_in": 60, "token_type": "Bearer"})
    with pytest.raises(AccessDenied, match="offline_access"):
        consent.exchange(CLIENT, "code")


def test_only_sites_of_jira_that_may_be_read_are_offered(network, consent):
    network.post(TOKEN, json=GRANT)
    network.get("https://api.atlassian.com/oauth/token/accessible-resources", json=[
        {"id": "1", "url": "https://one.atlassian.net", "name": "one",
         "scopes": ["read:jira-work", "read:jira-user"]},
        {"id": "2", "url": "https://two.atlassian.net", "name": "two",
         "scopes": ["read:confluence-space.summary"]},
        {"id": 3, "url": "https://three.atlassian.net", "scopes": ["read:jira-work"]}, 7,
    ])  # fmt: skip
    (only,) = consent.sites(CLIENT, consent.exchange(CLIENT, "code"))
    assert (only.url, only.browse_url, only.name) == (
        "https://api.atlassian.com/ex/jira/1", "https://one.atlassian.net", "one",
    )  # fmt: skip
    assert network.calls[-1].request.headers["Authorization"] == "Bearer a"


def test_a_sign_in_server_inside_the_network_needs_leave(consent):
    inside = Client(id="a", secret="s", redirect="https://x.example/", server="http://127.0.0.1:1")
    with pytest.raises(Exception, match="https://"):
        consent.renew(inside, "r")


def test_the_whole_way_against_the_simulated_site(consent):
    with start_jira() as jira:
        client = Client(
            id="client-id", secret="client-secret", redirect="http://localhost:8000/back",
            server=jira.url, allow_private=True,
        )  # fmt: skip
        code = jira.site.passes.code(client.redirect, frozenset({
            "read:jira-work", "read:jira-user", "offline_access"}))  # fmt: skip
        first = consent.exchange(client, code)
        with pytest.raises(AccessDenied, match="Invalid authorization code"):
            consent.exchange(client, code)
        assert consent.sites(client, first)[0].url == f"{jira.url}/ex/jira/{CLOUD_ID}"
        second = consent.renew(client, first.renewal)
        assert second.token != first.token
        with pytest.raises(AccessDenied, match="refresh_token is invalid"):
            consent.renew(client, first.renewal)
        assert jira.site.passes.renewals == 1

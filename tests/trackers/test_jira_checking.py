"""The connection test: each thing that can be wrong is a sentence with its fix."""

from datetime import UTC, date, datetime

import pytest
import responses

from connector.errors import AccessDenied, Gone, Refused, TrackerError, Unavailable
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID, Pass
from integrations.tracker import Account, Identity

SITE = "https://acme.atlassian.net"
GATEWAY = f"https://api.atlassian.com/ex/jira/{CLOUD_ID}"
EMAIL = "a@example.com"
POINTS = {"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}
FIELDS = [
    {"id": "customfield_1", "name": "Story Points", "schema": POINTS},
    {"id": "customfield_2", "name": "Aufwand", "schema": POINTS},
    {"id": "customfield_9", "name": "Sprint", "schema": {
        "type": "array", "custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
]  # fmt: skip


@pytest.fixture
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


def check(url: str = SITE, token: str = "a-token", scopes=(), **options: str) -> Identity:
    account = Account(
        name="m", url=url, token=token, options=options, allow_private=True,
        scopes=frozenset(scopes),
    )  # fmt: skip
    session = catalogue.get("jira").open(account)
    try:
        return session.check()
    finally:
        session.close()


def site(network, url: str = SITE, *, cloud: bool = True, keys=("PLAT",)) -> None:
    info = {"deploymentType": "Cloud" if cloud else "Server", "version": "1"}
    projects = [{"key": key} for key in keys]
    network.get(f"{url}/rest/api/2/serverInfo", json=info)
    network.get(f"{url}/rest/api/2/myself", json={"displayName": "Bot"})
    network.get(f"{url}/rest/api/2/field", json=FIELDS)
    network.get(f"{url}/rest/api/2/mypermissions", json={"permissions": {
        "BROWSE_PROJECTS": {"havePermission": bool(keys)}}})  # fmt: skip
    network.get(f"{url}/rest/api/2/project", json=projects)
    page = {"total": len(keys), "values": projects[:50]}
    network.get(f"{url}/rest/api/3/project/search", json=page)


def boards(network, *estimates: str | None) -> None:
    listed = [{"id": number} for number in range(len(estimates))]
    network.get(f"{SITE}/rest/agile/1.0/board", json={"values": listed})
    for number, field in enumerate(estimates):
        found = {"estimation": {"type": "field", "field": {"fieldId": field}}} if field else {}
        network.get(f"{SITE}/rest/agile/1.0/board/{number}/configuration", json=found)


def refused(network, said: str, url: str = SITE, path: str = "myself", **more) -> str:
    site(network, url, cloud=more.pop("cloud", True))
    network.replace("GET", f"{url}/rest/api/2/{path}", status=more.pop("status", 401),
                    json={"message": said}, headers=more.pop("headers", {}))  # fmt: skip
    with pytest.raises(AccessDenied) as caught:
        check(url, **more)
    return str(caught.value)


def test_a_good_account_is_told_with_what_it_sees(network):
    site(network, keys=[f"P{n}" for n in range(60)])
    boards(network, "customfield_2", "customfield_1", "customfield_2", None, "timeoriginalestimate")
    found = check(email=EMAIL)
    assert found.who == "Bot"
    assert found.options == {
        "deployment": "cloud", "story_points": "customfield_2,customfield_1",
        "sprint_field": "customfield_9",
    }  # fmt: skip
    assert found.notes == (
        "The token sees 60 projects: P0, P1, P2, P3, P4, P5, P6, P7 and 52 more.",
    )
    assert found.warnings == ()
    assert len(network.calls) == 11


def test_boards_that_may_not_be_seen_are_fine_and_typed_points_ask_for_none(network):
    site(network)
    network.get(f"{SITE}/rest/agile/1.0/board", status=403, json={})
    assert check(email=EMAIL).options["story_points"] == "customfield_1"
    asked = len(network.calls)
    check(email=EMAIL, story_points="customfield_1")
    assert len(network.calls) == asked + 5


def test_a_token_that_sees_no_project_is_told_so(network):
    site(network, keys=())
    found = check(email=EMAIL)
    assert "may browse no project" in found.warnings[0]
    assert found.notes == ()


def test_projects_that_links_read_and_the_token_does_not_see_are_named(network):
    site(network)
    links = {("project", "ops"), ("epic", "SEC-7"), ("version", "PLAT/2.0"), ("label", "OPS/x"),
             ("jql", "project = HID"), ("sprint", "7"), ("epic", "nonsense")}  # fmt: skip
    (warning,) = check(email=EMAIL, scopes=links).warnings
    assert "projects OPS, SEC, which the token cannot see" in warning


def test_of_many_projects_only_those_that_links_name_are_asked_for(network):
    narrowed = responses.matchers.query_param_matcher({"keys": ["OPS", "P65"]})
    found = {"total": 1, "values": [{"key": "P65"}]}
    network.get(f"{SITE}/rest/api/3/project/search", json=found, match=[narrowed])
    site(network, keys=[f"P{n}" for n in range(70)])
    (warning,) = check(email=EMAIL, scopes={("project", "P65"), ("project", "OPS")}).warnings
    assert "the project OPS," in warning


def test_what_cannot_be_asked_is_no_reason_to_warn(network):
    site(network)
    for path in ("2/mypermissions", "3/project/search"):
        network.replace("GET", f"{SITE}/rest/api/{path}", status=503)
    found = check(email=EMAIL, scopes={("project", "OPS")})
    assert (found.warnings, found.notes) == ((), ())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"{SITE}/wiki", "leads to Confluence, not to Jira itself: use https://acme.atlassian.net"),
        (f"{SITE}/jira/software/projects/PLAT", "a page of the site"),
        ("https://id.atlassian.com", "no Jira site: use your site's own address"),
        ("https://api.atlassian.com", "api.atlassian.com/ex/jira/<cloud id>"),
    ],
)
def test_addresses_that_cannot_be_one_are_never_called(network, url, said):
    with pytest.raises(Gone, match=said):
        check(url)
    assert len(network.calls) == 0


@pytest.mark.parametrize(
    ("url", "how", "kind", "said"),
    [
        ("https://jira.example.com", {"status": 404, "json": {}}, Gone, "context path"),
        ("https://confluence.example.com", {"status": 404, "json": {}}, Gone, "a Confluence"),
        ("https://jira.example.com", {"body": "<p>", "content_type": "text/html"}, Unavailable,
         "instead of JSON.*start page"),
        (GATEWAY, {"status": 404, "json": {}}, Gone, "_edge/tenant_info"),
        ("https://jira.example.com", {"status": 302, "headers": {"Location": "https://sso.test/"}},
         Gone, "sso.test.*sign-in page standing before Jira"),
    ],
)  # fmt: skip
def test_an_address_that_answers_otherwise(network, url, how, kind, said):
    network.get(f"{url}/rest/api/2/serverInfo", **how)
    with pytest.raises(kind, match=said):
        check(url)


def test_a_scoped_token_on_the_site_leads_to_the_whole_gateway_address(network):
    network.get(f"{SITE}/_edge/tenant_info", json={"cloudId": CLOUD_ID})
    sentence = refused(network, "Unauthorized", email=EMAIL)
    assert f"use {GATEWAY} as the URL" in sentence
    asked = next(call.request for call in network.calls if "_edge" in call.request.url)
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize("answer", [{}, {"cloudId": 7}, {"cloudId": "a b/../c"}])
def test_a_site_that_does_not_tell_its_cloud_id(network, answer):
    network.get(f"{SITE}/_edge/tenant_info", json=answer)
    sentence = refused(network, "Unauthorized", email=EMAIL)
    assert "use https://api.atlassian.com/ex/jira/<cloud id> as the URL" in sentence


def test_a_site_that_refuses_everything_is_told_the_same(network):
    network.get(f"{SITE}/rest/api/2/serverInfo", status=401, json={})
    network.get(f"{SITE}/_edge/tenant_info", json={"cloudId": CLOUD_ID})
    with pytest.raises(AccessDenied, match=GATEWAY):
        check(email=EMAIL)


@pytest.mark.parametrize(
    ("url", "said", "options", "told"),
    [
        (SITE, "Unauthorized", {}, "needs the e-mail of its account too"),
        (SITE, "The token has expired", {"email": EMAIL}, "The token expired"),
        (GATEWAY, "Unauthorized; scope does not match", {"email": EMAIL},
         "lacks the scope read:jira-user"),
        (GATEWAY, "Unauthorized", {"email": EMAIL}, "for a service account leave the e-mail empty"),
        (GATEWAY, "Unauthorized", {}, "needs the person's e-mail too"),
        (GATEWAY, "Token expired", {"email": EMAIL}, "The token expired"),
        (GATEWAY, "Unauthorized", {"client_id": "x"}, "sign in again"),
        (GATEWAY, "scope does not match", {"client_id": "x"}, "add it under Permissions"),
    ],
)  # fmt: skip
def test_refused_sign_ins_on_cloud(network, url, said, options, told):
    assert told in refused(network, said, url, **options)


@pytest.mark.parametrize(
    ("said", "headers", "options", "told"),
    [
        ("Basic Authentication has been disabled on this instance.", {}, {"email": EMAIL},
         "basic authentication is off, as in Jira 11"),
        ("Unauthorized", {}, {"email": EMAIL}, "leave the e-mail empty"),
        ("Unauthorized", {}, {}, "wrong, revoked or expired: make a new one at Profile"),
        ("Token expired", {}, {}, "The token expired"),
        ("No", {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=x"}, {},
         "sign in once in a browser"),
    ],
)  # fmt: skip
def test_refused_sign_ins_on_data_center(network, said, headers, options, told):
    sentence = refused(network, said, cloud=False, headers=headers, status=403, **options)
    assert told in sentence


def test_a_missing_scope_is_named_by_what_was_refused(network):
    said = "Unauthorized; scope does not match"
    assert "scope read:jira-work" in refused(network, said, GATEWAY, path="field", email=EMAIL)


@pytest.mark.parametrize(
    ("tokens", "until"),
    [
        ([{"expiringAt": "2027-01-31T10:00:00.000+0000"}], date(2027, 1, 31)),
        ([{"expiringAt": "2027-01-31T10:00:00.000+0000", "lastUsedAt": "2026-11-01T00:00:00.0Z"},
          {"expiringAt": "2027-03-31T10:00:00.000+0000", "lastUsedAt": "2026-11-02T00:00:00.0Z"},
          {"expiringAt": "2026-12-31T10:00:00.000+0000"}], date(2027, 3, 31)),
        ([{"name": "for ever"}], None), ([{"expiringAt": "soon"}, 7], None), ({}, None),
    ],
)  # fmt: skip
def test_data_center_tells_when_the_token_ends(network, tokens, until):
    site(network, cloud=False)
    network.get(f"{SITE}/rest/pat/latest/tokens", json=tokens)
    assert check().token_until == until


def test_on_cloud_the_end_is_what_was_typed(network):
    site(network)
    assert check(email=EMAIL, expires_on="2027-05-01").token_until == date(2027, 5, 1)
    assert check(email=EMAIL).token_until is None
    with pytest.raises(Refused, match="'soon' is not a date"):
        check(email=EMAIL, expires_on="soon")


def test_each_sign_in_works_where_it_belongs_and_nowhere_else():
    with start_jira() as jira:
        jira.site.add_project("PLAT", "Platform")
        jira.site.passes.scoped["narrow"] = Pass(frozenset({"read:jira-work"}))
        gateway = f"{jira.url}/ex/jira/{CLOUD_ID}"
        mine = {"email": jira.site.email}
        for url, token, options in (
            (jira.url, "jira-token", mine),
            (gateway, "scoped-token", mine),
            (gateway, "service-token", {}),
        ):
            found = check(url, token, **options)
            assert found.notes[0] == "The token sees 1 project: PLAT."
            assert found.options.get("browse_url", url) == jira.url
        for url, token, options, told in (
            (jira.url, "scoped-token", mine, f"use {gateway} as the URL"),
            (gateway, "narrow", mine, "read:jira-user"),
            (gateway, "jira-token", mine, "has scopes"),
        ):
            with pytest.raises(TrackerError, match=told):
                check(url, token, **options)


def test_data_centers_own_token_is_known_with_its_end():
    with start_jira(deployment="datacenter") as jira:
        jira.site.add_project("PLAT", "Platform")
        jira.site.passes.pat_until = datetime(2027, 1, 31, 12, tzinfo=UTC)
        found = check(jira.url, "jira-token")
        assert found.token_until == date(2027, 1, 31)
        assert {"epic_link", "epic_name", "sprint_field"} <= found.options.keys()

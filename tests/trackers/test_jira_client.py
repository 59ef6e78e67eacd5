"""Jira's odd answers: refused sign-ins, broken conditions, issues it cannot read just now."""

import json

import pytest
import responses

from connector.errors import AccessDenied, BadReading, BadScope, Gone, Refused, Unavailable
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Need
from tests.jira_answers import (
    FETCH,
    PROJECT,
    SEARCH,
    SINCE,
    URL,
    answering,
    issue,
    jira,
    keys,
    listing,
    sent,
)


@pytest.fixture(autouse=True)
def network():
    yield from answering()


def test_an_answer_for_nobody_in_particular_is_a_refused_sign_in(network):
    network.post(
        SEARCH, json={"issues": []}, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    )
    with pytest.raises(AccessDenied, match="sign-in"):
        keys(jira())


@pytest.mark.parametrize(
    "cursor",
    ["", "{", "[]", "null", "{}", '{"since": "x"}', '{"since": true}', '{"since": -1}',
     '{"since": 1.5}', '{"since": 1, "refused": [[1]]}', '{"since": 1, "lists": {"a": 1}}',
     '{"since": 1, "lists": {"read_at": 1, "entries": {"status": {"1": []}}, "bound": {}}}'],
)  # fmt: skip
def test_a_spoilt_cursor_is_named(cursor):
    with pytest.raises(BadReading, match="in full"):
        keys(jira(), cursor=cursor)


def test_only_the_refused_conditions_are_left_out(network):
    def judged(request):
        body = json.loads(request.body)
        if '"NOPE"' in body["jql"]:
            said = {"errorMessages": ["The value 'NOPE' does not exist."]}
            return 400, {}, json.dumps(said)
        return 200, {}, json.dumps({"issues": [issue(1)]})

    network.post(FETCH, json={"issues": [issue(1)]})
    network.get(f"{URL}/rest/api/2/project/NOPE/versions", status=404, json={})
    network.add_callback(responses.POST, SEARCH, judged, content_type="application/json")
    projects = frozenset(("project", f"P{number}") for number in range(15))
    found, look = keys(jira(), Need(scopes=projects | {("project", "NOPE"), ("version", "NOPE/1")}))
    assert found == ["PLAT-1"]
    said = "Jira says: The value 'NOPE' does not exist."
    assert look.broken == {("project", "NOPE"): said, ("version", "NOPE/1"): said}
    assert len(network.calls) < 25


def test_what_the_lists_show_but_jira_still_refuses_stays_broken(network):
    def judged(request):
        if "sprint = 7" in json.loads(request.body)["jql"]:
            return 400, {}, json.dumps({"errorMessages": ["No sprint 7."]})
        return 200, {}, json.dumps({"issues": []})

    network.add_callback(responses.POST, SEARCH, judged, content_type="application/json")
    network.get(f"{URL}/rest/agile/1.0/sprint/7", json={"id": 7, "name": "Seven"})
    need = Need(scopes=PROJECT.scopes | {("sprint", "7")}, lists=True)
    _, look = keys(jira(), need)
    for _ in range(2):
        assert look.broken == {("sprint", "7"): "Jira says: No sprint 7."}
        assert look.titles == {("sprint", "7"): "Seven"}
        _, look = keys(jira(), need, look.cursor)


def test_when_nothing_can_be_read_there_is_only_the_look(network):
    network.post(SEARCH, status=400, json={"errorMessages": ["No such project."]})
    found, look = keys(jira())
    assert found == []
    assert list(look.broken) == [("project", "PLAT")]


def test_conditions_that_only_fail_together_are_an_error(network):
    network.post(SEARCH, status=400, json={"errorMessages": ["Too long."]})
    network.post(SEARCH, json={"issues": []})
    network.post(SEARCH, status=400, json={"errorMessages": ["Too long."]})
    with pytest.raises(BadScope, match="Too long"):
        keys(jira())


def test_an_item_that_cannot_be_read_stops_no_other(network):
    network.post(SEARCH, json={"issues": [issue(1), {"id": "2", "key": "PLAT-2"}, 7, issue(3)]})
    *pages, _ = jira().read("", PROJECT, SINCE)
    assert [item.key for item in pages[0].items] == ["PLAT-1", "PLAT-3"]
    assert [(each.key, each.field) for each in pages[0].unreadable] == [
        ("PLAT-2", "fields"), ("", "issue"),
    ]  # fmt: skip


def test_an_issue_jira_cannot_read_just_now_is_not_missing(network):
    network.post(f"{URL}/rest/api/3/issue/bulkfetch", json={
        "issues": [issue(1)], "issueErrors": [{"id": "2", "errorMessages": ["busy"]}]})  # fmt: skip
    network.get(f"{URL}/rest/api/2/project/PLAT", json={"key": "PLAT"})
    refs = [Ref("1", "PLAT-1"), Ref("2", "PLAT-2"), Ref("3", "PLAT-3")]
    fetched = jira().fetch("", refs)
    assert [item.key for item in fetched.items] == ["PLAT-1"]
    assert fetched.missing == (refs[2],)
    assert [each.external_id for each in fetched.unreadable] == ["2"]


def test_an_issue_jira_cannot_read_just_now_is_tried_again_until_it_can(network):
    busy = {"issues": [issue(1)], "issueErrors": [{"id": "2", "errorMessages": ["busy"]}]}
    network.post(SEARCH, json={"issues": [{"id": "1"}, {"id": "2"}]})
    for answer in (busy, {"issues": [], "issueErrors": [{"id": "2"}]}, {"issues": [issue(2)]}):
        network.post(FETCH, json=answer)
    *pages, look = jira().read("", PROJECT, None)
    assert [each.external_id for page in pages for each in page.unreadable] == ["2"]
    network.replace(responses.POST, SEARCH, json={"issues": []})
    found, later = keys(jira(), cursor=look.cursor)
    assert found == ["PLAT-2"]
    asked = [body["issueIdsOrKeys"] for body in sent(network) if "issueIdsOrKeys" in body]
    assert asked == [["1", "2"], ["2"], ["2"]]
    assert keys(jira(), cursor=later.cursor)[0] == []
    assert len([body for body in sent(network) if "issueIdsOrKeys" in body]) == 3


def test_a_moved_issue_is_found_under_its_new_key(network):
    moved = {**issue(1), "key": "CORE-9"}
    network.post(f"{URL}/rest/api/3/issue/bulkfetch", json={"issues": [moved]})
    network.get(f"{URL}/rest/api/3/issue/PLAT-1", json=moved)
    fetched = jira().fetch("", [Ref("1", "PLAT-1"), Ref(None, "PLAT-1")])
    assert [item.key for item in fetched.items] == ["CORE-9"]
    assert fetched.missing == ()


def test_a_ref_that_names_nothing_is_missing_without_a_call(network):
    refs = [Ref(None, None), Ref("x", "not a key"), Ref("", "")]
    assert jira().fetch("", refs).missing == tuple(refs)
    assert len(network.calls) == 0


def test_an_unconfigured_connection_finds_out_its_deployment_first(network):
    network.get(f"{URL}/rest/api/2/serverInfo", json={"deploymentType": "Cloud", "version": "1001"})
    network.get(f"{URL}/rest/api/2/myself", json={"displayName": "Bot"})
    network.get(f"{URL}/rest/api/2/field", json=[])
    listing(network, 1)
    assert keys(jira(deployment=""))[0] == ["PLAT-1"]


FIELDS = [
    {"id": "summary", "name": "Summary", "schema": {"type": "string"}},
    {"id": "customfield_1", "name": "Story Points", "schema": {
        "type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}},
    {"id": "customfield_2", "name": "Schätzung", "schema": {
        "type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points"}},
    {"id": "customfield_3", "name": "Story Points", "schema": {
        "type": "string", "custom": "x:text"}},
    {"id": "customfield_4", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-epic-link"}},
    {"id": "customfield_5", "schema": None}, 7,
]  # fmt: skip


def test_the_test_proposes_the_point_fields_by_what_they_are(network):
    network.get(f"{URL}/rest/api/2/serverInfo", json={"deploymentType": "Server"})
    network.get(f"{URL}/rest/api/2/myself", json={"name": "bot"})
    network.get(f"{URL}/rest/api/2/field", json=FIELDS)
    identity = jira(deployment="").check()
    assert identity.who == "bot"
    assert identity.options == {
        "deployment": "datacenter", "story_points": "customfield_2,customfield_1",
        "epic_link": "customfield_4",
    }  # fmt: skip
    chosen = jira("cloud", story_points="customfield_3").check()
    assert chosen.options["story_points"] == "customfield_3"
    assert len(chosen.warnings) == 2


@pytest.mark.parametrize(
    ("how", "kind", "said"),
    [
        ({"status": 404, "json": {}}, Gone, "not a Jira site"),
        ({"json": {"hello": 1}}, Unavailable, "not as a Jira site"),
        ({"body": "<html>", "content_type": "text/html"}, Unavailable, "instead of JSON"),
        ({"status": 302, "headers": {"Location": "https://sso.example/"}}, Gone, "sso.example"),
    ],
)
def test_a_wrong_address_is_told_as_such(network, how, kind, said):
    network.get(f"{URL}/rest/api/2/serverInfo", **how)
    with pytest.raises(kind, match=said):
        jira().check()


def test_a_gateway_address_still_shows_the_sites_own_pages(network):
    gateway = "https://api.atlassian.com/ex/jira/1"
    network.get(
        f"{gateway}/rest/api/2/serverInfo", json={"deploymentType": "Cloud", "baseUrl": URL}
    )
    network.get(f"{gateway}/rest/api/2/myself", json={"displayName": "Bot"})
    network.get(f"{gateway}/rest/api/2/field", json=[])
    account = Account(name="m", url=gateway, token="t", options={"email": "a@example.com"})
    assert catalogue.get("jira").open(account).check().options["browse_url"] == URL


@pytest.mark.parametrize(
    ("options", "wanted"), [({"email": "a@b"}, "Basic "), ({"email": ""}, "Bearer ")]
)
def test_an_email_makes_it_basic_and_none_makes_it_bearer(network, options, wanted):
    network.post(SEARCH, json={"issues": []})
    keys(jira(**options))
    assert network.calls[0].request.headers["Authorization"].startswith(wanted)


def test_settings_that_cannot_work_are_refused_when_opened():
    tracker = catalogue.get("jira")
    for account in (
        Account(name="m", url=URL, token=""),
        Account(name="m", url="http://x", token="t"),
    ):
        with pytest.raises(Refused):
            tracker.open(account)


def test_there_is_one_source_only():
    with pytest.raises(BadScope):
        list(jira().read("acme/api", PROJECT, None))

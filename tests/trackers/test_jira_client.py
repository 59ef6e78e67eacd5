"""Jira's odd answers: endless pages, shrinking lists, refused sign-ins, broken conditions."""

import json
import threading
from datetime import UTC, datetime

import pytest
import responses

from connector.errors import (
    AccessDenied,
    BadReading,
    BadScope,
    Gone,
    RateLimited,
    Refused,
    Unavailable,
)
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Budget, Look, Need

URL = "https://acme.atlassian.net"
SEARCH = f"{URL}/rest/api/3/search/jql"
FETCH = f"{URL}/rest/api/3/issue/bulkfetch"
CLASSIC = f"{URL}/rest/api/2/search"
SINCE = '{"since": 5, "lists": {"read_at": null, "entries": {}, "bound": {}}}'
PROJECT = Need(scopes=frozenset({("project", "PLAT")}))


@pytest.fixture(autouse=True)
def network(monkeypatch):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        for name in ("status", "issuetype", "resolution"):
            faked.get(f"{URL}/rest/api/2/{name}", json=[])
        yield faked


def jira(deployment="cloud", **options):
    options = {"email": "a@example.com", "deployment": deployment, "sprint_field": "s", **options}
    account = Account(name="main", url=URL, token="the-token", options=options)
    return catalogue.get("jira").open(account)


def issue(number, updated="2026-10-06T08:00:00.000+0000"):
    return {"id": str(number), "key": f"PLAT-{number}", "fields": {
        "summary": "x", "status": {"name": "To Do", "statusCategory": {"key": "new"}},
        "issuetype": {"name": "Story"}, "created": "2026-10-01T08:00:00.000+0000",
        "updated": updated}}  # fmt: skip


def keys(session, need=PROJECT, cursor=None):
    *pages, look = session.read("", need, cursor)
    return [item.key for page in pages for item in page.items], look


def sent(network):
    return [json.loads(call.request.body) for call in network.calls if call.request.body]


def since(cursor):
    return json.loads(cursor)["since"]


def listing(network, *ids):
    """Jira Cloud lists these ids, and shows the issue of each."""

    def shown(request):
        asked = json.loads(request.body)["issueIdsOrKeys"]
        return 200, {}, json.dumps({"issues": [issue(each) for each in asked]})

    network.post(SEARCH, json={"issues": [{"id": str(each)} for each in ids]})
    network.add_callback(responses.POST, FETCH, shown, content_type="application/json")


def test_tokens_are_followed_and_short_pages_are_no_end(network):
    network.post(SEARCH, json={"issues": [issue(1)], "nextPageToken": "a"})
    network.post(SEARCH, json={"issues": [], "nextPageToken": "b"})
    network.post(SEARCH, json={"issues": [{"id": "2"}, {"id": "x"}, 7], "nextPageToken": "c"})
    listing(network, 1, 2, 3)
    found, _ = keys(jira(), cursor=SINCE)
    assert sorted(found) == ["PLAT-1", "PLAT-2", "PLAT-3"]
    searches = [body for body in sent(network) if "jql" in body]
    assert [body.get("nextPageToken") for body in searches] == [None, "a", None, "c"]
    assert [body["maxResults"] for body in searches] == [100, 100, 5000, 5000]
    assert "summary" in searches[0]["fields"]
    assert searches[2]["fields"] == ["id"]
    assert sent(network)[-1]["issueIdsOrKeys"] == ["2", "3"]  # each once, though listed twice


def test_the_page_marked_as_last_is_the_last_whatever_token_it_has(network):
    network.post(SEARCH, json={"issues": [issue(1)], "isLast": True, "nextPageToken": "a"})
    assert keys(jira(), cursor=SINCE)[0] == ["PLAT-1"]
    assert len(network.calls) == 1


def test_a_repeated_token_ends_in_an_error_and_never_in_a_complete_look(network):
    listing(network, 1)
    network.replace(responses.POST, SEARCH, json={"issues": [{"id": "1"}], "nextPageToken": "a"})
    seen = []
    with pytest.raises(Unavailable, match="repeated"):
        seen.extend(jira().read("", PROJECT, None))
    assert not any(isinstance(each, Look) for each in seen)
    assert len([body for body in sent(network) if "jql" in body]) == 2


def test_a_token_that_expires_meanwhile_is_no_broken_scope(network):
    network.post(SEARCH, json={"issues": [{"id": "1"}], "nextPageToken": "a"})
    network.post(SEARCH, status=400, json={"errorMessages": ["The token is expired."]})
    with pytest.raises(Unavailable, match="expired"):
        keys(jira())


def test_issues_that_jira_will_not_show_are_no_broken_scope(network):
    network.post(SEARCH, json={"issues": [{"id": "1"}]})
    network.post(FETCH, status=400, json={"errorMessages": ["Too many."]})
    with pytest.raises(Unavailable, match="Too many"):
        keys(jira())


def test_a_list_that_shrinks_while_it_is_paged_loses_nothing(network):
    network.post(CLASSIC, json={"issues": [issue(1), issue(2)], "total": 4})
    network.post(CLASSIC, json={"issues": [issue(4)], "total": 3})
    network.post(CLASSIC, json={"issues": [issue(3), issue(4)], "total": 3})
    found, _ = keys(jira("datacenter", epic_link="customfield_1"), cursor=SINCE)
    assert sorted(set(found)) == ["PLAT-1", "PLAT-2", "PLAT-3", "PLAT-4"]
    assert [(body["startAt"], body["maxResults"]) for body in sent(network)] == [
        (0, 1000), (2, 1000), (1, 1000),
    ]  # fmt: skip


def test_a_server_that_cannot_make_long_pages_is_asked_for_short_ones(network):
    network.post(CLASSIC, status=500)
    network.post(CLASSIC, json={"issues": [issue(1)], "total": 2})
    network.post(CLASSIC, json={"issues": [issue(2)], "total": 2})
    assert keys(jira("datacenter"), cursor=SINCE)[0] == ["PLAT-1", "PLAT-2"]
    assert [(body["startAt"], body["maxResults"]) for body in sent(network)] == [
        (0, 1000), (0, 100), (1, 100),
    ]  # fmt: skip
    network.replace(responses.POST, CLASSIC, status=500)
    with pytest.raises(Unavailable):
        keys(jira("datacenter"), cursor=SINCE)


@pytest.mark.parametrize(
    "answer",
    [{"issues": [], "total": 5}, {"issues": [issue(1)]}, {"total": 0},
     {"issues": {}, "total": 0}, []],
)  # fmt: skip
def test_a_list_without_its_end_is_unavailable(network, answer):
    network.post(CLASSIC, json=answer)
    with pytest.raises(Unavailable):
        keys(jira("datacenter"))


def test_an_answer_for_nobody_in_particular_is_a_refused_sign_in(network):
    network.post(
        SEARCH, json={"issues": []}, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    )
    with pytest.raises(AccessDenied, match="sign-in"):
        keys(jira())


def test_the_cursor_is_the_trackers_time_and_not_past_the_start_of_the_read(network):
    date = {"Date": "Tue, 06 Oct 2026 07:00:00 GMT"}
    network.post(SEARCH, json={"issues": [issue(1)]}, headers=date)
    network.post(FETCH, json={"issues": [issue(1)]}, headers=date)
    _, look = keys(jira())
    assert since(look.cursor) == 1791269400000  # 06:50, not 07:50
    keys(jira(), cursor=look.cursor)
    assert "AND updated >= 1791269400000" in sent(network)[-1]["jql"]


def test_nothing_seen_goes_on_from_the_servers_clock_or_from_before(network):
    network.post(SEARCH, json={"issues": []}, headers={"Date": "Tue, 06 Oct 2026 07:00:00 GMT"})
    network.post(SEARCH, json={"issues": []})
    session = jira()
    assert since(keys(session)[1].cursor) == 1791269400000
    assert since(keys(session, cursor='{"since": 5}')[1].cursor) == 5
    assert since(keys(session)[1].cursor) == 0


def test_the_last_changes_of_a_quiet_site_are_read_once_more_and_not_for_ever(network):
    date = {"Date": "Tue, 06 Oct 2026 09:00:00 GMT"}
    network.post(SEARCH, json={"issues": [issue(1)]}, headers=date)
    network.post(FETCH, json={"issues": [issue(1)]}, headers=date)
    first = keys(jira())[1].cursor
    second = keys(jira(), cursor=first)[1].cursor
    third = keys(jira(), cursor=second)[1].cursor
    ten = 10 * 60 * 1000
    updated, now = 1791273600000, 1791277200000  # 08:00 and 09:00
    assert [since(each) for each in (first, second, third)] == [
        updated - ten, now - ten, now - ten,
    ]  # fmt: skip


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


def test_a_pause_asked_of_one_call_ends_them_all_with_the_latest_end(network):
    waits = iter(("5", "600", "30"))

    def limited(request):
        asked = json.loads(request.body)["issueIdsOrKeys"]
        if asked[0] == "1":
            return 200, {}, json.dumps({"issues": [issue(each) for each in asked]})
        return 429, {"Retry-After": next(waits)}, "{}"

    network.post(SEARCH, json={"issues": [{"id": str(each)} for each in range(1, 400)]})
    network.add_callback(responses.POST, FETCH, limited, content_type="application/json")
    with pytest.raises(RateLimited) as caught:
        keys(jira())
    assert (caught.value.until - datetime.now(UTC)).total_seconds() > 500


def test_while_jira_warns_of_its_limits_one_call_is_made_at_a_time(network):
    running, most, beside = [], [], threading.Event()

    def shown(request):
        running.append(1)
        most.append(len(running))
        if len(running) > 1:
            beside.set()
        beside.wait(0.05)  # for another call, which must not come
        found = [issue(each) for each in json.loads(request.body)["issueIdsOrKeys"]]
        running.pop()
        return 200, {"X-RateLimit-NearLimit": "true"}, json.dumps({"issues": found})

    network.post(SEARCH, json={"issues": [{"id": str(each)} for each in range(1, 600)]},
                 headers={"X-RateLimit-NearLimit": "true"})  # fmt: skip
    network.add_callback(responses.POST, FETCH, shown, content_type="application/json")
    session = jira()
    assert len(keys(session)[0]) == 599
    assert set(most) == {1}
    assert session.budget == Budget(near=True)


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

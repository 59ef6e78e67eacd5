"""Histories over HTTP: pages, what Jira leaves out, cuts short, refuses or cannot say."""

import json
import re
import threading

import pytest
import responses

from connector.errors import BadScope, Unavailable
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account

URL = "https://acme.atlassian.net"
BULK = f"{URL}/rest/api/3/changelog/bulkfetch"
FETCH = f"{URL}/rest/api/3/issue/bulkfetch"
CLASSIC = f"{URL}/rest/api/2/search"
JSON = "application/json"
STATUSES = [{"id": "3", "name": "Fertig", "statusCategory": {"key": "done"}}]


@pytest.fixture(autouse=True)
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        faked.get(f"{URL}/rest/api/2/status", json=STATUSES)
        for name in ("issuetype", "resolution", "field"):
            faked.get(f"{URL}/rest/api/2/{name}", json=[])
        yield faked


def told(refs, deployment="cloud"):
    options = {"email": "a@example.com", "deployment": deployment}
    account = Account(name="main", url=URL, token="the-token", options=options)
    session = catalogue.get("jira").open(account)
    (history,) = session.history("", refs)
    return history


def issue(number, **more):
    return {"id": str(number), "key": f"PLAT-{number}", "fields": {
        "summary": "x", "status": {"name": "To Do", "statusCategory": {"key": "new"}},
        "issuetype": {"name": "Story"}, "created": "2026-10-01T08:00:00.000+0000",
        "updated": "2026-10-06T08:00:00.000+0000"}, **more}  # fmt: skip


def entry(number, *items):
    items = items or ({"field": "status", "fieldtype": "jira", "from": "1", "fromString": "Open",
                       "to": "3", "toString": "Done"},)  # fmt: skip
    return {"id": str(number), "created": f"2026-10-0{number}T08:00:00.000+0000", "items": items}


def log(issue_id, *entries):
    return {"issueId": str(issue_id), "changeHistories": list(entries)}


def ref(number):
    return Ref(str(number), f"PLAT-{number}")


def sent(network, url):
    return [json.loads(call.request.body) for call in network.calls if call.request.url == url]


def test_an_issue_spread_over_pages_is_told_whole(network):
    network.post(BULK, json={"issueChangeLogs": [log(1, entry(1)), log(2, entry(1))],
                             "nextPageToken": "a"})  # fmt: skip
    network.post(BULK, json={"issueChangeLogs": [], "nextPageToken": "b"})
    network.post(BULK, json={"issueChangeLogs": [log(2, entry(2)), log(1, entry(3))]})
    found = told([ref(1), ref(2), ref(1)])
    assert (found.told, found.untold) == ({"1", "2"}, {})
    assert [(each.external_id, each.at.day) for each in found.events] == [
        ("1", 1), ("1", 3), ("2", 1), ("2", 2),
    ]  # fmt: skip
    assert found.events[0].after == {"status": "Fertig", "category": "done"}
    asked = sent(network, BULK)
    assert [body.get("nextPageToken") for body in asked] == [None, "a", "b"]
    assert asked[0]["issueIdsOrKeys"] == ["1", "2"]
    assert len(network.calls) == 7


def test_a_repeated_token_ends_in_an_error_and_never_in_half_a_history(network):
    network.post(BULK, json={"issueChangeLogs": [log(1, entry(1))], "nextPageToken": "a"})
    with pytest.raises(Unavailable, match="repeated"):
        told([ref(1)])
    assert len(sent(network, BULK)) == 2


def test_a_token_that_expires_meanwhile_refuses_no_issue(network):
    network.post(BULK, json={"issueChangeLogs": [], "nextPageToken": "a"})
    network.post(BULK, status=400, json={"errorMessages": ["The token is expired."]})
    with pytest.raises(Unavailable, match="expired"):
        told([ref(1), ref(2)])


def test_an_answer_without_changelogs_is_unavailable(network):
    network.post(BULK, json={"issues": []})
    with pytest.raises(Unavailable, match="issueChangeLogs"):
        told([ref(1)])


def test_an_issue_without_changes_is_told_apart_from_one_that_is_gone(network):
    network.post(BULK, json={"issueChangeLogs": [log(1, entry(1))]})
    network.post(FETCH, json={"issues": [issue(2)], "issueErrors": [{"id": "4"}]})
    found = told([ref(1), ref(2), ref(3), ref(4)])
    assert found.told == {"1", "2"}
    assert found.untold.keys() == {"3", "4"}
    assert all(why.endswith(".") for why in found.untold.values())
    assert sent(network, FETCH)[0]["issueIdsOrKeys"] == ["2", "3", "4"]


def test_a_refused_issue_stops_no_other(network):
    def judged(request):
        ids = json.loads(request.body)["issueIdsOrKeys"]
        if "3" in ids:
            return 400, {}, json.dumps({"errorMessages": ["Issue 3 is odd."]})
        return 200, {}, json.dumps({"issueChangeLogs": [log(each, entry(1)) for each in ids]})

    network.add_callback(responses.POST, BULK, judged, content_type="application/json")
    network.post(FETCH, json={"issues": [issue(3)]})
    found = told([ref(number) for number in range(1, 6)])
    assert found.told == {"1", "2", "4", "5"}
    assert found.untold == {"3": "Jira says: Issue 3 is odd."}


@pytest.mark.parametrize("histories", [None, {}, [7], [entry(1, {"field": "status"})]])
def test_a_changelog_that_cannot_be_understood_is_untold_with_its_field(network, histories):
    spoilt = {"issueId": "1", "changeHistories": histories}
    network.post(BULK, json={"issueChangeLogs": [spoilt, log(2, entry(1)), 7]})
    network.post(FETCH, json={"issues": [issue(1)]})
    found = told([ref(1), ref(2)])
    assert (found.told, found.untold.keys()) == ({"2"}, {"1"})
    assert "status" in found.untold["1"] or "changelog" in found.untold["1"]


def test_a_key_alone_is_looked_up_and_what_moved_is_read_as_it_is_now(network):
    move = entry(2, {"field": "Key", "fromString": "OLD-1", "toString": "PLAT-1"},
                 {"field": "Component", "to": "7", "toString": "UI"})  # fmt: skip
    network.post(FETCH, json={"issues": [issue(1), issue(2)]})
    network.post(BULK, json={"issueChangeLogs": [log(1, move), log(2, entry(1))]})
    shown = issue(1)
    shown["fields"] |= {"labels": ["okr"], "components": [{"name": "Pages"}]}
    network.post(FETCH, json={"issues": [shown]})
    network.get(f"{URL}/rest/api/2/project/PLAT/components", json=[{"id": "7", "name": "Pages"}])
    found = told([Ref(None, "plat-2"), Ref("1", "OLD-1"), Ref(None, "no key")])
    assert (found.told, found.untold.keys()) == ({"1", "2"}, {"no key"})
    (event,) = [each for each in found.events if each.external_id == "1"]
    assert event.before == {"key": "OLD-1", "place": "OLD", "tags": [
        "label:OLD/okr", "project:OLD"]}  # fmt: skip
    assert event.after["tags"] == ["component:PLAT/pages", "label:PLAT/okr", "project:PLAT"]


def test_a_project_that_shows_no_versions_leaves_them_their_recorded_names(network):
    change = {"field": "Fix Version", "to": "7", "toString": "One"}
    network.post(BULK, json={"issueChangeLogs": [log(1, entry(1, change))]})
    network.get(f"{URL}/rest/api/2/project/PLAT/versions", status=404, json={})
    assert told([ref(1)]).events[0].after == {"tags": ["version:PLAT/one"]}


def server_issue(number, *entries, total=None):
    held = list(entries)
    return issue(number, changelog={"total": len(held) if total is None else total,
                                    "histories": held})  # fmt: skip


def test_data_center_tells_changelogs_beside_issues_and_cut_ones_one_by_one(network):
    found = [server_issue(1, entry(1)), server_issue(2, entry(1), total=2), server_issue(3), 7]
    network.post(CLASSIC, json={"issues": found, "total": 4})
    single = f"{URL}/rest/api/2/issue"
    network.get(f"{single}/2", json=server_issue(2, entry(1), entry(2)))
    network.get(f"{single}/4", json=server_issue(4, entry(1), total=9))
    network.get(f"{single}/5", status=404, json={"errorMessages": ["gone"]})
    history = told([ref(number) for number in range(1, 6)], "datacenter")
    assert history.told == {"1", "2", "3"}
    assert sorted((each.external_id, each.at.day) for each in history.events) == [
        ("1", 1), ("2", 1), ("2", 2),
    ]  # fmt: skip
    assert history.untold.keys() == {"4", "5"}
    assert "part" in history.untold["4"]
    (body,) = sent(network, CLASSIC)
    assert (body["jql"], body["expand"]) == ("id in (1, 2, 3, 4, 5)", ["changelog"])
    assert "expand=changelog" in network.calls[-1].request.url


def test_data_center_refusing_the_list_is_asked_for_each(network):
    network.post(CLASSIC, status=400, json={"errorMessages": ["no issue 2"]})
    network.get(f"{URL}/rest/api/2/issue/1", json=server_issue(1, entry(1)))
    network.get(f"{URL}/rest/api/2/issue/2", status=404, json={})
    spoilt = server_issue(3, entry(1))
    del spoilt["fields"]["status"]
    network.get(f"{URL}/rest/api/2/issue/3", json=spoilt)
    history = told([ref(1), ref(2), ref(3)], "datacenter")
    assert history.told == {"1"}
    assert "status" in history.untold["3"]


def refusing(network, gone, words):
    """A Data Center that refuses a search for what is not there, and knows all else."""

    def search(request):
        jql = json.loads(request.body)["jql"]
        asked = [int(each) for each in re.findall(r"\d+", jql)]
        if said := [words.format(each) for each in asked if each in gone]:
            return 400, {}, json.dumps({"errorMessages": said[:1]})
        found = [server_issue(each, entry(1)) for each in asked]
        return 200, {}, json.dumps({"issues": found, "total": len(found)})

    def single(request):
        number = int(re.search(r"/issue/(\d+)", request.url)[1])
        if number in gone:
            return 404, {}, json.dumps({"errorMessages": ["gone"]})
        return 200, {}, json.dumps(server_issue(number, entry(1)))

    network.add_callback("POST", CLASSIC, search, content_type=JSON)
    one = re.compile(rf"{URL}/rest/api/2/issue/\d+")
    network.add_callback("GET", one, single, content_type=JSON)


@pytest.mark.parametrize(
    ("words", "searches", "singles"),
    [("Ein Wert mit der ID '{}' existiert nicht.", 3, 2), ("Not there.", 15, 8)],
)
def test_data_center_refusing_some_leaves_the_others_in_lists(network, words, searches, singles):
    refusing(network, {7, 33}, words)
    history = told([ref(number) for number in range(1, 51)], "datacenter")
    assert history.untold.keys() == {"7", "33"}
    assert len(history.told) == 48
    assert len(sent(network, CLASSIC)) <= searches
    calls = [call for call in network.calls if "/issue/" in call.request.url]
    assert 2 <= len(calls) <= singles


def test_portions_are_read_side_by_side(network):
    """The first answer is given only when a second call is under way."""
    both = threading.Barrier(2, timeout=60)

    def bulk(request):
        both.wait()
        asked = json.loads(request.body)["issueIdsOrKeys"]
        found = [log(each, entry(1)) for each in asked]
        return 200, {}, json.dumps({"issueChangeLogs": found})

    network.add_callback("POST", BULK, bulk, content_type=JSON)
    options = {"email": "a@example.com", "deployment": "cloud"}
    account = Account(name="main", url=URL, token="the-token", options=options)
    session = catalogue.get("jira").open(account)
    found = list(session.history("", [ref(number) for number in range(1, 401)]))
    assert len(found) == 2
    assert {name for each in found for name in each.told} == {str(n) for n in range(1, 401)}


def test_there_is_one_source_only():
    account = Account(name="m", url=URL, token="t", options={"deployment": "cloud"})
    with pytest.raises(BadScope):
        list(catalogue.get("jira").open(account).history("acme/api", [ref(1)]))

"""Jira's pages: endless, repeated, shrinking or cut ones; where the next look goes on."""

import json
import threading
from datetime import UTC, datetime

import pytest
import responses

from connector.errors import RateLimited, Unavailable
from integrations.tracker import Budget, Look, Page
from tests.jira_answers import (
    CLASSIC,
    FETCH,
    PROJECT,
    SEARCH,
    SINCE,
    answering,
    issue,
    jira,
    keys,
    listing,
    sent,
    since,
)


@pytest.fixture(autouse=True)
def network():
    yield from answering()


# A cursor whose lists were read long after any clock of ours.
IDLE = SINCE.replace("null", "9999999999999")


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
    assert len([body for body in sent(network) if "jql" in body]) == 1


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


@pytest.mark.parametrize(
    ("after", "change", "read"),
    [(1, {2: None, 9: 9}, [1, 2, 3, 4, 5, 6, 9]), (1, {3: None}, [1, 2, 3, 4, 5, 6]),
     (2, {1: None, 2: None, 4: None, 7: 7, 8: 8, 9: 9}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
     (1, {0: 0}, [1, 2, 3, 4, 5, 6]), (1, dict.fromkeys(range(1, 6)), [1, 2, 3, 6]),
     (1, dict.fromkeys(range(1, 7)), [1, 2, 3])],
    ids=["one-left-one-came", "the-last-read-left", "three-left-three-came", "came", "most-left",
         "all-left"],
)  # fmt: skip
def test_a_list_that_changes_while_it_is_paged_loses_nothing(network, after, change, read):
    there = {number: number for number in range(1, 7)}
    asked, lock = [], threading.Lock()  # some pages are asked for ahead, side by side

    def paged(request):
        at = json.loads(request.body)["startAt"]
        with lock:
            if len(asked) == after:
                there.update(change)
            asked.append(at)
            shown = [issue(each) for each in sorted(filter(None, there.values()))]
        return 200, {}, json.dumps({"issues": shown[at : at + 3], "total": len(shown)})

    network.add_callback(responses.POST, CLASSIC, paged, content_type="application/json")
    found, _ = keys(jira("datacenter", epic_link="customfield_1"), cursor=IDLE)
    assert sorted(set(found)) == [f"PLAT-{number}" for number in read]


def test_a_server_that_sends_one_issue_a_page_is_read_to_the_end(network):
    def paged(request):
        at = json.loads(request.body)["startAt"]
        return 200, {}, json.dumps({"issues": [issue(at + 1)], "total": 3})

    network.add_callback(responses.POST, CLASSIC, paged, content_type="application/json")
    assert keys(jira("datacenter"), cursor=IDLE)[0] == ["PLAT-1", "PLAT-2", "PLAT-3"]
    assert len(network.calls) == 3


def test_pages_are_asked_for_while_one_is_read_and_none_twice_or_for_nothing(network):
    asked, second = [], threading.Event()

    def paged(request):
        at = json.loads(request.body)["startAt"]
        asked.append(at)
        if at == 2:
            second.set()
        shown = [issue(number) for number in range(at + 1, min(at + 4, 8))]
        return 200, {}, json.dumps({"issues": shown, "total": 7})

    network.add_callback(responses.POST, CLASSIC, paged, content_type="application/json")
    pages = jira("datacenter", epic_link="customfield_1").read("", PROJECT, IDLE)
    first = next(pages)
    assert second.wait(10)  # though nobody asked for the second page yet
    found = [item.key for part in (first, *pages) if isinstance(part, Page) for item in part.items]
    assert sorted(set(found)) == [f"PLAT-{number}" for number in range(1, 8)]
    assert sorted(asked) == [0, 2, 4]


def test_while_jira_warns_of_its_limits_no_page_is_asked_for_ahead(network):
    near = {
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Limit": "100",
        "X-RateLimit-NearLimit": "true",
    }
    asked = []

    def paged(request):
        at = json.loads(request.body)["startAt"]
        asked.append(at)
        shown = [issue(number) for number in range(at + 1, min(at + 4, 8))]
        return 200, near, json.dumps({"issues": shown, "total": 7})

    network.add_callback(responses.POST, CLASSIC, paged, content_type="application/json")
    pages = jira("datacenter", epic_link="customfield_1").read("", PROJECT, IDLE)
    next(pages)
    assert asked == [0]
    pages.close()


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
    assert since(keys(session, cursor=SINCE)[1].cursor) == 5
    assert since(keys(session)[1].cursor) == 0


def test_without_the_servers_clock_the_lists_go_by_our_own(network):
    network.post(SEARCH, json={"issues": []})
    first = keys(jira(), cursor=SINCE)[1].cursor
    assert len(network.calls) == 1 + 3
    keys(jira(), cursor=first)
    assert len(network.calls) == 1 + 3 + 1


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


def test_a_pause_asked_of_one_call_ends_them_all_with_the_latest_end(network):
    waits, all_under_way = iter(("5", "600", "30")), threading.Barrier(3, timeout=60)

    def limited(request):
        asked = json.loads(request.body)["issueIdsOrKeys"]
        if asked[0] == "1":
            return 200, {}, json.dumps({"issues": [issue(each) for each in asked]})
        all_under_way.wait()
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

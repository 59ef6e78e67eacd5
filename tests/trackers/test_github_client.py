"""GitHub's odd answers: foreign links, renamed repositories, issues that moved away."""

import json
from datetime import UTC, date, datetime

import pytest
import responses

from connector.errors import (
    AccessDenied,
    BadReading,
    BadScope,
    Declined,
    Gone,
    RateLimited,
    Refused,
    Unavailable,
)
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Look, Need

API = "https://api.github.com"
ISSUES = f"{API}/repos/acme/api/issues"
REPO = Need(scopes=frozenset({("repo", "acme/api")}))


@pytest.fixture(autouse=True)
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


@pytest.fixture
def there(network):
    """A repository that can be seen, without milestones and labels."""
    repo = f"{API}/repos/acme/api"
    network.get(repo, json={"id": 7, "full_name": "acme/api"})
    network.get(f"{repo}/milestones", json=[])
    network.get(f"{repo}/labels", json=[])
    return network


def asked(network):
    """The calls for issues."""
    return [call.request for call in network.calls if call.request.url.startswith(ISSUES)]


def place(cursor):
    """Where a cursor goes on, without what it keeps of lists."""
    known = json.loads(cursor)
    return {name: known[name] for name in ("since", "etag") if name in known}


def github():
    account = Account(name="main", url="https://github.com", token="the-token")
    return catalogue.get("github").open(account)


def issue(number, updated="2026-10-06T08:00:00Z", repo="acme/api"):
    return {"id": 1000 + number, "number": number, "title": "x", "state": "open",
            "repository_url": f"{API}/repos/{repo}", "created_at": "2026-10-01T08:00:00Z",
            "updated_at": updated}  # fmt: skip


def link(url):
    return {"Link": f'<{url}>; rel="next", <{ISSUES}?page=9>; rel="last"'}


def keys(session, need=REPO, cursor=None):
    *pages, look = session.read("acme/api", need, cursor)
    return [item.key for page in pages for item in page.items], look


def test_the_headers_and_parameters_are_those_the_vendor_asks_for(network, there):
    network.get(ISSUES, json=[issue(1)])
    keys(github())
    (request,) = asked(network)
    assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert request.headers["Accept"] == "application/vnd.github+json"
    assert request.headers["Authorization"] == "token the-token"
    assert request.params == {
        "state": "all", "sort": "updated", "direction": "asc", "per_page": "100",
    }  # fmt: skip


def test_pages_go_on_by_time_and_by_link_where_time_stands_still(network, there):
    late = "2026-10-07T08:00:00Z"
    network.get(ISSUES, json=[issue(1), issue(2, late)], headers=link(f"{ISSUES}?page=2"))
    network.get(
        ISSUES, json=[issue(2, late), issue(3, late)], headers=link(f"{ISSUES}?after=Y3Vy%3D")
    )
    network.get(ISSUES, json=[issue(4, late)])
    found, look = keys(github())
    assert sorted(set(found)) == [f"acme/api#{number}" for number in (1, 2, 3, 4)]
    params = [each.params for each in asked(network)]
    assert params[1]["since"] == "2026-10-07T07:59:59Z"
    assert params[2] == {"after": "Y3Vy="}
    assert place(look.cursor) == {"since": "2026-10-07T07:59:00Z"}


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/repos/acme/api/issues",
        "https://api.github.com:99999999/x",
        "https://[x",
    ],
)
def test_a_link_to_another_host_is_not_followed(network, there, where):
    network.get(ISSUES, json=[issue(1)], headers=link(where))
    seen = []
    with pytest.raises(Unavailable, match="another host"):
        seen.extend(github().read("acme/api", REPO, None))
    assert len(asked(network)) == 1
    assert not any(isinstance(each, Look) for each in seen)


def test_the_tag_is_sent_when_the_same_is_asked_again(network, there):
    network.get(ISSUES, json=[issue(1)], headers={"ETag": 'W/"a"'})
    network.get(ISSUES, json=[issue(1)], headers={"ETag": 'W/"b"'})
    network.get(ISSUES, status=304)
    session = github()
    first = keys(session)[1]
    assert place(first.cursor) == {"since": "2026-10-06T07:59:00Z"}
    second = keys(session, cursor=first.cursor)[1]
    assert place(second.cursor) == {"since": "2026-10-06T07:59:00Z", "etag": 'W/"b"'}
    found, third = keys(session, cursor=second.cursor)
    assert (found, third.cursor, third.complete) == ([], second.cursor, False)
    assert asked(network)[2].headers["If-None-Match"] == 'W/"b"'
    assert "If-None-Match" not in asked(network)[1].headers


def test_a_full_first_page_is_not_tagged_since_a_second_one_may_begin(network, there):
    cursor = '{"since": "2026-10-06T07:59:00Z"}'
    network.get(ISSUES, json=[issue(n) for n in range(100)], headers={"ETag": 'W/"a"'})
    assert place(keys(github(), cursor=cursor)[1].cursor) == json.loads(cursor)


def test_an_empty_repository_goes_on_from_the_servers_clock(network, there):
    network.get(ISSUES, json=[], headers={"Date": "Tue, 06 Oct 2026 07:00:00 GMT"})
    _, look = keys(github())
    assert place(look.cursor) == {"since": "2026-10-06T06:59:00Z"}


@pytest.mark.parametrize("cursor", ["", "{", "[]", "null", "{}", '{"since": 5}',
                                    '{"since": "2026-10-06T07:59:00"}'])  # fmt: skip
def test_a_spoilt_cursor_is_named(cursor):
    with pytest.raises(BadReading, match="in full"):
        keys(github(), cursor=cursor)


def test_a_renamed_repository_is_told_with_its_new_name(network):
    network.get(ISSUES, status=301, headers={"Location": f"{API}/repositories/7/issues"})
    network.get(f"{API}/repos/acme/api", status=301, headers={"Location": f"{API}/repositories/7"})
    network.get(f"{API}/repositories/7", json={"full_name": "acme/gateway"})
    with pytest.raises(Gone, match="acme/api is called acme/gateway now"):
        keys(github())


def test_a_renaming_that_leads_to_another_host_is_not_followed(network):
    network.get(ISSUES, status=301, headers={"Location": "https://evil.example/x"})
    network.get(f"{API}/repos/acme/api", status=301, headers={"Location": "https://evil.example/x"})
    with pytest.raises(Gone, match="another name or owner"):
        keys(github())


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Gone), (410, Gone), (403, AccessDenied), (451, Exception)]
)
def test_a_repository_out_of_sight_names_the_right_that_is_missing(network, status, kind):
    network.get(f"{API}/repos/acme/api", status=status, json={"message": "Not for you"})
    with pytest.raises(kind, match="Not for you") as caught:
        keys(github())
    assert status == 451 or "Issues: Read-only" in str(caught.value)


def test_a_limit_is_a_pause_even_inside_a_repository(network):
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "garbage"}
    message = {"message": "API rate limit exceeded"}
    network.get(f"{API}/repos/acme/api", status=403, json=message, headers=headers)
    with pytest.raises(RateLimited):
        keys(github())
    assert len(network.calls) == 1


def test_strange_limit_headers_disturb_nothing(network, there):
    headers = {"X-RateLimit-Remaining": "many", "X-RateLimit-Limit": "x", "X-RateLimit-Reset": "y"}
    network.get(ISSUES, json=[issue(1)], headers=headers)
    assert keys(github())[0] == ["acme/api#1"]


def test_an_answer_still_in_preparation_is_not_waited_for(network):
    network.get(f"{API}/repos/acme/api", status=202, json=[])
    with pytest.raises(Unavailable, match="202"):
        keys(github())
    assert len(network.calls) == 1


def test_only_full_reads_ask_for_milestones_and_labels(network):
    network.get(ISSUES, json=[issue(1)])
    network.get(f"{API}/repos/acme/api", json={"id": 7, "full_name": "acme/api"})
    network.get(f"{API}/repos/acme/api/milestones", json=[{"number": 7, "title": "v2"}, 5])
    network.get(f"{API}/repos/acme/api/labels", json=[{"id": 3, "name": "OKR"}])
    scopes = {("milestone", "Acme/api/7"), ("milestone", "acme/api/8"), ("label", "acme/api/okr"),
              ("label", "acme/api/none")}  # fmt: skip
    need = Need(scopes=frozenset(scopes))
    session = github()
    look = keys(session, need)[1]
    assert look.titles == {("milestone", "Acme/api/7"): "v2", ("label", "acme/api/okr"): "OKR"}
    assert look.broken == {
        ("milestone", "acme/api/8"): "acme/api has no milestone 8.",
        ("label", "acme/api/none"): "acme/api has no label none.",
    }
    before = session.calls
    assert keys(session, need, look.cursor)[1].broken == look.broken
    # What changed, both lists that are linked, and whether it is still the repository.
    assert session.calls == before + 4


def test_gone_and_transferred_issues_are_missing_with_what_became_of_them(network):
    network.get(f"{ISSUES}/1", json=issue(1))
    network.get(f"{ISSUES}/2", status=410, json={"message": "This issue was deleted"})
    network.get(f"{ISSUES}/3", status=301, headers={"Location": f"{API}/repositories/9/issues/1"})
    network.get(f"{API}/repositories/9/issues/1", json={**issue(1, repo="acme/web"), "id": 77})
    network.get(f"{ISSUES}/4", status=404, json={"message": "Not Found"})
    network.get(f"{ISSUES}/5", status=301, headers={"Location": "https://evil.example/1"})
    network.get(f"{API}/repos/acme/api", json={"full_name": "acme/api"})
    refs = [Ref(str(1000 + number), f"Acme/API#{number}") for number in range(1, 6)]
    fetched = github().fetch("acme/api", refs)
    assert [item.key for item in fetched.items] == ["acme/api#1"]
    assert fetched.missing == tuple(refs[1:])
    unseen = "deleted, or transferred to a repository that this token does not see"
    assert [fetched.why[ref] for ref in refs[1:]] == [
        "deleted at GitHub, or made a discussion there", "transferred to acme/web#1", unseen, unseen
    ]  # fmt: skip
    assert fetched.moved == {"acme/api#3": Ref("77", "acme/web#1")}
    assert fetched.hidden == frozenset()


def test_what_lives_elsewhere_now_is_found_by_the_key_it_had(network):
    network.get(f"{ISSUES}/3", status=301, headers={"Location": f"{API}/repositories/9/issues/1"})
    network.get(f"{API}/repositories/9/issues/1", json={**issue(1, repo="acme/web"), "id": 77})
    network.get(f"{API}/repos/acme/api", json={"full_name": "acme/api"})
    fetched = github().fetch("acme/api", [Ref(None, "acme/api#3")])
    assert [(item.key, item.external_id) for item in fetched.items] == [("acme/web#1", "77")]


def test_issues_of_another_repository_that_is_out_of_sight_are_hidden_not_gone(network):
    network.get(f"{ISSUES}/1", status=404, json={"message": "Not Found"})
    network.get(f"{API}/repos/acme/api", status=404, json={"message": "Not Found"})
    network.get(f"{API}/repos/acme/web/issues/1", status=403, json={"message": "blocked"})
    network.get(f"{API}/rate_limit", json={})
    refs = [Ref("1", "acme/api#1"), Ref("2", "acme/web#1")]
    fetched = github().fetch("acme/*", refs)
    assert (fetched.items, fetched.hidden) == ((), frozenset(refs))
    for ref, repo in zip(refs, ("acme/api", "acme/web"), strict=True):
        assert fetched.why[ref].startswith(f"{repo} is out of this token's sight")
    network.replace("GET", f"{API}/rate_limit", status=401, json={"message": "Bad credentials"})
    with pytest.raises(AccessDenied, match="Bad credentials"):
        github().fetch("acme/*", refs)


def test_many_issues_of_one_repository_are_looked_for_in_what_changed_last(network):
    network.get(ISSUES, json=[issue(number) for number in range(1, 12)])
    network.get(f"{ISSUES}/12", json=issue(12))
    refs = [Ref(str(1000 + number), f"acme/api#{number}") for number in range(1, 13)]
    fetched = github().fetch("acme/api", refs)
    assert [item.key for item in fetched.items] == [f"acme/api#{n}" for n in range(1, 13)]
    assert len(network.calls) == 2
    assert asked(network)[0].params["direction"] == "desc"


def test_another_issue_under_the_same_name_is_not_the_one_that_was_meant(network):
    network.get(f"{ISSUES}/1", json=issue(1))
    network.get(f"{API}/repos/acme/api", json={"full_name": "acme/api"})
    ref = Ref("7", "acme/api#1")
    assert github().fetch("acme/api", [ref]).missing == (ref,)


def test_errors_of_a_query_come_with_a_good_status(network):
    session = github()
    client = session._client
    url = f"{API}/graphql"
    network.post(url, json={"data": {"repository": {"issues": {"totalCount": 3}}}})
    network.post(url, json={"errors": [{"type": "NOT_FOUND", "message": "No such thing"}]})
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000"}
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    network.post(url, json=limited, headers=spent)
    asked = "query($n: Int) { viewer { login } }"
    assert client.graphql(asked, {"n": 1})["repository"]["issues"]["totalCount"] == 3
    with pytest.raises(Declined, match="No such thing"):
        client.graphql(asked, {})
    with pytest.raises(RateLimited):
        client.graphql(asked, {})
    assert json.loads(network.calls[0].request.body) == {"query": asked, "variables": {"n": 1}}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_write_follows_no_redirect_and_is_not_made_twice(network, method):
    network.add(method, f"{ISSUES}/1", status=307, headers={"Location": f"{ISSUES}/2"})
    with pytest.raises(Gone):
        github()._client.call(method, "/repos/acme/api/issues/1", json={"title": "x"})
    assert len(network.calls) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{reset}"}, 600),
        ({"X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": "{reset}"}, 60),
        ({}, 60),
    ],
)
@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_is_kept_as_long_as_it_is_told(network, headers, seconds, status):
    reset = str(int(datetime.now(UTC).timestamp()) + 600)
    told = {name: value.format(reset=reset) for name, value in headers.items()}
    message = {"message": "You have exceeded a secondary rate limit"}
    network.get(f"{API}/user", status=status, json=message, headers=told)
    with pytest.raises(RateLimited) as caught:
        github().check()
    left = (caught.value.until - datetime.now(UTC)).total_seconds()
    assert seconds - 5 < left <= seconds + 1


def test_issues_of_a_repository_out_of_sight_are_not_missing(network):
    network.get(f"{ISSUES}/1", status=404, json={"message": "Not Found"})
    network.get(f"{API}/repos/acme/api", status=404, json={"message": "Not Found"})
    with pytest.raises(Gone, match="no access"):
        github().fetch("acme/api", [Ref("1", "acme/api#1")])


@pytest.mark.parametrize("ref", [Ref("5", None), Ref(None, "#1"), Ref(None, "acme/api#x")])
def test_a_ref_that_cannot_be_asked_for_is_not_missing(network, ref):
    fetched = github().fetch("acme/api", [ref])
    assert (fetched.items, fetched.missing, len(fetched.unreadable)) == ((), (), 1)
    assert len(network.calls) == 0


def test_the_test_tells_when_the_token_ends(network):
    headers = {"GitHub-Authentication-Token-Expiration": "2026-12-01 10:00:00 UTC"}
    network.get(f"{API}/user", json={"login": "acme-bot"}, headers=headers)
    identity = github().check()
    assert identity.who == "acme-bot"
    assert identity.token_until == date(2026, 12, 1)


def test_settings_that_cannot_work_are_refused_when_opened():
    tracker = catalogue.get("github")
    for account in (
        Account(name="m", url=API, token=""),
        Account(name="m", url="http://x", token="t"),
    ):
        with pytest.raises(Refused):
            tracker.open(account)


def test_a_source_is_a_repository():
    with pytest.raises(BadScope, match="OWNER/REPO"):
        list(github().read("acme", REPO, None))

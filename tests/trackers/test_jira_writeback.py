"""Writing on Jira issues: what is sent, what is found again, what a refusal means."""

import json

import pytest
import responses

from connector.errors import AccessDenied, Declined, Gone, RateLimited, Unavailable
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Note

URL = "https://acme.atlassian.net"
ISSUE = f"{URL}/rest/api/2/issue/10001"
REF = Ref("10001", "PLAT-1")
LINK = Note(
    kind="remote_link",
    marker="worklift=1&key_result=now/KR-1",
    body={
        "title": "Key result KR-1: 62 %, on track",
        "summary": "Payments never wait",
        "url": "https://okr.example.com/now/platform/KR-1",
        "icon": "https://okr.example.com/static/mark.svg",
        "resolved": False,
    },
)
COMMENT = Note(kind="comment", marker="worklift-1", body={"text": "62 % (worklift-1)"})
PROPERTY = Note(kind="property", marker="worklift", body={"key_results": []})
ME = {"accountId": "712020:1", "displayName": "Worklift"}
NOT_THERE = {"errorMessages": ["It does not exist or you may not see it."], "errors": {}}
OTHER = {"accountId": "712020:2"}


@pytest.fixture(autouse=True)
def network(monkeypatch):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


@pytest.fixture
def writer():
    options = {"email": "a@example.com", "deployment": "cloud"}
    account = Account(name="main", url=URL, token="the-token", options=options)
    return catalogue.get("jira").open(account).writer


def asked(network):
    return [f"{call.request.method} {call.request.url.removeprefix(URL)}" for call in network.calls]


def comments(*bodies, total=None, author=ME):
    found = [{"id": str(n), "body": body, "author": author} for n, body in enumerate(bodies, 1)]
    return {"comments": found, "total": len(found) if total is None else total}


def test_a_remote_link_is_one_call_that_may_be_repeated(network, writer):
    network.post(f"{ISSUE}/remotelink", json={"id": 10042, "self": "x"}, status=201)
    assert writer.put(REF, LINK, None) == LINK.marker
    (call,) = network.calls
    sent = json.loads(call.request.body)
    assert sent["globalId"] == LINK.marker
    assert sent["application"]["name"] == "Worklift"
    assert sent["object"] == {
        "url": LINK.body["url"],
        "title": LINK.body["title"],
        "summary": "Payments never wait",
        "icon": {"url16x16": LINK.body["icon"], "title": "Worklift"},
        "status": {"resolved": False},
    }


def test_notes_go_by_what_names_them(network, writer):
    for name in ("remotelink", "comment/7", "properties/worklift"):
        network.delete(f"{ISSUE}/{name}", status=204)
    writer.remove(REF, LINK, None)
    writer.remove(REF, COMMENT, "7")
    writer.remove(REF, PROPERTY, None)
    assert asked(network) == [
        "DELETE /rest/api/2/issue/10001/remotelink?globalId=worklift%3D1%26key_result%3Dnow%2FKR-1",
        "DELETE /rest/api/2/issue/10001/comment/7",
        "DELETE /rest/api/2/issue/10001/properties/worklift",
    ]


@pytest.mark.parametrize("note", [LINK, COMMENT, PROPERTY])
def test_what_is_not_there_is_removed_already(network, writer, note):
    for name in ("remotelink", "comment/7", "properties/worklift"):
        network.delete(f"{ISSUE}/{name}", status=404, json=NOT_THERE)
    writer.remove(REF, note, "7")
    assert len(network.calls) == 1


def test_a_comment_is_made_after_looking_for_an_earlier_one(network, writer):
    network.get(f"{ISSUE}/comment", json=comments("Something else"))
    network.post(f"{ISSUE}/comment", json={"id": "8"}, status=201)
    assert writer.put(REF, COMMENT, None) == "8"
    assert [each.split("?")[0].split()[0] for each in asked(network)] == ["GET", "POST"]
    assert json.loads(network.calls[1].request.body) == {"body": "62 % (worklift-1)"}


def test_a_comment_of_ours_is_changed_quietly(network, writer):
    network.get(f"{ISSUE}/comment", json=comments("x", "61 % (worklift-1)"))
    network.get(f"{URL}/rest/api/2/myself", json=ME)
    network.put(f"{ISSUE}/comment/2", json={"id": "2"})
    assert writer.put(REF, COMMENT, None) == "2"
    assert asked(network)[-1] == "PUT /rest/api/2/issue/10001/comment/2?notifyUsers=false"


def test_a_comment_known_by_its_id_is_one_call(network, writer):
    network.put(f"{ISSUE}/comment/7", json={"id": "7"})
    assert writer.put(REF, COMMENT, "7") == "7"
    assert len(network.calls) == 1


@pytest.mark.parametrize("found", [comments(), comments("(worklift-1)", author=OTHER)])
def test_a_comment_that_is_gone_is_made_anew_and_nobody_elses_is_touched(network, writer, found):
    network.put(f"{ISSUE}/comment/7", status=404, json=NOT_THERE)
    network.get(f"{ISSUE}/comment", json=found)
    network.get(f"{URL}/rest/api/2/myself", json=ME)
    network.post(f"{ISSUE}/comment", json={"id": "8"}, status=201)
    assert writer.put(REF, COMMENT, "7") == "8"


def test_all_pages_of_comments_are_looked_at(network, writer):
    network.get(f"{ISSUE}/comment", json=comments("x", total=2))
    network.get(f"{ISSUE}/comment", json={**comments("(worklift-1)", total=2)})
    network.get(f"{URL}/rest/api/2/myself", json=ME)
    network.put(f"{ISSUE}/comment/1", json={"id": "1"})
    assert writer.put(REF, COMMENT, None) == "1"
    assert "startAt=1" in asked(network)[1]


@pytest.mark.parametrize("answer", [{"comments": []}, {"comments": {}, "total": 0}, []])
def test_a_list_of_comments_without_its_end_makes_none(network, writer, answer):
    network.get(f"{ISSUE}/comment", json=answer)
    with pytest.raises(Unavailable):
        writer.put(REF, COMMENT, None)
    assert not any(each.startswith("POST") for each in asked(network))


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": True}, {"id": ""}, []])
def test_an_answer_without_an_id_is_no_success(network, writer, answer):
    network.post(f"{ISSUE}/remotelink", json=answer)
    with pytest.raises(Unavailable):
        writer.put(REF, LINK, None)


@pytest.mark.parametrize(
    ("note", "call", "needs"),
    [
        (LINK, ("POST", "remotelink", 403), "“Link issues”"),
        (LINK, ("POST", "remotelink", 401), "write:jira-work"),
        (PROPERTY, ("PUT", "properties/worklift", 403), "“Edit issues”"),
        (COMMENT, ("PUT", "comment/7", 400), "“Add comments”"),
        (COMMENT, ("PUT", "comment/7", 403), "“Edit own comments”"),
    ],
)
def test_a_missing_right_is_named(network, writer, note, call, needs):
    method, path, status = call
    said = {"errorMessages": ["You do not have the permission to do this."]}
    network.add(method, f"{ISSUE}/{path}", status=status, json=said)
    network.get(f"{ISSUE}/comment/7", json={"id": "7", "author": ME})
    network.get(f"{URL}/rest/api/2/myself", json=ME)
    with pytest.raises(AccessDenied) as caught:
        writer.put(REF, note, "7")
    assert needs in str(caught.value)
    assert "Jira says: You do not have the permission to do this." in str(caught.value)
    assert "the-token" not in str(caught.value)


def test_other_refusals_stay_what_they_are(network, writer):
    said = {"errorMessages": ["Issue linking is currently disabled."]}
    network.post(f"{ISSUE}/remotelink", status=400, json=said)
    with pytest.raises(Unavailable, match="linking is currently disabled"):
        writer.put(REF, LINK, None)


def test_an_issue_that_is_gone_is_told_apart(network, writer):
    network.post(f"{ISSUE}/remotelink", status=404, json=NOT_THERE)
    network.get(f"{ISSUE}/comment", status=404, json=NOT_THERE)
    for note in (LINK, COMMENT):
        with pytest.raises(Gone):
            writer.put(REF, note, None)


@pytest.mark.parametrize(
    ("reason", "scope"), [("jira-per-issue-on-write", "issue"), ("jira-burst-based", "account")]
)
def test_a_limit_says_what_it_is_of(network, writer, reason, scope):
    headers = {"Retry-After": "30", "RateLimit-Reason": reason}
    network.put(f"{ISSUE}/properties/worklift", status=429, headers=headers, json={})
    with pytest.raises(RateLimited) as caught:
        writer.put(REF, PROPERTY, None)
    assert caught.value.scope == scope


def test_making_a_comment_is_never_repeated_by_itself(network, writer):
    network.get(f"{ISSUE}/comment", json=comments())
    network.post(f"{ISSUE}/comment", body=ConnectionResetError())
    network.post(f"{ISSUE}/comment", json={"id": "8"}, status=201)
    with pytest.raises(Unavailable):
        writer.put(REF, COMMENT, None)
    assert len(network.calls) == 2


REFUSED = {"errorMessages": ["You do not have the permission to change this comment."]}


@pytest.fixture
def elsewhere(network):
    """A comment 7 that another account wrote, before the connection had this one."""
    for method in (responses.PUT, responses.DELETE):
        network.add(method, f"{ISSUE}/comment/7", status=400, json=REFUSED)
    network.get(f"{ISSUE}/comment/7", json={"id": "7", "author": OTHER})
    network.get(f"{URL}/rest/api/2/myself", json=ME)


@pytest.mark.usefixtures("elsewhere")
def test_a_comment_of_the_account_before_is_left_and_ours_is_made(network, writer):
    network.get(f"{ISSUE}/comment", json=comments("(worklift-1)", author=OTHER))
    network.post(f"{ISSUE}/comment", json={"id": "8"}, status=201)
    assert writer.put(REF, COMMENT, "7") == "8"


@pytest.mark.usefixtures("elsewhere")
def test_taking_away_a_comment_of_the_account_before_is_a_persons(writer):
    with pytest.raises(Declined, match="another account: delete it there") as caught:
        writer.remove(REF, COMMENT, "7")
    assert caught.value.final


PAGE = {"body": "<html>Sign in</html>", "content_type": "text/html"}
STRANGERS = [
    {"status": 302, "headers": {"Location": "https://sso.example.com/login"}},
    {"status": 404, **PAGE},
    {"status": 410, **PAGE},
    {"status": 404},
]


@pytest.mark.parametrize("answer", STRANGERS)
@pytest.mark.parametrize(
    ("note", "path"),
    [(LINK, "remotelink"), (COMMENT, "comment/7"), (PROPERTY, "properties/worklift")],
)
def test_only_jira_itself_says_that_something_is_gone(network, writer, answer, note, path):
    for method in (responses.DELETE, responses.POST, responses.PUT):
        network.add(method, f"{ISSUE}/{path}", **answer)
    with pytest.raises(Unavailable):
        writer.remove(REF, note, "7")
    with pytest.raises(Unavailable):
        writer.put(REF, note, "7")
    assert len(network.calls) == 2

"""Writing on GitHub: what is sent, what is found again, what people wrote, what refusals mean."""

import json
from dataclasses import replace

import pytest
import responses

from connector.errors import AccessDenied, Declined, Gone, RateLimited, Unavailable
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Client, Note

API = "https://api.github.com"
REPO = f"{API}/repos/acme/api"
ISSUE, PULL, MILESTONE = f"{REPO}/issues/7", f"{REPO}/pulls/7", f"{REPO}/milestones/3"
COMMENTS, CHECKS = f"{ISSUE}/comments", f"{REPO}/check-runs"
REF, PLACE = Ref("10", "acme/api#7"), Ref(None, "acme/api/3")
MARK = "<!-- worklift-1 -->"
COMMENT = Note(kind="comment", marker="worklift-1", body={"text": "62 %"})
REPLY = Note(kind="reply", marker="worklift-1-reply-5", body={"text": "Because."})
BLOCK = Note(kind="block", marker="worklift-1", body={"text": "- 62 %"})
CHECK = Note(
    kind="check", marker="worklift-1", body={"title": "62 %", "summary": "- 62 %", "url": "u"}
)
ME, OTHER = {"login": "me", "type": "User"}, {"login": "other", "type": "User"}
MOVED = {"message": "Moved Permanently", "url": f"{API}/repositories/1/issues/7"}
NOT_FOUND = {"message": "Not Found"}


@pytest.fixture(autouse=True)
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        faked.get(f"{API}/user", json={"login": "me", "id": 1})
        faked.get(ISSUE, json={"id": 10, "number": 7, "state": "open"})
        yield faked


@pytest.fixture
def writer():
    account = Account(name="main", url="https://github.com", token="the-token")
    return catalogue.get("github").open(account).writer


def asked(network):
    return [f"{c.request.method} {c.request.url.removeprefix(API)}" for c in network.calls]


def sent(network):
    """The bodies of what was written."""
    return [json.loads(c.request.body) for c in network.calls if c.request.method != "GET"]


def milestone(network, description, **more):
    network.get(MILESTONE, json={"id": 33, "number": 3, "description": description, **more})
    network.patch(MILESTONE, json={"id": 33})


def listed(network, *bodies, author=ME, **more):
    found = [{"id": n, "body": body, "user": author, **more} for n, body in enumerate(bodies, 1)]
    network.get(COMMENTS, json=found)


def test_a_comment_is_made_after_looking_for_an_earlier_one(network, writer):
    listed(network, "Hello")
    network.post(COMMENTS, json={"id": 8}, status=201)
    assert writer.put(REF, COMMENT, None) == "8"
    assert sent(network) == [{"body": f"{MARK}\n62 %"}]


def test_a_comment_known_by_its_id_is_one_call(network, writer):
    network.patch(f"{REPO}/issues/comments/8", json={"id": 8})
    assert writer.put(REF, COMMENT, "8") == "8"
    assert asked(network) == ["PATCH /repos/acme/api/issues/comments/8"]


@pytest.mark.parametrize(("said", "writes"), [("61 %", 1), ("62 %", 0)])
def test_ours_is_found_by_its_mark_and_its_author(network, writer, said, writes):
    listed(network, f"> {MARK} quoted", author=OTHER)
    network.remove("GET", COMMENTS)
    network.get(COMMENTS, json=[
        {"id": 1, "body": f"> {MARK}", "user": OTHER},
        {"id": 2, "body": f"{MARK}\r\n{said}", "user": ME},
    ])  # fmt: skip
    network.patch(f"{REPO}/issues/comments/2", json={"id": 2})
    assert writer.put(REF, COMMENT, None) == "2"
    assert len(sent(network)) == writes


@pytest.mark.parametrize("before", ["> ", "What is ", "\n"])
def test_a_comment_of_the_same_account_that_quotes_the_mark_is_left_alone(network, writer, before):
    listed(network, f"{before}{MARK}\n61 %")
    network.post(COMMENTS, json={"id": 8}, status=201)
    assert writer.put(REF, COMMENT, None) == "8"
    writer.remove(REF, COMMENT, None)
    assert sent(network) == [{"body": f"{MARK}\n62 %"}]


def test_a_comment_that_people_deleted_is_left_to_people(network, writer):
    network.patch(f"{REPO}/issues/comments/8", status=404, json=NOT_FOUND)
    network.get(f"{REPO}/issues/comments/8", status=404, json=NOT_FOUND)
    with pytest.raises(Declined, match="was deleted there") as told:
        writer.put(REF, COMMENT, "8")
    assert told.value.final


def test_a_comment_of_the_account_before_is_left_and_one_of_ours_made(network, writer):
    refusal = {"message": "Must have admin rights to Repository."}
    network.patch(f"{REPO}/issues/comments/8", status=403, json=refusal)
    network.get(f"{REPO}/issues/comments/8", json={"id": 8, "user": OTHER})
    listed(network)
    network.post(COMMENTS, json={"id": 9}, status=201)
    assert writer.put(REF, COMMENT, "8") == "9"


def test_another_issue_of_that_number_is_left_alone(network, writer):
    network.replace("GET", ISSUE, json={"id": 11, "number": 7})
    with pytest.raises(Gone, match="another one"):
        writer.put(REF, COMMENT, None)


def test_a_reply_is_said_once(network, writer):
    listed(network)
    network.post(COMMENTS, json={"id": 9}, status=201)
    assert writer.put(REF, REPLY, None) == "9"
    assert writer.put(REF, REPLY, "9") == "9"
    network.replace("GET", COMMENTS, json=[
        {"id": 9, "body": "<!-- worklift-1-reply-5 -->\nOlder words", "user": ME}])  # fmt: skip
    assert writer.put(REF, REPLY, None) == "9"
    assert sent(network) == [{"body": "<!-- worklift-1-reply-5 -->\nBecause."}]


def head(network, sha="abc"):
    network.replace("GET", PULL, json={"id": 1, "head": {"sha": sha}})


@pytest.fixture
def pull(network):
    network.get(PULL, json={"id": 1, "head": {"sha": "abc"}})
    for sha in ("abc", "def"):
        network.get(f"{REPO}/commits/{sha}/check-runs", json={"check_runs": []})
    network.post(CHECKS, json={"id": 4}, status=201)
    network.patch(f"{CHECKS}/4", json={"id": 4})


def test_a_check_is_neutral_and_leads_to_what_it_serves(network, writer, pull):
    writer.put(REF, CHECK, None)
    assert sent(network) == [{
        "name": "Worklift", "head_sha": "abc", "status": "completed", "conclusion": "neutral",
        "details_url": "u", "external_id": "worklift-1",
        "output": {"title": "62 %", "summary": "- 62 %"},
    }]  # fmt: skip


def test_a_check_is_written_again_for_another_text_or_another_head_only(network, writer, pull):
    made = writer.put(REF, CHECK, None)
    network.calls.reset()
    assert writer.put(REF, CHECK, made) == made
    assert asked(network) == ["GET /repos/acme/api/pulls/7"]
    newer = Note(kind="check", marker="worklift-1", body={**CHECK.body, "title": "70 %"})
    later = writer.put(REF, newer, made)
    assert asked(network)[-1] == "PATCH /repos/acme/api/check-runs/4"
    head(network, "def")
    assert writer.put(REF, newer, later) != later
    assert asked(network)[-1] == "POST /repos/acme/api/check-runs"
    assert sent(network)[-1]["head_sha"] == "def"


def test_a_check_whose_id_was_lost_is_found_on_its_commit(network, writer, pull):
    runs = [{"id": 3, "external_id": "x"}, {"id": 4, "external_id": "worklift-1"}]
    network.replace("GET", f"{REPO}/commits/abc/check-runs", json={"check_runs": runs})
    assert writer.put(REF, CHECK, None).startswith("4:")
    writer.remove(REF, CHECK, None)
    assert [call.split()[0] for call in asked(network)].count("POST") == 0
    assert sent(network)[-1]["output"]["title"] == "Serves no key result now"


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize("run", [7, None, {"id": 9}, {"id": 9, "external_id": "worklift-1"}])
def test_a_check_of_another_app_is_left_alone(network, run):
    if isinstance(run, dict):
        run["app"] = {"id": 6, "client_id": "Iv6"}
    network.replace("GET", f"{REPO}/commits/abc/check-runs", json={"check_runs": [run]})
    app = Client(id="5", secret="s", redirect="")
    account = Account(name="main", url="https://github.com", token="the-token", client=app)
    writer = catalogue.get("github").open(account).writer
    assert writer.put(REF, CHECK, None).startswith("4:")
    assert asked(network)[-1] == "POST /repos/acme/api/check-runs"
    mine = {"id": 4, "external_id": "worklift-1", "app": {"id": 5}}
    network.replace("GET", f"{REPO}/commits/abc/check-runs", json={"check_runs": [run, mine]})
    writer.put(REF, CHECK, None)
    assert asked(network)[-1] == "PATCH /repos/acme/api/check-runs/4"


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize(("note", "ref"), [(BLOCK, PLACE), (CHECK, REF)])
def test_nothing_is_written_first_in_another_repository_of_that_name(network, writer, note, ref):
    milestone(network, "Theirs")
    network.get(REPO, json={"id": 2, "full_name": "acme/api"})
    with pytest.raises(Gone, match="another repository now"):
        writer.put(ref, replace(note, place_id="1"), None)
    writer.remove(PLACE, replace(BLOCK, place_id="1"), None)
    assert sent(network) == []
    assert writer.put(ref, replace(note, place_id="2"), None)
    assert len(sent(network)) == 1


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize(
    "carried",
    [(BLOCK, PLACE, MILESTONE), (COMMENT, REF, ISSUE), (REPLY, REF, ISSUE), (CHECK, REF, PULL)],
)
def test_what_was_moved_is_not_followed(network, writer, carried):
    note, ref, page = carried
    network.upsert("GET", page, status=301, json=MOVED, headers={"Location": MOVED["url"]})
    with pytest.raises(Gone, match="found elsewhere now"):
        writer.put(ref, note, None)
    assert sent(network) == []


def test_an_edit_that_is_led_elsewhere_is_not_followed(network, writer):
    there = {"Location": f"{API}/repositories/1/issues/comments/8"}
    network.patch(f"{REPO}/issues/comments/8", status=301, json=MOVED, headers=there)
    network.delete(f"{REPO}/issues/comments/8", status=301, json=MOVED, headers=there)
    with pytest.raises(Gone, match="found elsewhere now"):
        writer.put(REF, COMMENT, "8")
    writer.remove(REF, COMMENT, "8")
    methods = [each.request.method for each in network.calls]
    assert methods == ["PATCH", "DELETE", "GET"]  # it is asked whether the issue went elsewhere


@pytest.mark.usefixtures("pull")
@pytest.mark.parametrize(
    "written",
    [
        (BLOCK, PLACE, "PATCH", MILESTONE),
        (COMMENT, REF, "POST", COMMENTS),
        (REPLY, REF, "POST", COMMENTS),
        (CHECK, REF, "POST", CHECKS),
    ],
)
@pytest.mark.parametrize(
    "refusal",
    [
        (403, "Resource not accessible by personal access token", "Read and write for this repo"),
        (403, "Resource not accessible by integration", "owner then has to accept"),
        (403, "Must have admin rights to Repository.", "at least the role"),
        (404, "Not Found", "the scope repo"),
    ],
)
def test_a_missing_right_is_named(network, writer, written, refusal):
    (note, ref, method, path), (status, word, says) = written, refusal
    listed(network)
    milestone(network, "")
    network.upsert(method, path, status=status, json={"message": word})
    with pytest.raises(AccessDenied, match=says) as told:
        writer.put(ref, note, None)
    assert "acme/api" in str(told.value)
    assert "the-token" not in str(told.value)


@pytest.mark.parametrize(
    "word",
    ["Repository was archived so is read-only.", "Unable to create comment: issue is locked."],
)
def test_what_no_right_mends_is_given_up(network, writer, word):
    listed(network)
    network.post(COMMENTS, status=403, json={"message": word})
    with pytest.raises(Declined) as told:
        writer.put(REF, COMMENT, None)
    assert told.value.final


def test_a_limit_of_texts_is_a_pause(network, writer):
    listed(network)
    said = {"message": "You have exceeded a secondary rate limit."}
    network.post(COMMENTS, status=403, json=said, headers={"Retry-After": "60"})
    with pytest.raises(RateLimited):
        writer.put(REF, COMMENT, None)


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": True}, {"id": "8"}, []])
def test_an_answer_without_an_id_is_no_success(network, writer, answer):
    listed(network)
    network.post(COMMENTS, status=201, json=answer)
    with pytest.raises(Unavailable):
        writer.put(REF, COMMENT, None)


@pytest.mark.parametrize(("note", "ref"), [(COMMENT, REF), (REPLY, REF)])
def test_what_is_not_there_is_removed_already(network, writer, note, ref):
    network.delete(f"{REPO}/issues/comments/8", status=404, json=NOT_FOUND)
    network.get(f"{REPO}/issues/comments/8", status=404, json=NOT_FOUND)
    writer.remove(ref, note, "8")
    listed(network, "Hello")
    writer.remove(ref, note, None)
    assert [call for call in asked(network) if call.startswith("DELETE")] == [
        "DELETE /repos/acme/api/issues/comments/8"
    ]

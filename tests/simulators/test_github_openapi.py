"""The simulated GitHub against GitHub's own OpenAPI documents: answers, requests, webhooks."""

import json
from datetime import UTC, date, datetime

import pytest

from integrations.simulators import start_github
from integrations.simulators.github import jwts, shapes
from integrations.simulators.traffic import Call
from tests.simulators import github_described
from tests.simulators.conftest import caller

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
REPO, ISSUE = "/repos/acme/api", "/repos/acme/api/issues"
BOARD = "/orgs/acme/projectsV2"
READ = (
    "/user", "/user/repos", "/user/orgs", "/users/octocat", "/users/acme", "/orgs/acme",
    "/versions",
    "/orgs/acme/repos", "/users/person/repos", "/rate_limit", "/meta", "/apps/worklift",
    REPO, f"{ISSUE}?state=all&sort=updated&direction=asc&since=2026-01-01T00:00:00Z",
    f"{ISSUE}?milestone=1&labels=bug&per_page=1", f"{ISSUE}/1", f"{ISSUE}/3", f"{ISSUE}/1/events",
    f"{ISSUE}/1/timeline", f"{ISSUE}/2/timeline", f"{ISSUE}/3/timeline", f"{ISSUE}/events",
    f"{ISSUE}/1/sub_issues", f"{ISSUE}/2/parent", f"{ISSUE}/1/comments", f"{ISSUE}/comments",
    f"{ISSUE}/1/labels", f"{ISSUE}/1/issue-field-values", f"{REPO}/pulls?state=all",
    f"{REPO}/pulls/3", f"{REPO}/milestones?state=all", f"{REPO}/milestones/1", f"{REPO}/labels",
    f"{REPO}/labels/bug", f"{REPO}/releases", f"{REPO}/releases/latest",
    f"{REPO}/releases/tags/v1", f"{REPO}/collaborators/octocat/permission", f"{REPO}/issue-types",
    "/orgs/acme/issue-types", "/orgs/acme/issue-fields", BOARD, f"{BOARD}?q=is:open", f"{BOARD}/1",
    f"{BOARD}/1/fields", f"{BOARD}/1/items", f"{BOARD}/1/items?per_page=2&q=is:issue",
    "/users/person/projectsV2", "/users/person/projectsV2/1/items", f"{REPO}/hooks",
    "/orgs/acme/hooks", "/search/issues?q=is:issue+repo:acme/api+bug",
    "/search/repositories?q=api+org:acme",
)  # fmt: skip


def fill(site, receiver) -> None:
    site.now = MONDAY
    for repo in ("acme/api", "acme/web", "person/own"):
        site.add_repo(repo)
    site.people.add("person")
    app = site.add_app(hook_url=receiver.url, events=EVENTS)
    site.add_hook(receiver.url)
    site.install_app(app, "acme")
    site.add_milestone("acme/api", "One", due_on=date(2026, 12, 31))
    site.add_issue("acme/api", "Issue", 1, ["bug"])
    site.add_issue("acme/api", "Other", 1)
    site.add_issue("acme/api", "Change", 1, pull_request=True)
    site.add_issue("person/own", "Mine")


EVENTS = (
    "issues", "issue_comment", "label", "milestone", "projects_v2", "projects_v2_item",
    "pull_request", "release", "repository", "sub_issues",
)  # fmt: skip


def live(site) -> None:
    """Everything that can happen to issues, and what is beside them."""
    site.add_issue_field("Priority", "single_select", ["High", "Low"])
    site.edit("acme/api", 1, type="Bug", values={"Priority": "High", "Estimate": 3, "Note": "x"})
    site.edit("acme/api", 1, type="Task", values={"Estimate": 5, "Note": None})
    site.edit("acme/api", 1, title="New", body="Text", assignees=["octocat"])
    site.edit("acme/api", 1, assignees=[], labels=["docs"], milestone=None)
    site.edit("acme/api", 1, labels=["bug"], milestone=1)
    site.set_parent("acme/api", 2, ("acme/api", 1))
    site.set_parent("acme/api", 2, None)
    site.set_parent("acme/api", 2, ("acme/api", 1))
    for number, how in ((1, {}), (2, {"reason": "not_planned"}), (3, {"merged": True})):
        site.close("acme/api", number, **how)
    site.reopen("acme/api", 1)
    site.edit_milestone("acme/api", 1, title="Uno", description="Words", state="closed")
    site.edit_milestone("acme/api", 1, state="open")
    site.comment("acme/api", 1, "/okr link KR-1", login="octocat")
    site.edit_comment(site.comment("acme/api", 3, "Words"), "Other words")
    site.delete_comment(site.comment("acme/api", 1, "Gone"))
    site.add_release("acme/api", "v1", name="One", body="All of it")
    site.edit_label("acme/api", "docs", name="guides")
    site.delete_label("acme/api", "guides")
    boards(site)
    leave(site)


def boards(site) -> None:
    board = ("acme", site.add_project("acme", "Board"))
    found = site.boards.find(*board)
    site.boards.add_field(found, "Sprint", "iteration", at=MONDAY,
                          iterations=[("Sprint 1", date(2026, 11, 9), 14)])  # fmt: skip
    site.boards.add_field(found, "Due", "date", at=MONDAY)
    site.put_on_project(board, ("acme/api", 1), Status="Todo", Points=3, Sprint="Sprint 1")
    site.put_on_project(board, ("acme/api", 1), Status="Done", Due="2026-12-01", Note="Words")
    site.put_on_project(board, ("acme/api", 3))
    site.put_on_project(board, ("acme/api", 2))
    site.put_on_project(board, "Idea")
    site.boards.archive(found, site.item("acme/api", 2), at=MONDAY)
    site.boards.archive(found, site.item("acme/api", 2), at=MONDAY, back=True)
    site.take_off_project(board, ("acme/api", 2))
    site.boards.edit(found, MONDAY, title="The board")
    for state in ("closed", "open"):
        site.boards.edit(found, MONDAY, state=state)
    site.put_on_project(("person", site.add_project("person", "Own")), ("person/own", 1))
    gone = site.add_project("acme", "Gone")
    site.boards.remove(site.boards.find("acme", gone), MONDAY)


def leave(site) -> None:
    """What comes and goes: issues, milestones, repositories, installations."""
    site.add_repo("acme/other")
    site.add_issue("acme/other", "Wanders")
    site.transfer("acme/other", 1, "acme/web")
    site.delete("acme/web", 1)
    site.add_milestone("acme/other", "Gone")
    site.delete_milestone("acme/other", 1)
    site.set_private("acme/other")
    site.set_private("acme/other", private=False)
    site.archive_repo("acme/other")
    site.archive_repo("acme/other", archived=False)
    site.rename_repo("acme/other", "another")
    site.transfer_repo("acme/another", "person")
    site.delete_repo("person/another")
    (app,) = site.apps.known.values()
    (where,) = app.installations.values()
    site.choose_repos(where, ["acme/api"])
    site.choose_repos(where, ["acme/api", "acme/web"])
    site.suspend(where)
    site.unsuspend(where)
    site.permit(where, {**where.permissions, "contents": "read"})


@pytest.fixture
def worked(receiver):
    github_described.github()
    with start_github() as running:
        running.site.postman.faults.add("drop_webhooks")
        fill(running.site, receiver)
        live(running.site)
        yield running


@pytest.fixture
def ask(worked):
    """Calls the API and checks both the request and the answer."""
    made, document = caller(worked, Authorization="Bearer github-token"), github_described.github()

    def asked(method, path, body=None, token="github-token"):
        made.session.headers["Authorization"] = f"Bearer {token}"
        answer = made.send(method, path, body)
        assert answer.status_code < 300, (method, path, answer.text)
        value = answer.json() if answer.content else None
        plain = path.partition("?")[0]
        found = document.answer_problems(plain, method, answer.status_code, value)
        call = worked.site.calls[-1]
        assert isinstance(call, Call)
        assert (path, found, document.request_problems(call)) == (path, [], [])
        return value

    with made.session:
        yield asked


def test_answers_fit_the_document(ask):
    for path in READ:
        assert ask("GET", path) or path == "/orgs/acme/hooks"


def test_what_is_written_and_answered_fits_the_document(ask, worked):
    site = worked.site
    number = ask("POST", f"{REPO}/milestones", {"title": "Two", "due_on": "2026-12-24T08:00:00Z"})
    ask("PATCH", f"{REPO}/milestones/{number['number']}", {"description": "On track"})
    made = ask("POST", ISSUE, {"title": "More", "labels": ["bug"], "milestone": 1, "body": "x"})
    ask("PATCH", f"{ISSUE}/{made['number']}", {"state": "closed", "state_reason": "duplicate"})
    comment = ask("POST", f"{ISSUE}/1/comments", {"body": "KR-1 is on track."})["id"]
    ask("PATCH", f"{ISSUE}/comments/{comment}", {"body": "KR-1 is at risk."})
    ask("DELETE", f"{ISSUE}/comments/{comment}")
    ask("POST", f"{REPO}/labels", {"name": "okr:KR-1", "color": "ff0000"})
    ask("PATCH", f"{REPO}/labels/okr:KR-1", {"new_name": "okr:KR-2"})
    ask("POST", f"{ISSUE}/2/labels", {"labels": ["okr:KR-2"]})
    ask("DELETE", f"{ISSUE}/2/labels/okr:KR-2")
    ask("POST", f"{ISSUE}/1/sub_issues", {"sub_issue_id": made["id"]})
    config = {"url": "http://127.0.0.1:9/", "content_type": "json", "secret": "s"}
    for owner in (REPO, "/orgs/acme"):
        hook = {"name": "web", "config": config, "events": ["issues"], "active": True}
        hook = f"{owner}/hooks/{ask('POST', f'{owner}/hooks', hook)['id']}"
        ask("PATCH", hook, {"events": ["issues", "milestone"], "config": config})
        assert site.postman.settle()
        ask("POST", f"{hook}/pings")
        (sent,) = ask("GET", f"{hook}/deliveries?per_page=1&status=failure")
        ask("GET", f"{hook}/deliveries/{sent['id']}")
        ask("POST", f"{hook}/deliveries/{sent['id']}/attempts")
        ask("DELETE", hook)


def test_what_an_app_does_fits_the_document(ask, worked):
    site = worked.site
    (app,) = site.apps.known.values()
    (where,) = app.installations.values()
    jwt = jwts.signed(app, site.now.timestamp())
    mine = ("", "/installations", f"/installations/{where.id}", "/hook/config", "/hook/deliveries")
    places = ("/orgs/acme/installation", f"{REPO}/installation")
    for path in (*(f"/app{end}" for end in mine), *places):
        assert ask("GET", path, token=jwt)
    ask("PATCH", "/app/hook/config", {"content_type": "json", "secret": "other"}, token=jwt)
    path = f"/app/installations/{where.id}/access_tokens"
    asked = {"repositories": ["api"], "permissions": {"checks": "write", "issues": "write"}}
    token = ask("POST", path, asked, token=jwt)["token"]
    assert ask("GET", "/installation/repositories", token=token)["total_count"] == 1
    sha = ask("GET", f"{REPO}/pulls/3")["head"]["sha"]
    output = {"title": "Serves KR-1", "summary": "62 %, on track"}
    run = {"name": "Worklift", "head_sha": sha, "conclusion": "neutral", "output": output}
    made = ask("POST", f"{REPO}/check-runs", run, token=token)
    ask("PATCH", f"{REPO}/check-runs/{made['id']}", {"output": output}, token=token)
    listed = ask("GET", f"{REPO}/commits/{sha}/check-runs?check_name=Worklift", token=token)
    assert [one["conclusion"] for one in listed["check_runs"]] == ["neutral"]
    comment = ask("POST", f"{ISSUE}/1/comments", {"body": "Words"}, token=token)
    assert comment["performed_via_github_app"]["slug"] == "worklift"
    site.apps.codes["code"] = app
    assert "RSA PRIVATE KEY" in ask("POST", "/app-manifests/code/conversions")["pem"]


def test_webhooks_fit_the_document(worked):
    document, told = github_described.github(), set()
    for delivery in worked.site.deliveries:
        body = json.loads(delivery.body)
        told.add((delivery.event, body.get("action")))
        found = document.webhook_problems(delivery.event, body)
        assert (delivery.event, body.get("action"), found) == (delivery.event, body["action"], [])
    assert len(told) > 50


def test_an_enterprise_server_fits_its_own_document():
    document = github_described.enterprise()
    with start_github(enterprise=True) as running:
        running.site.add_repo("acme/api")
        running.site.add_milestone("acme/api", "One")
        running.site.add_issue("acme/api", "Bug", 1, ["bug"])
        made = caller(running, Authorization="Bearer github-token")
        with made.session:
            for path in ("/user", "/meta", "/orgs/acme/repos", REPO, f"{ISSUE}?state=all",
                         f"{REPO}/milestones", f"{ISSUE}/1/events", f"{REPO}/labels"):  # fmt: skip
                answer = made.get(f"/api/v3{path}")
                plain = path.partition("?")[0]
                found = document.answer_problems(plain, "GET", answer.status_code, answer.json())
                assert (path, found) == (path, [])


def test_the_judge_finds_what_is_wrong():
    document = github_described.github()
    label = shapes.label("acme/api", "bug", 1) | {"color": 7}
    assert document.answer_problems(f"{REPO}/labels/bug", "GET", 200, label)
    assert document.answer_problems(f"{REPO}/nothing", "GET", 200, {}) == [
        "no such method at this path"]  # fmt: skip
    assert document.webhook_problems("label", {"action": "created"})

"""A simulated GitHub: webhooks as objects, their deliveries, and sending those again."""

import json

import pytest

from integrations.simulators.github import jwts

HOOKS = "/repos/acme/api/hooks"


@pytest.fixture
def hook(rest, receiver):
    def made(path=HOOKS, events=("issues",), secret="s"):
        config = {"url": receiver.url, "content_type": "json", "secret": secret}
        body = {"name": "web", "active": True, "events": list(events), "config": config}
        answer = rest.send("POST", path, body)
        assert answer.status_code == 201, answer.text
        return f"{path}/{answer.json()['id']}"

    return made


def settle(github) -> None:
    assert github.site.postman.settle()


def deliveries(rest, hook, **asked):
    return rest.get(f"{hook}/deliveries", **asked).json()


def test_a_new_webhook_is_pinged_and_looked_at(github, rest, receiver, hook):
    made = hook()
    ((headers, body),) = receiver.wait(1)
    assert headers["X-GitHub-Event"] == "ping"
    assert headers["X-GitHub-Hook-Installation-Target-Type"] == "repository"
    assert json.loads(body)["hook"]["config"]["secret"] == "********"
    settle(github)
    shown = rest.get(made).json()
    assert (shown["events"], shown["last_response"]["code"]) == (["issues"], 204)
    changed = rest.send("PATCH", made, {"active": False, "add_events": ["milestone"]}).json()
    assert (changed["active"], changed["events"]) == (False, ["issues", "milestone"])
    github.site.add_issue("acme/api", "Not told")
    settle(github)
    assert len(receiver.got) == 1
    assert rest.send("DELETE", made).status_code == 204
    assert rest.get(made).status_code == 404


def test_the_same_webhook_is_not_made_twice(rest, receiver, hook):
    hook()
    config = {"url": receiver.url, "content_type": "json"}
    again = rest.send("POST", HOOKS, {"events": ["issues"], "config": config})
    assert again.status_code == 422
    assert "already exists" in again.json()["errors"][0]["message"]


def test_a_change_keeps_the_secret_only_where_it_is_shown_hidden(github, rest, receiver, hook):
    made = hook()
    config = rest.get(made).json()["config"]
    rest.send("PATCH", made, {"config": config})
    github.site.add_issue("acme/api", "Signed")
    assert "X-Hub-Signature-256" in receiver.wait(2)[1][0]
    rest.send("PATCH", made, {"config": {"url": receiver.url, "content_type": "json"}})
    github.site.add_issue("acme/api", "Bare")
    assert "X-Hub-Signature-256" not in receiver.wait(3)[2][0]


def test_a_failed_delivery_is_listed_and_sent_again_under_the_same_guid(
    github, rest, receiver, hook
):
    made = hook()
    receiver.wait(1)
    receiver.statuses = [500]
    github.site.add_issue("acme/api", "Bug")
    receiver.wait(2)
    settle(github)
    (failed,) = deliveries(rest, made, status="failure")
    assert (failed["status_code"], failed["event"], failed["action"], failed["redelivery"]) == (
        500, "issues", "opened", False,
    )  # fmt: skip
    whole = rest.get(f"{made}/deliveries/{failed['id']}").json()
    assert whole["request"]["payload"]["issue"]["title"] == "Bug"
    again = rest.send("POST", f"{made}/deliveries/{failed['id']}/attempts")
    assert again.status_code == 202
    _, first, second = [headers["X-GitHub-Delivery"] for headers, _ in receiver.wait(3)]
    assert first == second == failed["guid"]
    settle(github)
    newest, *_ = deliveries(rest, made)
    assert (newest["guid"], newest["redelivery"], newest["status"]) == (failed["guid"], True, "OK")
    assert newest["id"] != failed["id"]


def test_what_nobody_answered_is_recorded_too(github, rest, receiver, hook):
    made = hook()
    receiver.wait(1)
    github.faults.add("drop_webhooks", count=1)
    github.site.add_issue("acme/api", "Lost")
    (lost,) = deliveries(rest, made, status="failure")
    assert (lost["status_code"], lost["status"]) == (502, "failed to connect to host")
    rest.send("POST", f"{made}/deliveries/{lost['id']}/attempts")
    receiver.wait(2)
    assert receiver.bodies()[1]["issue"]["title"] == "Lost"


def test_deliveries_page_by_cursor_and_are_kept_three_days(github, rest, receiver, hook):
    made = hook()
    for number in range(4):
        github.site.add_issue("acme/api", f"Issue {number}")
    receiver.wait(5)
    settle(github)
    answer = rest.get(f"{made}/deliveries", per_page=2)
    assert "cursor=" in answer.links["next"]["url"]
    ids = [one["id"] for one in answer.json()]
    while "next" in answer.links:
        answer = rest.session.get(answer.links["next"]["url"], timeout=10)
        ids += [one["id"] for one in answer.json()]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    kept = github.site.now
    github.site.now = kept.replace(year=kept.year + 1)
    assert deliveries(rest, made) == []


def test_a_delayed_delivery_comes_later_and_says_so(github, rest, receiver, hook):
    made = hook()
    receiver.wait(1)
    github.faults.add("delay_webhooks", count=1, seconds=0.2)
    github.site.add_issue("acme/api", "Late")
    github.site.add_issue("acme/api", "Early")
    receiver.wait(3)
    assert [body["issue"]["title"] for body in receiver.bodies()[1:]] == ["Early", "Late"]
    settle(github)
    late, early, _ = deliveries(rest, made)
    assert late["throttled_at"]
    assert early["throttled_at"] is None


def test_an_organizations_webhook_hears_of_its_repositories_and_projects(
    github, rest, receiver, hook
):
    site = github.site
    site.add_repo("other/thing")
    hook("/orgs/acme/hooks", ["issues", "projects_v2_item"])
    hook(HOOKS, ["projects_v2_item", "push"])
    receiver.wait(2)
    board = ("acme", site.add_project("acme", "Board"))
    site.add_issue("other/thing", "Elsewhere")
    site.put_on_project(board, ("acme/api", site.add_issue("acme/api", "Bug")), Status="Done")
    got = receiver.wait(5)[2:]
    told = [(headers["X-GitHub-Event"], json.loads(body)["action"]) for headers, body in got]
    assert told == [("issues", "opened"), ("projects_v2_item", "created"),
                    ("projects_v2_item", "edited")]  # fmt: skip
    assert got[0][0]["X-GitHub-Hook-Installation-Target-Type"] == "organization"
    change = json.loads(got[2][1])["changes"]["field_value"]
    assert (change["field_name"], change["to"]["name"]) == ("Status", "Done")
    assert "values" not in json.loads(got[2][1])["projects_v2_item"]


def test_an_app_sends_its_own_deliveries_again(github, rest, receiver):
    site = github.site
    app = site.add_app(hook_url=receiver.url, events=["issues"])
    site.install_app(app, "acme")
    receiver.wait(1)
    receiver.statuses = [503]
    site.add_issue("acme/api", "Bug")
    receiver.wait(2)
    settle(github)
    rest.session.headers["Authorization"] = f"Bearer {jwts.signed(app, site.now.timestamp())}"
    (failed,) = rest.get("/app/hook/deliveries", status="failure").json()
    assert failed["installation_id"]
    path = f"/app/hook/deliveries/{failed['id']}/attempts"
    assert rest.send("POST", path).status_code == 202
    assert len({headers["X-GitHub-Delivery"] for headers, _ in receiver.wait(3)[1:]}) == 1


def test_who_does_something_over_http_is_named_as_its_sender(github, rest, receiver, hook):
    site = github.site
    site.add_issue("acme/api", "Bug")
    hook(events=["issue_comment", "milestone"])
    site.repo("acme/api").roles["octocat"] = "write"
    rest.session.headers["Authorization"] = f"Bearer {site.tokens.classic(login='octocat')}"
    path = "/repos/acme/api/issues/1/comments"
    made = rest.send("POST", path, {"body": "/okr why"}).json()
    assert (made["user"]["login"], made["author_association"]) == ("octocat", "MEMBER")
    receiver.wait(2)
    assert receiver.bodies()[1]["sender"]["login"] == "octocat"
    site.comment("acme/api", 1, "Words", login="passer-by")
    told = receiver.wait(3) and receiver.bodies()[2]
    assert told["comment"]["author_association"] == "NONE"
    assert told["sender"]["login"] == "simulated"

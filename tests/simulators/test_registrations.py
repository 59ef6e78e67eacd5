"""Setting up webhooks in a simulated Jira: who may, what is checked, and until when they send."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.simulators.jira.passes import CLOUD_ID, READING, Pass
from tests.simulators.conftest import Caller, caller

ADMIN, NEWER = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
URL = "http://127.0.0.1:9/hooks/jira"
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(jira) -> Iterator[Caller]:
    """Calls as an app that people let in."""
    far = NOW + timedelta(days=365)
    jira.site.now = NOW
    jira.site.passes.service["access"] = Pass(READING | {"manage:jira-webhook"}, far)
    made = caller(jira, Authorization="Bearer access")
    made.base = f"{jira.url}/ex/jira/{CLOUD_ID}"
    with made.session:
        yield made


def dynamic(app: Caller, jql: str = "project = PLAT", **more: Any) -> Any:
    hook = {"events": ["jira:issue_updated", "sprint_closed"], "jqlFilter": jql, **more}
    return app.send("POST", "/rest/api/3/webhook", {"url": URL, "webhooks": [hook]})


def made(answer: Any) -> int:
    (result,) = answer.json()["webhookRegistrationResult"]
    return int(result["createdWebhookId"])


def test_an_admins_webhook_has_its_id_in_its_address_and_can_be_deleted(jira, cloud):
    answer = cloud.send("POST", ADMIN, {"url": URL, "secret": "s", "name": "n"})
    assert answer.status_code == 201
    address = answer.json()["self"]
    assert "secret" not in answer.text
    assert [each["self"] for each in cloud.get(ADMIN).json()] == [address]
    assert cloud.send("DELETE", address.removeprefix(jira.url)).status_code == 204
    assert cloud.get(ADMIN).json() == []
    assert cloud.send("DELETE", f"{ADMIN}/7").status_code == 404
    assert cloud.get(NEWER).status_code == 404
    assert cloud.send("POST", ADMIN, {}).status_code == 400


def test_only_an_admin_sets_up_an_admins_webhook(jira, cloud, app):
    jira.site.is_admin = False
    for method in ("GET", "POST"):
        assert cloud.send(method, ADMIN, {"url": URL}).status_code == 403
    assert app.send("POST", ADMIN, {"url": URL}).status_code in (401, 403)


def test_data_center_signs_by_its_newer_form_only(data_center, center):
    held = {"url": URL, "configuration": {"SECRET": "s"}}
    first = center.send("POST", NEWER, held).json()
    center.send("POST", ADMIN, {"url": URL, "secret": "s"})
    assert [hook.secret for hook in data_center.site.postman.hooks] == ["s", ""]
    assert center.send("DELETE", f"{NEWER}/{first['id']}").status_code == 204
    data_center.site.version = 9
    assert center.get(NEWER).status_code == 404
    assert len(center.get(ADMIN).json()) == 1
    assert center.get("/rest/api/2/webhook").status_code == 404


def test_an_apps_webhook_sends_its_events_of_its_projects_for_thirty_days(jira, app):
    site = jira.site
    site.add_project("OPS", "Operations")
    dynamic(app)
    site.add_issue("PLAT", "Created: not asked for")
    site.edit("PLAT-1", summary="Told")
    site.add_issue("OPS", "Elsewhere")
    site.edit("OPS-1", summary="Not told")
    assert [each.event for each in site.deliveries] == ["jira:issue_updated"]
    assert site.deliveries[0].signature == ""
    site.now = NOW + timedelta(days=30)
    site.edit("PLAT-1", summary="Too late")
    assert len(site.deliveries) == 1
    assert app.get("/rest/api/3/webhook").json()["values"] == []


def test_refreshing_gives_thirty_days_more_to_ids_that_are_known(jira, app):
    number = made(dynamic(app))
    jira.site.now = NOW + timedelta(days=20)
    asked = {"webhookIds": [number, 99]}
    answer = app.send("PUT", "/rest/api/3/webhook/refresh", asked).json()
    until = int((NOW + timedelta(days=50)).timestamp() * 1000)
    assert answer == {"expirationDate": until}
    (shown,) = app.get("/rest/api/3/webhook").json()["values"]
    assert (shown["id"], shown["expirationDate"]) == (number, until)
    assert app.send("DELETE", "/rest/api/3/webhook", asked).status_code == 202
    assert app.get("/rest/api/3/webhook").json()["values"] == []
    assert app.send("DELETE", "/rest/api/3/webhook", {}).status_code == 400


@pytest.mark.parametrize(
    ("jql", "said"),
    [
        ("watchCount > 3 AND project in (PLAT)", "unsupported"),
        ("labels = okr", "The clause labels is unsupported"),
        ("", "unsupported"),
        ("project in (PLAT, NOPE)", "'NOPE' does not exist"),
    ],
)
def test_a_filter_jira_does_not_take_is_told(app, jql, said):
    (result,) = dynamic(app, jql).json()["webhookRegistrationResult"]
    assert said in result["errors"][0]


def test_the_other_rules_of_apps_webhooks(jira, app, cloud):
    other = {"url": "http://127.0.0.1:9/other", "webhooks": [{"events": ["x"], "jqlFilter": ""}]}
    for _ in range(5):
        made(dynamic(app, 'project in ("PLAT")'))
    assert "5 webhooks" in dynamic(app).json()["webhookRegistrationResult"][0]["errors"][0]
    assert app.send("POST", "/rest/api/3/webhook", other).status_code == 400
    unknown = dynamic(app, events=["issuelink_created"])
    assert "no event" in unknown.json()["webhookRegistrationResult"][0]["errors"][0]
    assert cloud.get("/rest/api/3/webhook").status_code == 403
    jira.site.passes.service["access"] = Pass(READING, NOW + timedelta(days=1))
    assert app.get("/rest/api/3/webhook").status_code == 401


def test_links_between_issues_are_told_of_by_ids(jira, cloud):
    site = jira.site
    for title in ("Source", "Destination"):
        site.add_issue("PLAT", title)
    site.add_hook("http://127.0.0.1:9/")
    ends = {"inwardIssue": {"key": "PLAT-1"}, "outwardIssue": {"key": "PLAT-2"}}
    path = "/rest/api/3/issueLink"
    assert cloud.send("POST", path, {"type": {"name": "Blocks"}, **ends}).status_code == 201
    assert cloud.send("POST", path, {"type": {"name": "Odd"}, **ends}).status_code == 404
    assert cloud.send("POST", path, {"type": {"name": "Blocks"}}).status_code == 400
    (shown,) = cloud.get("/rest/api/3/issue/PLAT-1").json()["fields"]["issuelinks"]
    assert shown["outwardIssue"]["key"] == "PLAT-2"
    assert cloud.send("DELETE", f"{path}/{shown['id']}").status_code == 204
    assert cloud.send("DELETE", f"{path}/{shown['id']}").status_code == 404
    assert cloud.get("/rest/api/3/issue/PLAT-2").json()["fields"]["issuelinks"] == []
    told = [json.loads(each.body) for each in site.deliveries]
    assert [each["webhookEvent"] for each in told] == ["issuelink_created", "issuelink_deleted"]
    ids = [int(site.find(key).id) for key in ("PLAT-1", "PLAT-2")]
    for each in told:
        link = each["issueLink"]
        assert [link["sourceIssueId"], link["destinationIssueId"]] == ids

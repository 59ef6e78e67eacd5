"""A Jira made of single answers, for those it should never give."""

import json

import responses

from integrations import catalogue
from integrations.tracker import Account, Need

URL = "https://acme.atlassian.net"
SEARCH = f"{URL}/rest/api/3/search/jql"
FETCH = f"{URL}/rest/api/3/issue/bulkfetch"
CLASSIC = f"{URL}/rest/api/2/search"
SINCE = '{"since": 5, "parent_link": "p", "lists": {"read_at": null, "entries": {}, "bound": {}}}'
PROJECT = Need(scopes=frozenset({("project", "PLAT")}))


def answering():
    """A network that knows the small lists of a site."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        for name in ("status", "issuetype", "resolution"):
            faked.get(f"{URL}/rest/api/2/{name}", json=[])
        yield faked


def jira(deployment="cloud", **options):
    options = {"email": "a@example.com", "deployment": deployment, "sprint_field": "s", **options}
    if deployment == "datacenter":
        options = {"parent_link": "p", **options}
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

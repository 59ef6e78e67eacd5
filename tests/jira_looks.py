"""Looks at a simulated Jira, counted."""

import json
from datetime import UTC, datetime, timedelta

from integrations import catalogue
from integrations.tracker import Account, Listed, Look, Need, Page

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SPRINT_FIELD = "customfield_10020"


def opened(running, **options):
    cloud = running.site.cloud
    told = {"deployment": "cloud" if cloud else "datacenter", "sprint_field": SPRINT_FIELD}
    center = {"epic_link": "customfield_10014", "parent_link": "customfield_10018",
              "levels": "10000:1,10005:2"}  # fmt: skip
    told |= {"email": "admin@example.com"} if cloud else center
    account = Account(
        name="main", url=running.url, token="jira-token", options={**told, **options},
        allow_private=True,
    )  # fmt: skip
    return catalogue.get("jira").open(account)


def fill(site, number, start=LONG_AGO):
    for n in range(number):
        site.add_issue("PLAT", f"Issue {n}", at=start + timedelta(hours=n))
    site.now = LONG_AGO + timedelta(days=1000)


def need(*scopes, **more):
    return Need(scopes=frozenset(scopes), **more)


PLAT = need(("project", "PLAT"))


class Told:
    """What one look told."""

    def __init__(self, session, asked, cursor=None, *, sweep=False):
        before = session.calls
        *parts, self.look = session.read("", asked, cursor, sweep=sweep)
        assert isinstance(self.look, Look)
        self.calls = session.calls - before
        pages = [part for part in parts if isinstance(part, Page)]
        self.items = {item.key: item for page in pages for item in page.items}
        self.unreadable = [each for page in pages for each in page.unreadable]
        self.listed = {i for part in parts if isinstance(part, Listed) for i in part.external_ids}


def later(session, asked, cursor, site, **more):
    """The next look, when the small lists are due again: the simulated server tells real time."""
    told = json.loads(cursor)
    if more.pop("due", False):
        told["lists"]["read_at"] = 0
    return Told(session, asked, json.dumps(told), **more)

"""Reading what issues mention, in both deployments: one query, news only, and ids in a sweep."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from integrations import catalogue
from integrations.simulators import start_jira
from integrations.tracker import Account, Listed, Look, Need, Page, Session

NEED = Need(scopes=frozenset(), conventions=frozenset({"PLAT"}))


@pytest.fixture(params=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Any]:
    with start_jira(deployment=request.param) as running:
        running.site.add_project("PLAT", "Platform")
        running.site.add_project("OPS", "Operations")
        at = datetime.now(UTC) - timedelta(days=1)
        add = partial(running.site.add_issue, at=at)
        add("PLAT", "Named by label", "Epic", labels=["okr-KR-1"])
        add("PLAT", "By a line", "Epic", description="So.\nKey-Result: KR-2")
        add("PLAT", "Silent", "Epic")
        add("PLAT", "A story", labels=["okr-KR-3"])
        add("OPS", "Not asked", "Epic", labels=["okr-KR-4"])
        running.site.edit("PLAT-3", summary="Still silent")
        yield running


def session(running: Any) -> Session:
    email = {"email": "admin@example.com"} if running.site.cloud else {}
    url = {"url": running.url, "token": "jira-token", "allow_private": True}
    opened = catalogue.get("jira").open(Account(name="jira", options=email, **url))
    options = {**opened.check().options, **email}
    opened.close()
    return catalogue.get("jira").open(Account(name="jira", options=options, **url))


def read(asked: Session, need: Need = NEED, cursor: str | None = None, **how: Any) -> list[Any]:
    return list(asked.read("", need, cursor, **how))


def told(parts: list[Any]) -> dict[str, set[str] | None]:
    pages = [each for each in parts if isinstance(each, Page)]
    return {
        item.key: None if item.mentions is None else set(item.mentions)
        for page in pages
        for item in page.items
    }


def look(parts: list[Any]) -> Look:
    found = parts[-1]
    assert isinstance(found, Look)
    return found


def test_parents_of_the_projects_that_allow_it_are_read_with_what_they_mention(site: Any) -> None:
    asked = session(site)
    parts = read(asked)
    assert told(parts) == {"PLAT-1": {"KR-1"}, "PLAT-2": {"KR-2"}, "PLAT-3": set()}
    assert look(parts).complete
    asked.close()


def test_later_only_what_changed_is_read_by_one_call_more(site: Any) -> None:
    asked = session(site)
    first = look(read(asked)).cursor
    again = look(read(asked, cursor=first)).cursor
    site.site.edit("PLAT-3", labels=["okr-KR-5"])
    before = asked.calls
    parts = read(asked, cursor=again)
    assert told(parts) == {"PLAT-3": {"KR-5"}}
    assert asked.calls - before == 1
    assert not look(parts).complete
    asked.close()


def test_a_sweep_lists_them_by_their_ids(site: Any) -> None:
    asked = session(site)
    parts = read(asked, cursor=look(read(asked)).cursor, sweep=True)
    ids = {each for part in parts if isinstance(part, Listed) for each in part.external_ids}
    assert ids == {site.site.find(f"PLAT-{number}").id for number in (1, 2, 3)}
    assert look(parts).complete
    asked.close()


def test_what_links_read_says_nothing_of_mentions(site: Any) -> None:
    asked = session(site)
    need = Need(scopes=frozenset({("project", "PLAT")}))
    assert set(told(read(asked, need)).values()) == {None}
    asked.close()

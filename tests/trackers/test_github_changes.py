"""What a poll of a repository reads: drift, free answers, new names, sweeps, and how many calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import RateLimited, Unavailable
from integrations import catalogue
from integrations.tracker import Account, Look, Need, Page

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
API, WEB = "acme/api", "acme/web"
REPO = ("repo", API)


class Session:
    """A session that counts what a read took of calls and of the quota."""

    def __init__(self, site: Any, opened: Any) -> None:
        self.site, self.opened = site, opened
        self.calls = self.used = 0

    def read(
        self, need: Need, cursor: str | None = None, **how: Any
    ) -> tuple[dict[str, Any], Look]:
        """The items by key, and the look."""
        calls, used = self.opened.calls, self.site.used
        *pages, look = self.opened.read(API, need, cursor, **how)
        self.calls, self.used = self.opened.calls - calls, self.site.used - used
        assert isinstance(look, Look)
        return {item.key: item for page in pages for item in page.items}, look


@pytest.fixture
def site(github: Any) -> Any:
    """A repository of issues made a minute apart, last changed an hour ago."""
    here = github.site
    here.now = MONDAY
    here.repos.clear()
    here.add_repo(API)
    here.add_milestone(API, "v2", at=MONDAY)
    return here


@pytest.fixture
def session(site: Any, github: Any) -> Iterator[Session]:
    account = Account(name="main", url=github.url, token="github-token", allow_private=True)
    opened = catalogue.get("github").open(account)
    yield Session(site, opened)
    opened.close()


LINK_OTHER = "link something else instead, or end the link."


def need(*scopes: tuple[str, str], **more: Any) -> Need:
    return Need(scopes=frozenset(scopes or {REPO}), **more)


def fill(site: Any, number: int, *, every: timedelta = timedelta(minutes=1)) -> None:
    begun = site.now - timedelta(days=30)
    for each in range(number):
        site.add_issue(API, f"Issue {each}", at=begun + each * every)


def quietly(site: Any, session: Session, cursor: str, asked: Need | None = None) -> str:
    """Polls until nothing is new, two at most."""
    for _ in range(2):
        site.now += timedelta(minutes=1)
        cursor = session.read(asked or need(), cursor)[1].cursor
    return cursor


@pytest.mark.parametrize("cursor_from", [100, 1000])
def test_what_changes_or_goes_while_pages_are_read_makes_others_miss_nothing(
    site: Any, session: Session, cursor_from: int
) -> None:
    site.cursor_from = cursor_from
    fill(site, 950)
    seen: set[str] = set()
    reading = session.opened.read(API, need(), None)
    for number, part in enumerate(reading):
        if isinstance(part, Page):
            seen |= {item.key for item in part.items}
            site.edit(API, 1 + number, title="Moves to the end")
            site.delete(API, 200 + number)
    left = {f"{API}#{number}" for number in site.repo(API).items}
    assert left <= seen
    assert session.opened.calls <= 10 + 4


def test_pages_that_are_counted_within_one_second_are_read_again_when_something_changed(
    site: Any, session: Session
) -> None:
    fill(site, 900, every=timedelta())
    seen: set[str] = set()
    for number, part in enumerate(session.opened.read(API, need(), None)):
        seen |= {item.key for item in part.items} if isinstance(part, Page) else set()
        if number < 8:
            site.now += timedelta(seconds=1)
            site.edit(API, 1 + number, title="Moves to the end")
    assert len(seen) == 900


@pytest.mark.parametrize("number", [1, 99, 250, 1500])
def test_the_second_quiet_poll_is_one_free_call(site: Any, session: Session, number: int) -> None:
    fill(site, number)
    _, look = session.read(need())
    assert session.calls <= -(-number // 100) + 4
    cursor = quietly(site, session, look.cursor)
    items, again = session.read(need(), cursor)
    assert (session.calls, session.used, items) == (1, 0, {})
    assert again.cursor == cursor


def test_many_changes_of_one_minute_are_not_read_for_ever(site: Any, session: Session) -> None:
    fill(site, 300)
    cursor = quietly(site, session, session.read(need())[1].cursor)
    site.now += timedelta(minutes=1)
    for number in range(1, 251):
        site.edit(API, number, title="All at once")
    site.now += timedelta(seconds=10)
    items, look = session.read(need(), cursor)
    assert (len(items) >= 250, session.calls <= 5) == (True, True)
    site.now += timedelta(minutes=5)
    cursor = quietly(site, session, look.cursor)
    assert session.read(need(), cursor)[0] == {}
    assert (session.calls, session.used) == (1, 0)
    site.now += timedelta(seconds=1)
    site.edit(API, 7, title="Later")
    assert "acme/api#7" in session.read(need(), cursor)[0]


def test_one_in_a_hundred_changed_is_at_most_three_calls(site: Any, session: Session) -> None:
    fill(site, 1200)
    cursor = quietly(site, session, session.read(need())[1].cursor)
    site.now += timedelta(minutes=1)
    for number in range(1, 13):
        site.edit(API, number, title="Changed")
    items, look = session.read(need(), cursor)
    assert {f"{API}#{number}" for number in range(1, 13)} <= items.keys()
    assert session.calls <= 3
    session.read(need(), look.cursor)
    session.read(need(), session.read(need(), look.cursor)[1].cursor)
    assert (session.calls, session.used) == (1, 0)


def test_new_names_are_noticed_although_no_issue_changes(site: Any, session: Session) -> None:
    asked = need(("milestone", "acme/api/1"), ("label", "acme/api/okr"))
    site.now = MONDAY - timedelta(days=1)
    site.add_issue(API, "One", milestone=1, labels=["okr", "x"])
    site.add_issue(API, "Two", labels=["x"])
    site.edit(API, 2, type="Bug")
    site.now = MONDAY
    site.add_issue(API, "Newer")
    _, look = session.read(asked)
    assert look.titles == {("milestone", "acme/api/1"): "v2", ("label", "acme/api/okr"): "okr"}
    site.now += timedelta(hours=1)
    cursor = quietly(site, session, look.cursor, asked)
    repo = site.repo(API)
    repo.milestones[1]["title"] = "v3"
    repo.labels["okr"]["name"] = "goals"
    assert session.read(asked, cursor)[0] == {}
    hook = replace(asked, lists=True)
    items, look = session.read(hook, cursor)
    assert "milestones:acme/v3" in items["acme/api#1"].tags
    assert "label:acme/api/goals" in items["acme/api#1"].tags
    assert look.titles["milestone", "acme/api/1"] == "v3"
    assert look.called == {("label", "acme/api/okr"): "acme/api/goals"}
    assert look.broken == {}
    site.names["type Bug"]["name"] = "Defect"
    items, look = session.read(hook, look.cursor)
    assert items["acme/api#2"].type == "Defect"
    assert session.read(hook, look.cursor)[0].keys() <= {"acme/api#3"}


def test_lists_are_free_while_they_stay_and_asked_every_quarter_of_an_hour(
    site: Any, session: Session
) -> None:
    site.add_issue(API, "One", milestone=1, labels=["okr"], at=MONDAY)
    cursor = quietly(site, session, session.read(need())[1].cursor)
    site.now += timedelta(minutes=12)
    session.read(need(), cursor)
    assert session.calls == 1
    site.now += timedelta(minutes=2)
    _, look = session.read(need(), cursor)
    assert (session.calls, session.used) == (3, 0)
    session.read(need(), look.cursor)
    assert session.calls == 1


def test_a_deleted_label_or_milestone_leaves_the_issues_that_had_it(
    site: Any, session: Session
) -> None:
    asked = need(("milestone", "acme/api/1"), ("label", "acme/api/okr"), lists=True)
    site.add_issue(API, "One", milestone=1, labels=["okr"], at=MONDAY)
    _, look = session.read(asked)
    cursor = quietly(site, session, look.cursor, asked)
    repo = site.repo(API)
    for item in repo.items.values():
        item.fields["labels"], item.milestone = [], None
    repo.labels.clear()
    repo.milestones.clear()
    items, look = session.read(asked, cursor)
    assert items["acme/api#1"].tags == {"repo:acme/api"}
    assert look.broken == {
        ("milestone", "acme/api/1"): f"Milestone 1 of acme/api, v2, was deleted: {LINK_OTHER}",
        ("label", "acme/api/okr"): f"Label okr of acme/api was deleted: {LINK_OTHER}",
    }
    _, later = session.read(asked, look.cursor)
    assert later.broken == look.broken


def test_a_sweep_counts_and_reads_everything_only_when_something_is_gone(
    site: Any, session: Session
) -> None:
    fill(site, 450)
    cursor = quietly(site, session, session.read(need())[1].cursor)
    for _ in range(2):
        site.now += timedelta(hours=6)
        site.add_issue(API, "New")
        items, look = session.read(need(), cursor, sweep=True)
        assert (look.whole, look.complete, len(items) < 100) == (True, False, True)
        assert session.calls <= 6
        cursor = look.cursor
    site.delete(API, 17)
    site.now += timedelta(hours=6)
    items, look = session.read(need(), cursor, sweep=True)
    assert (look.whole, look.complete, len(items)) == (False, True, 451)
    assert "acme/api#17" not in items
    assert session.read(need(), look.cursor, sweep=True)[1].whole


def test_new_parents_are_read_by_themselves(site: Any, session: Session) -> None:
    fill(site, 250)
    site.add_repo(WEB)
    site.add_issue(WEB, "Child", at=MONDAY)
    site.set_parent(WEB, 1, (API, 3), at=MONDAY)
    cursor = quietly(site, session, session.read(need())[1].cursor)
    deep = need(parents=frozenset({"acme/api#3"}), fresh=frozenset({"acme/api#3"}))
    items, look = session.read(deep, cursor)
    assert items["acme/web#1"].parent_key == "acme/api#3"
    assert (session.calls, look.complete) == (2, False)
    _, look = session.read(need(parents=frozenset({"acme/api#3"})), look.cursor)
    assert (session.calls, session.used) == (2, 0)


def test_links_without_an_end_or_that_repeat_are_errors(site: Any, github: Any) -> None:
    site.cursor_from = 0
    fill(site, 250)
    account = Account(name="main", url=github.url, token="github-token", allow_private=True)
    opened: Any = catalogue.get("github").open(account)
    client = opened._client
    path = f"{client.api}/repos/{API}/issues?per_page=100"
    client.following = lambda _answer: path
    with pytest.raises(Unavailable, match="repeated a page"):
        list(opened.read(API, need(), None))
    opened.close()


def test_what_is_left_of_the_quota_is_told_and_a_pause_stops_the_others(
    site: Any, github: Any
) -> None:
    fill(site, 10)
    account = Account(name="pause", url=github.url, token="github-token", allow_private=True)
    one, other = (catalogue.get("github").open(account) for _ in range(2))
    list(one.read(API, need(), None))
    left = one.budget
    assert left is not None
    assert (left.limit, left.remaining) == (5000, 5000 - one.calls)
    site.limit = 1
    with pytest.raises(RateLimited):
        list(one.read(API, need(), None))
    assert one.budget is not None
    assert one.budget.remaining == 0
    with pytest.raises(RateLimited, match="A pause was asked for"):
        list(other.read(API, need(), None))
    assert other.calls == 0
    for each in (one, other):
        each.close()

"""Random stories on the simulated GitHub: what histories tell of every instant is what was so."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connector.ledger.past import moments
from connector.work import Ref, WorkItem
from integrations import catalogue
from integrations.simulators import start_github
from integrations.simulators.github.graph_types import NAMES
from integrations.tracker import Account

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
SHOWN = ("key", "place", "status", "category", "resolution", "type", "parent_key", "numbers")
BOARD = ("acme", 1)
_LABELS = st.lists(st.sampled_from(["okr", "next", "Bug"]), unique=True, max_size=3)
_COUNTER = count(1)

Step = Callable[[Any, str, int], object]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.sampled_from(["completed", "not_planned", "duplicate"]).map(
        lambda reason: lambda site, repo, n: site.close(repo, n, reason)
    ),
    st.just(lambda site, repo, n: site.reopen(repo, n)),
    _LABELS.map(lambda labels: lambda site, repo, n: site.edit(repo, n, labels=labels)),
    st.sampled_from([None, 1, 2]).map(
        lambda number: lambda site, repo, n: site.edit(repo, n, milestone=number)
    ),
    st.sampled_from([None, "Bug", "Feature"]).map(
        lambda kind: lambda site, repo, n: site.edit(repo, n, type=kind)
    ),
    st.sampled_from([None, 3, 4]).map(
        lambda top: lambda site, repo, n: site.set_parent(repo, n, (repo, top) if top else None)
    ),
    st.sampled_from([None, 1, 2.5]).map(
        lambda size: lambda site, repo, n: site.edit(repo, n, numbers={"Estimate": size})
    ),
    st.sampled_from([None, "Todo", "In Progress", "Done"]).map(
        lambda word: lambda site, repo, n: site.put_on_project(BOARD, (repo, n), Status=word)
    ),
    st.just(lambda site, repo, n: site.take_off_project(BOARD, (repo, n))),
)


@pytest.fixture(scope="module")
def running():
    with start_github() as github:
        github.site.add_project("acme", "Board")
        yield github


@contextmanager
def opened(github, **more):
    account = Account(name="main", url=github.url, token="github-token", allow_private=True, **more)
    session = catalogue.get("github").open(account)
    try:
        yield session
    finally:
        session.close()


def begun(site) -> str:
    """A repository of its own with two issues and two more to be their parents."""
    site.lacks, site.now = frozenset(), START
    repo = f"acme/r{next(_COUNTER)}"
    site.add_repo(repo)
    for title in ("v1", "v2"):
        site.add_milestone(repo, title)
    for title in ("One", "Two", "Top", "Other top"):
        site.add_issue(repo, title)
    return repo


def shown(item: WorkItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in SHOWN} | {
        "labels": set(item.labels), "tags": set(item.tags),
    }  # fmt: skip


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a story over HTTP takes long to be made smaller
)
@given(story=st.lists(st.tuples(st.sampled_from([1, 1, 1, 2]), STEPS), min_size=8, max_size=20))
def test_every_instant_is_told_as_it_was(running, story):
    site = running.site
    repo = begun(site)
    refs = [Ref(str(site.item(repo, n).fields["id"]), f"{repo}#{n}") for n in (1, 2)]
    scopes = frozenset({("project", "acme/1")})
    with opened(running, scopes=scopes) as session:

        def now(asked: list[Ref]) -> dict[str, WorkItem]:
            items = session.fetch("acme/projects/1", asked).items
            return {item.external_id: item for item in items}

        was = [(site.now, now(refs))]
        for number, step in story:
            site.now += timedelta(hours=7)
            step(site, repo, number)
            was.append((site.now, was[-1][1] | now([refs[number - 1]])))
        portions = list(session.history(repo, refs))
    assert [each.untold for each in portions] == [{}]
    for ident, item in was[-1][1].items():
        mine = [event for event in portions[0].events if event.external_id == ident]
        through = moments(item, mine)
        for at, then in was:
            told = [each.item for each in through if each.at <= at][-1]
            assert shown(told) == shown(replace(then[ident]))
    _compare(running, repo, refs, portions[0].events)


def _compare(running, repo, refs, graph) -> None:
    """REST tells the same, of everything it tells at all."""
    running.site.lacks = NAMES
    with opened(running) as session:
        portions = list(session.history(repo, refs))
    assert [each.untold for each in portions] == [{}]
    common = [each for event in graph if (each := _common(event))]
    assert common == [_common(event) for event in portions[0].events]


def _common(event):
    sides = [
        {name: [each for each in value if not each.startswith(("project:", "board:"))]
         if name == "tags" else value for name, value in side.items() if name != "numbers"}
        for side in (event.before, event.after)
    ]  # fmt: skip
    told = [{name: value for name, value in side.items() if value != []} for side in sides]
    return (event.external_id, event.at, *sides) if any(told) else None

"""Whatever happens to an issue, undoing its events leads back to it as it was opened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.work import WorkItem
from integrations.github.events import told
from integrations.github.past import past
from integrations.github.reading import Place, milestone_of, work_item
from integrations.github.story import Known, Now
from integrations.github.titles import Titles, milestones
from integrations.kit.fields import Fields
from integrations.simulators.faults import Faults
from integrations.simulators.github.posting import headers
from integrations.simulators.github.site import GithubSite
from integrations.simulators.hooks import Postman

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
API, PLACE = "acme/api", Place("acme/api", "https://github.com")
EDITS = st.one_of(
    st.fixed_dictionaries({"labels": st.lists(st.sampled_from(["okr", "bug", "x"]), unique=True)}),
    st.fixed_dictionaries({"milestone": st.sampled_from([None, 1, 2])}),
    st.fixed_dictionaries({"type": st.sampled_from([None, "Bug", "Feature"])}),
    st.fixed_dictionaries({"parent": st.sampled_from([None, 2, 3])}),
    st.fixed_dictionaries({"state": st.just("open")}),
    st.fixed_dictionaries(
        {"state": st.just("closed"), "state_reason": st.sampled_from(["completed", "duplicate"])}
    ),
)
STEPS = st.lists(st.tuples(st.integers(0, 3), EDITS), max_size=25)


def company() -> GithubSite:
    site = GithubSite("token", Postman(Faults(), headers))
    site.now = START
    site.add_repo(API)
    for title in ("v1", "v2"):
        site.add_milestone(API, title)
    for title in ("Watched", "A parent", "Another"):
        site.add_issue(API, title, at=START)
    return site


def item_of(site: GithubSite) -> tuple[WorkItem, Now]:
    shown = site.shown(site.item(API, 1))
    item = work_item(shown, PLACE)
    return item, Now(item, milestone_of(Fields(shown)))


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_undoing_all_events_shows_the_issue_as_it_was_opened(steps):
    site = company()
    (first, _), moment = item_of(site), START
    for hours, edit in steps:
        moment += timedelta(hours=hours + 1)
        if "parent" in edit:
            parent = (API, edit["parent"]) if edit["parent"] else None
            site.set_parent(API, 1, parent, at=moment)
        else:
            site.edit(API, 1, at=moment, **edit)
    item, now = item_of(site)
    events = [event for number, event in site.repo(API).events if number == 1]
    known = Known(Titles(milestones(site.repo(API).milestones.values())))
    found = past(now, told(events, item.key), known)
    assert found.gaps == ()
    for event in reversed(found.events):
        before, after = dict(event.before), dict(event.after)
        sets = {}
        for name in ("tags", "labels"):
            lost, won = set(before.pop(name, ())), set(after.pop(name, ()))
            held = set(getattr(item, name))
            assert won <= held
            assert not lost & held
            sets[name] = frozenset((held - won) | lost)
        assert {name: getattr(item, name) for name in after} == after
        item = replace(item, tags=sets["tags"], labels=tuple(sets["labels"]), **before)
    names = ("status", "category", "resolution", "type", "parent_key", "labels", "tags")
    assert [getattr(item, name) for name in names] == [getattr(first, name) for name in names]

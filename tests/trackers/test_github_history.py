"""GitHub's history over HTTP: what is asked, followed, told, and told why not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from connector.errors import Gone, RateLimited
from connector.work import Ref
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.simulators.demo import fill
from integrations.tracker import Account, History

API = "https://api.github.com"
ISSUES = f"{API}/repos/acme/api/issues"
MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data" / "github"


@pytest.fixture
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        faked.get(f"{API}/repos/acme/api/milestones", json=[{"number": 1, "title": "v1"}, 5])
        yield faked


def session(url="https://github.com", token="the-token", **options):
    account = Account(name="main", url=url, token=token, options=options, allow_private=True)
    return catalogue.get("github").open(account)


def issue(number, **more):
    return {"id": 1000 + number, "number": number, "title": "x", "state": "open",
            "created_at": "2026-10-01T08:00:00Z", "updated_at": "2026-10-06T08:00:00Z",
            **more}  # fmt: skip


def event(number, name, **more):
    return {"id": number, "event": name, "created_at": f"2026-10-{number:02}T08:00:00Z", **more}


def ref(number):
    return Ref(str(1000 + number), f"acme/api#{number}")


def read(opened, refs, source="acme/api") -> History:
    portions = list(opened.history(source, refs))
    return History(
        tuple(event for each in portions for event in each.events),
        frozenset(ident for each in portions for ident in each.told),
        {name: why for each in portions for name, why in each.untold.items()},
    )


def test_events_are_followed_by_their_links_only(network):
    network.get(f"{ISSUES}/1", json=issue(1, milestone={"number": 1, "title": "v1"}))
    events = f"{ISSUES}/1/events"
    network.get(events, json=[event(2, "milestoned", milestone={"title": "v1"})],
                headers={"Link": f'<{events}?after=Y3Vy%3D>; rel="next"'})  # fmt: skip
    network.get(events, json=[event(3, "closed"), event(4, "reopened"), "odd"])
    found = read(session(), [ref(1)])
    assert (found.told, found.untold) == ({"1001"}, {})
    assert [each.at.day for each in found.events] == [2, 3, 4]
    asked = [call.request.params for call in network.calls if "/events" in call.request.url]
    assert asked == [{"per_page": "100"}, {"after": "Y3Vy="}]
    (milestones,) = [c.request for c in network.calls if "milestones" in c.request.url]
    assert milestones.params["state"] == "all"


def test_many_issues_are_taken_from_the_list_and_the_rest_alone(network):
    network.get(ISSUES, json=[issue(n) for n in (9, 1, 2, 3)],
                headers={"Link": f'<{ISSUES}?after=x>; rel="next"'})  # fmt: skip
    network.get(ISSUES, json=[issue(8)], headers={"Link": f'<{ISSUES}?after=y>; rel="next"'})
    network.get(f"{ISSUES}/4", json=issue(4))
    for number in range(1, 5):
        network.get(f"{ISSUES}/{number}/events", json=[])
    found = read(session(), [ref(number) for number in range(1, 5)])
    assert found.told == {"1001", "1002", "1003", "1004"}
    singles = [call.request.url for call in network.calls if call.request.url.endswith("/4")]
    assert len(singles) == 1
    assert len(network.calls) == 2 + 1 + 1 + 4


def test_what_is_not_there_or_another_by_now_is_untold(network):
    network.get(f"{ISSUES}/1", status=410, json={"message": "This issue was deleted"})
    network.get(f"{ISSUES}/2", json=issue(2, id=7))
    network.get(f"{ISSUES}/3", json=issue(3, state=None))
    network.get(f"{ISSUES}/2/events", json=[])
    network.get(ISSUES, json=[])
    network.get(f"{API}/repos/acme/api", json={"full_name": "acme/api"})
    found = read(session(), [ref(1), ref(2), ref(3), Ref("5", None)])
    assert (found.events, found.told) == ((), frozenset())
    assert found.untold.keys() == {"1001", "1002", "1003", "5"}
    assert "no longer visible" in found.untold["1001"]
    assert "state" in found.untold["1003"]
    assert all(why.endswith(".") for why in found.untold.values())


def test_one_spoilt_event_leaves_the_other_items_told(network):
    for number in (1, 2):
        network.get(f"{ISSUES}/{number}", json=issue(number))
    network.get(ISSUES, json=[])
    network.get(f"{ISSUES}/1/events", json=[event(2, "labeled", label=None)])
    network.get(f"{ISSUES}/2/events", status=404, json={"message": "Not Found"})
    found = read(session(), [ref(1), ref(2)])
    assert "label" in found.untold["1001"]
    assert "events of acme/api#2" in found.untold["1002"]


def test_an_issue_that_changed_since_it_was_listed_is_looked_at_again(network):
    network.get(ISSUES, json=[issue(1), issue(2)])
    network.get(f"{ISSUES}/1", json=issue(1, state="closed", closed_at="2026-10-06T08:00:00Z"))
    network.get(f"{ISSUES}/1/events", json=[event(6, "closed")])
    network.get(f"{ISSUES}/2/events", json=[])
    found = read(session(), [ref(1), ref(2)])
    assert found.untold == {}
    assert [each.after["status"] for each in found.events] == ["closed"]


def test_a_repository_out_of_sight_or_a_limit_ends_the_reading(network):
    network.get(f"{ISSUES}/1", status=404, json={"message": "Not Found"})
    network.get(f"{API}/repos/acme/api", status=404, json={"message": "Not Found"})
    with pytest.raises(Gone, match="no access"):
        read(session(), [ref(1)])
    headers = {"X-RateLimit-Remaining": "0"}
    network.get(f"{ISSUES}/2", status=403, json={"message": "limit"}, headers=headers)
    with pytest.raises(RateLimited):
        read(session(), [ref(2)])


def test_number_fields_that_are_measured_by_have_no_dates(network):
    fields = [{"issue_field_id": 1, "issue_field_name": "Estimate", "value": 3}]
    network.get(f"{ISSUES}/1", json=issue(1, issue_field_values=fields))
    network.get(f"{ISSUES}/1/events", json=[])
    assert read(session(), [ref(1)]).told == {"1001"}
    found = read(session(number_fields="Estimate,Risk"), [ref(1)])
    assert found.untold == {
        "1001": "GitHub keeps no dates of changes of the field Estimate, which acme/api#1 has.",
    }


@pytest.fixture
def site(github) -> Any:
    here = github.site
    here.now = MONDAY
    here.add_repo("acme/web")
    for _ in range(3):
        here.add_issue("acme/api", "One", milestone=1)
    return here


def of(github, key):
    repo, _, number = key.rpartition("#")
    return Ref(str(github.site.item(repo, int(number)).fields["id"]), key)


def opened(github, **options):
    return session(github.url, "github-token", **options)


@pytest.mark.parametrize("everywhere", [True, False])
def test_parents_are_found_in_the_timeline_where_the_events_have_none(github, site, everywhere):
    site.parents_in_events = everywhere
    site.set_parent("acme/api", 1, ("acme/web", site.add_issue("acme/web", "Top")))
    found = read(opened(github), [of(github, "acme/api#1")])
    assert found.untold == {}
    assert {"parent_key": "acme/web#1"} in [each.after for each in found.events]


def test_an_issue_from_another_repository_tells_when_it_came(github, site):
    site.now = MONDAY + timedelta(days=3)
    number = site.transfer("acme/api", 2, "acme/web")
    found = read(opened(github), [of(github, f"acme/web#{number}")])
    assert found.untold == {}
    came = [each for each in found.events if "place" in each.after]
    assert [(each.at, each.after["tags"]) for each in came] == [(site.now, ["repo:acme/web"])]


def test_refs_of_several_repositories_are_read_whatever_the_source(github, site):
    site.add_issue("acme/web", "Two")
    refs = [of(github, key) for key in ("acme/api#1", "acme/web#1", "acme/api#3")]
    for source in ("acme/api", "acme/*"):
        found = read(opened(github), refs, source)
        assert found.told == {ref.external_id for ref in refs}


def test_a_project_without_dates_tells_since_when_an_item_is_in_it(github, site):
    site.lacks = frozenset({"ProjectV2ItemStatusChangedEvent"})
    site.add_project("acme", "Board")
    site.now = MONDAY + timedelta(days=1)
    site.put_on_project(("acme", 1), ("acme/api", 1))
    site.put_on_project(("acme", 1), ("acme/api", 2), Status="Done")
    site.put_on_project(("acme", 1), ("acme/api", 3), Points=3)
    refs = [of(github, f"acme/api#{number}") for number in (1, 2, 3)]
    found = read(opened(github), refs, "acme/projects/1")
    assert found.told == {refs[0].external_id, refs[2].external_id}
    assert found.untold == {
        refs[1].external_id: "GitHub keeps no dates of changes on the board of project acme/1,"
        " where acme/api#2 has a status.",
    }
    came = [each.at for each in found.events if "project:acme/1" in each.after.get("tags", ())]
    assert came == [site.now, site.now]
    fields = opened(github, number_fields="project:acme/1/Points")
    assert read(fields, refs, "acme/projects/1").told == {refs[0].external_id}


def test_the_demo_company_has_a_past_for_all_its_work(github):
    with start_jira() as jira:
        github.site.repos.clear()
        jira.site.now = github.site.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        fill(jira.site, github.site, date(2026, 11, 22))
    items = [item for repo in github.site.repos.values() for item in repo.items.values()]
    refs = [of(github, f"{item.repo}#{item.number}") for item in items]
    found = read(opened(github), refs)
    assert found.untold == {}
    closed = [event for event in found.events if event.after.get("category") == "done"]
    assert len(closed) == sum(item.fields["state"] == "closed" for item in items) > 30
    milestones = [event for event in found.events
                  if any("milestone:" in tag for tag in event.after.get("tags", ()))]  # fmt: skip
    entered = {event.external_id for event in milestones}
    assert len(entered) == sum(item.milestone is not None for item in items)
    assert len({event.at.date() for event in closed}) > 10


@pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded answers are not beside this repository")
def test_recorded_items_without_an_event_of_their_milestone_are_untold(github):
    github.site.load(RECORDED)
    items = github.site.repo("panjf2000/ants").items.values()
    refs = [of(github, f"panjf2000/ants#{item.number}") for item in items]
    found = read(opened(github), refs, "panjf2000/ants")
    assert (found.told, len(found.untold)) == (frozenset(), 41)
    assert all("got its milestone." in why for why in found.untold.values())
    assert not any("understood" in why for why in found.untold.values())

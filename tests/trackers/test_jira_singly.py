"""Issues of a Data Center by id: its search lags, and refuses all for one it does not know."""

import pytest
import responses

from connector.errors import AccessDenied
from connector.work import Ref
from integrations.simulators import start_jira
from tests.jira_answers import URL, jira
from tests.jira_looks import LONG_AGO, fill, opened

MANY = 80


@pytest.fixture
def running():
    with start_jira(deployment="datacenter") as found:
        found.site.now = LONG_AGO
        found.site.add_project("PLAT", "Platform")
        yield found


@pytest.fixture
def site(running):
    fill(running.site, MANY)
    return running.site


@pytest.fixture
def session(running):
    made = opened(running)
    yield made
    made.close()


def refs(site, home="PLAT"):
    return [Ref(issue.id, issue.key) for issue in site.issues.values() if home in issue.key]


def asked(session, wanted):
    session.fetch("", [])
    before = session.calls
    return session.fetch("", wanted), session.calls - before


def test_what_the_index_does_not_list_yet_is_not_missing(site, session):
    site.index_delay = 60
    site.add_issue("PLAT", "New")
    found, calls = asked(session, refs(site))
    assert (len(found.items), found.missing, calls) == (MANY + 1, (), 1 + 1 + 1)


def test_a_few_are_read_as_they_are_and_not_as_the_index_has_them(site, session):
    site.index_delay = 60
    site.transition("PLAT-3", "Done")
    found, calls = asked(session, refs(site)[:20])
    assert {item.key for item in found.items if item.category == "done"} == {"PLAT-3"}
    assert calls == 20


def test_one_that_is_gone_has_only_its_neighbours_read_singly(site, session):
    wanted = refs(site)
    site.delete("PLAT-7")
    found, calls = asked(session, wanted)
    assert (len(found.items), found.missing) == (MANY - 1, (wanted[6],))
    assert calls <= 20


def test_those_of_a_hidden_project_are_hidden_without_a_call_for_each(site, session):
    site.add_project("PAY", "Payments")
    for number in range(15):
        site.add_issue("PAY", f"Hidden {number}", at=LONG_AGO)
    unseen = refs(site, "PAY")
    site.hide_project("PAY")
    found, calls = asked(session, [*refs(site), *unseen])
    assert (len(found.items), found.hidden) == (MANY, set(unseen))
    assert calls <= 4


def test_one_that_may_not_be_seen_is_missing_but_a_refused_sign_in_is_told():
    single = f"{URL}/rest/api/2/issue/1"
    with responses.RequestsMock() as network:
        network.get(single, status=403, json={"errorMessages": ["You may not see this issue."]})
        network.get(f"{URL}/rest/api/2/myself", json={})
        assert jira("datacenter").fetch("", [Ref("1", None)]).missing == (Ref("1", None),)
        network.get(single, status=401, json={})
        network.replace(responses.GET, f"{URL}/rest/api/2/myself", status=401, json={})
        with pytest.raises(AccessDenied):
            jira("datacenter").fetch("", [Ref("1", None)])

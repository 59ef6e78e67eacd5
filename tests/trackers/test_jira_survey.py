"""What a site offers a field mapping, and the mapping proposed from it."""

import pytest
import responses

from connector.mapping import checked
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.tracker import Account, Survey

URL = "https://acme.atlassian.net"


@pytest.fixture
def network():
    with responses.RequestsMock() as faked:
        yield faked


def status(name, category):
    return {"name": name, "id": "1", "statusCategory": {"key": category, "name": "Fertig"}}


def survey(network, *, statuses=(), types=(), resolutions=(), fields=(), points="") -> Survey:
    lists = {"status": statuses, "issuetype": types, "field": fields,
             "resolution": [{"name": name} for name in resolutions]}  # fmt: skip
    for name, listed in lists.items():
        network.get(f"{URL}/rest/api/2/{name}", json=list(listed))
    options = {"deployment": "cloud", "story_points": points}
    found = catalogue.get("jira").open(Account(name="m", url=URL, token="t", options=options))
    return found.survey()


def test_the_lists_are_told_by_category_level_and_id(network):
    found = survey(
        network,
        statuses=[status("Offen", "new"), status("Fertig", "done"), status("Fertig", "done"), 7,
                  {"id": "x"}, status("?", "undefined")],
        types=[{"name": "Initiative", "hierarchyLevel": 2}, {"name": "Epic"},
               {"name": "Part", "subtask": True}, {"name": "Bug", "hierarchyLevel": 0}],
        resolutions=["Done", "Duplicate"],
        fields=[{"id": "customfield_1", "name": "Points", "schema": {"type": "number"}},
                {"id": "summary", "name": "Summary", "schema": {"type": "string"}}],
        points="customfield_1",
    )  # fmt: skip
    assert found.statuses == (("Offen", "todo"), ("Fertig", "done"), ("?", "unknown"))
    assert found.types == (("Initiative", 2), ("Epic", 1), ("Part", -1), ("Bug", 0))
    assert (found.resolutions, found.fields) == (
        ("Done", "Duplicate"),
        (("customfield_1", "Points"),),
    )
    assert found.proposed == {
        "points": ["field:customfield_1"],
        "categories": {"unknown": "todo"},
        "types": {"Initiative": {"counts": "parent"}},
        "dropped": ["Duplicate"],
    }
    checked(found.proposed)
    assert "customfield_1 (Points)" in found.notes[0]


def test_a_finished_status_that_reads_like_given_up_is_proposed_as_dropped(network):
    statuses = [status("Won’t Do", "done"), status("Rejected", "indeterminate")]
    found = survey(network, statuses=statuses)
    assert found.proposed == {"statuses": {"Won’t Do": "dropped"}}


def test_one_name_in_two_categories_is_pointed_out(network):
    found = survey(network, statuses=[status("Review", "done"), status("Review", "indeterminate")])
    assert "Review is doing and done in different projects" in found.notes[-1]
    assert found.proposed == {}


def test_resolutions_in_other_words_are_left_to_people(network):
    found = survey(network, resolutions=["Erledigt", "Doppelt"])
    assert "dropped" not in found.proposed
    assert "none of Erledigt, Doppelt reads like work given up" in found.notes[-1]
    assert "no story points field was found" in found.notes[0]


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_a_fresh_site_of_either_kind_proposes_a_mapping_that_can_be_set(deployment):
    with start_jira(deployment=deployment) as jira:
        options = {"email": jira.site.email} if deployment == "cloud" else {}
        account = Account(name="m", url=jira.url, token="jira-token", options=options,
                          allow_private=True)  # fmt: skip
        session = catalogue.get("jira").open(account)
        found = session.survey()
        assert session.calls == 4
        session.close()
    assert ("In Review", "doing") in found.statuses
    assert checked(found.proposed)["dropped"] == ["Won't Do", "Duplicate", "Cannot Reproduce"]

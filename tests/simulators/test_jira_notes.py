"""What others write on a simulated issue: remote links, comments and properties."""

import json

import pytest

ISSUE = "/rest/api/2/issue/PLAT-1"
LINK = {
    "globalId": "worklift=1&key_result=now/KR-1",
    "application": {"type": "io.worklift", "name": "Worklift"},
    "object": {"url": "https://okr.example.com/1", "title": "Key result KR-1: 62 %",
               "summary": "Payments never wait", "status": {"resolved": True}},
}  # fmt: skip


@pytest.fixture(params=["cloud", "center"])
def here(request):
    """A caller of each deployment, at a site with one issue."""
    running = request.getfixturevalue("jira" if request.param == "cloud" else "data_center")
    running.site.add_issue("PLAT", "Queue", "Epic")
    return request.getfixturevalue(request.param), running.site


def test_the_same_global_id_is_the_same_link(here):
    caller, _ = here
    first = caller.send("POST", f"{ISSUE}/remotelink", LINK)
    again = caller.send(
        "POST", f"{ISSUE}/remotelink", {**LINK, "object": {**LINK["object"], "title": "70 %"}}
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    found = caller.get(f"{ISSUE}/remotelink", globalId=LINK["globalId"]).json()
    assert found["object"]["title"] == "70 %"
    assert len(caller.get(f"{ISSUE}/remotelink").json()) == 1


def test_a_link_goes_by_its_global_id_once(here):
    caller, _ = here
    caller.send("POST", f"{ISSUE}/remotelink", LINK)
    path = f"{ISSUE}/remotelink?globalId=worklift%3D1%26key_result%3Dnow%2FKR-1"
    assert [caller.send("DELETE", path).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("spoilt", [{"object": {"title": "x"}}, {"globalId": "x" * 256}])
def test_a_link_that_is_none_is_refused(here, spoilt):
    caller, _ = here
    assert caller.send("POST", f"{ISSUE}/remotelink", {**LINK, **spoilt}).status_code == 400


def test_comments_are_made_each_time_and_changed_in_place(here):
    caller, site = here
    made = [caller.send("POST", f"{ISSUE}/comment", {"body": "Said"}).json() for _ in range(2)]
    assert made[0]["id"] != made[1]["id"]
    path = f"{ISSUE}/comment/{made[0]['id']}"
    assert caller.send("PUT", path, {"body": "Changed"}).json()["body"] == "Changed"
    newest = caller.get(f"{ISSUE}/comment", orderBy="-created", maxResults=1).json()
    assert (newest["total"], newest["comments"][0]["id"]) == (2, made[1]["id"])
    assert [caller.send("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert caller.send("POST", f"{ISSUE}/comment", {"body": " "}).status_code == 400
    assert len(site.notes.said(site.find("PLAT-1").id)) == 1


def test_version_3_takes_and_gives_documents(jira, cloud):
    jira.site.add_issue("PLAT", "Queue", "Epic")
    text = {"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "Said"}]}]}  # fmt: skip
    path = "/rest/api/3/issue/PLAT-1/comment"
    assert cloud.send("POST", path, {"body": text}).json()["body"]["type"] == "doc"
    assert cloud.send("POST", path, {"body": "Said"}).status_code == 400
    assert cloud.get(f"{ISSUE}/comment").json()["comments"][0]["body"] == "Said"


def test_properties_are_set_read_and_taken_away(here):
    caller, _ = here
    path = f"{ISSUE}/properties/worklift"
    put = [caller.send("PUT", path, {"percent": number}).status_code for number in (62, 70)]
    assert put == [201, 200]
    assert caller.get(path).json() == {"key": "worklift", "value": {"percent": 70}}
    assert [each["key"] for each in caller.get(f"{ISSUE}/properties").json()["keys"]] == [
        "worklift"
    ]
    assert [caller.send("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert caller.send("PUT", path, {"x": "y" * 40_000}).status_code == 400


def test_hooks_hear_of_comments_and_properties_but_not_of_links(here):
    caller, site = here
    site.add_hook("http://127.0.0.1:9/", "secret")
    caller.send("POST", f"{ISSUE}/remotelink", LINK)
    caller.send("POST", f"{ISSUE}/comment", {"body": "Said"})
    caller.send("PUT", f"{ISSUE}/properties/worklift", {"percent": 62})
    assert [each.event for each in site.deliveries] == ["comment_created", "issue_property_set"]
    assert json.loads(site.deliveries[0].body)["comment"]["body"] == "Said"


def test_rights_that_are_missing_are_said_as_jira_says_them(here):
    caller, site = here
    site.notes.denied |= {"LINK_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS"}
    refused = [
        caller.send("POST", f"{ISSUE}/remotelink", LINK),
        caller.send("PUT", f"{ISSUE}/properties/worklift", {}),
        caller.send("POST", f"{ISSUE}/comment", {"body": "Said"}),
    ]
    assert [each.status_code for each in refused] == [403, 403, 400]
    assert "permission" in refused[2].json()["errorMessages"][0]
    asked = caller.get("/rest/api/2/mypermissions", permissions="LINK_ISSUES,BROWSE_PROJECTS")
    have = {key: each["havePermission"] for key, each in asked.json()["permissions"].items()}
    assert have == {"LINK_ISSUES": False, "BROWSE_PROJECTS": True}


def test_people_see_them_on_the_issues_page(here):
    caller, _ = here
    caller.send("POST", f"{ISSUE}/remotelink", LINK)
    caller.send("POST", f"{ISSUE}/comment", {"body": "Said <b>"})
    caller.send("PUT", f"{ISSUE}/properties/worklift", {"percent": 62})
    page = caller.get("/browse/PLAT-1").text
    assert 'href="https://okr.example.com/1"' in page
    for shown in ("Key result KR-1: 62 %", "Payments never wait", "resolved", "Said &lt;b&gt;",
                  "worklift = "):  # fmt: skip
        assert shown in page

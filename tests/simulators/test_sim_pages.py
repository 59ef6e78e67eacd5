"""The simulators' pages: what they show, what their buttons do, and who may press them."""

import re

import pytest
import requests


@pytest.fixture
def browser():
    with requests.Session() as session:
        session.trust_env = False
        yield session


def _form(page, item, action):
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    return {"csrf": csrf[1], "item": item, "action": action, "next": "/_sim"}


def test_buttons_move_a_jira_issue(jira, browser):
    jira.site.add_issue("PLAT", "Story <b>bold</b>")
    page = browser.get(f"{jira.url}/browse/PLAT-1").text
    assert "simulated" in page
    assert "&lt;b&gt;" in page
    for action, status, resolution in (
        ("Start", "In Progress", None), ("Close", "Done", "Done"), ("Reopen", "To Do", None),
        ("Won't do", "Done", "Won't Do"),
    ):  # fmt: skip
        answer = browser.post(f"{jira.url}/_sim/do", data=_form(page, "PLAT-1", action))
        assert answer.status_code == 200
        fields = jira.site.find("PLAT-1").fields
        assert fields["status"]["name"] == status
        assert (fields["resolution"] or {}).get("name") == resolution


def test_buttons_move_github_items(github, browser):
    number = github.site.add_milestone("acme/api", "First release")
    github.site.add_issue("acme/api", "Bug", number)
    github.site.add_issue("acme/api", "Change", number, pull_request=True)
    page = browser.get(f"{github.url}/acme/api/milestone/{number}").text
    assert "Bug" in page
    for item, action in (("acme/api#1", "Won't do"), ("acme/api#2", "Merge")):
        browser.post(f"{github.url}/_sim/do", data=_form(page, item, action))
    fields = github.site.item("acme/api", 1).fields
    assert (fields["state"], fields["state_reason"]) == ("closed", "not_planned")
    assert github.site.item("acme/api", 2).fields["pull_request"]["merged_at"]


def test_the_vendors_addresses_are_pages(jira, github, browser):
    jira.site.add_issue("PLAT", "Story")
    github.site.add_milestone("acme/api", "First release")
    github.site.add_issue("acme/api", "Bug")
    github.site.add_issue("acme/api", "Change", pull_request=True)
    tracked = ("/", "/browse/PLAT", "/browse/PLAT-1", "/issues/?jql=project%20%3D%20PLAT")
    hosted = ("", "/issues/1", "/pull/2", "/milestone/1")
    there = [f"{jira.url}{path}" for path in tracked]
    there += [f"{github.url}/acme/api{path}" for path in hosted]
    for address in there:
        answer = browser.get(address)
        assert (answer.status_code, address) == (200, address)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for address in (f"{jira.url}/browse/NO-1", f"{github.url}/acme/none"):
        assert browser.get(address).status_code == 404


def test_forms_from_elsewhere_are_refused(jira, browser):
    jira.site.add_issue("PLAT", "Story")
    page = browser.get(f"{jira.url}/_sim").text
    form = _form(page, "PLAT-1", "Close")
    address = f"{jira.url}/_sim/do"
    assert browser.post(address, data=form | {"csrf": "guess"}).status_code == 403
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert browser.post(address, data=form, headers=elsewhere).status_code == 403
    switch = f"{jira.url}/_sim/faults"
    assert browser.post(switch, json={"kind": "html"}, headers=elsewhere).status_code == 403
    assert browser.get(f"{jira.url}/_sim", headers={"Host": "rebound.example"}).status_code == 403
    assert jira.site.find("PLAT-1").fields["status"]["name"] == "To Do"
    own = {"Origin": jira.url}
    leave = browser.post(address, data=form | {"next": "//elsewhere.example"}, headers=own,
                         allow_redirects=False)  # fmt: skip
    assert (leave.status_code, leave.headers["Location"]) == (303, "/_sim")
    assert jira.site.find("PLAT-1").fields["status"]["name"] == "Done"


def test_fault_switches_work_by_form(jira, browser):
    page = browser.get(f"{jira.url}/_sim").text
    csrf = _form(page, "", "")["csrf"]
    switch = f"{jira.url}/_sim/faults"
    form = {"csrf": csrf, "kind": "error", "count": "3", "status": "", "path": "", "seconds": ""}
    assert "error, next 3 calls" in browser.post(switch, data=form).text
    assert "healthily" in browser.post(switch, data={"csrf": csrf, "clear": "all"}).text

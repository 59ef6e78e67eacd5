"""The control page changes what lies beyond issues: projects, versions, sprints."""

import re

import pytest


@pytest.fixture
def press(jira, cloud):
    """Presses a button of the control page; returns the page after it."""
    jira.site.add_version("PLAT", "2.0")
    jira.site.add_sprint("Sprint 1", "future")
    jira.site.add_issue("PLAT", "Story", fix_versions=["2.0"])

    def pressed(item, action):
        page = cloud.get("/_sim").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        form = {"csrf": token, "item": item, "action": action}
        answer = cloud.session.post(f"{cloud.base}/_sim/do", form, allow_redirects=False)
        return answer.status_code, cloud.get("/_sim").text

    return pressed


def _status(page, item):
    return re.search(rf'<li id="{item}">.*?class="status \w+">([^<]+)<', page, re.DOTALL)[1]


@pytest.mark.parametrize(
    ("item", "steps"),
    [
        ("project:PLAT", [("Hide", "Hidden from the caller"), ("Show", "Visible"),
                          ("Archive", "Archived"), ("Restore", "Visible"),
                          ("Trash", "In the trash"), ("Restore", "Visible")]),
        ("version:PLAT/10000", [("Release", "Released"), ("Unrelease", "Unreleased")]),
        ("sprint:/1", [("Begin", "Active"), ("End", "Closed")]),
    ],
)  # fmt: skip
def test_buttons_change_projects_versions_and_sprints(press, item, steps):
    for action, status in steps:
        code, page = press(item, action)
        assert code == 303
        assert _status(page, item) == status


def test_what_is_removed_is_no_longer_listed(jira, press):
    _, page = press("version:PLAT/10000", "Remove")
    assert "version:PLAT/10000" not in page
    assert jira.site.find("PLAT-1").fields["fixVersions"] == []
    _, page = press("sprint:/1", "Remove")
    assert "sprint:/1" not in page


@pytest.mark.parametrize("item", ["project:PLAT", "version:PLAT/10000", "sprint:/1"])
def test_a_button_that_is_not_there_does_nothing(press, item):
    code, _ = press(item, "Explode")
    assert code == 400


def test_a_hidden_project_is_hidden_from_the_caller_only(press, cloud):
    _, page = press("project:PLAT", "Hide")
    assert "PLAT-1" in page
    assert cloud.get("/browse/PLAT-1").status_code == 200
    assert cloud.get("/rest/api/3/issue/PLAT-1").status_code == 404

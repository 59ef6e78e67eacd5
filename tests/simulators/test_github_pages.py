"""The control page of the simulated GitHub changes what lies beyond issues."""

import re

import pytest


@pytest.fixture
def press(github, rest):
    """Presses a button of the control page; returns the page after it."""
    site = github.site
    site.add_milestone("acme/api", "One")
    site.add_issue("acme/api", "Bug", 1)
    site.put_on_project(("acme", site.add_project("acme", "Board")), ("acme/api", 1), Points=3)
    site.install_app(site.add_app(), "acme")
    site.tokens.fine("acme", pending=True)

    def pressed(item, action):
        page = rest.get("/_sim").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        form = {"csrf": token, "item": item, "action": action}
        answer = rest.session.post(f"{rest.base}/_sim/do", form, allow_redirects=False, timeout=10)
        return answer.status_code, rest.get("/_sim").text

    return pressed


def status(page, item):
    return re.search(rf'<li id="{item}">.*?class="status \w+">([^<]+)<', page, re.DOTALL)[1]


def items(page, kind):
    return re.findall(rf'<li id="({kind}:[^"]+)">', page)


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("repository", [("Hide", "Hidden from the caller"), ("Show", "Visible"),
                        ("Archive", "Archived"), ("Unarchive", "Visible")]),
        ("milestone", [("Close", "Closed"), ("Reopen", "Open"), ("Retitle", "Open")]),
        ("card", [("Done", "Done"), ("Archive", "Archived"), ("Restore", "Done")]),
        ("installation", [("Suspend", "Suspended"), ("Unsuspend", "Installed")]),
        ("token", [("Let end soon", "Good"), ("End", "Over"), ("Renew", "Good")]),
    ],
)  # fmt: skip
def test_buttons_change_what_is_beyond_issues(press, rest, kind, steps):
    item = items(rest.get("/_sim").text, kind)[0]
    for action, shown in steps:
        code, page = press(item, action)
        assert (code, status(page, item)) == (303, shown)


def test_a_delivery_is_sent_again_by_its_button(github, press, rest, receiver):
    github.site.add_hook(receiver.url)
    github.site.close("acme/api", 1)
    receiver.wait(1)
    assert github.site.postman.settle()
    (item,) = items(rest.get("/_sim").text, "delivery")
    press(item, "Redeliver")
    first, second = receiver.wait(2)
    assert first[0]["X-GitHub-Delivery"] == second[0]["X-GitHub-Delivery"]


def test_a_waiting_token_is_approved(github, press, rest):
    item = items(rest.get("/_sim").text, "token")[-1]
    assert status(rest.get("/_sim").text, item) == "Not approved"
    assert status(press(item, "Approve")[1], item) == "Good"


def test_no_token_is_shown(github, press, rest):
    page = rest.get("/_sim").text
    for text in github.site.tokens.known:
        assert text not in page


@pytest.mark.parametrize(
    ("item", "action"),
    [("repository:acme/api", "Fly"), ("token:0", "Fly"), ("token:99", "End"),
     ("card:acme/1/9", "x"), ("installation:1", "Suspend"), ("delivery:1", "Redeliver")],
)  # fmt: skip
def test_a_button_that_is_not_there_changes_nothing(press, item, action):
    assert press(item, action)[0] in (400, 404)

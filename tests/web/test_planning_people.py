"""People of the plan and who may sign in: added, tied, let in and out by admins."""

import re
from dataclasses import replace

import pytest

from connector.store.tables import Account
from sync import planning
from sync.runtime import Trackers
from tests.web.planned import Planner, notices
from tests.web.test_planning_teams import PLAN
from tests.web.world import PASSWORD, World

OWN = "a sentence of their own"


@pytest.fixture
def admin(world: World) -> Planner:
    text = PLAN.replace("email: lead", "email: lead@example.com")
    planning.apply(world.runtime, text, name="plan.yaml", author="plan")
    world.runtime = replace(world.runtime, trackers=Trackers())
    return Planner(world, world.client("admin"))


def test_somebody_is_added_with_teams_and_an_account(admin: Planner) -> None:
    admin.saved("/plan/people/new", name="Data lead", role="lead", teams=["mobile", "sales"],
                jira="5b10")  # fmt: skip
    form = admin.form("/plan/people/data-lead")
    assert (form["teams"], form["jira"], form["role"]) == (["mobile", "sales"], "5b10", "lead")
    with admin.world.runtime.store.read() as session:
        assert session.query(Account.origin).scalar() == "admin"
    email, account = admin.wrong(
        "/plan/people/new", name="Other", jira="5b10", email="Lead@example.com"
    )
    assert email == "E-mail: lead@example.com is that of 'head' already; give each its own."
    assert account.startswith("Account in Jira: The jira account 5b10 is that of 'data-lead'")
    admin.saved("/plan/people/data-lead", jira="", teams=[])
    form = admin.form("/plan/people/data-lead")
    assert ("teams" in form, form["jira"]) == (False, "")


def test_people_are_found_by_name(admin: Planner) -> None:
    page = admin.get("/plan/people?q=engin")
    assert "Engineer" in page
    assert "Product head" not in page
    assert "Nobody is called so." in admin.get("/plan/people?q=nobody")
    admin.saved("/plan/people/new", name="Équipe lead", key="equipe")
    assert all("Équipe lead" in admin.get(f"/plan/people?q={each}") for each in ("ÉQUI", "equi"))
    assert "Nobody is called so." in admin.get("/plan/people?q=%25")


def test_who_leads_or_owns_stays_until_that_is_given_away(admin: Planner) -> None:
    (said,) = notices(admin.do("/plan/people/head/retire"))
    assert said == "Head leads product; name another lead there first (lead)."
    admin.saved("/plan/teams/product", lead="")
    page = admin.do("/plan/people/head/retire")
    assert notices(page) == ["Product head is retired and can be brought back."]
    assert "1 retired person" in admin.get("/plan/people")
    assert '<option value="head">' not in admin.get("/plan/teams/product")
    admin.do("/plan/people/head/restore")
    assert '<option value="head">' in admin.get("/plan/teams/product")


def invited(admin: Planner, name: str = "head", **more: str) -> tuple[str, str]:
    """(the page of a new account, the path of its one-time link)."""
    answer = admin.save("/plan/users/new", name=name, **more)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    return page, link(admin.get(page))


def link(page: str) -> str:
    (found,) = re.findall(r'value="http://localhost(/welcome\?token=[\w-]+)"', page)
    return found


def test_a_new_account_is_opened_by_its_own_link_once(admin: Planner) -> None:
    page, path = invited(admin, role="lead", person="head")
    assert "/welcome" not in admin.get(page)  # shown once
    assert "has not set a password yet" in admin.get("/plan/people")
    them = admin.world.app()
    them.config["WTF_CSRF_ENABLED"] = False
    browser = them.test_client()
    assert "Welcome, head" in browser.get(path).text
    token = path.partition("=")[2]
    short = browser.post("/welcome", data={"token": token, "password": "short"})
    assert (short.status_code, "at least 12 characters" in short.text) == (400, True)
    assert browser.post("/welcome", data={"token": token, "password": OWN}).status_code == 303
    assert "Product head" in browser.get("/plan").text
    assert browser.get(path).status_code == 404
    again = browser.post("/welcome", data={"token": token, "password": "another sentence"})
    assert again.status_code == 400
    assert browser.post("/sign-in", data={"name": "head", "password": OWN}).status_code == 303


def test_a_link_begins_a_session_of_its_own_and_ends_that_of_the_browser(admin: Planner) -> None:
    _page, path = invited(admin, role="member")
    browser, before = admin.world.client("viewer"), "worklift"
    held = browser.get_cookie(before)
    assert held is not None
    with browser.session_transaction() as words:
        words["brought along"] = "by somebody else"
    token = path.partition("=")[2]
    assert browser.post("/welcome", data={"token": token, "password": OWN}).status_code == 303
    made = browser.get_cookie(before)
    assert made is not None
    assert made.value != held.value
    with browser.session_transaction() as words:
        assert "brought along" not in words
    thief = admin.world.client()
    thief.set_cookie("worklift", held.value)
    assert "/sign-in" in thief.get("/plan").headers["Location"]


def test_a_link_ends_with_the_next_one_and_with_time(admin: Planner) -> None:
    page, first = invited(admin)
    second = link(admin.do(f"{page}/link"))
    browser = admin.world.app().test_client()
    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200
    admin.world.clock.turn(days=3, seconds=1)
    assert browser.get(second).status_code == 404


def test_who_is_let_in_no_more_is_out_at_once(admin: Planner) -> None:
    member = admin.world.client("member")
    user = re.findall(r'/plan/users/(\d+)">member<', admin.get("/plan/people"))[0]
    assert member.get("/plan").status_code == 200
    page = admin.do(f"/plan/users/{user}/disable")
    assert notices(page) == ["member may not sign in any more."]
    assert member.get("/plan").status_code == 303
    signing = {"name": "member", "password": PASSWORD}
    assert member.post("/sign-in", data=signing).status_code == 401
    admin.do(f"/plan/users/{user}/enable")
    assert member.post("/sign-in", data=signing).status_code == 303


def test_the_last_admin_stays(admin: Planner) -> None:
    user = re.findall(r'/plan/users/(\d+)">admin<', admin.get("/plan/people"))[0]
    last = "admin is the last admin; make somebody else admin first."
    assert notices(admin.do(f"/plan/users/{user}/disable")) == [last.replace("a", "A", 1)]
    told = admin.wrong(f"/plan/users/{user}", role="viewer")
    assert told == [f"May do: {last.replace('a', 'A', 1)}"]


def test_a_person_is_one_account_at_most(admin: Planner) -> None:
    invited(admin, person="head")
    admin.save("/plan/users/new", name="other", person="head")
    user = re.findall(r'/plan/users/(\d+)">other<', admin.get("/plan/people"))[0]
    assert "Product head (head) is the user head already" in admin.get(f"/plan/users/{user}")
    assert '<option value="head"' not in admin.get(f"/plan/users/{user}")
    names = admin.wrong("/plan/users/new", name="head")
    assert names == ["Name: There is an account named head already."]

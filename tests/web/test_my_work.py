"""My work: by the key result it serves, with what closing it would move; and who I am."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.store import tables as t
from sync import seeing
from tests.web import staff
from tests.web.test_pages import text
from tests.web.world import World


@pytest.fixture
def staffed(filled: World) -> World:
    staff.engage(filled)
    return filled


def test_work_is_listed_by_key_result_with_its_way_up_and_what_closing_moves(
    staffed: World,
) -> None:
    page = staff.signed_in(staffed, "maker").get("/my-work").text
    plain = text(page)
    assert "6 open items 1 finished in the last 14 days as Platform engineer" in plain
    assert "KR-1 Finish the queue migration O-1 Payments never wait O-0 Customers trust" in plain
    assert "in Queue migration closing it: KR-1 52 % → 53 %" in plain
    assert "in Queue 2.0 closing it: KR-1 52 % → 61 %" in plain
    assert 'href="/2026-Q4/platform/KR-1"' in page
    assert 'href="/2026-Q4/acme/O-0"' in page
    assert 'href="/item/github/acme/api/5"' in page
    assert 'href="https://tracker.example.com/browse/PLAT-35"' in page
    assert "PLAT-61" not in plain  # dropped


def test_what_needs_it_comes_first_and_what_serves_nothing_last(staffed: World) -> None:
    plain = text(staff.signed_in(staffed, "maker").get("/my-work").text)
    places = [plain.index(each) for each in ("KR-5 Refund", "KR-1 Finish", "Serves no key result")]
    first = [plain.index(each) for each in ("PLAT-35", "PLAT-41", "PLAT-1 ", "PLAT-900")]
    assert (places, first) == (sorted(places), sorted(first))
    assert "PLAT-900 Tidy the wiki No link of any key result holds it." in plain
    assert "ask who leads the team to link it" in plain


def test_a_tracker_that_brings_no_news_is_told_once_with_its_age(staffed: World) -> None:
    plain = text(staff.signed_in(staffed, "maker").get("/my-work").text)
    assert plain.count("Nothing new from jira-eu since") == 1
    assert "it expired or was revoked" in plain
    assert "no word for 3 days" in plain


def test_a_parent_that_a_link_names_stands_with_the_items_below_it(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.loose(session, "PLAT-42E", "The migration", level=1)
        query = select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")
        session.scalars(query).one().root_id = "PLAT-42E"
    client = staff.signed_in(staffed, "maker")
    plain = text(client.get("/my-work").text)
    assert "PLAT-42E The migration what counts are the items below it" in plain
    assert plain.index("PLAT-42E") < plain.index("Serves no key result")
    page = text(client.get("/item/jira/PLAT-42E").text)
    assert "KR-1 Finish the queue migration O-1 Payments never wait" in page
    assert "closing those moves the key result" in page


def test_many_items_turn_pages_and_cost_no_more_statements(staffed: World) -> None:
    client = staff.signed_in(staffed, "maker")
    client.get("/my-work")
    with staff.counted(staffed) as few:
        client.get("/my-work")
    staff.heavy(staffed, 70)
    with staff.counted(staffed) as many:
        page = client.get("/my-work")
    assert len(many) <= len(few) < 60
    assert text(page.text).count("Loose end") == 50 - 7
    second = text(client.get("/my-work?page=2").text)
    assert "Loose end 69" in second
    assert "51–77 of 77" in second
    assert client.get("/my-work?page=9").headers["Location"].endswith("/my-work?page=2")


def test_old_work_is_not_even_read(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        row = session.scalars(select(t.Item).where(t.Item.key == "PLAT-1")).one()
        row.state_at = staffed.clock() - timedelta(days=15)
    assert "PLAT-1 " not in text(staff.signed_in(staffed, "maker").get("/my-work").text)


def test_who_may_not_see_a_connection_sees_no_work_of_it(staffed: World) -> None:
    seeing.let_see(staffed.runtime, "jira-eu")
    plain = text(staff.signed_in(staffed, "maker").get("/my-work").text)
    assert "PAY-4" not in plain
    assert "5 open items" in plain
    assert "KR-5" not in plain


def test_a_stranger_says_who_they_are_and_an_admin_confirms(staffed: World) -> None:
    client = staff.signed_in(staffed, None)
    page = text(client.get("/my-work").text)
    assert "You sign in as one. Nobody has said yet which person of the plan that is." in page
    assert "Platform engineer (maker)" in page
    wrong = client.post("/my-work/claim", data={"person": "nobody"})
    assert (wrong.status_code, "There is no person" in text(wrong.text)) == (400, True)
    assert client.post("/my-work/claim", data={"person": "maker"}).status_code == 303
    assert "You say you are Platform engineer" in text(client.get("/my-work").text)
    assert client.get("/my-work/claims").status_code == 403
    assert client.post("/my-work/claims", data={"do": "confirm"}).status_code == 403
    admin = staffed.client("admin")
    assert "1 person says who they are" in text(admin.get("/my-work").text)
    waiting = admin.get("/my-work/claims").text
    assert "one says they are Platform engineer maker" in text(waiting)
    user = re.search(r'name="user" value="(\d+)"', waiting)
    assert user is not None
    told = {"user": user[1], "tracker": "", "do": "confirm", "wanted": "maker"}
    admin.post("/my-work/claims", data={**told, "wanted": "somebody-else"})
    assert "nother claim took the place of this one" in text(admin.get("/my-work/claims").text)
    assert admin.post("/my-work/claims", data=told).status_code == 303
    assert "Nobody waits to be confirmed" in text(admin.get("/my-work/claims").text)
    assert "PLAT-41" in client.get("/my-work").text


def test_a_claim_is_taken_back_or_turned_down(staffed: World) -> None:
    client = staff.signed_in(staffed, None)
    client.post("/my-work/claim", data={"person": "maker"})
    client.post("/my-work/withdraw", data={"tracker": ""})
    assert "Who are you?" in text(client.get("/my-work").text)
    client.post("/my-work/claim", data={"person": "maker"})
    admin = staffed.client("admin")
    user = re.search(r'name="user" value="(\d+)"', admin.get("/my-work/claims").text)
    assert user is not None
    admin.post("/my-work/claims", data={"user": user[1], "tracker": "", "do": "refuse"})
    assert "Who are you?" in text(client.get("/my-work").text)
    late = admin.post("/my-work/claims", data={"user": user[1], "tracker": "", "do": "confirm"})
    assert late.status_code == 303
    assert "taken back, or settled by somebody else" in text(admin.get("/my-work/claims").text)


def test_somebody_without_accounts_names_theirs(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.person(session, "fresh", "Nadia Fresh")
        here = session.scalars(select(t.Connection.id).where(t.Connection.name == "jira")).one()
        for number, name in enumerate(("Nadia Fresh", "Somebody else")):
            seen = t.TrackerAccount(connection_id=here, external_id=f"acc-{number}", name=name)
            session.add(seen)
    client = staff.signed_in(staffed, "fresh")
    page = client.get("/my-work").text
    plain = text(page)
    assert "No account in a tracker is known to be yours yet" in plain
    assert "Your account in Jira" in plain
    assert 'value="acc-0"' in page
    assert 'value="acc-1"' not in page
    unseen = client.post("/my-work/claim", data={"tracker": "jira", "typed": "<nobody>"})
    assert unseen.status_code == 400
    assert "No work item that was read is assigned to '<nobody>' in Jira" in text(unseen.text)
    assert 'value="&lt;nobody&gt;"' in unseen.text
    taken = client.post("/my-work/claim", data={"tracker": "jira", "typed": staff.JIRA})
    assert "This account is Platform engineer's already" in text(taken.text)
    done = client.post("/my-work/claim", data={"tracker": "jira", "account": "acc-0"})
    assert done.status_code == 303
    assert "You say it is Nadia Fresh. An admin confirms it." in text(client.get("/my-work").text)


def test_a_name_is_found_whatever_its_capitals_and_accents(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.person(session, "fresh", "ÉQUIPE lead")
        here = session.scalars(select(t.Connection.id).where(t.Connection.name == "jira")).one()
        names = {"acc-0": "Équipe Lead", "acc-1": ""}
        session.add_all(
            t.TrackerAccount(connection_id=here, external_id=key, name=name)
            for key, name in names.items()
        )
    client = staff.signed_in(staffed, "fresh")
    assert 'value="acc-0"' in client.get("/my-work").text
    nobody = client.post("/my-work/claim", data={"tracker": "jira", "typed": " "})
    assert nobody.status_code == 400
    done = client.post("/my-work/claim", data={"tracker": "jira", "typed": "équipe LEAD"})
    assert done.status_code == 303


def test_accounts_of_a_connection_that_may_not_be_seen_are_not_there(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.person(session, "fresh", "Payment designer")
        at = dict(session.execute(select(t.Connection.name, t.Connection.id)).all())
        for where, key, name in (
            ("jira", "acc-0", "Payment designer"),
            ("jira-eu", "eu-1", "Payment designer"),
            ("jira-eu", "eu-2", "Payment designer at night"),
        ):
            seen = t.TrackerAccount(connection_id=at[where], external_id=key, name=name)
            session.add(seen)
    client = staff.signed_in(staffed, "fresh")
    assert all(each in client.get("/my-work").text for each in ("acc-0", "eu-1", "eu-2"))
    seeing.let_see(staffed.runtime, "jira-eu")
    page = client.get("/my-work").text
    assert "acc-0" in page
    assert "eu-" not in page.replace("jira-eu", "")
    for said in ("eu-1", "payment designer at night"):
        answer = client.post("/my-work/claim", data={"tracker": "jira", "typed": said})
        assert (answer.status_code, "is assigned to" in text(answer.text)) == (400, True)
    several = client.post("/my-work/claim", data={"tracker": "jira", "typed": "Payment designer"})
    assert several.status_code == 303  # of those there are, only one is called so
    assert "You say it is Payment designer." in text(client.get("/my-work").text)


def test_a_claim_is_called_as_where_it_may_be_seen(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.person(session, "fresh", "Payment designer")
        for name, called in (("jira", "Designer"), ("jira-eu", "The secret designer")):
            here = session.scalars(select(t.Connection.id).where(t.Connection.name == name)).one()
            seen = t.TrackerAccount(connection_id=here, external_id="acc-0", name=called)
            session.add(seen)
    seeing.let_see(staffed.runtime, "jira-eu")
    client = staff.signed_in(staffed, "fresh")
    client.post("/my-work/claim", data={"tracker": "jira", "account": "acc-0"})
    page = text(client.get("/my-work").text)
    assert "You say it is Designer." in page
    assert "secret" not in page


def test_an_admin_need_not_wait(staffed: World) -> None:
    client = staffed.client("admin")
    client.post("/my-work/claim", data={"person": "maker"})
    assert "as Platform engineer" in text(client.get("/my-work").text)


def test_nothing_open_is_no_fault(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        for row in session.scalars(select(t.Item).where(t.Item.assignee.is_not(None))):
            row.assignee = None
    plain = text(staff.signed_in(staffed, "maker").get("/my-work").text)
    assert "0 open items" in plain
    assert "Nothing of yours is open" in plain


def test_a_plan_without_people_says_so(world: World) -> None:
    plain = text(world.client("member").get("/my-work").text)
    assert "The plan names no person who does not sign in already" in plain


def test_who_leads_a_team_sees_its_work_by_key_result(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        lead = staff.person(session, "boss", "Platform lead")
        other = staff.person(session, "else", "Payments lead")
        for team, who in (("infra", lead), ("payments", other)):
            session.scalars(select(t.Team).where(t.Team.key == team)).one().lead_id = who
    client = staff.signed_in(staffed, "boss", role="lead")
    assert 'href="/team-work/infra"' in client.get("/my-work").text
    for team in ("platform", "infra"):
        plain = text(client.get(f"/team-work/{team}").text)
        assert "KR-1 Finish the queue migration" in plain
        assert "PLAT-41" in plain
        assert "Platform engineer" in plain
    assert client.get("/team-work/payments").status_code == 404
    assert client.get("/team-work/nowhere").status_code == 404
    other_lead = staff.signed_in(staffed, "else", name="two", role="lead")
    assert other_lead.get("/team-work/platform").status_code == 404
    assert "Nobody is in this team yet" in text(other_lead.get("/team-work/payments").text)
    assert (
        staff.signed_in(staffed, "maker", name="three").get("/team-work/platform").status_code
        == 403
    )

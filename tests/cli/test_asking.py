"""What work serves, where it serves nothing, whose accounts are whose, and forecasts."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Typed
from tests.world import key_result, link, plan

PEOPLE = [{"key": "lead", "name": "Platform lead", "teams": ["platform"], "role": "lead"}]


@pytest.fixture
def staffed(typed: Typed) -> Typed:
    """PLAT-1 done, PLAT-2 in progress; KR-2 has no source; the lead is known, no account is."""
    for number in range(4):
        typed.jira.site.add_issue("PLAT", f"Item {number}")
    typed.jira.site.transition("PLAT-1", "Done")
    typed.jira.site.transition("PLAT-2", "In Progress")
    typed.connect()
    made = plan(key_result("KR-1", link("jira:project:PLAT")), key_result("KR-2"), people=PEOPLE)
    path = typed.home.parent / "plan.yaml"
    path.write_text(made, encoding="utf-8")
    typed("apply", str(path))
    typed("sync")
    return typed


def test_an_item_tells_what_it_serves_up_to_the_company(staffed: Typed) -> None:
    told = staffed.json("why", "PLAT-2")
    assert list(told) == ["item", "serves", "once", "reason"]
    (serving,) = told["serves"]
    assert (serving["key_result"]["key"], serving["effect"]["progress"]["then"]) == ("KR-1", 0.5)
    text = staffed("why", "jira:PLAT-2").stdout
    assert "PLAT-2 Item 1  In Progress (doing)" in text
    assert "finishing it: the link's reading 0.25 → 0.5, progress 25" in text
    assert "team Platform → Acme" in text
    assert "no work item 'PLAT-99' is known" in staffed.refused("why", "PLAT-99")
    assert "there is no connection 'moon'" in staffed.refused("why", "moon:PLAT-1")


def test_accounts_are_listed_and_said_to_be_somebodys(staffed: Typed) -> None:
    assert "no tracker account is known" in staffed.json("work", "lead")["reason"]
    said = staffed.json("accounts", "link", "lead", "jira", "a-1")
    assert said == {"person": "lead", "tracker": "jira", "account": "a-1"}
    told = staffed.json("accounts")
    assert list(told) == ["accounts", "suggestions"]
    (account,) = told["accounts"]
    assert list(account) == ["tracker", "external_id", "name", "person", "origin"]
    assert (account["person"], account["origin"]) == ("lead", "admin")
    assert "lead (said by the admin)" in staffed("accounts").stdout
    assert list(staffed.json("work", "lead")) == [
        "person", "accounts", "serving", "untied", "reason",
    ]  # fmt: skip
    staffed("accounts", "unlink", "lead", "jira")
    for command, sentence in (
        (["accounts", "unlink", "lead", "jira"], "has no jira account to take away"),
        (["accounts", "link", "nobody", "jira", "a-1"], "there is no person 'nobody'"),
        (["accounts", "link", "lead", "moon", "a-1"], "there is no tracker 'moon'"),
        (["accounts", "link", "lead", "jira", " "], "is given by its id"),
        (["work", "nobody"], "there is no person 'nobody'"),
    ):
        assert sentence in staffed.refused(*command)
    assert staffed.json("accounts")["accounts"] == []


def test_an_account_with_the_email_of_a_person_is_suggested(typed: Typed) -> None:
    key = typed.jira.site.add_issue("PLAT", "Owned", assignee="P. Lead").key
    user = typed.jira.site.find(key).fields["assignee"]
    user["emailAddress"] = "lead@example.com"
    typed.connect()
    path = typed.home.parent / "plan.yaml"
    people = [{**PEOPLE[0], "email": "Lead@example.com"}]
    path.write_text(plan(key_result("KR-1", link("jira:project:PLAT")), people=people))
    typed("apply", str(path))
    typed("sync")
    (suggested,) = typed.json("accounts")["suggestions"]
    assert (suggested["person"], suggested["external_id"]) == ("lead", user["accountId"])
    text = typed("accounts").stdout
    assert "has the e-mail of lead; if it is theirs:" in text
    typed(*text.splitlines()[-1].split()[1:])
    assert typed.json("accounts")["suggestions"] == []
    work = typed("work", "lead").stdout
    assert "Serving key results" in work
    assert "KR-1 Key result KR-1: 0 of 1, of O-1 Payments never wait (Platform)" in work


def test_coverage_names_what_serves_nothing(staffed: Typed) -> None:
    told = staffed.json("coverage")
    assert (
        list(told)
        == ("as_of cycle untied total share sentence places still twice empty unsized cut").split()
    )
    assert [each["key_result"]["key"] for each in told["still"]] == ["KR-2"]
    text = staffed("coverage", "--cycle", "now").stdout
    assert text.splitlines() == [
        "4 of 4 items serve a key result of cycle now.",
        "Key results nothing moves",
        "  KR-2 has no link and no value",
    ]
    assert "there is no cycle 'moon'" in staffed.refused("coverage", "--cycle", "moon")


def test_a_forecast_is_given_from_weeks_of_work_only(typed: Typed) -> None:
    now = datetime.now(UTC)
    for week in range(8):
        at = now - timedelta(weeks=8 - week)
        for each in range(3):
            key = typed.jira.site.add_issue("PLAT", f"{week}.{each}", at=at).key
            if each < 2:
                typed.jira.site.transition(key, "Done", at=at + timedelta(days=3))
    typed.connect()
    typed("apply", typed.plan(key_result("KR-1", link("jira:project:PLAT")), key_result("KR-2")))
    typed("sync")
    told = typed.json("forecast", "KR-1")
    assert told["forecast"]["weeks_used"] >= 4
    assert 0 <= told["forecast"]["chance_target"] <= 1
    assert told["points"][-1]["progress"] is not None
    text = typed("forecast", "KR-1").stdout
    assert all(sentence in text for sentence in told["sentences"])
    none = typed.json("forecast", "KR-2")
    assert (none["forecast"], none["sentences"]) == (None, [none["reason"]])
    assert "no key result 'KR-9'" in typed.refused("forecast", "KR-9")


def test_a_movement_names_its_link_where_there_are_several(typed: Typed) -> None:
    typed.jira.site.add_issue("PLAT", "Epic", "Epic")
    typed.jira.site.add_issue("PLAT", "Story", parent="PLAT-1")
    typed.connect()
    scopes = ("jira:epic:PLAT-1", "jira:project:PLAT")
    typed("apply", typed.plan(key_result("KR-1", *map(link, scopes)), key_result("KR-2",
                              link(scopes[1]))))  # fmt: skip
    typed("sync")
    typed.jira.site.transition("PLAT-2", "Done")
    typed("sync")
    said = typed("explain", "KR-1").stdout.partition("moved by")[2].partition("\n  jira:")[0]
    for scope in scopes:
        assert f"PLAT-2 finished in {scope}\n" in said, said
    one = typed("explain", "KR-2").stdout.partition("moved by")[2].partition("\n  jira:")[0]
    assert "PLAT-2 finished\n" in one


def test_the_stored_plan_is_written_as_a_file_that_changes_nothing(typed: Typed) -> None:
    typed("apply", typed.plan(key_result("KR-1", value=20), key_result("KR-2")))
    path = typed.home.parent / "exported.yaml"
    path.write_text(typed("export").stdout, encoding="utf-8")
    assert "unchanged: 6" in typed("apply", str(path)).stdout

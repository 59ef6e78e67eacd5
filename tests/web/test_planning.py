"""From nothing to a cycle, a company and a team by pages alone; forms lose and hide nothing."""

import re
from dataclasses import replace
from datetime import date

import pytest
import yaml

from connector.plans import defaults
from connector.store.tables import Cycle, Revision, Team
from tests.web.planned import Planner, notices, sent
from tests.web.staff import counted
from tests.web.world import World
from web.planning import forms, scoring


@pytest.fixture
def planner(world: World) -> Planner:
    return Planner(world, world.client("admin"))


@pytest.fixture
def begun(planner: Planner) -> Planner:
    """With a cycle, a company and a team."""
    planner.saved("/plan/cycles/new")
    planner.saved("/plan/teams/new", name="Acme")
    planner.saved("/plan/teams/new", name="Platform", parent="acme")
    return planner


def test_an_empty_plan_leads_from_one_step_to_the_next(planner: Planner) -> None:
    assert 'href="/plan/cycles/new">Begin the first cycle' in planner.get("/plan")
    page = planner.saved("/plan/cycles/new")
    assert notices(page) == ["Cycle 2026-Q4 is there."]
    assert 'href="/plan/teams/new">Name the company' in page
    page = planner.saved("/plan/teams/new", name="Acme")
    assert 'href="/plan/new-objective/2026-Q4/acme">Write an objective' in page
    assert "41 days left" in page


def test_the_next_cycle_is_proposed_and_any_other_taken(begun: Planner) -> None:
    proposed = begun.form("/plan/cycles/new")
    assert [proposed[each] for each in ("key", "start", "end")] == [
        "2027-Q1", "2027-01-01", "2027-03-31",
    ]  # fmt: skip
    begun.saved("/plan/cycles/new", key="half", start="2027-01-01", end="2027-06-30")
    proposed = begun.form("/plan/cycles/new")
    assert (proposed["start"], proposed["end"]) == ("2027-07-01", "2027-09-30")


def test_problems_stand_at_their_fields_in_the_words_of_a_plan_file(begun: Planner) -> None:
    key, *days = begun.wrong("/plan/cycles/new", key="a b", start="soon", end="")
    assert key.startswith("Key: 'a b' is not a key; keys have 1 to 64 letters")
    assert days == [
        "First day: 'soon' is not a date; write it as 2026-10-01.",
        "Last day: '' is not a date; write it as 2026-10-01.",
    ]
    answer = begun.save("/plan/cycles/2026-Q4", start="2027-01-01")
    assert 'aria-describedby="end-wrong"' in answer.text
    assert "ends on 2026-12-31, before it starts on 2027-01-01" in answer.text
    assert 'value="2027-01-01"' in answer.text  # what was typed is kept


def test_a_key_is_made_of_the_name_and_never_twice(begun: Planner) -> None:
    begun.saved("/plan/teams/new", name="Platform", parent="acme")
    begun.saved("/plan/teams/new", name="결제 팀", parent="acme")
    assert keys(begun) == {"acme", "platform", "platform-2", "team"}
    problem = "Key: 'platform' is the key of a team already; give another key."
    assert begun.wrong("/plan/teams/new", name="Other", key="platform") == [problem]


def keys(planner: Planner) -> set[str]:
    with planner.world.runtime.store.read() as session:
        return {row.key for row in session.query(Team)}


def test_closing_a_cycle_says_what_it_does_and_is_undone(begun: Planner) -> None:
    page = begun.get("/plan/cycles/2026-Q4")
    assert "work finished later counts no more" in page
    page = begun.do("/plan/cycles/2026-Q4/close")
    assert notices(page) == ["2026-Q4 is closed: its numbers stay as they are."]
    assert 'name="state"' not in page
    assert state(begun) == "closed"
    assert "All its links are read anew" in page
    begun.do("/plan/cycles/2026-Q4/reopen")
    assert state(begun) == "review"


def state(planner: Planner) -> str:
    with planner.world.runtime.store.read() as session:
        return session.query(Cycle.state).scalar()


def test_who_changed_it_is_kept(begun: Planner) -> None:
    begun.saved("/plan/teams/platform", name="Platform and tools")
    with begun.world.runtime.store.read() as session:
        last = session.query(Revision).filter_by(kind="team").order_by(Revision.id.desc()).first()
    assert last is not None
    assert (last.author, last.body["name"]) == ("admin", "Platform and tools")


def test_saving_what_was_not_changed_changes_nothing(begun: Planner) -> None:
    with begun.world.runtime.store.read() as session:
        before = session.query(Revision).count()
    begun.saved("/plan/teams/platform")
    with begun.world.runtime.store.read() as session:
        assert session.query(Revision).count() == before


def test_only_what_was_changed_is_given() -> None:
    held = {**defaults("scoring"), "working_days": frozenset({0, 1})}
    read = forms.shown(scoring.FORM, held)
    assert forms.entry_of(scoring.FORM, read).fields == {}
    changed = replace(read, typed={**read.typed, "holidays": "2026-12-25"})
    given = forms.entry_of(scoring.FORM, changed).fields
    assert given == {"holidays": frozenset({date(2026, 12, 25)})}


def test_two_people_change_different_fields_and_both_hold(begun: Planner) -> None:
    mine = begun.form("/plan/teams/platform")
    begun.saved("/plan/teams/platform", kind="department")
    answer = begun.client.post("/plan/teams/platform", data={**mine, "name": "Plattform"})
    assert answer.status_code == 303
    page = begun.get("/plan/teams/platform")
    assert notices(page)[1:] == ["Somebody else changed this meanwhile, and it stays so: Kind."]
    assert '<option value="department" selected>' in page
    assert 'value="Plattform"' in page


def test_two_people_change_one_field_and_the_second_is_asked(begun: Planner) -> None:
    mine = begun.form("/plan/teams/platform")
    begun.saved("/plan/teams/platform", name="Theirs")
    answer = begun.client.post("/plan/teams/platform", data={**mine, "name": "Mine"})
    assert answer.status_code == 400
    assert "Admin changed this to “Theirs” meanwhile" in answer.text
    assert 'value="Mine"' in answer.text
    assert begun.client.post("/plan/teams/platform", data=sent(answer.text)).status_code == 303
    assert 'value="Mine"' in begun.get("/plan/teams/platform")


def test_scoring_rules_are_said_in_words_and_changed(begun: Planner) -> None:
    assert "at most 5\N{NARROW NO-BREAK SPACE}points behind" in begun.get("/plan/scoring")
    page = begun.saved(
        "/plan/scoring",
        **{
            "health.on_track": "0.1",
            "working_days": ["mon", "tue"],
            "holidays": "2026-12-25\n2026-12-24",
        },
    )
    assert "at most 10\N{NARROW NO-BREAK SPACE}points behind" in page
    assert "More is expected only on Monday, Tuesday." in page
    assert "2 holidays are left out." in page
    assert begun.form("/plan/scoring")["holidays"] == "2026-12-24\n2026-12-25"
    told = begun.wrong("/plan/scoring", **{"health.on_track": "0.9", "pass.committed": "2"})
    fix = "give a number above 0 and up to 1"
    assert told == [f"A committed one passes at: The pass mark 2 is out of place; {fix}."]


def test_the_whole_plan_is_taken_away_and_given(begun: Planner) -> None:
    answer = begun.client.get("/plan/file/plan.yaml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.yaml"'
    same = begun.client.post("/plan/file", data={"text": answer.text, "do": "look"})
    assert "Nothing: everything is as it says." in same.text
    more = answer.text.replace("name: Platform", "name: Plattform")
    look = begun.client.post("/plan/file", data={"text": more, "do": "look"})
    assert "Apply it" in look.text
    assert 'value="Platform"' in begun.get("/plan/teams/platform")
    page = begun.do("/plan/file", text=more, do="apply")
    assert notices(page) == ["The plan is applied: 0 created, 1 updated, 2 as they were."]
    assert 'value="Plattform"' in begun.get("/plan/teams/platform")


def test_a_plan_file_tells_what_becomes_of_each_score(begun: Planner) -> None:
    text = yaml.safe_dump(
        {
            "worklift": 1,
            "objectives": [
                {"key": "O-1", "cycle": "2026-Q4", "team": "platform", "title": "Never wait",
                 "key_results": [{"key": "KR-1", "title": "Fast", "kind": "increase",
                                  "target": 100, "value": 50}]}
            ],
        }
    )  # fmt: skip
    begun.do("/plan/file", text=text, do="apply")
    more = text.replace("value: 50", "value: 80")
    look = begun.client.post("/plan/file", data={"text": more, "do": "look"}).text
    said = " ".join(re.sub(r"<[^>]+>", " ", look[look.index('id="effect"') :]).split())
    assert "KR-1 Fast 0.50 0.80" in said
    assert "O-1 Never wait 0.50 0.80" in said
    assert "Platform its own objectives 0.50 0.80" in said
    assert said.index("Platform") < said.index("O-1 ") < said.index("KR-1 ")
    seen = re.search(r'name="seen" value="(\w+)"', look)
    assert seen is not None
    sent = {"text": more, "do": "apply", "seen": seen[1]}
    stale = begun.client.post("/plan/file", data={**sent, "text": text.replace("50", "70")})
    assert stale.status_code == 400
    assert "It would change something else by now" in stale.text
    assert begun.client.post("/plan/file", data=sent).status_code == 303
    assert begun.client.post("/plan/file", data=sent).status_code == 400


def test_a_wrong_plan_is_told_line_by_line_and_kept(begun: Planner) -> None:
    text = "worklift: 1\nteams: [{key: x, name: X, parent: nope}]"
    answer = begun.client.post("/plan/file", data={"text": text, "do": "apply"})
    assert answer.status_code == 400
    assert "<b>line 2</b>, x: Parent &#39;nope&#39; is not a team" in answer.text
    assert text.partition("\n")[2] in answer.text
    assert begun.client.post("/plan/file", data={"do": "look"}).status_code == 400
    large = {"text": "# " + "x" * 600_000 + "\nworklift: 1", "do": "look"}
    assert begun.client.post("/plan/file", data=large).status_code == 200


@pytest.mark.parametrize("path", ["/plan", "/plan/people"])
def test_lists_take_as_many_statements_for_many_teams(begun: Planner, path: str) -> None:
    with counted(begun.world) as few:
        begun.get(path)
    teams = ", ".join(f"{{key: t{n}, name: T{n}, parent: acme}}" for n in range(30))
    people = ", ".join(f"{{key: p{n}, name: P{n}, teams: [t{n}]}}" for n in range(30))
    text = f"worklift: 1\nteams: [{teams}]\npeople: [{people}]"
    begun.client.post("/plan/file", data={"text": text, "do": "apply"})
    with counted(begun.world) as many:
        assert ">T29<" in begun.get(path)
    assert len(many) == len(few)


def test_a_form_that_is_sent_twice_makes_one_thing(begun: Planner) -> None:
    for path, changed in (
        ("/plan/teams/new", {"name": "Search"}),
        ("/plan/people/new", {"name": "Search lead"}),
        ("/plan/cycles/new", {"key": "2031-Q1", "start": "2031-01-01", "end": "2031-03-31"}),
    ):
        form = {**begun.form(path), **changed}
        first, second = (begun.client.post(path, data=form) for _ in range(2))
        assert (first.status_code, second.status_code) == (303, 303), path
        assert first.headers["Location"] == second.headers["Location"]
    assert {"search", "search-2"} & keys(begun) == {"search"}
    other = {**begun.form("/plan/teams/new"), "name": "Search", "kind": "department"}
    begun.client.post("/plan/teams/new", data=other)
    assert "search-2" in keys(begun)


def test_a_missing_name_is_one_problem_and_texts_cannot_turn_the_page(begun: Planner) -> None:
    (told,) = begun.wrong("/plan/teams/new", name="  ")
    assert told == "Name: An empty text is of no use here; write one."
    (told,) = begun.wrong("/plan/teams/new", name="Search \u202e team")
    assert "holds a control character; remove it" in told
    (told,) = begun.wrong("/plan/teams/new", name="\u200b", key="blank")
    assert told == "Name: An empty text is of no use here; write one."

"""What may be retired, and what may still lead to it."""

from collections.abc import Callable

import pytest

from connector.plans import Changes, Stored

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]
HEAD = "worklift: 1\n"
RETIRE = HEAD + "teams: [{key: platform, retired: true}]"
LEAVE = HEAD + "people: [{key: platform-lead, retired: true}]"


@pytest.fixture
def stored(apply: Apply, example: str) -> Stored:
    return apply(example)[1]


def test_a_team_with_wanted_objectives_stays(refusals: Refusals, stored: Stored) -> None:
    fix = "cancel them first (state: cancelled), or give them to another team (team)"
    held = "it still has the objectives O-1 (2026-Q4)"
    assert refusals(RETIRE, stored) == [f"plan:2: platform: {held}; {fix}"]


@pytest.mark.parametrize("state", ["cancelled", "postponed"])
def test_a_team_may_go_with_its_objectives(apply: Apply, stored: Stored, state: str) -> None:
    ended = f"\nobjectives: [{{key: O-1, cycle: 2026-Q4, state: {state}}}]"
    changes, after = apply(RETIRE + ended, stored)
    assert len(changes.changes) == 2
    assert after.records["team", None, "platform"]["retired"] is True


def test_what_a_closed_cycle_holds_keeps_no_team(apply: Apply, stored: Stored) -> None:
    closed = RETIRE + "\ncycles: [{key: 2026-Q4, state: closed}]"
    assert len(apply(closed, stored)[0].changes) == 2


def test_a_team_stays_while_others_stand_below_it(refusals: Refusals, stored: Stored) -> None:
    text = HEAD + "teams: [{key: acme, retired: true}]"
    first, *_ = refusals(text, stored)
    told = "platform stands below it; retire or move that first (parent)"
    assert first == f"plan:2: acme: {told}"


def test_a_person_stays_while_they_lead_and_own(
    refusals: Refusals, apply: Apply, stored: Stored
) -> None:
    stored = apply(HEAD + "teams: [{key: platform, lead: platform-lead}]", stored)[1]
    lead = "platform-lead leads platform; name another lead there first (lead)"
    owner = "platform-lead owns O-1 (2026-Q4); name another owner there first (owner)"
    assert refusals(LEAVE, stored) == [f"plan:2: platform-lead: {each}" for each in (lead, owner)]


def test_a_person_may_go_in_the_file_that_gives_all_away(apply: Apply, stored: Stored) -> None:
    given = "\nobjectives: [{key: O-1, cycle: 2026-Q4, owner: null}]"
    assert len(apply(LEAVE + given, stored)[0].changes) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("teams: [{key: new, name: New, lead: gone}]", "new: lead 'gone' is retired"),
        ("teams: [{key: new, name: New, parent: old}]", "new: parent 'old' is retired"),
        (
            "objectives: [{key: O-9, cycle: 2026-Q4, team: old, title: Aim}]",
            "O-9: team 'old' is retired",
        ),
        (
            "objectives: [{key: O-1, cycle: 2026-Q4, supports: KR-0}]",
            "O-1: supports 'KR-0' is retired",
        ),
    ],
)
def test_nothing_new_leads_to_what_is_retired(
    refusals: Refusals, apply: Apply, stored: Stored, *, text: str, told: str
) -> None:
    retired = (
        "teams: [{key: old, name: Old, retired: true}]\n"
        "people: [{key: gone, name: Gone, retired: true}]\n"
        "objectives: [{key: O-0, cycle: 2026-Q4, key_results: [{key: KR-0, retired: true}]}]"
    )
    stored = apply(HEAD + retired, stored)[1]
    back = "bring it back (retired: false) or name another"
    assert refusals(HEAD + text, stored) == [f"plan:2: {told}; {back}"]


def test_what_is_retired_comes_back(apply: Apply, stored: Stored) -> None:
    gone = apply(HEAD + "teams: [{key: old, name: Old, retired: true}]", stored)[1]
    back = apply(HEAD + "teams: [{key: old, retired: false}]", gone)[1]
    assert back.records["team", None, "old"]["retired"] is False

"""Filters of projects: what is written, what it holds of on a day, and the views people paste."""

from datetime import date
from time import process_time
from urllib.parse import urlencode

import pytest

from connector.conditions import span
from connector.errors import Refused
from connector.scopes import Narrowed, Tagged
from integrations import catalogue

SPEC = catalogue.get("github").spec
KIND = SPEC.kind("project")
BROWSE = "https://github.com"
DAY = date(2026, 10, 14)
TAG = "project:acme/3"


def holds(words: str, *tags: str, day: date = DAY, **numbers: float) -> bool:
    found = KIND.select(f"acme/3?{words}")
    assert isinstance(found, Narrowed)
    named = {f"project:acme/3/{name.replace('_', ' ')}": size for name, size in numbers.items()}
    return found.holds({TAG, *tags}, named, day)


def sprint(start: date, end: date, before: date | None, after: date | None, title: str) -> str:
    return "span:acme/3/sprint=" + span(start, end, before, after, title)


LAST = sprint(date(2026, 9, 28), date(2026, 10, 11), None, date(2026, 10, 25), "Sprint 6")
NOW = sprint(
    date(2026, 10, 12), date(2026, 10, 25), date(2026, 9, 28), date(2026, 11, 22), "Sprint 7"
)
NEXT = sprint(date(2026, 11, 9), date(2026, 11, 22), date(2026, 10, 12), None, "Sprint 8")


def test_a_project_alone_is_everything_on_it():
    assert KIND.select("acme/3") == Tagged(TAG)
    assert KIND.select("users/octocat/3") == Tagged("project:octocat/3")
    assert KIND.select("orgs/Acme/03") == Tagged(TAG)


@pytest.mark.parametrize(
    ("words", "tags", "meets"),
    [
        ("Status=In progress", {"board:acme/3/in progress"}, True),
        ("status=IN PROGRESS", {"board:acme/3/in progress"}, True),
        ("Status=In progress", {"board:acme/30/in progress"}, False),
        ("Status=In progress", set(), False),
        ("Status=Todo,In progress", {"board:acme/3/in progress"}, True),
        ("Status!=Done,Dropped", {"board:acme/3/in progress"}, True),
        ("Status!=Done,Dropped", {"board:acme/3/done"}, False),
        ("Status!=Done", set(), True),
        ("Status=@none", set(), True),
        ("Status!=@none", set(), False),
        ("Priority=P0&Status=Done", {"value:acme/3/priority=p0", "board:acme/3/done"}, True),
        ("Priority=P0&Status=Done", {"value:acme/3/priority=p0"}, False),
        ("Priority=P0", {"value:acme/3/priority=p01"}, False),
        ('"R&D, team"="a, b"', {"value:acme/3/r&d,-team=a, b"}, True),
        ('Team="@none"', {"value:acme/3/team=@none"}, True),
        ("Repository=acme/api,acme/web", {"repo:acme/web"}, True),
        ("Repository!=acme/api", {"repo:acme/api"}, False),
        ("Milestone=v2", {"milestones:acme/v2"}, True),
        ("Target date<2026-11-01", {"day:acme/3/target-date=2026-10-31"}, True),
        ("Target date<2026-11-01", {"day:acme/3/target-date=2026-11-01"}, False),
        ("target-date<=2026-11-01", {"day:acme/3/target-date=2026-11-01"}, True),
        ("Target date=2026-10-01..", {"day:acme/3/target-date=2026-09-30"}, False),
        ("Target date<2026-11-01", set(), False),
    ],
)
def test_a_condition_holds_of_what_the_mirror_holds(words, tags, meets):
    assert holds(words, *tags) is meets


@pytest.mark.parametrize(
    ("words", "size", "meets"),
    [
        ("Story points>=3", 3, True),
        ("Story points>3", 3, False),
        ("Story points<3", 2.5, True),
        ("Story points=3..8", 8, True),
        ("Story points=3..8", 8.5, False),
        ("Story points=3,5", 5, True),
        ("story-points=5.0", 5, True),
        ("Story points!=5", 5, False),
        ("Story points=..2", 0, True),
        ("Story points=@none", 0, False),
        ("Story points>=2026-01-01", 3000, False),
    ],
)
def test_a_number_is_compared(words, size, meets):
    assert holds(words, Story_points=size) is meets


def test_a_number_that_is_not_there_is_no_0():
    assert not holds("Story points<3")
    assert holds("Story points=@none")


@pytest.mark.parametrize(
    ("words", "day", "found"),
    [
        ("Sprint=@current", date(2026, 10, 12), [NOW]),
        ("Sprint=@current", date(2026, 10, 25), [NOW]),
        ("Sprint=@current", date(2026, 10, 26), []),
        ("Sprint=@current", date(2026, 10, 11), [LAST]),
        ("Sprint=@next", date(2026, 10, 25), [NEXT]),
        ("Sprint=@next", date(2026, 11, 3), [NEXT]),
        ("Sprint=@next", date(2026, 10, 1), [NOW]),
        ("Sprint=@next", date(2026, 11, 9), []),
        ("Sprint=@previous", date(2026, 10, 20), [LAST]),
        ("Sprint=@previous", date(2026, 10, 27), [NOW]),
        ("Sprint=@previous", date(2026, 10, 3), []),
        ("Sprint=@current,@next", date(2026, 10, 14), [NOW, NEXT]),
        ("Sprint=Sprint 6", date(2030, 1, 1), [LAST]),
        ("Sprint!=@current", date(2026, 10, 14), [LAST, NEXT]),
    ],
)
def test_iterations_follow_the_days(words, day, found):
    assert [each for each in (LAST, NOW, NEXT) if holds(words, each, day=day)] == found


def test_only_iterations_follow_the_days():
    assert KIND.select("acme/3?Sprint=@current").follows_days
    assert not KIND.select("acme/3?Sprint=Sprint 7&Status=Done").follows_days


def test_the_first_field_without_dates_is_told():
    assert KIND.select("acme/3?Status=Done&Repository=acme/api").undated == ""
    assert KIND.select("acme/3?Status=Done&Sprint=Sprint 7&Team=A").undated == "Sprint"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("acme/3?", "write field and value"),
        ("acme/3?Status", "says nothing of a field"),
        ("acme/3?Status=", "gives no value"),
        ("acme/3?Status=Done,", "gives no value"),
        ("acme/3?Status=Done&", "is not a filter"),
        ("acme/3?Status=Done&&Team=A", "is not a filter"),
        ('acme/3?Status="Done', "is not a filter"),
        ('acme/3?Status=Do"ne"', "quote in the midst"),
        ("acme/3?Sprint=@today", "choose @current, @next, @previous, @none"),
        ("acme/3?Points>many", "neither a number nor a day"),
        ("acme/3?Points>1,2", "compares with several values"),
        ("acme/3?Due>2026-13-01", "neither a number nor a day"),
        ("acme/3?Label=bug", "narrow the link with labels:"),
        ("acme/3?Type=Bug", "narrow the link with types:"),
        ("acme/x?Status=Done", "is not a project OWNER/NUMBER"),
        (f"acme/3?{'f' * 101}=1", "gives no value"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(value, told):
    for ask in (KIND.select, lambda each: KIND.url(BROWSE, each)):
        with pytest.raises(Refused, match=told.replace("|", r"\|")):
            ask(value)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ('status:"In progress",Done -priority:P2', 'status="In progress",Done&priority!=P2'),
        ("iteration:@current estimate:>=3", "iteration=@current&estimate>=3"),
        ("no:priority has:estimate", "priority=@none&estimate!=@none"),
        ("target-date:2026-10-01..2026-11-01", "target-date=2026-10-01..2026-11-01"),
    ],
)
def test_the_filter_of_a_view_is_ours_and_leads_back_to_it(words, value):
    page = f"{BROWSE}/orgs/acme/projects/3/views/2"
    found = SPEC.locate(BROWSE, f"{page}?{_query(words)}")
    assert found == ("project", f"acme/3?{value}")
    again = SPEC.locate(BROWSE, KIND.url(BROWSE, found[1]))
    assert KIND.select(again[1]) == KIND.select(found[1])


@pytest.mark.parametrize(
    "words",
    ["is:open", "free words", "assignee:@me", "iteration:>@current", "-estimate:>3",
     f"status:{'y' * 1000}"],
)  # fmt: skip
def test_a_view_that_asks_for_more_than_fields_is_no_scope(words):
    page = f"{BROWSE}/orgs/acme/projects/3/views/2"
    assert SPEC.locate(BROWSE, f"{page}?{_query(words)}") is None


def test_the_project_of_a_person_keeps_its_page():
    found = SPEC.locate(BROWSE, f"{BROWSE}/users/octocat/projects/7/views/1")
    assert found == ("project", "users/octocat/7")
    assert KIND.url(BROWSE, found[1]) == f"{BROWSE}/users/octocat/projects/7"
    assert KIND.source(found[1]) == KIND.source("octocat/7") == "octocat/projects/7"


def _query(words: str) -> str:
    return urlencode({"filterQuery": words})


@pytest.mark.parametrize("words", [" " * 900 + "y", "y " * 450, '"' + " " * 900 + '"=y', "&" * 900])
def test_a_filter_made_to_be_slow_is_refused_at_once(words):
    began = process_time()
    with pytest.raises(Refused):
        KIND.select(f"acme/3?{words}")
    assert process_time() - began < 1


def test_a_filter_that_is_too_long_is_refused_with_a_sentence():
    words = "Status=" + ",".join(f"name {number}" for number in range(200))
    with pytest.raises(Refused, match=r"has \d+ characters and may have 1000"):
        KIND.select(f"acme/3?{words}")

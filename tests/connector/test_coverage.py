"""Work that is tied and work that is not, and the sentences people read of it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.attribution import Named
from connector.coverage import (
    NEWEST,
    CoverageReport,
    EmptyLinkReport,
    Period,
    StillReport,
    TwiceReport,
    UnsizedLinkReport,
    Work,
    is_work,
    places,
)
from connector.mapping import FieldMapping, TypeRule, Words
from connector.work import WorkItem
from tests.connector.items import START, done, dropped, item

PERIOD = Period(START, START + timedelta(days=10))
MAPPING = FieldMapping(
    Words(
        dropped=frozenset({"won't do"}),
        statuses={"parked": "dropped"},
        types={
            "idea": TypeRule(counts="never"),
            "initiative": TypeRule(counts="item"),
            "check": TypeRule(counts="subtask"),
        },
    )
)
KR, PAY = Named("KR-1", "Payments"), Named("O-1", "Pay")


def work(number: int = 0, *, tied: bool = False, place: str = "PLAT") -> Work:
    return Work(
        tracker="jira",
        connection="jira",
        place=place,
        key=f"{place}-{number}",
        created_at=START + timedelta(hours=number),
        tied=tied,
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (item(), True),
        (item(state_at=START - timedelta(days=90)), True),
        (item(created_at=PERIOD.end), False),
        (done(state_at=PERIOD.begin), True),
        (done(state_at=PERIOD.begin - timedelta(seconds=1)), False),
        (done(state_at=PERIOD.end), False),
        (dropped(), False),
        (item(status="Parked"), False),
        (item(level=1), False),
        (item(level=-1), False),
        (item(level=1, type="Initiative"), True),
        (item(type="Idea"), False),
        (item(type="Check"), False),
        (item(pull_request=True), False),
    ],
)
def test_ordinary_work_is_open_or_was_finished_within_the_cycle(
    one: WorkItem, *, expected: bool
) -> None:
    assert is_work(one, MAPPING, PERIOD) is expected


def test_places_count_their_work_and_name_the_newest_of_what_is_tied_to_nothing() -> None:
    found = places(
        [work(1), work(2, tied=True), work(3), *(work(n, place="OPS") for n in range(NEWEST + 5))]
    )
    assert [each.place for each in found] == ["OPS", "PLAT"]
    ops, plat = found
    assert (ops.untied, ops.total, ops.share) == (NEWEST + 5, NEWEST + 5, 0.0)
    assert ops.newest[0] == f"OPS-{NEWEST + 4}"
    assert (len(ops.newest), ops.newest[-1]) == (NEWEST, "OPS-5")
    assert (plat.newest, plat.share) == (("PLAT-3", "PLAT-1"), 1 / 3)
    assert plat.sentence == "PLAT: 2 of 3 items serve no key result"
    assert places([work(tied=True)])[0].sentence == "PLAT: its only item serves a key result"
    several = places([work(1, tied=True), work(2, tied=True)])
    assert several[0].sentence == "PLAT: all 2 items serve a key result"
    assert places([]) == ()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=60), st.randoms())
def test_the_order_of_items_does_not_matter(rows: list[tuple[int, bool]], chance: Any) -> None:
    works = [work(number, tied=tied) for number, tied in rows]
    shuffled = list(works)
    chance.shuffle(shuffled)
    found = places(works)
    assert places(shuffled) == found
    assert sum(each.total for each in found) == len(works)
    assert sum(each.untied for each in found) == sum(not each.tied for each in works)


def test_each_finding_is_a_sentence() -> None:
    still = {"key_result": KR, "objective": PAY, "team": "platform", "days": 14}
    sentences = [
        StillReport(why="no_source", **still).sentence,
        StillReport(why="unsupported", **still).sentence,
        StillReport(why="unmoved", **still).sentence,
        TwiceReport(item="PLAT-1", objective=PAY, key_results=("KR-1", "KR-2", "KR-3")).sentence,
        EmptyLinkReport(link=1, scope="jira:project:PLAT", key_result=KR, items=0).sentence,
        EmptyLinkReport(link=1, scope="jira:project:PLAT", key_result=KR, items=2).sentence,
        UnsizedLinkReport(link=1, scope="jira:project:PLAT", key_result=KR, coverage=0.5, unsized=1,
                          keys=("PLAT-1",)).sentence,
    ]  # fmt: skip
    assert sentences == [
        "KR-1 has no link and no value",
        "KR-1 takes its progress from objectives that support it, and none does",
        "nothing has moved KR-1 in the last 14 days",
        "PLAT-1 counts for KR-1, KR-2 and KR-3 of O-1",
        "jira:project:PLAT of KR-1 holds no item",
        "jira:project:PLAT of KR-1 holds 2 items and counts none",
        "1 item of jira:project:PLAT of KR-1 has no estimate",
    ]


@pytest.mark.parametrize(
    ("untied", "total", "share", "sentence"),
    [
        (0, 0, None, "no work of cycle 2026-Q4 is known yet"),
        (1, 2, 0.5, "1 of 2 items serves a key result of cycle 2026-Q4"),
        (1, 4, 0.75, "3 of 4 items serve a key result of cycle 2026-Q4"),
    ],
)
def test_the_share_of_nothing_is_unknown_and_not_zero(
    untied: int, total: int, share: float | None, sentence: str
) -> None:
    report = CoverageReport(
        as_of=START, cycle="2026-Q4", untied=untied, total=total,
        places=(), still=(), twice=(), empty=(), unsized=(), cut=(),
    )  # fmt: skip
    assert (report.share, report.sentence) == (share, sentence)
    assert report.as_json()["share"] == share

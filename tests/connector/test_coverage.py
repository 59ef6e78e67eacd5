"""Work that is tied and work that is not, and the sentences people read of it."""

from datetime import timedelta

import pytest

from connector.attribution import Named
from connector.coverage import (
    CoverageReport,
    EmptyLinkReport,
    Period,
    PlaceReport,
    StillReport,
    TwiceReport,
    UnsizedLinkReport,
    is_work,
    order,
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


def place(untied: int, total: int, name: str = "PLAT") -> PlaceReport:
    return PlaceReport(
        tracker="jira", connection="jira", place=name, untied=untied, total=total, newest=()
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


def test_a_place_tells_how_much_of_its_work_serves_nothing() -> None:
    assert place(2, 3).sentence == "PLAT: 2 of 3 items serve no key result"
    assert place(1, 3, "").sentence == "jira: 1 of 3 items serves no key result"
    assert place(0, 1).sentence == "PLAT: its only item serves a key result"
    assert place(0, 2).sentence == "PLAT: all 2 items serve a key result"
    assert place(2, 3).share == 1 / 3


def test_the_place_with_the_most_untied_work_comes_first() -> None:
    found = [place(1, 9), place(3, 3, "WEB"), place(3, 4, "API"), place(0, 7, "OPS")]
    assert [each.place for each in sorted(found, key=order)] == ["API", "WEB", "PLAT", "OPS"]


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

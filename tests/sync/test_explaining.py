"""Why a number is what it is, now and at any past instant, from the ledger alone."""

from datetime import timedelta

import pytest

from connector.errors import Refused
from tests.world import World, key_result, link


def shown(explained: dict[str, object]) -> dict[str, object]:
    """What a past instant can reproduce: all but when somebody last looked."""
    links = [
        {name: value for name, value in each.items() if name not in {"as_of", "error"}}
        for each in explained["links"]  # type: ignore[attr-defined]
    ]
    return {**explained, "links": links}


@pytest.fixture
def busy(connected: World, jira, github) -> World:
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}", points=float(number))
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connected.apply(
        key_result("KR-1", link("jira:project:PLAT", {"share": "points"})),
        key_result("KR-2", link("github:milestone:acme/api/1"), link("github:repo:acme/api")),
        key_result("KR-3", link("jira:project:PLAT", {"number": "count", "over": "open"}), unit="",
                   kind="decrease", start=10, target=0),
        key_result("KR-4", value=3),
    )  # fmt: skip
    connected.sync()
    return connected


def test_any_past_instant_shows_what_was_shown_then(busy: World, jira, github) -> None:
    keys = ("KR-1", "KR-2", "KR-3", "KR-4")
    seen = []

    def remember() -> None:
        seen.append((busy.clock(), {key: busy.explain(key) for key in keys}))

    remember()
    busy.clock.turn(minutes=10)
    jira.site.transition("PLAT-3", "Done")
    github.site.close("acme/api", 1, reason="not_planned")
    busy.poll()
    remember()
    busy.clock.turn(minutes=10)
    jira.site.delete("PLAT-4")
    busy.deliver("jira")
    busy.poll()
    busy.apply(
        key_result("KR-1", link("jira:project:PLAT", types=["Story"])),
        key_result("KR-2", link("github:milestone:acme/api/1"), target=50),
        key_result("KR-4", value=9),
    )
    remember()
    busy.clock.turn(minutes=10)
    jira.site.transition("PLAT-1", "Done", at=busy.clock() - timedelta(minutes=25))
    busy.poll()
    remember()
    busy.clock.turn(days=1)
    for at, explained in seen:
        for key in keys:
            assert shown(busy.explain(key, at)) == shown(explained[key]), (at, key)


def test_late_news_counts_only_from_when_it_came(busy: World, jira) -> None:
    before = busy.clock.turn(minutes=30)
    jira.site.transition("PLAT-3", "Done", at=busy.clock() - timedelta(minutes=20))
    busy.clock.turn(minutes=1)
    busy.poll()
    assert busy.value() == pytest.approx(100 / 3)
    assert busy.explain("KR-1", before)["value"] == 0


def test_an_instant_before_the_first_reading_is_unknown_and_not_zero(busy: World, jira) -> None:
    made = busy.clock.turn(minutes=1)
    busy.apply(key_result("KR-5", link("jira:label:PLAT/okr")))
    busy.clock.turn(minutes=1)
    busy.poll()
    busy.clock.turn(minutes=1)
    explained = busy.explain("KR-5", made)
    assert (explained["value"], explained["score"]) == (None, None)
    with pytest.raises(Refused, match="KR-5 was not recorded yet"):
        busy.explain("KR-5", made - timedelta(minutes=1))


def test_movements_sum_to_the_reading(busy: World, jira) -> None:
    for number, status in enumerate(("Done", "In Progress", "Done"), 2):
        jira.site.transition(f"PLAT-{number}", status, at=busy.clock.turn(minutes=3))
        busy.poll()
    jira.site.edit("PLAT-1", points=13.0, at=busy.clock.turn(minutes=3))
    busy.poll()
    for key in ("KR-1", "KR-3"):
        (explained,) = busy.explain(key)["links"]
        total = sum(each["delta"] for each in explained["movements"])
        assert total == pytest.approx(explained["reading"], abs=1e-9)


def test_an_explanation_names_every_item_with_its_page_and_reason(busy: World, jira) -> None:
    jira.site.transition("PLAT-1", "Done", resolution="Won't Do", at=busy.clock.turn(minutes=1))
    busy.tick()
    parts = busy.explain()["links"][0]["contributions"]
    assert [each["item"] for each in parts] == ["PLAT-2", "PLAT-3", "PLAT-4", "PLAT-1"]
    last = parts[-1]
    assert (last["state"], last["status"], last["included"]) == ("dropped", "Done", False)
    assert last["reason"] == "dropped: Won't Do"
    assert last["url"] == f"{jira.url}/browse/PLAT-1"
    assert last["title"] == "Item 0"


def test_what_is_not_there_is_said_with_what_is(busy: World) -> None:
    with pytest.raises(Refused, match="no key result 'KR-9'"):
        busy.explain("KR-9")
    with pytest.raises(Refused, match="objective; explain one of its key results: KR-1, KR-2"):
        busy.explain("O-1")

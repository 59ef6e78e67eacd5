"""The past of links from day one: rebuilt from the trackers' own histories, marked as such."""

from datetime import timedelta

import pytest

from connector.errors import Refused
from connector.store.tables import Base
from sync import audit, mappings, reports
from sync.mappings import Saving
from tests.world import World, key_result, link, plan

WHO = Saving(author="admin", reason="as agreed")


@pytest.fixture
def lived(connected: World, jira, github) -> World:
    """Four weeks of work in both trackers, of which Worklift has seen nothing yet."""
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic", at=day(connected, -28)).key
    for number in range(4):
        made = day(connected, -27 + number)
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic, points=2.0, at=made)
        github.site.add_issue("acme/api", f"Change {number}", milestone=1, at=made)
    jira.site.transition("PLAT-2", "Done", at=day(connected, -20))
    jira.site.edit("PLAT-3", points=8.0, at=day(connected, -15))
    jira.site.transition("PLAT-3", "Done", at=day(connected, -10))
    jira.site.transition("PLAT-3", "In Progress", at=day(connected, -5))
    github.site.close("acme/api", 1, at=day(connected, -12))
    return connected


def day(world: World, days: float):
    return world.clock() + timedelta(days=days)


def apply(world: World, *more, **rule) -> None:
    world.apply(
        key_result("KR-1", link("jira:epic:PLAT-1", {"share": "points"}, **rule)),
        key_result("KR-2", link("github:milestone:acme/api/1")),
        *more,
    )


def value(world: World, key: str, days: float) -> float | None:
    found: float | None = world.explain(key, day(world, days))["value"]
    return found


def test_a_link_made_today_knows_how_it_stood_on_any_day_before(lived: World) -> None:
    apply(lived)
    lived.sync()
    assert [value(lived, "KR-1", at) for at in (-23.5, -19.5, -14.5, -9.5, -4.5)] == [
        0, 25, pytest.approx(100 / 7), pytest.approx(1000 / 14), pytest.approx(200 / 14),
    ]  # fmt: skip
    assert [value(lived, "KR-2", at) for at in (-13, -11)] == [0, 25]
    (told,) = lived.explain("KR-1", day(lived, -9.5))["links"]
    assert told["rebuilt"]
    assert told["history_note"] is None
    (now,) = lived.explain("KR-1")["links"]
    assert not now["rebuilt"]
    assert now["history_from"][:10] == str(day(lived, -27).date())


def test_what_was_rebuilt_never_moved_what_was_shown(lived: World) -> None:
    apply(lived)
    lived.sync()
    (told,) = lived.explain("KR-1")["links"]
    assert {each["kind"] for each in told["movements"]} == {"scope_added"}
    assert sum(each["delta"] for each in told["movements"]) == pytest.approx(told["reading"])
    kinds = [each["kind"] for each in reversed(told["past"])]
    assert kinds == ["scope_added", "scope_added", "scope_added", "scope_added",
                     "finished", "resized", "finished", "reopened"]  # fmt: skip
    natures = {each["nature"] for each in told["past"]}
    assert natures == {"work", "scope"}


def test_before_a_key_result_was_recorded_and_without_a_past_there_is_nothing(lived: World) -> None:
    lived.apply(key_result("KR-1", value=5))
    with pytest.raises(Refused, match="KR-1 was not recorded yet"):
        lived.explain("KR-1", day(lived, -3))


def test_the_past_of_a_query_cannot_be_had_and_says_so(lived: World) -> None:
    lived.apply(key_result("KR-1", link("jira:jql:project = PLAT")))
    lived.sync()
    (told,) = lived.explain("KR-1")["links"]
    assert "begins with the first reading" in told["history_note"]
    assert told["past"] == []
    with pytest.raises(Refused, match="not recorded yet"):
        lived.explain("KR-1", day(lived, -3))


def test_an_item_that_left_before_it_was_linked_counted_until_then(lived: World, jira) -> None:
    gone = jira.site.add_issue("PLAT", "Not ours", parent="PLAT-1", at=day(lived, -26)).key
    jira.site.edit(gone, parent=None, at=day(lived, -18))
    lived.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    lived.sync()
    at = {days: lived.explain("KR-1", day(lived, days))["links"][0] for days in (-19, -17)}
    assert [at[days]["total"] for days in (-19, -17)] == [5, 4]


def test_a_rule_changes_the_numbers_from_now_on_and_the_open_past_where_asked(
    lived: World, jira
) -> None:
    apply(lived)
    lived.sync()
    lived.clock.turn(hours=1)
    apply(lived, statuses={"doing": 0.5})
    lived.sync()
    assert (value(lived, "KR-1", 0), value(lived, "KR-1", -0.03)) == (
        pytest.approx(100 * 6 / 14), pytest.approx(100 * 2 / 14),
    )  # fmt: skip
    assert way(lived, -3) == pytest.approx(100 * 2 / 14)
    lived.clock.turn(hours=1)
    apply_again(lived, {"todo": 0.5, "doing": 0.5})
    lived.sync()
    assert way(lived, -3) == pytest.approx(100 * (2 + 6) / 14)
    assert value(lived, "KR-1", -0.07) == pytest.approx(100 * 2 / 14), "what was shown stays"
    assert not audit.audit(lived.runtime)


def apply_again(world: World, statuses: dict[str, float]) -> None:
    first = key_result("KR-1", link("jira:epic:PLAT-1", {"share": "points"}, statuses=statuses))
    world.apply_text(plan(first), reapply=True)


def way(world: World, days: float) -> float | None:
    """The value on the chart at the end of a past day."""
    with world.runtime.store.read() as session:
        found = reports.outlook(session, "now", "KR-1", world.clock(), world.runtime.settings)
    return [point.value for point in found.points if point.at <= day(world, days)][-1]


def test_a_mapping_moves_every_link_it_touches_and_any_version_comes_back(lived: World) -> None:
    apply(lived)
    lived.sync()
    lived.clock.turn(hours=1)
    made = mappings.save(lived.runtime, "jira", {"statuses": {"In Progress": "done"}}, WHO)
    assert (made.version, made.links, made.waiting) == (1, 1, 0)
    assert value(lived, "KR-1", 0) == pytest.approx(1000 / 14)
    assert lived.movements()[-1] == ("rule_changed", "PLAT-3")
    assert not audit.audit(lived.runtime)
    mappings.save(lived.runtime, "jira", {}, WHO)
    assert value(lived, "KR-1", 0) == pytest.approx(200 / 14)
    back = mappings.restore(lived.runtime, "jira", 1, Saving(author="lead", reason="it was right"))
    assert back.version == 3
    assert value(lived, "KR-1", 0) == pytest.approx(1000 / 14)
    with lived.runtime.store.read() as session:
        found = mappings.versions(session, "jira")
    assert [(each.version, each.author, each.restores) for each in found] == [
        (3, "lead", 1), (2, "admin", None), (1, "admin", None),
    ]  # fmt: skip


def test_a_mapping_can_be_applied_to_the_open_cycles_past(lived: World) -> None:
    apply(lived)
    lived.sync()
    saving = Saving(author="admin", reason="reviews are done work", reapply=True)
    mappings.save(lived.runtime, "jira", {"statuses": {"In Progress": "done"}}, saving)
    assert way(lived, -3) == pytest.approx(200 / 14)
    lived.sync()
    assert way(lived, -3) == pytest.approx(1000 / 14)
    assert way(lived, -17) == pytest.approx(25)


def test_the_past_on_a_board_is_told_whichever_source_tells_it(lived: World, github) -> None:
    board = ("acme", github.site.add_project("acme", "Board", at=day(lived, -28)))
    for number in range(1, 5):
        item = ("acme/api", number)
        github.site.put_on_project(board, item, Status="Todo", at=day(lived, -10 - number))
        github.site.put_on_project(board, item, Status="In Progress", at=day(lived, -number))
    started = "github:project:acme/1?Status=In Progress"
    apply(lived)
    lived.sync()  # of which the repository tells alone
    apply(
        lived,
        key_result("KR-3", link("github:project:acme/1")),
        key_result("KR-4", link(started)),
    )
    lived.sync()
    # The milestone's repository and the project tell of the same items.
    assert [value(lived, "KR-2", at) for at in (-13, -11)] == [0, 25]
    for key, since in (("KR-3", -14), ("KR-4", -4)):
        (told,) = lived.explain(key)["links"]
        assert told["history_note"].startswith("items that left before this link was made")
        assert told["history_from"][:10] == str(day(lived, since).date())
        came = [each for each in told["past"] if each["kind"] == "scope_added"]
        assert len(came) == 4


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"statuses": {"Done": "finished"}}, "'finished' is not possible; choose todo, doing"),
        ({"weights": {"doing": -1}}, "the weight -1 is out of place"),
        ({"weights": {"doing": float("nan")}}, "finite"),
        ({"pionts": []}, "did you mean 'points'"),
        ({"points": ["customfield_1"]}, "does not say where points are"),
    ],
)
def test_a_wrong_mapping_is_refused_and_nothing_is_half_saved(
    lived: World, document, sentence
) -> None:
    before = [lived.rows(name) for name in ("connection", "mapping_version")]
    with pytest.raises(Refused, match=sentence):
        mappings.save(lived.runtime, "jira", document, WHO)
    with pytest.raises(Refused, match="reason"):
        mappings.save(lived.runtime, "jira", {}, Saving(author="admin", reason=" "))
    with pytest.raises(Refused, match="no mapping version 7"):
        mappings.restore(lived.runtime, "jira", 7, WHO)
    assert [lived.rows(name) for name in ("connection", "mapping_version")] == before


def test_points_named_by_labels_and_places_of_their_own(lived: World, github) -> None:
    lived.apply(key_result("KR-1", link("github:milestone:acme/api/1", {"share": "points"})))
    lived.sync()
    assert lived.link()["coverage"] == 0
    github.site.edit("acme/api", 1, labels=["points: 3"])
    github.site.edit("acme/api", 2, labels=["size/M"])
    lived.tick()
    document = {"points": ["label:points: *"], "places": {"Acme/API": {"points": [{"size/M": 5}]}}}
    mappings.save(lived.runtime, "github", document, WHO)
    assert (lived.link()["total"], lived.link()["coverage"]) == (5, 0.25)
    mappings.save(lived.runtime, "github", {"points": ["label:points: *", {"size/M": 5}]}, WHO)
    assert (lived.link()["total"], lived.link()["coverage"]) == (8, 0.5)


def test_histories_are_asked_for_once_and_kept_item_by_item(lived: World) -> None:
    apply(lived)
    lived.sync()
    calls = lived.calls("jira"), lived.calls("github")
    events = len(lived.rows("item_event"))
    assert events >= 5
    lived.clock.turn(hours=7)
    lived.sync(full=True)
    more = lived.calls("jira") - calls[0], lived.calls("github") - calls[1]
    assert max(more) <= 5  # everything once more: ids, issues, and the small lists
    assert len(lived.rows("item_event")) == events
    assert "item_event" in Base.metadata.tables

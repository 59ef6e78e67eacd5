"""What saving would do, before it is saved: the same numbers as afterwards, and nothing written."""

import pytest

from connector.errors import Refused
from connector.okr import LinkRule, Measure
from connector.store.tables import Base
from sync import mappings, preview
from tests.world import World, key_result, link, plan

POINTS = Measure(of="points")


@pytest.fixture
def busy(connected: World, jira, github) -> World:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(4):
        points = {"points": 2.0} if number else {}
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic, **points)
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    jira.site.transition("PLAT-2", "Done")
    jira.site.transition("PLAT-3", "Done", resolution="Won't Do")
    github.site.close("acme/api", 1)
    return connected


def everything(world: World) -> dict[str, list]:
    return {name: world.rows(name) for name in Base.metadata.tables}


def test_a_new_link_shows_its_effect_without_writing_and_saving_it_makes_just_that(
    busy: World,
) -> None:
    busy.apply(key_result("KR-1", link("github:milestone:acme/api/1")), key_result("KR-2"))
    busy.sync()
    before = everything(busy)
    (shown,) = preview.preview_link(
        busy.runtime, "now", "KR-2", "jira:epic:PLAT-1", LinkRule(measure=POINTS)
    )
    assert everything(busy) == before
    made = shown.effect
    assert (made.matches, made.counted) == (4, 2)
    assert [(each.what, each.items) for each in made.excluded] == [
        ("dropped: Won't Do", ("PLAT-3",))
    ]
    assert (made.unestimated.items, made.reading.coverage) == (("PLAT-2",), pytest.approx(2 / 3))
    assert (shown.before.value, shown.after.value) == (None, 0)
    busy.apply(
        key_result("KR-1", link("github:milestone:acme/api/1")),
        key_result("KR-2", link("jira:epic:PLAT-1", {"share": "points"})),
    )
    busy.sync()
    assert busy.value("KR-2") == shown.after.value
    assert busy.link("KR-2")["coverage"] == made.reading.coverage


def test_what_other_key_results_count_too_is_told(busy: World) -> None:
    busy.apply(key_result("KR-1", link("jira:project:PLAT")), key_result("KR-2"))
    busy.sync()
    (shown,) = preview.preview_link(busy.runtime, "now", "KR-2", "jira:epic:PLAT-1", LinkRule())
    (overlap,) = shown.overlaps
    assert (overlap.what, overlap.number) == ("KR-1", 3)
    (again,) = preview.preview_link(busy.runtime, "now", "KR-1", "jira:project:PLAT", LinkRule())
    assert again.overlaps == ()


def test_a_second_link_is_pooled_with_the_first(busy: World) -> None:
    busy.apply(key_result("KR-1", link("jira:epic:PLAT-1")))
    busy.sync()
    (shown,) = preview.preview_link(
        busy.runtime, "now", "KR-1", "github:milestone:acme/api/1", LinkRule()
    )
    assert shown.before.value == pytest.approx(100 / 3)
    assert shown.after.value == pytest.approx(100 * 2 / 7)
    assert shown.after.reading == 0.25


def test_a_plan_file_shows_the_effect_on_every_link_it_makes_or_changes(busy: World) -> None:
    busy.apply(
        key_result("KR-1", link("jira:epic:PLAT-1")),
        key_result("KR-2", link("jira:project:PLAT")),
    )
    busy.sync()
    before = everything(busy)
    text = plan(
        key_result("KR-1", link("jira:epic:PLAT-1", dropped="as_done")),
        key_result("KR-2", link("jira:project:PLAT")),
        key_result("KR-3", link("github:milestone:acme/api/1"), target=50),
    )
    found = preview.preview_plan(busy.runtime, text, name="plan.yaml")
    assert everything(busy) == before
    assert [(each.key_result, each.scope) for each in found] == [
        ("KR-1", "jira:epic:PLAT-1"), ("KR-3", "github:milestone:acme/api/1"),
    ]  # fmt: skip
    assert (found[0].before.value, found[0].after.value) == (pytest.approx(100 / 3), 50)
    assert (found[1].before, found[1].after.progress) == (None, 0.5)


def test_a_mapping_shows_the_effect_on_every_link_it_touches(busy: World, jira) -> None:
    jira.site.transition("PLAT-4", "In Progress")
    busy.apply(
        key_result("KR-1", link("jira:epic:PLAT-1")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
    )
    busy.sync()
    before = everything(busy)
    document = {"statuses": {"In Progress": "done"}}
    (shown,) = preview.preview_mapping(busy.runtime, "jira", document)
    assert everything(busy) == before
    assert (shown.before.value, shown.after.value) == (
        pytest.approx(100 / 3), pytest.approx(200 / 3),
    )  # fmt: skip
    mappings.save(
        busy.runtime, "jira", document, mappings.Saving(author="admin", reason="so it is")
    )
    assert busy.value() == shown.after.value


def test_parents_counted_with_their_children_and_missing_fields_are_warned_of(
    busy: World, jira
) -> None:
    jira.site.add_project("OPS", "Operations")
    jira.site.add_issue("OPS", "Unestimated")
    busy.apply(key_result("KR-1"))
    query = "jira:jql:project in (PLAT, OPS)"
    (shown,) = preview.preview_link(busy.runtime, "now", "KR-1", query, LinkRule(measure=POINTS))
    assert [(each.what, each.items) for each in shown.effect.missing] == [("OPS", ("OPS-1",))]
    (shown,) = preview.preview_link(busy.runtime, "now", "KR-1", query, LinkRule())
    assert shown.effect.families.items == ("PLAT-1",)
    assert any("the same work counts twice" in each for each in shown.effect.warnings)


def test_what_cannot_be_read_says_why_and_what_cannot_be_linked_is_refused(
    busy: World, jira
) -> None:
    busy.apply(key_result("KR-1"))
    rule = LinkRule()
    jira.faults.add("error")
    (down,) = preview.preview_link(busy.runtime, "now", "KR-1", "jira:project:NOPE", rule)
    assert down.effect is None
    assert down.after is None
    assert down.problem
    jira.faults.clear()
    for scope, sentence in (
        ("jira:project:NOPE", "Jira does not show project NOPE"),
        ("jira:epik:PLAT-1", "no scope 'epik'"),
        ("jira:epic:nothing", "not an issue key"),
        ("gitlab:epic:1", "no tracker understands"),
    ):
        with pytest.raises(Refused, match=sentence):
            preview.preview_link(busy.runtime, "now", "KR-1", scope, rule)
    with pytest.raises(Refused, match="no key result 'KR-9'"):
        preview.preview_link(busy.runtime, "now", "KR-9", "jira:epic:PLAT-1", rule)
    with pytest.raises(Refused, match="finite"):
        preview.preview_mapping(busy.runtime, "jira", {"weights": {"doing": float("inf")}})


def test_deep_links_are_read_to_their_depth(busy: World, jira) -> None:
    top = jira.site.add_issue("PLAT", "Initiative", "Epic").key
    jira.site.edit("PLAT-1", parent=top)
    busy.apply(key_result("KR-1"))
    rules = {depth: LinkRule(depth=depth) for depth in (1, 2)}
    found = {
        depth: preview.preview_link(busy.runtime, "now", "KR-1", f"jira:epic:{top}", rule)[0]
        for depth, rule in rules.items()
    }
    assert [found[depth].effect.matches for depth in (1, 2)] == [1, 5]
    assert [found[depth].effect.counted for depth in (1, 2)] == [0, 3]

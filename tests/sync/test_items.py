"""Items that change, leave, move and come back."""

from tests.world import World, key_result, link


def linked(world: World, jira, count: int = 4) -> list[str]:
    keys = [jira.site.add_issue("PLAT", f"Item {n}").key for n in range(count)]
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    world.clock.turn(minutes=1)
    return keys


def test_finishing_and_reopening_move_the_score_there_and_back(connected: World, jira) -> None:
    key, *_ = linked(connected, jira)
    jira.site.transition(key, "Done")
    connected.tick()
    assert connected.value() == 25
    jira.site.transition(key, "In Progress")
    connected.tick()
    assert connected.value() == 0
    assert connected.movements()[-2:] == [("finished", key), ("reopened", key)]
    moved = connected.explain()["links"][0]["movements"]
    assert (moved[1]["delta"], moved[0]["delta"]) == (0.25, -0.25)


def test_a_movement_is_dated_by_the_tracker_and_by_us(connected: World, jira) -> None:
    key, *_ = linked(connected, jira)
    happened = connected.clock()
    jira.site.transition(key, "Done", at=happened)
    learnt = connected.clock.turn(hours=3)
    connected.poll()
    (newest, *_) = connected.explain()["links"][0]["movements"]
    assert newest["at"] == happened.isoformat().replace("+00:00", "Z")
    assert newest["recorded_at"] == learnt.isoformat().replace("+00:00", "Z")


def test_a_deleted_item_leaves_with_its_reason_and_keeps_its_history(
    connected: World, jira
) -> None:
    key, *_ = linked(connected, jira)
    jira.site.transition(key, "Done")
    connected.tick()
    jira.site.delete(key)
    assert connected.deliver("jira").status == 202
    connected.poll()
    assert (connected.value(), connected.link()["items"]) == (0, 3)
    part = connected.part(key)
    assert (part["included"], part["total"]) == (False, 0)
    assert "deleted" in part["reason"]
    assert connected.movements()[-1] == ("scope_removed", key)


def test_a_deleted_item_nobody_told_of_leaves_at_the_next_sweep(connected: World, jira) -> None:
    key, *_ = linked(connected, jira)
    with jira.site.quiet():
        jira.site.delete(key)
    connected.tick()
    assert connected.link()["items"] == 4
    connected.clock.turn(hours=7)
    connected.poll()
    assert connected.link()["items"] == 3


def test_an_item_that_comes_back_counts_again(connected: World, jira) -> None:
    key, *_ = linked(connected, jira)
    identity = jira.site.find(key).id
    kept = jira.site.issues.pop(identity)
    connected.sync(full=True)
    assert connected.link()["items"] == 3
    jira.site.issues[identity] = kept
    connected.sync(full=True)
    assert connected.link()["items"] == 4
    assert connected.part(key)["included"]
    assert len([row for row in connected.rows("item") if row.external_id == identity]) == 1


def test_a_moved_item_keeps_its_identity_under_its_new_key(connected: World, jira) -> None:
    jira.site.add_project("OPS", "Operations")
    keys = [jira.site.add_issue("PLAT", f"Item {n}").key for n in range(2)]
    connected.apply(
        key_result("KR-1", link("jira:project:PLAT")), key_result("KR-2", link("jira:project:OPS"))
    )
    connected.sync()
    before = {row.external_id: row.id for row in connected.rows("item")}
    moved = jira.site.move(keys[0], "OPS", at=connected.clock.turn(minutes=1))
    connected.tick()
    assert {row.external_id: row.id for row in connected.rows("item")} == before
    assert (connected.link("KR-1")["items"], connected.link("KR-2")["items"]) == (1, 1)
    assert connected.part(moved.key, "KR-2")["included"]
    assert connected.part(keys[0])["reason"] == "no longer in this scope"
    assert connected.movements()[-1] == ("scope_removed", keys[0])


def test_an_item_that_moved_beyond_every_scope_leaves_by_its_webhook(
    connected: World, jira
) -> None:
    jira.site.add_project("OPS", "Operations")
    key, *_ = linked(connected, jira)
    jira.site.move(key, "OPS")
    connected.deliver("jira")
    connected.poll()
    assert connected.link()["items"] == 3
    connected.sync(full=True)
    assert connected.link()["items"] == 3


def test_scope_that_grows_is_told_as_scope(connected: World, jira) -> None:
    key, *_ = linked(connected, jira)
    jira.site.transition(key, "Done")
    connected.tick()
    added = jira.site.add_issue("PLAT", "One more").key
    connected.tick()
    assert connected.value() == 20
    assert connected.movements()[-1] == ("scope_added", added)
    newest = connected.explain()["links"][0]["movements"][0]
    assert newest["delta"] == 0.2 - 0.25


def test_an_item_that_leaves_its_epic_leaves_the_link(connected: World, jira) -> None:
    epic = jira.site.add_issue("PLAT", "Epic", "Epic").key
    keys = [jira.site.add_issue("PLAT", f"Item {n}", parent=epic).key for n in range(2)]
    connected.apply(key_result("KR-1", link(f"jira:epic:{epic}")))
    connected.sync()
    jira.site.edit(keys[0], parent=None, at=connected.clock.turn(minutes=1))
    connected.tick()
    assert connected.link()["items"] == 1


def test_github_items_leave_their_milestone_and_are_deleted(connected: World, github) -> None:
    for number in range(3):
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connected.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    connected.sync()
    github.site.edit("acme/api", 1, milestone=None, at=connected.clock.turn(minutes=1))
    connected.tick()
    assert connected.link()["items"] == 2
    github.site.delete("acme/api", 2)
    connected.deliver("github")
    connected.poll()
    assert connected.link()["items"] == 1
    assert "deleted" in connected.part("acme/api#2")["reason"]


def test_an_item_that_cannot_be_read_is_set_aside_by_name_and_keeps_its_last_state(
    connected: World, jira
) -> None:
    key, *others = linked(connected, jira)
    jira.site.transition(key, "Done")
    connected.tick()
    kind = jira.site.find(key).fields["issuetype"]
    jira.site.find(key).fields["issuetype"] = {**kind, "name": ""}
    jira.site.changed()
    jira.site.transition(others[0], "Done")
    (drained,) = [each for each in connected.tick() if each.items_read]
    assert drained.error is None
    assert connected.value() == 50
    (row,) = connected.rows("unreadable_item")
    assert row.key == key
    assert "issuetype" in row.field
    jira.site.find(key).fields["issuetype"] = kind
    jira.site.changed()
    connected.sync(full=True)
    assert connected.rows("unreadable_item") == []

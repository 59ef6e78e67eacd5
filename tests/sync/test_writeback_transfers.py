"""A comment of ours goes where its issue is transferred to; it is taken away there as well."""

import pytest

from tests.noted_github import Noted, noted
from tests.world import World, key_result, link


@pytest.fixture
def told(connected: World, monkeypatch: pytest.MonkeyPatch) -> Noted:
    connected.trackers["github"].site.add_repo("acme/web")
    return noted(connected, monkeypatch)


def said(told: Noted) -> list[tuple[str, int]]:
    return [(each.repo, each.number) for each in told.site.comments.values()]


def transferred(told: Noted, to: str) -> None:
    told.site.transfer("acme/api", 2, to)
    for _ in range(2):
        told.world.clock.turn(hours=7)
        told.world.sync(full=True)
        told.send()


@pytest.mark.parametrize("reads_there", [True, False])
def test_the_comment_of_a_transferred_issue_that_nobody_counts_is_taken_away(
    told: Noted,
    reads_there: bool,  # noqa: FBT001
) -> None:
    if reads_there:
        told.world.apply(key_result("KR-2", link("github:repo:acme/web")))
    told.ask("comments")
    told.send()
    assert said(told) == [("acme/api", 2), ("acme/api", 3)]
    transferred(told, "acme/web")
    assert said(told) == [("acme/api", 3)]
    assert len(told.world.rows("note")) == 1


def test_where_the_issue_is_counted_by_then_its_comment_stays_one(told: Noted) -> None:
    there = link("github:repo:acme/web", write_back=["comments"])
    told.world.apply(key_result("KR-2", there))
    told.ask("comments")
    told.send()
    before = [each for each in said(told) if each[0] == "acme/web"]
    transferred(told, "acme/web")
    after = [each for each in said(told) if each[0] == "acme/web"]
    assert len(after) == len(set(after)) == len(before) + 1
    assert ("acme/api", 2) not in said(told)
    assert ("acme/api", 3) in said(told)


def test_a_comment_that_came_back_with_its_issue_is_not_taken_away_from_it(told: Noted) -> None:
    board = "acme", told.site.add_project("acme", "The board")
    told.site.put_on_project(board, ("acme/api", 2))
    told.ask("comments", scope="github:project:acme/1")
    told.send()
    assert said(told) == [("acme/api", 2)]
    told.world.trackers["github"].faults.add("error", method="DELETE", count=1)
    there = told.site.transfer("acme/api", 2, "acme/web")
    transferred_back = told.site.transfer("acme/web", there, "acme/api")
    for _ in range(4):
        told.world.clock.turn(hours=7)
        told.world.sync(full=True)
        told.send()
    assert said(told) == [("acme/api", transferred_back)]
    (note,) = told.world.rows("note")
    assert note.remote_id in {str(each) for each in told.site.comments}

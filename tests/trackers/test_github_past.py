"""GitHub's issue events become dated changes, or a sentence for what no event tells."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from connector.errors import BadReading
from integrations.github import stays
from integrations.github.events import told
from integrations.github.past import past
from integrations.github.reading import Place, milestone_of, work_item
from integrations.github.story import Known, Now
from integrations.github.titles import Milestone, Titles
from integrations.kit.fields import Fields

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
ISSUE = {
    "id": 500, "number": 7, "title": "Queue", "state": "open", "labels": [], "milestone": None,
    "created_at": "2026-10-05T09:00:00Z", "updated_at": "2026-12-01T09:00:00Z",
}  # fmt: skip
V1, V2 = ({"number": n, "title": title} for title, n in (("v1", 1), ("v2", 2)))


def at(day):
    return START + timedelta(days=day)


def event(day, name, **more):
    return {"id": next(IDS), "event": name, "created_at": f"{at(day):%Y-%m-%dT%H:%M:%SZ}", **more}


IDS = count(1)


def titled(day, name, title):
    return event(day, name, milestone={"title": title})


def labelled(day, name, label):
    return event(day, name, label={"name": label, "color": "fff"})


def parent(day, action, repo="Acme/api", number=3):
    known = {"number": number, "repository": {"full_name": repo}}
    return event(day, f"parent_issue_{action}", parent_issue=known)


def titles(*more):
    """Milestones made on the day before the issue, and more."""
    return Titles([Milestone("1", "v1", at(-1)), Milestone("2", "v2", at(-1)), *more], {"1", "2"})


def follow(events, *, names=None, **now):
    """(day, before, after) of every change, and the gaps."""
    issue = {**ISSUE, **now}
    item = work_item(issue, Place("acme/api", "https://github.com"))
    shown, told_of = Now(item, milestone_of(Fields(issue))), told(events, item.key)
    known = Known(names or titles())
    stays.learn(shown, told_of, known.titles)
    found = past(shown, told_of, known)
    assert all(each.external_id == "500" for each in found.events)
    changes = [((each.at - START).days, dict(each.before), dict(each.after))
               for each in found.events]  # fmt: skip
    return changes, found.gaps


def status(word, category, **more):
    return {"status": word, "category": category, **more}


CLOSED = {"state": "closed", "closed_at": f"{at(4):%Y-%m-%dT%H:%M:%SZ}"}


def test_closing_and_opening_again_with_their_reasons():
    changes, gaps = follow(
        [event(1, "closed", state_reason="not_planned"), event(2, "reopened"),
         event(3, "subscribed"), event(4, "closed", state_reason=None)],
        **CLOSED, state_reason="completed",
    )  # fmt: skip
    assert changes == [
        (1, status("open", "todo", resolution=None),
         status("closed", "done", resolution="not_planned")),
        (2, status("closed", "done", resolution="not_planned"),
         status("open", "todo", resolution=None)),
        (4, status("open", "todo", resolution=None),
         status("closed", "done", resolution="completed")),
    ]  # fmt: skip
    assert gaps == ()


def test_another_reason_is_a_change_of_the_resolution_alone():
    changes, _ = follow(
        [event(1, "closed", state_reason="completed"),
         event(4, "closed", state_reason="duplicate")],
        **CLOSED, state_reason="duplicate",
    )  # fmt: skip
    assert changes[1] == (4, {"resolution": "completed"}, {"resolution": "duplicate"})


def test_a_reason_that_no_event_tells_is_a_gap():
    _, gaps = follow([event(1, "closed", state_reason="completed")],
                     **CLOSED, state_reason="duplicate")  # fmt: skip
    assert gaps == ("GitHub kept no event of when acme/api#7 got another reason for being closed.",)


def test_an_issue_without_a_closing_event_was_closed_when_it_says():
    changes, gaps = follow([], **CLOSED, state_reason="completed")
    assert [(day, after["status"]) for day, _, after in changes] == [(4, "closed")]
    assert gaps == ()


def test_an_issue_that_no_event_opened_again_is_a_gap():
    assert follow([event(1, "closed")])[1] == (
        "GitHub kept no event of when acme/api#7 was opened again.",
    )


def test_a_status_comes_with_its_category_even_where_that_stays():
    pull = {"pull_request": {"merged_at": CLOSED["closed_at"]}}
    changes, _ = follow([event(1, "closed"), event(4, "merged")], **CLOSED, **pull)
    assert changes[1] == (
        4, status("closed", "done", resolution="unmerged"),
        status("merged", "done", resolution=None),
    )  # fmt: skip


@pytest.mark.parametrize("swapped", [False, True])
def test_a_merged_pull_request_is_not_dropped_on_the_way(swapped):
    merging = [event(4, "merged"), event(4, "closed")]
    pull = {"pull_request": {"merged_at": CLOSED["closed_at"]}}
    changes, gaps = follow(
        [event(1, "closed"), event(2, "reopened"), *(merging[::-1] if swapped else merging)],
        **CLOSED, **pull,
    )  # fmt: skip
    assert [(day, after["status"]) for day, _, after in changes] == [
        (1, "closed"), (2, "open"), (4, "merged"),
    ]  # fmt: skip
    assert changes[0][2]["resolution"] == "unmerged"
    assert gaps == ()


def test_milestones_are_found_by_their_titles():
    changes, gaps = follow(
        [titled(1, "milestoned", "v1"), titled(3, "milestoned", "v2"),
         titled(3, "demilestoned", "v1")],
        milestone=V2,
    )  # fmt: skip
    one = ["milestone:acme/api/1", "milestones:acme/v1"]
    two = ["milestone:acme/api/2", "milestones:acme/v2"]
    assert changes == [
        (1, {"tags": []}, {"tags": one}),
        (3, {"tags": one}, {"tags": []}),
        (3, {"tags": []}, {"tags": two}),
    ]
    assert gaps == ()


def test_the_last_milestone_is_the_present_one_whatever_it_was_called():
    renamed = {"number": 2, "title": "v2 beta"}
    changes, gaps = follow(
        [titled(1, "milestoned", "v2 alpha"), titled(2, "demilestoned", "v2 alpha"),
         titled(3, "milestoned", "v2 alpha")],
        milestone=renamed,
    )  # fmt: skip
    tags = ["milestone:acme/api/2", "milestones:acme/v2 beta"]
    assert [after["tags"] for _, _, after in changes] == [tags, [], tags]
    assert gaps == ()


GONE = [titled(1, "milestoned", "deleted"), titled(2, "demilestoned", "deleted"),
        titled(3, "milestoned", "v1")]  # fmt: skip
LATER = [Milestone("1", "v1", at(2.5)), Milestone("2", "v2", at(2.5))]
WORDS = (
    "GitHub names milestones by the titles they had: no event tells which one was called 'deleted'"
    " when acme/api#7 was in it, for it was deleted or has another title now."
)
UNCLEAR = (WORDS,)


def test_a_milestone_that_is_no_more_leaves_no_tag():
    changes, gaps = follow(GONE, names=Titles(LATER), milestone=V1)
    assert [day for day, _, _ in changes] == [3]
    assert gaps == ()
    assert follow(GONE[:1]) == ([], ())


def test_a_milestone_without_a_link_may_have_had_any_title():
    others = [Milestone("3", "next", at(-1)), *LATER]
    assert follow(GONE, names=Titles(others, {"1", "2"}), milestone=V1)[1] == ()
    assert follow(GONE, names=Titles(others, {"3"}), milestone=V1)[1] == UNCLEAR
    assert follow(GONE, names=Titles(others), milestone=V1)[1] == UNCLEAR


def test_what_a_title_meant_is_learnt_from_other_issues():
    shown = titles()
    assert follow(GONE, names=shown, milestone=V1)[1] == UNCLEAR
    shown.learn("deleted", at(0), "2")
    changes, gaps = follow(GONE, names=shown, milestone=V1)
    assert [after["tags"][:1] for _, _, after in changes] == [
        ["milestone:acme/api/2"], [], ["milestone:acme/api/1"]
    ]  # fmt: skip
    assert gaps == ()
    pinned = titles()  # both had the titles of today before
    pinned.learn("v1", at(0), "1")
    pinned.learn("v2", at(0), "2")
    assert follow(GONE, names=pinned, milestone=V1)[1] == ()


def test_a_title_used_twice_is_told_apart_by_time():
    twice = Titles([Milestone("1", "v1 old", at(-1)), Milestone("2", "v1", at(5))])
    events = [titled(1, "milestoned", "v1"), titled(2, "demilestoned", "v1"),
              titled(6, "milestoned", "v1"), titled(7, "demilestoned", "v1")]  # fmt: skip
    assert "'v1'" in follow(events, names=twice)[1][0]
    twice.learn("v1", at(0), "1")
    changes, gaps = follow(events, names=twice)
    assert [tags[0] for _, _, after in changes if (tags := after["tags"])] == [
        "milestone:acme/api/1", "milestone:acme/api/2"
    ]  # fmt: skip
    assert gaps == ()


def test_a_milestone_retitled_while_the_issue_was_in_it_is_one():
    changes, gaps = follow([titled(1, "milestoned", "alpha"), titled(4, "demilestoned", "v2")])
    two = ["milestone:acme/api/2", "milestones:acme/v2"]
    assert [after["tags"] for _, _, after in changes] == [two, []]
    assert gaps == ()


def test_a_title_that_two_milestones_had_is_a_gap():
    both = titles()
    both.learn("x", at(0), "1")
    both.learn("x", at(3), "2")
    assert follow([titled(1, "milestoned", "x"), titled(2, "demilestoned", "x")], names=both)[1]


@pytest.mark.parametrize(
    ("events", "milestone", "what"),
    [
        ([], V1, "got its milestone"),
        ([titled(1, "milestoned", "v1"), titled(2, "demilestoned", "v1")], V2, "got its milestone"),
        ([titled(2, "demilestoned", "v1")], None, "got its milestone"),
        ([titled(2, "milestoned", "v1")], None, "left its milestone"),
    ],
)
def test_a_membership_that_no_event_explains_is_a_gap(events, milestone, what):
    assert follow(events, milestone=milestone)[1] == (
        f"GitHub kept no event of when acme/api#7 {what}.",
    )


def test_labels_come_and_go_with_their_tags():
    changes, gaps = follow(
        [labelled(1, "labeled", "Bug"), labelled(1, "labeled", "okr"),
         labelled(2, "unlabeled", "Bug"), labelled(3, "labeled", "bug")],
        labels=[{"name": "bug"}, {"name": "okr"}],
    )  # fmt: skip
    bug = {"labels": ["bug"], "tags": ["label:acme/api/bug"]}
    nothing = {"labels": [], "tags": []}
    assert [change for change in changes if change[0] != 1] == [
        (2, bug, nothing),
        (3, nothing, bug),
    ]
    assert changes[0] == (1, nothing, bug)
    assert gaps == ()


def test_one_label_renamed_since_is_known_by_its_new_name():
    changes, gaps = follow([labelled(1, "labeled", "okr")], labels=[{"name": "OKR 2026"}])
    assert changes[0][2]["tags"] == ["label:acme/api/okr 2026"]
    assert gaps == ()


def test_a_label_deleted_since_is_left_out_and_one_without_event_is_a_gap():
    assert follow([labelled(1, "labeled", "gone")]) == ([], ())
    assert follow([], labels=[{"name": "okr"}])[1] == (
        "GitHub kept no event of when acme/api#7 got the label okr.",
    )
    assert follow([labelled(1, "unlabeled", "okr")])[1] == (
        "GitHub kept no event of when acme/api#7 got the label okr.",
    )


def test_types_change_with_their_level():
    bug, feature = {"id": 1, "name": "Bug"}, {"id": 2, "name": "Feature"}
    changes, _ = follow(
        [event(1, "issue_type_added", issue_type=bug),
         event(2, "issue_type_changed", issue_type=feature, prev_issue_type=bug),
         event(3, "issue_type_removed", prev_issue_type=feature),
         event(4, "issue_type_added", issue_type=feature)],
        type={"name": "Renamed"},
    )  # fmt: skip
    assert [(day, before["type"], after["type"]) for day, before, after in changes] == [
        (1, "Issue", "Bug"), (2, "Bug", "Feature"), (3, "Feature", "Issue"), (4, "Issue", "Renamed")
    ]  # fmt: skip


def test_parents_come_and_go():
    here = {"parent_issue_url": "https://api.github.com/repos/acme/web/issues/9"}
    changes, gaps = follow(
        [parent(1, "added"), parent(2, "removed"), event(3, "parent_issue_added")], **here
    )
    assert changes == [
        (1, {"parent_key": None}, {"parent_key": "acme/api#3"}),
        (2, {"parent_key": "acme/api#3"}, {"parent_key": None}),
        (3, {"parent_key": None}, {"parent_key": "acme/web#9"}),
    ]
    assert gaps == ()


@pytest.mark.parametrize(
    ("events", "url", "what"),
    [
        ([], "https://api.github.com/repos/acme/web/issues/9", "got its parent"),
        ([parent(1, "removed")], None, "got its parent"),
        ([parent(1, "added")], None, "left its parent"),
        ([event(1, "parent_issue_added"), event(2, "parent_issue_removed")], None,
         "got its parent"),
    ],
)  # fmt: skip
def test_a_parent_that_no_event_explains_is_a_gap(events, url, what):
    assert follow(events, parent_issue_url=url)[1] == (
        f"GitHub kept no event of when acme/api#7 {what}.",
    )


def test_an_issue_from_another_repository_was_not_here_before():
    changes, gaps = follow(
        [labelled(1, "labeled", "okr"), titled(1, "milestoned", "v1"), event(2, "transferred"),
         labelled(3, "unlabeled", "okr"), titled(3, "demilestoned", "v2")],
    )  # fmt: skip
    carried = ["label:acme/api/okr", "milestone:acme/api/2", "milestones:acme/v2", "repo:acme/api"]
    assert changes[0] == (1, {"labels": []}, {"labels": ["okr"]})
    assert changes[1] == (2, {"place": "", "tags": []}, {"place": "acme/api", "tags": carried})
    assert {tag for _, before, _ in changes[2:] for tag in before["tags"]} == set(carried[:-1])
    assert gaps == ()


def test_what_an_issue_brought_from_another_repository_is_no_gap():
    changes, gaps = follow(
        [event(2, "transferred")],
        milestone=V1, labels=[{"name": "okr"}],
        parent_issue_url="https://api.github.com/repos/acme/web/issues/9",
    )  # fmt: skip
    ((day, _, after),) = changes
    assert (day, gaps) == (2, ())
    assert {"milestone:acme/api/1", "label:acme/api/okr"} <= set(after["tags"])


def test_events_are_taken_by_their_time_whatever_their_order():
    events = [event(3, "closed", state_reason="completed"), event(2, "reopened"),
              event(1, "closed", state_reason="completed")]  # fmt: skip
    closed = {**CLOSED, "state_reason": "completed"}
    assert follow(events, **closed) == follow(
        sorted(events, key=lambda e: e["created_at"]), **closed
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": 1, "event": "closed", "created_at": "yesterday"}, "created_at"),
        ({"id": None, "event": "closed", "created_at": "2026-10-05T09:00:00Z"}, "id"),
        ({"id": 1, "event": "labeled", "created_at": "2026-10-05T09:00:00Z"}, "label"),
        ({"id": 1, "event": "parent_issue_added", "created_at": "2026-10-05T09:00:00Z",
          "parent_issue": {"number": 1}}, "parent_issue.repository"),
        (7, "event"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_understood_is_named(wrong, field):
    with pytest.raises(BadReading) as caught:
        told([wrong], "acme/api#7")
    assert caught.value.field == field

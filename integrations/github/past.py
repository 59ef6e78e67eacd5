"""The dated changes of one issue, from its events and what it is now; pure.

Every field is followed from the issue's creation on. What the issue is now must come out at the
end: GitHub's events are no full record, and where one is missing a sentence says so.
"""

from collections.abc import Iterator, Sequence

from connector.work import ItemEvent
from integrations.github import fieldwork, labelled, onboard, stays
from integrations.github.events import DISCUSSION, Told
from integrations.github.quick import NO_TYPE, PULL
from integrations.github.story import Change, Known, Now, Past, Story, Values

_OPEN: Values = {"status": "open", "category": "todo", "resolution": None}


def past(now: Now, told: Sequence[Told], known: Known) -> Past:
    """The past of an issue."""
    story = Story(now, told, known)
    _states(story)
    _types(story)
    labelled.follow(story)
    stays.follow(story)
    _parents(story)
    fieldwork.follow(story)
    _arrival(story)
    onboard.follow(story)
    story.changes.sort(key=lambda change: change.at)
    gaps = tuple(dict.fromkeys(story.gaps))
    return Past(tuple(_events(story)), gaps, unclear=story.unclear, unsure=story.unsure)


def _events(story: Story) -> Iterator[ItemEvent]:
    for change in story.changes:
        before, after = _different(change.before, change.after)
        if before or after:
            external_id = story.item.external_id
            yield ItemEvent(external_id=external_id, at=change.at, before=before, after=after)


def _different(before: Values, after: Values) -> tuple[Values, Values]:
    """The fields that changed; a status always with its category, of sets only what differs."""
    names = [name for name in after if before[name] != after[name]]
    if "status" in names and "category" not in names:
        names.append("category")
    return {n: _less(before, after, n) for n in names}, {n: _less(after, before, n) for n in names}


def _less(side: Values, other: Values, name: str) -> object:
    if name not in ("tags", "labels"):
        return side[name]
    return [each for each in side[name] if each not in other[name]]


def _states(story: Story) -> None:
    """Opened, closed with a reason, merged, opened again."""
    item, held = story.item, _OPEN
    now = {"status": item.status, "category": item.category, "resolution": item.resolution}
    known: str | None = None
    mine: list[Change] = []
    for each in story.about("state"):
        if each.name == DISCUSSION and held["category"] == "done":
            continue  # it was closed for that
        after = _state(each, pull_request=item.pull_request)
        mine.append(Change(each.at, held, after))
        held, known = after, each.reason
    if held["status"] == "open" and item.status != "open":
        story.unsure = True
        mine.append(Change(item.state_at, held, now))
    elif item.status == "open" and held["status"] != "open":
        story.gap("was opened again")
    elif mine and held != now:
        if known and not item.pull_request:
            story.gap("got another reason for being closed")
        mine[-1].after = now
    story.changes += mine


def _state(each: Told, *, pull_request: bool) -> Values:
    if each.after == "open":
        return _OPEN
    reason = "unmerged" if pull_request and each.after == "closed" else each.reason
    return {"status": each.after, "category": "done", "resolution": reason}


def _types(story: Story) -> None:
    chain = story.about("type")
    for n, each in enumerate(chain):
        last = n == len(chain) - 1
        after = story.item.type if last else each.after or chain[n + 1].before
        before = each.before or (story.changes[-1].after["type"] if n else None)
        if before is None or after is None:
            story.gap(f"{'lost' if before is None else 'got'} its type")
            return
        if last and each.after and (each.after == NO_TYPE) != (after in (NO_TYPE, PULL)):
            story.gap(f"{'got' if each.after == NO_TYPE else 'lost'} its type")
        story.change(each.at, {"type": before, "level": 0}, {"type": after, "level": 0})


def _parents(story: Story) -> None:
    """The issues it was a sub-issue of, in whatever repository it was then."""
    chain, current = story.about("parent"), story.item.parent_key
    held = chain[0].before if chain else current if story.moved else None
    if held is not None and not story.moved:
        story.gap("got its parent")
    for each, following in zip(chain, [*chain[1:], None], strict=False):
        known = following.before if following else current
        after = None if each.after is None else (known or each.after)
        if after == "":
            story.gap("got its parent")
        story.change(each.at, {"parent_key": held or None}, {"parent_key": after or None})
        held = after
    if held != current:
        story.gap("left its parent" if current is None else "got its parent")


def _arrival(story: Story) -> None:
    """When it came from another repository: nothing of it was here."""
    if story.moved is None:
        return
    tags = set(story.item.tags)
    for change in sorted(story.changes, key=lambda each: each.at, reverse=True):
        tags -= set(change.after.get("tags", ()))
        tags |= set(change.before.get("tags", ()))
    before: Values = {"place": story.came_from, "tags": []}
    after: Values = {"place": story.item.place, "tags": sorted(tags)}
    story.changes.insert(0, Change(story.moved, before, after))

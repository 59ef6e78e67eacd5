"""The dated changes of one issue, from its events and what it is now; pure.

Every field is followed from the issue's creation on. What the issue is now must come out at the
end: GitHub's events are no full record, and where one is missing a sentence says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.work import ItemEvent, WorkItem
from integrations.github.events import Told
from integrations.github.scopes import folded, tag, titled

Values = dict[str, Any]
_OPEN: Values = {"status": "open", "category": "todo", "resolution": None}


@dataclass(frozen=True, slots=True)
class Now:
    """An issue as it is, and the number and title of its milestone."""

    item: WorkItem
    milestone: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Past:
    """What became of an issue, oldest first; ``gaps`` are sentences for what no event tells."""

    events: tuple[ItemEvent, ...]
    gaps: tuple[str, ...] = ()


@dataclass(slots=True)
class _Change:
    """One change under way; what is the same before and after is left out in the end."""

    at: datetime
    before: Values
    after: Values


class _Story:
    """The changes found so far of one issue."""

    def __init__(self, now: Now, told: Sequence[Told], numbers: Mapping[str, str]) -> None:
        self.now, self.item, self.numbers = now, now.item, numbers
        self.told = told
        self.moved = max((each.at for each in told if each.about == "place"), default=None)
        self.changes: list[_Change] = []
        self.gaps: list[str] = []

    def about(self, what: str) -> list[Told]:
        return [each for each in self.told if each.about == what]

    def here(self, what: str) -> list[Told]:
        """Of that, what happened since the issue came to its repository."""
        return [each for each in self.about(what) if not (self.moved and each.at < self.moved)]

    def gap(self, what: str) -> None:
        self.gaps.append(f"GitHub kept no event of when {self.item.key} {what}.")


def past(now: Now, told: Sequence[Told], numbers: Mapping[str, str]) -> Past:
    """The past of an issue; ``numbers`` lead from the titles of milestones to their numbers."""
    story = _Story(now, told, numbers)
    for follow in (_states, _types, _labels, _milestones, _parents):
        follow(story)
    _arrival(story)
    story.changes.sort(key=lambda change: change.at)
    return Past(tuple(_events(story)), tuple(story.gaps))


def _events(story: _Story) -> Iterator[ItemEvent]:
    for change in story.changes:
        before, after = _different(change.before, change.after)
        if before or after:
            external_id = story.item.external_id
            yield ItemEvent(external_id=external_id, at=change.at, before=before, after=after)


def _different(before: Values, after: Values) -> tuple[Values, Values]:
    """The fields that changed; a status always with its category."""
    names = [name for name in after if before[name] != after[name]]
    if "status" in names and "category" not in names:
        names.append("category")
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def _states(story: _Story) -> None:
    """Opened, closed with a reason, merged, opened again."""
    item, held = story.item, _OPEN
    now = {"status": item.status, "category": item.category, "resolution": item.resolution}
    known: str | None = None
    mine: list[_Change] = []
    for each in story.about("state"):
        after = _state(each, pull_request=item.pull_request)
        mine.append(_Change(each.at, held, after))
        held, known = after, each.reason
    if held["status"] == "open" and item.status != "open":
        mine.append(_Change(item.state_at, held, now))
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


def _types(story: _Story) -> None:
    mine = [
        _Change(each.at, {"type": each.before, "level": 0}, {"type": each.after, "level": 0})
        for each in story.about("type")
    ]
    if mine:
        mine[-1].after = {"type": story.item.type, "level": story.item.level}
    for change in mine:
        if change.before["type"] != change.after["type"]:
            story.changes.append(change)


def _labels(story: _Story) -> None:
    """Labels that came and went. One that was deleted since is left out: no scope can name it."""
    now = {folded(name): name for name in story.item.labels}
    held: dict[str, int] = {}
    mine: list[tuple[Told, str]] = []
    for each in story.about("label"):
        name = folded(each.after or each.before or "")
        if each.after and name in held:
            continue
        if each.after:
            held[name] = len(mine)
        elif held.pop(name, None) is None and not story.moved:
            story.gap(f"got the label {each.before}")
        mine.append((each, name))
    lost, found = held.keys() - now.keys(), now.keys() - held.keys()
    if len(lost) == len(found) == 1:  # renamed since
        now[min(lost)] = now[min(found)]
        lost, found = set(), set()
    for name in sorted(found) if not story.moved else ():
        story.gap(f"got the label {now[name]}")
    deleted = {held[name] for name in lost}
    story.changes += [
        _labelled(story, each, now.get(name, each.after or each.before or ""))
        for n, (each, name) in enumerate(mine)
        if n not in deleted
    ]


def _labelled(story: _Story, each: Told, name: str) -> _Change:
    elsewhere = story.moved and each.at < story.moved
    tags = [] if elsewhere else [tag("label", story.item.place, name)]
    values: Values = {"labels": [name], "tags": tags}
    nothing: Values = {"labels": [], "tags": []}
    return _Change(each.at, nothing, values) if each.after else _Change(each.at, values, nothing)


def _milestones(story: _Story) -> None:
    """The milestones it was in. One that is no more has no number, so no scope can name it."""
    chain, now = story.here("milestone"), story.now.milestone
    current = now[0] if now else None
    numbers = dict(story.numbers)
    if chain and chain[-1].after is not None and now:
        numbers[chain[-1].after] = now[0]  # whatever its title was then
    titles = {number: title for title, number in story.numbers.items()} | dict([now] if now else ())

    def tags(number: str | None) -> Values:
        if not number:
            return {"tags": []}
        place = story.item.place
        wide = [titled(place, titles[number])] if titles.get(number) else []
        return {"tags": [tag("milestone", place, number), *wide]}

    held: str | None = None
    if chain and chain[0].before is not None:
        held = numbers.get(chain[0].before, "")
    elif not chain and story.moved:
        held = current
    if held is not None and not story.moved:
        story.gap("got its milestone")
    for each in chain:
        after = None if each.after is None else numbers.get(each.after, "")
        story.changes.append(_Change(each.at, tags(held), tags(after)))
        held = after
    if (held or None) != current:
        story.gap("left its milestone" if current is None else "got its milestone")


def _parents(story: _Story) -> None:
    """The issues it was a sub-issue of."""
    chain, current = story.here("parent"), story.item.parent_key
    held = chain[0].before if chain else current if story.moved else None
    if held is not None and not story.moved:
        story.gap("got its parent")
    for each, following in zip(chain, [*chain[1:], None], strict=False):
        known = following.before if following else current
        after = None if each.after is None else (known or each.after)
        if after == "":
            story.gap("got its parent")
        story.changes.append(
            _Change(each.at, {"parent_key": held or None}, {"parent_key": after or None})
        )
        held = after
    if held != current:
        story.gap("left its parent" if current is None else "got its parent")


def _arrival(story: _Story) -> None:
    """When it came from another repository, which GitHub does not name: nothing of it was here."""
    if story.moved is None:
        return
    tags = set(story.item.tags)
    for change in sorted(story.changes, key=lambda each: each.at, reverse=True):
        tags -= set(change.after.get("tags", ()))
        tags |= set(change.before.get("tags", ()))
    before: Values = {"place": "", "tags": []}
    after: Values = {"place": story.item.place, "tags": sorted(tags)}
    story.changes.insert(0, _Change(story.moved, before, after))

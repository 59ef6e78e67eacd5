"""The milestones an issue was in, from events that tell only what they were called then; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.github.events import Told
from integrations.github.scopes import tag, titled
from integrations.github.story import Now, Story, Values
from integrations.github.titles import GONE, Titles

Called = tuple[str, datetime]
"""A title, and when the milestone was called so."""


@dataclass(slots=True)
class _Stay:
    """One time in a milestone: how its coming and its leaving were told, None where they were
    not; ``ended`` is when it was over."""

    came: Called | None
    left: Called | None = None
    ended: datetime | None = None

    @property
    def called(self) -> list[Called]:
        """Its titles, the last first: the nearer to now, the better they are known."""
        return [each for each in (self.left, self.came) if each is not None]


def learn(now: Now, told: Sequence[Told], titles: Titles) -> None:
    """What an issue shows of titles: its last event of a milestone is of the one it is in."""
    stays = _stays([each for each in told if each.about == "milestone"])
    last = stays[-1] if stays else None
    if now.milestone and last and last.came and last.ended is None:
        title, at = last.came
        if titles.meant(title, at) in (None, GONE, now.milestone[0]):
            titles.learn(title, at, now.milestone[0])


def follow(story: Story) -> None:
    """The milestones it was in since it came to its repository."""
    stays, now = _stays(story.here("milestone")), story.now.milestone
    current = now[0] if now else None
    if not stays:
        if current and not story.moved:
            story.gap("got its milestone")
        return
    if stays[0].came is None and not story.moved:
        story.gap("got its milestone")
    for stay in stays:
        last = stay is stays[-1] and stay.ended is None
        number = _present(story, stay, current) if last else _number(story, stay)
        if stay.came:
            story.change(stay.came[1], _tags(story, None), _tags(story, number))
        if stay.ended:
            story.change(stay.ended, _tags(story, number), _tags(story, None))
    if current and stays[-1].ended is not None:
        story.gap("got its milestone")


def _stays(chain: Sequence[Told]) -> list[_Stay]:
    found: list[_Stay] = []
    for each in chain:
        under_way = found[-1] if found and found[-1].ended is None else None
        if under_way:
            under_way.ended = each.at
        if each.after is not None:
            found.append(_Stay((each.after, each.at)))
            continue
        stay = under_way or _Stay(None, ended=each.at)
        stay.left = (each.before or "", each.at)
        found += [] if under_way else [stay]
    return found


def _present(story: Story, stay: _Stay, current: str | None) -> str:
    """The number of the milestone it came to and was not taken out of."""
    titles = story.known.titles
    meant = titles.meant(*stay.came) if stay.came else None
    if current is None:
        # A milestone that is deleted lets its issues go without a word; a retitled one keeps them.
        named = stay.came is not None and titles.of(meant or "") == stay.came[0]
        if meant and named:
            story.gap("left its milestone")
        return GONE
    if meant not in (None, GONE, current):
        story.gap("got its milestone")
    return current


def _number(story: Story, stay: _Stay) -> str:
    """The number of a milestone it was taken out of again."""
    titles, found = story.known.titles, set[str | None]()
    for called in stay.called:
        found.add(titles.meant(*called))
    sure = {each for each in found if each}
    if len(sure) == 1:
        number = str(sure.pop())
        for title, at in stay.called:
            titles.learn(title, at, number)
        return number
    if GONE in found and not sure:
        return GONE
    story.unclear = True
    story.gaps.append(
        f"GitHub names milestones by the titles they had: no event tells which one was called"
        f" {stay.called[0][0]!r} when {story.item.key} was in it, for it was deleted or has"
        " another title now."
    )
    return GONE


def _tags(story: Story, number: str | None) -> Values:
    if not number:
        return {"tags": []}
    place, title = story.item.place, story.known.titles.of(number)
    now = story.now.milestone
    if now and now[0] == number:
        title = now[1]
    wide = [titled(place, title)] if title else []
    return {"tags": [tag("milestone", place, number), *wide]}

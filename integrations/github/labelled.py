"""The labels an issue had, from events that tell them by name; pure."""

from integrations.github.events import Told
from integrations.github.scopes import folded, tag
from integrations.github.story import Story, Values

_NOTHING: Values = {"labels": [], "tags": []}


def follow(story: Story) -> None:
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
    for n, (each, name) in enumerate(mine):
        if n not in deleted:
            _note(story, each, now.get(name, each.after or each.before or ""))


def _note(story: Story, each: Told, name: str) -> None:
    elsewhere = story.moved and each.at < story.moved
    tags = [] if elsewhere else [tag("label", story.item.place, name)]
    values: Values = {"labels": [name], "tags": tags}
    before, after = (_NOTHING, values) if each.after else (values, _NOTHING)
    story.change(each.at, before, after)

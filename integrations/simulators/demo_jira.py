"""The demo company's Jira: epics and bugs, and how work on them really goes."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from integrations.simulators.demo_content import EPICS, SHELVED, SUBTASKS, Effort
from integrations.simulators.demo_time import Life, Quarter
from integrations.simulators.jira.site import JiraSite

POINTS = (1.0, 2.0, 3.0, 3.0, 5.0, 8.0, None)
FIRST_GUESS = {1.0: 2.0, 2.0: None, 3.0: 5.0, 5.0: 3.0, 8.0: 5.0, None: 1.0}
"""What an item was estimated at before it was looked at again."""

Status = tuple[datetime, str, str | None]
"""From when on, the status, and a resolution."""


def epic(jira: JiraSite, quarter: Quarter, effort: Effort) -> str:
    """One epic with its stories; returns its key."""
    made = quarter.moment(-0.7)
    top = jira.add_issue(effort.place, effort.title, "Epic", at=made, assignee=effort.owner)
    done = quarter.done_of(len(effort.work), effort.pace)
    lives = quarter.lives(len(effort.work), done)
    for number, life in enumerate(lives):
        story = _story(jira, quarter, effort, (number, life, top.key))
        if number % 6 == 2:
            _subtasks(jira, quarter, story, life)
    _shelve(jira, quarter, effort, top.key)
    if done:
        first = min(life.started for life in lives if life.started)
        jira.transition(top.key, "In Progress", at=max(first, made))
    if effort.pace == "finished":
        last = max(life.finished for life in lives if life.finished)
        jira.transition(top.key, "Done", at=last)
    return top.key


def _story(jira: JiraSite, quarter: Quarter, effort: Effort, place: tuple[int, Life, str]) -> str:
    """One story; some were estimated anew, taken up later or came back after they were done."""
    number, life, top = place
    points = quarter.random.choice(POINTS)
    guessed, joined = number % 4 == 1, number % 5 == 3
    key = jira.add_issue(
        effort.place, effort.work[number], "Task" if number % 5 == 4 else "Story", at=life.created,
        parent=None if joined else top, points=FIRST_GUESS[points] if guessed else points,
        assignee=effort.owner, labels=[effort.label] if effort.label else [],
    ).key  # fmt: skip
    waited = life.started or quarter.horizon
    if guessed:
        jira.edit(key, points=points, at=_between(life.created, waited, 0.2))
    if joined:
        begun = quarter.opening if life.created < quarter.opening < waited else life.created
        jira.edit(key, parent=top, at=_between(begun, waited, 0.4))
    back = number % 8 == 4 or (not life.finished and number % 2 == 0)
    _lead(jira, key, _returning(life, quarter.horizon) if back else _straight(life))
    return key


def _shelve(jira: JiraSite, quarter: Quarter, effort: Effort, top: str) -> None:
    """What belonged to the epic until the middle of the time and went elsewhere."""
    title, project = SHELVED.get(effort.name, ("", ""))
    if not title:
        return
    made = quarter.opening - timedelta(days=6)
    key = jira.add_issue(effort.place, title, parent=top, points=5.0, at=made).key
    left = _between(quarter.opening, quarter.horizon, 0.45)
    jira.edit(key, parent=None, at=left)
    if project:
        jira.move(key, project, at=left + timedelta(minutes=1))


def _between(start: datetime, end: datetime, share: float) -> datetime:
    return start + (end - start) * share


def _lead(jira: JiraSite, key: str, statuses: Iterable[Status]) -> None:
    for at, status, resolution in statuses:
        jira.transition(key, status, resolution, at=at)


def _straight(life: Life) -> Iterator[Status]:
    """The life of an item that nothing comes between."""
    if life.started:
        yield life.started, "In Progress", None
    if not life.finished or not life.started:
        return
    if life.end == "dropped":
        yield life.finished, "Done", "Won't Do"
        return
    yield _between(life.started, life.finished, 0.8), "In Review", None
    yield life.finished, "Done", None


def _returning(life: Life, horizon: datetime) -> Iterator[Status]:
    """The life of an item that was done and came back."""
    if not life.started or life.end == "dropped":
        yield from _straight(life)
        return
    end = life.finished or horizon
    yield life.started, "In Progress", None
    yield _between(life.started, end, 0.4), "Done", None
    yield _between(life.started, end, 0.6), "In Progress", None
    if life.finished:
        yield _between(life.started, end, 0.85), "In Review", None
        yield life.finished, "Done", None


def _subtasks(jira: JiraSite, quarter: Quarter, parent: str, life: Life) -> None:
    """Sub-tasks, in the parent's project and dates; the last one of an open parent is open."""
    project = parent.partition("-")[0]
    for number, title in enumerate(SUBTASKS[: quarter.random.randint(2, 4)]):
        part = jira.add_issue(project, title, "Sub-task", parent=parent, at=life.created)
        if life.finished:
            _lead(jira, part.key, _straight(life))
        elif life.started and number == 0:
            jira.transition(part.key, "Done", at=life.started + timedelta(minutes=20))


def _fixer(project: str) -> str:
    """Who takes the bugs of a project: whoever works on its first epic."""
    return next(effort.owner for effort in EPICS if effort.place == project)


def bugs(jira: JiraSite, quarter: Quarter, project: str, titles: tuple[str, ...]) -> None:
    """Bugs open at the start, some fixed since, and a few that came later."""
    old = [*titles, *(f"{title} again" for title in titles)]
    fixed = round(len(old) * 0.7 * quarter.elapsed)
    for number, title in enumerate(old):
        created = quarter.moment(-quarter.random.uniform(0.1, 1.5))
        bug = jira.add_issue(project, title, "Bug", at=created, assignee=_fixer(project))
        if number < fixed:
            finished = quarter.moment((number + 0.7) / (fixed + 0.5))
            began = max(created, finished - timedelta(days=1))
            _lead(jira, bug.key, _straight(Life(created, began, finished, "done")))
    for number in range(round(4 * quarter.elapsed)):
        at = quarter.moment(0.3 + 0.15 * number)
        jira.add_issue(project, f"{titles[number]} after the update", "Bug", at=at)

"""Filling both simulated trackers with a believable company, and its plan for the quarter."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from integrations.simulators import demo_plan
from integrations.simulators.demo_content import (
    BUGS,
    EPICS,
    MILESTONES,
    PROJECTS,
    PULL_REQUESTS,
    REPOSITORIES,
    SUBTASKS,
    Effort,
    Pace,
)
from integrations.simulators.github.site import GithubSite
from integrations.simulators.jira.site import JiraSite

POINTS = (1.0, 2.0, 3.0, 3.0, 5.0, 8.0, None)
BEHIND: dict[Pace, float] = {
    "ahead": -0.06, "on_track": 0.0, "at_risk": 0.15, "off_track": 0.38, "finished": -1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Life:
    """One item's dates; ``end`` is done, dropped or None while it is open."""

    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    end: str | None = None


@dataclass
class Quarter:
    """The quarter today lies in, and moments drawn from what is past of it."""

    today: date
    horizon: datetime
    random: random.Random
    start: date = field(init=False)
    end: date = field(init=False)

    def __post_init__(self) -> None:
        first = 3 * ((self.today.month - 1) // 3) + 1
        self.start = self.today.replace(month=first, day=1)
        beyond = (self.start + timedelta(days=95)).replace(day=1)
        self.end = beyond - timedelta(days=1)

    @property
    def key(self) -> str:
        """``2026-Q4``."""
        return f"{self.start.year}-Q{(self.start.month + 2) // 3}"

    @property
    def elapsed(self) -> float:
        """The share of the quarter that is over."""
        return (self.today - self.start).days / ((self.end - self.start).days + 1)

    @property
    def opening(self) -> datetime:
        """When work began: the first day, or some days ago when that is just now."""
        first = datetime.combine(self.start, time(8), UTC)
        return min(first, self.horizon - timedelta(days=5))

    def done_of(self, total: int, pace: Pace) -> int:
        """How many of so many are finished by today at this pace."""
        return round(total * min(1.0, max(0.0, self.elapsed - BEHIND[pace])))

    def moment(self, share: float) -> datetime:
        """A working hour about that far between opening and now; negative is before."""
        at = self.opening + (self.horizon - self.opening) * share
        if share < 0:
            at = self.opening + timedelta(days=40 * share)
        at -= timedelta(days=max(0, at.weekday() - 4))
        at = at.replace(hour=self.random.randint(8, 16), minute=self.random.randint(0, 59))
        return min(at, self.horizon - timedelta(minutes=30))

    def life(self, place: float, end: str | None, *, started: bool = True) -> Life:
        """An item's life; finished about ``place`` of the way, or still open."""
        late = self.random.random() < 0.15
        created = self.moment(place * 0.5 if late else -self.random.uniform(0.1, 0.6))
        if not started:
            return Life(created)
        finished = max(self.moment(place), created + timedelta(hours=2))
        began = max(finished - timedelta(days=self.random.uniform(1, 7)),
                    created + (finished - created) / 2)  # fmt: skip
        return Life(created, began, finished if end else None, end)

    def lives(self, total: int, done: int) -> list[Life]:
        """The lives of an effort's items: done first, one dropped, some begun, the rest waiting."""
        dropped = 1 if total >= 8 and done < total else 0
        doing = min(2, total - done - dropped)
        lives = [self.life((n + 0.6) / (done + 0.5), "done") for n in range(done)]
        lives += [self.life(0.6, "dropped")] * dropped
        lives += [self.life(0.95, None) for _ in range(doing)]
        lives += [self.life(0.5, None, started=False) for _ in range(total - len(lives))]
        return lives


def fill(jira: JiraSite, github: GithubSite, today: date, seed: int = 7) -> str:
    """Fill both sites with the company's work up to today; returns the quarter's plan as YAML."""
    horizon = min(datetime.combine(today, time(0), UTC), jira.now)
    quarter = Quarter(today, horizon, random.Random(seed))  # noqa: S311
    places: dict[str, str] = {}
    with jira.quiet(), github.quiet(), jira.lock, github.lock:
        for key, name in PROJECTS.items():
            jira.add_project(key, name)
        for epic in EPICS:
            places[epic.name] = _epic(jira, quarter, epic)
        for project, titles in BUGS.items():
            _bugs(jira, quarter, project, titles)
        for repository in REPOSITORIES:
            github.add_repo(repository)
        for effort in MILESTONES:
            places[effort.name] = _milestone(github, quarter, effort)
        _loose(github, quarter)
    return demo_plan.text(quarter.key, quarter.start, quarter.end, places, open_bugs())


def open_bugs() -> dict[str, int]:
    """How many bugs of each project were open when the quarter began."""
    return {project: 2 * len(titles) for project, titles in BUGS.items()}


def _epic(jira: JiraSite, quarter: Quarter, epic: Effort) -> str:
    """One epic with its stories; returns its key."""
    whole = epic.pace == "finished"
    made = quarter.moment(-0.7)
    top = jira.add_issue(epic.place, epic.title, "Epic", at=made, assignee=epic.owner)
    done = quarter.done_of(len(epic.work), epic.pace)
    pairs = list(zip(epic.work, quarter.lives(len(epic.work), done), strict=True))
    for number, (title, life) in enumerate(pairs):
        story = jira.add_issue(
            epic.place, title, "Task" if number % 5 == 4 else "Story", at=life.created,
            parent=top.key, points=quarter.random.choice(POINTS), assignee=epic.owner,
            labels=[epic.label] if epic.label else [],
        )  # fmt: skip
        _live(jira, story.key, life)
        if number % 6 == 2:
            _subtasks(jira, quarter, story.key, life)
    if done:
        first = min(life.started for _, life in pairs if life.started)
        jira.transition(top.key, "In Progress", at=max(first, made))
    if whole:
        last = max(life.finished for _, life in pairs if life.finished)
        jira.transition(top.key, "Done", at=last)
    return top.key


def _live(jira: JiraSite, key: str, life: Life) -> None:
    if life.started:
        jira.transition(key, "In Progress", at=life.started)
    if not life.finished or not life.started:
        return
    if life.end == "dropped":
        jira.transition(key, "Done", "Won't Do", at=life.finished)
        return
    review = life.started + (life.finished - life.started) * 0.8
    jira.transition(key, "In Review", at=review)
    jira.transition(key, "Done", at=life.finished)


def _subtasks(jira: JiraSite, quarter: Quarter, parent: str, life: Life) -> None:
    """Sub-tasks, in the parent's project and dates; the last one of an open parent is open."""
    project = parent.partition("-")[0]
    for number, title in enumerate(SUBTASKS[: quarter.random.randint(2, 4)]):
        part = jira.add_issue(project, title, "Sub-task", parent=parent, at=life.created)
        if life.finished:
            _live(jira, part.key, life)
        elif life.started and number == 0:
            jira.transition(part.key, "Done", at=life.started + timedelta(minutes=20))


def _bugs(jira: JiraSite, quarter: Quarter, project: str, titles: tuple[str, ...]) -> None:
    """Bugs open at the start, some fixed since, and a few that came later."""
    old = [*titles, *(f"{title} again" for title in titles)]
    fixed = round(len(old) * 0.7 * quarter.elapsed)
    for number, title in enumerate(old):
        end = "done" if number < fixed else None
        created = quarter.moment(-quarter.random.uniform(0.1, 1.5))
        bug = jira.add_issue(project, title, "Bug", at=created)
        if end:
            finished = quarter.moment((number + 0.7) / (fixed + 0.5))
            began = max(created, finished - timedelta(days=1))
            _live(jira, bug.key, Life(created, began, finished, end))
    for number in range(round(4 * quarter.elapsed)):
        at = quarter.moment(0.3 + 0.15 * number)
        jira.add_issue(project, f"{titles[number]} after the update", "Bug", at=at)


def _milestone(github: GithubSite, quarter: Quarter, effort: Effort) -> str:
    """One milestone with issues and pull requests; returns ``owner/repo/number``."""
    made = quarter.moment(-0.7)
    number = github.add_milestone(effort.place, effort.title, due_on=quarter.end, at=made)
    done = quarter.done_of(len(effort.work), effort.pace)
    lives = quarter.lives(len(effort.work), done)
    for title, life in sorted(zip(effort.work, lives, strict=True), key=lambda one: one[1].created):
        issue = github.add_issue(effort.place, title, number, ["feature"], at=life.created)
        if life.finished and life.end == "dropped":
            github.close(effort.place, issue, "not_planned", at=life.finished)
        elif life.finished and life.started:
            pull = github.add_issue(effort.place, f"{title}: the change", number,
                                    pull_request=True, at=life.started)  # fmt: skip
            github.close(effort.place, pull, merged=True, at=life.finished)
            github.close(effort.place, issue, at=life.finished)
        elif life.started:
            github.edit(effort.place, issue, labels=["feature", "in progress"], at=life.started)
    return f"{effort.place}/{number}"


def _loose(github: GithubSite, quarter: Quarter) -> None:
    """Work without a milestone: bugs, and pull requests merged, open or thrown away."""
    for repository in REPOSITORIES:
        for number, title in enumerate(PULL_REQUESTS):
            at = quarter.moment(0.2 * number)
            pull = github.add_issue(repository, title, pull_request=True, at=at)
            if number < 3:
                later = min(at + timedelta(hours=20), quarter.horizon)
                github.close(repository, pull, merged=number != 1, at=later)
        for number in range(6):
            at = quarter.moment(-0.5 + 0.2 * number)
            bug = github.add_issue(repository, f"Bug report {number + 1}", labels=["bug"], at=at)
            if number < round(5 * quarter.elapsed):
                later = min(at + timedelta(days=4), quarter.horizon)
                github.close(repository, bug, "duplicate" if number == 1 else "completed", at=later)

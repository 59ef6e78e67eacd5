"""Filling both simulated trackers with a believable company, and its plan for the quarter."""

import random
from datetime import UTC, date, datetime, time, timedelta

from integrations.simulators import demo_jira, demo_plan
from integrations.simulators.demo_content import (
    BUGS,
    EPICS,
    MILESTONES,
    PROJECTS,
    PULL_REQUESTS,
    REPOSITORIES,
    Effort,
)
from integrations.simulators.demo_time import Quarter
from integrations.simulators.github.site import GithubSite
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.values import user


def fill(jira: JiraSite, github: GithubSite, today: date, seed: int = 7) -> str:
    """Fill both sites with the company's work up to today; returns the quarter's plan as YAML."""
    horizon = min(datetime.combine(today, time(0), UTC), jira.now)
    quarter = Quarter(today, horizon, random.Random(seed))  # noqa: S311
    places: dict[str, str] = {}
    with jira.quiet(), github.quiet(), jira.lock, github.lock:
        for key, name in PROJECTS.items():
            jira.add_project(key, name)
        for epic in EPICS:
            places[epic.name] = demo_jira.epic(jira, quarter, epic)
        for project, titles in BUGS.items():
            demo_jira.bugs(jira, quarter, project, titles)
        for repository in REPOSITORIES:
            github.add_repo(repository)
        for effort in MILESTONES:
            places[effort.name] = _milestone(github, quarter, effort)
        _loose(github, quarter)
    span = quarter.key, quarter.start, quarter.end
    return demo_plan.text(*span, places | _accounts(jira), open_bugs())


def login(name: str) -> str:
    """Somebody's account at the simulated GitHub."""
    return name.lower().replace(" ", "-")


def _accounts(jira: JiraSite) -> dict[str, str]:
    """The accounts of the engineers at the simulated Jira, as the plan calls them."""
    owners = sorted({effort.owner for effort in EPICS})
    known = {login(name).replace("-", "_"): user(jira, name) for name in owners}
    return {name: each.get("accountId") or each["name"] for name, each in known.items()}


def open_bugs() -> dict[str, int]:
    """How many bugs of each project were open when the quarter began."""
    return {project: 2 * len(titles) for project, titles in BUGS.items()}


def _milestone(github: GithubSite, quarter: Quarter, effort: Effort) -> str:
    """One milestone with issues and pull requests; returns ``owner/repo/number``."""
    made = quarter.moment(-0.7)
    number = github.add_milestone(effort.place, effort.title, due_on=quarter.end, at=made)
    done = quarter.done_of(len(effort.work), effort.pace)
    lives = quarter.lives(len(effort.work), done)
    for title, life in sorted(zip(effort.work, lives, strict=True), key=lambda one: one[1].created):
        issue = github.add_issue(effort.place, title, number, ["feature"], at=life.created)
        if effort.owner:
            github.edit(effort.place, issue, assignees=[login(effort.owner)], at=life.created)
        if life.finished and life.end == "dropped":
            github.close(effort.place, issue, "not_planned", at=life.finished)
        elif life.finished and life.started:
            github.edit(effort.place, issue, labels=["feature", "in progress"], at=life.started)
            pull = github.add_issue(effort.place, f"{title}: the change", number,
                                    pull_request=True, at=life.started)  # fmt: skip
            github.close(effort.place, pull, merged=True, at=life.finished)
            github.edit(effort.place, issue, labels=["feature"], at=life.finished)
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

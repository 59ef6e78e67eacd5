"""Loading recorded answers, so that the site shows them as they were."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrations.simulators.github import shapes
from integrations.simulators.github.state import Item, Repo, State


def load(state: State, folder: Path) -> None:
    """Take over every recorded issue, milestone and event of a folder."""
    issues = _read(folder / "issues.json")
    for answer in issues:
        name = answer["repository_url"].partition("/repos/")[2]
        repo = state.repos.get(name.lower()) or _new(state, name)
        number = (answer.get("milestone") or {}).get("number")
        repo.items[answer["number"]] = Item(name, answer, number)
        repo.last = max(repo.last, answer["number"])
        repo.labels |= {label["name"]: label for label in answer["labels"]}
        state.next_id = max(state.next_id, answer["id"])
        if number is not None:
            _milestone(repo, answer["milestone"])
    recorded = {one["number"]: one for one in _read(folder / "milestones.json")}
    for repo in list(state.repos.values()):
        for number in set(recorded) & set(repo.milestones):
            del repo.milestones[number]
            _milestone(repo, recorded[number])
    _events(state, _read(folder / "events.json"))


def _read(path: Path) -> list[Any]:
    found: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def _new(state: State, name: str) -> Repo:
    repo = Repo(shapes.repository(name, state.new_id(), datetime(2020, 1, 1, tzinfo=UTC)))
    state.repos[name.lower()] = repo
    return repo


def _milestone(repo: Repo, answer: dict[str, Any]) -> None:
    """Keep the milestone under this repository; what it counted beyond our items stays counted."""
    number = answer["number"]
    if number in repo.milestones:
        return
    made = shapes.milestone(repo.name, number, 0, "", datetime.now(UTC))
    own = {name: made[name] for name in ("url", "html_url", "labels_url")}
    repo.milestones[number] = answer | own
    repo.counters[number] = (0, 0)


def _events(state: State, answers: list[Any]) -> None:
    for answer in sorted(answers, key=lambda one: (one["created_at"], one["id"])):
        name = answer["url"].partition("/repos/")[2].partition("/issues/")[0]
        repo = state.repos.get(name.lower())
        number = answer["issue"]["number"]
        known = repo is None or number in repo.items
        event = {key: value for key, value in answer.items() if not (known and key == "issue")}
        if repo and event["id"] not in [one["id"] for _, one in repo.events]:
            repo.events.append((number, event))
        state.next_id = max(state.next_id, answer["id"])
    for repo in state.repos.values():
        _settle(repo)


def _settle(repo: Repo) -> None:
    for number, milestone in repo.milestones.items():
        if "open_issues" not in milestone:
            continue
        repo.counters[number] = (0, 0)
        counted = repo.shown_milestone(number) or {}
        repo.counters[number] = (
            milestone["open_issues"] - counted["open_issues"],
            milestone["closed_issues"] - counted["closed_issues"],
        )

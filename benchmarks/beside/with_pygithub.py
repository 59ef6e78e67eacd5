"""PyGithub's own list with ``since``, as its users write it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from github import Auth, Github

from benchmarks.beside.kept import REPO, Run, keep, told


def read(run: Run) -> int:
    return keep(run, _issues(run))


def _issues(run: Run) -> Iterator[tuple[str, str, Any]]:
    client = Github(auth=Auth.Token(run.token), base_url=f"{run.url}/api/v3", per_page=100)
    asked: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc"}
    if latest := run.since():
        asked["since"] = datetime.fromisoformat(latest)
    for issue in client.get_repo(REPO, lazy=True).get_issues(**asked):
        yield str(issue.id), issue.updated_at.isoformat(), _picked(issue)


def _picked(issue: Any) -> list[Any]:
    """Without the fields that cost a call each."""
    stage, person = issue.milestone, issue.assignee
    return [
        issue.number, issue.title, issue.state, issue.state_reason, str(issue.created_at),
        str(issue.closed_at), issue.html_url, stage and stage.number, person and person.login,
        [each.name for each in issue.labels],
    ]  # fmt: skip


if __name__ == "__main__":
    told(read)

"""Perceval's backends with ``from_date``; what it yields is kept in one table."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from perceval.backends.core.github import GitHub
from perceval.backends.core.jira import Jira

from benchmarks.beside.kept import MAIL, PROJECT, REPO, Run, keep, told

# Not Perceval's own 1970: in our simulator's JQL zero is no moment.
BEGINNING = "1980-01-01T00:00:00+00:00"


def read(run: Run) -> int:
    return keep(run, _issues(run))


def _issues(run: Run) -> Iterator[tuple[str, str, Any]]:
    since = datetime.fromisoformat(run.since() or BEGINNING)
    for found in _backend(run).fetch(from_date=since):
        issue = found["data"]
        updated = issue.get("updated_at") or issue["fields"]["updated"]
        yield str(issue["id"]), updated, issue


def _backend(run: Run) -> Any:
    if run.tracker == "github":
        owner, _, name = REPO.partition("/")
        return GitHub(owner, name, api_token=[run.token], base_url=run.url)
    user = MAIL if run.tracker == "cloud" else None
    return Jira(run.url, project=PROJECT, user=user, api_token=run.token)


if __name__ == "__main__":
    told(read)

"""The jira package's own search, of the needed fields and of what changed since."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jira import JIRA

from benchmarks.beside.kept import FIELDS, MAIL, PROJECT, Run, keep, told


def read(run: Run) -> int:
    return keep(run, _issues(run))


def _issues(run: Run) -> Iterator[tuple[str, str, Any]]:
    jql = f"project = {PROJECT}"
    if latest := run.since():
        jql += f" AND updated >= {int(datetime.fromisoformat(latest).timestamp() * 1000)}"
    jql += " ORDER BY updated ASC"
    if run.tracker == "cloud":
        client = JIRA(run.url, basic_auth=(MAIL, run.token))
        found = client.enhanced_search_issues(jql, maxResults=0, fields=FIELDS)
    else:
        client = JIRA(run.url, token_auth=run.token)
        found = client.search_issues(jql, maxResults=0, fields=FIELDS)
    for issue in found:
        yield issue.id, issue.fields.updated, issue.raw["fields"]


if __name__ == "__main__":
    told(read)

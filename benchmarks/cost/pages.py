"""The bare loop over GitHub's issues: page by page as the links lead, picked and upserted."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import requests

from benchmarks.cost.repositories import TOKEN

COLUMNS = (
    "id", "number", "title", "state", "reason", "closed", "created", "updated", "url", "type",
    "pull", "parent", "assignee", "labels", "milestone", "milestone_title", "repository",
)  # fmt: skip
_UPSERT = (
    f"INSERT INTO issue ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
)


def one_by_one(url: str, repo: str, home: Path) -> int:
    """A page after the other, over one connection, in one transaction."""
    home.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(home / "bare.db", isolation_level=None)
    for each in ("journal_mode = WAL", "synchronous = FULL"):
        base.execute(f"PRAGMA {each}")
    base.execute(f"CREATE TABLE IF NOT EXISTS issue ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
    base.execute("BEGIN IMMEDIATE")
    with requests.Session() as session:
        for page in _pages(session, url, repo):
            base.executemany(_UPSERT, [_picked(issue, repo) for issue in page])
    base.execute("COMMIT")
    (count,) = base.execute("SELECT count(*) FROM issue").fetchone()
    base.close()
    return int(count)


def _pages(session: requests.Session, url: str, repo: str) -> Iterator[list[Any]]:
    session.headers.update({"Authorization": f"token {TOKEN}"})
    asked = "state=all&sort=updated&direction=asc&per_page=100"
    following: str | None = f"{url}/api/v3/repos/{repo}/issues?{asked}"
    while following:
        answer = session.get(following, timeout=60)
        answer.raise_for_status()
        yield orjson.loads(answer.content)
        following = answer.links.get("next", {}).get("url")


def _picked(issue: Any, repo: str) -> tuple[Any, ...]:
    stage, pull = issue["milestone"] or {}, issue.get("pull_request")
    return (
        issue["id"], issue["number"], issue["title"], issue["state"], issue["state_reason"],
        issue["closed_at"], issue["created_at"], issue["updated_at"], issue["html_url"],
        (issue.get("type") or {}).get("name"), pull is not None, issue.get("parent_issue_url"),
        (issue["assignee"] or {}).get("login"),
        ",".join(each["name"] for each in issue["labels"]),
        stage.get("number"), stage.get("title"), repo,
    )  # fmt: skip

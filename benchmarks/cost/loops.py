"""The bare loops that Worklift is measured against: what one would write by hand to fill a table.

They page, parse with orjson, pick the fields and upsert in one transaction; nothing else.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import requests

from benchmarks.cost.site import MAIL, POINTS, TOKEN, Site

FIELDS = [
    "summary", "status", "issuetype", "created", "updated", "resolution", "project", "parent",
    "assignee", "labels", "fixVersions", "components", "resolutiondate",
    "statuscategorychangedate", POINTS,
]  # fmt: skip
COLUMNS = (
    "id", "key", "title", "status", "category", "type", "level", "created", "updated",
    "resolution", "place", "parent_id", "parent_key", "assignee", "labels", "versions",
    "components", "resolved", "moved", "points",
)  # fmt: skip
JQL = "project = PLAT ORDER BY created ASC, id ASC"
ABREAST = 8
_UPSERT = (
    f"INSERT INTO issue ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
)


def one_by_one(site: Site, home: Path) -> int:
    """A page after the other, over one connection."""
    with requests.Session() as session:
        pages = _pages(session, site) if site.deployment == "cloud" else _numbered(session, site)
        return _keep(pages, home)


def eight_abreast(site: Site, home: Path) -> int:
    """Cloud: ids in big pages, then the issues 100 at a time, eight calls at a time. Data Center:
    pages of 1,000, eight at a time."""
    with requests.Session() as session, ThreadPoolExecutor(ABREAST) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=ABREAST))
        if site.deployment == "cloud":
            ids = list(_ids(session, site))
            parts = [ids[first : first + 100] for first in range(0, len(ids), 100)]
            return _keep(pool.map(lambda part: _bulk(session, site, part), parts), home)
        first = _numbered_page(session, site, 0)
        starts = range(len(first["issues"]), first["total"], len(first["issues"]) or 1)
        rest = pool.map(lambda start: _numbered_page(session, site, start)["issues"], starts)
        return _keep(_before(first["issues"], rest), home)


def _before(first: list[Any], rest: Iterable[list[Any]]) -> Iterator[list[Any]]:
    yield first
    yield from rest


def _keep(pages: Iterable[list[Any]], home: Path) -> int:
    home.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(home / "bare.db", isolation_level=None)
    for each in ("journal_mode = WAL", "synchronous = FULL"):
        base.execute(f"PRAGMA {each}")
    base.execute(f"CREATE TABLE IF NOT EXISTS issue ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
    base.execute("BEGIN IMMEDIATE")
    for page in pages:
        base.executemany(_UPSERT, [_picked(issue) for issue in page])
    base.execute("COMMIT")
    (count,) = base.execute("SELECT count(*) FROM issue").fetchone()
    base.close()
    return int(count)


def _picked(issue: Any) -> tuple[Any, ...]:
    fields = issue["fields"]
    status, kind, parent = fields["status"], fields["issuetype"], fields.get("parent") or {}
    return (
        issue["id"], issue["key"], fields["summary"], status["name"],
        status["statusCategory"]["key"], kind["name"], kind.get("hierarchyLevel"),
        fields["created"], fields["updated"], (fields["resolution"] or {}).get("name"),
        fields["project"]["key"], parent.get("id"), parent.get("key"),
        (fields["assignee"] or {}).get("accountId"), ",".join(fields["labels"]),
        ",".join(each["name"] for each in fields["fixVersions"]),
        ",".join(each["name"] for each in fields["components"]),
        fields["resolutiondate"], fields.get("statuscategorychangedate"), fields.get(POINTS),
    )  # fmt: skip


def _pages(session: requests.Session, site: Site) -> Iterator[list[Any]]:
    body: dict[str, Any] = {"jql": JQL, "maxResults": 100, "fields": FIELDS}
    while True:
        found = _post(session, site, "3/search/jql", body)
        yield found["issues"]
        if found.get("isLast") or not found.get("nextPageToken"):
            return
        body["nextPageToken"] = found["nextPageToken"]


def _ids(session: requests.Session, site: Site) -> Iterator[str]:
    body: dict[str, Any] = {"jql": JQL, "maxResults": 5000, "fields": ["id"]}
    while True:
        found = _post(session, site, "3/search/jql", body)
        yield from (issue["id"] for issue in found["issues"])
        if found.get("isLast") or not found.get("nextPageToken"):
            return
        body["nextPageToken"] = found["nextPageToken"]


def _bulk(session: requests.Session, site: Site, ids: list[str]) -> list[Any]:
    body = {"issueIdsOrKeys": ids, "fields": FIELDS}
    issues: list[Any] = _post(session, site, "3/issue/bulkfetch", body)["issues"]
    return issues


def _numbered(session: requests.Session, site: Site) -> Iterator[list[Any]]:
    start = 0
    while True:
        found = _numbered_page(session, site, start)
        yield found["issues"]
        start += len(found["issues"])
        if start >= found["total"]:
            return


def _numbered_page(session: requests.Session, site: Site, start: int) -> Any:
    body = {"jql": JQL, "startAt": start, "maxResults": 1000, "fields": FIELDS}
    return _post(session, site, "2/search", body)


def _post(session: requests.Session, site: Site, path: str, body: dict[str, Any]) -> Any:
    is_cloud = site.deployment == "cloud"
    answer = session.post(
        f"{site.url}/rest/api/{path}",
        json=body,
        auth=(MAIL, TOKEN) if is_cloud else None,
        headers={} if is_cloud else {"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
    )
    answer.raise_for_status()
    return orjson.loads(answer.content)

"""What every program beside Worklift is given and tells; only the standard library.

Each is called with its folder, the tracker (github, cloud, data_center) and its address.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

MAIL, REPO, PROJECT = "admin@example.com", "acme/part-0", "PLAT"
TOKENS = {"github": "github-token", "cloud": "token", "data_center": "token"}
FIELDS = [
    "summary", "status", "issuetype", "created", "updated", "resolution", "project", "parent",
    "assignee", "labels", "fixVersions", "components", "resolutiondate",
    "statuscategorychangedate", "customfield_10016",
]  # fmt: skip


class Run(NamedTuple):
    """One run of a program."""

    folder: Path
    tracker: str
    url: str

    @property
    def token(self) -> str:
        return TOKENS[self.tracker]

    def since(self) -> str | None:
        """What the last run wrote down: the latest change it saw."""
        place = self.folder / "since"
        return place.read_text("utf-8") if place.exists() else None


def keep(run: Run, issues: Iterable[tuple[str, str, Any]]) -> int:
    """Upsert (id, updated, content) into one table, and write the latest change down."""
    base = sqlite3.connect(run.folder / "issues.db", isolation_level=None)
    for each in ("journal_mode = WAL", "synchronous = FULL"):
        base.execute(f"PRAGMA {each}")
    base.execute("CREATE TABLE IF NOT EXISTS issue (id PRIMARY KEY, updated, content)")
    base.execute("BEGIN IMMEDIATE")
    count, latest = 0, run.since() or ""
    for key, updated, content in issues:
        base.execute(
            "INSERT INTO issue VALUES (?, ?, ?) ON CONFLICT (id)"
            " DO UPDATE SET updated = excluded.updated, content = excluded.content",
            (key, updated, json.dumps(content)),
        )
        count, latest = count + 1, max(latest, updated)
    base.execute("COMMIT")
    base.close()
    if latest:
        (run.folder / "since").write_text(latest, "utf-8")
    return count


def told(read: Callable[[Run], int]) -> None:
    """Run a program: how many issues it read, and the peak of its own memory in KiB (Linux)."""
    folder, tracker, url = sys.argv[1:]
    run = Run(Path(folder), tracker, url)
    run.folder.mkdir(parents=True, exist_ok=True)
    count = read(run)
    status = Path("/proc/self/status").read_text("ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0])
    (run.folder / "told.json").write_text(json.dumps({"items": count, "peak": peak}), "utf-8")

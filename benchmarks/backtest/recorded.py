"""Histories rebuilt from recorded issue lists: when each issue was created and finished.

A list is a JSON file with issues as Jira or GitHub answered, read only. Every fourth week begins
a quarter whose scope is what was open then and what was created in it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.backtest.shares import QUARTER
from connector.forecast import Week

WEEK = timedelta(weeks=1)
FEWEST = 5
DROPPED = {"won't do", "won't fix", "duplicate", "cannot reproduce", "declined"}
DROPPED |= {"incomplete", "rejected", "cancelled", "not_planned"}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """When an issue was created and finished, and the scope it belongs to."""

    scope: str
    created: datetime
    finished: datetime | None


def recorded(folder: Path) -> dict[str, list[list[Week]]]:
    """Scope → its quarters, from every ``issues*.json`` in the folder and below it."""
    lives: dict[str, list[Life]] = defaultdict(list)
    for path in sorted(folder.rglob("issues*.json")):
        for life in _lives(json.loads(path.read_text("utf-8"))):
            lives[life.scope].append(life)
    return {scope: list(_quarters(each)) for scope, each in lives.items()}


def _lives(listed: Any) -> Iterator[Life]:
    """The issues of a list; what is no list of issues has none."""
    issues = listed.get("issues", ()) if isinstance(listed, dict) else listed
    for issue in issues:
        life = None
        if "created" in issue.get("fields", ()):
            life = _jira(issue)
        elif "created_at" in issue:
            life = _github(issue)
        if life:
            yield life


def _jira(issue: Json) -> Life | None:
    fields = issue["fields"]
    resolution = (fields.get("resolution") or {}).get("name", "")
    if fields["issuetype"].get("subtask") or resolution.casefold() in DROPPED:
        return None
    return Life(
        f"Jira project {fields['project']['key']}",
        datetime.fromisoformat(fields["created"]),
        _instant(fields.get("resolutiondate")),
    )


def _github(issue: Json) -> Life | None:
    if issue.get("pull_request") or issue.get("state_reason") in DROPPED:
        return None
    milestone = issue.get("milestone")
    place = issue["url"].partition("/repos/")[2].partition("/issues/")[0]
    scope = f"GitHub {place}" + (f" milestone {milestone['number']}" if milestone else "")
    return Life(scope, datetime.fromisoformat(issue["created_at"]), _instant(issue["closed_at"]))


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _quarters(lives: list[Life]) -> Iterator[list[Week]]:
    """Every quarter of the scope's life with some work in it, whole ones only."""
    start = min(life.created for life in lives)
    last = max(life.finished or life.created for life in lives)
    while start + QUARTER * WEEK <= last:
        scope = [life for life in lives if not life.finished or life.finished > start]
        weeks = [_standing(scope, start + WEEK * week) for week in range(QUARTER + 1)]
        if weeks[4].total >= FEWEST:
            yield weeks
        start += 4 * WEEK


def _standing(lives: list[Life], at: datetime) -> Week:
    known = [life for life in lives if life.created <= at]
    done = sum(1 for life in known if life.finished and life.finished <= at)
    return Week(float(done), float(len(known)))

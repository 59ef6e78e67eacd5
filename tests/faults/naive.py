"""What the numbers should be, counted from a simulator's own state by the simplest code there is.

It shares nothing with what it checks: no scope, no mapping, no ledger. It knows the kinds of scopes
and the measures that the companies of these tests use.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.simulators.jira import words

POINTS = ("customfield_10016", "customfield_10036")
DROPPED = ("Won't Do", "Won't Fix", "Duplicate", "Cannot Reproduce", "Declined")


@dataclass(frozen=True, slots=True)
class Thing:
    """One item as a tracker has it, by the tracker's immutable id."""

    ident: str
    key: str
    status: str
    done: bool
    dropped: bool
    points: float | None
    tags: frozenset[str]


def things(tracker: str, site: Any) -> dict[str, Thing]:
    """All items of a tracker by id, each tagged with the scopes it lies in."""
    found = _jira(site) if tracker == "jira" else _github(site)
    return {each.ident: each for each in found}


def _jira(site: Any) -> Iterable[Thing]:
    for issue in site.issues.values():
        fields = issue.fields
        resolution = (fields["resolution"] or {}).get("name")
        done = fields["status"]["statusCategory"]["key"] == "done"
        project = fields["project"]["key"]
        tags = {f"project:{project}", *(f"label:{project}/{name}" for name in fields["labels"])}
        if project == "PLAT" and fields["issuetype"]["name"] == "Bug":
            tags.add("jql:project = PLAT AND type = Bug")
        tags |= {f"sprint:{each['id']}" for each in fields.get(words.SPRINT) or ()}
        above = site.issues.get(issue.parent_id)
        tags |= {f"epic:{above.key}"} if above else set()
        sized = [fields[name] for name in POINTS if fields.get(name) is not None]
        yield Thing(
            issue.id, issue.key, fields["status"]["name"], done, done and resolution in DROPPED,
            sized[0] if sized else None, frozenset(tags),
        )  # fmt: skip


def _github(site: Any) -> Iterable[Thing]:
    for repo in site.repos.values():
        for number, item in repo.items.items():
            fields, name = item.fields, repo.name
            done = fields["state"] == "closed"
            tags = {f"repo:{name}", *(f"label:{name}/{each['name']}" for each in fields["labels"])}
            if item.milestone is not None:
                tags.add(f"milestone:{name}/{item.milestone}")
            yield Thing(
                str(fields["id"]), f"{name}#{number}", fields["state"], done,
                done and fields["state_reason"] == "not_planned", None, frozenset(tags),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """What a link should read."""

    done: float | None
    total: float | None
    value: float | None
    items: int


def counted(link: Any, found: Mapping[str, Thing]) -> Counted:
    """The reading of a link (its stored row) over all items of its tracker."""
    scope, measure = f"{link.kind}:{link.today or link.value}", link.rule["measure"]
    inside = [each for each in found.values() if scope in each.tags]
    sizes = [
        ((each.points or 0.0) if measure["of"] == "points" else 1.0, each.done)
        for each in inside
        if not each.dropped
    ]
    done, total = sum(size for size, is_done in sizes if is_done), sum(size for size, _ in sizes)
    if measure["aggregate"] is not None:
        return Counted(None, None, float(len(sizes)), len(inside))
    return Counted(done, total, done / total if total else None, len(inside))

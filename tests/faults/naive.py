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

SIZED = "acme/1"
"""The board that says how big its items are."""


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
    boards: frozenset[str] = frozenset()
    """Where it lies on boards: the project and the status it has there, if any."""
    estimate: float | None = None
    """How big a board says it is."""


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
            cards = dict(_cards(site, item))
            tags |= {f"project:{place}" for place in _places(site, item, cards)}
            size = cards[SIZED].values.get("Estimate") if SIZED in cards else None
            yield Thing(
                str(fields["id"]), f"{name}#{number}", fields["state"], done,
                done and fields["state_reason"] == "not_planned", None, frozenset(tags),
                frozenset(f"{place} {card.values.get('Status', '')}".strip().lower()
                          for place, card in cards.items()), size,
            )  # fmt: skip


def _cards(site: Any, item: Any) -> Iterable[tuple[str, Any]]:
    """The cards of an item, by the projects they lie on."""
    for (owner, number), project in site.boards.projects.items():
        for card in project.cards:
            if card.item is item:
                yield f"{owner}/{number}", card


def _places(site: Any, item: Any, cards: Mapping[str, Any]) -> Iterable[str]:
    """The scopes of projects an item lies in."""
    yield from cards
    if "acme/1" in cards:
        values = cards["acme/1"].values
        if values.get("Status") in ("In Progress", "Done"):
            yield "acme/1?Status=In Progress,Done"
        if values.get("Estimate", 0) >= 3 and item.repo == "acme/api":
            yield "acme/1?Estimate>=3&Repository=acme/api"
        field, today = site.boards.projects["acme", 1].fields["Day"], site.now.date().isoformat()
        for day in field["configuration"]["iterations"]:
            if (day["title"]["raw"], day["start_date"]) == (values.get("Day"), today):
                yield "acme/1?Day=@current"
    if "acme/2" in cards and cards["acme/2"].values.get("Status") != "Done":
        yield "acme/2?Status!=Done"


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
        (1.0 if measure["of"] == "count" else each.points or each.estimate or 0.0, each.done)
        for each in inside
        if not each.dropped
    ]
    done, total = sum(size for size, is_done in sizes if is_done), sum(size for size, _ in sizes)
    if measure["aggregate"] is not None:
        return Counted(None, None, float(len(sizes)), len(inside))
    return Counted(done, total, done / total if total else None, len(inside))

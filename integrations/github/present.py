"""Issues as they are now, where a history is to end: many by the list, the rest alone."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from connector.errors import BadReading
from integrations.github.client import GitHubClient
from integrations.github.fetching import one
from integrations.github.reading import Place, milestone_of, named, work_item
from integrations.github.scopes import folded, milestone
from integrations.github.story import Now
from integrations.github.titles import Milestone
from integrations.kit.abreast import abreast
from integrations.kit.apart import alone
from integrations.kit.fields import Fields

Scope = tuple[str, str]


def present(client: GitHubClient, repo: str, numbers: Sequence[str]) -> dict[str, Now | str]:
    """The issues of a repository by number, or why one cannot be understood; what is not there is
    left out. The list is never read further than reading them one by one would take."""
    wanted = set(numbers)
    found: dict[str, Now | str] = {}
    place = Place(repo, client.web, client.witness)
    asked = {"state": "all", "sort": "updated", "direction": "desc"}
    most = len(wanted) // 2
    for page in islice(client.listing(f"/repos/{repo}/issues", asked) if most else (), most):
        for issue in page:
            number = str(issue.get("number")) if isinstance(issue, dict) else ""
            if number in wanted:
                found[number] = _now(issue, place)
        if found.keys() == wanted:
            break
    rest = sorted(wanted - found.keys())
    for number, issue in abreast(
        lambda number: (number, one(client, repo, number)), rest, width=client.width
    ):
        if issue is not None:
            found[number] = _now(issue, place)
    return found


def linked(
    repo: str, known: Iterable[Milestone], scopes: Collection[Scope]
) -> frozenset[str] | None:
    """The numbers of the milestones that links read, None where it is not known what they read."""
    if not scopes:
        return None
    named = [milestone(value) for kind, value in scopes if kind == "milestone"]
    wide = f"{repo.partition('/')[0]}/*"
    titles = {folded(title) for place, title in named if place == wide}
    mine = {number for place, number in named if place == repo}
    return frozenset(mine | {each.number for each in known if folded(each.title) in titles})


def _now(issue: dict[str, Any], place: Place) -> Now | str:
    node = issue.get("node_id")
    try:
        item = alone(lambda: work_item(issue, place), named(issue, place))
        return Now(item, milestone_of(Fields(issue)), node if isinstance(node, str) else "")
    except BadReading as error:
        return f"{error}."

"""Single issues by number; what is gone is told as missing, with what became of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from connector.errors import AccessDenied, Gone
from connector.work import Ref, WorkItem
from integrations.github.client import GitHubClient
from integrations.github.judgement import Judge, Verdict
from integrations.github.places import repository_of
from integrations.github.reading import Place, page
from integrations.github.repositories import shown
from integrations.github.scopes import issue_key
from integrations.github.whereabouts import ELSEWHERE, Met, met
from integrations.kit.abreast import abreast
from integrations.tracker import Fetched, Unreadable

_MOST, _MANY = 100, 10
_Named = tuple[str, str]


def fetch(client: GitHubClient, refs: Sequence[Ref], home: str = "") -> Fetched:
    """At most 100 refs; GitHub reads by number only, so a ref needs its key.

    Many of one repository are looked for in the list of what changed last, since that is why they
    are asked for; the others are read one by one, side by side. Raises when the repository
    ``home``, whose source asks, is out of sight itself: then nothing is said of its issues. Those
    of another one are hidden.
    """
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    named = {ref: name for ref in refs if (name := issue_key(ref.key))}
    answers = _answers(client, set(named.values()))
    judge = Judge(client, home)
    verdicts = {ref: judge.of(ref, name, answers[name]) for ref, name in named.items()}
    items, unreadable = _read(client, verdicts)
    unreadable += [_unnamed(ref) for ref in refs if ref not in named]
    lost = {ref: each for ref, each in verdicts.items() if each.issue is None}
    return Fetched(
        tuple(items),
        tuple(lost),
        tuple(unreadable),
        why={ref: each.why for ref, each in lost.items() if each.why},
        hidden=frozenset(ref for ref, each in lost.items() if each.hidden),
        moved={"#".join(named[ref]): each.moved for ref, each in lost.items() if each.moved},
    )


def _read(
    client: GitHubClient, verdicts: Mapping[Ref, Verdict]
) -> tuple[list[WorkItem], list[Unreadable]]:
    items: list[WorkItem] = []
    unreadable: list[Unreadable] = []
    for each in verdicts.values():
        if each.issue is not None:
            read = page([each.issue], Place(each.place, client.web, client.witness))
            items += read.items
            unreadable += read.unreadable
    return items, unreadable


def _answers(client: GitHubClient, wanted: set[_Named]) -> dict[_Named, Met]:
    """What asking for these issues came to."""
    found: dict[_Named, Met] = {}
    places: dict[str, set[str]] = defaultdict(set)
    for repo, number in wanted:
        places[repo].add(number)
    for repo, numbers in places.items():
        found |= _listed(client, repo, numbers) if len(numbers) >= _MANY else {}

    def ask(named: _Named) -> tuple[_Named, Met]:
        return named, met(client, *named)

    return found | dict(abreast(ask, sorted(wanted - found.keys()), width=client.width))


def _listed(client: GitHubClient, repo: str, numbers: set[str]) -> dict[_Named, Met]:
    """Those of them that changed last, in a tenth of the calls that one by one would take."""
    asked = {"state": "all", "sort": "updated", "direction": "desc"}
    found: dict[_Named, Met] = {}
    try:
        for rows in islice(client.listing(f"/repos/{repo}/issues", asked), len(numbers) // _MANY):
            named = {(repo, str(row.get("number"))): row for row in rows if isinstance(row, dict)}
            known = {key: Met(row) for key, row in named.items() if key[1] in numbers}
            found |= known
            if not known or len(found) == len(numbers):
                break
    except (Gone, AccessDenied):
        return {} if _sees(client, repo) else {(repo, n): Met(None, ELSEWHERE) for n in numbers}
    return found


def _sees(client: GitHubClient, repo: str) -> bool:
    """Whether to ask for single issues of a repository that lists none: what is wrong with it is
    told as they are judged."""
    try:
        return shown(client, repo)
    except AccessDenied:
        return False


def one(client: GitHubClient, repo: str, number: str) -> dict[str, Any] | None:
    """One issue as GitHub shows it, or None when it is deleted or lives elsewhere now."""
    found = met(client, repo, number)
    if found.refused:
        raise found.refused
    issue = found.issue
    there = repository_of(str(issue.get("repository_url") or "")) if issue else None
    return issue if there is None or there.lower() == repo else None


def _unnamed(ref: Ref) -> Unreadable:
    return Unreadable(ref.external_id or "", ref.key or "", "key", "does not name an issue")

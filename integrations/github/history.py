"""The histories of issues: their events, one list per issue, and what they are now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from connector.errors import BadReading, Gone
from connector.work import ItemEvent, Ref
from integrations.github.boards import Board, Card
from integrations.github.client import GitHubClient
from integrations.github.events import told
from integrations.github.fetching import one
from integrations.github.past import Now, Past, past
from integrations.github.projects import Project, chunked
from integrations.github.reading import Place, milestone_of, work_item
from integrations.github.repositories import reading, visible
from integrations.github.scopes import issue_key
from integrations.kit.fields import Fields
from integrations.tracker import History

_PARENTS = ("parent_issue_added", "parent_issue_removed")


@dataclass(frozen=True, slots=True)
class _One:
    """The history of one item, under the id it is told for."""

    external_id: str
    events: tuple[ItemEvent, ...] = ()
    why: str = ""
    """Why there is none, as sentences."""


class Historian:
    """Reads histories; ``numbers`` are the number fields that somebody measures by."""

    def __init__(self, client: GitHubClient, numbers: frozenset[str], board: Board | None) -> None:
        self._client, self._numbers, self._board = client, numbers, board

    def read(self, refs: Sequence[Ref]) -> Iterator[History]:
        """Repository by repository, not more than 100 items at a time."""
        places: dict[str, dict[str, Ref]] = defaultdict(dict)
        unnamed = []
        for ref in refs:
            named = issue_key(ref.key)
            if named:
                places[named[0]][named[1]] = ref
            else:
                why = f"GitHub reads issues by name, and {ref.key or 'this one'} names none."
                unnamed.append(_One(ref.external_id or "", why=why))
        if unnamed:
            yield _together(unnamed)
        cards = Project(self._client, self._board).cards() if self._board and places else {}
        for repo, wanted in places.items():
            with reading(self._client, repo):
                yield from self._repository(repo, wanted, cards)

    def _repository(
        self, repo: str, wanted: Mapping[str, Ref], cards: Mapping[str, Card]
    ) -> Iterator[History]:
        found = self._present(repo, list(wanted))
        titles = self._titles(repo)
        if len(found) < len(wanted):
            visible(self._client, repo)
        for numbers in chunked(list(wanted)):
            told = (self._one(wanted[n], found.get(n), titles) for n in numbers)
            yield _together([self._on_board(each, wanted[n], cards)
                             for n, each in zip(numbers, told, strict=True)])  # fmt: skip

    def _present(self, repo: str, numbers: Sequence[str]) -> dict[str, Now | str]:
        """The issues as they are, or why one cannot be understood: many by the list, which is
        never longer to read than the issues are one by one, the rest alone."""
        wanted = set(numbers)
        found: dict[str, Now | str] = {}
        place = Place(repo, self._client.web)
        listed = {"state": "all", "sort": "updated", "direction": "desc"}
        most = len(wanted) // 2
        pages = self._client.listing(f"/repos/{repo}/issues", listed) if most else ()
        for page in islice(pages, most):
            for issue in page:
                number = str(issue.get("number")) if isinstance(issue, dict) else ""
                if number in wanted:
                    found[number] = _now(issue, place)
            if found.keys() == wanted:
                break
        for number in sorted(wanted - found.keys()):
            issue = one(self._client, repo, number)
            if issue is not None:
                found[number] = _now(issue, place)
        return found

    def _titles(self, repo: str) -> dict[str, str]:
        """The numbers of the repository's milestones by their titles."""
        pages = self._client.listing(f"/repos/{repo}/milestones", {"state": "all"})
        known = [each for page in pages for each in page if isinstance(each, dict)]
        return {str(each.get("title")): str(each.get("number")) for each in known}

    def _one(self, ref: Ref, now: Now | str | None, titles: Mapping[str, str]) -> _One:
        if isinstance(now, str):
            return _One(ref.external_id or ref.key or "", why=now)
        if now is None or ref.external_id not in (None, now.item.external_id):
            gone = f"{ref.key} is no longer there, or no longer visible with this token."
            return _One(ref.external_id or ref.key or "", why=gone)
        item = now.item
        try:
            found = self._past(now, titles)
            if found.gaps:  # it may have changed since it was listed
                number = item.key.rpartition("#")[2]
                again = self._present(item.place, [number]).get(number)
                if isinstance(again, Now) and again != now:
                    found = self._past(again, titles)
        except Gone:
            return _One(item.external_id, why=f"GitHub does not show the events of {item.key}.")
        except BadReading as error:
            return _One(item.external_id, why=f"An event cannot be understood: {error}.")
        gaps = [*found.gaps, *self._undated(item.key, item.numbers)]
        return _One(item.external_id, found.events, " ".join(gaps))

    def _past(self, now: Now, titles: Mapping[str, str]) -> Past:
        repo, number = now.item.place, now.item.key.rpartition("#")[2]
        path = f"/repos/{repo}/issues/{number}"
        events = self._events(f"{path}/events")
        found = past(now, told(events, now.item.key), titles)
        if now.item.parent_key and not any(e.get("event") in _PARENTS for e in events):
            # Some GitHubs tell of parents in the timeline only.
            more = [e for e in self._events(f"{path}/timeline") if e.get("event") in _PARENTS]
            found = past(now, told([*events, *more], now.item.key), titles) if more else found
        return found

    def _events(self, path: str) -> list[dict[str, Any]]:
        pages = self._client.listing(path, {})
        return [each for page in pages for each in page if isinstance(each, dict)]

    def _undated(self, key: str, numbers: Mapping[str, float]) -> list[str]:
        """Numbers that are measured by, whose changes GitHub does not tell."""
        return [
            f"GitHub keeps no dates of changes of the field {name}, which {key} has."
            for name in sorted(self._numbers & numbers.keys())
        ]

    def _on_board(self, told: _One, ref: Ref, cards: Mapping[str, Card]) -> _One:
        """With the day it came into the project; what changed on its board has no dates."""
        card = cards.get((ref.key or "").lower())
        if card is None or self._board is None or told.why:
            return told
        status = ["a status"] if card.status else []
        undated = [*status, *sorted(self._numbers & card.numbers.keys())]
        if undated:
            where = f"project {self._board.owner}/{self._board.number}"
            what = f"{card.key} has {' and '.join(undated)}"
            why = f"GitHub keeps no dates of changes on the board of {where}, where {what}."
            return _One(told.external_id, why=why)
        came = ItemEvent(
            external_id=told.external_id,
            at=card.added_at,
            before={"tags": []},
            after={"tags": [self._board.tag]},
        )
        return _One(told.external_id, tuple(sorted((*told.events, came), key=lambda e: e.at)))


def _now(issue: dict[str, Any], place: Place) -> Now | str:
    try:
        return Now(work_item(issue, place), milestone_of(Fields(issue)))
    except BadReading as error:
        return f"{error}."


def _together(found: Sequence[_One]) -> History:
    return History(
        tuple(event for each in found if not each.why for event in each.events),
        frozenset(each.external_id for each in found if not each.why),
        {each.external_id: each.why for each in found if each.why},
    )

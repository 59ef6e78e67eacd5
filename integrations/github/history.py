"""The histories of issues: their timelines, some issues at a time, and what they are now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.errors import BadReading
from connector.work import ItemEvent, Ref
from integrations.github import stays
from integrations.github.boards import Board, Card
from integrations.github.client import GitHubClient
from integrations.github.events import told
from integrations.github.past import past
from integrations.github.present import Scope, linked, present
from integrations.github.projects import Project, chunked
from integrations.github.repositories import reading, visible
from integrations.github.scopes import issue_key, project
from integrations.github.single import single
from integrations.github.story import Known, Now, Past, Shown
from integrations.github.timelines import Log, Timelines
from integrations.github.titles import Titles, milestones
from integrations.kit.abreast import abreast
from integrations.kit.apart import alone
from integrations.tracker import History, Named

_NOTHING = Log(())


@dataclass(frozen=True, slots=True)
class _Issue:
    """One item that is asked for: as it is, or why it cannot be told, and what is told of it."""

    ref: Ref
    now: Now | str
    log: Log = _NOTHING

    @property
    def ident(self) -> str:
        """The id it is told for."""
        known = self.now.item.external_id if isinstance(self.now, Now) else self.ref.external_id
        return known or self.ref.key or ""


@dataclass(frozen=True, slots=True)
class _Told:
    """The history of one item, or why there is none, as sentences."""

    ident: str
    events: tuple[ItemEvent, ...] = ()
    why: str = ""


class Historian:
    """Reads histories. ``numbers`` are the number fields that somebody measures by, ``scopes``
    what links read; ``board`` is the project whose source is asked."""

    def __init__(
        self,
        client: GitHubClient,
        numbers: frozenset[str],
        board: Board | None,
        scopes: frozenset[Scope] = frozenset(),
    ) -> None:
        self._client, self._numbers, self._board = client, numbers, board
        self._scopes = scopes
        boards = {"/".join(project(value)) for kind, value in scopes if kind == "project"}
        boards |= {board.place} if board else set()
        self._graph = Timelines(client, boards, numbers)
        self._cards: Mapping[str, Card] | None = None

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
                unnamed.append(_Told(ref.external_id or "", why=why))
        if unnamed:
            yield _together(unnamed)
        for repo, wanted in places.items():
            with reading(self._client, repo):
                yield from self._repository(repo, wanted)

    def _repository(self, repo: str, wanted: Mapping[str, Ref]) -> Iterator[History]:
        found = present(self._client, repo, list(wanted))
        titles = self._titles(repo)
        if len(found) < len(wanted):
            visible(self._client, repo)
        waiting: list[_Issue] = []
        for numbers in chunked(list(wanted)):
            issues = self._logged([_issue(wanted[n], found.get(n)) for n in numbers])
            known = self._known(titles)
            yield _together([each for issue in issues
                             if (each := self._tell(issue, known, waiting))])  # fmt: skip
        if waiting:  # by now others have shown what titles of milestones meant
            yield _together([self._told(issue, self._known(titles))[0] for issue in waiting])

    def _titles(self, repo: str) -> Titles:
        pages = self._client.listing(f"/repos/{repo}/milestones", {"state": "all"})
        known = milestones(each for page in pages for each in page if isinstance(each, dict))
        return Titles(known, linked(repo, known, self._scopes))

    def _known(self, titles: Titles) -> Known:
        boards = {board: hall.statuses for board, hall in self._graph.boards.items()}
        if self._cards is not None and self._board:
            boards[self._board.place] = frozenset()
        return Known(titles, self._numbers, boards)

    def _logged(self, issues: Sequence[_Issue]) -> list[_Issue]:
        """The same with what is told of them: by GraphQL, and what it does not tell by REST."""
        nows = {each.ref: each.now for each in issues if isinstance(each.now, Now)}
        if any(now.node for now in nows.values()) and self._graph.usable():
            logs = dict(self._graph.read(nows))
        else:
            logs = dict.fromkeys(nows)
        self._look_at_board()
        rest = [ref for ref, log in logs.items() if log is None]
        logs |= dict(abreast(lambda ref: (ref, self._single(nows[ref])), rest,
                             width=self._client.width))  # fmt: skip
        return [
            replace(each, log=self._placed(nows[each.ref], log)) if log else each
            for each in issues
            for log in [logs.get(each.ref)]
        ]

    def _look_at_board(self) -> None:
        """Read the board of the source by REST, which tells since when, where that is all."""
        dated = self._board and self._board.place in self._graph.boards
        if self._board and not dated and self._cards is None:
            self._cards = Project(self._client, self._board).cards()

    def _single(self, now: Now) -> Log:
        log = single(self._client, now)
        if self._graph.boards and not log.why:
            why = f"GitHub did not tell what became of {now.item.key} in its projects."
            return replace(log, why=why)
        return log

    def _placed(self, now: Now, log: Log) -> Log:
        """With its card on the board of the source, where REST had to show it."""
        card = (self._cards or {}).get(now.item.key)
        if card is None or self._board is None:
            return log
        names = sorted(self._numbers & card.numbers.keys())
        numbers = tuple(each.removeprefix(f"{self._board.tag}/") for each in names)
        shown = Shown(card.added_at, card.status, numbers, dated=False)
        return replace(log, boards={**log.boards, self._board.place: shown})

    def _tell(self, issue: _Issue, known: Known, waiting: list[_Issue]) -> _Told | None:
        """The history of an issue; None where it waits for what others show."""
        found, unclear = self._told(issue, known)
        if unclear:
            waiting.append(issue)
        return None if unclear else found

    def _told(self, issue: _Issue, known: Known) -> tuple[_Told, bool]:
        if isinstance(issue.now, str) or issue.log.why:
            why = issue.log.why if isinstance(issue.now, Now) else issue.now
            return _Told(issue.ident, why=why), False
        try:
            found = self._past(issue.now, issue.log, known)
        except BadReading as error:
            why = f"An event cannot be understood: {error}."
            return _Told(issue.ident, why=why), False
        return _Told(issue.ident, found.events, " ".join(found.gaps)), found.unclear

    def _past(self, now: Now, log: Log, known: Known) -> Past:
        """What became of an issue; where that does not fit what it is, both are read once more."""
        found = _of(now, log, known)
        late = log.updated_at is not None and log.updated_at > now.item.updated_at
        doubtful = found.gaps or (found.unsure and log.updated_at is not None)
        if found.unclear or not (doubtful or late):
            return found
        again = self._again(now) if late or log.updated_at is None else now
        if again is None:
            return found
        once_more = self._graph.alone(again) if log.updated_at else None
        if again == now and (once_more is None or once_more.events == log.events):
            return found
        return _of(again, self._placed(again, once_more or log), known)

    def _again(self, now: Now) -> Now | None:
        found = present(self._client, now.item.place, [now.number]).get(now.number)
        return found if isinstance(found, Now) else None


def _of(now: Now, log: Log, known: Known) -> Past:
    return alone(lambda: _read(now, log, known), Named(now.item.external_id, now.item.key))


def _read(now: Now, log: Log, known: Known) -> Past:
    events = told(log.events, now.item.key)
    stays.learn(now, events, known.titles)
    return past(replace(now, boards=log.boards), events, known)


def _issue(ref: Ref, now: Now | str | None) -> _Issue:
    gone = f"{ref.key} is no longer there, or no longer visible with this token."
    if now is None or (
        isinstance(now, Now) and ref.external_id not in (None, now.item.external_id)
    ):
        return _Issue(replace(ref), gone)
    return _Issue(ref, now)


def _together(found: Sequence[_Told]) -> History:
    return History(
        tuple(event for each in found if not each.why for event in each.events),
        frozenset(each.ident for each in found if not each.why),
        {each.ident: each.why for each in found if each.why},
    )

"""Searches a GitHub for scopes by words, a number or an address, and has it judge one."""

from collections.abc import Iterator
from functools import partial

from connector.errors import BadScope
from integrations.github import features, judging, pointed, seeking, seeking_parts, sizing
from integrations.github.client import GitHubClient
from integrations.github.seeking import Asked, Wish
from integrations.kit.steps import MOST, Step, gathered
from integrations.tracker import Account, Found

_PATIENCE = 8.0
"""Seconds after which nothing further is asked: people wait for the answer."""
_SHARE = 6
"""The most of one step while others are made as well."""
_LONGEST = 200
_KINDS = frozenset({"milestone", "issue", "label", "project", "repo"})


class GitHubFinder:
    """Searches one GitHub; every call is made when something is asked, at most six a search."""

    def __init__(self, client: GitHubClient, account: Account) -> None:
        self._client, self._account = client, account

    def search(self, text: str, kind: str | None = None) -> tuple[Found, ...]:
        """At most 20 scopes, best first; raises ``TrackerError`` kinds when nothing was found."""
        wanted = " ".join(text.split())
        if not any(each.isalnum() for each in wanted):
            return ()
        asked = Asked(self._client, self._account)
        if wanted.startswith(("http://", "https://")):
            return tuple(pointed.at(asked, wanted))
        if kind and (said := features.objection(kind, self._account.options)):
            raise BadScope(said)
        kinds = frozenset({kind} if kind else _KINDS) & self._offered()
        search = _Search(asked, seeking.wish(wanted[:_LONGEST]), kinds)
        return gathered(search.steps(), MOST if kind else _SHARE, _PATIENCE)

    def judge(self, kind: str, value: str) -> str | None:
        """GitHub's own sentence against a scope; None when it can be read."""
        return judging.judge(Asked(self._client, self._account), kind, value)

    def objection(self, kind: str, value: str, field: str) -> str | None:
        """GitHub's own sentence against measuring a scope by a number field."""
        return sizing.objection(Asked(self._client, self._account), kind, value, field)

    def _offered(self) -> frozenset[str]:
        """The kinds of scopes that this GitHub has."""
        options = self._account.options
        return frozenset(kind for kind in _KINDS if not features.objection(kind, options))


class _Search:
    """One search: its steps, best first, each begun only when it is reached."""

    def __init__(self, asked: Asked, wanted: Wish, kinds: frozenset[str]) -> None:
        self._asked, self._wanted, self._kinds = asked, wanted, kinds
        self._inside: list[Found] | None = None
        self._issues: list[Found] | None = None

    def steps(self) -> Iterator[Step]:
        """What is asked for the kinds wanted."""
        asked, wanted = self._asked, self._wanted
        every: tuple[tuple[str, Step], ...] = (
            ("issue", partial(seeking.exact, asked, wanted)),
            ("", self._learn),
            ("milestone", partial(self._parts, "milestone")),
            ("issue", partial(self._found, alone=False)),
            ("label", partial(self._parts, "label")),
            ("project", partial(seeking.projects, asked, wanted)),
            ("repo", partial(seeking.repositories, asked, wanted)),
            ("issue", partial(self._found, alone=True)),
        )
        yield from (step for kind, step in every if not kind or kind in self._kinds)

    def _learn(self) -> list[Found]:
        self._asked.learn(self._wanted.place)
        return []

    def _parts(self, kind: str) -> list[Found]:
        """Of what lies in repositories, what is of this kind; asked for once for all kinds."""
        if self._inside is None:
            self._inside = []
            self._inside = seeking_parts.parts(self._asked, self._wanted, self._kinds)
        return [each for each in self._inside if each.kind == kind]

    def _found(self, *, alone: bool) -> list[Found]:
        """Issues that have sub-issues, or have none."""
        if self._wanted.number:
            return [] if alone else self._parts("issue")
        if self._issues is None:
            self._issues = []
            self._issues = seeking.issues(self._asked, self._wanted)
        return [each for each in self._issues if each.note.endswith(seeking.ALONE) == alone]

"""Searches a site for scopes by words, a key or an address, and has it judge one."""

from collections.abc import Callable, Iterator
from functools import partial

from connector.errors import AccessDenied, Gone, TrackerError
from integrations.jira import judging, locate, pointed, seeking
from integrations.jira.asked import Asked, words_of
from integrations.jira.client import JiraClient
from integrations.jira.profile import Profile
from integrations.jira.seeking import Wish
from integrations.jira.spec import is_issue_key
from integrations.kit.answers import Rejected
from integrations.kit.steps import MOST, Step, gathered
from integrations.tracker import Found

_PATIENCE = 8.0
"""Seconds after which nothing further is asked: people wait for the answer."""
_SHARE = 6
"""The most of one kind while others are looked for as well."""
_PARTS = ("version", "component", "label")


class JiraFinder:
    """Searches one site; every call is made when something is asked."""

    def __init__(self, client: JiraClient, site: Callable[[], Profile]) -> None:
        self._client, self._site = client, site

    def search(self, text: str, kind: str | None = None) -> tuple[Found, ...]:
        """At most 20 scopes, best first; raises ``TrackerError`` kinds when nothing was found."""
        wanted = " ".join(text.split())[:5000]
        if not words_of(wanted):
            return ()
        asked = Asked(self._client, self._site())
        if wanted.startswith(("http://", "https://")):
            return tuple(pointed.at(asked, wanted))
        if kind == "jql":
            return (asked.found(*locate.plainer(wanted), title=wanted),)
        named, unknown = _named(asked, wanted, kind)
        if named:
            return named
        found = gathered(_steps(asked, wanted[:200], kind), MOST if kind else _SHARE, _PATIENCE)
        if unknown and not found:
            raise unknown
        return found

    def judge(self, kind: str, value: str) -> str | None:
        """Jira's own sentence against a scope; None when it can be read."""
        return judging.judge(Asked(self._client, self._site()), kind, value)

    def objection(self, _kind: str, _value: str, field: str) -> str | None:
        """Jira's own sentence against measuring by a number field."""
        return judging.objection(Asked(self._client, self._site()), field)


def _named(
    asked: Asked, key: str, kind: str | None
) -> tuple[tuple[Found, ...], TrackerError | None]:
    """The issue of a key, or what Jira says of there being none."""
    if kind not in {None, "epic"}:
        return (), None
    try:
        return tuple(seeking.exact(asked, key)), None
    except Gone as error:
        if not is_issue_key(key):
            return (), error
        return (), Gone(judging.hidden(key.upper()))
    except (AccessDenied, Rejected) as error:
        return (), error


def _steps(asked: Asked, text: str, kind: str | None) -> Iterator[Step]:
    """The searches for a text, best first; each is begun only when it is reached."""
    wanted = _wish(asked, text)
    if kind in {None, "epic"} and (wanted.rest or wanted.project):
        yield partial(seeking.parents, asked, wanted)
    if kind in {None, "project"}:
        yield lambda: wanted.projects
    parts = [kind] if kind in _PARTS else [] if kind else _PARTS
    if parts and (wanted.rest or wanted.project):
        yield partial(seeking.parts, asked, wanted, parts)
    if kind in {None, "sprint"}:
        yield partial(seeking.sprints, asked, wanted)
    if kind in {None, "epic"}:
        yield partial(seeking.others, asked, wanted)


def _wish(asked: Asked, text: str) -> Wish:
    try:
        return seeking.wish(asked, text)
    except (Gone, Rejected):
        return Wish(text)

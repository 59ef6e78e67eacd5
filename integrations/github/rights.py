"""What a token may do: the scopes of a classic one, the repositories it sees, its last day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from requests.utils import parse_header_links

from connector.errors import TrackerError
from integrations.github.checking_refusals import Kind, token_pages
from integrations.github.client import PAGE, GitHubClient
from integrations.kit.answers import Answer

SHOWN = 8
_SCOPES, _ENDS = "X-OAuth-Scopes", "GitHub-Authentication-Token-Expiration"
_PROJECTS = frozenset({"read:project", "project"})
_PEOPLE = frozenset({"read:org", "write:org", "admin:org"})
_HOOKS = frozenset({"repo", "admin:repo_hook", "write:repo_hook"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The repositories a token sees: how many, and the names of the first of them."""

    total: int
    names: tuple[str, ...]
    hiding: bool = False
    """Organizations keep theirs back until the token is authorized for single sign-on."""

    @property
    def sentence(self) -> str:
        """How many, and some by name."""
        shown = ", ".join(self.names[:SHOWN])
        more = f" and {self.total - SHOWN} more" if self.total > SHOWN else ""
        word = "repository" if self.total == 1 else "repositories"
        return f"The sign-in sees {self.total} {word}{f': {shown}{more}' if shown else ''}."


def kind_of(headers: Mapping[str, str]) -> Kind:
    """Which kind of personal token an answer was given to: only classic ones have scopes."""
    return "classic" if _SCOPES in headers else "fine"


def last_day(headers: Mapping[str, str]) -> date | None:
    """The day a token ends, such as ``2027-01-31 10:00:00 UTC``; None where none is told."""
    try:
        return date.fromisoformat(headers.get(_ENDS, "").strip()[:10])
    except ValueError:
        return None


def seen(client: GitHubClient, kind: Kind) -> Seen | None:
    """The repositories; one call, or two where there are more than a page. None if untold."""
    path = "/installation/repositories" if kind == "app" else "/user/repos"
    try:
        answer = client.get(path, {"per_page": PAGE})
        listed = answer.object().get("repositories") if kind == "app" else answer.array()
        total = _total(client, answer, path)
    except TrackerError:
        return None  # nothing hangs on it
    rows = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    names = tuple(sorted(str(each["full_name"]) for each in rows if each.get("full_name")))
    hiding = "partial-results" in answer.headers.get("X-GitHub-SSO", "")
    return Seen(max(total, len(names)), names, hiding)


def scope_warnings(headers: Mapping[str, str], web: str, *, projects: bool) -> Iterator[str]:
    """What will not work with a classic token for want of a scope; ``projects`` says whether this
    GitHub has them."""
    scopes = {each.strip() for each in headers.get(_SCOPES, "").split(",")}
    fix = f"give it at {token_pages(web)} and test again"
    if not scopes & {"repo", "public_repo"}:
        yield (
            "The token has neither the scope repo nor public_repo, so only what everybody sees can"
            f" be read: {fix}."
        )
    elif "repo" not in scopes:
        yield f"The token lacks the scope repo, so private repositories are not seen: {fix}."
    if projects and not scopes & _PROJECTS:
        yield (
            "The token lacks the scope read:project, so scopes of projects cannot be read,"
            f" nor the status of issues on boards: {fix}."
        )
    if projects and not scopes & _PEOPLE:
        yield (
            "The token lacks the scope read:org, so issue types and issue fields of organizations"
            f" are not read: {fix}."
        )
    if not scopes & _HOOKS:
        yield (
            "The token lacks the scope admin:repo_hook, so Worklift cannot set up webhooks itself:"
            f" {fix}, or set them up by hand."
        )


def seeing(found: Seen | None, kind: Kind, web: str) -> Iterator[str]:
    """What is wrong with what a token sees at all."""
    if found is None:
        return
    if found.hiding:
        yield (
            "Some organizations hide their repositories until the token is authorized for single"
            f" sign-on: {token_pages(web)} → Configure SSO."
        )
    if found.total == 0:
        yield f"The sign-in sees no repository: {_choose(kind, web)}"


def _choose(kind: Kind, web: str) -> str:
    if kind == "app":
        return "choose repositories in the settings of the app's installation."
    if kind == "fine":
        return (
            f"choose repositories under Repository access at {token_pages(web, kind)}, and have its"
            " organization approve the token where it asks for that."
        )
    return "give its account access to those that links name."


def listing(names: Iterable[str]) -> str:
    """Some names, shortened."""
    every = sorted(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"{', '.join(every[:SHOWN])}{more}"


def _total(client: GitHubClient, answer: Answer, path: str) -> int:
    if path.startswith("/installation"):
        told = answer.object().get("total_count")
        return told if isinstance(told, int) and not isinstance(told, bool) else 0
    if not client.following(answer):
        return 0
    single = client.get(path, {"per_page": 1})
    links = parse_header_links(single.headers.get("Link", ""))
    last = next((link["url"] for link in links if link.get("rel") == "last"), "")
    digits = last.rpartition("page=")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0

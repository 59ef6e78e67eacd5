"""Setting up GitHub's webhooks: those of repositories, or one of an organization."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.errors import AccessDenied, Gone
from integrations.github import app_hook
from integrations.github.client import GitHubClient
from integrations.github.features import PROJECTS, SUB_ISSUES, features
from integrations.github.redelivery import APP, GitHubRedelivery, leads_to, path_of
from integrations.github.scopes import owner_of, project_of
from integrations.kit.answers import Answer, Denied, Moved, Rejected
from integrations.tracker import Account, Registered

NOT_YET = (
    "GitHub's webhooks belong to repositories, and no link names one yet: they follow by themselves"
    " once one does."
)
_BASIC = ("issues", "issue_comment", "pull_request", "milestone", "label", "repository")
_FAMILIES = ("sub_issues", "issue_dependencies")
_OF_ORGANIZATIONS = ("organization",)
_OF_PROJECTS = ("projects_v2", "projects_v2_item")
_SHOWN = 8


@dataclass(slots=True)
class _Lacking:
    """What could not be set up, by the sentence that tells of it."""

    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def sentences(self) -> tuple[str, ...]:
        """One for each reason, naming its places."""
        return tuple(reason.format(_listed(names)) for reason, names in self.places.items())


class GitHubRegistrar:
    """Webhooks as a token may set them up; ids tell where each is."""

    def __init__(self, client: GitHubClient, account: Account) -> None:
        self._client, self._account = client, account

    @property
    def redelivery(self) -> GitHubRedelivery:
        """GitHub repeats no delivery by itself."""
        return GitHubRedelivery(self._client, self._account)

    def register(self, url: str, secret: str, places: Sequence[str]) -> Registered:
        """An app's own; else one of the organization where its projects or all its repositories are
        read and the token may; else one for each repository."""
        config = {"url": url, "secret": secret, "content_type": "json", "insecure_ssl": "0"}
        if self._account.client is not None:
            return app_hook.register(self._account, config)
        if not places:
            return Registered(ids=(), lacking=(NOT_YET,))
        lacking, made = _Lacking(), list[str]()
        for owner, (wide, repos) in _by_owner(places).items():
            found = self._of_organization(owner, config, lacking) if wide else None
            if found:
                made.append(found)
            else:
                made += filter(None, (self._of_repository(each, config, lacking) for each in repos))
        said = lacking.sentences()
        if said and not made:
            raise AccessDenied(" ".join(said))
        return Registered(ids=tuple(made), places=tuple(places), lacking=said)

    def renew(self, held: Registered) -> Registered:
        """They never end."""
        return held

    def remove(self, held: Registered) -> None:
        """Delete them; those that are not there are gone already, and so are those of repositories
        out of sight."""
        if APP in held.ids and self._account.client is not None:
            raise AccessDenied(app_hook.stays(self._account))
        left = [each for each in held.ids if each != APP and not self._deleted(each)]
        if left:
            names = _listed(each.split("/", 1)[1].rpartition("/")[0] for each in left)
            raise AccessDenied(
                f"GitHub lets this token delete no webhooks of {names}: delete them there, or use a"
                " token that may look after webhooks."
            )

    def _of_organization(
        self, owner: str, config: Mapping[str, str], lacking: _Lacking
    ) -> str | None:
        try:
            number = self._put(f"/orgs/{owner}", config, self._events(wide=True))
        except (AccessDenied, Gone, Rejected) as error:
            lacking.places[self._why_wide(owner, error)].append(owner)
            return None
        return f"org/{owner}/{number}"

    def _why_wide(self, owner: str, error: AccessDenied | Gone | Rejected) -> str:
        if isinstance(error, Rejected):
            return _refused(error)
        if self._is_person(owner):
            return (
                "GitHub has webhooks for projects and for all repositories of an organization only,"
                " not of a person ({}): the poll finds what changes there."
            )
        return (
            "Only a webhook of the organization tells of its projects and of all its repositories,"
            " and this token may not set one up in {} (a classic token of an owner with the scope"
            " admin:org_hook, or a fine-grained one with the organization permission Webhooks: Read"
            " and write): the poll finds what changes there."
        )

    def _is_person(self, owner: str) -> bool:
        try:
            return self._client.get(f"/users/{owner}").object().get("type") == "User"
        except (AccessDenied, Gone):
            return False

    def _of_repository(self, repo: str, config: Mapping[str, str], lacking: _Lacking) -> str | None:
        try:
            number = self._put(f"/repos/{repo}", config, self._events(wide=False))
        except (AccessDenied, Gone) as error:
            lacking.places[_why(error)].append(repo)
        except Rejected as error:
            lacking.places[_refused(error)].append(repo)
        else:
            return f"repo/{repo}/{number}"
        return None

    def _put(self, place: str, config: Mapping[str, str], events: Sequence[str]) -> int:
        """Change the webhook that leads to our door, or make one; its number."""
        ours = [each for each in self._hooks(place) if leads_to(each, config["url"])]
        for each in ours[1:]:
            self._client.call("DELETE", f"{place}/hooks/{_id(each)}")
        path = f"{place}/hooks/{_id(ours[0])}" if ours else f"{place}/hooks"
        body = {"config": dict(config), "active": True, **({} if ours else {"name": "web"})}
        method = "PATCH" if ours else "POST"
        try:
            answer = self._client.call(method, path, json={**body, "events": list(events)})
        except Rejected as error:
            if "event" not in error.word.lower() or "cannot have more than" in error.word:
                raise
            # An older server knows fewer events.
            answer = self._client.call(method, path, json={**body, "events": list(_BASIC)})
        return _number(answer)

    def _hooks(self, place: str) -> Iterator[dict[str, Any]]:
        for rows in self._client.listing(f"{place}/hooks", {}):
            yield from (each for each in rows if isinstance(each, dict))

    def _events(self, *, wide: bool) -> tuple[str, ...]:
        has = features(self._account.options)
        families = _FAMILIES if SUB_ISSUES in has else ()
        projects = _OF_PROJECTS if PROJECTS in has else ()
        return (*_BASIC, *families, *((*projects, *_OF_ORGANIZATIONS) if wide else ()))

    def _deleted(self, held: str) -> bool:
        """Whether a webhook is there no more."""
        path = path_of(held)
        place = path.rpartition("/hooks/")[0]
        try:
            self._client.call("DELETE", path)
        except AccessDenied:
            return False
        except Gone:
            return self._can_list(place) or not self._is_seen(place)
        return True

    def _can_list(self, place: str) -> bool:
        """GitHub shows webhooks to those alone who may delete them."""
        return self._is_seen(f"{place}/hooks")

    def _is_seen(self, path: str) -> bool:
        try:
            self._client.get(path)
        except (AccessDenied, Gone):
            return False
        return True


def _by_owner(places: Iterable[str]) -> dict[str, tuple[bool, list[str]]]:
    """By owner: whether more than single repositories is read of it, and the repositories."""
    found: dict[str, tuple[bool, list[str]]] = {}
    for place in sorted(places):
        board = project_of(place)
        wide = owner_of(place) or (board[0] if board else None)
        owner = wide or place.partition("/")[0]
        was, repos = found.get(owner, (False, []))
        found[owner] = (was or bool(wide), repos if wide else [*repos, place])
    return found


def _why(error: AccessDenied | Gone) -> str:
    if isinstance(error, Moved):
        return "{} is called otherwise now: its webhook follows once its links have the new name."
    said = f" ({_plain(error.word)})" if isinstance(error, Denied) and error.word else ""
    return (
        f"This token may not set up webhooks in {{}}{said}: use one of an account that administers"
        " them, with the scope admin:repo_hook (classic) or the permission Webhooks: Read and write"
        " (fine-grained), or enter the webhook there by hand."
    )


def _plain(word: str) -> str:
    return word.replace("{", "(").replace("}", ")")


def _refused(error: Rejected) -> str:
    if "cannot have more than" in error.word:
        return (
            "GitHub allows no more webhooks in {}: delete one there that is not needed, and set"
            " this one up again."
        )
    return f"GitHub did not take the webhook in {{}}: {_plain(error.word)}."


def _number(answer: Answer) -> int:
    return _id(answer.object())


def _id(told: Mapping[str, Any]) -> int:
    found = told.get("id")
    if isinstance(found, int) and not isinstance(found, bool) and found > 0:
        return found
    raise Gone("GitHub named a webhook without its number.")


def _listed(names: Iterable[str]) -> str:
    every = sorted(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"{', '.join(every[:_SHOWN])}{more}"

"""Whether what links name can be read: each repository, milestone and project is asked for."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from connector.errors import Gone, Refused, TrackerError
from integrations.github import mentions
from integrations.github.checking_refusals import Kind, lacking, particular, token_pages
from integrations.github.client import GitHubClient
from integrations.github.features import PROJECTS, features
from integrations.github.rights import listing
from integrations.github.scopes import milestone, owner_of, project_of
from integrations.github.spec import SPEC, covering
from integrations.kit.abreast import abreast
from integrations.kit.answers import Absent, Denied
from integrations.tracker import Account

MOST = 20
"""Repositories, milestones and projects that are asked for; one call each, or two."""


@dataclass(slots=True)
class _Named:
    """What links name, each once."""

    repos: dict[str, None] = field(default_factory=dict)
    milestones: dict[tuple[str, str], None] = field(default_factory=dict)
    boards: dict[tuple[str, str], None] = field(default_factory=dict)


@dataclass(slots=True)
class Reach:
    """Asks for what links name, and collects what cannot be had."""

    client: GitHubClient
    account: Account
    kind: Kind
    where: str = ""
    """The page of the app's installation."""
    hidden: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, dict[str, None]] = field(default_factory=dict)

    def warnings(self, shown: str = "") -> Iterator[str]:
        """A sentence for each thing that is wrong; ``shown`` is a repository the token sees, for
        its rights where nothing is linked yet."""
        named = _named(self.account)
        boards = list(named.boards)[:MOST] if PROJECTS in features(self.account.options) else []
        lost = [each for each in list(named.milestones)[:MOST] if not self._milestone(*each)]
        for repo in list(named.repos)[:MOST]:
            self._repository(repo)
        far = [each for each in boards if not self._board(*each)]
        if self.kind == "fine":
            self._rights([each for each in named.repos if each not in self.hidden] or [shown])
        yield from self._told(far)
        for repo, number in lost:
            yield (
                f"Links read milestone {number} of {repo}, which is not there: correct the links."
            )

    def _told(self, far: list[tuple[str, str]]) -> Iterator[str]:
        if self.hidden:
            word = "repository" if len(self.hidden) == 1 else "repositories"
            yield (
                f"Links read the {word} {listing(self.hidden)}, which the sign-in cannot see:"
                f" {self._open()}, or correct the links if the name is wrong."
            )
        for reason, places in self.reasons.items():
            yield reason.format(listing(places))
        if far:
            names = listing(f"{owner}/{number}" for owner, number in far)
            yield f"Links read the project {names}, which the sign-in cannot see: {self._granted()}"

    def _milestone(self, repo: str, number: str) -> bool:
        """False for one that is missing in a repository that is there."""
        failed = self._failed(f"/repos/{repo}/milestones/{number}", repo)
        if not isinstance(failed, Absent):
            return True
        there = self._failed(f"/repos/{repo}", repo)
        if isinstance(there, Absent):
            self.hidden[repo] = None
        return there is not None

    def _repository(self, repo: str) -> None:
        failed = self._failed(f"/repos/{repo}/issues", repo)
        if isinstance(failed, Absent) and "disabled" in str(failed):
            self._because("Issues are switched off in {}: nothing is to be read there.", repo)
        elif isinstance(failed, Absent):
            self.hidden[repo] = None

    def _board(self, owner: str, number: str) -> bool:
        failed: list[TrackerError | None] = []
        for whose in ("orgs", "users"):
            failed.append(self._asked(f"/{whose}/{owner}/projectsV2/{number}"))
            if failed[-1] is None:
                return True
        refusal = next((each for each in failed if isinstance(each, Denied)), None)
        told = particular(refusal, self.client.web, owner) if refusal else None
        if told:
            self._because(_plain(told), owner)
        return bool(told) or not any(isinstance(each, Denied | Gone) for each in failed)

    def _rights(self, repos: list[str]) -> None:
        """Rights beside reading issues that a fine-grained token may lack, which differ between
        repositories: an account may do more in one than in the other."""
        asked = [
            (repo, path)
            for repo in filter(None, repos[:MOST])
            for path in (f"/repos/{repo}/pulls", f"/repos/{repo}/hooks")
        ]
        ask = abreast(lambda each: (each, self._asked(each[1])), asked, width=self.client.width)
        found = dict(ask)
        for repo, path in asked:
            refused = found[repo, path]
            if path.endswith("/pulls"):
                self._noted(refused, repo)
            elif isinstance(refused, Denied) and lacking(refused):
                self._because(
                    "The token may not look after webhooks in {}: give it Webhooks: Read and write,"
                    " or set them up by hand.", repo
                )  # fmt: skip

    def _failed(self, path: str, repo: str) -> TrackerError | None:
        """Why a path of a repository cannot be read; a refusal is noted."""
        failed = self._asked(path)
        self._noted(failed, repo)
        return failed

    def _noted(self, failed: TrackerError | None, repo: str) -> None:
        if isinstance(failed, Denied):
            owner = repo.partition("/")[0]
            told = particular(failed, self.client.web, owner)
            self._because(_plain(told) if told else self._permission(failed), repo)

    def _permission(self, refusal: Denied) -> str:
        needed = lacking(refusal) or "a right to read"
        if self.kind == "app":
            return (
                f"The app lacks the permission {_plain(needed)} in {{}}: add it in the app's"
                " settings, and have the installation's owner accept it."
            )
        return (
            f"The token lacks the permission {_plain(needed)} in {{}}: add it at"
            f" {token_pages(self.client.web, self.kind)} and test again."
        )

    def _asked(self, path: str) -> TrackerError | None:
        try:
            self.client.get(path, {"per_page": 1})
        except TrackerError as error:
            return error
        return None

    def _because(self, reason: str, place: str) -> None:
        self.reasons.setdefault(reason, {})[place] = None

    def _open(self) -> str:
        ways: dict[Kind, Callable[[], str]] = {
            "app": lambda: f"choose them for the installation{_at(self.where)}",
            "fine": lambda: (
                f"choose them under Repository access at {token_pages(self.client.web, 'fine')}"
                " (a token is for one owner, and may wait for the owner's approval)"
            ),
            "classic": lambda: (
                "give its account access there and the token the scope repo for private ones"
            ),
        }
        return ways[self.kind]()

    def _granted(self) -> str:
        if self.kind == "classic":
            return "it needs the scope read:project and access to the project; or correct the link."
        return (
            "it needs the organization permission Projects: Read-only; a person's own projects are"
            " read by a classic token alone."
        )


def _named(account: Account) -> _Named:
    found = _Named()
    naming = {("repo", each) for each in mentions.places(account.options.get("conventions", ""))}
    for kind, value in sorted({*account.scopes, *covering(account.options), *naming}):
        known = SPEC.kind(kind)
        with suppress(Refused):
            source = known.source(value) if known else ""
            board = project_of(source)
            if board:
                found.boards[board] = None
            elif source and not owner_of(source):
                found.repos[source] = None
                if kind == "milestone":
                    found.milestones[milestone(value)] = None
    return found


def _plain(text: str) -> str:
    """Text that stays as it is when places are put into a sentence."""
    return text.replace("{", "{{").replace("}", "}}")


def _at(where: str) -> str:
    return f" at {where}" if where else ""

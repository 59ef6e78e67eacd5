"""What somebody looks for at a GitHub, and the repositories, issues and projects that fit."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.errors import AccessDenied, Gone
from integrations.github.client import PAGE, GitHubClient
from integrations.github.places import repository_of
from integrations.github.scopes import is_repository, owner_of, project_of
from integrations.github.spec import SPEC
from integrations.kit.loose import Json, fitting, objects, text, within, words_of
from integrations.tracker import Account, Found

MANY = 20
"""Repositories whose milestones and labels are looked through."""
_OWNERS = 2
"""Owners whose issues and projects are searched: one call each."""
ALONE = "no sub-issues: it counts itself"
_PLACED = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*/(?:\*|[A-Za-z0-9._-]+))(?:[#/\s]+(.*))?")
_NUMBER = re.compile(r"#?([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: words or a number, in one place (``acme/api``, ``acme/*``) or in
    any. ``whole`` is all that was typed."""

    whole: str
    place: str = ""
    rest: str = ""

    @property
    def words(self) -> list[str]:
        """The words to search by."""
        return words_of(self.rest)

    @property
    def number(self) -> int | None:
        """The number that was typed alone."""
        found = _NUMBER.fullmatch(self.rest)
        return int(found[1]) if found else None


def wish(wanted: str) -> Wish:
    """Read what somebody typed."""
    placed = _PLACED.fullmatch(wanted)
    if placed and (placed[1].endswith("/*") or is_repository(placed[1])):
        return Wish(wanted, placed[1].lower(), (placed[2] or "").strip())
    return Wish(wanted, "", wanted)


@dataclass
class Asked:
    """A GitHub that can be asked, and the repositories it showed so far, those linked first;
    ``whose`` says of owners whether they are organizations or people."""

    client: GitHubClient
    account: Account
    repos: dict[str, Json] = field(default_factory=dict)
    whose: dict[str, str] = field(default_factory=dict)

    def found(self, kind: str, value: str, title: str, note: str = "") -> Found:
        """A scope ready to link, with its page."""
        known = SPEC.kind(kind)
        url = known.url(self.client.web, value) if known else ""
        return Found(kind=kind, value=value, title=title, url=url, note=note)

    def learn(self, place: str) -> None:
        """The repositories to look through: the one named, else those linked, then those that the
        token shows, the last changed first. One call, two for an app."""
        if place and not place.endswith("/*"):
            self.repos = {place: {}}
            return
        known: dict[str, Json] = {each: {} for each in linked(self.account)}
        for row in self._shown():
            owner = within(row, "owner")
            name = text(row, "full_name").lower()
            self.whose[text(owner, "login").lower()] = text(owner, "type")
            if is_repository(name):
                known[name] = row
        within_owner = place.removesuffix("*")
        self.repos = {name: row for name, row in known.items() if name.startswith(within_owner)}

    def owners(self) -> list[str]:
        """Whose repositories they are, the first few."""
        return list(dict.fromkeys(name.partition("/")[0] for name in self.repos))[:_OWNERS]

    def _shown(self) -> list[Json]:
        asked: dict[str, str | int] = {"sort": "pushed", "per_page": PAGE}
        try:
            return objects(self.client.get("/user/repos", asked).array())
        except (AccessDenied, Gone):  # an app is nobody's
            told = self.client.get("/installation/repositories", {"per_page": PAGE})
            return objects(told.object().get("repositories"))


def linked(account: Account) -> list[str]:
    """The repositories that a connection reads already."""
    sources = (
        kind.source(value)
        for name, value in sorted(
            account.scopes | account.beside | set(SPEC.covering(account.options))
        )
        if (kind := SPEC.kind(name))
    )
    return list(dict.fromkeys(each for each in sources if not (owner_of(each) or project_of(each))))


def repositories(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """Those whose names fit, one of exactly that name first."""
    if wanted.place and (wanted.rest or wanted.place.endswith("/*")):
        return
    words = words_of(wanted.place or wanted.whole)
    fits = [name for name in asked.repos if fitting(words, name)]
    whole = wanted.whole.casefold()
    for name in sorted(fits, key=lambda each: whole not in (each, each.partition("/")[2])):
        row = asked.repos[name] or (
            asked.client.get(f"/repos/{name}").object() if wanted.place else {}
        )
        about = ["archived"] if row.get("archived") is True else []
        yield asked.found("repo", name, text(row, "full_name") or name, ", ".join(
            [*about, text(row, "description")[:100]]).strip(", "))  # fmt: skip


def issues(asked: Asked, wanted: Wish) -> list[Found]:
    """Issues by words of their titles; those with sub-issues first."""
    if not wanted.words:
        return []
    place = wanted.place if not wanted.place.endswith("/*") else ""
    where = [f"repo:{place}"] if place else [f"user:{each}" for each in asked.owners()]
    rows: list[Json] = []
    for one in where:
        query = f"{' '.join(wanted.words)} in:title is:issue {one}"[:256]
        told = asked.client.get("/search/issues", {"q": query, "per_page": MANY}).object()
        rows += objects(told.get("items"))
    found = [each for each in (issue(asked, row) for row in rows) if each is not None]
    return sorted(found, key=lambda each: each.note.endswith(ALONE))


def issue(asked: Asked, row: Json) -> Found | None:
    """An issue as GitHub shows it; None for a pull request, which has nothing below it."""
    repo = (repository_of(text(row, "repository_url")) or "").lower()
    number = text(row, "number")
    if not (is_repository(repo) and number) or row.get("pull_request"):
        return None
    summary = within(row, "sub_issues_summary")
    total, done = summary.get("total"), summary.get("completed")
    below = f"{total} sub-issues, {done} done" if total else ALONE
    title = text(row, "title") or f"{repo}#{number}"
    return asked.found(
        "issue", f"{repo}/{number}", title, f"{repo}#{number}, {text(row, 'state')}, {below}"
    )


def exact(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """The issue of a number in the place named."""
    if wanted.number and wanted.place and not wanted.place.endswith("/*"):
        row = asked.client.get(f"/repos/{wanted.place}/issues/{wanted.number}").object()
        found = issue(asked, row)
        if found is not None:
            yield found


def projects(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """Projects of the owners by words of their titles, or by their number; open ones first."""
    owner, _, name = wanted.place.partition("/")
    owners, number = asked.owners(), wanted.number
    if wanted.place:  # a repository has none, but what was typed may be an owner and a number
        owners, number = ([owner], int(name)) if name.isdigit() and not wanted.rest else ([], None)
    rows: list[tuple[str, Json]] = []
    for each in owners:
        rows += [(each, row) for row in _projects_of(asked, each, wanted.words, number)]
    for each, row in sorted(rows, key=lambda found: _is_closed(found[1])):
        if shown := text(row, "number"):
            yield project(asked, each, shown, row)


def project(asked: Asked, owner: str, number: str, row: Mapping[str, object]) -> Found:
    """A project as GitHub shows it."""
    value = f"users/{owner}/{number}" if asked.whose.get(owner) == "User" else f"{owner}/{number}"
    note = f"{owner}, closed" if _is_closed(row) else owner
    return asked.found("project", value, text(row, "title") or value, note)


def _projects_of(asked: Asked, owner: str, words: Sequence[str], number: int | None) -> list[Json]:
    whose = "users" if asked.whose.get(owner) == "User" else "orgs"
    path = f"/{whose}/{owner}/projectsV2"
    try:
        if number:
            return [asked.client.get(f"{path}/{number}").object()]
        told = asked.client.get(path, {"q": " ".join(words), "per_page": MANY})
    except (Gone, AccessDenied):
        return []  # no project of that number, or none that this token may see
    return [row for row in objects(told.array()) if fitting(words, text(row, "title"))]


def _is_closed(row: Mapping[str, object]) -> bool:
    return text(row, "state") == "closed"

"""What each event of GitHub means: issues to read, sources to look at, or nothing. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from connector.errors import Refused
from connector.work import Ref
from integrations.github.marks import by_people
from integrations.github.places import repository_of
from integrations.github.scopes import project_source, repository
from integrations.kit.fields import Fields
from integrations.tracker import Hint

_LONGEST_ID, _LONGEST_NUMBER = 20, 11
# GitHub names no time at which these changed an issue: it is read in any case.
_TIMELESS = frozenset({"transferred", "typed", "untyped", "field_added", "field_removed"})
# What it left may have been deleted, which is told apart and perhaps later.
_LEAVING = frozenset({"demilestoned", "unlabeled"})
_PROJECTS = "/projects/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The parts of a delivery that an event fills; repositories beside those of the hints."""

    hints: tuple[Hint, ...] = ()
    places: frozenset[str] = frozenset()
    lists: bool = False
    """Whether the small lists of these places changed."""
    below: tuple[str, ...] = ()
    access: bool = False


def told(event: str, fields: Fields) -> Told:
    """What an event means; of those that are not known here nothing follows."""
    read = _READ.get(event)
    return read(fields) if read else Told()


def _issues(fields: Fields) -> Told:
    action, issue = fields.maybe_text("action") or "", fields.within("issue")
    here = _hint(fields, issue, gone=action == "deleted", blind=action in _TIMELESS)
    if action in _LEAVING:
        return Told(hints=(here,), places=frozenset({_repo(fields)}), lists=True)
    hints = (here, *_elsewhere(fields))
    # On the projects where a transferred issue lies another one stands now, and nothing else tells.
    below = _projects(hint.source for hint in hints) if action == "transferred" else ()
    return Told(hints=hints, below=below)


def _elsewhere(fields: Fields) -> Iterator[Hint]:
    """The other side of a transfer: where an issue went, or where it came from."""
    changes = fields.maybe_within("changes")
    for side in ("new", "old"):
        issue = changes.maybe_within(f"{side}_issue") if changes else None
        place = changes.maybe_within(f"{side}_repository") if changes else None
        if issue is not None and place is not None:
            repo = _name(place)
            ref = Ref(_id(issue), f"{repo}#{_number(issue)}")
            yield Hint(repo, ref, None)


def _comments(fields: Fields) -> Told:
    return Told(hints=(_hint(fields, fields.within("issue")),))


def _pulls(fields: Fields) -> Told:
    """A pull request's own id is not the id it has as an issue: it is known by its number."""
    pull, repo = fields.within("pull_request"), _repo(fields)
    ref = Ref(None, f"{repo}#{_number(pull)}")
    return Told(hints=(Hint(repo, ref, pull.maybe_instant("updated_at")),))


def _family(fields: Fields) -> Told:
    """A new parent need not count as a change of the issue, so both are read."""
    return Told(hints=_both(fields, "parent_issue", "sub_issue", blind=True))


def _dependencies(fields: Fields) -> Told:
    return Told(hints=_both(fields, "blocked_issue", "blocking_issue"))


def _both(fields: Fields, *names: str, blind: bool = False) -> tuple[Hint, ...]:
    found = [issue for name in names if (issue := fields.maybe_within(name))]
    if not found:
        fields.missing(names[0])
    return tuple(_hint(fields, issue, blind=blind) for issue in found)


def _lists(fields: Fields) -> Told:
    return Told(places=frozenset({_repo(fields)}), lists=True)


def _milestone(fields: Fields) -> Told:
    """Our own lines in its description are no news."""
    changes = fields.maybe_within("changes")
    if changes is not None and set(changes.values) == {"description"}:
        before = changes.within("description").maybe_text("from") or ""
        after = fields.within("milestone").maybe_text("description") or ""
        if by_people(before) == by_people(after):
            return Told()
    return _lists(fields)


def _repository(fields: Fields) -> Told:
    """A repository by the names it has and had; projects of its owner show its issues."""
    name = _repo(fields)
    places = {name} | {each for each in _before(fields, name) if _is_name(each)}
    return Told(places=frozenset(places), lists=True, below=_projects(places))


def _projects(repos: Iterable[str]) -> tuple[str, ...]:
    """What the sources of all projects of the owners of repositories begin with."""
    owners = sorted({each.partition("/")[0] for each in repos})
    return tuple(f"{owner}{_PROJECTS}" for owner in owners)


def _before(fields: Fields, name: str) -> Iterator[str]:
    """What a renamed or transferred repository was called."""
    changes = fields.maybe_within("changes")
    if changes is None:
        return
    owner, _, own = name.partition("/")
    if (was := _within(changes, "repository", "name")) and (text := was.maybe_text("from")):
        yield f"{owner}/{text.lower()}"
    whose = _within(changes, "owner", "from")
    for kind in ("user", "organization"):
        account = whose.maybe_within(kind) if whose else None
        if account is not None:
            yield f"{account.text('login').lower()}/{own}"


def _card(fields: Fields) -> Told:
    """Only a changed value names the project by its number; else all of its owner are read."""
    fields.within("projects_v2_item")
    if fields.maybe_text("action") == "reordered":
        return Told()
    changes = fields.maybe_within("changes")
    value = changes.maybe_within("field_value") if changes else None
    number = value.maybe_integer("project_number") if value else None
    return _on_projects(fields, number, lists=False)


def _project(fields: Fields) -> Told:
    number = fields.within("projects_v2").maybe_integer("number")
    return _on_projects(fields, number, lists=True)


def _on_projects(fields: Fields, number: int | None, *, lists: bool) -> Told:
    owner = _organization(fields)
    if owner is None:
        return Told()
    if number is None or number <= 0:
        return Told(below=(f"{owner}{_PROJECTS}",))
    return Told(places=frozenset({project_source(owner, str(number))}), lists=lists)


def _installation(fields: Fields) -> Told:
    fields.within("installation").identifier("id")
    return Told(access=True)


def _chosen(fields: Fields) -> Told:
    """Repositories that an installation sees now, or no more."""
    fields.within("installation").identifier("id")
    both = (*fields.each("repositories_added"), *fields.each("repositories_removed"))
    names = {_name(each) for each in both}
    return Told(places=frozenset(names), below=_projects(names), access=True)


def _owner(fields: Fields) -> Told:
    """An organization that is called otherwise or gone; its members change no number."""
    if fields.maybe_text("action") not in ("renamed", "deleted"):
        return Told()
    changes = fields.maybe_within("changes")
    was = changes.maybe_within("login") if changes else None
    names = (_organization(fields), was.maybe_text("from") if was else None)
    return Told(below=tuple(f"{name.lower()}/" for name in names if name))


_READ: dict[str, Callable[[Fields], Told]] = {
    "issues": _issues,
    "issue_comment": _comments,
    "pull_request": _pulls,
    "sub_issues": _family,
    "issue_dependencies": _dependencies,
    "milestone": _milestone,
    "label": _lists,
    "repository": _repository,
    "projects_v2_item": _card,
    "projects_v2": _project,
    "installation": _installation,
    "installation_repositories": _chosen,
    "installation_target": _owner,
    "organization": _owner,
}


def _hint(fields: Fields, issue: Fields, *, gone: bool = False, blind: bool = False) -> Hint:
    told = issue.maybe_text("repository_url")
    named = repository_of(told) or ""
    repo = _checked(named, issue, "repository_url") if told else _repo(fields)
    ref = Ref(_id(issue), f"{repo}#{_number(issue)}")
    # A deleted issue keeps its last time: only a read shows that it is gone.
    known = issue.maybe_instant("updated_at")
    return Hint(repo, ref, None if gone or blind else known, gone=gone)


def _repo(fields: Fields) -> str:
    return _name(fields.within("repository"))


def _name(place: Fields) -> str:
    return _checked(place.name("full_name"), place, "full_name")


def _checked(name: str, holder: Fields, field: str) -> str:
    return name.lower() if _is_name(name) else holder.wrong(field, "is not OWNER/REPO")


def _is_name(name: str) -> bool:
    try:
        return len(name) <= 200 and bool(repository(name))
    except Refused:
        return False


def _organization(fields: Fields) -> str | None:
    found = fields.maybe_within("organization")
    return found.name("login").lower() if found else None


def _within(fields: Fields, *names: str) -> Fields | None:
    found: Fields | None = fields
    for name in names:
        found = found.maybe_within(name) if found else None
    return found


def _id(issue: Fields) -> str:
    return _short(issue, "id", _LONGEST_ID)


def _number(issue: Fields) -> str:
    return _short(issue, "number", _LONGEST_NUMBER)


def _short(issue: Fields, name: str, most: int) -> str:
    found = issue.identifier(name)
    return found if len(found) <= most else issue.wrong(name, "is not an id")

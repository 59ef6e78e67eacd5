"""From an address people paste to the scope, with its title as GitHub shows it."""

from collections.abc import Callable, Iterator, Mapping

from connector.errors import AccessDenied, BadScope, Gone
from integrations.github import features, judging, seeking
from integrations.github.locate import locate
from integrations.github.scopes import issue, label, milestone, numbered, project
from integrations.github.seeking import Asked
from integrations.kit.answers import Rejected
from integrations.kit.loose import text
from integrations.tracker import Found


def at(asked: Asked, url: str) -> Iterator[Found]:
    """What the address shows; nothing for one of another site or of no scope.

    Raises ``BadScope`` with GitHub's own word for one that cannot be read.
    """
    scope = locate(asked.client.web, url)
    if scope is None:
        return
    kind, value = scope
    if said := features.objection(kind, asked.account.options):
        raise BadScope(said)
    try:
        yield _LOOKS[kind](asked, value)
    except (Gone, AccessDenied, Rejected):
        if said := judging.judge(asked, kind, value):
            raise BadScope(said) from None
        yield asked.found(kind, value, value)


def _milestone(asked: Asked, value: str) -> Found:
    place, name = milestone(value)
    if place.endswith("/*"):
        return asked.found("milestone", value, name, f"in every repository of {place[:-2]}")
    place, number = numbered(value, "a milestone")
    row = asked.client.get(f"/repos/{place}/milestones/{number}").object()
    note = f"{place}, {text(row, 'state')}, {text(row, 'open_issues')} open"
    return asked.found("milestone", f"{place}/{number}", text(row, "title") or number, note)


def _label(asked: Asked, value: str) -> Found:
    place, name = label(value)
    return asked.found("label", f"{place}/{name}", name, place)


def _issue(asked: Asked, value: str) -> Found:
    place, number = issue(value)
    row = asked.client.get(f"/repos/{place}/issues/{number}").object()
    found = seeking.issue(asked, row)
    return found or asked.found("issue", value, text(row, "title"), "a pull request, no issue")


def _project(asked: Asked, value: str) -> Found:
    owner, number = project(value)
    whose = "users" if value.startswith("users/") else "orgs"
    row = asked.client.get(f"/{whose}/{owner}/projectsV2/{number}").object()
    narrowed = value.partition("?")[2]
    title = text(row, "title") or value
    return asked.found("project", value, title, f"{owner}, where {narrowed}" if narrowed else owner)


def _repository(asked: Asked, value: str) -> Found:
    row = asked.client.get(f"/repos/{value}").object()
    return asked.found("repo", value.lower(), text(row, "full_name") or value)


_LOOKS: Mapping[str, Callable[[Asked, str], Found]] = {
    "milestone": _milestone,
    "label": _label,
    "issue": _issue,
    "project": _project,
    "repo": _repository,
}

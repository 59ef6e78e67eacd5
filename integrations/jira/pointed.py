"""From an address people paste to the scope, with its title as Jira shows it."""

import re
from collections.abc import Callable, Iterator, Mapping

from connector.errors import AccessDenied, BadScope, Gone
from integrations.jira import judging, seeking
from integrations.jira.asked import Asked, text, within
from integrations.jira.locate import inside, locate
from integrations.kit.answers import Rejected
from integrations.tracker import Found

_BY_ID = re.compile(r"(fixVersion|component|filter) = ([0-9]+)")


def at(asked: Asked, url: str) -> Iterator[Found]:
    """What the address shows; nothing for one of another site or of no scope.

    Raises ``BadScope`` with Jira's own word for one that cannot be read.
    """
    scope = locate(asked.profile.browse, url)
    if scope is None:
        yield from _board(asked, url)
        return
    kind, value = scope
    try:
        yield next(iter(_LOOKS.get(kind, _as_it_is)(asked, kind, value)))
    except (Gone, AccessDenied, Rejected):
        if said := judging.judge(asked, kind, value):
            raise BadScope(said) from None
        yield asked.found(kind, value, value)


def _as_it_is(asked: Asked, kind: str, value: str) -> Iterator[Found]:
    yield asked.found(kind, value, value.partition("/")[2] if kind != "jql" else value)


def _issue(asked: Asked, _kind: str, value: str) -> Iterator[Found]:
    yield from seeking.exact(asked, value)


def _project(asked: Asked, kind: str, value: str) -> Iterator[Found]:
    row = asked.get(f"{asked.version}/project/{value}").object()
    yield asked.found(kind, text(row, "key").upper() or value, text(row, "name") or value)


def _sprint(asked: Asked, kind: str, value: str) -> Iterator[Found]:
    row = asked.get(f"agile/1.0/sprint/{value}").object()
    yield asked.found(kind, value, text(row, "name") or value, text(row, "state"))


def _query(asked: Asked, kind: str, value: str) -> Iterator[Found]:
    """A version or component by its id is better linked by its name: its items are tagged so."""
    named = _BY_ID.fullmatch(value)
    if named is None:
        yield asked.found(kind, value, value)
    elif named[1] == "filter":
        row = asked.get(f"{asked.version}/filter/{named[2]}").object()
        yield asked.found(kind, value, text(row, "name") or value, "saved filter")
    else:
        part = "version" if named[1] == "fixVersion" else "component"
        row = asked.get(f"{asked.version}/{part}/{named[2]}").object()
        project = text(row, "project") or _key_of(asked, text(row, "projectId"))
        yield asked.found(part, f"{project}/{text(row, 'name')}", text(row, "name"), project)


def _key_of(asked: Asked, project_id: str) -> str:
    return text(asked.get(f"{asked.version}/project/{project_id}").object(), "key").upper()


def _board(asked: Asked, url: str) -> Iterator[Found]:
    """A board of no one project: what its filter lists."""
    found = inside(asked.profile.browse, url)
    number = found[1].get("rapidView", "") if found else ""
    if not (number.isascii() and number.isdigit()):
        return
    try:
        board = asked.get(f"agile/1.0/board/{int(number)}/configuration").object()
    except (Gone, AccessDenied, Rejected):
        return
    if ident := text(within(board, "filter"), "id"):
        title = text(board, "name") or f"board {number}"
        yield asked.found("jql", f"filter = {ident}", title, "what the board lists")


_LOOKS: Mapping[str, Callable[[Asked, str, str], Iterator[Found]]] = {
    "epic": _issue,
    "project": _project,
    "sprint": _sprint,
    "jql": _query,
}

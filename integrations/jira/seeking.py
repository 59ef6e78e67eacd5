"""The searches of the finder, one kind of scope each: what fits some words, best first."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from integrations.jira.asked import (
    Asked,
    Json,
    fitting,
    listed,
    objects,
    text,
    with_words,
    within,
    words_of,
)
from integrations.jira.jql import quote
from integrations.jira.reading import level_of
from integrations.jira.scopes import is_issue_key
from integrations.kit.fields import Fields
from integrations.kit.steps import MOST, tolerantly
from integrations.tracker import Found

_BOARDS = 5
_FIRST = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:[/\s]+(.*))?")
_SHOWN = ("summary", "issuetype", "status", "project", "subtasks")
_ALONE = "no child issues"
_STATES = {"active": 0, "future": 1}
_PARTS = {
    "version": ("fixVersion", "fixVersions"),
    "component": ("component", "components"),
    "label": ("labels", "labels"),
}
Part = tuple[str, str, str, str]
"""Kind, project, name, note."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: the project it begins with, if any, and the text after its key.

    ``projects`` are those that fit.
    """

    text: str
    project: str = ""
    projects: tuple[Found, ...] = ()

    @property
    def rest(self) -> list[str]:
        """The words to search by."""
        return words_of(self.text)


def wish(asked: Asked, wanted: str) -> Wish:
    """Read what somebody typed; one call, for the projects."""
    first = _FIRST.fullmatch(wanted)
    named = first[1].upper() if first else ""
    known = list(_projects(asked, first[1] if first else wanted))
    here = [each for each in known if each[0] == named]
    fits = [each for each in known if each in here or fitting(words_of(wanted), *each)]
    fits.sort(key=lambda each: each[0] != named)
    found = tuple(asked.found("project", key, name or key) for key, name in fits)
    rest = first[2] or "" if first and here else wanted
    return Wish(rest, named if here else "", found)


def _projects(asked: Asked, word: str) -> Iterator[tuple[str, str]]:
    if asked.profile.cloud:
        query = {"query": word, "maxResults": "50"}
        rows = objects(asked.get("api/3/project/search", **query).object().get("values"))
    else:
        rows = objects(asked.get("api/2/project").array())
    for row in rows:
        if (key := text(row, "key")) and fitting([word], key, text(row, "name")):
            yield key.upper(), text(row, "name")


def exact(asked: Asked, key: str) -> Iterator[Found]:
    """The issue of a key."""
    if is_issue_key(key):
        fields = ",".join(_SHOWN)
        yield _issue(
            asked, asked.get(f"{asked.version}/issue/{key.upper()}", fields=fields).object()
        )


def parents(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """Epics and what is above them, the last changed first."""
    types = asked.parent_types()
    if types:
        yield from _issues(asked, wanted, f"issuetype in ({listed(types)})")


def others(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """Any issue: each can be a parent. Those that have nothing below them say so and come last."""
    if wanted.rest:
        found = _issues(asked, wanted, "", _childless)
        yield from sorted(found, key=lambda each: each.note.endswith(_ALONE))


def _issues(
    asked: Asked, wanted: Wish, condition: str, alone: Callable[[Json], bool] = lambda _: False
) -> Iterator[Found]:
    place = f"project = {quote(wanted.project)}" if wanted.project else ""
    conditions = [each for each in (place, condition, *with_words(wanted.rest)) if each]
    jql = f"{' AND '.join(conditions)} ORDER BY updated DESC"
    for each in asked.issues(jql, _SHOWN, MOST):
        yield _issue(asked, each, _ALONE if alone(within(each, "fields")) else "")


def _childless(fields: Json) -> bool:
    """Whether an issue that is no epic has nothing below it."""
    return level_of(Fields(within(fields, "issuetype"))) < 1 and not objects(fields.get("subtasks"))


def _issue(asked: Asked, issue: Json, said: str = "") -> Found:
    fields, key = within(issue, "fields"), text(issue, "key")
    about = (text(within(fields, name), "name") for name in ("issuetype", "status"))
    title = text(fields, "summary") or key
    return asked.found("epic", key, title, ", ".join(each for each in (*about, said) if each))


def parts(asked: Asked, wanted: Wish, kinds: Sequence[str]) -> Iterator[Found]:
    """Versions, components and labels of the project named, else of any project they occur in."""
    of_project = [kind for kind in kinds if kind != "label"] if wanted.project else []
    found: list[Part] = []
    for kind in of_project:
        rows = objects(asked.get(f"{asked.version}/project/{wanted.project}/{kind}s").array())
        found += _named(kind, wanted.project, rows, wanted.rest)
    if left := [kind for kind in kinds if kind not in of_project]:
        found += _occurring(asked, wanted, left)
    for kind, project, name, note in sorted(dict.fromkeys(found), key=_unreleased_first):
        yield asked.found(kind, f"{project}/{name}", name, note or project)


def _named(kind: str, project: str, rows: Iterable[Json], words: Sequence[str]) -> Iterator[Part]:
    for row in rows:
        name = text(row, "name")
        if name and fitting(words, name) and row.get("archived") is not True:
            yield kind, project, name, _note(kind, project, row)


def _note(kind: str, project: str, row: Json) -> str:
    if kind != "version":
        return project
    return f"{project}, {'released' if row.get('released') is True else 'unreleased'}"


def _unreleased_first(part: Part) -> tuple[int, bool]:
    return list(_PARTS).index(part[0]), part[3].endswith(", released")


def _occurring(asked: Asked, wanted: Wish, kinds: Sequence[str]) -> Iterator[Part]:
    """Names Jira suggests, with the projects of issues that bear them."""
    start = wanted.text
    names = {kind: asked.suggested(_PARTS[kind][0], start)[:MOST] for kind in kinds if start}
    borne = [f"{_PARTS[kind][0]} in ({listed(found)})" for kind, found in names.items() if found]
    if not borne:
        return
    place = f"project = {quote(wanted.project)} AND " if wanted.project else ""
    fields = ["project", *(_PARTS[kind][1] for kind in names)]
    for issue in asked.issues(f"{place}({' OR '.join(borne)}) ORDER BY updated DESC", fields, 100):
        borne_here = within(issue, "fields")
        project = text(within(borne_here, "project"), "key")
        for kind in names if project else ():
            yield from _of_issue(
                kind, project, borne_here, {each.casefold() for each in names[kind]}
            )


def _of_issue(kind: str, project: str, fields: Json, names: set[str]) -> Iterator[Part]:
    values = fields.get(_PARTS[kind][1])
    labels = [{"name": each} for each in values] if isinstance(values, list) else []
    rows = objects(labels if kind == "label" else values)
    yield from _named(
        kind, project, (row for row in rows if text(row, "name").casefold() in names), ()
    )


def sprints(asked: Asked, wanted: Wish) -> Iterator[Found]:
    """Active and future sprints of a few boards; one of any state by its number."""
    if wanted.text.isascii() and wanted.text.isdigit():
        yield _sprint(asked, asked.get(f"agile/1.0/sprint/{int(wanted.text)}").object(), "")
        return
    of = {"projectKeyOrId": wanted.project} if wanted.project else {}
    boards = objects(asked.get("agile/1.0/board", maxResults="50", **of).object().get("values"))
    boards = [each for each in boards if text(each, "type") != "kanban" and text(each, "id")]
    boards.sort(key=lambda each: not fitting(wanted.rest, text(each, "name")))
    rows = [
        row for board in boards[:_BOARDS] for row in tolerantly(partial(_of_board, asked, board))
    ]
    seen = {text(row, "id"): (row, board) for row, board in rows}
    fits = [
        (row, board)
        for row, board in seen.values()
        if fitting(wanted.rest, text(row, "name"), text(row, "state"), board)
    ]
    for row, board in sorted(fits, key=lambda each: _STATES.get(text(each[0], "state"), 2)):
        yield _sprint(asked, row, board)


def _of_board(asked: Asked, board: Json) -> Iterator[tuple[Json, str]]:
    path = f"agile/1.0/board/{text(board, 'id')}/sprint"
    rows = asked.get(path, state="active,future", maxResults="50").object().get("values")
    yield from ((row, text(board, "name")) for row in objects(rows) if text(row, "id"))


def _sprint(asked: Asked, row: Json, board: str) -> Found:
    note = ", ".join(each for each in (text(row, "state"), board) if each)
    return asked.found("sprint", text(row, "id"), text(row, "name") or text(row, "id"), note)

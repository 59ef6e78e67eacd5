"""Jira's small lists: what its ids are called today. A change in them bumps no issue."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connector.errors import AccessDenied, BadReading, Gone
from integrations.jira.client import JiraClient
from integrations.jira.query import Scope
from integrations.jira.reading import category_of, level_of
from integrations.jira.scopes import project_and_name, sprint_id
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.kit.fields import Fields

Entry = tuple[str, str, str]
"""A name, what else matters of it (category, level, state), and the id of its project or ''."""
Entries = Mapping[str, Entry]
GLOBAL = {"status": "status", "issuetype": "issuetype", "resolution": "resolution"}
PARTS = {"version": "fixVersion", "component": "component"}
SPRINT = "sprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The entries by id of each list, called by its field in JQL: ``status``, ``sprint``, and
    ``fixVersion PLAT`` for a project's. ``read_at`` is the server's time in epoch milliseconds.

    ``bound`` says by which id a name that a scope uses was known: it finds what is renamed.
    """

    read_at: int | None
    entries: Mapping[str, Entries] = field(default_factory=dict)
    bound: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        entries = {
            name: {ident: list(each) for ident, each in held.items()}
            for name, held in self.entries.items()
        }
        return {"read_at": self.read_at, "entries": entries, "bound": self.bound}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Lists":
        """From plain JSON; raises ``KeyError``, ``TypeError``, ``ValueError`` or
        ``AttributeError`` for any other."""
        entries = {
            name: {ident: _entry(*each) for ident, each in held.items()}
            for name, held in document["entries"].items()
        }
        bound = {name: dict(held) for name, held in document["bound"].items()}
        return cls(read_at=document["read_at"], entries=entries, bound=bound)

    def named(self, name: str) -> Mapping[str, str]:
        """The ids of one list by name, whatever the case."""
        return {each[0].casefold(): ident for ident, each in self.entries.get(name, {}).items()}


def named_part(scope: Scope) -> tuple[str, str] | None:
    """The list a scope's version, component or sprint is in, and how it is called there."""
    kind, value = scope
    if kind == "sprint":
        return SPRINT, sprint_id(value)
    if kind not in PARTS:
        return None
    project, name = project_and_name(value)
    return f"{PARTS[kind]} {project}", name.casefold()


def read(
    client: JiraClient, scopes: Iterable[Scope], before: Lists | None, at: int | None
) -> Lists:
    """The lists as they are now: three calls, one for every project of version or component
    scopes, one for every sprint. What Jira does not show stays as it was."""
    asked = sorted(filter(None, map(named_part, scopes)))
    held = before.entries if before else {}
    names = [*GLOBAL, *dict.fromkeys(name for name, _ in asked if name != SPRINT)]
    found = dict(abreast(partial(_list, client), names, width=client.width))
    told = {name: held.get(name) if found[name] is None else found[name] for name in names}
    entries = {name: known for name, known in told.items() if known is not None}
    sprints = [number for name, number in asked if name == SPRINT]
    if sprints:
        shown = dict(abreast(partial(_sprint, client), sprints, width=client.width))
        entries[SPRINT] = dict(_known(shown, held.get(SPRINT, {})))
    now = Lists(read_at=at, entries=entries)
    return Lists(read_at=at, entries=entries, bound=_bound(asked, now, before))


def _entry(name: object, more: object, project: object) -> Entry:
    return str(name), str(more), str(project)


def _bound(
    asked: Iterable[tuple[str, str]], now: Lists, before: Lists | None
) -> dict[str, dict[str, str]]:
    """Of the names scopes use the ids, now or as they were last known."""
    found: dict[str, dict[str, str]] = {}
    for name, called in asked:
        known = {called: called} if name == SPRINT else now.named(name)
        there = called in (now.entries.get(name, {}) if name == SPRINT else known)
        former = before.bound.get(name, {}).get(called) if before else None
        if ident := known[called] if there else former:
            found.setdefault(name, {})[called] = ident
    return found


def _list(client: JiraClient, name: str) -> tuple[str, Entries | None]:
    field_name, _, project = name.partition(" ")
    kind = next((kind for kind, field in PARTS.items() if field == field_name), "")
    path = f"project/{project}/{kind}s" if kind else field_name
    try:
        rows = client.get(f"2/{path}").array()
    except (Gone, AccessDenied, Rejected):
        return name, None  # hidden from this token; a token that is no longer good fails elsewhere
    told = (_told(field_name, Fields(row)) for row in rows if isinstance(row, dict))
    entries = dict(each for each in told if each)
    # A project may have no versions, but every site has statuses.
    return name, entries if entries or project else None


def _told(name: str, row: Fields) -> tuple[str, Entry] | None:
    """An entry by its id; None for one that cannot be understood."""
    try:
        return row.identifier("id"), (row.text("name"), _more(name, row), _project(row))
    except BadReading:
        return None


def _more(name: str, row: Fields) -> str:
    if name == "status":
        return category_of(row)
    return str(level_of(row)) if name == "issuetype" else ""


def _project(row: Fields) -> str:
    """Of a team-managed project's own status or type the project's id."""
    scope = row.maybe_within("scope")
    project = scope.maybe_within("project") if scope else None
    return project.identifier("id") if project else ""


def _sprint(client: JiraClient, number: str) -> tuple[str, Entry | bool]:
    """A sprint; False when there is none of this number, True when that cannot be known."""
    try:
        row = Fields(client.call("GET", f"agile/1.0/sprint/{number}").object())
        return number, (row.text("name"), row.maybe_text("state") or "", "")
    except Gone:
        return number, False
    except (AccessDenied, Rejected, BadReading):
        return number, True


def _known(told: Mapping[str, Entry | bool], held: Entries) -> Iterator[tuple[str, Entry]]:
    for number, each in told.items():
        if not isinstance(each, bool):
            yield number, each
        elif each and number in held:
            yield number, held[number]

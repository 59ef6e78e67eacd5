"""Reading the source that is one repository."""

from collections.abc import Iterator
from dataclasses import replace

from integrations.github import cursors
from integrations.github.client import GitHubClient
from integrations.github.cursors import Cursor
from integrations.github.families import Families
from integrations.github.issues import Changes
from integrations.github.parts import Parts
from integrations.github.reading import Place
from integrations.github.scopes import label, milestone
from integrations.tracker import Look, Need, Page

Only = dict[str, str]


def read(
    client: GitHubClient, place: Place, need: Need, cursor: str | None
) -> Iterator[Page | Look]:
    """The issues that changed; on a full read its milestones, labels and parents too."""
    before = cursors.read(cursor)
    changes = Changes(client, place, before)
    parts = Parts(client, place.repo, need)
    families = Families(client, place.repo, parts.need)
    yield from changes.pages()
    if before is None:
        parts.look()
        yield from families.pages(changes.parents)
    else:
        yield from families.again(changes.parents | before.members)
    yield Look(
        cursor=replace(changes.cursor(), members=frozenset(families.abroad)).text(),
        complete=before is None,
        broken=parts.broken | families.broken,
        titles=parts.titles | families.titles,
    )


def glance(client: GitHubClient, place: Place, need: Need) -> Iterator[Page | Look]:
    """Once, only what lies in the scopes now."""
    parts = Parts(client, place.repo, need)
    parts.look()
    families = Families(client, place.repo, parts.need)
    asked = [s for s in sorted(parts.need.scopes) if s[0] != "issue" and s not in parts.broken]
    cursor, filters, parents = Cursor(cursors.EPOCH), _filters(asked), set[str]()
    for only in filters:
        changes = Changes(client, place, None, only=only)
        yield from changes.pages()
        cursor, parents = changes.cursor(), parents | changes.parents
    # With the whole repository, only sub-issues in others are left to read.
    yield from families.pages(parents) if {} in filters else families.children()
    yield Look(
        cursor=cursor.text(),
        complete=True,
        broken=parts.broken | families.broken,
        titles=parts.titles | families.titles,
    )


def _filters(scopes: list[tuple[str, str]]) -> list[Only]:
    """How GitHub narrows its list to each scope; once without, where one cannot be narrowed."""
    narrowed = [_filter(*scope) for scope in scopes]
    return [{}] if {} in narrowed else narrowed


def _filter(kind: str, value: str) -> Only:
    if kind == "milestone":
        return {"milestone": milestone(value)[1]}
    name = label(value)[1] if kind == "label" else ""
    # A comma would name two labels.
    return {"labels": name} if name and "," not in name else {}

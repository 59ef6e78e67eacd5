"""Single issues by id or key, read directly; what is not there is told as missing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connector.work import Ref, WorkItem
from integrations.jira.client import JiraClient
from integrations.jira.profile import Profile
from integrations.jira.reading import page
from integrations.jira.refs import home_of, id_of, name_of
from integrations.jira.sight import Sight
from integrations.jira.singly import read, singly
from integrations.tracker import Fetched, Unreadable

_MOST = 100
_NAMES = ("id", "key")


def fetch(client: JiraClient, site: Profile, refs: Sequence[Ref]) -> Fetched:
    """At most 100 refs; ids win over keys, since keys change when an issue moves.

    Of those that are missing it is asked, once for a project, whether that can be seen: where it
    cannot, its issues are hidden and not gone.
    """
    sight = Sight(client)
    found = look(client, site, refs, sight)
    homes = {ref: home for ref in found.missing if (home := home_of(ref))}
    shown = sight.shown(homes.values())
    why = {ref: _why(home, shown=shown[home]) for ref, home in homes.items()}
    hidden = frozenset(ref for ref, home in homes.items() if not shown[home])
    return replace(found, why=why, hidden=hidden)


def look(
    client: JiraClient, site: Profile, refs: Sequence[Ref], sight: Sight | None = None
) -> Fetched:
    """The same without asking why some are missing."""
    if len(refs) > _MOST:
        raise ValueError(f"at most {_MOST} issues are read at once")
    names = {ref: name for ref in refs if (name := name_of(ref))}
    if site.cloud:
        return _cloud(client, site, refs, names) if names else Fetched((), tuple(refs))
    asked = {name: ref for ref, name in names.items()}
    found = read(client, site, asked, sight or Sight(client))
    told = page(list(found.values()), site)
    missing = tuple(ref for ref in refs if names.get(ref) not in found)
    return Fetched(_once(told.items), missing, told.unreadable)


def _cloud(
    client: JiraClient, site: Profile, refs: Sequence[Ref], names: dict[Ref, str]
) -> Fetched:
    answer = client.bulk(list(dict.fromkeys(names.values())), site)
    found: list[Any] = list(answer.issues)
    known = {str(each.get(name)) for each in found if isinstance(each, dict) for name in _NAMES}
    known |= {name for each in answer.held for name in each}
    left = [ref for ref in refs if names.get(ref) not in known]
    # A key that changed comes back under its new name: ask again by itself to be sure.
    moved = singly(client, site, [names[ref] for ref in left if ref in names and not id_of(ref)])
    told = page([*found, *moved.values()], site)
    message = "Jira could not read it just now"
    held = (Unreadable(ident, key, "issue", message) for ident, key in answer.held)
    missing = tuple(ref for ref in left if names.get(ref) not in moved)
    return Fetched(_once(told.items), missing, (*told.unreadable, *held))


def _why(project: str, *, shown: bool) -> str:
    if shown:
        return f"deleted from {project}, or hidden by an issue security level"
    return (
        f"project {project} is not visible with this token any more: it was deleted, or the right"
        " to browse it was taken away"
    )


def _once(items: Sequence[WorkItem]) -> tuple[WorkItem, ...]:
    return tuple({item.external_id: item for item in items}.values())

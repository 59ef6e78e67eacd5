"""Some issues whose history is asked for: what Jira sent of each, and what it comes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.work import ItemEvent, Ref
from integrations.jira.changes import Now, events, now_of
from integrations.jira.client import JiraClient
from integrations.jira.entries import Site
from integrations.jira.fetching import look
from integrations.jira.profile import Profile
from integrations.jira.refs import id_of
from integrations.kit.apart import each_apart
from integrations.tracker import History, Named

MISSING = "Jira does not show this issue."
_FETCH = 100
_KINDS = {"Fix Version": "version", "Component": "component"}


@dataclass(slots=True)
class Portion:
    """Raw changelog entries and where each issue lies now, by id; reasons for the others."""

    logs: dict[str, list[Any]] = field(default_factory=dict)
    now: dict[str, Now] = field(default_factory=dict)
    untold: dict[str, str] = field(default_factory=dict)

    def look(self, client: JiraClient, profile: Profile, refs: Sequence[Ref]) -> None:
        """Read these issues themselves, to know where they lie now or that they are not there."""
        for start in range(0, len(refs), _FETCH):
            found = look(client, profile, refs[start : start + _FETCH])
            self.now |= {item.external_id: now_of(item) for item in found.items}
            self.untold |= {named(ref): MISSING for ref in found.missing}
            self.untold |= {
                each.external_id or each.key: f"{each.message}." for each in found.unreadable
            }

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The kind and project of the versions and components that came or went."""
        pairs = (
            (self.now[ident].home, log) for ident, log in self.logs.items() if ident in self.now
        )
        return frozenset(
            (_KINDS[name], home) for home, log in pairs for name in changed(log) & _KINDS.keys()
        )

    def history(self, site: Site) -> History:
        """The events of those that can be told."""

        def told(ident: str) -> tuple[str, list[ItemEvent]]:
            return ident, list(events(self.logs.get(ident, ()), self.now[ident], site))

        asked = [each for each in self.now if each not in self.untold]
        found = each_apart(asked, told, lambda ident: Named(ident, ""))
        self.untold |= {each.external_id: f"{each.message}." for each in found.unreadable}
        changes = tuple(change for _, log in found.read for change in log)
        return History(changes, frozenset(ident for ident, _ in found.read), self.untold)


def changed(log: Iterable[object]) -> frozenset[str]:
    """The names of the fields that raw entries tell of."""
    lists = (each.get("items") for each in log if isinstance(each, dict))
    items = (item for each in lists if isinstance(each, list) for item in each)
    return frozenset(str(item.get("field")) for item in items if isinstance(item, dict))


def named(ref: Ref) -> str:
    """What an untold issue is called: its id where that is known."""
    return id_of(ref) or ref.external_id or ref.key or ""

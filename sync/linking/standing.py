"""The links a key result has now, as people see and change them."""

from dataclasses import dataclass
from typing import Any

from connector.errors import Refused
from connector.okr import LinkRule
from connector.store.tables import Cycle, KeyResult, Link
from sync import values
from sync.preview.wanted import links_of, stored
from sync.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One link: ``origin`` is who made it, ``broken`` why its scope cannot be read. ``today`` is
    the scope as the tracker calls it now, where that is otherwise."""

    id: int
    scope: str
    tracker: str
    kind: str
    title: str
    url: str
    rule: LinkRule
    origin: str
    write_back: tuple[str, ...]
    broken: str | None
    today: str = ""

    @property
    def names(self) -> frozenset[str]:
        """All that it may be called, in one case."""
        return frozenset(each.casefold() for each in (self.scope, self.today) if each)

    @property
    def called(self) -> str:
        """What its scope names, as the tracker calls it now; "" where that is the same."""
        return self.today.split(":", 2)[-1]

    def as_json(self) -> dict[str, Any]:
        """The stable shape of ``link --json`` and ``unlink --json``."""
        measure, asked = self.rule.measure.as_json(), list(self.write_back)
        told = {"scope": self.scope, "measure": measure, "origin": self.origin}
        return {**told, "write_back": asked, "error": self.broken}


def held(runtime: Runtime, cycle: str, key: str) -> tuple[Held, ...]:
    """The links of a key result, in order; raises ``Refused`` when it is not there."""
    with runtime.store.read() as session:
        _, _, row = stored(session, cycle, key)
        return tuple(as_held(link) for link in links_of(session, row.id))


def had(runtime: Runtime, cycle: str, key: str, link_id: int) -> bool:
    """Whether a link is or was one of a key result; raises ``Refused`` when that is not there."""
    with runtime.store.read() as session:
        _, _, row = stored(session, cycle, key)
        link = session.get(Link, link_id)
        return link is not None and link.key_result_id == row.id


def as_held(link: Link) -> Held:
    """A stored link as people see it."""
    return Held(
        id=link.id,
        scope=link.scope,
        tracker=link.tracker,
        kind=link.kind,
        title=link.title,
        url=link.url,
        rule=values.rule(link),
        origin=link.origin,
        write_back=tuple(link.write_back),
        broken=link.broken,
        today=f"{link.scope.removesuffix(link.value)}{link.today}" if link.today else "",
    )


def refuse_closed(cycle: Cycle, row: KeyResult) -> None:
    """Refuse to touch the links of a closed cycle."""
    if cycle.state == "closed":
        raise Refused(f"cycle {cycle.key} is closed: the links of {row.key} stay as they are")

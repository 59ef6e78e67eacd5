"""The next cycle's objectives begun from another one's: words and measures, never values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from connector.errors import Refused
from connector.plans import Entry, Identity, Record
from sync.planning import editing
from sync.planning.apply import Applied
from sync.planning.carrying import carried
from sync.planning.drafting import Copying, Note
from sync.planning.stored import stored
from sync.runtime import Runtime


def _every(_connection: int | None) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """From which cycle into which, which objectives, and whether their links come too.

    ``sees`` tells the work of which connections whoever copies may link.
    """

    source: str
    target: str
    keys: tuple[str, ...]
    with_links: bool = False
    sees: Callable[[int | None], bool] = _every


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What copying would make, and what would be left out or otherwise than it was."""

    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]

    @property
    def version(self) -> str:
        """What tells whether something else is to be told by now."""
        return sha256(repr(self.notes).encode()).hexdigest()[:16]

    @property
    def objectives(self) -> int:
        """How many objectives it makes."""
        return sum(each.kind == "objective" for each in self.entries)


def draft(runtime: Runtime, wanted: Wanted) -> Draft:
    """These objectives with their key results as drafts of another cycle; raises ``Refused``.

    Keys stay where they are free. What one supports comes along where it is copied too, or is
    there under the same key. What cannot come is left out, with a note.
    """
    with runtime.store.read() as session:
        records = stored(session).records
    _refuse(wanted, records)
    chosen = set(wanted.keys)
    mine = [
        key
        for (kind, cycle, key), record in records.items()
        if (kind, cycle) == ("key_result", wanted.source) and not record["retired"]
        if record["objective"] in chosen
    ]
    links = {}
    if wanted.with_links:
        links = carried(runtime, wanted.source, of=mine, sees=wanted.sees)
    cycles = (wanted.source, wanted.target)
    made = Copying(records, cycles, keys=wanted.keys, links=links)
    return Draft(entries=tuple(made.entries()), notes=tuple(made.notes()))


def copy(runtime: Runtime, found: Draft, *, author: str) -> Applied:
    """Make what was drafted, all of it or nothing; raises ``Refused``."""
    if not found.entries:
        raise Refused("none of these can be taken over")
    seen = {entry.identity: editing.NEW for entry in found.entries}
    return editing.change(runtime, found.entries, author=author, seen=seen)


def _refuse(wanted: Wanted, records: Mapping[Identity, Record]) -> None:
    target = records.get(("cycle", None, wanted.target))
    if target is None or target["state"] == "closed":
        raise Refused("choose a cycle that is not closed")
    if wanted.target == wanted.source:
        raise Refused("choose another cycle than the one these are taken from")
    if not wanted.keys:
        raise Refused("choose at least one objective")
    for key in wanted.keys:
        if ("objective", wanted.source, key) not in records:
            raise Refused(f"there is no objective {key!r} in cycle {wanted.source}")

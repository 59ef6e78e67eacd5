"""Which items a tried link would hold: from the mirror where it is there, else read just now."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC
from time import monotonic

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Reading

from connector.errors import TrackerError
from connector.ledger import Candidate
from connector.okr import rule_as_json
from connector.scopes import Below, Selector
from connector.selecting import lying_in
from connector.store.chunks import chunks
from connector.store.tables import Item, Link, Source
from connector.work import WorkItem
from integrations.tracker import Look, Need, Page, ScopeKind, Session, Spec
from sync import grants, roots, values
from sync.members import candidates
from sync.preview.wanted import Tried
from sync.runtime import Runtime
from sync.sources import Bound, fields_of

LATE = (
    "reading all of it takes longer than a person waits for; narrow it, or save it: it counts as"
    " soon as it was read"
)


def from_mirror(session: Reading, tried: Tried) -> bool:
    """Look in the mirror; returns whether all of the scope, with the fields needed, is there."""
    if tried.kind is None or tried.connection is None or tried.problem:
        return True
    read = _read_before(session, tried)
    if read is None:
        return False
    as_tried = Link(
        connection_id=read.connection_id,
        source_id=read.source_id,
        kind=read.kind,
        value=tried.value,
        rule=rule_as_json(tried.rule),
    )
    bound = Bound(as_tried, tried.kind, "")
    tried.candidates = candidates(session, bound, tags=tried.mapping.reads_boards)
    return True


def from_tracker(runtime: Runtime, tried: Tried, *, patience: float | None = None) -> None:
    """Read the scope from its tracker without keeping anything; an error becomes its problem.

    ``patience``: the seconds after which no further page is read; None reads to the end.
    """
    kind, connection = tried.kind, tried.connection
    if kind is None or connection is None:
        return
    fields = fields_of([tried.rule], tried.mapping)
    asked_for = frozenset({(kind.kind, tried.value)})
    try:
        account = grants.account(runtime, connection, fields, asked_for)
    except TrackerError as error:
        tried.problem = str(error)
        return
    asked = runtime.tracker(connection.tracker).open(account)
    selector, parents = _selector(tried, kind)
    found = _Found(until=None if patience is None else monotonic() + patience)
    try:
        _read(asked, tried, Need(scopes=asked_for, parents=parents, narrow=True), found)
        if tried.problem is None:
            _measured(asked, tried, runtime.tracker(connection.tracker).spec, found.items)
            selector = _today(asked, tried, selector, found.items.values())
    except TrackerError as error:
        tried.problem = str(error)
    finally:
        asked.close()
    if tried.problem is None:
        levels, day = tried.rule.depth, runtime.clock().astimezone(UTC).date()
        items = lying_in(
            selector, found.items.values(), depth=levels, matches=found.matches, day=day
        )
        tried.candidates = [Candidate(-number, item) for number, item in enumerate(items, 1)]


@dataclass(slots=True)
class _Found:
    """What was read so far; nothing further is after ``until``."""

    until: float | None
    items: dict[str, WorkItem] = field(default_factory=dict)
    matches: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        return self.until is not None and monotonic() > self.until


def _read(asked: Session, tried: Tried, need: Need, found: _Found) -> None:
    """Read the scope, and for deep links level by level what lies below it."""
    kind = tried.kind
    if kind is None:
        return
    above = need.parents
    for _ in range(tried.rule.depth if isinstance(kind.select(tried.value), Below) else 1):
        for part in asked.read(kind.source(tried.value), need, None):
            if isinstance(part, Page):
                found.items.update({item.external_id: item for item in part.items})
            elif isinstance(part, Look):
                found.matches.update(part.matches)
                tried.problem = tried.problem or part.broken.get((kind.kind, tried.value))
            if found.is_late:
                tried.problem = tried.problem or LATE
                return
        inner = above | {item.key for item in found.items.values() if item.level >= 0}
        if inner <= need.parents:
            break
        need = replace(need, parents=inner)


def _measured(asked: Session, tried: Tried, spec: Spec, found: dict[str, WorkItem]) -> None:
    """Give the items the numbers that they show elsewhere only, such as on a board."""
    own = tried.kind.source(tried.value) if tried.kind else ""
    fields = sorted(fields_of([tried.rule], tried.mapping))
    for scope in dict.fromkeys(filter(None, map(spec.measured, fields))):
        kind = spec.kind(scope[0])
        if kind is None or kind.source(scope[1]) == own:
            continue
        need = Need(scopes=frozenset({scope}), narrow=True)
        for part in asked.read(kind.source(scope[1]), need, None):
            for item in part.items if isinstance(part, Page) else ():
                if held := found.get(item.external_id):
                    numbers = {**held.numbers, **item.numbers}
                    found[item.external_id] = replace(held, numbers=numbers)


def _today(asked: Session, tried: Tried, selector: Selector, found: Iterable[WorkItem]) -> Selector:
    """The scope by the key its parent has now, where the one it is named by is a former one."""
    if tried.kind is None or tried.problem or not isinstance(selector, Below):
        return selector
    if any(item.key in selector.keys for item in found):
        return selector
    source_key = tried.kind.source(tried.value)
    told = roots.called_otherwise(asked, source_key, [selector.key])
    return next((selector.moved(shown.items[0].key) for _, shown in told), selector)


def _selector(tried: Tried, kind: ScopeKind) -> tuple[Selector, frozenset[str]]:
    """What the scope means now, and the key its parent was moved to, if any."""
    found, moved_to = kind.select(tried.value), tried.row.root_key if tried.row else None
    if moved_to is None or not isinstance(found, Below):
        return found, frozenset()
    return found.moved(moved_to), frozenset({moved_to})


def number(session: Reading, tried: Tried, new: dict[tuple[int, str], int]) -> None:
    """Give items their ids in the mirror, and others one below 0, so that one counts once.

    ``new`` gathers those the mirror does not know, over all that is tried.
    """
    if tried.connection is None or not tried.candidates or tried.candidates[0].item_id > 0:
        return
    known: dict[str, int] = {}
    for chunk in chunks([each.item.external_id for each in tried.candidates]):
        query = select(Item.external_id, Item.id).where(
            Item.connection_id == tried.connection.id, Item.external_id.in_(chunk)
        )
        known.update({row[0]: row[1] for row in session.execute(query)})
    for each in tried.candidates:
        place = (tried.connection.id, each.item.external_id)
        if each.item.external_id not in known:
            known[each.item.external_id] = new.setdefault(place, -len(new) - 1)
    tried.candidates = [
        Candidate(known[each.item.external_id], each.item) for each in tried.candidates
    ]


def _read_before(session: Reading, tried: Tried) -> Link | None:
    """A link by which the whole scope is in the mirror already, with every field needed."""
    if tried.kind is None or tried.connection is None:
        return None
    query = select(Link, Source).join(Source, Source.id == Link.source_id)
    mine = query.where(
        Link.connection_id == tried.connection.id,
        Link.kind == tried.kind.kind,
        func.coalesce(Link.today, Link.value) == tried.value,
        Link.ended_at.is_(None),
        Link.looked_at.is_not(None),
        Link.broken.is_(None),
    )
    fields = fields_of([tried.rule], tried.mapping)
    for link, source in session.execute(mine.order_by(Link.id)):
        deep = values.rule(link).depth >= tried.rule.depth
        if deep and fields <= set(source.need.get("fields", [])):
            found: Link = link
            return found
    return None

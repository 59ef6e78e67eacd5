"""Many items that show few different things: what they show is weighed once."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from connector.ledger.parts import Candidate, Draft, Part, Weigher
from connector.mapping import FieldMapping
from connector.okr import LinkRule
from connector.work import WorkItem

_MOST_KNOWN = 5000
Drafts = dict[Hashable, Draft]
"""What was made of things that are shown; more than some thousand of them are made again."""


class Member(NamedTuple):
    """An item in a link's scope; what it weighs depends on what is ``shown`` of it alone."""

    item_id: int
    key: str
    changed_at: datetime
    state_at: datetime
    shown: Hashable


@dataclass(frozen=True, slots=True)
class Crowd:
    """Items in a link's scope, and for whatever is ``shown`` of some an item that shows it."""

    members: Sequence[Member]
    shown: Mapping[Hashable, WorkItem]


def alike(
    rule: LinkRule, crowds: Iterable[Crowd], mapping: FieldMapping, *, is_query: bool
) -> Iterator[list[Part]]:
    """What ``parts`` would make of all items of a scope, a crowd after the other.

    The crowds are gone through twice where the size of some depends on those of all others.
    """
    weigher, known = Weigher(rule, mapping, is_query=is_query), Drafts()
    default = weigher.default_size(_sizes(weigher, crowds, known))
    for crowd in crowds:
        drafts = _drafted(weigher, crowd, known)
        weighed = {shown: weigher.weigh(drafts[shown], default) for shown in crowd.shown}
        yield [_of(each, weighed[each.shown]) for each in crowd.members]


def _sizes(weigher: Weigher, crowds: Iterable[Crowd], known: Drafts) -> Iterator[float | None]:
    for crowd in crowds:
        drafts = _drafted(weigher, crowd, known)
        counting = (drafts[each.shown] for each in crowd.members)
        yield from (each.size for each in counting if not each.part.reason)


def _drafted(weigher: Weigher, crowd: Crowd, known: Drafts) -> Drafts:
    if len(known) > _MOST_KNOWN:
        known.clear()
    for shown, item in crowd.shown.items():
        if shown not in known:
            known[shown] = weigher.draft(Candidate(0, item))
    return known


def _of(member: Member, part: Part) -> Part:
    return Part(
        item_id=member.item_id,
        key=member.key,
        status=part.status,
        state=part.state,
        done=part.done,
        total=part.total,
        included=part.included,
        sized=part.sized,
        reason=part.reason,
        changed_at=member.changed_at,
        state_at=member.state_at,
    )

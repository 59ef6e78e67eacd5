"""Links made, changed and ended by a person: checked like a plan file, kept like one.

The tracker is asked about a new scope first, with no transaction open.
"""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from connector import notes, scopes
from connector.errors import Refused
from connector.okr import LinkRule
from connector.plans import PlanLink
from connector.scopes import Scope
from connector.store.tables import Cycle, KeyResult, Link
from sync import sizing, values, verdict
from sync.conventions import is_asked_for
from sync.linking.standing import refuse_closed
from sync.linking.writing import write
from sync.planning.known import Known
from sync.planning.scopes import checker, note_kinds
from sync.planning.stored import planned
from sync.preview.wanted import links_of, stored
from sync.runtime import Runtime
from sync.said import Subject

ENDED = "this link has ended already; reload the page"


def add(
    runtime: Runtime,
    subject: Subject,
    scope: str,
    rule: LinkRule,
    *,
    write_back: Collection[str] = (),
) -> None:
    """Link a scope to a key result; raises ``Refused`` with every problem, nothing is saved then.

    A tracker that does not answer just now is no reason to refuse: the next look will tell.
    """
    asked = check(runtime, subject, scope, write_back=write_back)
    parsed = scopes.parse(scope.strip())
    verdict.refuse(runtime, parsed, rule)
    made = PlanLink(parsed, rule, write_back=asked, origin="person")

    def wanted(session: Session, _: KeyResult, held: Sequence[Link]) -> list[PlanLink]:
        refuse_double(runtime, session, parsed, held, subject.key)
        return [*map(planned, held), made]

    write(runtime, subject, wanted)


def check(
    runtime: Runtime, subject: Subject, scope: str, *, write_back: Collection[str] = ()
) -> tuple[str, ...]:
    """The kinds of notes asked for, in their order; raises ``Refused`` for what ``add`` would
    refuse without asking the tracker."""
    parsed = scopes.parse(scope.strip())
    _refuse_unfit(runtime, subject, parsed)
    return _asked(runtime, parsed, write_back)


def change(
    runtime: Runtime,
    link_id: int,
    rule: LinkRule,
    *,
    write_back: Collection[str] | None = None,
    author: str,
) -> None:
    """Count a link by another rule, and (unless None) have its items carry other notes."""
    _refuse_unsized(runtime, link_id, rule)

    def wanted(_: Session, __: KeyResult, held: Sequence[Link]) -> list[PlanLink]:
        _standing(held, link_id)
        return [changed(planned(link)) if link.id == link_id else planned(link) for link in held]

    def changed(now: PlanLink) -> PlanLink:
        if write_back is None or set(write_back) == set(now.write_back):
            return replace(now, rule=rule)
        return replace(now, rule=rule, write_back=_asked(runtime, now.scope, write_back))

    write(runtime, _subject(runtime, link_id, author), wanted)


def remove(runtime: Runtime, link_id: int, *, author: str) -> None:
    """End a link; its history stays. What the item itself asks for is not made again by it."""

    def wanted(session: Session, _: KeyResult, held: Sequence[Link]) -> list[PlanLink]:
        ended = _standing(held, link_id)
        if is_asked_for(session, ended):
            ended.origin = "convention"
        return [planned(link) for link in held if link is not ended]

    write(runtime, _subject(runtime, link_id, author), wanted)


def _refuse_unsized(runtime: Runtime, link_id: int, rule: LinkRule) -> None:
    """Refuse another number field that the tracker has not."""
    with runtime.store.read() as session:
        link = session.get(Link, link_id)
        if link is None or values.rule(link).measure.of == rule.measure.of:
            return
        scope = planned(link).scope
    sizing.refuse_missing(runtime, [sizing.Sized(scope, rule)])


def _asked(runtime: Runtime, scope: Scope, kinds: Collection[str]) -> tuple[str, ...]:
    """These kinds of notes in their order, if the scope's tracker has them."""
    tracker = runtime.trackers.get(scope.tracker)
    if tracker is None or not kinds:
        return tuple(notes.kinds(kinds))
    return tuple(note_kinds(tracker, scope, kinds))


def _standing(held: Sequence[Link], link_id: int) -> Link:
    """The link, if nobody ended it meanwhile."""
    found = next((link for link in held if link.id == link_id), None)
    if found is None:
        raise Refused(ENDED)
    return found


def _refuse_unfit(runtime: Runtime, subject: Subject, scope: Scope) -> None:
    """Refuse what can never be linked, before a tracker is asked."""
    with runtime.store.read() as session:
        cycle, _, row = stored(session, subject.cycle, subject.key)
        refuse_closed(cycle, row)
        refuse_double(runtime, session, scope, links_of(session, row.id), subject.key)


def refuse_double(
    runtime: Runtime, session: Session, scope: Scope, held: Sequence[Link], key: str
) -> None:
    """Refuse a scope that cannot be read, or is there: twice in one key result it counts twice."""
    problem = checker(session, runtime.trackers)(scope)
    if problem:
        raise Refused(problem)
    there = Known(session).connection_id(scope.tracker, scope.connection)
    refuse_twice(runtime, (scope, there), held, key)


def refuse_twice(
    runtime: Runtime, wanted: tuple[Scope, int | None], held: Sequence[Link], key: str
) -> None:
    """Refuse a scope, whose connection is known by its id, that a key result counts already."""
    scope, there = wanted
    kind = runtime.tracker(scope.tracker).spec.kind(scope.kind)
    for link in held:
        if kind is None or (link.tracker, link.kind) != (scope.tracker, scope.kind):
            continue
        held_as = {kind.select(link.value), kind.select(link.today or link.value)}
        if link.connection_id == there and kind.select(scope.value) in held_as:
            again = f"worklift link {key} {shlex.quote(link.scope)} --change --measure …"
            raise Refused(
                f"{key} counts {link.scope} already; change how it does instead, with Change on"
                f" the page of its links or {again}"
            )


def _subject(runtime: Runtime, link_id: int, author: str) -> Subject:
    with runtime.store.read() as session:
        link = session.get(Link, link_id)
        if link is None or link.ended_at is not None:
            raise Refused(ENDED)
        row = session.get_one(KeyResult, link.key_result_id)
        return Subject(session.get_one(Cycle, row.cycle_id).key, row.key, author)

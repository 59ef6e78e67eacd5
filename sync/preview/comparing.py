"""A key result before and after: readings, value, score and health, link by link."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr, scoring
from connector.effects import SHOWN, Effect, LinkEffect, Named, Standing, effect
from connector.ledger import LinkReading, Number, Part
from connector.scopes import Matching
from connector.store.chunks import chunks
from connector.store.tables import Contribution, KeyResult, Link, Reading
from sync import scores, values
from sync.preview.wanted import Trial, Tried
from sync.reports.key_results import Frame, working_days
from sync.reports.snapshot import policy_now
from sync.runtime import Runtime


@dataclass(frozen=True, slots=True)
class _Link:
    """What one link of a trial says: its reading, and the contributions behind it."""

    tried: Tried
    reading: LinkReading | None
    members: Sequence[Any]
    effect: Effect | None = None


def compare(runtime: Runtime, session: Session, trial: Trial) -> Iterator[LinkEffect]:
    """The effect on each link of a key result that is new or differs."""
    links = [_link(session, each) for each in trial.links]
    frame = _frame(runtime, session, trial)
    before = _before(session, trial)
    after = _after(session, trial, links)
    for link in links:
        if link.tried.changed:
            yield LinkEffect(
                key_result=trial.definition.key,
                scope=link.tried.scope,
                before=_was(session, link.tried, before, frame, trial),
                after=None if link.tried.problem else _shown(frame, trial, link.reading, after),
                effect=link.effect,
                overlaps=_overlaps(session, trial, link),
                problem=link.tried.problem,
                cycle=trial.cycle.key,
            )


def _link(session: Session, tried: Tried) -> _Link:
    if not tried.changed and tried.row is not None:
        held = Contribution.link_id == tried.row.id, Contribution.replaced_at.is_(None)
        reading = values.link_reading(session.get(Reading, tried.row.id))
        return _Link(tried, reading, session.scalars(select(Contribution).where(*held)).all())
    if tried.candidates is None or tried.kind is None:
        return _Link(tried, None, ())
    is_query = isinstance(tried.kind.select(tried.value), Matching)
    found = ledger.parts(tried.rule, tried.candidates, tried.mapping, is_query=is_query)
    made = effect(tried.rule, tried.candidates, tried.mapping, is_query=is_query)
    return _Link(tried, made.reading, found, made)


def _after(session: Session, trial: Trial, links: Sequence[_Link]) -> Number:
    readings = [
        scoring.Reading(each.reading.done, each.reading.total, each.reading.value)
        if each.reading
        else None
        for each in links
    ]
    rules = [each.tried.rule for each in links]
    found, partial = ledger.computed(
        trial.definition, rules, readings, (each.members for each in links)
    )
    over = scores.overrides(session, [trial.row.id]) if trial.row else {}
    override = over.get(trial.row.id) if trial.row else None
    return ledger.number(
        trial.definition,
        found,
        partial=partial,
        override=override.value if override else None,
        linked=True,
        confirmed=trial.row is not None and trial.row.confirmed_at is not None,
    )


def _before(session: Session, trial: Trial) -> Number | None:
    """The stored numbers of the key result, or None for a new one."""
    if trial.row is None:
        return None
    found = scores.number_of(session, trial.row.id)
    return found if found is not None else Number()


def _was(
    session: Session, tried: Tried, before: Number | None, frame: Frame, trial: Trial
) -> Standing | None:
    if before is None or trial.row is None:
        return None
    stored = session.get(Reading, tried.row.id) if tried.row else None
    definition = values.key_result(trial.row)
    return _standing(frame, trial.kind, definition, values.link_reading(stored), before)


def _shown(frame: Frame, trial: Trial, reading: LinkReading | None, number: Number) -> Standing:
    return _standing(frame, trial.kind, trial.definition, reading, number)


def _standing(
    frame: Frame,
    kind: okr.ObjectiveKind,
    definition: okr.KeyResult,
    reading: LinkReading | None,
    number: Number,
) -> Standing:
    expected = frame.expected(definition, kind, next(iter(frame.working_days.values()), None))
    return Standing(
        reading=reading.value if reading else None,
        value=number.value,
        progress=number.progress,
        score=number.score,
        health=frame.health(definition, number.progress, expected=expected, stale=False),
    )


def _frame(runtime: Runtime, session: Session, trial: Trial) -> Frame:
    mappings = {link.connection.id: link.mapping for link in trial.links if link.connection}
    given = working_days(mappings)
    policy = policy_now(session)
    return Frame(values.cycle(trial.cycle), runtime.clock(), runtime.settings, policy, given)


def _overlaps(session: Session, trial: Trial, link: _Link) -> tuple[Named, ...]:
    """The items that other key results count as well, by key result."""
    mine = {
        each.item_id: each.key
        for each in link.members
        if isinstance(each, Part) and each.included and each.item_id > 0
    }
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in chunks(mine):
        query = (
            select(KeyResult.key, KeyResult.id, Contribution.item_id)
            .join(Link, Link.key_result_id == KeyResult.id)
            .join(Contribution, Contribution.link_id == Link.id)
            .where(
                Contribution.item_id.in_(chunk),
                Contribution.replaced_at.is_(None),
                Contribution.included,
                Link.ended_at.is_(None),
            )
        )
        for key, key_result_id, item_id in session.execute(query):
            if trial.row is None or key_result_id != trial.row.id:
                found[key].add(mine[item_id])
    return tuple(
        Named(key, len(items), tuple(sorted(items)[:SHOWN])) for key, items in sorted(found.items())
    )

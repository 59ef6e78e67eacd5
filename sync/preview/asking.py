"""The doors of the dry run: a link, a plan file, a field mapping."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr, plans, scopes
from connector.effects import LinkEffect
from connector.errors import Refused
from connector.mapping import as_words, checked
from connector.okr import LinkRule
from connector.plans import Entry, PlanLink
from connector.plans.checks import key_result_problems
from connector.store.tables import Cycle, KeyResult, Link, Objective
from sync import sizing, values, verdict
from sync.connections import find
from sync.names import plan_of_today
from sync.planning.scopes import checker, note_checker
from sync.planning.stored import KEY_RESULT_FIELDS
from sync.planning.stored import stored as stored_plan
from sync.preview import looking
from sync.preview.comparing import compare
from sync.preview.wanted import Trial, Tried, links_of, standing, stored, tried
from sync.runtime import Runtime


def preview_link(
    runtime: Runtime,
    cycle: str,
    key: str,
    scope: str,
    rule: LinkRule,
    *,
    patience: float | None = None,
) -> tuple[LinkEffect, ...]:
    """What linking a scope to a key result would do, or counting a linked one by another rule.

    ``patience``: so many seconds are spent on reading it at the most, where somebody waits.
    Raises ``Refused`` for what saving would refuse, also by the tracker's own word.
    """
    with runtime.store.read() as session:
        found, objective, row = stored(session, cycle, key)
        links = links_of(session, row.id)
        same = next((link for link in links if link.scope == scope), None)
        others = [standing(runtime, session, link) for link in links if link is not same]
        made = tried(runtime, session, scope, rule, same)
        wanted = [*others, made]
        _refuse(session, (cycle, key), wanted)
        trial = Trial(found, values.key_result(row), _kind(objective), row, wanted)
    if same is None:
        verdict.refuse(runtime, scopes.parse(scope), rule)
    elif values.rule(same).measure.of != rule.measure.of:
        sizing.refuse_missing(runtime, [sizing.Sized(scopes.parse(scope), rule)])
    return _effects(runtime, [trial], patience=patience)


def _refuse(session: Session, where: tuple[str, str], links: Sequence[Tried]) -> None:
    """Refuse what saving would refuse: links that do not fit the key result or each other."""
    cycle, key = where
    planned = tuple(PlanLink(scopes.parse(each.scope), each.rule) for each in links)
    entry = Entry("key_result", key, cycle, {"links": planned}, 0)
    record = {**stored_plan(session).records[entry.identity], "links": planned}
    problems = [sentence for _, sentence in key_result_problems(entry, record)]
    if problems:
        raise Refused(*problems)


def preview_plan(runtime: Runtime, text: str, *, name: str) -> tuple[LinkEffect, ...]:
    """What applying a plan file would do to every link it makes or changes; raises ``Refused``."""
    plan = plans.parse(text, name, trackers=tuple(runtime.trackers))
    with runtime.store.read() as session:
        plan = plan_of_today(session, plan)
        check = checker(session, runtime.trackers)
        changes = plans.diff(plan, stored_plan(session), check, note_checker(runtime.trackers))
        kinds = {
            (each.cycle, each.key): each.fields["kind"]
            for each in changes.changes
            if each.kind == "objective"
        }
        made = {
            each.key: Cycle(key=each.key, start=each.fields["start"], end=each.fields["end"])
            for each in changes.changes
            if each.kind == "cycle"
        }
        trials = [
            _planned(runtime, session, change, kinds, made)
            for change in changes.changes
            if change.kind == "key_result" and change.fields["links"]
        ]
    return _effects(runtime, trials)


def preview_mapping(runtime: Runtime, name: str, document: object) -> tuple[LinkEffect, ...]:
    """What a field mapping would do to every link of its connection; raises ``Refused``."""
    body = checked(document)
    with runtime.store.read() as session:
        connection = find(session, name)
        spec = runtime.tracker(connection.tracker).spec
        points = spec.points(values.options_of(connection))
        mapping = as_words(body, dropped=spec.dropped, points=points)
        query = (
            select(Link, KeyResult, Objective, Cycle)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .join(Objective, Objective.id == KeyResult.objective_id)
            .join(Cycle, Cycle.id == KeyResult.cycle_id)
            .where(Link.connection_id == connection.id, Link.ended_at.is_(None))
            .where(Cycle.state != "closed")
        )
        owners = {row.id: (cycle, objective, row) for _, row, objective, cycle in
                  session.execute(query.order_by(Link.id))}  # fmt: skip
        trials = []
        for cycle, objective, row in owners.values():
            links = [standing(runtime, session, link) for link in links_of(session, row.id)]
            for each in links:
                if each.connection is not None and each.connection.id == connection.id:
                    each.mapping, each.changed = mapping, True
            trials.append(Trial(cycle, values.key_result(row), _kind(objective), row, links))
    return _effects(runtime, trials)


def _effects(
    runtime: Runtime, trials: Sequence[Trial], *, patience: float | None = None
) -> tuple[LinkEffect, ...]:
    """Look for the items of every link that differs, then compare; no lock is held meanwhile."""
    changed = [link for trial in trials for link in trial.links if link.changed]
    with runtime.store.read() as session:
        unread = [link for link in changed if not looking.from_mirror(session, link)]
    for link in unread:
        looking.from_tracker(runtime, link, patience=patience)
    new: dict[tuple[int, str], int] = {}
    with runtime.store.read() as session:
        for link in unread:
            looking.number(session, link, new)
        return tuple(effect for trial in trials for effect in compare(runtime, session, trial))


def _planned(
    runtime: Runtime,
    session: Session,
    change: plans.Change,
    kinds: dict[tuple[str | None, str], Any],
    new_cycles: dict[str, Cycle],
) -> Trial:
    """A key result of a plan file as it would be."""
    query = select(KeyResult, Objective, Cycle).where(
        KeyResult.objective_id == Objective.id,
        Cycle.id == KeyResult.cycle_id,
        Cycle.key == change.cycle,
        KeyResult.key == change.key,
    )
    found = session.execute(query).one_or_none()
    row: KeyResult | None = found[0] if found else None
    held = list(links_of(session, row.id)) if row else []
    links: list[Tried] = []
    for each in change.fields["links"]:
        same = next((link for link in held if link.scope == each.scope.text), None)
        if same is not None:
            held.remove(same)
        if same is not None and values.rule(same) == each.rule:
            links.append(standing(runtime, session, same))
        else:
            links.append(tried(runtime, session, each.scope.text, each.rule, same))
    cycle = session.scalars(select(Cycle).where(Cycle.key == change.cycle)).one_or_none()
    kind = kinds.get((change.cycle, change.fields["objective"]))
    objective = found[1] if found else _objective(session, change)
    return Trial(
        cycle=cycle or new_cycles[change.cycle or ""],
        definition=_definition(change),
        kind=kind or (_kind(objective) if objective else "committed"),
        row=row,
        links=links,
    )


def _definition(change: plans.Change) -> okr.KeyResult:
    row = KeyResult(key=change.key)
    for name in KEY_RESULT_FIELDS:
        setattr(row, name, change.fields[name])
    row.limit_low, row.limit_high = change.fields["limits"] or (None, None)
    row.steps = [[day.isoformat(), value] for day, value in change.fields["steps"]]
    row.guard = change.fields["needs_confirmation"]
    return values.key_result(row)


def _objective(session: Session, change: plans.Change) -> Objective | None:
    query = (
        select(Objective)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(Cycle.key == change.cycle, Objective.key == change.fields["objective"])
    )
    return session.scalars(query).one_or_none()


def _kind(objective: Objective) -> okr.ObjectiveKind:
    return cast("okr.ObjectiveKind", objective.kind)

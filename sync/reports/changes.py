"""What moved a key result itself: its links' work, its wording, its people."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from connector.explained import ChangeReport
from connector.ledger.happenings import (
    Confirmed,
    Contributed,
    Happening,
    Linked,
    Overridden,
    Read,
    Supported,
    Unlinked,
    Valued,
    Worded,
)
from connector.ledger.story import Change, story
from connector.okr import rule_from_json
from connector.store.tables import Cycle, KeyResult, Override, Revision, Typed
from sync import values
from sync.reports.ground import Ground
from sync.reports.past import snapshot_at
from sync.reports.wordings import worded

Bodies = dict[tuple[str, int], list[tuple[datetime, str, Mapping[str, Any]]]]
"""By kind and subject: when, by whom and how it was worded."""


def changes(session: Session, stood: Ground) -> tuple[ChangeReport, ...]:
    """Everything recorded (of a past instant: by then) that moved what is shown, newest first."""
    row, at = stood.row, stood.found.at
    bodies = _bodies(session, stood)
    happened = [*_worded(row, bodies), *_linked(stood, bodies), *_said(session, row)]
    known = [each for each in happened if not stood.found.is_past or each.at <= at]
    if row.progress_from == "supports":
        known += _supported(session, row, {each.at for each in known} | {at})
    scopes = _scopes(stood)
    return tuple(_report(each, scopes) for each in reversed(story(known)))


def _scopes(stood: Ground) -> Mapping[int | None, str]:
    """The scope of each link by id; nothing where there is one only, which needs no name."""
    found: dict[int | None, str] = {link.id: link.scope for link, _ in stood.ever}
    return found if len(set(found.values())) > 1 else {}


def _report(each: Change, scopes: Mapping[int | None, str]) -> ChangeReport:
    return ChangeReport(
        at=each.at,
        recorded_at=each.recorded_at,
        kind=each.kind,
        nature=each.nature,
        subject=each.subject,
        author=each.author,
        note=each.note,
        delta=each.delta,
        value=each.value,
        scope=scopes.get(each.link_id, ""),
    )


def _worded(row: KeyResult, bodies: Bodies) -> Iterator[Happening]:
    confirmed: Any = None
    for at, author, body in bodies["key_result", row.id]:
        yield Worded(at, values.key_result(worded(row, body)))
        said = body.get("confirmed_at")
        if said != confirmed:
            confirmed = said
            yield Confirmed(at, (body.get("confirmed_by") or author) if said else None)


def _linked(stood: Ground, bodies: Bodies) -> Iterator[Happening]:
    for link, since in stood.ever:
        for at, _, body in bodies["link", link.id] or [(link.created_at, "", {"rule": link.rule})]:
            place = body.get("position", link.position)
            waiting = bool(body.get("waiting"))
            yield Linked(at, link.id, rule_from_json(body["rule"]), place, waiting)
        for version in stood.versions.get(link.id, ()):
            yield Contributed(version.recorded_at, link.id, version)
        if since is not None:
            yield Read(since, link.id)
        if link.ended_at is not None:
            yield Unlinked(link.ended_at, link.id, link.scope, link.ended_by or "")


def _said(session: Session, row: KeyResult) -> Iterator[Happening]:
    # In the order given: one override replaces another at the same instant.
    values_given = select(Typed).where(Typed.key_result_id == row.id).order_by(Typed.id)
    for typed in session.scalars(values_given):
        yield Valued(typed.made_at, typed.value, typed.author, typed.pushed)
    words = select(Override).where(Override.key_result_id == row.id).order_by(Override.id)
    for each in session.scalars(words):
        yield Overridden(each.made_at, each.value, each.author, each.reason)
        if each.ended_at is not None:
            yield Overridden(each.ended_at, None, each.ended_by or "")


def _supported(session: Session, row: KeyResult, instants: set[datetime]) -> Iterator[Happening]:
    """What its supporters stood for whenever something else was said, and now."""
    cycle = session.get_one(Cycle, row.cycle_id)
    for instant in sorted(instants):
        number = snapshot_at(session, cycle, instant).numbers.get(("key_result", row.id))
        yield Supported(instant, number.computed if number else None)


def _bodies(session: Session, stood: Ground) -> Bodies:
    """How it and its links were worded."""
    links = [link.id for link, _ in stood.ever]
    mine = and_(Revision.kind == "key_result", Revision.subject_id == stood.row.id)
    query = select(Revision).where(
        or_(mine, and_(Revision.kind == "link", Revision.subject_id.in_(links)))
    )
    found: Bodies = defaultdict(list)
    for each in session.scalars(query.order_by(Revision.recorded_at, Revision.id)):
        found[each.kind, each.subject_id].append((each.recorded_at, each.author, each.body))
    return found

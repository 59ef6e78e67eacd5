"""What moved a key result itself: its links' work, its wording, its people."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
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
from connector.store.tables import Cycle, KeyResult, Link, Override, Reading, Revision, Typed
from sync import values
from sync.reports.past import snapshot_at, versions_of
from sync.reports.wordings import worded


def changes(
    session: Session, row: KeyResult, at: datetime, *, is_past: bool
) -> tuple[ChangeReport, ...]:
    """Everything recorded (of a past instant: by then) that moved what is shown, newest first."""
    happened = [
        *_worded(session, row),
        *_linked(session, row),
        *_said(session, row),
    ]
    known = [each for each in happened if not is_past or each.at <= at]
    if row.progress_from == "supports":
        known += _supported(session, row, {each.at for each in known} | {at})
    scopes = _scopes(session, row)
    return tuple(_report(each, scopes) for each in reversed(story(known)))


def _scopes(session: Session, row: KeyResult) -> Mapping[int | None, str]:
    """The scope of each link by id; nothing where there is one only, which needs no name."""
    mine = select(Link.id, Link.scope).where(Link.key_result_id == row.id)
    found: dict[int | None, str] = {each.id: each.scope for each in session.execute(mine)}
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


def _worded(session: Session, row: KeyResult) -> Iterator[Happening]:
    confirmed: Any = None
    for at, author, body in _bodies(session, "key_result", [row.id])[row.id]:
        yield Worded(at, values.key_result(worded(row, body)))
        said = body.get("confirmed_at")
        if said != confirmed:
            confirmed = said
            yield Confirmed(at, (body.get("confirmed_by") or author) if said else None)


def _linked(session: Session, row: KeyResult) -> Iterator[Happening]:
    links = session.scalars(select(Link).where(Link.key_result_id == row.id).order_by(Link.id))
    found = {link.id: link for link in links}
    told = _bodies(session, "link", list(found))
    versions = versions_of(session, list(found))
    for link in found.values():
        for at, _, body in told[link.id] or [(link.created_at, "", {"rule": link.rule})]:
            place = body.get("position", link.position)
            waiting = bool(body.get("waiting"))
            yield Linked(at, link.id, rule_from_json(body["rule"]), place, waiting)
        for version in versions.get(link.id, ()):
            yield Contributed(version.recorded_at, link.id, version)
        reading = session.get(Reading, link.id)
        if reading is not None:
            yield Read(reading.since, link.id)
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


def _bodies(
    session: Session, kind: str, ids: list[int]
) -> Mapping[int, list[tuple[datetime, str, Mapping[str, Any]]]]:
    query = select(Revision).where(Revision.kind == kind, Revision.subject_id.in_(ids))
    found: dict[int, list[tuple[datetime, str, Mapping[str, Any]]]] = defaultdict(list)
    for each in session.scalars(query.order_by(Revision.recorded_at, Revision.id)):
        found[each.subject_id].append((each.recorded_at, each.author, each.body))
    return found

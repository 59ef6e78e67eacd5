"""What people say of a key result: values, overrides, check-ins. Sync never writes any of it."""

import math
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import CheckIn, Cycle, KeyResult, Link, Override, Typed
from sync import wording
from sync.reckon import rescore
from sync.runtime import Runtime
from sync.scores import alone

LONGEST = 2000
"""Characters of a reason or a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A check-in as a person gives it; ``confidence`` is 1 to 10, ``confirms`` the outcome."""

    value: float | None = None
    confidence: int | None = None
    note: str = ""
    blockers: str = ""
    confirms: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Which key result is spoken of, and who speaks."""

    cycle: str
    key: str
    author: str


def override(
    runtime: Runtime, subject: Subject, value: float, *, reason: str, until: date | None
) -> None:
    """Put a value over the computed one, until a day's end or (None) the next check-in.

    Raises ``Refused`` with the field and the fix; an override that stands is replaced by it.
    """
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = _find(session, subject)
        _check_value(row, value)
        _check_text("reason", reason, needed=True)
        if until is not None and until < now.astimezone(runtime.settings.zone).date():
            raise Refused(f"until: {until} is over; give today or a later day, or leave it out")
        _check_until(session, row, until)
        _end(session, row, now, by=subject.author)
        made = {"value": value, "reason": reason.strip(), "author": subject.author, "until": until}
        session.add(Override(key_result_id=row.id, made_at=now, **made))
        session.flush()
        rescore(session, {row.id}, now)


def end_override(runtime: Runtime, subject: Subject) -> None:
    """Let the computed value show again; raises ``Refused`` when nothing stands over it."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = _find(session, subject)
        if not _end(session, row, now, by=subject.author):
            raise Refused(f"{row.key} has no override to end")
        rescore(session, {row.id}, now)


def end_due(runtime: Runtime) -> int:
    """End the overrides whose last day is over; returns how many did."""
    now = runtime.clock()
    today = now.astimezone(runtime.settings.zone).date()
    due = (
        select(Override)
        .join(KeyResult, KeyResult.id == Override.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Override.ended_at.is_(None), Override.until < today, Cycle.state != "closed")
    )
    with runtime.store.read() as session:
        if session.scalars(due.limit(1)).first() is None:
            return 0
    with runtime.store.write() as session:
        alone(session)
        rows = session.scalars(due.order_by(Override.id)).all()
        for row in rows:
            row.ended_at, row.ended_by = now, f"its last day, {row.until}, was over"
        session.flush()
        rescore(session, {row.key_result_id for row in rows}, now)
        return len(rows)


def check_in(runtime: Runtime, subject: Subject, word: Word) -> None:
    """Store a check-in; it ends an override that lasts until one. Raises ``Refused``."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = _find(session, subject)
        _check_word(session, row, word)
        if word.value is not None:
            _value(session, row, word.value, subject.author, now)
        _end(session, row, now, by=f"the check-in by {subject.author}", check_in=True)
        if word.confirms:
            row.confirmed_at, row.confirmed_by = now, subject.author
            wording.keep(session, "key_result", row, author=subject.author, at=now)
        said = {name: getattr(word, name) for name in ("value", "confidence", "confirms")}
        texts = {"note": word.note.strip(), "blockers": word.blockers.strip()}
        made = {"key_result_id": row.id, "made_at": now, "author": subject.author}
        session.add(CheckIn(**made, **said, **texts))
        session.flush()
        rescore(session, {row.id}, now)


def push(runtime: Runtime, subject: Subject, value: float) -> None:
    """A program's value of a key result without links; raises ``Refused``."""
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = _find(session, subject)
        _check_typed(session, row)
        _check_value(row, value)
        _value(session, row, value, subject.author, now, pushed=True)
        session.flush()
        rescore(session, {row.id}, now)


def _find(session: Session, subject: Subject) -> KeyResult:
    query = (
        select(KeyResult, Cycle)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == subject.cycle, KeyResult.key == subject.key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(f"there is no key result {subject.key!r} in cycle {subject.cycle}")
    row, cycle = found
    if cycle.state == "closed":
        raise Refused(f"cycle {cycle.key} is closed: its numbers stay as they are")
    key_result: KeyResult = row
    return key_result


def _end(
    session: Session, row: KeyResult, now: datetime, *, by: str, check_in: bool = False
) -> bool:
    standing = update(Override).where(Override.key_result_id == row.id, Override.ended_at.is_(None))
    if check_in:
        standing = standing.where(Override.until.is_(None))
    ended = session.execute(standing.values(ended_at=now, ended_by=by))
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def _value(
    session: Session,
    row: KeyResult,
    value: float,
    author: str,
    now: datetime,
    *,
    pushed: bool = False,
) -> None:
    row.value, row.value_at = float(value), now
    given = {"made_at": now, "author": author, "value": float(value), "pushed": pushed}
    session.add(Typed(key_result_id=row.id, **given))
    wording.keep(session, "key_result", row, author=author, at=now)


def _check_word(session: Session, row: KeyResult, word: Word) -> None:
    if word.value is not None:
        _check_typed(session, row)
        _check_value(row, word.value)
    if word.confidence is not None and not 1 <= word.confidence <= 10:
        raise Refused(f"confidence: {word.confidence} is out of place; give 1 (low) to 10 (high)")
    _check_text("note", word.note)
    _check_text("blockers", word.blockers)
    empty = word.value is None and word.confidence is None and not word.confirms
    if empty and not (word.note.strip() or word.blockers.strip()):
        raise Refused("a check-in says something: give a value, a confidence, a note or blockers")
    if word.confirms and not row.guard:
        raise Refused(f"confirm: {row.key} does not wait for a confirmation; leave it out")


def _check_typed(session: Session, row: KeyResult) -> None:
    """A value comes from a person or is computed, never both; an override says otherwise."""
    how = "override it instead, with a reason"
    if row.progress_from == "supports":
        raise Refused(f"value: the objectives that support {row.key} compute it; {how}")
    standing = select(Link.id).where(Link.key_result_id == row.id, Link.ended_at.is_(None))
    if session.scalars(standing.limit(1)).first() is not None:
        raise Refused(f"value: the links of {row.key} compute it; {how}")


def _check_value(row: KeyResult, value: float) -> None:
    if not math.isfinite(value):
        raise Refused(f"value: {value} is not a finite number; write one such as 12.5")
    if row.kind == "done" and value not in {0, 1}:
        raise Refused(f"value: {row.key} is done or not; give 1 (done) or 0 (not done)")


def _check_until(session: Session, row: KeyResult, until: date | None) -> None:
    cycle = session.get_one(Cycle, row.cycle_id)
    if until is not None and until > cycle.end:
        ends = f"cycle {cycle.key} ends on {cycle.end}"
        raise Refused(f"until: {until} is outside the cycle; {ends}, choose a day up to then")


def _check_text(name: str, text: str, *, needed: bool = False) -> None:
    if needed and not text.strip():
        raise Refused(f"{name}: say why, so that others can follow")
    if len(text) > LONGEST:
        raise Refused(f"{name}: is longer than {LONGEST} characters; shorten it")

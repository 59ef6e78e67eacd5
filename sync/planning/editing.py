"""What a person changes on a page: the entries, checks and writing are those of a plan file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Entry, Identity, Kind, Plan, Record, Stored
from connector.plans.objects import WORDS
from connector.plans.problems import Problems
from connector.store.tables import Cycle, KeyResult, Objective, Person, Revision, Team
from sync.planning.apply import Applied, apply_plan
from sync.planning.stored import stored
from sync.runtime import Runtime

NEW = ""
"""The version of what is not stored yet."""
FORM = "form"
"""The name of what a form gives, where a plan file has its own."""
TABLES: Mapping[Kind, type[Any]] = {
    "cycle": Cycle,
    "team": Team,
    "person": Person,
    "objective": Objective,
    "key_result": KeyResult,
}


class Meanwhile(Refused):
    """Somebody changed the object since it was shown: ``record`` is it now, ``author`` who did
    ("" where nobody was kept); nothing was saved."""

    def __init__(self, record: Record, author: str) -> None:
        who = author or "somebody"
        super().__init__(f"{who} changed it meanwhile; look at what it says now and save again")
        self.record, self.author = record, author


def held(session: Session, kind: Kind, key: str, cycle: str | None = None) -> Record | None:
    """What is stored of one object, by the names of the plan file; None for none."""
    return stored(session, (kind,), cycle).records.get((kind, cycle, key))


def version(record: Record | None) -> str:
    """What tells whether an object was changed since it was shown."""
    if record is None:
        return NEW
    plain = sorted((name, _plain(value)) for name, value in record.items())
    return sha256(repr(plain).encode()).hexdigest()[:16]


def change(
    runtime: Runtime,
    entries: Sequence[Entry],
    *,
    author: str,
    seen: Mapping[Identity, str] | None = None,
) -> Applied:
    """Save entries as a person, all or none; what they do not give stays.

    ``seen`` is the version of each object when it was shown, ``NEW`` for one to be made. Raises
    ``Meanwhile`` for one that is another by now, ``Misfit`` with what a plan file is refused for.
    """

    def before(session: Session, now: Stored) -> None:
        for entry in entries:
            known = (seen or {}).get(entry.identity)
            record = now.records.get(entry.identity)
            if known is None or known == version(record):
                continue
            if known == NEW:
                _refuse_taken(entry)
            if record is not None:
                raise Meanwhile(record, _author(session, entry.identity))

    return apply_plan(runtime, Plan(FORM, tuple(entries), by="admin"), author=author, before=before)


def retire(runtime: Runtime, identity: Identity, *, author: str) -> Applied:
    """Leave a team, person or key result out from now on; raises ``Misfit`` while it is needed."""
    return change(runtime, [_retired(identity, retired=True)], author=author)


def restore(runtime: Runtime, identity: Identity, *, author: str) -> Applied:
    """Bring back what was retired."""
    return change(runtime, [_retired(identity, retired=False)], author=author)


def _retired(identity: Identity, *, retired: bool) -> Entry:
    kind, cycle, key = identity
    return Entry(kind, key, cycle, {"retired": retired}, 0)


def _refuse_taken(entry: Entry) -> None:
    problems = Problems(FORM)
    taken = f"{entry.key!r} is the key of {WORDS[entry.kind]} already; give another key"
    problems.add(entry.at("key"), entry.key, taken)
    problems.refuse()


def _author(session: Session, identity: Identity) -> str:
    """Who worded an object last, as far as that is kept."""
    kind, cycle, key = identity
    table = TABLES.get(kind)
    query = select(Revision.author).order_by(Revision.recorded_at.desc(), Revision.id.desc())
    if table is None:
        return session.scalars(query.where(Revision.kind == "policy").limit(1)).first() or ""
    subject = select(table.id).where(table.key == key)
    if cycle is not None:
        owner = select(Cycle.id).where(Cycle.key == cycle).scalar_subquery()
        subject = subject.where(table.cycle_id == owner)
    mine = Revision.subject_id == subject.scalar_subquery()
    return session.scalars(query.where(Revision.kind == kind, mine).limit(1)).first() or ""


def _plain(value: object) -> object:
    """A value that reads alike in every process."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return sorted(value.items())
    if isinstance(value, tuple):
        return tuple(replace(each, line=0) if hasattr(each, "line") else each for each in value)
    return value

"""Whether a scope can be read: the tracker, its kind of scope, and which connection."""

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import notes
from connector.errors import Refused
from connector.plans import CheckNotes
from connector.scopes import Scope
from connector.store.tables import Connection
from integrations.tracker import Tracker


def checker(session: Session, trackers: Mapping[str, Tracker]) -> Callable[[Scope], str | None]:
    """A function that says why a scope cannot be linked, or None for a good one."""
    names: dict[str, list[str]] = {}
    query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    for row in session.scalars(query):
        names.setdefault(row.tracker, []).append(row.name)

    def check(scope: Scope) -> str | None:
        tracker = trackers.get(scope.tracker)
        if tracker is None:
            known = ", ".join(sorted(trackers))
            return f"no tracker understands {scope.text!r}; it must begin with one of: {known}"
        return _kind(scope, tracker) or _connection(scope, names.get(scope.tracker, []))

    return check


def note_checker(trackers: Mapping[str, Tracker]) -> CheckNotes:
    """A function that says why a link cannot ask for some kinds of notes, or None where it can."""

    def check(scope: Scope, kinds: Sequence[str]) -> str | None:
        tracker = trackers.get(scope.tracker)
        if tracker is None:
            return None  # said of the scope
        try:
            note_kinds(tracker, scope, kinds)
        except Refused as refused:
            return str(refused)
        return None

    return check


def note_kinds(tracker: Tracker, scope: Scope, kinds: Collection[str]) -> list[str]:
    """These kinds of notes in their order; raises ``Refused`` for one that the tracker has not, or
    that the scope cannot carry."""
    spec = tracker.spec
    found = notes.kinds(kinds, spec.note_labels, spec.label)
    if spec.kind(scope.kind) is None:
        return found  # said of the scope
    able = spec.notes_of(scope.kind, scope.value)
    for note in spec.notes:
        if note.kind in found and note.kind not in able:
            names = f"it names no {spec.lacking(note, scope.kind, scope.value)}"
            can = f"it can carry: {', '.join(able)}" if able else "it can carry none"
            raise Refused(f"write_back: {scope.text} cannot carry {note.kind!r}, {names}; {can}")
    return found


def _kind(scope: Scope, tracker: Tracker) -> str | None:
    kind = tracker.spec.kind(scope.kind)
    if kind is None:
        known = ", ".join(each.kind for each in tracker.spec.scope_kinds)
        return f"{tracker.spec.label} has no scope {scope.kind!r}; there are: {known}"
    try:
        kind.select(scope.value)
    except Refused as refused:
        return str(refused)
    return None


def _connection(scope: Scope, names: Collection[str]) -> str | None:
    if scope.connection is None and len(names) > 1:
        one = next(iter(names))
        return (
            f"there are several connections to {scope.tracker} ({', '.join(names)}); say which, "
            f"as in {scope.tracker}@{one}:{scope.kind}:{scope.value}"
        )
    if scope.connection is not None and names and scope.connection not in names:
        return f"there is no connection {scope.connection!r}; there are: {', '.join(names)}"
    return None

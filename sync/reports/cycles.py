"""Which cycles there are, and which one is meant."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr
from connector.errors import Refused
from connector.store.tables import Cycle
from sync import values


def cycles(session: Session) -> tuple[okr.Cycle, ...]:
    """All cycles, newest first."""
    rows = session.scalars(select(Cycle).order_by(Cycle.start.desc(), Cycle.key))
    return tuple(map(values.cycle, rows))


def current_cycle(session: Session, today: date, *, drafts: bool = True) -> okr.Cycle | None:
    """The cycle today lies in; else the one that begins next; else the last one."""
    found = [each for each in cycles(session) if drafts or each.state != "draft"]
    lying_in = [each for each in found if each.start <= today <= each.end]
    coming = [each for each in reversed(found) if each.start > today]
    return next(iter([*lying_in, *coming, *found]), None)


def pick_cycle(session: Session, key: str | None, today: date) -> okr.Cycle:
    """The cycle of that key, or the current one for None; raises ``Refused`` without one."""
    if key is None:
        current = current_cycle(session, today)
        if current is None:
            raise Refused("there is no cycle yet: apply a plan file with one first")
        return current
    found = {each.key: each for each in cycles(session)}
    if key not in found:
        raise Refused(f"there is no cycle {key!r}; there are: {', '.join(found) or 'none'}")
    return found[key]

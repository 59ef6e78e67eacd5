"""Which teams whoever is signed in may edit, all at once; one alone is asked of ``web.access``."""

from collections.abc import Collection

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Team
from sync import people
from web.current import runtime


def edited_teams() -> frozenset[str] | None:
    """The keys of the teams somebody may edit; None for all of them."""
    if g.principal.role == "admin":
        return None
    if g.principal.role != "lead":
        return frozenset()
    with runtime().store.read() as session:
        return led(session, g.principal.user_id)


def may_edit(team: str, teams: Collection[str] | None) -> bool:
    """Whether a team is among them."""
    return teams is None or team in teams


def led(session: Session, user_id: int) -> frozenset[str]:
    """The teams somebody leads, and all below those."""
    me = people.footing(session, user_id)
    rows = session.scalars(select(Team)).all()
    found = set(me.leads) if me is not None else set()
    before = -1
    while len(found) > before:
        before = len(found)
        found |= {row.id for row in rows if row.parent_id in found}
    return frozenset(row.key for row in rows if row.id in found)

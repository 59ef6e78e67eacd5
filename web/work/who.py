"""Who looks at their work: the person they are in the plan, and what is still to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Team
from sync import people
from sync.people import claims
from sync.people.footing import Footing
from web import access
from web.current import runtime


@dataclass(frozen=True, slots=True)
class Missing:
    """A connected tracker without an account of somebody, and who they may be there."""

    tracker: str
    label: str
    alike: tuple[claims.Offered, ...]
    claimed: claims.ClaimReport | None


def me(session: Session) -> Footing | None:
    """The person whoever is signed in is; None while nobody said so."""
    return people.footing(session, g.principal.user_id)


def teams_led(session: Session, who: Footing | None) -> Sequence[tuple[str, str]]:
    """The teams somebody leads, by key and name; not those below."""
    if who is None or not who.leads:
        return ()
    query = select(Team.key, Team.name).where(Team.id.in_(who.leads), ~Team.retired)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Team.position, Team.id))]


def missing(
    session: Session, who: Footing, known: frozenset[str], mine: Sequence[claims.ClaimReport]
) -> tuple[Missing, ...]:
    """The connected trackers where no account is known to be theirs."""
    connected = select(Connection.tracker).where(Connection.ended_at.is_(None)).distinct()
    without = sorted(set(session.scalars(connected)) - known)
    claimed, hidden = {each.tracker: each for each in mine}, access.sight().hidden
    return tuple(
        Missing(
            tracker=each,
            label=label(each),
            alike=claims.like_accounts(session, each, who.name, hidden=hidden),
            claimed=claimed.get(each),
        )
        for each in without
    )


def label(tracker: str) -> str:
    """What a tracker is called."""
    found = runtime().trackers.get(tracker)
    return found.spec.label if found else tracker


def strangers(session: Session, mine: Sequence[claims.ClaimReport]) -> dict[str, Any]:
    """What the page tells somebody whom nobody knows yet."""
    said = next((each for each in mine if each.tracker == claims.PERSON), None)
    return {"offered": claims.free_people(session), "said": said}

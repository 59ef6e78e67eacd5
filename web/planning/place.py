"""Where an objective or key result that is edited belongs: its cycle, and the teams above it."""

from dataclasses import dataclass

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.plans import Record
from connector.store.tables import Cycle, Person, Team
from sync.planning import editing
from web.current import runtime
from web.language import _
from web.planning import listing


@dataclass(frozen=True, slots=True)
class Place:
    """A cycle, and (key, name) of a team after those above it; ``cycle`` is its key."""

    cycle: str
    state: str
    above: tuple[Team, ...]

    @property
    def team(self) -> Team:
        """The team itself."""
        return self.above[-1]

    def team_url(self) -> str:
        """The page of the team."""
        return url_for("team.page", cycle=self.cycle, team=self.team.key)

    def url(self, key: str, kind: str = "objective") -> str:
        """The page of an objective or key result of the team."""
        return url_for(f"{kind}.page", cycle=self.cycle, team=self.team.key, key=key)


def place_of(session: Session, cycle: str, team: str) -> Place:
    """The place of a team in a cycle; 404 where either is not there."""
    row = session.scalars(select(Cycle).where(Cycle.key == cycle)).one_or_none()
    teams = {each.id: each for each in session.scalars(select(Team))}
    at = next((each for each in teams.values() if each.key == team), None)
    if row is None or at is None:
        abort(404)
    above: list[Team] = []
    while at is not None and at not in above:
        above.insert(0, at)
        at = teams.get(at.parent_id or 0)
    return Place(row.key, row.state, tuple(above))


def held_or_404(session: Session, kind: str, cycle: str, key: str) -> Record:
    """What is stored of an objective or key result."""
    record = editing.held(session, kind, key, cycle)  # type: ignore[arg-type]
    return record if record is not None else abort(404)


def refuse_closed(place: Place) -> None:
    """Nothing of a closed cycle is edited."""
    if place.state == "closed":
        said = _("Cycle %(cycle)s is closed: it stays as it is.", cycle=place.cycle)
        abort(403, said)


def owners(chosen: str | None) -> list[tuple[str, str]]:
    """Whom to choose as owner; who is chosen already stays to choose, although retired."""
    with runtime().store.read() as session:
        names = listing.names(session, Person)
        missing = chosen is not None and chosen not in dict(names)
        held = select(Person.key, Person.name).where(Person.key == chosen)
        more = [(row[0], row[1]) for row in session.execute(held)] if missing else []
    return [("", _("nobody yet")), *names, *more]

"""What a field mapping would do, key result by key result, the largest effect first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.effects import LinkEffect
from connector.store.tables import Cycle, KeyResult, Objective, Team


@dataclass(frozen=True, slots=True)
class Owner:
    """The key result of a link, and where its page is."""

    cycle: str
    team: str
    key: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """One link: whose it is, and what would become of its reading, value and score."""

    owner: Owner
    made: LinkEffect

    @property
    def moves(self) -> bool:
        """Whether any number would be another one."""
        before, after = self.made.before, self.made.after
        return before is not None and after is not None and before != after

    @property
    def size(self) -> tuple[float, float]:
        """How far the score moves, then the value; a number that appears or goes moves most."""
        before, after = self.made.before, self.made.after
        if before is None or after is None:
            return (0.0, 0.0)
        return _far(before.score, after.score), _far(before.value, after.value)

    @property
    def score_moves(self) -> float | None:
        """By how much the score moves, where it is known before and after."""
        before, after = self.made.before, self.made.after
        if before is None or after is None or before.score is None or after.score is None:
            return None
        return after.score - before.score


@dataclass(frozen=True, slots=True)
class Told:
    """All links of a connection: those that move, those that do not, and those not known."""

    moved: tuple[Line, ...]
    still: tuple[Line, ...]
    unknown: tuple[Line, ...]

    @property
    def key_results(self) -> int:
        """How many key results would have another number."""
        return len({(each.owner.cycle, each.owner.key) for each in self.moved})


def told(session: Session, effects: Sequence[LinkEffect]) -> Told:
    """The effects with whose they are, in the order of what they do."""
    owners = _owners(session, {each.cycle for each in effects})
    lines = [Line(owners[each.cycle, each.key_result], each) for each in effects]
    moved = sorted((each for each in lines if each.moves), key=_largest)
    return Told(
        moved=tuple(moved),
        still=tuple(each for each in lines if not each.moves and not each.made.problem),
        unknown=tuple(each for each in lines if each.made.problem),
    )


def _largest(line: Line) -> tuple[float, float, str, str]:
    score, value = line.size
    return -score, -value, line.owner.key, line.made.scope


def _far(was: float | None, now: float | None) -> float:
    if was is None or now is None:
        return 0.0 if was == now else float("inf")
    return abs(now - was)


def _owners(session: Session, cycles: set[str]) -> dict[tuple[str, str], Owner]:
    query = (
        select(Cycle.key, Team.key, KeyResult.key, KeyResult.title, KeyResult.unit)
        .join(Objective, Objective.cycle_id == Cycle.id)
        .join(KeyResult, KeyResult.objective_id == Objective.id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key.in_(cycles))
    )
    found = (Owner(*row) for row in session.execute(query))
    return {(each.cycle, each.key): each for each in found}

"""Why an objective is what it is, now or at any past instant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scoring
from connector.errors import Refused
from connector.objectives import Ground, ObjectiveExplanation, Served
from connector.report import CycleReport, ObjectiveReport, TeamReport
from connector.scoring import Part, Slice
from connector.settings import Settings
from connector.store import Store
from connector.store.tables import Cycle, KeyResult, Objective, Team
from sync.reports.cycle import objective_report, whole_report
from sync.reports.kept import kept_made
from sync.reports.made import Made, made_of
from sync.reports.objective_course import course
from sync.reports.past import snapshot_at
from sync.reports.rewordings import rewordings
from sync.reports.snapshot import Snapshot, snapshot

DRAFTS = frozenset({"draft", "candidate"})
"""States that only some see."""
_Found = tuple[ObjectiveReport, TeamReport]


def is_objective(session: Session, cycle_key: str, key: str) -> bool:
    """Whether a key of a cycle names an objective: key results share their keys with them."""
    query = (
        select(Objective.id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(Cycle.key == cycle_key, Objective.key == key)
    )
    return session.scalars(query).one_or_none() is not None


def uncounted(session: Session, cycle_key: str, team_key: str) -> list[tuple[str, str, str]]:
    """(key, title, state) of a team's objectives that count for nothing now."""
    query = (
        select(Objective.key, Objective.title, Objective.state)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key == cycle_key, Team.key == team_key, Objective.state != "active")
    )
    rows = session.execute(query.order_by(Objective.position, Objective.id))
    return [(row[0], row[1], row[2]) for row in rows]


def objective(
    session: Session,
    cycle_key: str,
    key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> ObjectiveExplanation:
    """An objective in any state with what it stands on; ``at`` is a past instant.

    Raises ``Refused`` where there is none, or was none yet.
    """
    made = _made(session, cycle_key, now, settings, at)
    return _explained(session, made, whole_report(made), key)


def objective_now(
    store: Store, session: Session, names: tuple[str, str], now: datetime, settings: Settings
) -> ObjectiveExplanation:
    """The same now, by the keys of its cycle and its own, from what is kept of the cycle."""
    cycle_key, key = names
    made, report = kept_made(store, session, cycle_key, now, settings)
    return _explained(session, made, report, key)


def _explained(session: Session, made: Made, report: CycleReport, key: str) -> ObjectiveExplanation:
    found = made.snapshot
    row = next((each for each in found.objectives if each.key == key), None)
    if row is None:
        raise Refused(f"there is no objective {key!r} in cycle {report.cycle}")
    return ObjectiveExplanation(
        report=report,
        team=next(each for each in report.teams if each.key == made.teams[row.team_id]),
        state=row.state,
        objective=objective_report(made, row),
        **_standing(made, row, report),
        serves=tuple(_served(found, row)),
        retired=() if found.is_past else _retired(session, row),
        course=course(session, made, row),
        rewordings=rewordings(session, row, found.at),
    )


def _made(
    session: Session, cycle_key: str, now: datetime, settings: Settings, at: datetime | None
) -> Made:
    cycle = session.scalars(select(Cycle).where(Cycle.key == cycle_key)).one_or_none()
    if cycle is None:
        raise Refused(f"there is no cycle {cycle_key!r}")
    found = snapshot(session, cycle, now) if at is None else snapshot_at(session, cycle, at)
    return made_of(session, found, settings)


def _standing(made: Made, row: Objective, report: CycleReport) -> dict[str, tuple[Ground, ...]]:
    """What its score is made of, and the key results that it does not take."""
    team = next(each for each in report.teams if each.key == made.teams[row.team_id])
    own, supporting = _own(made, row, team), _supporting(made, row, _places(made, report))
    if row.takes == "children":
        return {"grounds": _sliced(list(supporting)), "apart": tuple(own)}
    taken = [*own, *(supporting if row.takes == "both" else ())]
    return {"grounds": _sliced(taken), "apart": ()}


def _places(made: Made, report: CycleReport) -> dict[int, _Found]:
    """Every active objective and its team, by id."""
    keys = {each.key: each.id for each in made.snapshot.objectives}
    return {keys[each.key]: (each, team) for team in report.teams for each in team.objectives}


def _served(found: Snapshot, row: Objective) -> Iterator[Served]:
    keys = {("objective", each.id): each.key for each in found.objectives}
    keys |= {("key_result", each.id): each.key for each in found.key_results}
    for each in found.supports:
        place = (each.target_kind, each.target_id)
        if each.objective_id == row.id and place in keys:
            yield Served(keys[place], each.weight)


def _own(made: Made, row: Objective, team: TeamReport) -> Iterator[Ground]:
    for _, each in made.key_results.get(row.id, ()):
        yield Ground(
            kind="key_result",
            row=each,
            team=team,
            weight=each.weight,
            counts=not each.guardrail and each.weight > 0,
        )


def _supporting(made: Made, row: Objective, places: Mapping[int, _Found]) -> Iterator[Ground]:
    """The active objectives that support it, by the weights of their supports."""
    for each in made.snapshot.supports:
        target = (each.target_kind, each.target_id)
        if target == ("objective", row.id) and each.objective_id in places:
            shown, team = places[each.objective_id]
            counts = each.weight > 0
            yield Ground(kind="objective", row=shown, team=team, weight=each.weight, counts=counts)


def _sliced(grounds: Sequence[Ground]) -> tuple[Ground, ...]:
    """With what each adds to the score."""
    counted = [each for each in grounds if each.counts]
    slices = scoring.slices([Part(each.weight, each.row.score) for each in counted])
    found = dict(zip(map(id, counted), slices, strict=True))
    return tuple(replace(each, slice=found.get(id(each), Slice())) for each in grounds)


def _retired(session: Session, row: Objective) -> tuple[tuple[str, str], ...]:
    query = select(KeyResult.key, KeyResult.title).where(
        KeyResult.objective_id == row.id, KeyResult.retired
    )
    return tuple((each[0], each[1]) for each in session.execute(query.order_by(KeyResult.position)))

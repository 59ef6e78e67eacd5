"""Key results in the words that notes tell, each reported once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import notes
from connector.notes import Teller, Told
from connector.store.chunks import chunks
from connector.store.tables import Connection, Cycle, Keep, KeyResult, Objective, Team
from sync import reports
from sync.runtime import Runtime

INSTALLATION = "installation"
APART = "installation.apart"
"""Kept where the remote links of each connection were its own from the beginning."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """By key result: what names it, and what is told of it now (nothing of a closed cycle)."""

    names: Mapping[int, str]
    told: Mapping[int, Told]


def teller(runtime: Runtime, session: Session, connection: Connection, public_url: str) -> Teller:
    """Who tells, by the name this installation keeps for ever."""
    return Teller(
        public_url=public_url,
        uid=notes.author(_uid(runtime, session), connection.uid),
        zone=runtime.settings.zone,
        labels={key: each.spec.label for key, each in runtime.trackers.items()},
    )


def subjects(
    runtime: Runtime, session: Session, key_results: Collection[int], who: Teller
) -> Subjects:
    """What these key results are called, and what is told of them."""
    names: dict[int, str] = {}
    teams: dict[int, str] = {}
    open_cycles: dict[int, list[int]] = defaultdict(list)
    cycles: dict[int, Cycle] = {}
    for chunk in chunks(key_results):
        for key_result_id, key, team, cycle in session.execute(_query(chunk)):
            names[key_result_id], teams[key_result_id] = notes.subject(cycle.key, key), team
            if cycle.state != "closed":
                open_cycles[cycle.id].append(key_result_id)
                cycles[cycle.id] = cycle
    told: dict[int, Told] = {}
    now, settings = runtime.clock(), runtime.settings
    for cycle_id, ids in open_cycles.items():
        cycle = cycles[cycle_id]
        found = reports.key_result_reports(session, cycle, ids, now, settings)
        told.update({k: notes.told(each, cycle.key, teams[k], who) for k, each in found.items()})
    return Subjects(names, told)


def _query(ids: Collection[int]):  # type: ignore[no-untyped-def]
    return (
        select(KeyResult.id, KeyResult.key, Team.key, Cycle)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .where(KeyResult.id.in_(ids))
    )


def _uid(runtime: Runtime, session: Session) -> str:
    row = session.get(Keep, INSTALLATION)
    if row is None:
        # Told by the key: what is set back to a backup from before the first note would else
        # choose another name, know none of its notes, and write all of them once more.
        value, now = runtime.vault.mark(INSTALLATION).hex()[:32], runtime.clock()
        row = Keep(name=INSTALLATION, value=value, updated_at=now)
        session.add_all([row, Keep(name=APART, value="yes", updated_at=now)])
        session.flush()
    return row.value

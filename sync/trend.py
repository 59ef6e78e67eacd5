"""How scores of objectives went: the last of each day on which one changed is kept."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import ScoreDay, TrendTold
from sync import bulk
from sync.resting import resting_on
from sync.standings import Standing

_COLUMNS = ("objective_id", "day", "at", "score")


def keep(
    session: Session, numbers: Mapping[int, Standing], changed: Collection[int], now: datetime
) -> None:
    """Keep the scores of these objectives as the last ones of the day in UTC."""
    day = now.astimezone(UTC).date()
    for chunk in chunks(changed):
        earlier = ScoreDay.day == day, ScoreDay.objective_id.in_(chunk)
        session.execute(
            delete(ScoreDay).where(*earlier), execution_options={"synchronize_session": False}
        )
    rows = [(each, day, now, numbers[each].score) for each in sorted(changed)]
    bulk.add(session, ScoreDay, _COLUMNS, rows)


def tell_anew(
    session: Session, key_results: Collection[int], objectives: Collection[int] = ()
) -> None:
    """Have the days before trends were kept told anew, of all that rests on these."""
    resting = resting_on(session, key_results, objectives)
    for chunk in chunks(sorted(resting)):
        told = update(TrendTold).where(TrendTold.objective_id.in_(chunk))
        session.execute(told.values(asked_at=None))

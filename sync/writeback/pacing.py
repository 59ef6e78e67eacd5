"""How many notes a connection may still send within the hour, kept beyond the process."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from connector.store.tables import Keep
from integrations.tracker import WritePace
from sync.runtime import Runtime

_MINUTES = 60


def spend(runtime: Runtime, connection_id: int, pace: WritePace) -> datetime | None:
    """Count one more note; where the hour holds no more, the instant from which it does."""
    now = runtime.clock()
    with runtime.store.write() as session:
        kept = _kept(session, connection_id, now)
        spent = _spent(kept.value, _minute(now))
        if sum(spent.values()) >= pace.an_hour:
            return datetime.fromtimestamp((min(spent) + _MINUTES) * 60, UTC) + timedelta(minutes=1)
        minute = _minute(now)
        spent[minute] = spent.get(minute, 0) + 1
        kept.value, kept.updated_at = json.dumps(spent), now
    return None


def _kept(session: Session, connection_id: int, now: datetime) -> Keep:
    name = f"notes/{connection_id}/hour"
    row = session.get(Keep, name, with_for_update=True)
    if row is None:
        row = Keep(name=name, value="{}", updated_at=now)
        session.add(row)
    return row


def _spent(text: str, minute: int) -> dict[int, int]:
    """By minute, those of the last hour; none lies ahead unless the clock was set back."""
    told = {int(at): int(number) for at, number in json.loads(text).items()}
    return {at: number for at, number in told.items() if minute - _MINUTES <= at <= minute}


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60

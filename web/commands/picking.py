"""Which cycle and which key result a command is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from sync import reports
from sync.runtime import Runtime
from sync.said import Subject


def cycle_key(
    runtime: Runtime, session: Session, key: str | None, at: datetime | None = None
) -> str:
    """The key of the cycle given, or of the one that a day (today) lies in."""
    day = (at or runtime.clock()).astimezone(runtime.settings.zone).date()
    return reports.pick_cycle(session, key, day).key


def subject(runtime: Runtime, given: Mapping[str, Any]) -> Subject:
    """The key result spoken of, and who speaks."""
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"])
    return Subject(cycle, given["key"], given["author"])

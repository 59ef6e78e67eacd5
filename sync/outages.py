"""The database is away: told in one line at the door of a job, and nothing is lost for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync import writable

log = structlog.get_logger()
READ_ONLY = "25006"
"""What PostgreSQL says to a write it does not take now, as one that only follows another."""
MEANING = (
    "the database does not do its part; see to it. Nothing is lost, no restart is needed: "
    "what was left is done after it is back"
)


def is_away(error: BaseException | None) -> bool:
    """Whether it is the database that fails, not what was asked of it."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == READ_ONLY


@contextmanager
def told(job: str, subject_id: int | None = None) -> Iterator[None]:
    """End a job whose database is away with one line; the sweeps after the outage ring again."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not is_away(error):
            raise
        of = {} if subject_id is None else {"subject_id": subject_id}
        reason = writable.reason(error)
        log.warning("job.no_database", job=job, **of, reason=reason, meaning=MEANING)

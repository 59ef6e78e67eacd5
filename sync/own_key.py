"""Whether this process has the key that the stored secrets were encrypted with."""

from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connector.errors import Refused
from connector.store.tables import Connection
from sync import writable
from sync.runtime import Runtime

log = structlog.get_logger()
FIX = (
    "start it with the key they were made with (WORKLIFT_KEY or the file 'key' in the data "
    "folder), or connect the trackers again on the pages"
)
USELESS = "none of the stored tokens opens with this process's key, so a worker can read nothing"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The connections by whether the key in use opens their tokens."""

    opened: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def useless(self) -> bool:
        """Whether there are tokens, and the key opens none."""
        return bool(self.other) and not self.opened


def look(runtime: Runtime) -> Secrets:
    """The connections that are not ended, by name; asks the database and no tracker."""
    key_id = bytes.fromhex(runtime.vault.key_id)
    query = select(Connection.name, Connection.token_cipher).order_by(Connection.name)
    with runtime.store.read() as session:
        rows = session.execute(query.where(Connection.ended_at.is_(None))).all()
    opened = tuple(name for name, cipher in rows if cipher.startswith(key_id))
    return Secrets(opened, tuple(name for name, cipher in rows if not cipher.startswith(key_id)))


def ensure(runtime: Runtime) -> None:
    """Raise ``Refused`` where the key opens none of the stored tokens; a database that does not
    answer is waited for later."""
    try:
        found = look(runtime)
    except (DBAPIError, PoolTimeout) as error:
        log.warning("database.away", reason=writable.reason(error))
        return
    if found.useless:
        raise Refused(f"{USELESS}; {FIX}")

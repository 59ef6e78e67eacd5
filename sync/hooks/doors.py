"""Where a tracker's deliveries come in."""

from connector.errors import Refused
from connector.store.tables import Connection
from sync.runtime import Runtime

NO_ADDRESS = (
    "WORKLIFT_PUBLIC_URL is not set, so no tracker knows where to send to: set it to the address at"
    " which trackers reach this Worklift, and start it again"
)


def door_of(runtime: Runtime, row: Connection) -> str | None:
    """The address of a connection's door; None while nobody said where we are."""
    base = runtime.settings.public_url
    return f"{base}/hooks/{row.name}" if base else None


def known_door(runtime: Runtime, row: Connection) -> str:
    """The same; raises ``Refused`` when it is not known."""
    door = door_of(runtime, row)
    if door is None:
        raise Refused(NO_ADDRESS)
    return door

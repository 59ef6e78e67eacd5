"""Where an incremental read goes on: in the tracker's own time, some minutes back."""

import json
from datetime import datetime

from connector.errors import BadReading

# Search lags behind writes by seconds to minutes, more after bulk changes.
_OVERLAP = 10 * 60 * 1000


def since(cursor: str | None) -> int | None:
    """Epoch milliseconds of a cursor; None for a full read."""
    if cursor is None:
        return None
    try:
        value = json.loads(cursor)["since"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadReading("cursor", "cannot be read; read the connection in full", "it") from error
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadReading("cursor", "holds no time; read the connection in full", "it")
    return value


def after(newest: int | None, started: int | None, before: int | None) -> str:
    """The next cursor: the newest change seen, but not past the start of this read.

    An issue changed during a long read may lie on a page already read.
    """
    known = [instant for instant in (newest, started) if instant is not None]
    found = max(0, min(known) - _OVERLAP) if known else before or 0
    return json.dumps({"since": found})


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds, rounded down."""
    return int(moment.timestamp() * 1000)

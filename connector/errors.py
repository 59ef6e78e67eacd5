"""What can go wrong, by kind; every message is a sentence a person can act on."""

from datetime import datetime
from typing import Literal


class WorkliftError(Exception):
    """Root of all expected errors; ``str()`` is the sentence shown to people."""


class Refused(WorkliftError):
    """Input that is wrong; nothing was saved. ``problems`` holds one sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Unfit(Refused):
    """One setting that cannot be right; ``field`` is what it is called."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


class TrackerError(WorkliftError):
    """A tracker could not be read; the kinds below decide what happens next."""


class Unavailable(TrackerError):
    """No usable answer (network, 5xx, truncated, not JSON): retried later with growing gaps."""


class Declined(Unavailable):
    """The tracker understood one call and refused it: that one's own trouble, others go on.

    ``final`` says that the same call will never be taken.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Emptied(Unavailable):
    """What was there was taken away, and what was to replace it could not be made."""


class RateLimited(TrackerError):
    """The tracker asked for a pause; not a failure. No call is made before ``until`` (UTC).

    ``scope`` is what is to pause: the whole ``account``, or writes of the one ``issue``.
    ``certain`` says that the call had no effect; a server that failed may have done it.
    """

    def __init__(
        self,
        message: str,
        until: datetime,
        scope: Literal["account", "issue"] = "account",
        *,
        certain: bool = True,
    ) -> None:
        super().__init__(message)
        self.until = until
        self.scope = scope
        self.certain = certain


class AccessDenied(TrackerError):
    """The token is missing, wrong, expired or lacks a right: calls stop until a person acts."""


class Gone(TrackerError):
    """What was asked for does not exist or is no longer visible with this token."""


class Renamed(Gone):
    """The place a source reads is called otherwise: ``now`` instead of ``was``; its id stayed."""

    def __init__(self, message: str, *, was: str, now: str, place_id: str) -> None:
        super().__init__(message)
        self.was, self.now, self.place_id = was, now, place_id


class BadScope(TrackerError):
    """The tracker cannot read one scope (an unknown project, a wrong query); others go on."""


class BadReading(TrackerError):
    """An answer has a field we cannot understand; ``field`` names it, ``item`` the work item."""

    def __init__(self, field: str, message: str, item: str = "") -> None:
        super().__init__(f"{item or 'an item'}: {field} {message}")
        self.field = field
        self.item = item

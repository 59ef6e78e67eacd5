"""Who makes a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in; ``role`` is member, lead, viewer or admin.

    ``language`` is the one they chose; without one their pages follow the browser.
    """

    user_id: int
    name: str
    role: str
    language: str | None = None

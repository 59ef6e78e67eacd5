"""Who makes a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in; ``role`` is member, lead, viewer or admin."""

    user_id: int
    name: str
    role: str

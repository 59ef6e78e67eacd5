"""What befalls the process at the places it comes by: it is killed, or loses its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from connector import failpoints


class Killed(BaseException):
    """The process was killed: nothing of it runs any more, no clean-up, no last word."""


class Lost(OperationalError):
    """The connection to the database was lost."""

    def __init__(self, name: str) -> None:
        super().__init__(name, None, Exception("the server closed the connection unexpectedly"))


PLACES = {"kill": "", "lost": "store.committing", "unsure": "store.committed"}
"""By kind, the only places where it happens, if not everywhere. Lost after its commit, nobody knows
of a transaction whether it counts."""


@dataclass
class Fate:
    """Counts places; at the one it is told, it strikes. ``names`` are those come by since."""

    at: int = 0
    kind: str = "kill"
    names: list[str] = field(default_factory=list)
    dead: bool = False
    struck: str = ""
    strikes: int = 0
    """How often it struck so far."""

    def arm(self, kind: str, at: int) -> None:
        """Strike at the so manieth fitting place from now on; 0 for none."""
        self.kind, self.at, self.dead, self.struck = kind, at, False, ""
        self.names.clear()

    def __call__(self, name: str) -> None:
        """The process comes by a place."""
        if self.dead:
            raise Killed(name)
        self.names.append(name)
        if self.at <= 0 or PLACES[self.kind] not in ("", name):
            return
        self.at -= 1
        if self.at == 0:
            self.struck = name
            self.strikes += 1
            if self.kind == "kill":
                self.dead = True
                raise Killed(name)
            raise Lost(name)


@contextmanager
def watching(fate: Fate) -> Iterator[Fate]:
    """Have this fate decide at every place until the block ends."""
    with failpoints.acting(fate):
        yield fate

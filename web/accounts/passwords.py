"""Passwords: argon2id hashes, few at a time, and the same work for unknown names."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from connector.errors import Refused
from web.language import _

SHORTEST, LONGEST = 12, 256
NO_PASSWORD = "!"  # noqa: S105  # not a hash: no password fits it

_hasher = PasswordHasher()
# Each hash takes 64 MiB; strangers must not be able to take all memory with sign-in attempts.
_room = threading.BoundedSemaphore(4)


def check_rules(name: str, password: str) -> None:
    """Raise ``Refused`` with one sentence for each rule the password breaks."""
    problems = []
    if len(password) < SHORTEST:
        problems.append(_("The password needs at least %(number)s characters.", number=SHORTEST))
    if len(password) > LONGEST:
        problems.append(_("The password may have at most %(number)s characters.", number=LONGEST))
    if password.strip().casefold() == name.strip().casefold():
        problems.append(_("The password must not be the name."))
    if len(set(password)) < 4 <= SHORTEST <= len(password):
        problems.append(_("The password repeats itself; take a sentence only you would write."))
    if problems:
        raise Refused(*problems)


def hashed(password: str) -> str:
    """The hash to store."""
    with _room:
        return _hasher.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether the password fits; takes as long when there is nothing stored."""
    usable = stored is not None and stored != NO_PASSWORD
    with _room:
        try:
            _hasher.verify(stored if usable and stored else _nobody(), password[: LONGEST + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return usable


def outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")

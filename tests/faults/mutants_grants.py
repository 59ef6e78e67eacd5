"""Sign-ins renewed with one thing wrong."""

from typing import Any

from sync import grants
from tests.faults.mutant import Mutant, around, instead

NAMES = ("jira/signed in",)


def _anybodys(runtime: Any, _name: str) -> Any:
    """Whoever comes may renew."""
    return runtime.clock() + grants.HELD


def _token_alone(original: Any) -> Any:
    """What renews the next time is not kept."""

    def seal(vault: Any, row: Any, token: str, renewal: Any) -> None:
        cipher = row.grant_cipher
        original(vault, row, token, renewal)
        row.grant_cipher = cipher or row.grant_cipher

    return seal


MUTANTS = (
    Mutant("two renew one sign-in", instead(grants, "_hold", _anybodys),
           meets=("drain", "drain"), names=NAMES, first=236),
    Mutant("a new renewal is not kept", around(grants, "seal", _token_alone),
           struck=("renew a sign-in", "forbidden"), first=900),
)  # fmt: skip

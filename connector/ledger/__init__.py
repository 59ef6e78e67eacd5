"""The ledger: what each item contributes to a link, what that adds up to, and what moved it."""

from connector.ledger.movements import Cause, Movement, Version, changed, effective, movements
from connector.ledger.parts import Candidate, Part, left, parts
from connector.ledger.readings import LinkReading, pooled, reading

__all__ = [
    "Candidate",
    "Cause",
    "LinkReading",
    "Movement",
    "Part",
    "Version",
    "changed",
    "effective",
    "left",
    "movements",
    "parts",
    "pooled",
    "reading",
]

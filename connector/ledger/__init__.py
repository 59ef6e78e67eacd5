"""The ledger: what each item contributes to a link, what that adds up to, and what moved it."""

from connector.ledger.course import Course
from connector.ledger.crowds import Crowd, Member, alike
from connector.ledger.curve import Point, curve
from connector.ledger.movements import (
    NATURES,
    REBUILT,
    Cause,
    Movement,
    Nature,
    Version,
    changed,
    effective,
    movements,
    rebuilt,
    recorded,
)
from connector.ledger.parts import (
    TELLING,
    Candidate,
    Part,
    Weigher,
    left,
    parts,
    telling,
)
from connector.ledger.past import Moment, moments, undone
from connector.ledger.readings import LinkReading, Summing, pooled, reading
from connector.ledger.rebuild import Life, PastPart, ancestry, rebuild
from connector.ledger.tally import Tally
from connector.ledger.value import Number, computed, is_pooled, number

__all__ = [
    "NATURES",
    "REBUILT",
    "TELLING",
    "Candidate",
    "Cause",
    "Course",
    "Crowd",
    "Life",
    "LinkReading",
    "Member",
    "Moment",
    "Movement",
    "Nature",
    "Number",
    "Part",
    "PastPart",
    "Point",
    "Summing",
    "Tally",
    "Version",
    "Weigher",
    "alike",
    "ancestry",
    "changed",
    "computed",
    "curve",
    "effective",
    "is_pooled",
    "left",
    "moments",
    "movements",
    "number",
    "parts",
    "pooled",
    "reading",
    "rebuild",
    "rebuilt",
    "recorded",
    "telling",
    "undone",
]

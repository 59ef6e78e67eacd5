"""Proves the ledger of one link by itself: its versions follow each other, its Δ add up."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from connector import ledger
from connector.ledger import LinkReading
from connector.okr import Measure
from connector.store.tables import Contribution
from sync import values

WITHIN = 1e-9
"""How far apart the sum of all Δ and the reading may be, by rounding alone."""


def replay(rows: Iterable[Contribution]) -> Iterator[str]:
    """A sentence for every version that does not end where, and as, the next one begins."""
    recorded: dict[int, list[Contribution]] = defaultdict(list)
    rebuilt: dict[tuple[int, object], list[Contribution]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each.recorded_at, each.id)):
        if row.cause in ledger.REBUILT:
            rebuilt[row.item_id, row.recorded_at].append(row)
        else:
            recorded[row.item_id].append(row)
    for mine in recorded.values():
        yield from _recorded(mine)
    for mine in rebuilt.values():
        yield from _rebuilt(sorted(mine, key=lambda each: each.valid_from))


def _recorded(mine: Sequence[Contribution]) -> Iterator[str]:
    for one, after in pairwise(mine):
        if (one.replaced_at, one.valid_to) != (after.recorded_at, after.valid_from):
            yield f"{_named(one)} does not end where the next one begins"
    last = mine[-1]
    if last.replaced_at is not None or last.valid_to is not None:
        yield f"{_named(last)} has ended and none follows it"


def _rebuilt(mine: Sequence[Contribution]) -> Iterator[str]:
    ends = [*(after.valid_from for after in mine[1:]), mine[-1].recorded_at]
    for one, end in zip(mine, ends, strict=True):
        if (one.replaced_at, one.valid_to) != (one.recorded_at, end):
            yield f"{_named(one)} (rebuilt) does not end where the next one begins"


def _named(row: Contribution) -> str:
    return f"{row.item_key}: the version recorded at {row.recorded_at.isoformat()}"


def summed(
    measure: Measure, rows: Iterable[Contribution], reading: LinkReading | None
) -> Iterator[str]:
    """A sentence where the Δ of all movements do not sum to the reading; it begins at 0."""
    moved = ledger.movements(measure, map(values.version, rows))
    whole = math.fsum(each.delta for each in moved)
    shown = (reading.value if reading else None) or 0.0
    if not math.isclose(whole, shown, rel_tol=WITHIN, abs_tol=WITHIN):
        yield f"its movements sum to {whole:g}, not to its reading {shown:g}"

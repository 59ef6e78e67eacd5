"""What people said and changed of a key result, as one thread, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.explained import ChangeReport
from sync.reports.check_ins import CheckInReport
from web.key_result.said import Said, said

OF_CHECK_INS = frozenset({"value_typed", "override_set", "override_ended"})
"""Changes that a check-in of the same instant made, so that they are told with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One word: a check-in with the Δ of progress it made, or another change."""

    at: datetime
    delta: float
    check_in: CheckInReport | None = None
    change: Said | None = None


def thread(check_ins: Sequence[CheckInReport], changes: Sequence[ChangeReport]) -> list[Entry]:
    """Check-ins and changes together; what a check-in changed is told once."""
    others = said(changes)
    found = []
    for each in check_ins:
        made = [one for one in others if _made_by(one, each)]
        others = [one for one in others if one not in made]
        found.append(Entry(each.at, sum(one.delta for one in made), each))
    found += [Entry(each.at, each.delta, None, each) for each in others]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _made_by(change: Said, check_in: CheckInReport) -> bool:
    return change.at == check_in.at and change.kind in OF_CHECK_INS

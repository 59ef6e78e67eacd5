"""Which of many items were seen: of a whole tracker's little is kept."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

_LONGEST = 18


class Ids:
    """A set of ids that only grows; those that are numbers, as trackers' are, take eight bytes."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._others: set[str] = set()
        self._is_sorted = True

    def add(self, ids: Iterable[str]) -> None:
        """Add all of these."""
        for each in ids:
            number = _number(each)
            if number is None:
                self._others.add(each)
            else:
                self._numbers.append(number)
        self._is_sorted = False

    def __contains__(self, each: object) -> bool:
        number = _number(each) if isinstance(each, str) else None
        if number is None:
            return each in self._others
        if not self._is_sorted:
            self._numbers, self._is_sorted = array("q", sorted(self._numbers)), True
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number


def _number(each: str) -> int | None:
    """An id as a number, if it is written as numbers are."""
    if not (each.isascii() and each.isdigit()) or len(each) > _LONGEST or each[0] == "0":
        return None
    return int(each)

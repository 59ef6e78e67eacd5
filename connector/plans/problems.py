"""Everything wrong with a plan, collected, so that one look at the file is enough."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from connector.errors import Refused

_SHOWN = 500
_COMPARED = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: the line, the key of the object, and the sentence without them."""

    line: int
    key: str
    sentence: str


class Misfit(Refused):
    """A plan that cannot be applied; ``found`` are the problems that ``problems`` tells whole."""

    def __init__(self, found: Sequence[Problem], *sentences: str) -> None:
        super().__init__(*sentences)
        self.found = tuple(found)


class Problems:
    """Sentences of the form ``NAME:LINE: KEY: what is wrong; the fix``, in file order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: dict[tuple[int, str], Problem] = {}
        self._more = 0

    def add(self, line: int, key: str, sentence: str) -> None:
        """Note a problem; the same one twice is noted once."""
        problem = (line, f"{self._name}:{line}: {key}: {sentence}")
        if self.full and problem not in self._found:
            self._more += 1
        else:
            self._found[problem] = Problem(line, key, sentence)

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self._found) >= _SHOWN

    def refuse(self) -> None:
        """Raise ``Misfit`` with all problems; return when there are none."""
        if not self._found:
            return
        ordered = sorted(self._found, key=lambda each: each[0])
        sentences = [sentence for _, sentence in ordered]
        if self._more:
            sentences.append(f"{self._name}: and {self._more} more problems; fix these first")
        raise Misfit([self._found[each] for each in ordered], *sentences)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is noted: under the key of one object."""

    problems: Problems
    key: str

    def wrong(self, line: int, sentence: str) -> None:
        """Note a problem at a line."""
        self.problems.add(line, self.key, sentence)

    def nearest(self, word: str, choices: Collection[str]) -> str:
        """As the function ``nearest``, while what it says would still be shown."""
        return "" if self.problems.full else nearest(word, choices)


def quoted(text: str) -> str:
    """The text of a file in a sentence: quoted, escaped and not too long."""
    return repr(text if len(text) <= 60 else text[:57] + "…")


def nearest(word: str, choices: Collection[str]) -> str:
    """``; did you mean 'title'?``, or nothing when no choice is near."""
    if len(word) > 64 or len(choices) > _COMPARED:
        return ""
    found = difflib.get_close_matches(word, choices, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""

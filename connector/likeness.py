"""How alike titles are: by the words they share, a rare word more than a common one.

Titles are compared as bags of word stems weighed by tf-idf, by the cosine between them; what is
alike is explained by the words themselves, as they are written.
"""

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)
STRONG = 0.5
"""From here on a likeness is called strong."""
CERTAIN = 0.7
"""The same where one word is all they share."""
LEAST = 0.28
"""Below it nothing is alike: most titles share some word by chance."""
ALONE = 0.36
"""One shared word by itself must say this much of both titles."""
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN: Final = re.compile(r"[a-z0-9à-öø-ÿ]+")
_COMMON: Final = frozenset(
    "a an and any are as at be been before better by can complete completed do done each every"
    " finish finished first for from get give good goes has have high how if in increase into is"
    " it its kr launch less make makes more most new no nobody not of off okr on one only open or"
    " our out over own per percent q1 q2 q3 q4 reduce reach release same ship shipped should so"
    " start than that the their them then there this time times to two under until up use used"
    " was way week we what when where which who will with within without work you your"
    # What titles in Indonesian share by chance, too.
    " dan dari dengan di dalam ini itu ke lebih oleh pada semua tanpa untuk yang".split()
)
_ENDINGS: Final = (
    ("ibilities", ""), ("abilities", ""), ("ibility", ""), ("ability", ""), ("ations", ""),
    ("ating", ""), ("ation", ""), ("ates", ""), ("ated", ""), ("ators", ""), ("ator", ""),
    ("ate", ""), ("ments", ""), ("ment", ""), ("ibles", ""), ("ible", ""), ("able", ""),
    ("ies", "y"), ("ied", "y"), ("ings", ""), ("ing", ""), ("ions", ""), ("ion", ""), ("ers", ""),
    ("er", ""), ("ed", ""), ("ly", ""), ("sses", "ss"), ("es", ""), ("ss", "ss"), ("s", ""),
    ("e", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness(Generic[T]):
    """What is alike: ``words`` are the shared ones, the one that tells most first."""

    of: T
    score: float
    words: tuple[str, ...]

    @property
    def is_strong(self) -> bool:
        """Whether it is alike enough to be named with little doubt; one word says less than two."""
        return self.score >= (STRONG if len(self.words) > 1 else CERTAIN)


def stems(title: str) -> dict[str, str]:
    """The stems of a title's words that tell something, each with the word as it is written."""
    found: dict[str, str] = {}
    for written in _WORD.findall(title):
        word = written.casefold()
        for stem in _stems_of(word) if word not in _COMMON and not word.isdigit() else ():
            found.setdefault(stem, word)
    return found


class Corpus(Generic[T]):
    """Titles to compare with, read once: each title then only meets those it shares a word with."""

    def __init__(self, titles: Mapping[T, str]) -> None:
        self._bags = {of: stems(title) for of, title in titles.items()}
        self._having: dict[str, list[T]] = defaultdict(list)
        for of, bag in self._bags.items():
            for stem in bag:
                self._having[stem].append(of)

    def alike(self, title: str, most: int = 3) -> list[Likeness[T]]:
        """Those that a title is alike, the most alike first."""
        wanted = stems(title)
        near = dict.fromkeys(of for stem in wanted for of in self._having.get(stem, ()))
        found = [self._likeness(wanted, of) for of in near]
        enough = [each for each in found if each is not None]
        return sorted(enough, key=lambda each: -each.score)[:most]

    def _likeness(self, wanted: Mapping[str, str], of: T) -> Likeness[T] | None:
        other = self._bags[of]
        shared = sorted(wanted.keys() & other.keys(), key=lambda stem: (-self._says(stem), stem))
        common = sum(self._says(stem) ** 2 for stem in shared)
        score = common / math.sqrt(self._size(wanted) * self._size(other))
        told = tuple(dict.fromkeys(wanted[stem] for stem in shared))
        return Likeness(of, score, told) if score >= (LEAST if len(told) > 1 else ALONE) else None

    def _size(self, bag: Iterable[str]) -> float:
        return sum(self._says(stem) ** 2 for stem in bag)

    def _says(self, stem: str) -> float:
        """What a stem says: the more titles have it, the less."""
        return 1 + math.log((1 + len(self._bags)) / (1 + len(self._having.get(stem, ()))))


def _stems_of(word: str) -> list[str]:
    """A word's stem; of a script that joins words to their endings, its pairs of signs."""
    if not _LATIN.fullmatch(word):
        return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
    return [_stem(word)] if len(word) > 1 else []


def _stem(word: str) -> str:
    for ending, instead in _ENDINGS:
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= 3:
            short = bare + instead
            doubled = len(short) > 3 and short[-1] == short[-2] and short[-1] not in "aeioulsz"
            return short[:-1] if doubled else short
    return word

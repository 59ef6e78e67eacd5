"""What becomes of objectives in another cycle, one by one, and what does not come along."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.plans import Entry, Identity, PlanLink, Record

OBJECTIVE = ("title", "kind", "takes", "weight")
KEY_RESULT = (
    "title kind start target unit weight combine guardrail lower_is_better limits "
    "needs_confirmation progress_from"
).split()
"""What is carried over as it is; dates, steps and values are those of their cycle."""
STANDS = frozenset({"active", "draft", "candidate"})
Why = Literal[
    "team", "renamed", "owner", "support", "stranger", "retired", "steps", "unseen", "unread",
    "unnoted",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """One thing of ``key`` that is otherwise than it was; ``more`` names it, ``reason`` says why.

    * ``team``: left out, as its team ``more`` is retired.
    * ``retired``: a key result that is left out, as it is retired.
    * ``renamed``: it is called ``more`` there.
    * ``owner``: its owner ``more`` is retired, so it has none.
    * ``support``: it supports ``more`` no more, which is not there.
    * ``stranger``: it supports what has the key ``more`` there, and the title ``reason``.
    * ``steps``: its dated steps stay behind.
    * ``unseen``: ``more`` links are left out that whoever copies may not see.
    * ``unread``: the link to ``more`` is left out: ``reason``.
    * ``unnoted``: the link to ``more`` shows it no more in the tracker: ``reason``.
    """

    why: Why
    key: str
    more: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The links of a key result that come along, and what is said of those that do not."""

    links: tuple[PlanLink, ...] = ()
    notes: tuple[Note, ...] = ()


class Copying:
    """One copying: which key each gets in the other cycle, and what is to be told of it."""

    def __init__(
        self,
        records: Mapping[Identity, Record],
        cycles: tuple[str, str],
        *,
        keys: Sequence[str],
        links: Mapping[str, Taken],
    ) -> None:
        self._records, self._links = records, links
        self._source, self._target = cycles
        self._there = {
            key: record
            for (kind, cycle, key), record in records.items()
            if cycle == self._target and kind in {"objective", "key_result"}
        }
        self._asked = tuple(dict.fromkeys(keys))
        self._keys = [
            key for key in self._asked if not self._retired("team", self._of(key)["team"])
        ]
        self._key_results, self._left = self._below()
        self._names = self._named()

    def entries(self) -> Iterator[Entry]:
        """The objectives, each followed by its key results."""
        for key in self._keys:
            yield Entry("objective", self._names[key], self._target, self._objective(key), 0)
            for name, record in self._key_results[key]:
                fields = self._key_result(name, record, self._names[key])
                yield Entry("key_result", self._names[name], self._target, fields, 0)

    def notes(self) -> Iterator[Note]:
        """What is left out or changed, objective by objective."""
        for key in self._asked:
            record = self._of(key)
            if key not in self._names:
                yield Note("team", key, self._title("team", record["team"]))
                continue
            yield from self._common(key, record)
            yield from self._lost_supports(key, record)
            for name, each in self._key_results[key]:
                yield from self._common(name, each)
                yield from self._lost_measure(name, each)
            for name in self._left[key]:
                yield Note("retired", name)

    def _of(self, key: str) -> Record:
        return self._records["objective", self._source, key]

    def _below(self) -> tuple[dict[str, list[tuple[str, Record]]], dict[str, list[str]]]:
        """By objective that is copied: its key results, and the keys of those that are retired."""
        found: dict[str, list[tuple[str, Record]]] = {key: [] for key in self._keys}
        left: dict[str, list[str]] = {key: [] for key in self._keys}
        for (kind, cycle, key), record in self._records.items():
            of = record["objective"] if kind == "key_result" else None
            if of is None or cycle != self._source or of not in found:
                continue
            if record["retired"]:
                left[of].append(key)
            else:
                found[of].append((key, record))
        return found, left

    def _named(self) -> dict[str, str]:
        """The key of each there: its own where it is free, else with a number behind it."""
        used: set[str] = set(self._there)
        names: dict[str, str] = {}
        below = [name for key in self._keys for name, _ in self._key_results[key]]
        for key in (*self._keys, *below):
            names[key] = name = free(key, used)
            used.add(name)
        return names

    def _retired(self, kind: Literal["team", "person"], key: str | None) -> bool:
        return key is not None and bool(self._records[kind, None, key]["retired"])

    def _title(self, kind: Literal["team", "person"], key: str) -> str:
        return str(self._records[kind, None, key]["name"])

    def _owner(self, record: Record) -> str | None:
        owner: str | None = record["owner"]
        return None if self._retired("person", owner) else owner

    def _supported(self, key: str) -> str | None:
        """What stands for an object in the other cycle: its copy, or what has its key there."""
        if key in self._names:
            return self._names[key]
        there = self._there.get(key)
        stands = there is not None and there.get("state", "active") in STANDS
        return key if there is not None and stands and not there.get("retired") else None

    def _objective(self, key: str) -> dict[str, Any]:
        record = self._of(key)
        supports = ((self._supported(each), weight) for each, weight in record["supports"])
        return {
            **{name: record[name] for name in OBJECTIVE},
            "team": record["team"],
            "owner": self._owner(record),
            "state": "draft",
            "supports": tuple((name, weight) for name, weight in supports if name is not None),
        }

    def _key_result(self, key: str, record: Record, objective: str) -> dict[str, Any]:
        fields = {name: record[name] for name in KEY_RESULT}
        if record["curve"] != "steps":
            fields["curve"] = record["curve"]
        if key in self._links:
            fields["links"] = self._links[key].links
        return {**fields, "owner": self._owner(record), "objective": objective}

    def _common(self, key: str, record: Record) -> Iterator[Note]:
        if self._names[key] != key:
            yield Note("renamed", key, self._names[key])
        if self._retired("person", record["owner"]):
            yield Note("owner", key, self._title("person", record["owner"]))

    def _lost_supports(self, key: str, record: Record) -> Iterator[Note]:
        for each, _ in record["supports"]:
            if self._supported(each) is None:
                yield Note("support", key, each)
            elif each not in self._names and self._was(each) != self._there[each]["title"]:
                yield Note("stranger", key, each, self._there[each]["title"])

    def _was(self, key: str) -> str:
        """The title of what a key names in the cycle that is copied from."""
        kinds: tuple[Literal["objective", "key_result"], ...] = ("objective", "key_result")
        found = (self._records.get((kind, self._source, key)) for kind in kinds)
        return str(next(each["title"] for each in found if each is not None))

    def _lost_measure(self, key: str, record: Record) -> Iterator[Note]:
        if record["curve"] == "steps":
            yield Note("steps", key)
        yield from self._links.get(key, Taken()).notes


def free(key: str, used: Collection[str]) -> str:
    """The key itself where it is free, else with a number behind it."""
    tries = (key if number == 1 else f"{key[:58]}-{number}" for number in range(1, 10_000))
    return next(each for each in tries if each not in used)

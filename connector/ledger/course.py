"""What a link counted by effective time: for charts, forecasts and days before it existed."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from connector.ledger.movements import REBUILT, Version, as_recorded


@dataclass(frozen=True, slots=True)
class _Batch:
    """One rebuilding of the past: it holds from its first version until it was made."""

    begins: datetime
    ends: datetime
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True)
class _Track:
    """One item's versions, each from its time on until the next."""

    times: Sequence[datetime]
    versions: Sequence[Version]


class Course:
    """The versions of one link as things happened, not as they were learnt.

    Where the past was rebuilt, the newest rebuilding holds for the time before it was made; else,
    and from then on, what was recorded, each version from its effective time.
    """

    def __init__(self, versions: Iterable[Version]) -> None:
        found = list(versions)
        recorded = [each for each in found if each.cause not in REBUILT]
        windows = _windows([each for each in found if each.cause in REBUILT])
        self.since = min((each.valid_from for each in found), default=None)
        self.rebuilt_until = max((each.ends for each in windows), default=None)
        self._tracks = _tracks(recorded, windows)

    def at(self, moment: datetime) -> list[Version]:
        """The versions that held at a moment, one an item."""
        found = []
        for track in self._tracks:
            place = bisect_right(track.times, moment)
            if place:
                found.append(track.versions[place - 1])
        return found

    def changes(self) -> list[tuple[datetime, Version | None, Version]]:
        """(when, before, after) of every version, by time, then item key."""
        found: list[tuple[datetime, Version | None, Version]] = []
        for track in self._tracks:
            before: Version | None = None
            for at, version in zip(track.times, track.versions, strict=True):
                found.append((at, before, version))
                before = version
        return sorted(found, key=lambda each: (each[0], each[2].key))


def _windows(rebuilt: Sequence[Version]) -> list[_Batch]:
    """The rebuildings, oldest first, each cut off where a newer one begins."""
    batches: dict[datetime, list[Version]] = defaultdict(list)
    for version in rebuilt:
        batches[version.recorded_at].append(version)
    found: list[_Batch] = []
    limit: datetime | None = None
    for made in sorted(batches, reverse=True):
        begins = min(each.valid_from for each in batches[made])
        ends = made if limit is None else min(made, limit)
        if begins < ends:
            found.append(_Batch(begins, ends, batches[made]))
            limit = begins
    return found[::-1]


def _tracks(recorded: Sequence[Version], windows: Sequence[_Batch]) -> list[_Track]:
    learnt = _by_item(recorded, as_recorded)
    rebuilt = [_by_item(each.versions, attrgetter("valid_from")) for each in windows]
    items = set(learnt).union(*rebuilt)
    found = []
    for item_id in sorted(items):
        steps: list[tuple[datetime, Version]] = []
        _lay(steps, [(v.valid_from, v) for v in learnt.get(item_id, ())])
        for batch, mine in zip(windows, rebuilt, strict=True):
            inside = [(v.valid_from, v) for v in mine.get(item_id, ()) if v.valid_from < batch.ends]
            steps = _patched(steps, inside, batch)
        if steps:
            found.append(_Track([at for at, _ in steps], [version for _, version in steps]))
    return found


def _by_item(
    versions: Iterable[Version], order: Callable[[Version], Any]
) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = defaultdict(list)
    for version in sorted(versions, key=order):
        found[version.item_id].append(version)
    return found


def _lay(steps: list[tuple[datetime, Version]], later: Iterable[tuple[datetime, Version]]) -> None:
    """What was learnt later holds from its time on, whatever was thought to follow."""
    for at, version in later:
        while steps and steps[-1][0] >= at:
            steps.pop()
        steps.append((at, version))


def _patched(
    steps: list[tuple[datetime, Version]], inside: list[tuple[datetime, Version]], batch: _Batch
) -> list[tuple[datetime, Version]]:
    """The steps with a rebuilding in place of what lay within its window."""
    before = [each for each in steps if each[0] < batch.begins]
    within = [each for each in steps if batch.begins <= each[0] < batch.ends]
    after = [each for each in steps if each[0] >= batch.ends]
    held = (within or before)[-1:]  # what was known when the window ends goes on from there
    goes_on = [(batch.ends, version) for _, version in held]
    if after and after[0][0] == batch.ends:
        goes_on = []
    return [*before, *inside, *goes_on, *after]
